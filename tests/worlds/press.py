"""A publisher in simulated time: a real site and feed on loopback, the real app, stand-ins that count what arrived."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from syndicate.app.engines.run_once import Run
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from syndicate.sandbox.server import Sandbox
from tests.worlds.desk import ACCOUNTS
from tests.worlds.site import Site


@dataclass
class Item:
    """An entry of the feed; None leaves an element out. `at` may also be the very words of a date."""

    title: str | None
    link: str | None
    guid: str | None = None
    at: datetime | str | None = None
    updated: datetime | None = None
    summary: str = ""

    def xml(self) -> str:
        when = format_datetime(self.at) if isinstance(self.at, datetime) else self.at
        parts = {"title": self.title, "link": self.link, "guid": self.guid, "pubDate": when}
        parts["atom:updated"] = self.updated.isoformat() if self.updated else None
        parts["description"] = self.summary or None
        said = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items() if text is not None)
        return f"<item>{said}</item>".replace("<guid>", '<guid isPermaLink="false">')


def feed(*items: Item, extra: str = "") -> bytes:
    head = f"<title>Gazette</title><link>https://gazette.example/</link><description>News</description>{extra}"
    root = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
    return f"{root}<channel>{head}{''.join(item.xml() for item in items)}</channel></rss>".encode()


class Press:
    """`items` are what the feed lists, the newest first. `run` is one `syndicate post`, at the clock's instant.

    The pages are on a host of their own, and nobody looks at them here. `wrong` is how far the publisher's own clock is
    from that of site and networks, which is right.
    """

    def __init__(self, folder, clock, *, source="", accounts=("masto",), account="") -> None:
        self.site, self.sandbox = Site(clock), Sandbox(port=0, clock=lambda: clock().timestamp())
        self.clock, self.wrong = clock, timedelta(0)
        self.sandbox.__enter__()
        self.path = folder / "config.yaml"
        self.items: list[Item] = []
        self.notes: list[str] = []
        self.left_out: list[tuple[str, str]] = []
        self.faults: list[str] = []
        self.hints: list[str | None] = []
        self.dropped: list[tuple[str, str, str]] = []
        self.open: App | None = None
        self.configure(source=source, accounts=accounts, account=account)

    def configure(self, *, source="", accounts=("masto",), account="", more="") -> None:
        self.close()
        listed = "\n".join(
            f"  {name}: {ACCOUNTS[name].replace('URL', self.sandbox.url)[:-1]}{account}}}" for name in accounts
        )
        self.path.write_text(
            f"""site: {{name: Gazette, url: "https://gazette.example/", language: en}}
sources:
  news: {{url: "{self.site.url}/rss.xml"{source if "preflight" in source else ", preflight: off" + source}}}
{more}
defaults: {{image: none}}
accounts:
{listed}
""",
            encoding="utf-8",
        )

    def shut(self) -> None:
        """The end of it all."""
        self.close()
        self.sandbox.close()
        self.site.close()

    def close(self) -> None:
        """The process ends; the next run is another."""
        if self.open is not None:
            self.open.close()
        self.open = None

    def app(self) -> App:
        if self.open is None:
            self.open = App(RealRun(load(self.path, os.environ), os.environ, self.own_clock))
        return self.open

    def own_clock(self) -> datetime:
        return self.clock() + self.wrong

    def run(self, *items: Item, **backfill: int) -> list[str]:
        """Links that arrived at the stand-ins by this run; `items` are what the feed lists from now on."""
        self.items = list(items) or self.items
        self.site.raw = self.body()
        before = Counter(self.arrived())
        made = Run(self.app())
        made.poll(list(self.app().config.sources), lambda _: backfill.get("backfill", 0))
        made.deliver()
        self.notes = [note for polled in made.outcome.polled for note in polled.notes]
        self.left_out = [(each.place, each.why) for polled in made.outcome.polled for each in polled.left_out]
        self.dropped = [(drop.article, drop.account, drop.cause) for drop in made.outcome.dropped]
        self.hints = [fault.hint for fault in made.outcome.faults]
        self.faults = [str(fault) for fault in made.outcome.faults]
        return list((Counter(self.arrived()) - before).elements())

    def body(self) -> bytes:
        return feed(*self.items)

    def arrived(self) -> list[str]:
        return [post["link"] for post in self.sandbox.posts()]

    def rows(self) -> list[tuple[str, str, str | None]]:
        """Link, state and reason of everything that was ever planned."""
        return [(row.article, row.state, row.reason) for row in self.app().ledger.deliveries.search()]

    def waiting(self, reason: str) -> list[str]:
        rows = self.app().ledger.deliveries.search(states=("planned",))
        return [row.article for row in rows if row.reason == reason]

    def approve(self, reason: str) -> None:
        """One yes for all of it."""
        ledger = self.app().ledger
        for row in ledger.deliveries.search(states=("planned",)):
            if row.reason == reason:
                ledger.decisions.approve(row, "", at=None, now=self.clock(), ages=True)

    def skip(self, reason: str) -> None:
        """One no for all of it."""
        ledger = self.app().ledger
        for row in ledger.deliveries.search(states=("planned",)):
            if row.reason == reason:
                ledger.decisions.skip(row, self.clock())

    def story(self, number: int, *, ago: float = 0.0, host: str = "https://gazette.example", **fields) -> Item:
        """Story `number`, published so many minutes ago."""
        at = self.clock() - timedelta(minutes=ago)
        base = {"title": f"Story {number}", "link": f"{host}/{number}", "guid": f"id-{number}", "at": at}
        return Item(**base | fields)
