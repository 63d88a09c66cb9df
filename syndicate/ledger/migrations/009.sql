-- `waited_for`: of what was skipped, the reason that it waited for when it grew too old, or 'seen' where somebody
-- said that it was announced elsewhere.
ALTER TABLE delivery ADD COLUMN waited_for TEXT;
UPDATE delivery SET waited_for = 'seen' WHERE state = 'skipped' AND reason = 'person'
    AND error = 'seen before syndicate came (import-seen)';

-- A date far ahead is a reason of its own; it was told apart by its words before.
UPDATE delivery SET reason = 'date' WHERE state = 'planned' AND reason = 'approval' AND error LIKE 'it is dated %';
