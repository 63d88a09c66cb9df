"""The state machine in one place: no statement changes a delivery's state but by a named transition."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import syndicate
from syndicate.ledger import transitions
from syndicate.ledger.database import micros
from syndicate.ledger.transitions import LATER, TRANSITIONS, Transition
from tests.worlds.accounts import MASTO
from tests.worlds.moves import MOVES

LEASE = timedelta(seconds=60)
OTHER = replace(MASTO, name="other")
ROOT = Path(syndicate.__file__).parent
UPDATE = re.compile(r"UPDATE\s+delivery\s+SET(?P<sets>.*?)\sWHERE\s(?P<where>.*)", re.IGNORECASE | re.DOTALL)


def statements():
    """Every SQL statement of the package that changes deliveries, with `{…}` for what Python puts in."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = None
            if isinstance(node, ast.JoinedStr):
                parts = (
                    each.value if isinstance(each, ast.Constant) else f"{{{ast.unparse(each.value)}}}"
                    for each in node.values
                )
                text = "".join(parts)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            found = UPDATE.search(text or "")
            if found:
                yield path.relative_to(ROOT), found["sets"], found["where"]


def test_no_statement_spells_a_new_state_by_hand():
    seen = list(statements())
    assert len(seen) > 20
    assert [each for each in seen if re.search(r"\bstate\s*=", each[1])] == []


def test_every_statement_that_sets_a_state_asks_for_the_states_it_may_leave():
    moving = [each for each in statements() if ".sets(" in each[1]]
    named = re.compile(r"\{(\w+)\.sets\(")
    assert len(moving) > 6
    for path, sets, where in moving:
        [transition] = named.findall(sets)
        assert f"{{{transition}.allowed}}" in where, path
        assert transition == "transition" or isinstance(getattr(transitions, transition), Transition), path


def test_what_time_or_the_config_skips_is_recorded_as_dropped():
    """Only `drop` skips without a person, a claim or the site having said so: it writes down what was dropped."""
    named = re.compile(r"\{(\w+)\.sets\(")
    for path, sets, _ in statements():
        for name in named.findall(sets):
            transition = getattr(transitions, name, None)
            if transition is not None and transition.after == ("skipped",):
                assert not {"clock", "config"} & set(transition.by), path


def test_a_transition_is_in_the_table_once_and_by_its_name():
    made = [each for each in vars(transitions).values() if isinstance(each, Transition)]
    assert sorted(each.name for each in made) == sorted(TRANSITIONS)


def test_a_state_that_a_transition_does_not_lead_to_is_refused():
    with pytest.raises(ValueError, match="does not lead to posted"):
        transitions.APPROVED.sets("posted")
    with pytest.raises(ValueError, match="does not lead to"):
        transitions.APPROVED.sets()  # it leads to two


def test_nothing_leads_out_of_posted_and_only_a_claim_into_sending():
    assert [pair for pair in MOVES if pair[0] == "posted"] == []
    assert [pair for pair in MOVES if pair[1] == "sending"] == [("due", "sending")]
    remembered = {"skipped", "failed"}  # a state file knows that another run posted it meanwhile
    known = {"planned", "due", "sending", "unknown", "held"}
    assert {pair[0] for pair in MOVES if pair[1] == "posted"} == known | remembered


TABLE = """
claimed:        due -> sending, by engine
waits:          due -> due planned, by engine
skipped:        due -> skipped, by engine
unsendable:     due -> failed, by engine clock
posted:         sending unknown held -> posted, by network person
assumed:        unknown -> posted, by config
later:          sending -> due, by network engine
failed:         sending -> failed, by network
unanswered:     sending unknown -> unknown, by network engine
again:          unknown -> due, by network config
held:           sending unknown -> held, by network config
released:       planned -> due, by clock
expired:        planned due -> skipped, by clock
withdrawn:      planned due -> skipped, by source
closed:         planned due -> skipped, by config
returned:       skipped -> planned due, by config
seen elsewhere: planned due -> skipped, by person
elsewhere:      planned due -> posted, by network
in doubt:       planned due -> held, by engine
remembered:     planned due skipped failed unknown held -> posted, by config
wanted:         skipped planned -> planned due, by person source
approved:       planned -> due planned, by person
retried:        failed -> due, by person
dropped:        planned due failed -> skipped, by person
not sent:       held -> due, by person
asked again:    failed skipped -> due, by person source
"""


def test_the_whole_table():
    lines = [
        f"{each.name + ':':15} {' '.join(each.before)} -> {' '.join(each.after)}, by {' '.join(each.by)}"
        for each in TRANSITIONS.values()
    ]
    assert lines == TABLE.strip().splitlines()


def test_the_chosen_state_and_the_states_it_may_leave_are_said_to_the_database():
    assert transitions.WANTED.allowed == "delivery.state IN ('skipped', 'planned')"
    assert (transitions.WANTED.sets("due"), transitions.CLAIMED.sets()) == ("state = 'due'", "state = 'sending'")


# What a change of state takes along


@pytest.fixture
def claimed(ledger, clock, put):
    """A claimed delivery; a second account is sending as well."""
    other = ledger.claims.claim(put(2, OTHER), now=clock(), lease=LEASE)
    assert other
    return ledger.claims.claim(put(1), now=clock(), lease=LEASE)


def moved(ledger, row, transition, now, **options):
    return transitions.move(ledger.database, row, transition, now=now, **{"columns": {"error": "x"}} | options)


def test_the_row_changes_with_its_columns_and_its_lease_is_over(ledger, clock, claimed):
    clock.move(minutes=1)
    due = clock() + LEASE
    assert moved(ledger, claimed, LATER, clock(), columns={"due_at": due, "reason": "cap", "error": None})
    found = ledger.database.row("SELECT * FROM delivery WHERE key = :key", key=claimed.key)
    assert (found["state"], found["due_at"], found["reason"], found["error"]) == ("due", micros(due), "cap", None)
    assert (found["lease_until"], found["updated_at"]) == (0, micros(clock()))
    others = ledger.database.rows("SELECT state FROM delivery WHERE key <> :key", key=claimed.key)
    assert others == [{"state": "sending"}]


@pytest.mark.parametrize(("outcome", "said"), [(None, "due"), ("stopped", "stopped")])
def test_the_attempt_ends_and_the_lane_is_free(ledger, clock, claimed, outcome, said):
    clock.move(minutes=1)
    assert moved(ledger, claimed, LATER, clock(), outcome=outcome)
    [tried] = ledger.deliveries.attempts(claimed.key)
    assert (tried["ended_at"], tried["outcome"], tried["error"]) == (clock(), said, "x")
    lanes = {row["name"]: row for row in ledger.database.rows("SELECT name, lane, lane_until FROM account")}
    assert (lanes["masto"]["lane"], lanes["masto"]["lane_until"]) == (None, 0)
    assert lanes["other"]["lane_until"] == micros(clock() - timedelta(minutes=1) + LEASE)
    [theirs] = ledger.database.rows("SELECT * FROM attempt WHERE key <> :key", key=claimed.key)
    assert theirs["outcome"] is None


def test_an_attempt_of_another_claim_is_left_to_that(ledger, clock, claimed):
    ledger.database.change("INSERT INTO attempt (key, fence, started_at) VALUES (:key, 99, 1)", key=claimed.key)
    moved(ledger, claimed, LATER, clock())
    ends = [tried["ended_at"] for tried in ledger.deliveries.attempts(claimed.key)]
    assert ends == [clock(), None]


def test_an_attempt_that_has_ended_stays_as_it_is(ledger, clock, claimed):
    moved(ledger, claimed, LATER, clock())
    clock.move(minutes=1)
    due = ledger.deliveries.find(claimed.key)
    assert moved(ledger, due, transitions.SKIPPED, clock())
    [tried] = ledger.deliveries.attempts(claimed.key)
    assert (tried["outcome"], tried["ended_at"]) == ("due", clock() - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("transition", "state", "heard"),
    [
        (transitions.HELD, None, ["held"]),
        (transitions.FAILED, None, ["failed"]),
        (LATER, None, []),
        (transitions.POSTED, None, []),
    ],
)
def test_of_what_is_held_or_failed_somebody_hears(ledger, clock, claimed, transition, state, heard):
    assert moved(ledger, claimed, transition, clock(), state=state)
    assert [told for _, told, _ in ledger.alerts.waiting()] == heard


@pytest.mark.parametrize(
    ("transition", "fence", "state", "moves"),
    [
        (LATER, 0, "sending", True),
        (LATER, 1, "sending", False),
        (LATER, 0, "due", False),
        (transitions.POSTED, 0, "sending", True),
        (transitions.POSTED, 1, "sending", False),
        (transitions.POSTED, 1, "unknown", True),
        (transitions.POSTED, 1, "held", True),
        (transitions.POSTED, -1, "held", False),
        (transitions.POSTED, 1, "due", False),
        (transitions.HELD, 1, "unknown", False),
    ],
)
def test_only_a_receipt_counts_when_its_claim_is_out_of_date(ledger, clock, claimed, transition, fence, state, moves):
    ledger.database.change(
        "UPDATE delivery SET fence = fence + :by, state = :state WHERE key = :key",
        by=fence,
        state=state,
        key=claimed.key,
    )
    before = ledger.deliveries.find(claimed.key)
    assert moved(ledger, claimed, transition, clock()) is moves
    if not moves:
        assert ledger.deliveries.find(claimed.key) == before
        assert ledger.deliveries.attempts(claimed.key)[0]["ended_at"] is None


@pytest.mark.parametrize(
    ("action", "before", "minutes"),
    [("post", None, 10), ("post", 99, 99), ("edit", None, None), ("delete", None, None)],
)
def test_the_page_of_what_is_posted_is_looked_at_ten_minutes_later(ledger, clock, claimed, action, before, minutes):
    at = before and micros(clock() + timedelta(minutes=before))
    ledger.database.change("UPDATE article SET check_at = :at WHERE anchor = :anchor", at=at, anchor=claimed.anchor)
    assert moved(ledger, replace(claimed, action=action), transitions.POSTED, clock())
    rows = ledger.database.rows("SELECT anchor, check_at FROM article")
    found = {row["anchor"] == claimed.anchor: row["check_at"] for row in rows}
    assert found == {True: minutes and micros(clock() + timedelta(minutes=minutes)), False: None}
    assert not moved(ledger, claimed, LATER, clock())


def test_another_end_asks_for_no_look_at_the_page(ledger, clock, claimed):
    moved(ledger, claimed, transitions.FAILED, clock())
    assert ledger.database.rows("SELECT 1 FROM article WHERE check_at IS NOT NULL") == []
