"""The job engine's tables: made once, moved on from an earlier version, and told where they are of another."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from syndicate.app import fleet_schema
from syndicate.errors import LedgerError
from syndicate.ledger.postgresql import PostgresDatabase

FUNCTIONS = "SELECT proname AS name FROM pg_proc WHERE proname LIKE 'procrastinate%' ORDER BY proname"
OLD = "03.00.00_50"


@pytest.fixture
def database(postgres):
    name = postgres.empty()
    with closing(PostgresDatabase(postgres.address(name), upgrade=True)) as opened:
        yield opened
    postgres.drop(name)


def made_by(database, last):
    """The tables as procrastinate had them when this migration was its last one."""
    scripts = fleet_schema._migrations()
    for number in sorted(scripts):
        if number <= last:
            database.script(scripts[number])
    fleet_schema._keep(database, last)


def test_they_are_made_once_whoever_does_it_at_once(database):
    with pytest.raises(LedgerError, match="has no tables of the job engine yet"):
        fleet_schema.require(database)
    told, newest = [], max(fleet_schema._migrations())
    both = [threading.Thread(target=lambda: told.append(fleet_schema.upgrade(database))) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(told, key=str) == [(newest, newest), (None, newest)]
    fleet_schema.require(database)


def test_those_of_an_earlier_version_are_told_and_moved_on(database, postgres):
    made_by(database, OLD)
    with pytest.raises(LedgerError, match=r"an earlier job engine \(procrastinate 3\.0\.0, this one has 3\.") as told:
        fleet_schema.require(database)
    assert told.value.hint == "run syndicate db upgrade"
    before, now = fleet_schema.upgrade(database)
    assert (before, now) == (OLD, max(fleet_schema._migrations()))
    fleet_schema.require(database)
    moved = {row["name"] for row in database.rows(FUNCTIONS)}
    name = postgres.empty()
    with closing(PostgresDatabase(postgres.address(name), upgrade=True)) as fresh:
        fleet_schema.upgrade(fresh)
        assert {row["name"] for row in fresh.rows(FUNCTIONS)} <= moved
    postgres.drop(name)


def test_those_of_a_later_version_or_of_another_program_stay_as_they_are(database):
    fleet_schema._keep(database, "99.01.00_01")
    for asked in (fleet_schema.require, fleet_schema.upgrade):
        with pytest.raises(LedgerError, match=r"a later job engine \(procrastinate 99\.1\.0\)"):
            asked(database)
    database.change("DELETE FROM meta WHERE name = 'engine_schema'")
    database.script("CREATE TABLE procrastinate_jobs (id bigint)")
    with pytest.raises(LedgerError, match="another program made"):
        fleet_schema.upgrade(database)
