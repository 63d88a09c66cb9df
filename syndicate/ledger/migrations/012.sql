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
