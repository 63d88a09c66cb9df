-- What a source listed and is not among its articles: known addresses of a sitemap, and what was left out, with why.
CREATE TABLE listing (
    source TEXT NOT NULL,
    place TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    why TEXT,
    PRIMARY KEY (source, place)
);
CREATE INDEX listing_by_place ON listing (place);
