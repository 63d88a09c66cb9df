-- `wish`: how often its publisher's side wants to be asked. `place`: a hash of the address its validators
-- are from. `address`: where it lives now, if it moved for good; `moved_to` says so since `moved_at`.
-- `gone`: its server says 410.
ALTER TABLE source ADD COLUMN wish TEXT;
ALTER TABLE source ADD COLUMN place TEXT;
ALTER TABLE source ADD COLUMN address TEXT;
ALTER TABLE source ADD COLUMN moved_to TEXT;
ALTER TABLE source ADD COLUMN moved_at BIGINT;
ALTER TABLE source ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
