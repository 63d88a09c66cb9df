"""Posts of stories that were posted before: by hand, and by an account's rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.errors import SyndicateError
from syndicate.ledger.database import micros
from syndicate.ledger.evergreens import Turn
from syndicate.model import LAST_OF_ALL, AgainRule, Filter
from syndicate.planning import say_again
from tests.worlds.accounts import MASTO
from tests.worlds.rows import planned

DAY = timedelta(days=1)
RULE = AgainRule(Filter(sections=("Guides",)), after=30 * DAY, times=2)
RULED = replace(MASTO, again=RULE)


@pytest.fixture
def posted(ledger, article, clock):
    """A story that was posted so many days ago."""

    def make(number, *, days=40, section="Guides", account=RULED, **columns):
        at = clock() - days * DAY
        given = {"state": "posted", "posted_at": at, "committed_at": at} | columns
        row = planned(ledger, article(number, section=section), account, **given)
        ledger.database.change(
            "UPDATE article SET first_seen_at = :at WHERE anchor = :anchor", at=micros(at), anchor=row.anchor
        )
        return row

    return make


@pytest.fixture
def looked(ledger):
    """Looks through all articles for an account, and gives the stories that are noted for it."""

    def look(*accounts):
        while say_again.look(accounts or (RULED,), ledger, 0.0):
            pass
        found = ledger.database.rows("SELECT account, anchor, times FROM evergreen ORDER BY account, anchor")
        return {(row["account"], row["anchor"], row["times"]) for row in found}

    return look


# What a look finds


def test_a_look_notes_what_a_rule_may_choose(ledger, posted, looked):
    fits, other, waits = posted(1), posted(2, section="Sport"), posted(3, state="due", posted_at=None)
    gone = posted(4, reason="deleted")
    assert looked() == {("masto", fits.anchor, 0)}
    assert {other.anchor, waits.anchor, gone.anchor}.isdisjoint({anchor for _, anchor, _ in looked()})


def test_each_account_has_stories_of_its_own(ledger, posted, looked):
    second = replace(MASTO, name="second", again=AgainRule(Filter(sections=("Sport",))))
    guide = posted(1, days=100)
    match = posted(2, days=100, section="Sport", account=second)
    assert looked(RULED, second) == {("masto", guide.anchor, 0), ("second", match.anchor, 0)}


def test_a_look_goes_on_where_it_was_and_ends(ledger, posted, monkeypatch):
    monkeypatch.setattr(say_again, "PAGE", 2)
    for number in range(1, 6):
        posted(number)
    goes_on = [say_again.look([RULED], ledger, 0.0) for _ in range(3)]
    assert goes_on == [True, True, False]
    assert ledger.database.row("SELECT COUNT(*) AS number FROM evergreen") == {"number": 5}
    assert ledger.evergreens.survey().ended is not None


@pytest.mark.parametrize(("days", "found"), [(6, 0), (7, 1)])
def test_all_is_looked_at_anew_after_a_week(ledger, posted, looked, clock, days, found):
    row = posted(1)
    looked()
    ledger.evergreens.drop("masto", row.anchor)
    clock.move(days=days)
    assert len(looked()) == found


def test_a_rule_that_changes_has_all_looked_at_anew(ledger, posted, looked):
    match = posted(1, section="Sport")
    assert looked() == set()
    sports = replace(MASTO, again=replace(RULE, only=Filter(sections=("Sport",))))
    assert looked(sports) == {("masto", match.anchor, 0)}


# What a rule plans


def test_a_rule_plans_the_story_of_longest_ago_after_all_else(ledger, posted, looked, clock):
    posted(1, days=40)
    older = posted(2, days=50)
    looked()
    made = ledger.deliveries.find(say_again.by_rule(RULED, ledger))
    assert (made.anchor, made.revision, made.state, made.due_at) == (older.anchor, 1, "due", clock())
    assert (made.again.by, made.again.text) == ("rule", None)
    row = ledger.database.row("SELECT priority FROM delivery WHERE key = :key", key=made.key)
    assert row == {"priority": LAST_OF_ALL}
    assert say_again.by_rule(RULED, ledger) is None, "one is under way"


def test_who_approves_what_goes_out_is_asked(ledger, posted, looked):
    careful = replace(RULED, approve=True)
    posted(1)
    looked(careful)
    made = ledger.deliveries.find(say_again.by_rule(careful, ledger))
    assert (made.state, made.reason, made.due_at) == ("planned", "approval", None)


@pytest.mark.parametrize(("days", "planned"), [(29, False), (31, True)])
def test_nothing_is_repeated_before_its_time(ledger, posted, looked, clock, days, planned):
    row = posted(1, days=days)
    ledger.evergreens.put("masto", Turn(row.anchor, 0, clock() - 99 * DAY))  # as an older look noted it
    assert (say_again.by_rule(RULED, ledger) is not None) == planned


@pytest.mark.parametrize(("repeated", "planned"), [(1, True), (2, False)])
def test_a_story_is_repeated_so_often_and_no_more(ledger, posted, looked, clock, repeated, planned):
    row = posted(1, days=200)
    for number in range(1, repeated + 1):
        again = say_again.by_hand(row.anchor, RULED, None, ledger, at_once=False)
        at = clock() - (100 - number) * DAY
        ledger.database.change(
            "UPDATE delivery SET state = 'posted', posted_at = :at, committed_at = :at WHERE key = :key",
            at=micros(at),
            key=again,
        )
    looked()
    assert (say_again.by_rule(RULED, ledger) is not None) == planned


def test_no_more_in_a_day_than_the_rule_has(ledger, posted, looked, clock):
    for number in (1, 2):
        posted(number)
    looked()
    first = say_again.by_rule(RULED, ledger)
    ledger.database.change(
        "UPDATE delivery SET state = 'posted', posted_at = :now, committed_at = :now WHERE key = :key",
        now=micros(clock()),
        key=first,
    )
    assert say_again.by_rule(RULED, ledger) is None
    assert say_again.by_rule(replace(RULED, again=replace(RULE, per_day=2)), ledger) is not None


def test_a_story_that_fits_no_more_is_left_out_from_then_on(ledger, posted, looked):
    row = posted(1)
    looked()
    never = replace(RULED, never=Filter(title="^Story"))
    assert say_again.by_rule(never, ledger) is None
    assert ledger.database.row("SELECT 1 AS there FROM evergreen WHERE anchor = :anchor", anchor=row.anchor) is None


def test_without_a_rule_nothing_is_planned(ledger, posted):
    posted(1)
    assert say_again.by_rule(MASTO, ledger) is None


# What a person plans


@pytest.mark.parametrize(("at_once", "priority"), [(False, 1), (True, -1)])
def test_a_person_plans_one_in_words_of_theirs(ledger, posted, at_once, priority):
    row = posted(1, days=1)
    made = ledger.deliveries.find(say_again.by_hand(row.anchor, RULED, "Once more", ledger, at_once=at_once))
    assert (made.revision, made.state, made.again.by, made.again.text) == (1, "due", "person", "Once more")
    found = ledger.database.row("SELECT priority FROM delivery WHERE key = :key", key=made.key)
    assert found == {"priority": priority}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "due", "posted_at": None}, "is due, so it cannot be posted again yet"),
        ({"state": "held", "reason": "no_answer", "posted_at": None}, "is held (no_answer), so it cannot be posted"),
        ({"reason": "deleted"}, "was deleted, so it cannot be posted again"),
    ],
)
def test_what_is_not_out_is_not_repeated(ledger, posted, columns, words):
    row = posted(1, **columns)
    with pytest.raises(SyndicateError) as caught:
        say_again.by_hand(row.anchor, RULED, None, ledger, at_once=False)
    assert words in str(caught.value)
    assert caught.value.hint == (f"repost {row.key[:8]} first" if "reason" in columns and len(columns) == 1 else None)


def test_a_story_of_another_account_was_not_posted_there(ledger, posted):
    row = posted(1)
    with pytest.raises(SyndicateError, match=r"second: https://gazette\.example/1 was not posted there yet"):
        say_again.require_posted(row.anchor, replace(RULED, name="second"), ledger)


def test_a_withdrawn_story_is_not_repeated(ledger, posted, clock):
    row = posted(1)
    ledger.database.change("UPDATE article SET withdrawn_at = 1")
    with pytest.raises(SyndicateError, match="was withdrawn by its site"):
        say_again.require_posted(row.anchor, RULED, ledger)


def test_one_repetition_at_a_time(ledger, posted):
    row = posted(1)
    key = say_again.by_hand(row.anchor, RULED, None, ledger, at_once=False)
    with pytest.raises(SyndicateError, match=f"is due already: {key[:8]}"):
        say_again.by_hand(row.anchor, RULED, None, ledger, at_once=False)
