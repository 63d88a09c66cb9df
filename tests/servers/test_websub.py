"""The WebSub subscriber against a real hub, from the feed that names it to the news that it tells."""

from __future__ import annotations

from pathlib import Path
from subprocess import DEVNULL
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from syndicate.model import Validators
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources.feed import FeedSource
from syndicate.testing.contract import now
from tests import processes
from tests.servers.installing import Missing, pip
from tests.waiting import PATIENCE, wait_for
from tests.worlds.subscriber import Newsroom
from tests.worlds.waiting import accepts

NAME = "flask-websub (a WebSub hub)"
VERSION = "0.4.1"
pytestmark = pytest.mark.servers
ITEM = "<item><title>{0}</title><link>https://gazette.example/{0}</link><guid>{0}</guid></item>"


class Hub:
    """The hub's process, and the feed that it tells of."""

    version = VERSION

    def __init__(self, folder: Path) -> None:
        python = pip("websub", [f"flask-websub=={VERSION}", "celery", "requests"], mark="websub")
        hub, feed = processes.free_port(), processes.free_port()
        self.file, self.url, self.topic = (
            folder / "feed.xml",
            f"http://127.0.0.1:{hub}",
            f"http://127.0.0.1:{feed}/feed.xml",
        )
        self.write("a")
        script = Path(__file__).with_name("websub_hub.py")
        command = [str(python), str(script), str(hub), str(feed), str(self.file)]
        log = (folder / "hub.log").open("w", encoding="utf-8")
        self._process = processes.start(command, stdin=DEVNULL, stdout=log, stderr=log)
        log.close()
        if not wait_for(lambda: accepts(hub) or self._process.poll() is not None) or self._process.poll() is not None:
            raise Missing(f"it does not start: {(folder / 'hub.log').read_text()[-200:]}")

    def write(self, *titles: str) -> None:
        items = "".join(ITEM.format(title) for title in titles)
        self.file.write_text(f'<rss version="2.0"><channel><title>G</title>{items}</channel></rss>', encoding="utf-8")

    def publish(self) -> None:
        """Have the hub tell its subscribers, and wait until it has."""
        with urlopen(f"{self.url}/publish", urlencode({"topic": self.topic}).encode(), timeout=PATIENCE) as said:
            assert said.status == 200

    def close(self) -> None:
        processes.end(self._process)


start = Hub


@pytest.fixture
def newsroom(ledger, clock, tmp_path):
    made = Newsroom(ledger, clock, tmp_path, Guard(allow=["127.0.0.1"]))
    yield made
    made.close()


def test_its_feed_names_the_hub(server):
    door = RequestsHttp(clock=now, timeout=PATIENCE, guard=Guard(allow=["127.0.0.1"]))
    reading = FeedSource("news", server.topic, door).fetch(Validators())
    door.close()
    assert (reading.hub.url, reading.hub.topic) == (f"{server.url}/hub", server.topic)


def test_it_takes_the_subscription_and_tells_of_news(server, newsroom):
    newsroom.heard(f"{server.url}/hub", server.topic)
    newsroom.subscriber.work()
    assert wait_for(lambda: newsroom.kept().state == "active")
    assert not newsroom.due()
    server.write("b", "a")
    server.publish()
    assert wait_for(newsroom.due)
