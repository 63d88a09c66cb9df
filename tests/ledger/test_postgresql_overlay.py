"""A rehearsal above a ledger on a server: it shows what the ledger itself would, which is only read."""

import random
import re
from contextlib import closing, suppress

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger import Ledger
from syndicate.ledger.overlay_schema import LARGE
from syndicate.ledger.transfer import TABLES
from syndicate.model import Account
from syndicate.planning.apply import announce
from tests.worlds.accounts import MASTO
from tests.worlds.overlay_statements import operations
from tests.worlds.rows import planned

FACE = Account("fb", "facebook")
POSTED = """
INSERT INTO article (anchor, source, url, data, content_hash, published_at, first_seen_at, position)
 SELECT 'a' || n, 'news', 'https://gazette.example/' || n, '{}', '', n, n, 0 FROM generate_series(1, 3000) AS n;
INSERT INTO delivery (key, anchor, account, platform, action, revision, part, state, planned_at, attempts, fence,
 lease_until, unknowns, absent, updated_at)
 SELECT 'k' || n, 'a' || n, 'masto', 'mastodon', 'post', 0, 0, 'posted', n, 1, 1, 0, 0, 0, n
 FROM generate_series(1, 3000) AS n;
ANALYZE article; ANALYZE delivery
"""

ASKED = """
SELECT delivery.*, article.url FROM delivery JOIN article ON article.anchor = delivery.anchor\
 WHERE account = 'masto' AND state = 'due'
SELECT anchor, EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor) AS planned FROM article\
 WHERE anchor IN ('a1', 'a2')
SELECT published_at FROM article WHERE source = 'news' ORDER BY published_at DESC LIMIT 3
SELECT 1 FROM delivery WHERE key = 'k1' OR key = 'k2'
""".strip().splitlines()


@pytest.fixture
def at(postgres, clock, article):
    """The address of a ledger with eight stories for two accounts, in several states."""
    from syndicate.ledger.postgresql import PostgresDatabase

    address = postgres.address(postgres.ledger())
    with closing(PostgresDatabase(address)) as database:
        ledger = Ledger(database, clock, lambda: b"")
        for number in range(1, 9):
            for account in (MASTO, FACE):
                state = ("posted", "due", "planned", "skipped")[number % 4]
                planned(ledger, article(number), account, state=state, remote_id=f"r{number}")
    return address


@pytest.fixture
def over(at):
    from syndicate.ledger.postgresql_overlay import PostgresOverlay

    with closing(PostgresOverlay(at)) as opened:
        yield opened


@pytest.fixture
def below(at):
    from syndicate.ledger.postgresql import PostgresDatabase

    with closing(PostgresDatabase(at)) as opened:
        yield opened


def dump(opened):
    found = {}
    for table in sorted(LARGE):
        rows = opened.rows(f"SELECT * FROM {table}")
        found[table] = sorted(tuple(map(str, (row | {"rowid": 0}).values())) for row in rows)
    return found


def written(opened, sql, **values):
    with suppress(LedgerError), opened.transaction():
        return opened.change(sql, **values)
    return "refused"


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_it_shows_what_the_ledger_would_show(over, below, postgres, seed):
    postgres.run(
        "ALTER TABLE delivery DISABLE TRIGGER ALL; ALTER TABLE alias DISABLE TRIGGER ALL;"
        " ALTER TABLE article DISABLE TRIGGER ALL",
        "ledger",
    )  # no references above it
    try:
        dice = random.Random(seed)
        keys = [row["key"] for row in below.rows("SELECT key FROM delivery ORDER BY key")]
        anchors = [row["anchor"] for row in below.rows("SELECT anchor FROM article ORDER BY anchor")]
        for (sql, values), _ in zip(operations(dice, keys, anchors), range(60), strict=False):
            assert written(over, sql, **values) == written(below, sql, **values), sql
        assert dump(over) == dump(below)
    finally:
        postgres.run(
            "ALTER TABLE delivery ENABLE TRIGGER ALL; ALTER TABLE alias ENABLE TRIGGER ALL;"
            " ALTER TABLE article ENABLE TRIGGER ALL",
            "ledger",
        )


def test_a_story_that_is_planned_again_is_planned_once(over, clock, article):
    ledger = Ledger(over, clock, lambda: b"")
    made = [announce(article(number), [MASTO], ledger) for number in (3, 9, 9)]
    assert len(set(made)) == 2
    assert len(dump(over)["delivery"]) == 17
    over.change("INSERT INTO dropped (key, at, account, cause) VALUES ('k', 1, 'masto', 'window')")
    assert over.row("SELECT logged, tries, told_at FROM dropped") == {"logged": 0, "tries": 0, "told_at": None}


def test_a_change_that_fails_leaves_what_was_before_and_the_next_one_goes_through(over):
    before = dump(over)
    with pytest.raises(LedgerError), over.transaction():
        over.change("DELETE FROM delivery WHERE state = 'due'") and over.change("UPDATE alias SET hash = 'x'")
    assert dump(over) == before
    with pytest.raises(LedgerError, match="duplicate key"):
        over.change("INSERT INTO attempt (key, fence, started_at) SELECT key, fence, 5 FROM attempt") or over.change(
            "INSERT INTO alias (hash, kind, anchor) VALUES (:hash, 'url', '')",
            hash=over.row("SELECT hash FROM alias")["hash"],
        )
    assert over.change("DELETE FROM delivery WHERE state = 'due'") == 4


def test_the_ledger_is_seen_as_it_was_while_others_write_and_nobody_waits(over, below):
    before = dump(over)
    over.change("UPDATE delivery SET reason = 'paused' WHERE state = 'due'")
    over.change("UPDATE account SET paused = 'person'")
    below.change("SET lock_timeout = '1ms'")  # whoever had to wait would fail
    assert below.change("UPDATE delivery SET state = 'held'") == 16
    assert below.change("DELETE FROM alias") == len(before["alias"])
    assert below.change("UPDATE account SET paused = NULL") > 0
    assert {row["state"] for row in over.rows("SELECT state FROM delivery")} == {"posted", "due", "planned", "skipped"}
    assert over.change("UPDATE delivery SET state = 'failed' WHERE state = 'due'") == 4
    assert {row["state"] for row in below.rows("SELECT state FROM delivery")} == {"held"}


def test_the_server_refuses_what_would_change_the_ledger_and_nothing_is_left_there(over, postgres):
    rows = {name: postgres.run(f"SELECT xmin, * FROM {name}", "ledger") for name in TABLES}
    for name in TABLES:
        with pytest.raises(LedgerError, match="read-only transaction"):
            over.change(f"DELETE FROM public.{name}")
    for name in TABLES:  # by their plain names, the temporary ones
        over.change(f"DELETE FROM {name}")
        assert over.rows(f"SELECT 1 FROM {name}") == []
    assert rows == {name: postgres.run(f"SELECT xmin, * FROM {name}", "ledger") for name in TABLES}
    over.close()
    assert postgres.run("SELECT relname FROM pg_class WHERE relname LIKE 'local_%'", "ledger") == []


def test_the_questions_of_a_run_read_no_more_where_many_posts_are_finished(over, at, postgres):
    """Each plan reaches rows by an index, above and below: as many are read with three thousand stories more."""
    from syndicate.ledger.postgresql_overlay import PostgresOverlay

    postgres.run(POSTED, "ledger")
    with closing(PostgresOverlay(at)) as large:
        large.change("UPDATE delivery SET reason = 'paused' WHERE key = 'k1'")
        for sql in ASKED:
            plan = "\n".join(row["QUERY PLAN"] for row in large.rows(f"EXPLAIN ANALYZE {sql}"))
            read = [int(number) for number in re.findall(r"Scan.*actual.*rows=(\d+)", plan)]
            assert max(read) < 100, plan


def test_where_the_server_allows_no_temporary_tables_it_does_not_fit(at, postgres):
    from syndicate.ledger.postgresql_overlay import PostgresOverlay

    postgres.run("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", "ledger")
    postgres.run("REVOKE TEMPORARY ON DATABASE ledger FROM PUBLIC", "ledger")
    try:
        with closing(PostgresOverlay(at.replace("postgres@", "reader@"))) as refused:
            assert not refused.fits
    finally:
        postgres.run("GRANT TEMPORARY ON DATABASE ledger TO PUBLIC; DROP OWNED BY reader; DROP ROLE reader", "ledger")
