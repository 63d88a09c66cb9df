"""Moves that loopback cannot play, and one answer for two readers."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from syndicate.ingestion.poll import PollRules, poll
from syndicate.model import Reading, Validators
from syndicate.net.coalescing import Answers, Sharing
from syndicate.ports import Reply

URL = "http://gazette.example/rss"


class Moving:
    name = "news"
    moved: str | None = None

    def __init__(self, *articles):
        self.articles = articles

    def fetch(self, validators):
        return Reading(tuple(self.articles), Validators(), entries=len(self.articles), moved=self.moved)


@pytest.mark.parametrize(
    ("moved", "at_once"),
    [
        ("https://gazette.example/rss", True),
        ("https://www.gazette.example/rss", False),
        ("https://gazette.example/feed", False),
        ("http://gazette.example/feed", False),
    ],
)
def test_https_on_the_same_host_is_believed_at_once_and_nothing_is_announced_again(
    ledger, clock, article, moved, at_once
):
    source = Moving(article())
    assert poll(source, ledger.sources.ensure("news", URL), [], ledger, PollRules()).baseline
    source.moved = moved
    for _ in range(2):
        clock.move(minutes=5)
        again = poll(source, ledger.sources.ensure("news", URL), [], ledger, PollRules())
        assert (again.baseline, again.new) == (False, 0)
    state = ledger.sources.ensure("news", URL)
    assert state.address == (moved if at_once else None)
    assert ledger.sources.baseline("news") == clock.now - timedelta(minutes=10)
    ledger.sources.ensure("news", "http://gazette.example/other")  # the publisher's word ends it all
    assert ledger.sources.ensure("news", "http://gazette.example/other").address is None


def test_readers_of_one_address_wait_for_the_one_that_asks(clock):
    asked, slow = [], threading.Event()

    class Door:
        def call(self, method, url, **options):
            asked.append(options["headers"])
            slow.wait(5)
            return Reply(200, {}, b"", url, clock.now)

    answers = Answers(clock)

    def read(name, tag):
        Sharing(Door(), name, answers).call("GET", URL, headers={"If-None-Match": tag})

    threads = [threading.Thread(target=read, args=(name, "1")) for name in "abc"]
    for thread in threads:
        thread.start()
    slow.set()
    for thread in threads:
        thread.join()
    assert len(asked) == 1
    read("d", "2")  # another question
    read("a", "1")  # had that answer before
    assert len(asked) == 3
    clock.move(minutes=5)
    read("b", "1")  # too old by now
    assert len(asked) == 4
