-- When a gap was found in a source, stories that it shows no longer, that could not be read yet.
ALTER TABLE source ADD COLUMN gap_at BIGINT;
