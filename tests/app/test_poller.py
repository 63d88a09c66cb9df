"""How configured sources are polled: a server in maintenance, and a story that was named to us."""

from datetime import timedelta

import pytest

from syndicate.app.poller import Rounds
from syndicate.config.schema import Config, SourceConfig
from syndicate.errors import SourceError
from syndicate.model import PollInterval, Reading, Site, Validators
from syndicate.ports import Reply

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DOWN = {"status": 503, "retry_after": 600}


class Failing:
    """A source whose server answers with `fault`, if there is one."""

    name = "news"

    def __init__(self):
        self.fault: dict | None = DOWN

    def fetch(self, validators):
        if self.fault is not None:
            raise SourceError("down", **self.fault)
        return Reading(validators=Validators(etag="x"))


@pytest.fixture
def rounds(ledger, clock, tmp_path, monkeypatch):
    """Rounds over one failing source, which is at `rounds.source`. `waits` says how long until the next poll."""
    news = SourceConfig("news", "https://gazette.example/rss.xml", every=PollInterval(HOUR, HOUR))
    config = Config(tmp_path / "c.yaml", Site("Gazette", "https://gazette.example/"), sources={"news": news})
    made = Rounds(config, (), ledger, lambda: None, clock)
    made.source = Failing()
    monkeypatch.setattr(made, "_source", lambda name, address: made.source)

    def fails(times=1):
        waits = []
        for _ in range(times):
            clock.now = max(clock.now, ledger.sources.ensure("news", news.url).next_poll_at)
            with pytest.raises(SourceError, match="down"):
                made.poll("news")
            waits.append(ledger.sources.ensure("news", news.url).next_poll_at - clock.now)
        return waits

    made.fails = fails
    return made


def test_a_server_in_maintenance_is_asked_again_for_a_story_three_times(rounds):
    rounds.expect(["news"])
    waits = rounds.fails(6)
    assert waits[:3] == [MINUTE] * 3
    assert min(waits[3:]) >= timedelta(minutes=10)


def test_a_story_that_is_named_while_the_server_rests_is_asked_for_too(rounds, ledger, clock):
    [wait] = rounds.fails()
    assert wait >= timedelta(minutes=10)
    clock.move(seconds=10)
    for _ in range(5):  # the same again changes nothing
        rounds.expect(["news"])
    assert ledger.sources.ensure("news", "https://gazette.example/rss.xml").next_poll_at == clock.now + MINUTE
    waits = rounds.fails(4)
    assert waits[:2] == [MINUTE] * 2
    assert min(waits[2:]) >= timedelta(minutes=10)
    rounds.expect(["news"])
    assert min(rounds.fails(2)) >= timedelta(minutes=10)


def test_once_it_answers_the_next_maintenance_is_another(rounds, clock):
    rounds.expect(["news"])
    assert rounds.fails(4)[3] > MINUTE
    clock.move(hours=1)
    rounds.source.fault = None
    rounds.poll("news")
    rounds.source.fault = DOWN
    clock.move(hours=1)
    rounds.expect(["news"])
    assert rounds.fails(3) == [MINUTE] * 3


@pytest.mark.parametrize(
    "fault", [{"status": 429, "retry_after": 600, "pressed": True}, {"status": 503}, {"status": 500}, {}]
)
def test_any_other_answer_binds(rounds, fault):
    rounds.source.fault = fault
    rounds.expect(["news"])
    assert min(rounds.fails(2)) >= timedelta(minutes=10)


def test_without_a_story_the_servers_word_binds(rounds):
    assert min(rounds.fails(3)) >= timedelta(minutes=10)
    rounds.expect([])
    assert min(rounds.fails()) >= timedelta(minutes=10)


def test_a_shorter_wait_of_the_server_is_kept(rounds):
    rounds.source.fault = DOWN | {"retry_after": 20}
    rounds.expect(["news"])
    assert rounds.fails() == [timedelta(seconds=20)]


# On whose behalf


@pytest.fixture
def behalf(ledger, clock, tmp_path):
    """Rounds over these sources, whose client notes on whose behalf each address is asked for."""

    class Noted:
        def __init__(self, *sources):
            self.sources = sources

        def on_behalf_of(self, *sources):
            return Noted(*sources)

        def call(self, method, url, **_):
            asked.append((*self.sources, url))
            return Reply(200, {"etag": "1"}, EMPTY, url, clock())

    asked = []

    def build(**sources):
        made = {name: SourceConfig(name, **options) for name, options in sources.items()}
        config = Config(tmp_path / "c.yaml", Site("Gazette", "https://gazette.example/"), sources=made)
        return Rounds(config, (), ledger, Noted, clock), asked

    return build


EMPTY = b'{"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": []}'
FEED = "https://gazette.example/feed"


def test_a_source_is_read_on_its_own_behalf_and_so_is_where_its_stories_lead(behalf):
    rounds, asked = behalf(news={"url": FEED}, sport={"url": f"{FEED}/sport"})
    rounds.poll("sport")
    assert rounds._leads_to("news", f"{FEED}/story") == f"{FEED}/story"
    assert asked == [("sport", f"{FEED}/sport"), ("news", f"{FEED}/story")]


@pytest.mark.parametrize(("own", "requests"), [(None, 1), (True, 2), (False, 2)])
def test_an_answer_is_shared_by_sources_that_may_lead_to_the_same_places(behalf, own, requests):
    rounds, asked = behalf(news={"url": FEED}, again={"url": FEED, "own": own})
    rounds.poll("news")
    rounds.poll("again")
    assert len(asked) == requests
