"""Renders each account's posts with the templates of its own site."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from syndicate.app.renderer import LazyRenderer, Workbench
from syndicate.config.schema import Config
from syndicate.ledger import Ledger
from syndicate.model import Article, Backing, Delivery, LinkCard, Rendered, site_of
from syndicate.ports import Http, Platform

if TYPE_CHECKING:
    from syndicate.app.text_commands import TextCommands
    from syndicate.delivery.lane import Lane, Render
    from syndicate.rendering.cards.studio import Studio


class Renderers:
    """The renderers of all sites. Each is made with its site's first post; what draws and fetches pictures is one for
    all. Thread-safe. `close` it.
    """

    def __init__(
        self,
        config: Config,
        web: Callable[[], Http],
        backing: Callable[[Article, Platform, LinkCard], Backing | None],
        ledger: Ledger,
        *,
        tells: bool = False,
    ) -> None:
        """`tells`: `notes` say that the publisher's own commands were called."""
        self._tells = tells
        self._commands = _commands(config, ledger)
        self._config = config
        self._web = web
        self._backing = backing
        self._bench = Workbench(web, self._folders)
        self._made: dict[str, LazyRenderer] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the processes that draw cards and write or render texts, if they were started."""
        if self._commands is not None:
            self._commands.close()
        with self._lock:
            for each in self._made.values():
                each.close()
        self._bench.close()

    @property
    def notes(self) -> list[str]:
        """Problems with the templates' folders, and which commands were called, for the person who runs this."""
        with self._lock:
            made = list(self._made.items())
        found = [f"{site}: {note}" if site else note for site, each in made for note in each.notes]
        return [*found, *(self._commands.notes if self._tells and self._commands is not None else ())]

    def of(self, name: str) -> LazyRenderer:
        """The renderer of the site of an account."""
        site = site_of(name)
        with self._lock:
            if site not in self._made:
                found = self._config.of(name)
                bench = self._bench if self._config.sites else None
                writes = self._commands.of if self._commands is not None else _nobody
                self._made[site] = LazyRenderer(
                    found.site, found.templates, self._web, self._backing, bench, writes, found.people
                )
            return self._made[site]

    def approved(self, delivery: Delivery) -> Render:
        """What renders a delivery; a post approved before posts were made as now goes out as it was approved."""
        return self.of(delivery.account).approved(delivery)

    def rendered(self, delivery: Delivery, lane: Lane, ledger: Ledger) -> Rendered:
        """Render a delivery as it would be sent now. Raises RenderError, PlatformError."""
        return self.of(delivery.account).rendered(delivery, lane, ledger)

    def try_templates(self, lanes: Iterable[Lane], at: datetime) -> list[str]:
        """Render a sample article for each account; returns the errors and warnings of its templates."""
        return [fault for lane in lanes for fault in self.of(lane.account.name).try_templates([lane], at)]

    def picture(self, url: str, source: str) -> bytes:
        """The file of a picture at an address that a source gave, unchanged. Raises RenderError."""
        return self.of(source).picture(url, source)

    def studio(self) -> Studio:
        """The worker that opens pictures and draws cards; started when it gets its first job."""
        return self._bench.studio() if self._config.sites else self.of("").studio()

    def _folders(self) -> list[Path]:
        from syndicate.rendering.environment import builtin_templates

        return [builtin_templates()]


def _commands(config: Config, ledger: Ledger) -> TextCommands | None:
    """The publisher's own commands that write posts; None where no account has one."""
    if not any(entry.account.text for entry in config.accounts.values()):
        return None
    from syndicate.app.text_commands import TextCommands

    return TextCommands(config, ledger)


def _nobody(_: Delivery) -> None:
    """Nobody but the template writes posts."""
