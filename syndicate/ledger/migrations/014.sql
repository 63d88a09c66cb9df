-- Nothing changes at once: `article.data` of stories that were pruned may be compressed from here on, as a BLOB, which an
-- older version cannot read (see pruning.py).
-- Pictures that were put where networks can fetch them (the setting `media`), until they are removed. See hosted.py.
CREATE TABLE hosted (
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX hosted_by_age ON hosted (at);
