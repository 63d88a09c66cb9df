"""A rule that repeats stories, driven by a real daemon."""

from __future__ import annotations

import signal
import sqlite3
from datetime import timedelta

import pytest

from tests.waiting import PATIENCE, wait_for
from tests.worlds.years import pass_by

RULE = ", again: {only: {tags: [evergreen]}, after: 90d, times: 3, per_day: 1}"


def repeated(desk):
    """How many posts the ledger has that repeat a story."""
    with sqlite3.connect(desk.folder / "syndicate.db") as connection:
        [(number,)] = connection.execute("SELECT COUNT(*) FROM delivery WHERE again IS NOT NULL AND state = 'posted'")
    connection.close()
    return number


@pytest.mark.slow
def test_a_daemon_repeats_one_story_a_day_and_news_goes_out_beside_it(desk):
    desk.config("masto", "bsky", account=RULE, source=", every: 1s, preflight: off")
    desk("post")
    desk.site.publish(1, title="How to prune a rose", categories=("evergreen",))
    desk.site.publish(1, title="Bread in an hour", categories=("evergreen",))
    desk.site.publish(1, title="Mayor resigns")
    assert desk("post").code == 0
    before = len(desk.sandbox.posts())
    assert before == 6
    pass_by(desk.folder / "syndicate.db", timedelta(days=91))
    process = desk.start("daemon")
    try:
        assert wait_for(lambda: len(desk.sandbox.posts()) == before + 2)
        assert wait_for(lambda: repeated(desk) == 2)
        desk.site.publish(1, title="Storm tonight")
        assert wait_for(lambda: len(desk.sandbox.posts()) == before + 4)
        polls = len(desk.site.requests)
        assert wait_for(lambda: len(desk.site.requests) > polls + 2)  # it had the time to do more
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in err
    new = [(post["platform"], post["text"].splitlines()[0]) for post in desk.sandbox.posts()[before:]]
    again = [(platform, text) for platform, text in new if "rose" in text]
    assert {platform for platform, _ in again} == {"mastodon", "bluesky"}  # the one of longest ago
    assert len(again) == 2
    assert all(" · How to prune a rose" in text for _, text in again)
    assert {platform for platform, text in new if text == "Storm tonight"} == {"mastodon", "bluesky"}
    assert len(new) == 4
