-- One row: the stamp of the last transaction, and of the one before it, by which a log is known as this ledger's own.
-- Both are eight bytes, so that the row is found at the end of its page.
CREATE TABLE chain (mark TEXT NOT NULL, own BIGINT NOT NULL, before BIGINT NOT NULL);
INSERT INTO chain (mark, own, before) VALUES ('syndicate-ledger', 4611686018427387904, 4611686018427387904);
