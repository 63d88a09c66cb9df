"""A poll of many new stories: as many statements as for a few, and the decisions of each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ingestion.poll import PollRules, poll
from syndicate.ledger import Ledger
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Account, FloodLimits, Reading, Validators
from tests.worlds.statements import counted

ACCOUNTS = [Account("masto", "mastodon"), Account("page", "facebook")]
LIMITS = FloodLimits(similar="ask")
SECOND = timedelta(seconds=1)


class Source:
    """Lists what it is given."""

    name = "news"

    def __init__(self, articles):
        self.articles = tuple(articles)

    def fetch(self, validators):
        return Reading(articles=self.articles, validators=Validators(etag="1"), entries=len(self.articles))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def on(request):
    """The server that the ledger is on; None: it is a file."""
    return request.getfixturevalue("postgres") if request.param == "postgresql" else None


@pytest.fixture
def ledger(on, tmp_path, clock):
    if on is None:
        database = SqliteDatabase(tmp_path / "ledger.db", durable=False)
    else:
        from syndicate.ledger.postgresql import PostgresDatabase

        database = PostgresDatabase(on.address(on.ledger()))
    opened = Ledger(database, clock, bytes)
    yield opened
    opened.close()


@pytest.fixture
def read(ledger):
    def make(*articles):
        state = ledger.sources.ensure("news", "https://gazette.example/rss")
        return poll(Source(articles), state, ACCOUNTS, ledger, PollRules(floods=LIMITS))

    return make


def test_a_poll_of_many_stories_asks_no_more_than_one_of_a_few(ledger, read, article, clock):
    known = [article(number) for number in range(3)]
    read(*known)
    counts = []
    for start, many in ((10, 4), (20, 4), (100, 80)):  # the first also learns where the source leads to
        clock.move(hours=1)
        new = [article(start + number, published=clock() - number * SECOND) for number in range(many)]
        with counted(ledger.database) as asked:
            polled = read(*new, *known)
        assert (polled.new, len(polled.keys)) == (many, 2 * many)
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_of_many_the_oldest_is_planned_first_and_what_is_known_stays_as_it_was(ledger, read, article, clock):
    read(article(1))
    clock.move(hours=1)
    first = [article(number, published=clock() - number * SECOND) for number in (2, 3)]
    before = read(*first, article(1)).keys
    rows = ledger.deliveries.several(before)
    clock.move(minutes=1)
    new = [article(number, published=clock() - number * SECOND) for number in range(4, 30)]
    keys = read(*new, *first, article(1)).keys
    planned = ledger.deliveries.several(keys)
    order = [f"https://gazette.example/{number}" for number in range(29, 3, -1) for _ in ACCOUNTS]
    assert [each.article for each in planned] == order
    assert [each.account for each in planned[:2]] == ["masto", "page"]
    assert [each.planned_at - clock() for each in planned] == [n * SECOND / 1_000_000 for n in range(52)]
    assert {(each.state, each.reason) for each in planned} == {("due", None)}
    assert ledger.deliveries.several(before) == rows
