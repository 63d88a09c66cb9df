"""What waits for an account that left is skipped, and can come back; another login under its name gets nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger import partings
from syndicate.ledger.database import micros
from syndicate.model import Account
from tests.worlds.accounts import MASTO

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
OTHER = Account("second", "mastodon")
KEPT = ("state", "reason", "waited_for", "due_at", "left_login", "left_due_at", "error")


@pytest.fixture
def columns(ledger):
    def read(key, *names):
        row = ledger.database.row("SELECT * FROM delivery WHERE key = :key", key=key)
        return tuple(row[name] for name in names)

    return read


@pytest.fixture
def account(ledger):
    def read(name="masto"):
        return ledger.database.row("SELECT * FROM account WHERE name = :name", name=name)

    return read


@pytest.mark.parametrize(("login", "kept"), [(None, ""), ("@gazette", "@gazette")])
def test_what_waited_for_an_account_that_left_keeps_for_which_login_and_until_when(
    ledger, clock, put, columns, account, login, kept
):
    due = put(1, reason="unavailable", due_at=clock() + HOUR)
    planned = put(1, OTHER, state="planned", reason="delay", due_at=clock() + HOUR)
    second = put(2, state="planned", reason="approval", due_at=None)
    sent = put(3, state="posted")
    ledger.database.change("UPDATE account SET login = :login", login=login)
    clock.move(minutes=1)
    assert ledger.partings.leave("masto", clock()) == 2
    at = columns(due.key, "left_due_at")[0]
    assert columns(due.key, *KEPT) == (
        "skipped", "account_left", "unavailable", None, kept, at, "the account left the config"
    )  # fmt: skip
    assert at == micros(clock() - timedelta(minutes=1) + HOUR)
    assert columns(second.key, *KEPT)[4:6] == (kept, None)
    assert columns(sent.key, "state", "left_login") == ("posted", None)
    assert columns(planned.key, "state", "left_login") == ("planned", None)
    assert (account()["left_at"], account("second")["left_at"]) == (micros(clock()), None)
    assert {(each.account, each.cause) for each in ledger.dropped.take()} == {("masto", "account_left")}
    assert ledger.partings.leave("masto", clock() + HOUR) == 0
    assert account()["left_at"] == micros(clock())


def test_an_account_with_nothing_to_do_leaves_without_a_word(ledger, clock, put, account):
    put(1, state="posted")
    assert ledger.partings.leave("masto", clock()) == 0
    assert account()["left_at"] is None
    assert partings.close(ledger.database, "masto", "account_left", "it left", clock(), "account_left") == 0
    assert ledger.partings.left({"second"}) == ["masto"]
    assert ledger.partings.left({"masto"}) == []


def test_parts_of_one_story_are_one_article(ledger, clock, put):
    put(1)
    row = put(1, MASTO, part=1)
    put(2)
    assert row.part == 1
    assert ledger.partings.leave("masto", clock()) == 2


RETURNS = [  # columns of a skipped row, and the state that it comes back in
    ({"waited_for": "approval"}, "planned"),
    ({"waited_for": "burst"}, "planned"),
    ({"waited_for": "embargo"}, "planned"),
    ({"waited_for": "delay"}, "planned"),
    ({"waited_for": "preflight"}, "planned"),
    ({"waited_for": "window"}, "due"),
    ({"waited_for": None}, "due"),
    ({"left_login": "@me"}, "due"),
    ({"left_login": ""}, "due"),
    ({"left_login": "@other"}, None),
    ({"left_login": None}, None),
    ({"reason": "baseline"}, "due"),
    ({"reason": "baseline", "left_login": ""}, None),
    ({"reason": "too_old"}, None),
    ({"expires_at": timedelta(0)}, None),
    ({"expires_at": TICK}, "due"),
    ({"state": "failed"}, None),
    ({"state": "failed", "waited_for": "approval"}, None),
]


@pytest.mark.parametrize("due", [None, 2 * HOUR])
@pytest.mark.parametrize(("given", "state"), RETURNS)
def test_what_comes_back(ledger, clock, put, columns, account, given, state, due):
    base = {"state": "skipped", "reason": "account_left", "waited_for": "window", "left_login": "@me", "error": "left"}
    base |= {"due_at": None, "left_due_at": None if due is None else clock() + due, "expires_at": None}
    if given.get("expires_at") is not None:
        given = given | {"expires_at": clock() + given["expires_at"]}
    row, other = put(1, **base | given), put(1, OTHER, **base | given)
    before = columns(row.key, *KEPT)
    ledger.database.change("UPDATE account SET login = '@me', left_at = 1")
    assert ledger.partings.comes_back("masto", clock()) == (state is not None)
    at = None if due is None else micros(clock() + due)
    if state is None:
        assert columns(row.key, *KEPT) == before
    else:
        waits = given.get("waited_for", "window")
        wanted = at if due is not None or state == "planned" else micros(clock())
        assert columns(row.key, *KEPT) == (state, waits, None, wanted, None, None, None)
    assert columns(other.key, *KEPT) == before
    assert (account()["left_at"], account("second")["left_at"]) == (None, 1)


def test_several_that_come_back_are_counted_and_dated(ledger, clock, put, columns):
    for number, waits in enumerate(("approval", "window", None)):
        row = put(number, state="skipped", reason="account_left", waited_for=waits, left_login="")
    clock.move(hours=1)
    assert ledger.partings.comes_back("masto", clock()) == 3
    assert {row.state for row in ledger.deliveries.search()} == {"planned", "due"}
    assert ledger.database.rows("SELECT DISTINCT updated_at AS at FROM delivery") == [{"at": micros(clock())}]
    assert columns(row.key, "due_at") == (micros(clock()),)


def test_an_account_that_nothing_waited_for_comes_back_without_a_write(ledger, clock, put):
    put(1)
    before = ledger.database.row("SELECT own FROM chain")
    assert ledger.partings.comes_back("masto", clock()) == 0
    assert ledger.database.row("SELECT own FROM chain") == before


def test_a_name_that_is_not_there_yet_has_no_login(ledger, clock, put):
    row = put(1, state="skipped", reason="account_left", left_login="")
    ledger.database.change("DELETE FROM account")
    assert ledger.partings.comes_back("masto", clock()) == 1
    assert ledger.deliveries.find(row.key).state == "due"


# Another login under the same name


@pytest.mark.parametrize(
    ("login", "before", "after"), [("@me", "due", "@me"), (None, "due", None), (None, "unknown", None)]
)
def test_the_end_of_a_login(ledger, clock, put, columns, account, login, before, after):
    row = put(1, state=before, reason="unavailable", due_at=clock() + HOUR, fence=3, lease_until=9)
    theirs = put(1, OTHER, state="unknown", fence=3)
    left = put(2, OTHER, state="skipped", left_login="")
    ledger.database.change("UPDATE account SET login = :login", login=login)
    for name in ("masto", "second"):
        ledger.database.change(
            "INSERT INTO listed (account, hash, remote_id, receipt, at) VALUES (:name, 'h', '1', '{}', 1)", name=name
        )
        ledger.credentials.renew(name, 0, lambda _: {"token": "t"}, clock=ledger.now)
    clock.move(minutes=1)
    assert partings.end(ledger.database, "masto", clock(), ledger.follow_ups) == (before == "due")
    if before == "due":
        assert columns(row.key, "state", "reason", "left_login") == ("skipped", "baseline", after)
        assert [each.cause for each in ledger.dropped.take()] == ["another_login"]
        assert columns(row.key, "error") == ("the account now leads to another login",)
    else:
        assert columns(row.key, "state", "reason", "due_at", "fence", "lease_until", "updated_at") == (
            "held", "no_answer", None, 4, 0, micros(clock())
        )  # fmt: skip
    assert columns(theirs.key, "state", "fence") == ("unknown", 3)
    assert columns(left.key, "left_login") == ("",)
    assert (account(), account("second")["name"]) == (None, "second")
    assert [row["account"] for row in ledger.database.rows("SELECT account FROM listed")] == ["second"]
    assert [row["account"] for row in ledger.database.rows("SELECT account FROM credential")] == ["second"]


@pytest.mark.parametrize("sinks", [(), ("webhook",)])
def test_what_the_end_of_a_login_holds_is_told_where_anybody_is_told(ledger, clock, put, sinks):
    ledger.follow_ups.sinks = sinks
    row = put(1, state="unknown")
    put(2)
    partings.end(ledger.database, "masto", clock(), ledger.follow_ups)
    assert [(word.key, word.event) for word in ledger.follow_ups.owed("webhook")] == [(row.key, "held")] * len(sinks)
