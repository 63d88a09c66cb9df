"""The tests of what is asked of the database run on SQLite and on PostgreSQL."""

from __future__ import annotations

import os

import pytest

from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.sqlite import SqliteDatabase

BOTH = frozenset(
    f"test_{name}"
    for name in (
        *("account_names", "accounts", "alerts", "articles", "backlog", "catalogue", "claims", "claims_start"),
        *("credentials", "decisions", "deliveries", "deliveries_same", "dropped", "evergreens"),
        *(
            "follow_ups",
            "former_names",
            "imports",
            "listings",
            "logins",
            "notices",
            "outcomes",
            "overview",
            "partings",
            "parts",
            "pauses",
        ),
        *("pruning", "recovery", "rehearsal", "renders", "run_gaps", "source_names", "sources", "standing"),
        *("subscriptions", "timekeeping", "transitions", "twins", "waiting"),
    )
)
"""Modules whose tests run twice."""
LONG = frozenset(f"test_{name}" for name in ("elsewhere", "floods", "shelf"))
"""Modules whose tests run twice with SYNDICATE_LEDGERS=all: on a server they take minutes."""
TWICE = BOTH | LONG if os.environ.get("SYNDICATE_LEDGERS") == "all" else BOTH
OF_A_FILE = frozenset(
    (
        "test_where_most_rows_match_the_order_keeps_its_own_index",  # SQLite's plans
        "test_no_question_reads_all_rows_of_a_table",
        "test_each_post_is_counted_before_it_is_sent",
        "test_a_daemons_heartbeat_and_the_end_of_a_run_store_what_knows_the_file_again",
        "test_free_space_is_given_back_some_at_a_time",
        "test_a_file_that_gives_nothing_back_is_no_endless_work",
        "test_articles_of_long_ago_are_packed_and_nobody_notices",
        "test_a_packed_article_that_its_source_edits_is_as_any_other_again",
        "test_what_somebody_may_ask_about_soon_is_not_packed",
        "test_a_dry_run_packs_nothing",
        "test_a_ledger_of_an_older_version_gets_a_shelf",
        "test_a_story_that_another_process_gets_back_just_now_is_found",
        "test_a_change_is_seen_by_whoever_asks_and_ones_own_apart",  # a server is asked each time
    )
)
"""Tests in them that ask how SQLite does it, or look at the file."""


def pytest_generate_tests(metafunc):
    if "ledger" not in metafunc.fixturenames or metafunc.module.__name__.rpartition(".")[2] not in TWICE:
        return
    if metafunc.function.__name__ not in OF_A_FILE:
        metafunc.parametrize("on", ["sqlite", "postgresql"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def on(request):
    """The server that the ledger is on; None: it is a file."""
    return request.getfixturevalue("postgres") if getattr(request, "param", "sqlite") == "postgresql" else None


@pytest.fixture
def ledger(on, tmp_path, clock):
    path = tmp_path / "ledger.db"
    if on is None:
        database = SqliteDatabase(path, durable=False)
    else:
        from syndicate.ledger.postgresql import PostgresDatabase

        database = PostgresDatabase(on.address(on.ledger()))
    opened = Ledger(database, clock, lambda: key_beside(path))
    yield opened
    opened.close()
