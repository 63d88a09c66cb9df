"""Statements of the kinds that the ledger makes, for a ledger above another one and for that one itself."""

STATEMENTS = """
UPDATE delivery SET state = 'sending', fence = fence + 1 WHERE key = :key
UPDATE delivery SET reason = 'paused' WHERE state = 'due' AND account = 'masto'
UPDATE delivery SET account = :name WHERE key = :key
DELETE FROM delivery WHERE key = :key
DELETE FROM alias WHERE anchor = :anchor
INSERT INTO alias (hash, kind, anchor) SELECT hash || :more, kind, anchor FROM alias WHERE anchor = :anchor ON CONFLICT\
 (hash) DO NOTHING
INSERT INTO article (anchor, source, url, data, content_hash, first_seen_at, position) VALUES (:anchor, 'news', 'u',\
 '{}', '', 1, 0) ON CONFLICT (anchor) DO NOTHING
INSERT INTO attempt (key, fence, started_at) VALUES (:key, :fence, 5)
UPDATE article SET url = url || '!' WHERE anchor = :anchor
INSERT INTO listing (source, place, seen_at) VALUES ('news', :anchor, 1) ON CONFLICT DO NOTHING
""".strip().splitlines()


def operations(dice, keys, anchors):
    """Endless statements of the kinds that the ledger makes, on rows that are there and on others."""
    while True:
        key, anchor = dice.choice([*keys, "new"]), dice.choice([*anchors, "new"])
        yield (
            dice.choice(STATEMENTS),
            {
                "key": key,
                "anchor": anchor,
                "name": dice.choice("ab"),
                "more": dice.choice(["", "x"]),
                "fence": dice.randint(1, 2),
            },
        )
