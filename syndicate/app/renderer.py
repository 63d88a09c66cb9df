"""Renders articles as posts, with the publisher's templates, the articles' pictures and drawn cards."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from syndicate.errors import RenderError
from syndicate.ledger import Ledger
from syndicate.model import Account, Article, Delivery, Limits, Rendered, Site
from syndicate.ports import Http, Platform

if TYPE_CHECKING:
    from syndicate.delivery.lane import Lane, Render
    from syndicate.rendering.cards.order import Drawn, Order
    from syndicate.rendering.cards.studio import Studio
    from syndicate.rendering.photo import Pictures
    from syndicate.rendering.post import Renderer


class LazyRenderer:
    """Renders posts. Thread-safe. `close` it: cards are drawn by a separate process.

    Its parts are made with the first post, so that a run which renders nothing loads none of them.
    `web` gives the HTTP client for pictures; `notes` tell a person of problems with the templates' folder.
    """

    def __init__(self, site: Site, templates: Path | None, web: Callable[[], Http]) -> None:
        self.notes: list[str] = []
        self._site = site
        self._own = templates
        self._web = web
        self._made: Renderer | None = None
        self._pictures: Pictures | None = None
        self._studio: Studio | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the process that draws cards, if one was started."""
        with self._lock:
            if self._studio is not None:
                self._studio.close()

    def render(
        self,
        article: Article,
        account: Account,
        platform: Platform,
        limits: Limits,
        *,
        at: datetime,
        planned_at: datetime,
    ) -> Rendered:
        """Render an article as one account's post. Raises RenderError, TooLong."""
        return self._renderer().render(article, account, platform, limits, at=at, planned_at=planned_at)

    def approved(self, delivery: Delivery) -> Render:
        """Renders as `render`; a post approved before posts were made as now goes out as it was approved."""
        if delivery.approved is None:
            return self.render

        def render(
            article: Article, account: Account, platform: Platform, limits: Limits, **moments: datetime
        ) -> Rendered:
            from syndicate.rendering.manner import BEFORE
            from syndicate.serialization import freeze

            made = self.render(article, account, platform, limits, **moments)
            if freeze(made)[1] == delivery.approved:
                return made
            with contextlib.suppress(RenderError):
                earlier = self._renderer().render(article, account, platform, limits, **moments, manner=BEFORE)
                return earlier if freeze(earlier)[1] == delivery.approved else made
            return made

        return render

    def rendered(self, delivery: Delivery, lane: Lane, ledger: Ledger) -> Rendered:
        """Render a delivery as it would be sent now. Raises RenderError, PlatformError."""
        from syndicate.delivery.concessions import render_conceded

        article, at, given = ledger.articles.find(delivery.anchor).article, ledger.now(), delivery.conceded
        limits, planned_at = lane.limits(), delivery.planned_at
        return render_conceded(given, article, lane, limits, self.approved(delivery), at=at, planned_at=planned_at)

    def try_templates(self, lanes: Iterable[Lane], at: datetime) -> list[str]:
        """Render a sample article for each account; returns the errors and warnings of its templates."""
        url, faults = f"{self._site.url}sample", []
        sample = Article("sample", url, "A sample story", "What it is about.", published=at, section="News > Sample")
        for lane in lanes:
            name, platform = lane.account.name, lane.platform
            try:
                made = self.render(sample, lane.account, platform, platform.limits, at=at, planned_at=at)
            except RenderError as fault:
                faults.append(f"{name}: {fault}")
            else:
                faults += [f"{name}: {warning}" for warning in made.warnings]
        return faults

    def pictures(self) -> Pictures:
        """The object that fetches and fits pictures, each once."""
        from syndicate.rendering.photo import Pictures

        with self._lock:
            if self._pictures is None:
                self._pictures = Pictures(self._web())
            return self._pictures

    def _renderer(self) -> Renderer:
        """The renderer: the publisher's templates, then the built-in ones, with pictures and cards."""
        from syndicate.rendering.environment import Templates
        from syndicate.rendering.post import Renderer

        pictures = self.pictures()
        with self._lock:
            if self._made is None:
                self._made = Renderer(Templates(self._folders()), pictures, self._draw, self._site)
                if self._own is not None and not self._own.is_dir():
                    self.notes.append(f"templates: {self._own} is no folder; the built-in texts are used")
            return self._made

    def _draw(self, order: Order, photo: bytes | None) -> Drawn:
        from syndicate.rendering.cards.studio import Studio

        with self._lock:
            if self._studio is None:
                self._studio = Studio(self._folders())
            studio = self._studio
        return studio.draw(order, photo)

    def _folders(self) -> list[Path]:
        from syndicate.rendering.environment import builtin_templates

        return [*([self._own] if self._own else []), builtin_templates()]
