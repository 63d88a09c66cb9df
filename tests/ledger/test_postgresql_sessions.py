"""What a server, a database or a role may be like: each is told in one line, or does not matter."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import traceback
from contextlib import closing
from datetime import timedelta

import pytest

from syndicate.errors import LedgerAway, LedgerError
from syndicate.ledger.postgresql import PostgresDatabase
from syndicate.ledger.server_clock import ServerClock
from tests import processes
from tests.waiting import wait_for

STOPPED = """
import sys
from syndicate.errors import LedgerError
from syndicate.ledger import postgresql_connections
postgresql_connections.IDLE_SECONDS = 1
from syndicate.ledger.postgresql import PostgresDatabase
database = PostgresDatabase(sys.argv[1])
put = "INSERT INTO meta (name, value) VALUES ('stopped', :value)"
try:
    with database.transaction():
        database.change(put, value="half")
        print("within", flush=True)
        sys.stdin.readline()
        database.change("UPDATE meta SET value = 'whole' WHERE name = 'stopped'")
except LedgerError as fault:
    print(fault, flush=True)
with database.transaction():
    database.change(put, value="again")
print("done", flush=True)
"""


@pytest.fixture
def role(postgres):
    """Makes a role that owns nothing but has all rights on the ledger's tables; gives its address there."""
    name = postgres.ledger()
    postgres.run("CREATE ROLE tried LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO tried", name)
    yield postgres.address(name, "tried")
    postgres.run("DROP OWNED BY tried; DROP ROLE tried", name)


def opened(address, **options):
    from syndicate.ledger.postgresql import PostgresDatabase

    return closing(PostgresDatabase(address, **options))


def paused(database):
    return database.change("INSERT INTO pause (word, since) VALUES ('', 0)")


MARKS = ", ".join(f"pg_logical_emit_message(boolean, text, {kind})" for kind in ("text", "bytea"))


@pytest.mark.parametrize("forbidden", [False, True])
def test_what_is_recorded_is_on_the_servers_disk_when_a_transaction_is_over(postgres, role, forbidden):
    """Also where the role may not mark the log: then other writers wait for the disk with it."""
    name, late = role.partition("?")[0].rpartition("/")[2], 0
    if forbidden:
        postgres.run(f"REVOKE EXECUTE ON FUNCTION {MARKS} FROM PUBLIC", name)
    with opened(role) as database:
        for number in range(20):
            with database.transaction():
                database.change("UPDATE pause SET since = :n", n=number) or paused(database)
                row = database.row("SELECT CAST(pg_current_wal_insert_lsn() AS TEXT) AS place")
            asked = "SELECT pg_current_wal_flush_lsn() < CAST(:place AS pg_lsn) AS late"
            late += database.row(asked, place=row["place"])["late"]
        assert database._connections.mine().defers is not forbidden
    postgres.run(f"GRANT EXECUTE ON FUNCTION {MARKS} TO PUBLIC", name)
    assert late == 0


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_letter_is_refused(postgres, encoding):
    postgres.run(f"CREATE DATABASE letters ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(LedgerError, match=f"has the encoding {encoding}") as told:
            opened(postgres.address("letters"), upgrade=True).__enter__()
        assert "--encoding UTF8" in told.value.hint
    finally:
        postgres.drop("letters")


def test_limits_and_the_time_zone_of_a_role_do_not_matter(role, postgres):
    for setting in (
        "statement_timeout = '800ms'",  # long enough for the connection to say otherwise, on a busy machine
        "idle_in_transaction_session_timeout = '800ms'",
        "idle_session_timeout = '800ms'",
        "timezone = 'Asia/Kathmandu'",
    ):
        postgres.run(f"ALTER ROLE tried SET {setting}")
    with opened(role) as database:
        with database.transaction():
            database.rows("SELECT pg_sleep(1)")
            processes.run(["sleep", "1"])
            paused(database)
        processes.run(["sleep", "1"])
        assert database.change("UPDATE pause SET until = 1") == 1
        [(theirs,)] = postgres.run("SELECT clock_timestamp()")
        assert abs(ServerClock(database)() - theirs) < timedelta(seconds=30)


def test_a_role_that_may_not_write_is_told_which_table_and_what_helps(role, postgres):
    postgres.run("REVOKE INSERT ON pause FROM tried", "ledger")
    with opened(role) as database:
        with pytest.raises(LedgerError, match="the role tried do that: permission denied for table pause") as told:
            paused(database)
        assert "grant it ALL" in told.value.hint
        postgres.run("GRANT INSERT ON pause TO tried", "ledger")
        assert paused(database) == 1


def test_a_role_that_may_make_no_tables_is_told_so_when_they_are_to_be_made(role, postgres):
    name = postgres.empty()
    with pytest.raises(LedgerError, match="permission denied for schema public") as told:
        opened(postgres.address(name, "tried"), upgrade=True).__enter__()
    assert "owner of the database" in told.value.hint
    postgres.drop(name)


def test_where_nothing_may_be_written_it_is_read_and_told_and_may_be_over_later(role, postgres):
    postgres.run("ALTER ROLE tried SET default_transaction_read_only = on")
    with opened(role) as database:
        assert database.rows("SELECT 1 FROM pause") == []
        with pytest.raises(LedgerAway, match="cannot be written \\(read-only\\)") as told:
            paused(database)
        assert "stand-by" in told.value.hint


BROKEN = ["postgresql://{}:S3%zzcret@127.0.0.1/ledger", "postgresql://{}:S3cret@127.0.0.1/ledger?S3cret=1"]


@pytest.mark.parametrize("address", BROKEN)
def test_an_address_that_cannot_be_read_is_told_without_its_password(address):
    with pytest.raises(LedgerError, match="is no address that can be read") as told:
        opened(address.format("tried")).__enter__()
    assert "S3" not in "".join(traceback.format_exception(told.value))


def test_a_wrong_password_is_in_no_traceback(postgres):
    if not postgres.run("SELECT 1 FROM pg_roles WHERE rolname = 'guarded'"):
        postgres.run("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    word = "S3cret" * 2  # the traceback shows these lines
    address = f"postgresql://guarded:{word}@127.0.0.1:{postgres.port}/postgres"
    with pytest.raises(LedgerError, match="its password is wrong") as told:
        opened(address).__enter__()
    assert word not in "".join(traceback.format_exception(told.value))


def test_a_process_that_was_stopped_in_a_transaction_holds_others_up_only_so_long_and_does_nothing_by_halves(postgres):
    address = postgres.address(postgres.ledger())
    stopped = processes.start([sys.executable, "-c", STOPPED, address], stdin=-1, stdout=-1, text=True)
    assert stopped.stdout.readline() == "within\n"
    stopped.send_signal(signal.SIGSTOP)
    with opened(address) as database:
        assert paused(database) == 1  # it has waited for the server to end the other's transaction
        assert database.rows("SELECT 1 FROM meta WHERE name = 'stopped'") == []
        stopped.send_signal(signal.SIGCONT)
        said, _ = stopped.communicate("\n")
        assert ("ended a transaction" in said or "cannot be reached" in said, said.splitlines()[-1]) == (True, "done")
        assert database.rows("SELECT value FROM meta WHERE name = 'stopped'") == [{"value": "again"}]


def test_a_relaxed_thread_waits_for_the_disk_again_afterwards(postgres):
    with opened(postgres.address(postgres.ledger())) as database:
        waits = [database.row("SHOW synchronous_commit")]
        with database.relaxed():
            waits.append(database.row("SHOW synchronous_commit"))
        waits.append(database.row("SHOW synchronous_commit"))
    assert [row["synchronous_commit"] for row in waits] == ["on", "off", "on"]


def test_a_thread_that_asks_after_all_was_closed_leaves_no_connection_open(postgres):
    def asks_late(address):
        database = PostgresDatabase(address)
        database.close()
        late = threading.Thread(target=lambda: database.rows("SELECT 1 AS one"))
        late.start()
        late.join()

    asks_late(postgres.address(postgres.ledger()))
    gc.collect()  # else psycopg would warn, which fails a test
    count = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = 'ledger' AND application_name = 'syndicate'"
    assert wait_for(lambda: postgres.run(count) == [(0,)])
