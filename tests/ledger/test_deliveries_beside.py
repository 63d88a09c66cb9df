"""Each condition on a delivery, with one beside it that does not fit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.articles import CHUNK
from syndicate.ledger.database import micros
from syndicate.ledger.deliveries import SHORTEST, PlannedDelivery
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.model import Account, Receipt
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def planned_as(row, **decided):
    return PlannedDelivery(anchor=row.anchor, account=row.account, platform=row.platform, **decided)


@pytest.fixture
def stored(ledger):
    return lambda key: ledger.database.row("SELECT * FROM delivery WHERE key = :key", key=key)


def test_a_key_is_made_of_what_goes_to_whom():
    keys = [
        delivery_key("a", "masto"),
        delivery_key("b", "masto"),
        delivery_key("a", "fb"),
        delivery_key("a", "masto", "edit"),
        delivery_key("a", "masto", revision=1),
        delivery_key("a", "masto", part=1),
    ]
    assert len(set(keys)) == len(keys)
    assert (
        delivery_key("a", "masto")
        == delivery_key("a", "masto", "post", 0, 0)
        == PlannedDelivery("a", "masto", "mastodon", "due").key
    )
    assert keys[0] == "ab28f598c4ded4e6592fb65969047a26", "it is known to the networks"


def test_a_plan_with_no_more_than_it_needs_is_a_first_post_that_never_expires(ledger, clock, put, stored):
    row = put(1)
    new = PlannedDelivery(row.anchor, "fb", "facebook", "due")
    key = ledger.deliveries.plan(new, clock())
    left = ledger.deliveries.find(key)
    assert (left.action, left.revision, left.part, left.priority, left.platform) == ("post", 0, 0, 1, "facebook")
    assert (left.reason, left.due_at, left.expires_at, left.error) == (None, None, None, None)
    assert stored(key)["updated_at"] == stored(key)["planned_at"] == micros(clock())


@pytest.mark.parametrize("again", ["replan", "let_in"])
def test_one_that_is_planned_anew_is_one_alone(ledger, clock, put, stored, again):
    row, other = (put(number, state="skipped", reason="too_old") for number in (1, 2))
    clock.move(hours=1)
    assert getattr(ledger.deliveries, again)(planned_as(row, state="due"), ("too_old", "filtered"), clock())
    assert ledger.deliveries.find(row.key).state == "due"
    assert ledger.deliveries.find(other.key) == other
    if again == "let_in":
        assert stored(row.key)["updated_at"] == micros(clock())


@pytest.mark.parametrize(
    ("state", "reason", "again"),
    [
        ("planned", "burst", True),
        ("planned", "similar", True),
        ("planned", "too_old", False),
        ("skipped", "burst", False),
        ("skipped", "similar", False),
        ("due", "burst", False),
        ("failed", "too_old", False),
    ],
)
def test_what_may_be_asked_for_again(ledger, clock, put, state, reason, again):
    row = put(1, state=state, reason=reason)
    assert ledger.deliveries.replan(planned_as(row, state="due"), ("too_old",), clock()) is again
    assert not ledger.deliveries.let_in(planned_as(row, state="due"), ("too_old", "burst"), clock()) or (
        state == "skipped"
    )


def test_which_were_left_out_by_a_filter_among_many(ledger, put):
    row = put(1, state="skipped", reason="filtered")
    put(2, state="skipped", reason="too_old")
    put(3, state="due", reason="filtered")
    put(4, FACE, state="skipped", reason="filtered")
    anchors = [each.anchor for each in ledger.deliveries.search()]
    unknown = [f"unknown {number}" for number in range(CHUNK)]
    assert ledger.deliveries.filtered("masto", [*unknown, *anchors]) == {row.anchor}


def test_of_another_article_nothing_was_given_up(ledger, put):
    row, other = put(1, state="skipped", reason="preflight"), put(2, state="skipped", reason="too_old")
    assert [ledger.deliveries.given_up(each.anchor) for each in (row, other)] == [True, False]
    assert [ledger.deliveries.given_up(each.anchor, ("too_old",)) for each in (row, other)] == [False, True]


def test_a_prefix_of_many_keys_finds_the_first_three(ledger, put):
    rows = [put(number) for number in range(1, 6)]
    for number, row in enumerate(rows):
        ledger.database.change("UPDATE delivery SET key = :new WHERE key = :key", new=f"abcd{number}", key=row.key)
    assert len(ledger.deliveries.starting_with("abcd")) == 3
    assert [row.key for row in ledger.deliveries.starting_with("abcd3")] == ["abcd3"]
    assert ledger.deliveries.starting_with("abc") == []
    assert SHORTEST == 4


@pytest.mark.parametrize(
    ("account", "action", "sent"), [(MASTO, "edit", True), (FACE, "post", True), (MASTO, "post", False)]
)
def test_the_newest_post_is_a_post_of_this_account_that_was_sent(ledger, clock, put, account, action, sent):
    put(1, committed_at=clock())
    put(2, account, action=action, committed_at=clock() + MINUTE if sent else None)
    assert ledger.deliveries.latest_commit("masto", 1) == clock()
    assert ledger.deliveries.latest_commit("masto", 2) is None
    assert ledger.deliveries.latest_commit("nobody", 1) is None


def test_the_posts_of_others_are_those_that_have_one(ledger, put):
    mine, _, other = put(1, remote_id="mine"), put(2), put(3, remote_id="other")
    put(4, FACE, remote_id="elsewhere")
    assert ledger.deliveries.remote_ids(mine) == ["other"]
    assert ledger.deliveries.remote_ids(other) == ["mine"]


def test_what_was_spent_is_that_of_one_account_since_an_instant(ledger, clock, put):
    for number, (account, at, cost) in enumerate(
        [(MASTO, 0, 5), (MASTO, -1, 7), (MASTO, 1, 11), (FACE, 1, 13), (MASTO, None, 17)], 1
    ):
        put(number, account, cost=cost, committed_at=None if at is None else clock() + at * SECOND)
    assert ledger.deliveries.spent("masto", clock()) == 16
    assert ledger.deliveries.spent("nobody", clock()) == 0


NEXT = [
    ({}, True),
    ({"due_at": 1}, False),
    ({"lease_until": 1}, False),
    ({"state": "planned"}, False),
    ({"state": "sending"}, False),
    ({"state": "unknown"}, True),
    ({"state": "unknown", "due_at": 1}, False),
    ({"state": "unknown", "lease_until": 1}, False),
]


@pytest.mark.parametrize(("columns", "comes"), NEXT)
def test_what_is_next_is_due_now_and_taken_by_nobody(ledger, clock, put, columns, comes):
    at = {name: clock() + SECOND for name, value in columns.items() if value == 1}
    row = put(1, **{"due_at": clock(), "lease_until": clock()} | columns | at)
    put(2, FACE, due_at=clock())
    put(3, FACE, state="unknown", due_at=clock())
    assert ledger.deliveries.next_due("masto", clock()) == (row if comes else None)
    assert ledger.deliveries.next_due("masto", clock() + SECOND) == (
        row if columns.get("state") not in ("planned", "sending") else None
    )


@pytest.mark.parametrize("columns", [{"state": "unknown", "due_at": 1}, {"state": "unknown", "lease_until": 1}])
def test_what_is_not_to_be_looked_up_yet_holds_up_nothing(ledger, clock, put, columns):
    put(1, **{"due_at": clock()} | {name: clock() + SECOND if value == 1 else value for name, value in columns.items()})
    row = put(2, due_at=clock())
    assert ledger.deliveries.next_due("masto", clock()) == row


def test_of_one_source_or_story_its_own_is_next_whatever_goes_before(ledger, clock, put):
    put(1, priority=0)
    row = put(2)
    ledger.database.change("UPDATE article SET source = 'sport' WHERE url LIKE '%/2'")
    assert ledger.deliveries.next_due("masto", clock(), sources=["sport"]) == row
    assert ledger.deliveries.next_due("masto", clock(), anchor=row.anchor) == row
    assert ledger.deliveries.next_due("masto", clock(), sources=["news"], anchor=row.anchor) is None
    assert ledger.deliveries.next_due("masto", clock(), sources=["news", "sport"], anchor=row.anchor) == row


LATER = "UPDATE account SET {} = :at WHERE name = 'masto'"


@pytest.mark.parametrize(
    ("columns", "account", "works"),
    [
        ({}, None, True),
        ({"due_at": 1}, None, False),
        ({"due_at": 1, "priority": 0}, None, False),
        ({"state": "planned", "priority": 0}, None, False),
        ({"state": "posted", "priority": 0}, None, False),
        ({}, "opens_at", False),
        ({"priority": 0}, "opens_at", True),
        ({"priority": 0}, "next_at", False),
        ({}, "next_at", False),
        ({"state": "unknown"}, "next_at", True),
        ({"state": "unknown", "due_at": 1}, None, False),
        ({"state": "unknown", "lease_until": 1}, None, False),
    ],
)
def test_an_account_has_work_of_its_own_that_may_go_now(ledger, clock, put, columns, account, works):
    for each in (MASTO, FACE, Account("idle", "mastodon")):
        ledger.accounts.ensure(each, clock())
    later = {name: clock() + SECOND for name, value in columns.items() if value == 1}
    put(1, **{"due_at": clock(), "lease_until": clock()} | columns | later)
    if account:
        ledger.database.change(LATER.format(account), at=micros(clock() + SECOND))
    assert ledger.deliveries.accounts_with_work(clock()) == (["masto"] if works else [])
    idle = columns.get("state") in ("planned", "posted")
    assert ledger.deliveries.accounts_with_work(clock() + SECOND) == ([] if idle else ["masto"])
    put(2, FACE, due_at=clock())
    assert "fb" in ledger.deliveries.accounts_with_work(clock())


def test_a_search_of_several_takes_each(ledger, clock, put):
    rows = [
        put(1, state="posted"),
        put(2, state="failed"),
        put(3, FACE, state="due"),
    ]
    assert ledger.deliveries.search(states=("posted", "failed")) == sorted(rows[:2], key=lambda row: row.key)
    assert ledger.deliveries.search(states=("posted",), accounts=("fb",)) == []
    assert len(ledger.deliveries.search(accounts=("masto", "fb"))) == 3


def test_deliveries_planned_at_once_come_in_the_order_of_their_keys(ledger, put):
    rows = [put(number) for number in range(1, 8)]
    assert [row.key for row in ledger.deliveries.search()] == sorted(row.key for row in rows)


def test_names_and_numbers_of_what_there_is(ledger, put):
    for number, state in enumerate(("unknown", "unknown", "posted"), 1):
        put(number, state=state)
    put(1, FACE, state="posted")
    assert ledger.deliveries.unclear() == ["masto"]
    assert sorted(ledger.deliveries.accounts()) == ["fb", "masto"]
    assert ledger.deliveries.has_unanswered()


def test_a_delivery_without_a_receipt_has_none(ledger, put):
    row = put(1, receipt={"id": "7", "permalink": None, "data": {"cid": "b"}})
    assert ledger.deliveries.receipt(row.key) == Receipt("7", None, {"cid": "b"})
    assert ledger.deliveries.receipt(put(2).key) is None
    assert ledger.deliveries.receipt("of nothing") is None


def test_attempts_are_those_of_one_delivery_first_to_last(ledger, clock, put):
    row = put(1)
    for key, fence, ended in (("another", 1, None), (row.key, 2, micros(clock())), (row.key, 1, None)):
        ledger.database.change(
            "INSERT INTO attempt (key, fence, started_at, ended_at) VALUES (:key, :fence, :at, :ended)",
            key=key,
            fence=fence,
            at=micros(clock()),
            ended=ended,
        )
    assert [(each["fence"], each["started_at"], each["ended_at"]) for each in ledger.deliveries.attempts(row.key)] == [
        (1, clock(), None),
        (2, clock(), clock()),
    ]
