"""A ledger that a newer version has changed while this one had it open: nothing more is written to it."""

from __future__ import annotations

import re
from contextlib import closing

import pytest

from syndicate.errors import NewerLedger
from syndicate.ledger import database as databases
from syndicate.ledger.database import ADDS, MIGRATIONS, VERSION, migrate, oldest_beside, require_known
from syndicate.ledger.sqlite import SqliteDatabase
from tests.worlds.newer_program import ADDED, CHANGED

PUT = "INSERT INTO pause (word, since) VALUES (:word, 0)"
ADDING = re.compile(
    r"CREATE TABLE \w+ \(.+\)( WITHOUT ROWID)?|CREATE INDEX \w+ ON .+"
    r"|ALTER TABLE \w+ ADD COLUMN \w+ (TEXT|BIGINT|BLOB)( NOT NULL DEFAULT \S+)?",
    re.DOTALL,
)
"""A statement after which every other one of the version before still does what it did."""


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request, tmp_path, postgres):
    """A ledger that was opened twice: here, and by whoever changes it."""
    if request.param == "sqlite":
        with closing(SqliteDatabase(tmp_path / "l.db")) as here, closing(SqliteDatabase(tmp_path / "l.db")) as there:
            yield here, there
        return
    from syndicate.ledger.postgresql import PostgresDatabase

    at = postgres.address(postgres.ledger(), port=postgres.port)
    with closing(PostgresDatabase(at)) as here, closing(PostgresDatabase(at)) as there:
        here.change("INSERT INTO meta (name, value) VALUES ('schema_oldest', :v)", v=str(VERSION))
        yield here, there


def needs(there, version):
    there.change("UPDATE meta SET value = :v WHERE name = 'schema_oldest'", v=str(version))


def in_a_transaction(here):
    with here.transaction():
        here.change(PUT, word="a")


WRITES = {
    "one": lambda here: here.change(PUT, word="a"),
    "many": lambda here: here.change_many(PUT, [{"word": "a"}, {"word": "b"}]),
    "returning": lambda here: here.rows(f"{PUT} RETURNING word", word="a"),
    "transaction": in_a_transaction,
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_nothing_is_written_once_a_newer_version_has_changed_it(two, write):
    here, there = two
    here.change(PUT, word="before")
    needs(there, VERSION + 1)
    for _ in range(2):
        with pytest.raises(NewerLedger, match=rf"written by a newer syndicate \(schema {VERSION + 1}, this one knows"):
            write(here)
    with pytest.raises(NewerLedger):
        require_known(here)
    assert here.rows("SELECT word FROM pause") == [{"word": "before"}]
    here.close()  # also with what is opened anew


def test_one_that_was_only_added_to_is_written_as_before(two):
    here, there = two
    there.change("UPDATE meta SET value = :v WHERE name = 'schema_version'", v=str(VERSION + 1))
    for write in WRITES.values():
        write(here)
        here.change("DELETE FROM pause")
    require_known(here)


def test_a_version_that_waited_while_a_newer_one_upgraded_takes_nothing_back(tmp_path):
    with closing(SqliteDatabase(tmp_path / "l.db")) as database:
        version = "UPDATE meta SET value = :v WHERE name = 'schema_version'"
        database.change(version, v=str(VERSION + 1))
        migrate(database, database._run)
        found = database.row("SELECT value FROM meta WHERE name = 'schema_version'")
        assert found == {"value": str(VERSION + 1)}
        database._guarded = False
        needs(database, VERSION + 1)
        with pytest.raises(NewerLedger):
            migrate(database, database._run)


@pytest.mark.parametrize(
    ("scripts", "oldest"),
    {
        (): VERSION,
        (ADDED,): VERSION,
        (ADDED, ADDED): VERSION,
        (CHANGED,): VERSION + 1,
        (CHANGED, ADDED): VERSION + 1,
    }.items(),
)
def test_the_oldest_version_that_may_go_on_is_told_by_the_marks(tmp_path, monkeypatch, scripts, oldest):
    (tmp_path / f"{VERSION:03}.sql").write_text("ALTER TABLE a RENAME TO b;", encoding="utf-8")
    for number, script in enumerate(scripts, VERSION + 1):
        (tmp_path / f"{number:03}.sql").write_text(script, encoding="utf-8")
    monkeypatch.setattr(databases, "MIGRATIONS", tmp_path)
    monkeypatch.setattr(databases, "VERSION", VERSION + len(scripts))
    assert oldest_beside() == oldest


def only_adds(script: str) -> bool:
    statements = re.sub(r"--[^\n]*", "", script).split(";")
    return all(ADDING.fullmatch(" ".join(each.split())) for each in statements if each.strip())


def test_a_script_that_says_that_it_only_adds_does_so():
    marked = [path for path in MIGRATIONS.glob("[0-9]*.sql") if path.read_text(encoding="utf-8").startswith(ADDS)]
    assert [path.name for path in marked if not only_adds(path.read_text(encoding="utf-8"))] == []
    assert only_adds(ADDED)
    for wrong in (
        CHANGED,
        "DROP TABLE hunch;",
        "ALTER TABLE a RENAME COLUMN b TO c;",
        "ALTER TABLE a ADD COLUMN b TEXT NOT NULL;",
        "CREATE UNIQUE INDEX a ON b (c);",
    ):
        assert not only_adds(f"{ADDED}{wrong}"), wrong
