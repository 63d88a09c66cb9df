"""PostgreSQL as the ledger's database: the same tables, one writer at a time, lost connections, the server's clock."""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import closing, suppress
from datetime import timedelta

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger import Ledger
from syndicate.ledger.database import VERSION, micros, percent_named
from syndicate.ledger.sqlite import SqliteDatabase
from tests import processes
from tests.worlds.accounts import MASTO
from tests.worlds.lost_answers import LostAnswers
from tests.worlds.postgres import Server
from tests.worlds.rows import planned

REWRITTEN = {
    "SELECT 1 FROM a WHERE b = :name AND c < :c2": "SELECT 1 FROM a WHERE b = %(name)s AND c < %(c2)s",
    "SELECT a || ': ' || :b || '%:x'": "SELECT a || ': ' || %(b)s || '%%:x'",
    "SELECT a % 2, b::text": "SELECT a %% 2, b::text",
    "WHERE likely(a = :b) AND unlikely(c >= :d)": "WHERE (a = %(b)s) AND (c >= %(d)s)",
}
LOST = r"postgresql://postgres@\S* cannot be reached"


@pytest.fixture
def at(postgres):
    """The address of an empty ledger, over a port."""
    return postgres.address(postgres.ledger(), port=postgres.port)


@pytest.fixture
def database(at):
    with opened(at) as made:
        yield made


def opened(at):
    from syndicate.ledger.postgresql import PostgresDatabase

    return closing(PostgresDatabase(at))


@pytest.fixture
def answers(postgres):
    proxy = LostAnswers(postgres.port)
    yield proxy
    proxy.close()


def value(database, name="n"):
    row = database.row("SELECT value FROM meta WHERE name = :name", name=name)
    return row and row["value"]


def put(database, given, name="n"):
    return database.change(
        "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
        name=name,
        value=given,
    )


def test_what_is_noted_goes_with_what_comes_next_and_is_there_then(database, at):
    note = "INSERT INTO meta (name, value) VALUES (:name, :value)"
    sly = "50%; it's :here %(value)s \\"
    before = database.changed_here()
    with database.transaction():
        put(database, "first")
        database.note(note, name="a", value=sly)
        database.note("UPDATE meta SET value = value || '!' WHERE name = :name", name="a")
        assert value(database, "a") == f"{sly}!"
        database.note(note, name="b", value="last")
    with opened(at) as other:
        assert (value(other, "a"), value(other, "b")) == (f"{sly}!", "last")
    assert database.changed_here() - before == 4
    with suppress(ZeroDivisionError), database.transaction():
        database.note(note, name="c", value="undone")
        raise ZeroDivisionError
    database.note(note, name="d", value="at once")
    assert (value(database, "c"), value(database, "d")) == (None, "at once")
    with pytest.raises(LedgerError, match="duplicate key"), database.transaction():
        database.note(note, name="d", value="twice")
    assert value(database, "d") == "at once"


@pytest.mark.parametrize(("sql", "wanted"), REWRITTEN.items())
def test_parameters_are_rewritten_but_not_what_is_in_quotes(sql, wanted):
    assert percent_named(sql) == wanted


def test_both_databases_have_the_same_tables_and_columns(database, tmp_path):
    with closing(SqliteDatabase(tmp_path / "l.db", durable=False)) as file:
        names = [row["name"] for row in file.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        there = database.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        assert {row["name"] for row in there} == set(names)
        for name in names:
            assert database.columns(name) == file.columns(name), name
    with closing(sqlite3.connect(tmp_path / "l.db")) as plain:
        indexes = {row[0] for row in plain.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql <> ''")}
    made = {row["name"] for row in database.rows("SELECT indexname AS name FROM pg_indexes")}
    assert indexes <= made


def test_numbers_texts_and_bytes_are_as_sqlite_gives_them(database):
    row = database.row(
        "SELECT SUM(CAST(n AS BIGINT)) AS whole, MIN(n) / 1000000.0 AS part, :text AS text, :none AS nothing"
        " FROM (SELECT 3 AS n UNION ALL SELECT 4) AS numbers",
        text="it's 100 % \\ : \N{SNOWMAN}",
        none=None,
    )
    assert row == {"whole": 7, "part": 0.000003, "text": "it's 100 % \\ : \N{SNOWMAN}", "nothing": None}
    assert (type(row["whole"]), type(row["part"])) == (int, float)
    database.change("INSERT INTO shelf (id, planned_at, data) VALUES (1, 1 << 40, :data)", data=b"\x00\xff")
    assert database.row("SELECT data FROM shelf") == {"data": b"\x00\xff"}


def test_what_others_changed_is_asked_each_time_and_ones_own_rows_are_counted(database):
    assert len({database.others() for _ in range(3)}) == 3
    before = database.changed_here()
    put(database, "1")
    put(database, "2", name="m")
    assert database.change("UPDATE meta SET value = '3' WHERE name IN ('n', 'm')") == 2
    assert database.changed_here() == before + 4


def test_texts_are_sorted_byte_by_byte(database):
    for name in ("a", "B", "ä", "Z", "_"):
        put(database, "x", f"sorted {name}")
    found = database.rows("SELECT subject FROM notice UNION ALL SELECT name FROM former_name ORDER BY 1")
    assert found == []
    database.change_many(
        "INSERT INTO former_name (kind, former, name) VALUES ('account', :name, '')",
        [{"name": name} for name in ("a", "B", "ä", "Z", "_")],
    )
    found = database.rows("SELECT former FROM former_name ORDER BY former")
    assert [row["former"] for row in found] == ["B", "Z", "_", "a", "ä"]


def test_what_a_transaction_has_read_stays_so_until_it_ends(database, postgres):
    """Eight threads read a number and write the next one: none is lost."""
    put(database, "0")

    def add():
        for _ in range(10):
            with database.transaction():
                put(database, str(int(value(database)) + 1))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert value(database) == "80"


def test_a_transaction_is_all_or_nothing_and_one_inside_is_part_of_it(database):
    with pytest.raises(RuntimeError), database.transaction():  # noqa: PT012 - what follows is undone
        put(database, "inner")
        with database.transaction():
            put(database, "innermost")
        raise RuntimeError
    assert value(database) is None
    with pytest.raises(LedgerError, match="duplicate key"):
        database.change_many("INSERT INTO pause (word, since) VALUES (:w, 0)", [{"w": "a"}, {"w": "a"}])
    assert database.rows("SELECT 1 FROM pause") == []


# Lost connections


def cut(postgres):
    postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ledger'", "postgres")


def test_what_only_reads_or_begins_does_not_notice_a_lost_connection(database, postgres):
    put(database, "before")
    cut(postgres)
    assert value(database) == "before"
    cut(postgres)
    with database.transaction():
        put(database, "after")
    assert value(database) == "after"


def test_a_change_on_a_lost_connection_fails_once_and_the_next_one_goes_through(database, postgres):
    put(database, "before")
    cut(postgres)
    with pytest.raises(LedgerError, match=LOST) as told:
        put(database, "lost")
    assert "nothing is lost" in told.value.hint
    put(database, "after")
    assert value(database) == "after"


def test_a_transaction_whose_connection_is_lost_does_nothing_more(database, postgres):
    put(database, "before")
    with pytest.raises(LedgerError, match=LOST), database.transaction():  # noqa: PT012 - as it would be
        put(database, "lost")
        cut(postgres)
        for _ in range(2):  # whoever goes on all the same gets no new connection, outside the transaction
            with pytest.raises(LedgerError):
                put(database, "outside", "other")
    assert (value(database), value(database, "other")) == ("before", None)


def test_a_commit_whose_answer_is_lost_is_not_done_twice(postgres, answers, tmp_path, article, clock):
    """The claim is stored, and nobody was told: it is a claim of this process, and only its lease ends it."""
    from syndicate.ledger.postgresql import PostgresDatabase

    with closing(PostgresDatabase(postgres.address(postgres.ledger(), port=answers.port))) as database:
        ledger = Ledger(database, clock, lambda: b"")
        delivery = planned(ledger, article(), MASTO, state="due", due_at=micros(clock()))
        answers.armed = True
        with pytest.raises(LedgerError, match=LOST):
            ledger.claims.claim(delivery, now=clock(), lease=timedelta(minutes=1))
        assert answers.lost == 1
        stored = ledger.deliveries.find(delivery.key)
        assert (stored.state, stored.fence) == ("sending", delivery.fence + 1)
        assert ledger.claims.claim(delivery, now=clock(), lease=timedelta(minutes=1)) is None
        assert ledger.claims.claim(stored, now=clock(), lease=timedelta(minutes=1)) is None
        clock.now += timedelta(minutes=2)
        assert ledger.claims.sweep(clock(), lambda _: timedelta(0)) == 1
        assert ledger.deliveries.find(delivery.key).state == "due"
        assert len(database.rows("SELECT 1 FROM attempt")) == 1


def test_a_receipt_whose_commit_was_lost_is_found_again(postgres, answers, article, clock):
    from syndicate.ledger.postgresql import PostgresDatabase
    from syndicate.model import Receipt

    with closing(PostgresDatabase(postgres.address(postgres.ledger(), port=answers.port))) as database:
        ledger = Ledger(database, clock, lambda: b"")
        delivery = planned(ledger, article(), MASTO, state="due", due_at=micros(clock()))
        claimed = ledger.claims.claim(delivery, now=clock(), lease=timedelta(minutes=1))
        begun = {"now": clock(), "lease": timedelta(minutes=1)}
        assert ledger.claims.begin(claimed, {"text": "x"}, "digest", {"text": "x"}, **begun)
        answers.armed = True
        receipt = Receipt(id="1", permalink="https://social.example/1")
        with pytest.raises(LedgerError, match=LOST):
            ledger.outcomes.posted(claimed, receipt, now=clock())
        assert ledger.deliveries.find(delivery.key).state == "posted"
        assert ledger.outcomes.posted(claimed, receipt, now=clock()) is False  # the second time changes nothing


def test_a_server_that_was_started_again_is_used_again(postgres):
    from syndicate.ledger.postgresql import PostgresDatabase

    with closing(Server()) as own, closing(PostgresDatabase(own.address(own.empty()), upgrade=True)) as database:
        put(database, "before")
        own.stop()
        with pytest.raises(LedgerError, match="cannot be reached"):
            value(database)
        with pytest.raises(LedgerError, match="cannot be reached"):
            put(database, "lost")
        own.start()
        assert value(database) == "before"
        put(database, "after")


def test_a_full_disk_at_the_server_is_told_with_its_cure(database):
    database.change(
        "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
    )
    database.change("CREATE TRIGGER full_disk BEFORE INSERT ON pause FOR EACH ROW EXECUTE FUNCTION full_disk()")
    try:
        with pytest.raises(LedgerError, match="cannot be written: the disk of the server is full") as told:
            database.change("INSERT INTO pause (word, since) VALUES ('', 0)")
        assert "free some space there" in told.value.hint
    finally:
        database.change("DROP TRIGGER full_disk ON pause")


# Several processes

UPGRADES = """
import sys
from syndicate.ledger.postgresql import PostgresDatabase
PostgresDatabase(sys.argv[1], upgrade=True).close()
"""


def test_two_processes_that_make_the_tables_at_once_make_them_once(postgres):
    name = postgres.empty()
    command = [sys.executable, "-c", UPGRADES, postgres.address(name)]
    both = [processes.start(command) for _ in range(2)]
    assert [each.wait() for each in both] == [0, 0]
    assert postgres.run("SELECT value FROM meta WHERE name = 'schema_version'", name) == [(str(VERSION),)]
    assert postgres.run("SELECT COUNT(*) FROM run", name) == [(1,)]
    postgres.drop(name)


def test_the_clock_is_the_servers_and_goes_on_without_it(database, postgres, monkeypatch):
    from syndicate.ledger import server_clock
    from syndicate.ledger.server_clock import ServerClock

    counter = iter(range(0, 10_000, 7))
    monkeypatch.setattr(server_clock, "seconds", lambda: next(counter))
    clock = ServerClock(database)
    [(theirs,)] = postgres.run("SELECT clock_timestamp()", "postgres")
    first = clock()
    assert abs(first - theirs) < timedelta(seconds=60)
    cut(postgres)
    database.change = database.row = lambda *_, **__: (_ for _ in ()).throw(LedgerError("cut"))
    later = [clock() for _ in range(10)]
    assert later == sorted(later)
    assert later[-1] - later[0] > timedelta(minutes=1)
