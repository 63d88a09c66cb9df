"""What was told under an old name is still answered: names that were changed, also twice, and names in use again."""

from __future__ import annotations

import pytest

from syndicate.ledger.former_names import FormerNames


@pytest.mark.parametrize(
    ("moves", "now"),
    [
        ([], ["a", "b", "c"]),
        ([[("a", "b")]], ["b", "b", "c"]),
        ([[("a", "b")], [("b", "c")]], ["c", "c", "c"]),
        ([[("a", "b")], [("b", "a")]], ["a", "a", "c"]),
        ([[("a", "b")], [("a", "c")]], ["c", "b", "c"]),
        ([[("a", "b"), ("b", "a")]], ["a", "b", "c"]),  # they changed names: each is in use
        ([[("a", "b"), ("c", "d")]], ["b", "b", "d"]),
    ],
)
def test_a_name_leads_to_the_present_one(ledger, moves, now):
    names = FormerNames(ledger.database)
    for each in moves:
        names.record("account", iter(each))
    assert names.now("account", ["a", "b", "c"]) == now


def test_accounts_and_sources_have_names_of_their_own(ledger):
    names = FormerNames(ledger.database)
    for move in (("x", "a"), ("a", "b")):
        names.record("source", [move])
    names.record("account", [("a", "z"), ("x", "y")])
    names.record("account", [("y", "a")])
    names.record("account", [("b", "x")])
    assert names.now("source", ["x", "a", "b"]) == ["b", "b", "b"]
    assert names.now("account", ["x", "a", "y", "b"]) == ["x", "a", "a", "x"]
