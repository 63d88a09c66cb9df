"""Tells the places of the setting `after` what they are owed, one after the other, for the engines."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from syndicate.app.doors import Doors
from syndicate.app.runs import KindOfRun
from syndicate.config.schema import AfterConfig, FrontMatterConfig, WordPressConfig
from syndicate.errors import SyndicateError

if TYPE_CHECKING:
    from syndicate.app.sinks import FileSink
    from syndicate.delivery.write_back import Sink, WroteBack
    from syndicate.sources.front_matter import FrontMatter
    from syndicate.sources.wordpress_meta import WordPressMeta

LOOK = 5.0  # seconds between looks for what other processes have to tell
PATIENCE = 60.0  # seconds of a run for all places together; the next run goes on


class WordBack:
    """The places of one run. Only a real run has any: what stand-ins got is nobody's business."""

    def __init__(self, kind: KindOfRun, doors: Doors) -> None:
        self._kind = kind
        self._doors = doors
        self._settings = kind.config.after if kind.writes_back else {}
        self._look_at = 0.0
        self._working = threading.Lock()
        kind.ledger.follow_ups.sinks = tuple(
            _named(site, name) for site, settings in self._settings.items() for name in _wanted(settings)
        )

    def is_due(self) -> bool:
        """Whether it is time to look for something to tell, and there is something. For a daemon."""
        follow_ups, now = self._kind.ledger.follow_ups, time.monotonic()
        if not follow_ups.sinks or (now < self._look_at and not follow_ups.noted):
            return False
        self._look_at, follow_ups.noted = now + LOOK, False
        return self._lacks_a_file() or follow_ups.has_owed(self._kind.ledger.now())

    def has_owed(self) -> bool:
        """Whether there is anything to tell, due or not. For a run."""
        follow_ups = self._kind.ledger.follow_ups
        return bool(follow_ups.sinks) and (self._lacks_a_file() or follow_ups.has_owed())

    def tell(self, going: Callable[[], bool], *, early: bool = False) -> Iterator[tuple[str, WroteBack]]:
        """Tell each place what it is owed; gives its name, and what came of it. `early`: before the time of a retry.

        One that cannot be told does not keep the others from it.
        """
        from syndicate.delivery.write_back import WroteBack, write_back

        if not self._working.acquire(blocking=False):
            return
        try:
            for sink in self._sinks:
                if not going():
                    return
                try:
                    yield sink.name, write_back(sink, self._kind.ledger, going, early=early)
                    self._make_file(sink)
                except SyndicateError as fault:
                    yield sink.name, WroteBack(faults=(fault,))
        finally:
            self._working.release()

    def _lacks_a_file(self) -> bool:
        files = [settings.file for settings in self._settings.values() if settings.file]
        if not files:
            return False
        from syndicate.net import whole_file

        return any(map(whole_file.is_missing, files))

    def _make_file(self, sink: Sink) -> None:
        """Write a file that is not there, also where nothing is owed to it."""
        from syndicate.app.sinks import FileSink

        if isinstance(sink, FileSink) and sink.lacks():
            sink.tell(())

    @functools.cached_property
    def _sinks(self) -> list[Sink]:
        return [sink for site, settings in self._settings.items() for sink in self._of(site, settings)]

    def _of(self, site: str, settings: AfterConfig) -> Iterator[Sink]:
        """The places of one site: first those that nobody has to wait for."""
        from syndicate.app.sinks import ArticleSink, CommandSink, WebhookSink

        ledger = self._kind.ledger
        if settings.file:
            yield self._file(site, settings)
        if settings.front_matter:
            name, source = _named(site, "front_matter"), settings.front_matter.source
            yield ArticleSink(name, source, self._front_matter(settings.front_matter), ledger)
        if settings.wordpress:
            name, source = _named(site, "wordpress"), settings.wordpress.source
            yield ArticleSink(name, source, self._wordpress(settings.wordpress), ledger)
        if settings.webhook:
            hook = settings.webhook
            door = self._doors.web.at(hook.url)
            yield WebhookSink(_named(site, "webhook"), hook.url, hook.secret, door, ledger)
        if settings.command:
            folder = self._kind.config.of(f"{site}/").path.absolute().parent
            yield CommandSink(_named(site, "command"), settings.command, folder)

    def _file(self, site: str, settings: AfterConfig) -> FileSink:
        from syndicate.app.sinks import FileSink

        assert settings.file is not None
        return FileSink(_named(site, "file"), settings.file, self._kind.ledger)

    def _front_matter(self, settings: FrontMatterConfig) -> FrontMatter:
        from syndicate.sources.folder import FolderSource
        from syndicate.sources.front_matter import FrontMatter

        source = self._kind.config.sources[settings.source]
        found = FolderSource(
            source.name, source.url, link=source.link or "", clock=self._kind.clock, timezone=source.timezone
        )
        return FrontMatter(found, settings.key)

    def _wordpress(self, settings: WordPressConfig) -> WordPressMeta:
        from syndicate.sources.wordpress_meta import WordPressMeta

        url = self._kind.config.sources[settings.source].url
        return WordPressMeta(url, self._doors.web.at(url), settings.user, settings.app_password, settings.meta)


def _named(site: str, kind: str) -> str:
    return f"{site}/{kind}" if site else kind


def _wanted(settings: AfterConfig) -> Iterator[str]:
    """The kinds of places that are set, in the order in which they are told."""
    yield from (name for name in ("file", "front_matter", "wordpress", "webhook", "command") if getattr(settings, name))
