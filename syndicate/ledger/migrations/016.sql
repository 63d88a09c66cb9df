-- Word of what became of deliveries, for the places that the setting `after` names: written in the transaction of what it
-- tells, told later. `id` names it to whoever hears it; `line` is what is told, none for a place that writes all addresses
-- of an article as they are then. It is `owed`, `told` or `given_up`. After a failure, the first of which was at
-- `failing_at`, it waits until `again_at`. See follow_ups.py.
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
-- One process at a time tells a place. After `tries` failures in a row of the place itself, nothing is told before
-- `again_at`.
CREATE TABLE follow_up_sink (
    name TEXT PRIMARY KEY,
    tries BIGINT NOT NULL,
    again_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    claimed_by TEXT
);
