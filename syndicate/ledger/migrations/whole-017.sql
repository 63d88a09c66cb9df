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
, polled_at BIGINT, wish TEXT, place TEXT, address TEXT, moved_to TEXT, moved_at BIGINT, gone BIGINT NOT NULL DEFAULT 0, hinted_at BIGINT, gap_at BIGINT, listed TEXT, calm_until BIGINT, read_at BIGINT, refused_at BIGINT, failing_since BIGINT, begun_at BIGINT);
CREATE TABLE article (
    anchor TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    data TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    published_at BIGINT,
    first_seen_at BIGINT NOT NULL,
    position BIGINT NOT NULL
, changed_at BIGINT, check_at BIGINT, gone BIGINT NOT NULL DEFAULT 0, withdrawn_at BIGINT, title_key TEXT, summary_key TEXT, utc_day BIGINT);
CREATE INDEX article_by_source ON article (source, published_at);
CREATE TABLE alias (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    anchor TEXT NOT NULL REFERENCES article (anchor)
);
CREATE INDEX alias_by_article ON alias (anchor);
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
, opens_at BIGINT NOT NULL DEFAULT 0, failures BIGINT NOT NULL DEFAULT 0, down_since BIGINT, paused_until BIGINT, throttles BIGINT NOT NULL DEFAULT 0, trouble TEXT, proof TEXT, doubted BIGINT NOT NULL DEFAULT 0, login TEXT, left_at BIGINT, max_age BIGINT);
CREATE TABLE credential (
    account TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    data TEXT NOT NULL,
    refreshing_until BIGINT NOT NULL
, refreshing_by TEXT, signed_in_at BIGINT, expires_at BIGINT, renew_at BIGINT, failures BIGINT NOT NULL DEFAULT 0, again_at BIGINT NOT NULL DEFAULT 0);
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
    updated_at BIGINT NOT NULL, priority BIGINT NOT NULL DEFAULT 1, expires_at BIGINT, approved TEXT, cost BIGINT NOT NULL DEFAULT 0, looks BIGINT NOT NULL DEFAULT 0, looked_at BIGINT, waited_for TEXT, conceded TEXT, left_login TEXT, left_due_at BIGINT, day BIGINT, cleared BIGINT NOT NULL DEFAULT 0, asked_at BIGINT, posted_at BIGINT, again TEXT,
    UNIQUE (anchor, account, action, revision, part)
);
CREATE TABLE attempt (
    key TEXT NOT NULL,
    fence BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT,
    error TEXT,
    PRIMARY KEY (key, fence)
);
CREATE TABLE alert (
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    fence BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (key, state, fence)
);
CREATE TABLE pause (
    word TEXT PRIMARY KEY,
    since BIGINT NOT NULL,
    until BIGINT
);
CREATE INDEX delivery_by_state ON delivery (account, state, priority, planned_at, due_at);
CREATE INDEX delivery_by_due ON delivery (state, account, due_at);
CREATE INDEX delivery_by_commit ON delivery (account, committed_at);
CREATE INDEX delivery_by_expiry ON delivery (expires_at) WHERE state IN ('planned', 'due');
CREATE INDEX article_by_check ON article (check_at) WHERE check_at IS NOT NULL;
CREATE INDEX source_by_poll ON source (next_poll_at);
CREATE INDEX article_by_summary ON article (summary_key);
CREATE TABLE subscription (
    callback TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    sealed TEXT NOT NULL,
    state TEXT NOT NULL,
    asked TEXT,
    act_at BIGINT,
    lease_until BIGINT,
    fails BIGINT NOT NULL,
    error TEXT
);
CREATE INDEX subscription_by_source ON subscription (source);
CREATE INDEX subscription_by_act ON subscription (act_at);
CREATE TABLE listing (
    source TEXT NOT NULL,
    place TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    why TEXT,
    PRIMARY KEY (source, place)
);
CREATE INDEX listing_by_place ON listing (place);
CREATE TABLE source_host (
    source TEXT NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (source, host)
);
CREATE INDEX article_by_arrival ON article (source, first_seen_at);
CREATE INDEX article_by_words ON article (title_key, summary_key);
CREATE TABLE run (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    count BIGINT NOT NULL,
    at BIGINT NOT NULL,
    gaps TEXT NOT NULL,
    alone BIGINT NOT NULL,
    stamp BIGINT NOT NULL,
    stamped BIGINT NOT NULL
);
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
CREATE TABLE listed (
    account TEXT NOT NULL,
    hash TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    permalink TEXT,
    receipt TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, hash, remote_id)
);
CREATE TABLE charge (
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    cost BIGINT NOT NULL
);
CREATE INDEX charge_by_account ON charge (account, at);
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
CREATE TABLE "notice" (
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
CREATE INDEX delivery_by_plan ON delivery (planned_at, key);
CREATE INDEX delivery_deleted ON delivery (account) WHERE reason = 'deleted';
CREATE INDEX delivery_skipped ON delivery (updated_at) WHERE state = 'skipped';
CREATE TABLE chain (mark TEXT NOT NULL, own BIGINT NOT NULL, before BIGINT NOT NULL);
CREATE TABLE former_name (
    kind TEXT NOT NULL,
    former TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, former)
);
CREATE TABLE shelf (
    id INTEGER PRIMARY KEY,
    planned_at BIGINT NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX shelf_by_plan ON shelf (planned_at);
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
CREATE TABLE rendering (
    key TEXT NOT NULL,
    by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (key, by)
);
CREATE TABLE hosted (
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX hosted_by_age ON hosted (at);
CREATE TABLE follow_up (
    id TEXT PRIMARY KEY,
    sink TEXT NOT NULL,
    anchor TEXT NOT NULL,
    key TEXT NOT NULL,
    event TEXT NOT NULL,
    at BIGINT NOT NULL,
    line TEXT,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    again_at BIGINT NOT NULL,
    failing_at BIGINT,
    error TEXT
);
CREATE INDEX follow_up_owed ON follow_up (sink, anchor) WHERE state = 'owed';
CREATE INDEX follow_up_done ON follow_up (at) WHERE state <> 'owed';
CREATE TABLE follow_up_sink (
    name TEXT PRIMARY KEY,
    tries BIGINT NOT NULL,
    again_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    claimed_by TEXT
);
CREATE INDEX delivery_again ON delivery (account, state) WHERE again IS NOT NULL;
CREATE TABLE evergreen (
    account TEXT NOT NULL,
    anchor TEXT NOT NULL,
    times BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (account, anchor)
);
CREATE INDEX evergreen_by_turn ON evergreen (account, times, last_at);
INSERT INTO "chain" VALUES('syndicate-ledger',4611686018427387904,4611686018427387904);
INSERT INTO "run" VALUES(1,0,0,'[]',0,0,0);
