-- How often a page that was not right has been looked at.
ALTER TABLE delivery ADD COLUMN looks BIGINT NOT NULL DEFAULT 0;

-- The words of a headline and of a summary, to find a story that came back under other names.
ALTER TABLE article ADD COLUMN title_key TEXT;
ALTER TABLE article ADD COLUMN summary_key TEXT;
CREATE INDEX article_by_title ON article (title_key);
CREATE INDEX article_by_summary ON article (summary_key);
