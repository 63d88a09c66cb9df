-- When a source was last asked.
ALTER TABLE source ADD COLUMN polled_at BIGINT;
CREATE INDEX source_by_poll ON source (next_poll_at);

-- What a person should hear of besides deliveries, once while it lasts: a login, a silent source.
CREATE TABLE notice (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    since BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    told_at BIGINT,
    PRIMARY KEY (kind, subject)
);
