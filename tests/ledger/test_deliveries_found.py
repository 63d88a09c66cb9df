"""Which delivery of an article is found: its post, the last one, its edits, those beside it, and its day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.days import LAST, fixed_day
from syndicate.ledger.deliveries import GIVEN_UP, SHORTEST, PlannedDelivery
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.model import Account, Receipt

FACE = Account("fb", "facebook")
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
LINK = "https://gazette.example/live"


@pytest.fixture
def another(ledger):
    """Writes another delivery like this one, with these columns; its key."""

    def make(row, **columns):
        values = ledger.database.row("SELECT * FROM delivery WHERE key = :key", key=row.key)
        values |= {name: micros(value) if isinstance(value, datetime) else value for name, value in columns.items()}
        names = ("anchor", "account", "action", "revision", "part")
        values["key"] = columns.get("key") or delivery_key(*(values[name] for name in names))
        said = ", ".join(values)
        ledger.database.change(
            f"INSERT INTO delivery ({said}) VALUES ({', '.join(f':{name}' for name in values)})", **values
        )
        return values["key"]

    return make


def test_the_post_of_an_article_is_found_whatever_its_key(ledger, put, another):
    first, other, theirs = put(1), put(2), put(1, FACE)
    edit = another(first, action="edit")
    again = another(first, revision=1)
    part = another(first, part=1)
    ledger.database.change("UPDATE delivery SET key = 'former' WHERE key = :key", key=first.key)
    find = ledger.deliveries.of
    assert [find(first.anchor, "masto").key, find(first.anchor, "masto", 1).key] == ["former", again]
    assert [find(other.anchor, "masto").key, find(first.anchor, "fb").key] == [other.key, theirs.key]
    assert find(first.anchor, "masto", 2) is None
    assert find("nothing", "masto") is None
    assert {edit, part}.isdisjoint({"former", again})


def test_the_last_post_of_an_article_counts(ledger, put, another):
    first, other = put(1, state="posted"), put(2, state="posted")
    put(1, FACE, state="posted", revision=9)
    again = another(first, revision=1, state="due")
    another(first, revision=2, part=1)
    another(first, revision=3, action="edit")
    assert ledger.deliveries.latest(first.anchor, "masto").key == again
    assert ledger.deliveries.latest("nothing", "masto") is None
    assert not ledger.deliveries.was_posted(first.anchor, "masto")
    assert ledger.deliveries.was_posted(other.anchor, "masto")


@pytest.mark.parametrize("reason", ["deleted", "elsewhere", "person", None])
def test_what_was_deleted_or_is_a_persons_own_was_not_posted(ledger, put, reason):
    row = put(1, state="posted", reason=reason)
    assert ledger.deliveries.was_posted(row.anchor, "masto") is (reason in ("person", None))


@pytest.mark.parametrize(
    ("columns", "counts"),
    [
        ({}, True),
        ({"action": "post", "revision": 5}, False),
        ({"state": "due"}, False),
        ({"account": "fb"}, False),
        ({"planned_at": -TICK}, False),
        ({"planned_at": HOUR}, True),
    ],
)
def test_edits_that_went_through_are_counted(ledger, clock, put, another, columns, counts):
    row, other = put(1), put(2)
    moved = {name: clock() + value if name == "planned_at" else value for name, value in columns.items()}
    base = {"action": "edit", "state": "posted", "updated_at": clock() + HOUR, "planned_at": clock()}
    another(row, **base | moved)
    another(other, **base)
    found = ledger.deliveries.edits(row.anchor, "masto", clock())
    assert found == ((1, clock() + HOUR) if counts else (0, None))
    another(row, **base | {"revision": 1, "updated_at": clock() + 2 * HOUR})
    assert ledger.deliveries.edits(row.anchor, "masto", clock()) == (1 + counts, clock() + 2 * HOUR)


@pytest.mark.parametrize(
    ("columns", "rivals"),
    [
        ({}, True),
        ({"post": {"link": "https://gazette.example/else"}}, False),
        ({"post": {}}, False),
        ({"post": None}, False),
        ({"state": "failed"}, False),
        ({"state": "unknown"}, True),
        ({"action": "edit"}, False),
        ({"account": FACE}, False),
    ],
)
def test_another_post_with_the_same_link_is_a_rival(ledger, put, columns, rivals):
    base = {"state": "posted", "post": {"link": LINK}}
    mine = put(1, **base)
    put(2, **base | columns)
    states = ("posted", "unknown")
    assert ledger.deliveries.rivals(mine, LINK, states) is rivals
    assert ledger.deliveries.rivals(mine, None, states) is False


def test_a_post_without_a_link_has_no_rival(ledger, put):
    mine = put(1, state="posted", post={"text": "x"})
    put(2, state="posted", post={"text": "y", "link": None})
    assert ledger.deliveries.rivals(mine, None, ("posted",)) is False


# Planning


@pytest.mark.parametrize("taken", [True, False])
def test_a_story_of_an_account_whose_name_another_had_gets_a_key_of_its_own(ledger, clock, put, taken):
    row = put(1)
    if taken:
        ledger.database.change("UPDATE delivery SET account = 'former' WHERE key = :key", key=row.key)
    planned = PlannedDelivery(row.anchor, "masto", "mastodon", "due")
    assert planned.key == row.key
    key = ledger.deliveries.plan(planned, clock())
    if not taken:
        assert key is None
        return
    assert key == delivery_key(row.key, "masto") == ledger.deliveries.key_of(planned)
    assert ledger.deliveries.find(key).day == row.day
    assert ledger.deliveries.plan(planned, clock()) is None


@pytest.mark.parametrize(
    ("day", "published", "found"),
    [
        (5, 7, 5),
        (None, 0, 0),
        (None, -1, None),
        (None, 86_400_000_000, 86_400_000_000),
        (None, 86_399_999_999, 0),
        (None, LAST - 1, LAST - 86_400_000_000),
        (None, LAST, None),
        (None, None, None),
    ],
)
def test_the_day_of_a_delivery(ledger, clock, article, put, day, published, found):
    row, other = put(1), put(2)
    ledger.database.change("DELETE FROM delivery WHERE key = :key", key=row.key)
    ledger.database.change("UPDATE article SET utc_day = 9 WHERE anchor = :anchor", anchor=other.anchor)
    ledger.database.change(
        "UPDATE article SET utc_day = :day, published_at = :at WHERE anchor = :anchor",
        day=day,
        at=published,
        anchor=row.anchor,
    )
    key = ledger.deliveries.plan(PlannedDelivery(row.anchor, "masto", "mastodon", "due"), clock())
    stored = ledger.database.row("SELECT day FROM delivery WHERE key = :key", key=key)["day"]
    assert stored == (fixed_day(row.key) if found is None else found)


def test_a_planned_delivery_is_written_as_it_is(ledger, clock, put, another):
    row = put(1)
    planned = PlannedDelivery(
        row.anchor, "masto", "mastodon", "planned", "approval", clock(), clock() + HOUR, 0, "look", "edit", 3
    )
    key = ledger.deliveries.plan(planned, clock() + TICK)
    assert key == delivery_key(row.anchor, "masto", "edit", 3)
    found = ledger.deliveries.find(key)
    assert (found.state, found.reason, found.due_at, found.expires_at) == (
        "planned",
        "approval",
        clock(),
        clock() + HOUR,
    )
    assert (found.priority, found.error, found.action, found.revision, found.part) == (0, "look", "edit", 3, 0)
    assert (found.planned_at, found.platform, found.attempts, found.fence) == (clock() + TICK, "mastodon", 0, 0)
    stored = ledger.database.row("SELECT updated_at, lease_until FROM delivery WHERE key = :key", key=key)
    assert stored == {"updated_at": micros(clock() + TICK), "lease_until": 0}


def test_any_reason_may_be_asked_for(ledger, put):
    row = put(1, state="skipped", reason="filtered")
    put(2, state="skipped", reason="preflight")
    assert ledger.deliveries.given_up(row.anchor, ("filtered", "x"))
    assert not ledger.deliveries.given_up(row.anchor)
    assert GIVEN_UP == ("preflight", "withdrawn")


def test_a_few_digits_are_enough_and_no_fewer(ledger, put):
    keys = ["abc1" + "0" * 28, "abc2" + "0" * 28]
    for number, key in enumerate(keys):
        put(number, key=key)
    assert SHORTEST == 4
    assert [row.key for row in ledger.deliveries.starting_with("abc1")] == keys[:1]
    assert ledger.deliveries.starting_with("abc") == []
    assert ledger.deliveries.starting_with("abc_") == []


def test_receipts_and_ids_are_of_one_delivery(ledger, put):
    row = put(1, receipt={"id": "7", "permalink": "p", "data": {"a": 1}}, remote_id="7")
    other = put(2, remote_id="8")
    put(3, FACE, remote_id="9")
    assert ledger.deliveries.receipt(row.key) == Receipt("7", "p", {"a": 1})
    assert ledger.deliveries.receipt(other.key) is None
    assert ledger.deliveries.receipt("nothing") is None
    assert ledger.deliveries.remote_ids(row) == ["8"]
    assert sorted(ledger.deliveries.accounts()) == ["fb", "masto"]
    assert ledger.deliveries.find("nothing") is None


@pytest.mark.parametrize(("number", "found"), [(1, 3), (2, 2), (3, None)])
def test_the_newest_commits_of_an_account_but_of_one(ledger, clock, put, number, found):
    for each in (1, 2, 3):
        put(each, committed_at=clock() + each * HOUR)
    put(4, FACE, committed_at=clock() + 9 * HOUR)
    put(5, action="edit", committed_at=clock() + 9 * HOUR)
    put(6)
    least = put(1)
    got = ledger.deliveries.latest_commit("masto", number, besides=least.key)
    assert got == (None if found is None else clock() + found * HOUR)


@pytest.mark.parametrize(("off", "spent"), [(timedelta(0), 17), (TICK, 0)])
def test_posts_and_listings_cost_from_an_instant_on(ledger, clock, put, off, spent):
    put(1, committed_at=clock(), cost=10)
    put(1, FACE, committed_at=clock(), cost=100)
    ledger.recovery.charged("masto", 7)
    ledger.recovery.charged("fb", 70)
    assert ledger.deliveries.spent("masto", clock() + off) == spent
    assert ledger.deliveries.spent("nobody", clock()) == 0


def test_an_attempt_that_goes_on_has_no_end(ledger, clock, put):
    row = put(1)
    for fence, ended in ((2, None), (1, clock())):
        ledger.database.change(
            "INSERT INTO attempt (key, fence, started_at, ended_at, outcome) VALUES (:key, :fence, :at, :ended, 'x')",
            key=row.key,
            fence=fence,
            at=micros(clock()),
            ended=micros(ended),
        )
    found = ledger.deliveries.attempts(row.key)
    assert [(each["fence"], each["started_at"], each["ended_at"]) for each in found] == [
        (1, clock(), clock()), (2, clock(), None)
    ]  # fmt: skip
