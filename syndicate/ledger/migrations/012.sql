-- When a post was published: when the request left that published it, or when that was found out.
ALTER TABLE delivery ADD COLUMN posted_at BIGINT;
-- A deleted post says so itself.
UPDATE delivery SET reason = 'deleted' WHERE action = 'post' AND state = 'posted' AND EXISTS (
    SELECT 1 FROM delivery AS deletion WHERE deletion.anchor = delivery.anchor AND deletion.account = delivery.account
    AND deletion.action = 'delete' AND deletion.revision = delivery.revision AND deletion.state = 'posted');
-- Deliveries are listed in the order in which they were planned.
CREATE INDEX delivery_by_plan ON delivery (planned_at, key);
-- When a source was last read, and since when it cannot be.
ALTER TABLE source ADD COLUMN good_at BIGINT;
ALTER TABLE source ADD COLUMN failing_since BIGINT;
UPDATE source SET good_at = polled_at WHERE fails = 0 AND baseline_at IS NOT NULL;
UPDATE source SET failing_since = polled_at WHERE fails > 0;
-- Deleted posts are few, and counted apart from those that stand.
CREATE INDEX delivery_deleted ON delivery (account) WHERE reason = 'deleted';
-- What was skipped lately.
CREATE INDEX delivery_skipped ON delivery (updated_at) WHERE state = 'skipped';
