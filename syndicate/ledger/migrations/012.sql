-- Floods. `source_host`: the hosts to which a source's articles lead, apart from those that wait for approval as
-- strangers. `listed`: what it listed last, as a JSON array of anchors in the list's order. `calm_until`: until then
-- no number of new articles in an hour is too many, since a person approved those before.
CREATE TABLE source_host (
    source TEXT NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (source, host)
);
ALTER TABLE source ADD COLUMN listed TEXT;
ALTER TABLE source ADD COLUMN calm_until BIGINT;
CREATE INDEX article_by_arrival ON article (source, first_seen_at);
DROP INDEX article_by_title;
CREATE INDEX article_by_words ON article (title_key, summary_key);
