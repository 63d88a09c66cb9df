-- The UTC day of an article as first stored; none without a date. Of a delivery: the day that a record's key is made of
-- where a network lets us choose keys, so that another ledger chooses the same. None: planned by an earlier version,
-- which took the time of planning; what it planned keeps that.
ALTER TABLE article ADD COLUMN day BIGINT;
ALTER TABLE delivery ADD COLUMN day BIGINT;
