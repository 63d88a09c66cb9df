-- Stories that were finished long ago, each in one row: all its deliveries, attempts and names, compressed. `id` is made
-- of the article's anchor, `planned_at` is of its first delivery. See shelf.py.
CREATE TABLE shelf (
    id INTEGER PRIMARY KEY,
    planned_at BIGINT NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX shelf_by_plan ON shelf (planned_at);
-- Where the delivery is whose key begins so, and the article that has a name; accounts by number, and how many of their
-- deliveries and attempts are on the shelf, by the UTC day on which they were planned.
CREATE TABLE shelf_key (
    start BIGINT NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (start, id)
) WITHOUT ROWID;
CREATE TABLE shelf_name (
    hash INTEGER PRIMARY KEY,
    id BIGINT NOT NULL
);
CREATE TABLE shelf_account (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
CREATE TABLE shelf_count (
    account BIGINT NOT NULL,
    day BIGINT NOT NULL,
    what TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (account, day, what)
) WITHOUT ROWID;
-- Renders that have begun and did not come back yet, and by which process (see claimant.py): a picture may have ended it.
CREATE TABLE rendering (
    key TEXT NOT NULL,
    by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (key, by)
);
-- Another name, so that a process of an older version that still runs plans nothing: it does not look on the shelf, and
-- would take a story there for a new one.
ALTER TABLE article RENAME COLUMN day TO utc_day;
