-- When a source was first read while the clock was doubted, by its server's clock: its first run begins there once the
-- clock is right. Since when a source could not be read.
ALTER TABLE source ADD COLUMN begun_at BIGINT;
ALTER TABLE source ADD COLUMN unread_since BIGINT;
