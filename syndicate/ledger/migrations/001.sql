-- Instants are microseconds since 1970 in UTC; booleans are 0 or 1; JSON is text. No NUL gets in.

CREATE TABLE source (
    name TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    body_hash TEXT,
    baseline_at BIGINT,
    next_poll_at BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    fails BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    error TEXT
);

-- The anchor is the hash of the first alias ever stored for the article.
CREATE TABLE article (
    anchor TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    data TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    published_at BIGINT,
    first_seen_at BIGINT NOT NULL,
    position BIGINT NOT NULL
);
CREATE INDEX article_by_source ON article (source, published_at);

CREATE TABLE alias (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    anchor TEXT NOT NULL REFERENCES article (anchor)
);
CREATE INDEX alias_by_article ON alias (anchor);

-- `lane` is the key of the delivery now being sent, free when null or past `lane_until`.
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    whose TEXT NOT NULL,
    baseline_at BIGINT NOT NULL,
    paused TEXT,
    next_at BIGINT NOT NULL,
    lane TEXT,
    lane_until BIGINT NOT NULL,
    identity TEXT,
    identity_at BIGINT
);

CREATE TABLE credential (
    account TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    data TEXT NOT NULL,
    refreshing_until BIGINT NOT NULL
);

CREATE TABLE delivery (
    key TEXT PRIMARY KEY,
    anchor TEXT NOT NULL REFERENCES article (anchor),
    account TEXT NOT NULL,
    platform TEXT NOT NULL,
    action TEXT NOT NULL,
    revision BIGINT NOT NULL,
    part BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    due_at BIGINT,
    planned_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    claimed_by TEXT,
    post TEXT,
    digest TEXT,
    prepared TEXT,
    draft TEXT,
    committed_at BIGINT,
    unknowns BIGINT NOT NULL,
    absent BIGINT NOT NULL,
    remote_id TEXT,
    permalink TEXT,
    receipt TEXT,
    error TEXT,
    updated_at BIGINT NOT NULL,
    UNIQUE (anchor, account, action, revision, part)
);
CREATE INDEX delivery_by_state ON delivery (state, account, planned_at);

-- Append-only: what was tried, and what came of it.
CREATE TABLE attempt (
    key TEXT NOT NULL,
    fence BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT,
    error TEXT,
    PRIMARY KEY (key, fence)
);

-- What a person should hear of; rows of their own, so that telling can never post again.
CREATE TABLE alert (
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    fence BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (key, state, fence)
);
