-- Additive: `again` is set where a post repeats a story that its account posted before: JSON of an Again.
ALTER TABLE delivery ADD COLUMN again TEXT;
CREATE INDEX delivery_again ON delivery (account, state) WHERE again IS NOT NULL;
-- Stories that an account's rule may repeat (the setting `again`): how often it was repeated, and when it was posted last.
-- Only a hint, by which the next one is found without a look at all articles: before it is planned, the ledger is asked.
CREATE TABLE evergreen (
    account TEXT NOT NULL,
    anchor TEXT NOT NULL,
    times BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (account, anchor)
);
CREATE INDEX evergreen_by_turn ON evergreen (account, times, last_at);
