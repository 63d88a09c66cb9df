"""Statements that a server plans once for a connection: which they are, and what they may not do."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
from contextlib import closing

import pytest

import syndicate.ledger
from syndicate.errors import LedgerError
from syndicate.ledger.database import Often, numbered
from syndicate.ledger.rows import JOINED
from syndicate.ledger.sqlite import SqliteDatabase

NUMBERED = {
    "SELECT 1 FROM a WHERE b = :name AND c < :c2 OR d = :name": (
        "SELECT 1 FROM a WHERE b = $1 AND c < $2 OR d = $1",
        ("name", "c2"),
    ),
    "SELECT a || ': ' || :b || '%:x'": ("SELECT a || ': ' || $1 || '%:x'", ("b",)),
    "WHERE likely(a % 2 = :b)": ("WHERE (a % 2 = $1)", ("b",)),
    "SELECT a::text": ("SELECT a::text", ()),
}
NUMBERS = {"now", "until", "fence", "urgent", "cost", "skipped", "soon", "number", "stamp", "most"}


@pytest.fixture
def database(postgres):
    from syndicate.ledger.postgresql import PostgresDatabase

    with closing(PostgresDatabase(postgres.address(postgres.ledger()))) as made:
        yield made


def kept(database):
    """The plans that the server keeps for this thread's connection."""
    return {row["statement"] for row in database.rows("SELECT statement FROM pg_prepared_statements")}


def often():
    """The statements of the ledger that are asked for each post, by the places where they stand."""
    found = {}
    for module in pkgutil.iter_modules(syndicate.ledger.__path__):
        if not module.name.startswith("postgresql"):
            made = importlib.import_module(f"syndicate.ledger.{module.name}")
            found |= {f"{module.name}.{name}": each for name, each in vars(made).items() if isinstance(each, Often)}
    return found


@pytest.mark.parametrize(("sql", "wanted"), NUMBERED.items())
def test_parameters_are_numbered_once_and_not_in_quotes(sql, wanted):
    assert numbered(sql) == wanted


@pytest.mark.parametrize("empty", [False, True])
def test_each_statement_that_is_asked_often_is_kept_whatever_is_null_in_it(database, empty):
    assert len(often()) > 15
    for name, sql in often().items():
        values = {each: None if empty else 1 if each in NUMBERS else "a" for each in numbered(sql)[1]}
        with contextlib.suppress(LedgerError):  # a column that must not be null is met when it is kept already
            database.rows(sql, **values) if sql.startswith("SELECT") else database.change(sql, **values)
        assert [each for each in kept(database) if each.endswith(f" AS {numbered(sql)[0]}")], name


def test_no_statement_that_is_kept_asks_for_all_columns():
    assert [name for name, sql in often().items() if "*" in sql.replace("COUNT(*)", "")] == []


def test_deliveries_are_read_with_every_column_of_their_table(tmp_path):
    with closing(SqliteDatabase(tmp_path / "ledger.db")) as database:
        for column in database.columns("delivery"):
            assert f"delivery.{column}," in JOINED


def test_a_plan_outlives_a_transaction_that_is_rolled_back_and_a_column_that_is_added(database):
    asked = Often("SELECT value FROM meta WHERE name = :name")
    with pytest.raises(LedgerError, match="division by zero"):
        _fails_after(database, asked)
    database.script("ALTER TABLE meta ADD COLUMN more TEXT")
    try:
        assert database.rows(asked, name="n") == []
        database.change("INSERT INTO meta (name, value) VALUES ('n', 'it''s')")
        assert database.rows(asked, name="n") == [{"value": "it's"}]
        assert len([each for each in kept(database) if each.endswith("meta WHERE name = $1")]) == 1
    finally:
        database.script("ALTER TABLE meta DROP COLUMN more")  # other tests have the same tables


def _fails_after(database, asked):
    with database.transaction():
        assert database.rows(asked, name="n") == []
        database.rows("SELECT 1 / 0")


def test_another_connection_makes_its_own_plans(database):
    asked = Often("SELECT value FROM meta WHERE name = :name")
    database.rows(asked, name="n")
    database.close()
    assert database.rows(asked, name="n") == []


def test_only_so_many_are_kept_and_the_others_are_asked_all_the_same(database, monkeypatch):
    monkeypatch.setattr("syndicate.ledger.postgresql_plans.MOST", 3)
    for number in range(6):
        for _ in range(2):
            asked = Often(f"SELECT CAST(:given AS TEXT) AS said, {number} AS number")
            assert database.rows(asked, given="a%") == [{"said": "a%", "number": number}]
    assert len(kept(database)) == 3


def test_a_number_beyond_what_a_column_compares_with_is_a_number(database):
    asked = Often("SELECT CASE WHEN :cost = 0 THEN 'free' ELSE 'paid' END AS said")
    assert [database.rows(asked, cost=cost) for cost in (0, 2**40)] == [[{"said": "free"}], [{"said": "paid"}]]


def test_many_rows_are_written_all_of_them_or_none(database):
    from syndicate.ledger.postgresql import TOGETHER

    put = "INSERT INTO meta (name, value) VALUES (:name, :value)"
    rows = [{"name": f"n{number:04}", "value": f"it's {number}"} for number in range(2 * TOGETHER + 7)]
    before = database.changed_here()
    database.change_many(put, rows)
    assert database.changed_here() == before + len(rows)
    with pytest.raises(LedgerError):
        database.change_many(put, [{"name": "last", "value": ""}, rows[0]])
    found = database.rows("SELECT name, value FROM meta WHERE name LIKE 'n0%' OR name = 'last' ORDER BY name")
    assert found == rows
