"""Renders articles as posts, with the publisher's templates, the articles' pictures and drawn cards."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicate.errors import RenderError
from syndicate.ledger import Ledger
from syndicate.model import Account, Again, Article, Backing, Delivery, Limits, LinkCard, Rendered, Site
from syndicate.ports import Http, Platform

if TYPE_CHECKING:
    from syndicate.delivery.lane import Lane, Render
    from syndicate.rendering.cards.order import Drawn, Order
    from syndicate.rendering.cards.studio import Studio
    from syndicate.rendering.own_words import Writes
    from syndicate.rendering.photo import Pictures
    from syndicate.rendering.post import Renderer
    from syndicate.rendering.template_process import TextProcess


class Workbench:
    """What fetches pictures, draws cards and renders texts apart; each part is made when it is first needed.

    One for all sites, so that the processes are few. Thread-safe. `folders` are those of themes.
    """

    def __init__(self, web: Callable[[], Http], folders: Callable[[], list[Path]]) -> None:
        self._web = web
        self._folders = folders
        self._pictures: Pictures | None = None
        self._studio: Studio | None = None
        self._texts: TextProcess | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the processes that draw cards and render texts, if they were started."""
        with self._lock:
            for process in (self._studio, self._texts):
                if process is not None:
                    process.close()

    def pictures(self) -> Pictures:
        """The object that fetches and fits pictures, each once."""
        from syndicate.rendering.photo import Pictures

        with self._lock:
            if self._pictures is None:
                self._pictures = Pictures(self._web(), self.studio)
            return self._pictures

    def studio(self) -> Studio:
        """The worker that opens pictures and draws cards; started when it gets its first job."""
        from syndicate.rendering.cards.studio import Studio

        with self._lock:
            if self._studio is None:
                self._studio = Studio(self._folders())
            return self._studio

    def texts(self) -> TextProcess:
        """The process that renders the templates that are not harmless; started when it gets its first job."""
        from syndicate.rendering.template_process import TemplateProcess

        with self._lock:
            if self._texts is None:
                self._texts = TemplateProcess()
            return self._texts


class LazyRenderer:
    """Renders posts of one site. Thread-safe. `close` it: processes of their own draw cards and render some texts.

    Its parts are made with the first post, so that a run which renders nothing loads none of them.
    `web` gives the HTTP client for pictures; `backing` looks up what backs a link card; `notes` tell a person of
    problems with the templates' folder. `bench` is what several sites share. `writes` gives what has the publisher's
    own commands write the post of a delivery. `people`: rendering.people.Handles.
    """

    def __init__(
        self,
        site: Site,
        templates: Path | None,
        web: Callable[[], Http],
        backing: Callable[[Article, Platform, LinkCard], Backing | None] = lambda *_: None,
        bench: Workbench | None = None,
        writes: Callable[[Delivery], Writes | None] = lambda _: None,
        people: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.notes: list[str] = []
        self._site = site
        self._own = templates
        self._backing = backing
        self._shares = bench is not None
        self._bench = bench or Workbench(web, self._folders)
        self._writes = writes
        self._people = people or {}
        self._made: Renderer | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the processes that draw cards and render texts, if they were started."""
        self._bench.close()

    def render(
        self,
        article: Article,
        account: Account,
        platform: Platform,
        limits: Limits,
        *,
        at: datetime,
        planned_at: datetime,
        **how: Any,
    ) -> Rendered:
        """Render an article as one account's post. Raises RenderError, TooLong. `how`: as of Renderer.render."""
        made = self._render(article, account, platform, limits, at=at, planned_at=planned_at, **how)
        card = made.post.card
        found = self._backing(article, platform, card) if card and card.url == made.post.link else None
        if card is None or found is None:
            return made
        return replace(made, post=replace(made.post, card=replace(card, backing=found)))

    def approved(self, delivery: Delivery) -> Render:
        """Renders as `render`; a post approved before posts were made as now goes out as it was approved."""
        if delivery.again is not None:
            return self._repeating(delivery.again)
        writes = self._writes(delivery)

        def render(
            article: Article, account: Account, platform: Platform, limits: Limits, **moments: datetime
        ) -> Rendered:
            from syndicate.rendering.manner import BEFORE, NOW
            from syndicate.serialization import freeze

            made = self.render(article, account, platform, limits, **moments, writes=writes)
            if delivery.approved is None or delivery.approved == freeze(made)[1]:
                return made
            earlier_ways = [(account, BEFORE)]
            if article.form == "note":  # notes were posted as articles
                earlier_ways.append((replace(account, notes="link"), NOW))
            for whose, how in earlier_ways:
                with contextlib.suppress(RenderError):
                    earlier = self._render(article, whose, platform, limits, **moments, manner=how, writes=writes)
                    if freeze(earlier)[1] == delivery.approved:
                        return earlier
            return made

        return render

    def _repeating(self, again: Again) -> Render:
        """Renders a story that its account has posted before."""

        def render(
            article: Article, account: Account, platform: Platform, limits: Limits, **moments: datetime
        ) -> Rendered:
            from syndicate.rendering.repeated import repeated

            article, manner = repeated(article, account, again)
            words = replace(account, text=None)  # the publisher's own command wrote the first post
            return self.render(article, words, platform, limits, **moments, manner=manner)

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
                made = self._render(sample, lane.account, platform, platform.limits, at=at, planned_at=at)
            except RenderError as fault:
                faults.append(f"{name}: {fault}")
            else:
                faults += [f"{name}: {warning}" for warning in made.warnings]
        return faults

    def picture(self, url: str, source: str) -> bytes:
        """The file of a picture at an address that a source gave, unchanged. Raises RenderError."""
        return self.pictures().of(source).original(url)

    def pictures(self) -> Pictures:
        """The object that fetches and fits pictures, each once."""
        return self._bench.pictures()

    def _render(self, article: Article, account: Account, platform: Platform, limits: Limits, **how: Any) -> Rendered:
        from syndicate.planning import filters
        from syndicate.rendering import controls

        room, warning = controls.warned(platform, limits, filters.warning(account, article))
        made = self._renderer().render(article, account, platform, room, **how)
        return controls.controlled(made, account, platform, limits, warning)

    def _renderer(self) -> Renderer:
        """The renderer: the publisher's templates, then the built-in ones, with pictures and cards."""
        from syndicate.rendering.environment import Templates
        from syndicate.rendering.post import Renderer

        pictures = self.pictures()
        with self._lock:
            if self._made is None:
                self._made = Renderer(
                    Templates(self._folders(), shared=self._bench.texts), pictures, self._draw, self._site, self._people
                )
                if self._own is not None and not self._own.is_dir():
                    self.notes.append(f"templates: {self._own} is no folder; the built-in texts are used")
            return self._made

    def _draw(self, order: Order, photo: bytes | None) -> Drawn:
        if self._shares:
            order = replace(order, folders=tuple(map(str, self._folders())))
        return self.studio().draw(order, photo)

    def studio(self) -> Studio:
        """The worker that opens pictures and draws cards; started when it gets its first job."""
        return self._bench.studio()

    def _folders(self) -> list[Path]:
        from syndicate.rendering.environment import builtin_templates

        return [*([self._own] if self._own else []), builtin_templates()]
