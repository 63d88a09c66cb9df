-- When a delivery may go: `priority` 0 is breaking news; past `expires_at` it is not sent, null for what a
-- person asked for; `approved` is the digest a person said yes to; `cost` in millionths of a dollar.
ALTER TABLE delivery ADD COLUMN priority BIGINT NOT NULL DEFAULT 1;
ALTER TABLE delivery ADD COLUMN expires_at BIGINT;
ALTER TABLE delivery ADD COLUMN approved TEXT;
ALTER TABLE delivery ADD COLUMN cost BIGINT NOT NULL DEFAULT 0;

-- `opens_at`: its schedule lets nothing go before, but breaking news may. `failures` in a row to reach the
-- network, over all its deliveries. `down_since`: when it stopped, by a pause or by failures.
ALTER TABLE account ADD COLUMN opens_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN down_since BIGINT;
ALTER TABLE account ADD COLUMN paused_until BIGINT;

-- Whoever refreshes, as claims name it: one that was killed holds nobody up.
ALTER TABLE credential ADD COLUMN refreshing_by TEXT;

-- `changed_at`: when its words last changed. `check_at`: when its page is looked at again; `gone` counts
-- the looks in a row that found none. `withdrawn_at`: the publisher took it back.
ALTER TABLE article ADD COLUMN changed_at BIGINT;
ALTER TABLE article ADD COLUMN check_at BIGINT;
ALTER TABLE article ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN withdrawn_at BIGINT;

-- Stories with this word wait; the empty word is every story.
CREATE TABLE pause (
    word TEXT PRIMARY KEY,
    since BIGINT NOT NULL,
    until BIGINT
);

DROP INDEX delivery_by_state;
CREATE INDEX delivery_by_state ON delivery (account, state, priority, planned_at, due_at);
CREATE INDEX delivery_by_due ON delivery (state, account, due_at);
CREATE INDEX delivery_by_commit ON delivery (account, committed_at);
CREATE INDEX delivery_by_expiry ON delivery (expires_at) WHERE state IN ('planned', 'due');
CREATE INDEX article_by_check ON article (check_at) WHERE check_at IS NOT NULL;
