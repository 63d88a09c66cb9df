"""SIGKILL at every single step of a run: each story once, or held exactly where nobody can tell."""

import os

import pytest

from tests.chaos.each_step import killed_at_each_step
from tests.chaos.networks import ACCOUNTS
from tests.chaos.steps import ORDER

KINDS = ("bluesky", "facebook", "webhook", "threads")
"""Exact, lookup, blind, and one with containers; below, one that is keyed. SYNDICATE_STEPS=all takes every one."""

SERVED = ("bluesky", "webhook")
"""Of these, the ledger is on a PostgreSQL server too."""
WHOLE = os.environ.get("SYNDICATE_STEPS") == "all"


@pytest.mark.slow
@pytest.mark.parametrize("network", ACCOUNTS if WHOLE else KINDS)
def test_killed_at_any_step_a_story_is_out_once_or_held(tmp_path, network):
    """At every instant on a blind network, where it matters which; at every third on the others."""
    certainty = ACCOUNTS[network][0]
    rows = killed_at_each_step(tmp_path, network, stories=1, every=1 if WHOLE or certainty == "blind" else 3)
    told = "\n".join(map(str, rows))
    order = (tmp_path / ORDER).read_text(encoding="utf-8").splitlines()
    assert len(rows) >= len(order) // 3 > 5, told
    requests = {what for what in order if "the request POST" in what or "PUT" in what}
    assert requests, told
    for row in rows:
        assert row["posts"] <= 1, row
        if row["states"] == ["posted"]:
            assert row["posts"] == 1, row
        else:
            assert certainty == "blind", row
            assert row["states"] == ["held"], row
    # From the write before the request until the write after it nobody can tell, and nowhere else. A run writes a
    # little more where it has taken longer, so the same moment may have another number in the next one.
    held = [row for row in rows if row["states"] == ["held"]]
    for request in {what.partition(" ")[2] for what in requests if certainty == "blind"}:
        untold = ["after a commit", f"before {request}", f"after {request}", "before a commit"]
        for moments in each_time(held, first=untold[0]):
            assert moments in slices(untold), told
    assert bool(held) is (certainty == "blind"), told


@pytest.mark.slow
@pytest.mark.parametrize("network", SERVED if WHOLE else SERVED[:1])
def test_killed_at_any_step_with_the_ledger_on_a_server_a_story_is_out_once_or_held(tmp_path, postgres, network):
    """A few steps, from before the claim to after the record; SYNDICATE_STEPS=all takes every one."""
    certainty = ACCOUNTS[network][0]
    rows = killed_at_each_step(tmp_path, network, stories=1, server=postgres, every=1 if WHOLE else 8)
    told = "\n".join(map(str, rows))
    assert len(rows) > (15 if WHOLE else 2), told
    for row in rows:
        assert row["posts"] <= 1, row
        assert row["states"] in ([["posted"], ["held"]] if certainty == "blind" else [["posted"]]), row
        assert row["posts"] == 1 or row["states"] == ["held"], row
    assert not WHOLE or any(row["states"] == ["held"] for row in rows) is (certainty == "blind"), told


@pytest.mark.slow
@pytest.mark.parametrize("network", ["mastodon", "webhook"] if WHOLE else ["webhook"])
def test_killed_where_one_story_is_recorded_and_the_next_is_begun_each_is_out_once(tmp_path, network):
    """At every third instant; SYNDICATE_STEPS=all takes every one."""
    certainty = ACCOUNTS[network][0]
    rows = killed_at_each_step(tmp_path, network, stories=3, every=1 if WHOLE else 3)
    told = "\n".join(map(str, rows))
    order = (tmp_path / ORDER).read_text(encoding="utf-8").splitlines()  # of one run: a slow one may have more instants
    asked = [number for number, what in enumerate(order) if "the request POST" in what]
    assert len(asked) == 6, order
    assert order[asked[0] : asked[-1]].count("after a commit") == 2, order  # one commit between two requests
    assert len(rows) >= len(order) // 3, told
    assert not WHOLE or {what for what in order if "the request POST" in what} <= {row["what"] for row in rows}, told
    for row in rows:
        held = row["states"].count("held")
        assert row["twice"] == 0, row
        assert row["states"].count("posted") == 3 - held, row
        assert 3 - held <= row["posts"] <= 3, row
        assert held <= (certainty == "blind"), row


@pytest.mark.slow
@pytest.mark.parametrize("network", ["bluesky", "mastodon"] if WHOLE else ["bluesky"])
def test_killed_at_any_step_of_a_repetition_and_typed_again_it_is_there_once(tmp_path, network):
    """`post --again`: the row is made once, whatever is killed; typed once more, it is refused or was never planned.
    At every third instant; SYNDICATE_STEPS=all takes every one.
    """
    again, every = "Updated: the harbour is open", 1 if WHOLE else 3
    rows = killed_at_each_step(tmp_path, network, stories=1, again=again, every=every)
    told = "\n".join(map(str, rows))
    order = (tmp_path / ORDER).read_text(encoding="utf-8").splitlines()
    assert len(rows) > (10 if WHOLE else 5), told
    assert any("the request POST" in what or "PUT" in what for what in order), order
    for row in rows:
        assert (row["posts"], row["states"]) == (1, ["posted", "posted"]), told


def each_time(held, first):
    """The moments that follow each other without another one between, up to where they begin again."""
    found, before = [], None
    for row in held:
        if before is None or row["number"] != before + 1 or row["what"] == first:
            found.append([])
        found[-1].append(row["what"])
        before = row["number"]
    return found


def slices(words):
    return [words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
