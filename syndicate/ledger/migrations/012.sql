-- Floods. `source_host`: the hosts to which a source's articles lead, apart from those that wait for approval as
-- strangers. `listed`: what it listed last, as a JSON array of anchors in the list's order. `calm_until`: until then
-- no number of new articles in an hour is too many, since a person approved those before.
CREATE TABLE source_host (
    source TEXT NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (source, host)
);
ALTER TABLE source ADD COLUMN listed TEXT;
ALTER TABLE source ADD COLUMN calm_until BIGINT;
CREATE INDEX article_by_arrival ON article (source, first_seen_at);
DROP INDEX article_by_title;
CREATE INDEX article_by_words ON article (title_key, summary_key);
-- Whose an account is. `proof`: a keyed hash of the secret that decides which of a server's logins it is. `doubted`:
-- that secret changed since `identity` was asked for, so nothing goes out before it is asked for again. `login` is the
-- same for two names of one login. `left_at`: since when it is not in the config. `max_age`: what it was when its
-- waiting stories got their end (microseconds).
ALTER TABLE account ADD COLUMN proof TEXT;
ALTER TABLE account ADD COLUMN doubted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN login TEXT;
ALTER TABLE account ADD COLUMN left_at BIGINT;
ALTER TABLE account ADD COLUMN max_age BIGINT;
-- Of what was skipped because its account left the config or leads to another login: which login it was for, and
-- the time that it waited for. `waited_for` has the reason.
ALTER TABLE delivery ADD COLUMN left_login TEXT;
ALTER TABLE delivery ADD COLUMN left_due_at BIGINT;
-- The UTC day of an article as first stored; none without a date. Of a delivery: the day that a record's key is made of
-- where a network lets us choose keys, so that another ledger chooses the same. None: planned by an earlier version,
-- which took the time of planning; what it planned keeps that.
ALTER TABLE article ADD COLUMN day BIGINT;
ALTER TABLE delivery ADD COLUMN day BIGINT;
-- How often this ledger began a run or a post, and when it last ran: the same count is in a file beside it, and a
-- ledger that was put back from a copy has counted less. `stamp` is of the file that had the count `stamped`: a copy of
-- it has another. `gaps` are the last times between two runs, in microseconds; `alone` counts runs in a row that did not
-- find the file as it was.
CREATE TABLE run (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    count BIGINT NOT NULL,
    at BIGINT NOT NULL,
    gaps TEXT NOT NULL,
    alone BIGINT NOT NULL,
    stamp BIGINT NOT NULL,
    stamped BIGINT NOT NULL
);
INSERT INTO run (one, count, at, gaps, alone, stamp, stamped)
SELECT 1, 0, COALESCE((SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'clock'), 0), '[]', 0, 0, 0;
-- Which accounts have to be asked what they have before something is posted, why, and since when. `doubt_at` is when
-- a restore was noticed, `doubt_until` until when the ledger that was replaced may have posted. `unlisted`: the network
-- cannot say what it has.
CREATE TABLE look (
    account TEXT PRIMARY KEY,
    why TEXT NOT NULL,
    since BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    looked_at BIGINT,
    again_at BIGINT NOT NULL,
    unlisted BIGINT NOT NULL,
    doubt_at BIGINT,
    doubt_until BIGINT,
    said TEXT
);
-- What a network listed: the hash of each address that a post links to, as in `alias`, or of the words of one without.
CREATE TABLE listed (
    account TEXT NOT NULL,
    hash TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    permalink TEXT,
    receipt TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, hash, remote_id)
);
-- What networks charged for something else than a post, in millionths of a dollar.
CREATE TABLE charge (
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    cost BIGINT NOT NULL
);
CREATE INDEX charge_by_account ON charge (account, at);
-- 1: a person said that it was never sent, so that no look at the network is needed.
ALTER TABLE delivery ADD COLUMN cleared BIGINT NOT NULL DEFAULT 0;
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
-- When a post was published: when the request left that published it, or when that was found out.
ALTER TABLE delivery ADD COLUMN posted_at BIGINT;
-- A deleted post says so itself.
UPDATE delivery SET reason = 'deleted' WHERE action = 'post' AND state = 'posted' AND EXISTS (
    SELECT 1 FROM delivery AS deletion WHERE deletion.anchor = delivery.anchor AND deletion.account = delivery.account
    AND deletion.action = 'delete' AND deletion.revision = delivery.revision AND deletion.state = 'posted');
-- Deliveries are listed in the order in which they were planned.
CREATE INDEX delivery_by_plan ON delivery (planned_at, key);
-- Since when a source cannot be read.
ALTER TABLE source ADD COLUMN failing_since BIGINT;
UPDATE source SET failing_since = polled_at WHERE fails > 0;
-- Deleted posts are few, and counted apart from those that stand.
CREATE INDEX delivery_deleted ON delivery (account) WHERE reason = 'deleted';
-- What was skipped lately.
CREATE INDEX delivery_skipped ON delivery (updated_at) WHERE state = 'skipped';
-- One row: the stamp of the last transaction, and of the one before it, by which a log is known as this ledger's own.
-- Both are eight bytes, so that the row is found at the end of its page.
CREATE TABLE chain (mark TEXT NOT NULL, own BIGINT NOT NULL, before BIGINT NOT NULL);
INSERT INTO chain (mark, own, before) VALUES ('syndicate-ledger', 4611686018427387904, 4611686018427387904);
-- Names that accounts and sources had before; commands still know them.
CREATE TABLE former_name (
    kind TEXT NOT NULL,
    former TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, former)
);
-- When a source was first read while the clock was doubted, by its server's clock: its first run begins there once the
-- clock is right.
ALTER TABLE source ADD COLUMN begun_at BIGINT;
