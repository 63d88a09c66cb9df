-- What was dropped while it waited, and for what: logged, told and counted. `down_since` and `wait_until` are the
-- account's at that moment.
CREATE TABLE dropped (
    key TEXT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT NOT NULL,
    cause TEXT NOT NULL,
    error TEXT,
    down_since BIGINT,
    wait_until BIGINT,
    logged BIGINT NOT NULL DEFAULT 0,
    tries BIGINT NOT NULL DEFAULT 0,
    told_at BIGINT,
    PRIMARY KEY (key, at)
);
CREATE INDEX dropped_by_time ON dropped (at);
CREATE INDEX dropped_by_log ON dropped (logged) WHERE logged = 0;

-- Notices by cause as well; `ended_at`: a condition that was told is over, and that is still to be told. `event`: it
-- happened once, and does not last.
CREATE TABLE notice_by_cause (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    cause TEXT NOT NULL,
    message TEXT NOT NULL,
    since BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    told_at BIGINT,
    ended_at BIGINT,
    event BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, subject, cause)
);
INSERT INTO notice_by_cause (kind, subject, cause, message, since, tries, told_at, event)
    SELECT kind, subject, '', message, since, tries, told_at,
        CASE WHEN kind IN ('source_gap', 'left_out', 'lapsed') THEN 1 ELSE 0 END FROM notice;
DROP TABLE notice;
ALTER TABLE notice_by_cause RENAME TO notice;

-- When a person was told that a delivery waits for their approval.
ALTER TABLE delivery ADD COLUMN asked_at BIGINT;
UPDATE delivery SET asked_at = updated_at
    WHERE state = 'planned' AND reason IN ('approval', 'burst', 'similar', 'date');

-- When a source was last read successfully, and when its server asked us to wait until `retry_at`.
ALTER TABLE source ADD COLUMN read_at BIGINT;
ALTER TABLE source ADD COLUMN refused_at BIGINT;
UPDATE source SET read_at = polled_at WHERE fails = 0;
