"""The state machine in one place: no statement changes a delivery's state but by a named transition."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import syndicate
from syndicate.ledger import transitions
from syndicate.ledger.transitions import TRANSITIONS, Transition
from tests.worlds.moves import MOVES

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
    assert len(moving) > 8
    for path, sets, where in moving:
        [transition] = named.findall(sets)
        assert f"{{{transition}.allowed}}" in where, path
        assert transition == "transition" or isinstance(getattr(transitions, transition), Transition), path


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
    assert {pair[0] for pair in MOVES if pair[1] == "posted"} == {"sending", "unknown", "held"}
