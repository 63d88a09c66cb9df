"""A WebSub subscriber behind a listener on loopback."""

from __future__ import annotations

from datetime import timedelta

from syndicate.config.schema import Config, Listen, SourceConfig
from syndicate.ingestion.poll import Polled
from syndicate.ingestion.websub import Subscriber
from syndicate.model import Hub, PollInterval, Secret, Site
from syndicate.net.http import RequestsHttp
from syndicate.web.hooks import Hooks
from syndicate.web.server import Listener
from tests.processes import free_port
from tests.waiting import PATIENCE, wait_for

HOUR = timedelta(hours=1)
TOPIC = "https://gazette.example/rss.xml?key=feed-secret"


class Newsroom:
    """A subscriber behind a listener, for one feed that was asked a minute ago."""

    def __init__(self, ledger, clock, tmp_path, guard):
        self.ledger, self.clock, self.facts = ledger, clock, []
        port = free_port()
        self.public = f"http://127.0.0.1:{port}"
        listen = Listen(f"127.0.0.1:{port}", Secret("listen-token"), self.public)
        news = SourceConfig("news", TOPIC, every=PollInterval(HOUR, HOUR))
        config = Config(
            tmp_path / "c.yaml", Site("Gazette", "https://gazette.example/"), sources={"news": news}, listen=listen
        )
        ledger.sources.ensure("news", news.url)
        assert ledger.sources.reserve(["news"], now=clock(), next_poll_at=clock() + timedelta(days=99))
        clock.move(minutes=1)

        def say(event, **fields):
            self.facts.append((event, fields))

        self.http = RequestsHttp(clock=clock, guard=guard, timeout=PATIENCE)
        self.subscriber = Subscriber(self.public, ["news"], ledger, self.http, say)
        self.subscriber.begin()
        self.hooks = Hooks(config, ledger, say, self.subscriber)
        self.listener = Listener(listen.place, listen.token, lambda: None, lambda: b"", self.hooks)

    def heard(self, hub, topic=TOPIC):
        """A poll of the feed names this hub."""
        self.subscriber.update_subscription(
            Polled(
                "news", (), baseline=False, seen=1, new=0, keys=(), hub=Hub(hub, topic) if hub else None, hub_known=True
            )
        )

    def kept(self):
        return self.ledger.subscriptions.of("news")

    def join(self, hub):
        """A subscription that stands."""
        self.heard(hub.url)
        self.subscriber.work()
        assert wait_for(lambda: any(self.kept().callback in callback for _, callback in hub.subscribers))
        assert self.kept().state == "active"

    def due(self):
        return list(self.ledger.sources.due(self.clock())) == ["news"]

    def told(self, event):
        return [fields for name, fields in self.facts if name == event]

    def close(self):
        self.listener.close()
        self.http.close()
