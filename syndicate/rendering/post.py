"""Makes the post of an article for one account: text, link and picture."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from syndicate.addresses import as_link, is_possible
from syndicate.aliases import public_address, urlkey
from syndicate.errors import RenderError, TooLong
from syndicate.model import (
    Account,
    Article,
    Image,
    Limits,
    LinkCard,
    Media,
    Note,
    OwnWords,
    Post,
    Rendered,
    Site,
    Span,
    StoryWarning,
)
from syndicate.model.dataclass import dataclass
from syndicate.ports import LinksWords, Platform, is_rich
from syndicate.rendering.cards.engine import EngineMissing
from syndicate.rendering.environment import Templates
from syndicate.rendering.fit import Fitted, Link, fit
from syndicate.rendering.gallery import apart
from syndicate.rendering.manner import NOW, POST, Manner
from syndicate.rendering.mentions import as_written, unmentioned
from syndicate.rendering.note_words import NoteWords, carried
from syndicate.rendering.note_words import plain as plain_words
from syndicate.rendering.note_words import spans as carried_spans
from syndicate.rendering.people import Handles, signed
from syndicate.rendering.photo import Pictures
from syndicate.rendering.repetition import says, says_something, unsaid
from syndicate.rendering.view import TEXT, ArticleView
from syndicate.serialization import article_record
from syndicate.text import addresses, bounded, cut, paragraphs, plain, utm

if TYPE_CHECKING:
    from syndicate.rendering.cards.order import Drawn, Order
    from syndicate.rendering.own_words import Writes

Place: TypeAlias = Literal["text", "card", "field", "reply", "bio", "none"]
"""Where the link goes: into the text, into a card we send, beside the text, into a reply, or nowhere; "bio": the text
says so.
"""
_NOT_HERE: tuple[Place, ...] = ("reply", "bio", "none")
"""Places outside the post."""

Draw: TypeAlias = "Callable[[Order, bytes | None], Drawn]"
"""Draws a card over a photo's bytes. Raises RenderError if there is neither card nor photo."""

_CARD_TEXT = 300
"""Graphemes of a link card's title and of its description: no network shows more."""

_CARD_EDGE = 1200
"""Pixels of a link card's thumb along its longer side: the 1200 x 630 the networks draw."""

TRIED = 3
"""Pictures of one article that are tried, until one can be had."""

NOBODY: Handles = MappingProxyType({})

_NOTE, _REPLY, _ALT = "note.txt.j2", "reply.txt.j2", "alt.txt.j2"

_LINK_CARD = "default"
"""The name of the size that thumbs of link cards have in a theme."""


class Renderer:
    """Makes posts with one publisher's templates. Shared by threads."""

    def __init__(
        self, templates: Templates, pictures: Pictures, draw: Draw, site: Site, people: Handles = NOBODY
    ) -> None:
        self.templates = templates
        self.pictures = pictures
        self.draw = draw
        self.site = site
        self.people = people

    def render(
        self,
        article: Article,
        account: Account,
        platform: Platform,
        limits: Limits,
        *,
        at: datetime,
        planned_at: datetime,
        manner: Manner = NOW,
        writes: Writes | None = None,
    ) -> Rendered:
        """The post of `article` for `account`, within `limits`, which may be wider than the platform's own.

        The same input gives the same post, picture bytes included. A picture that is unavailable is left
        out with a warning. `writes` calls the account's own command; without it, or where that fails, its template
        writes the text. Raises RenderError (a template) and TooLong.
        """
        parts = _Parts(self, article, account, platform, limits, manner, writes)
        made = parts.made()
        post = Post(
            text=made.text.text,
            link=made.link,
            spans=made.text.spans,
            media=made.media,
            card=made.card,
            language=article.language or account.language or self.site.language,
            at=at,
            planned_at=planned_at,
            article=article_record(article),
        )
        rest = parts.rest(post)
        warnings = tuple(dict.fromkeys(parts.warnings))
        length, limit = platform.measure(post.text), limits.beside(made.media).text
        return Rendered(post, length, limit, warnings, parts.own_words, rest)


@dataclass(frozen=True, slots=True)
class _Made:
    """The parts of a post that belong together."""

    text: Fitted
    link: str | None
    card: LinkCard | None
    media: tuple[Media, ...]


def _place(account: Account, limits: Limits, *, has_media: bool) -> Place:
    """Where the link goes: the account's setting, else a link card unless a picture takes its place."""
    if account.link in ("none", "reply"):
        return account.link
    wanted = None if account.link == "bio" else account.link
    if wanted is None and not limits.clickable:
        return "bio"
    automatic = "text" if has_media and not limits.card_with_media else "card"
    return "text" if (wanted or automatic) == "text" else _OUTSIDE.get(limits.card, "text")


_OUTSIDE: dict[str, Place] = {"client": "card", "field": "field"}
"""Where a link goes that does not stand in the text, by `Limits.card`."""


class _Parts:
    """Makes the parts of one post: of an article, for an account on a platform."""

    def __init__(
        self,
        renderer: Renderer,
        article: Article,
        account: Account,
        platform: Platform,
        limits: Limits,
        manner: Manner,
        writes: Writes | None,
    ) -> None:
        said = self._said = article.override.of(account.name, account.platform) if article.override else None
        if said is not None:
            from syndicate.rendering import overridden

            article, account = overridden.pictured(article, said), overridden.asked(account, said)
        self._article = article
        self._site = renderer.site
        self._draw = renderer.draw
        self._account = account
        self._platform = platform
        self._name = platform.name
        self._limits = self._all_limits = limits
        self._manner = manner
        self._templates = renderer.templates
        self._all_pictures = renderer.pictures
        self._url = public_address(article)
        self._view: ArticleView = manner.view(article, account.hashtags, renderer.site.name)
        if renderer.people:
            self._view = replace(self._view, authors=signed(self._view.authors, renderer.people, platform.name))
        if said is not None:
            self._view = overridden.tagged(self._view, said)
        self._variables: dict[str, Any] = {
            "article": self._view,
            "site": renderer.site,
            "account": account,
            "limits": limits,
            "media_count": 0,
        }
        has_own_text = said is not None and said.text is not None
        plain = manner.rich and manner.file == POST and not has_own_text
        self._note = article.note if account.notes == "whole" and plain else None
        self._words_of_note = NoteWords("")
        self._writes = writes if account.text and manner.file == POST else None
        self.own_words: OwnWords | None = None
        threads = account.threads if manner.file == POST else None  # a story that is posted again is one post
        self._is_whole = threads is not None and threads.form == "whole" and manner.rich
        self._teases = threads is not None and threads.form == "teaser"
        self._pieces: list[str] = []
        self._is_shortened = False
        self._replies = account.link == "reply"
        self.warnings: list[str] = []
        if article.override is not None and article.override.left:
            no_equal = ", ".join(article.override.left)
            self.warnings.append(StoryWarning(f"{article.override.place}: no equal here for {no_equal}"))

    def shown(self, file: str) -> str:
        """Where the words of a text come from: a template's path, or the article's own file and line."""
        if file != _ALT and self._said is not None and self._said.text is not None and self._article.override:
            return self._article.override.place
        return self._templates.shown(self._templates.find(self._name, file))

    @property
    def _pictures(self) -> Pictures:
        return self._all_pictures.of(self._article.pictures_from)

    def link(self) -> str:
        """The article's address with the account's campaign parameters, as every network links it whole; "" if none."""
        if not is_possible(self._url):
            return ""
        campaign = {"source": self._name} | dict(self._account.utm) if self._account.utm else {}
        return as_link(utm(as_link(self._url), campaign))

    def made(self) -> _Made:
        """Text, link, link card and pictures. Raises RenderError where a template prints nothing, and TooLong."""
        media = self._beside(self.media())
        if self._note is not None:
            return self._made_note(self._note, media)
        place = _place(self._account, self._limits, has_media=bool(media))
        link = (self.link() or None) if place not in _NOT_HERE else None
        if place == "bio" or self._account.link == "bio":
            self._variables["account"] = replace(self._account, link="bio" if place == "bio" else None)
        if self._is_whole and self._says_its_own():
            printed = self._printed(link) if link and place == "text" else Link("")
            self._whole(self._content(), lambda said: replace(self._view, summary=said), lambda: self.text(printed))
        try:
            text, card = self._words(link, place)
        except TooLong:
            outside = _OUTSIDE.get(self._limits.card)
            if not (link and place == "text" and outside and self._manner.rich):
                raise
            lost = bool(media) and not self._limits.card_with_media
            instead = "a link card, and no picture" if lost else "a link card"
            self.warnings.append(f"the link leaves no room in the text, so the post has {instead}")
            media, place = self._beside(() if lost else media), outside
            text, card = self._words(link, place)
        if place == "text":
            link = self._printed_link(link, text, self._manner.file)
        if not (text.text or media or card or link):
            raise RenderError(f"{self.shown(self._manner.file)}: prints nothing")
        return _Made(text, link, card, media)

    def rest(self, post: Post) -> tuple[Rendered, ...]:
        """The further posts of its thread, if the account wants one."""
        account = self._account
        if account.threads is None and account.link != "reply":
            return ()
        from syndicate.rendering import thread

        self._beside(())
        if account.threads is not None and self._teases and self._says_its_own():
            self._pieces = self._teaser(account.threads.posts - 1)
        texts: list[tuple[Fitted, str | None]] = [(self._fitted(piece), None) for piece in self._pieces]
        link = self.link() if self._replies else ""
        reply = self.text(self._printed(link), file=_REPLY) if link else None
        texts += [(reply, link)] if reply is not None and reply.text else []
        return thread.further(post, texts, self._platform, self._limits)

    def _says_its_own(self) -> bool:
        """Whether the words are those of its source: what the article says itself, or a note, is the whole post."""
        return self._note is None and (self._said is None or self._said.text is None)

    def _teaser(self, most: int) -> list[str]:
        """The beginning of the article's text, in at most so many posts, without the summary that it may begin with."""
        from syndicate.rendering import thread

        words, summary = self._content(), self._view.summary.rstrip("… ")
        if summary and words.startswith(summary):
            words = words[len(summary) :].lstrip(" .…\n")
        fits, cut = self._room()
        return thread.pieces(words, most, fits, cut, alone=self._limits.pairs or self._replies)

    def _whole(self, words: str, put: Callable[[str], ArticleView], make: Callable[[], Fitted]) -> None:
        """Have the first post take as much of the words as it can, and keep the rest for further posts.

        `put` gives what the template sees with these words, and `make` renders it. Nothing is done where one post
        takes all, or where no thread can be made.
        """
        from syndicate.rendering import thread

        threads, before = self._account.threads, self._variables["article"]
        assert threads is not None

        def takes(some: str) -> bool:
            self._variables["article"] = put(some)
            try:
                return " ".join(some.split()) in " ".join(make().text.split())
            except TooLong:
                return False

        first, rest = thread.first_of(words, takes)
        fits, cut = self._room()
        found = thread.pieces(rest, threads.posts - 1, fits, cut, alone=self._limits.pairs) if rest else []
        if rest and not found:
            self._variables["article"] = before
            return
        self._pieces = found
        self._variables["article"] = put(first) if first else put("")
        if found and found[-1].endswith("…") and not rest.endswith(found[-1]):
            told = f"the text is longer than the {threads.posts} posts of its thread, and the last one is cut"
            self.warnings.append(StoryWarning(told))
            self._is_shortened = True

    def _room(self) -> tuple[Callable[[str], bool], Callable[[str], str]]:
        """Whether a text fits into a post without pictures, and how one that does not is cut."""
        from syndicate.rendering import thread

        plain_post = self._all_limits.beside(())
        return thread.fitting(self._platform, plain_post), thread.cut_to(self._platform, plain_post)

    def _fitted(self, piece: str) -> Fitted:
        fitted = fit(piece, self._limits, self._platform.measure)
        return replace(fitted, spans=self._spans(fitted, Link("")))

    def _content(self) -> str:
        """The article's words, with their paragraphs; its summary where its source has no more."""
        words = paragraphs(bounded(self._article.content, TEXT)) or self._article.summary
        return unmentioned(words)

    def _printed_link(self, link: str | None, text: Fitted, file: str) -> str | None:
        """The link, if the text has it; a template that leaves it out gets a warning."""
        if link is None or any(span.kind == "link" and span.value == link for span in text.spans):
            return link
        if not text.text:
            raise RenderError(f"{self.shown(file)}: prints nothing")
        self.warnings.append(f"{self.shown(file)} does not print the link, so the post has none")
        return None

    def _made_note(self, note: Note, media: tuple[Media, ...]) -> _Made:
        """A note: its own words and pictures, with its address only where something is missing, or if asked for."""
        wish, link = self._account.note_link, None
        self._replies = self._account.link == "reply" and wish == "always"
        self._words_of_note = carried(note) if self._carries() else plain_words(note)
        said = self._words_of_note.text
        if not said and not media:  # a picture that could not be had: its description, as of any article without words
            said = self._view.summary
            self._words_of_note = NoteWords(said)
        self._variables["article"] = replace(self._view, body=said)
        if self._is_whole:
            whole = plain_words(note).text
            self._whole(whole, lambda some: replace(self._view, body=some), lambda: self.text(Link(""), file=_NOTE))
            if self._pieces:
                self._words_of_note, said = NoteWords(whole), self._variables["article"].body
        text = self.text(Link(""), file=_NOTE)
        lost = bool(self._view.images) and not media and self._account.image != "none"
        missing = not note.whole or said not in text.text or lost
        wanted = wish == "always" or (wish == "when cut" and missing)
        self._replies = self._account.link == "reply" and (wanted or (wish == "when cut" and self._is_shortened))
        if wanted and _place(self._account, self._limits, has_media=bool(media)) not in _NOT_HERE:
            link = self.link() or None
            text = self.text(self._printed(link), file=_NOTE) if link else text
        if not (text.text or media):
            raise RenderError(f"{self.shown(_NOTE)}: prints nothing")
        return _Made(text, self._printed_link(link, text, _NOTE), None if media else self._elsewhere(text), media)

    def _elsewhere(self, text: Fitted) -> LinkCard | None:
        """The link card of a note, where cards are ours to make: of its first link that is not to its own page."""
        if self._limits.card != "client" or self._account.link in ("text", "reply", "none"):
            return None
        own = urlkey(self._url)
        away = (span for span in text.spans if span.kind == "link" and urlkey(span.value) != own)
        first = next(away, None)
        if first is None:
            return None
        words = as_written(text.text[first.start : first.end])
        return LinkCard(first.value, cut(words.removeprefix("https://").removeprefix("http://"), _CARD_TEXT), "")

    def _carries(self) -> bool:
        """Whether words can carry a link there."""
        return is_rich(self._platform) or isinstance(self._platform, LinksWords)

    def _beside(self, media: tuple[Media, ...]) -> tuple[Media, ...]:
        """The same pictures, from now on with the limits of a text that goes with them."""
        self._limits = self._variables["limits"] = self._all_limits.beside(media)
        self._variables["media_count"] = len(media)
        return media

    def _words(self, link: str | None, place: Place) -> tuple[Fitted, LinkCard | None]:
        """The text, and the link card where it is ours to make; what one says the other does not."""
        if not link or place != "card":
            return self.text(self._printed(link) if link and place == "text" else Link("")), None
        card = self.card(link)
        if not self._manner.rich:
            return self.text(Link("")), card
        summary = self._view.summary
        told = self._is_whole or self._leads_on(summary) or not says_something(self._view.title)
        text = self.text(Link(""), said="" if told else summary)
        title = card.title if says_something(card.title) else self._site.name
        repeated = says(f"{text.text} {title}", card.description)
        return text, replace(card, title=title, description="" if repeated else card.description)

    def _leads_on(self, words: str) -> bool:
        """Whether the words have links or hashtags, which nobody can follow in a link card."""
        return is_rich(self._platform) and bool(self._platform.linked(words, ()) or addresses(words))

    def _printed(self, link: str) -> Link:
        rich = self._manner.rich and is_rich(self._platform)
        return Link(link, self._platform.shown(link) if rich else link)  # type: ignore[attr-defined]

    def text(self, link: Link, said: str = "", file: str = "") -> Fitted:
        """The template's text, fitted; without droppable parts that repeat `said`, as long as anything is left."""
        own, file = None if file == _REPLY else self._own(link), file or self._manner.file
        written = self._written(link) if own is None and file == POST else ""
        found = own if own is not None else written
        found = found or self._templates.render(self._name, file, self._variables | {"link": link})
        try:
            fitted = fit(found if written else unsaid(found, said), self._limits, self._platform.measure)
            if not fitted.text and said:
                fitted = fit(found, self._limits, self._platform.measure)
        except TooLong as fault:
            raise TooLong(f"{self.shown(file)}: {fault}", hint=fault.hint) from fault
        except RenderError as fault:
            raise RenderError(f"{self.shown(file)}: {fault}", hint=fault.hint) from fault
        if written and self._is_cut(written, fitted):
            self.warnings.append(StoryWarning("text.command: what it wrote is too long, and was cut"))
        return replace(fitted, spans=self._spans(fitted, link))

    def _own(self, link: Link) -> str | None:
        """The article's own text, which is no template; None where it has none."""
        if self._said is None or self._said.text is None:
            return None
        from syndicate.rendering import overridden

        places = (self._url, self._article.url, self._article.canonical_url or "")
        return overridden.as_marked(self._said, link, self._view.hashtags, places)

    def _is_cut(self, written: str, fitted: Fitted) -> bool:
        from syndicate.rendering.own_words import is_cut

        return is_cut(written, fitted.text)

    def _written(self, link: Link) -> str:
        """What the account's command wrote, in marked parts; "" with a warning where it failed, or there is none."""
        if self._writes is None:
            return ""
        from syndicate.rendering.own_words import in_parts

        if self.own_words is None:
            limit = self._limits.text
            self.own_words = self._writes(self._article, self._account, self._name, limit=limit, link=link[:] or None)
            if self.own_words.fault:
                self.warnings.append(f"text.command: {self.own_words.fault}; the template writes the text")
        return in_parts(self.own_words.text, link, self._url) if self.own_words.text else ""

    def _spans(self, fitted: Fitted, link: Link) -> tuple[Span, ...]:
        """The links, tags and mentions of the text; a link that is shown short leads to the whole address."""
        short = link.shown != link
        spans = tuple(
            replace(span, value=link[:]) if short and span.kind == "link" and span.value == link.shown else span
            for span in fitted.spans
        )
        if self._words_of_note.anchors:
            spans = carried_spans(self._words_of_note, replace(fitted, spans=spans))
        if self._manner.rich and is_rich(self._platform):
            return self._platform.linked(fitted.text, spans)
        return spans

    def media(self) -> tuple[Media, ...]:
        """The article's picture, pictures or card, unless the account wants none or a link card takes their place."""
        if not self._limits.images or (self._note is None and self._manner.crowded(self._account, self._limits)):
            return ()
        if self._account.image != "none" and (self._note is not None or self._account.image == "photos"):
            return self._photos()
        picture = self._picture(self._limits.image_bytes, self._name)
        return (picture,) if picture else ()

    def _photos(self) -> tuple[Media, ...]:
        """The article's photos in order, as many as network and account take; those that cannot be had are left out."""
        found: dict[str, Media] = {}
        most = min(self._limits.images, self._account.photos or self._limits.images)
        for number, image in enumerate(apart(self._view.images), 1):
            alt = self._described(image, number)
            if alt is None:
                continue
            try:
                photo = self._pictures.fetch(image, self._limits, alt, max_bytes=self._limits.image_bytes)
            except RenderError as fault:
                self.warnings.append(StoryWarning(f"the photo is left out: {fault}"))
                continue
            found.setdefault(photo.file, photo)
            if len(found) == most:
                break
        return tuple(found.values())

    def card(self, link: str) -> LinkCard:
        """The link card, with the picture as its thumb."""
        thumb = self._picture(self._limits.thumb_bytes, _LINK_CARD, _CARD_EDGE)
        title, description = as_written(self._view.title), as_written(plain(self._view.summary))
        return LinkCard(link, cut(title, _CARD_TEXT), cut(description, _CARD_TEXT), thumb)

    def _picture(self, max_bytes: int, size: str, edge: int | None = None) -> Media | None:
        """The card in a size of its theme, or the photo within `edge` pixels; none without the alt text it needs."""
        images = self._view.images[:TRIED]
        if self._account.image == "none" or (not images and self._account.image != "card"):
            return None
        if self._account.image == "card":
            return self._card(images, max_bytes, size)
        for image in images:
            alt = self._described(image)
            if alt is None:
                return None
            try:
                return self._pictures.fetch(image, self._limits, alt, max_bytes=max_bytes, edge=edge)
            except RenderError as fault:
                self.warnings.append(StoryWarning(f"the photo is left out: {fault}"))
        return None

    def _described(self, image: Image, number: int = 1) -> str | None:
        """A picture's alt text; None, with a warning, where the account needs one, the network takes one, and there is
        none. `number` counts the article's pictures.
        """
        alt = self._alt(image, number)
        if not alt and self._limits.alt and self._account.alt_text == "required":
            undescribed = f"{self.shown('alt.txt.j2')} prints no description of it"
            which = f" {image.url}" if number > 1 else ""
            self.warnings.append(StoryWarning(f"the picture{which} is left out: {undescribed}"))
            return None
        return alt

    def _card(self, images: Sequence[Image], max_bytes: int, size: str) -> Media | None:
        """The card, without the photo if that is unavailable; None with a warning if there is no card."""
        from syndicate.rendering.cards.order import Order

        if self._described(images[0] if images else Image("")) is None:
            return None
        image, photo = Image(""), None
        for each in images:
            try:
                image, photo = each, self._pictures.sound(each.url)
                break
            except RenderError as fault:
                self.warnings.append(StoryWarning(f"the photo is left out of the card: {fault}"))
        alt = self._alt(image if photo else next(iter(images), image))
        limits, account = self._limits, self._account
        language = account.language or self._site.language
        types = limits.image_types
        order = Order(self._article, self._site, language, size, account.theme, "", max_bytes, types)
        try:
            drawn = self._draw(order, photo)
        except RenderError as fault:
            told = f"the picture is left out: {fault}"
            self.warnings.append(told if isinstance(fault, EngineMissing) else StoryWarning(told))
            return None
        named = f"the photo is left out of the card: {image.url}: "
        for told in drawn.warnings:
            known = told.replace("the photo is left out of the card: ", named, 1)
            self.warnings.append(StoryWarning(known) if isinstance(told, StoryWarning) else known)
        return replace(drawn.media, alt=alt)

    def _alt(self, image: Image, number: int = 1) -> str:
        """The alt text within the network's limit; if it has to be cut, the credit stays. "" where it takes none."""
        if not self._limits.alt:
            return ""
        given = {"image": image, "picture_number": number, "link": ""}
        marked = self._templates.render(self._name, _ALT, self._variables | given)
        marked = as_written(marked)
        limit = self._limits.alt
        try:
            return plain(fit(marked, Limits(text=limit), len).text)
        except TooLong:
            whole = plain(fit(marked, Limits(text=len(marked)), len).text)
            fitting = bisect_right(range(1, limit + 1), limit, key=lambda size: len(cut(whole, size)))
            return cut(whole, fitting) if fitting else ""
