-- Since when the page of a story has not been right, look after look.
ALTER TABLE delivery ADD COLUMN looked_at BIGINT;
