"""PostgreSQL's errors in our words, each with its cure; without a server."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.errors import lookup

from syndicate.ledger.postgresql_faults import AGAIN, explained

PLACE = "postgresql://news%40desk@db.example:5432/ledger"


@pytest.mark.parametrize(
    ("state", "told", "cure"),
    [
        ("28P01", "refuses the role news@desk: its password is wrong", "check `database` in the config, or PGPASSWORD"),
        ("28000", "refuses the role news@desk: no", "create the role, or let it in with pg_hba.conf"),
        ("3D000", "has no such database: no", "create it with createdb, then run syndicate db upgrade"),
        (
            "42501",
            "does not let the role news@desk do that: no",
            "make the role the owner of the database, or grant it",
        ),
        ("53100", "cannot be written: the disk of the server is full", "free some space there; nothing is lost"),
        ("53300", "takes no more connections: no", "raise max_connections of the server: a daemon may need 60"),
        ("55P03", "is locked by another program", "let it finish, then run this again"),
        ("25006", "cannot be written (read-only): no", "connect to the primary server"),
        ("25P03", "ended a transaction that was held up for too long", AGAIN),
        ("42P01", "lacks a table: no", "run syndicate db upgrade"),
        ("42703", "lacks a column: no", "run syndicate db upgrade"),
        ("08006", "cannot be reached: no", AGAIN),
        ("57P01", "cannot be reached: no", AGAIN),
    ],
)
def test_each_error_of_a_server_is_told_with_its_cure(state, told, cure):
    found = explained(PLACE, lookup(state)("no\nnot the second line"))
    assert str(found) == f"{PLACE} {told}"
    assert found.hint.startswith(cure)


@pytest.mark.parametrize("state", ["23505", "53200", "42601"])
def test_an_error_that_is_a_bug_is_told_as_it_is(state):
    found = explained(PLACE, lookup(state)("duplicate key"))
    assert (str(found), found.hint) == (f"{PLACE}: duplicate key", None)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('FATAL:  password authentication failed for user "a"', "refuses the role news@desk: its password is wrong"),
        ("fe_sendauth: no password supplied", "refuses the role news@desk: its password is wrong"),
        ("FATAL:  no pg_hba.conf entry for host", "refuses the role news@desk: no pg_hba.conf entry for host"),
        ("FATAL:  sorry, too many clients already", "takes no more connections: sorry, too many clients already"),
        (
            "FATAL:  remaining connection slots are reserved",
            "takes no more connections: remaining connection slots are",
        ),
        ('FATAL:  role "a" does not exist', 'refuses the role news@desk: role "a" does not exist'),
        ('FATAL:  database "b" does not exist', 'has no such database: database "b" does not exist'),
        ('FATAL:  role "a" is not permitted to log in', 'cannot be reached: role "a" is not permitted to log in'),
        ('FATAL:  database "b" is being closed', 'cannot be reached: database "b" is being closed'),
        ("FATAL:  the host does not exist", "cannot be reached: the host does not exist"),
        ("\n\n  Connection refused  \nIs the server running?", "cannot be reached: Connection refused"),
        ('connection to server at "db.example" failed: timeout expired', "cannot be reached: timeout expired"),
        (
            'connection to "db" failed: FATAL:  the database system is starting up',
            "cannot be reached: the database sys",
        ),
        ("", "cannot be reached: no reason was given"),
    ],
)
def test_a_refused_connection_of_which_there_are_words_alone(said, told):
    assert str(explained(PLACE, psycopg.OperationalError(said))).startswith(f"{PLACE} {told}")


def test_what_is_no_trouble_of_the_connection_is_told_as_it_is():
    assert str(explained(PLACE, psycopg.ProgrammingError("the placeholders differ"))) == (
        f"{PLACE}: the placeholders differ"
    )


def test_an_address_without_a_role_connects_as_the_process():
    found = explained("postgresql://db.example/ledger", lookup("28P01")("no"))
    assert "refuses the role of this process: its password is wrong" in str(found)
