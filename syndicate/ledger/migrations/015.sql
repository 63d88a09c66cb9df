-- Of what is sealed in `data`: when a person signed in, when it ends, and from when on it is renewed; how often that
-- failed in a row, and when it is tried again. Times in microseconds since 1970.
ALTER TABLE credential ADD COLUMN signed_in_at BIGINT;
ALTER TABLE credential ADD COLUMN expires_at BIGINT;
ALTER TABLE credential ADD COLUMN renew_at BIGINT;
ALTER TABLE credential ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credential ADD COLUMN again_at BIGINT NOT NULL DEFAULT 0;
