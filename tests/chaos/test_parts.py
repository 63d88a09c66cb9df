"""SIGKILL at every single step of a thread: each of its posts once, in order, in reply to the one before."""

import os

import pytest

from tests.chaos.each_step import killed_at_each_step
from tests.chaos.steps import ORDER
from tests.worlds.long_stories import BODY

NETWORKS = ("bluesky", "mastodon", "misskey")
"""Exact, keyed, and one where a post can only be looked up. SYNDICATE_STEPS=all takes every one that answers itself."""
MORE = ("x", "threads", "discord", "slack", "facebook", "linkedin")
WHOLE = os.environ.get("SYNDICATE_STEPS") == "all"


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS + MORE if WHOLE else NETWORKS)
def test_killed_at_any_step_a_post_and_its_reply_are_out_once_and_in_order(tmp_path, network):
    """At every fourth instant; SYNDICATE_STEPS=all takes every one."""
    rows = killed_at_each_step(tmp_path, network, stories=1, more=", link: reply", every=1 if WHOLE else 4)
    order = (tmp_path / ORDER).read_text(encoding="utf-8").splitlines()
    assert sum(what.startswith("before the request P") for what in order) >= 2, order
    assert len(rows) >= len(order) // 4 > 4, rows
    for row in rows:
        assert (row["states"], row["posts"], row["twice"], row["thread"]) == (["posted", "posted"], 2, 0, 2), row


@pytest.mark.slow
@pytest.mark.parametrize("network", [*NETWORKS, "x", "threads", "discord"] if WHOLE else NETWORKS[:2])
def test_killed_at_any_step_a_thread_of_three_and_its_link_are_out_once_and_in_order(tmp_path, network):
    """At every fifth instant; SYNDICATE_STEPS=all takes every one."""
    more, every = ", threads: {posts: 3}, link: reply", 1 if WHOLE else 5
    rows = killed_at_each_step(tmp_path, network, stories=1, every=every, more=more, body=BODY)
    order = (tmp_path / ORDER).read_text(encoding="utf-8").splitlines()
    assert sum(what.startswith(("before the request POST", "before the request PUT")) for what in order) >= 4, order
    assert len(rows) >= len(order) // 5 > 8, rows
    for row in rows:
        assert (row["states"], row["posts"], row["twice"], row["thread"]) == (["posted"] * 4, 4, 0, 4), row
