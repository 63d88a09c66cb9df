-- `waited_for`: the reason of what was skipped because it grew too old while it waited.
ALTER TABLE delivery ADD COLUMN waited_for TEXT;

-- A date far ahead is a reason of its own; it was told apart by its words before.
UPDATE delivery SET reason = 'date' WHERE state = 'planned' AND reason = 'approval' AND error LIKE 'it is dated %';
