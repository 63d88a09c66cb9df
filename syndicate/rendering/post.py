"""Makes the post of an article for one account: text, link and picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from syndicate.addresses import as_link, is_possible
from syndicate.aliases import public_address, urlkey
from syndicate.errors import RenderError, TooLong
from syndicate.model import (
    Account,
    Article,
    Limits,
    LinkCard,
    Media,
    Note,
    OwnWords,
    Post,
    Rendered,
    Site,
    StoryWarning,
)
from syndicate.model.dataclass import dataclass
from syndicate.ports import Platform
from syndicate.rendering.environment import Templates
from syndicate.rendering.fit import Fitted, Link
from syndicate.rendering.manner import NOW, POST, Manner
from syndicate.rendering.mentions import as_written, unmentioned
from syndicate.rendering.note_words import NoteWords, carried
from syndicate.rendering.note_words import plain as plain_words
from syndicate.rendering.people import Handles, signed
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post_job import PostJob
from syndicate.rendering.post_pictures import CARD_TEXT, Draw, PostPictures
from syndicate.rendering.post_text import REPLY, PostText
from syndicate.rendering.repetition import says, says_something
from syndicate.rendering.view import TEXT, ArticleView
from syndicate.serialization import article_record
from syndicate.text import bounded, cut, paragraphs, utm

if TYPE_CHECKING:
    from syndicate.rendering.own_words import Writes

Place: TypeAlias = Literal["text", "card", "field", "reply", "bio", "none"]
"""Where the link goes: into the text, into a card we send, beside the text, into a reply, or nowhere; "bio": the text
says so.
"""
_NOT_HERE: tuple[Place, ...] = ("reply", "bio", "none")
"""Places outside the post."""

NOBODY: Handles = MappingProxyType({})

_NOTE = "note.txt.j2"


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
        view: ArticleView = manner.view(article, account.hashtags, renderer.site.name)
        if renderer.people:
            view = replace(view, authors=signed(view.authors, renderer.people, platform.name))
        if said is not None:
            view = overridden.tagged(view, said)
        places = renderer.templates, renderer.pictures
        job = self._job = PostJob(article, account, platform, renderer.site, places, limits, view, said)
        self._pictures = PostPictures(job, renderer.draw)
        self._article, self._account, self._platform, self._view = article, account, platform, view
        self._manner = manner
        self._url = public_address(article)
        self.warnings = job.warnings
        has_own_text = said is not None and said.text is not None
        plain = manner.rich and manner.file == POST and not has_own_text
        self._note = article.note if account.notes == "whole" and plain else None
        self._text = PostText(job, manner, self._url, writes if account.text and manner.file == POST else None)
        threads = account.threads if manner.file == POST else None  # a story that is posted again is one post
        self._is_whole = threads is not None and threads.form == "whole" and manner.rich
        self._teases = threads is not None and threads.form == "teaser"
        self._pieces: list[str] = []
        self._is_shortened = False
        self._replies = account.link == "reply"
        if article.override is not None and article.override.left:
            no_equal = ", ".join(article.override.left)
            self.warnings.append(StoryWarning(f"{article.override.place}: no equal here for {no_equal}"))

    @property
    def own_words(self) -> OwnWords | None:
        """What the account's command wrote, if it was asked."""
        return self._text.own_words

    def link(self) -> str:
        """The article's address with the account's campaign parameters, as every network links it whole; "" if none."""
        if not is_possible(self._url):
            return ""
        campaign = {"source": self._job.name} | dict(self._account.utm) if self._account.utm else {}
        return as_link(utm(as_link(self._url), campaign))

    def made(self) -> _Made:
        """Text, link, link card and pictures. Raises RenderError where a template prints nothing, and TooLong."""
        media = self._job.beside(self.media())
        if self._note is not None:
            return self._made_note(self._note, media)
        place = _place(self._account, self._job.limits, has_media=bool(media))
        link = (self.link() or None) if place not in _NOT_HERE else None
        if place == "bio" or self._account.link == "bio":
            self._job.variables["account"] = replace(self._account, link="bio" if place == "bio" else None)
        printed = self._text.printed(link) if link and place == "text" else Link("")
        if self._is_whole and self._says_its_own() and not self._text.parts(printed):
            self._whole(
                self._content(), lambda said: replace(self._view, summary=said), lambda: self._text.render(printed)
            )
        try:
            text, card = self._words(link, place)
        except TooLong:
            outside = _OUTSIDE.get(self._job.limits.card)
            if not (link and place == "text" and outside and self._manner.rich):
                raise
            lost = bool(media) and not self._job.limits.card_with_media
            instead = "a link card, and no picture" if lost else "a link card"
            self.warnings.append(f"the link leaves no room in the text, so the post has {instead}")
            media, place = self._job.beside(() if lost else media), outside
            text, card = self._words(link, place)
        if place == "text":
            link = self._text.printed_link(link, text, self._manner.file)
        if not (text.text or media or card or link):
            raise RenderError(f"{self._job.shown(self._manner.file)}: prints nothing")
        return _Made(text, link, card, media)

    def rest(self, post: Post) -> tuple[Rendered, ...]:
        """The further posts of its thread, if the account wants one."""
        account = self._account
        if account.threads is None and account.link != "reply":
            return ()
        from syndicate.rendering import thread

        self._job.beside(())
        if account.threads is not None and self._teases and self._says_its_own() and not self._text.is_parted:
            self._pieces = self._teaser(account.threads.posts - 1)
        texts = self._text.further_posts(self.link()) or [(self._text.fitted(piece), None) for piece in self._pieces]
        link = self.link() if self._replies else ""
        reply = self._text.render(self._text.printed(link), file=REPLY) if link else None
        texts += [(reply, link)] if reply is not None and reply.text else []
        return thread.further(post, texts, self._platform, self._job.limits)

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
        return thread.pieces(words, most, fits, cut, alone=self._job.limits.pairs or self._replies)

    def _whole(self, words: str, put: Callable[[str], ArticleView], make: Callable[[], Fitted]) -> None:
        """Have the first post take as much of the words as it can, and keep the rest for further posts.

        `put` gives what the template sees with these words, and `make` renders it. Nothing is done where one post
        takes all, or where no thread can be made.
        """
        from syndicate.rendering import thread

        threads, before = self._account.threads, self._job.variables["article"]
        assert threads is not None

        def takes(some: str) -> bool:
            self._job.variables["article"] = put(some)
            try:
                return " ".join(some.split()) in " ".join(make().text.split())
            except TooLong:
                return False

        first, rest = thread.first_of(words, takes)
        fits, cut = self._room()
        found = thread.pieces(rest, threads.posts - 1, fits, cut, alone=self._job.limits.pairs) if rest else []
        if rest and not found:
            self._job.variables["article"] = before
            return
        self._pieces = found
        self._job.variables["article"] = put(first) if first else put("")
        if found and found[-1].endswith("…") and not rest.endswith(found[-1]):
            told = f"the text is longer than the {threads.posts} posts of its thread, and the last one is cut"
            self.warnings.append(StoryWarning(told))
            self._is_shortened = True

    def _room(self) -> tuple[Callable[[str], bool], Callable[[str], str]]:
        """Whether a text fits into a post without pictures, and how one that does not is cut."""
        from syndicate.rendering import thread

        plain_post = self._job.all_limits.beside(())
        return thread.fitting(self._platform, plain_post), thread.cut_to(self._platform, plain_post)

    def _content(self) -> str:
        """The article's words, with their paragraphs; its summary where its source has no more."""
        words = paragraphs(bounded(self._article.content, TEXT)) or paragraphs(bounded(self._article.summary, TEXT))
        return unmentioned(words)

    def _made_note(self, note: Note, media: tuple[Media, ...]) -> _Made:
        """A note: its own words and pictures, with its address only where something is missing, or if asked for."""
        wish, link = self._account.note_link, None
        self._replies = self._account.link == "reply" and wish == "always"
        self._text.words_of_note = carried(note) if self._text.carries() else plain_words(note)
        said = self._text.words_of_note.text
        if not said and not media:  # a picture that could not be had: its description, as of any article without words
            said = self._view.summary
            self._text.words_of_note = NoteWords(said)
        self._job.variables["article"] = replace(self._view, body=said)
        if self._is_whole:
            whole = plain_words(note).text
            self._whole(
                whole, lambda some: replace(self._view, body=some), lambda: self._text.render(Link(""), file=_NOTE)
            )
            if self._pieces:
                self._text.words_of_note, said = NoteWords(whole), self._job.variables["article"].body
        text = self._text.render(Link(""), file=_NOTE)
        lost = bool(self._view.images) and not media and self._account.image != "none"
        missing = not note.whole or said not in text.text or lost
        wanted = wish == "always" or (wish == "when cut" and missing)
        self._replies = self._account.link == "reply" and (wanted or (wish == "when cut" and self._is_shortened))
        if wanted and _place(self._account, self._job.limits, has_media=bool(media)) not in _NOT_HERE:
            link = self.link() or None
            text = self._text.render(self._text.printed(link), file=_NOTE) if link else text
        if not (text.text or media):
            raise RenderError(f"{self._job.shown(_NOTE)}: prints nothing")
        return _Made(text, self._text.printed_link(link, text, _NOTE), None if media else self._elsewhere(text), media)

    def _elsewhere(self, text: Fitted) -> LinkCard | None:
        """The link card of a note, where cards are ours to make: of its first link that is not to its own page."""
        if self._job.limits.card != "client" or self._account.link in ("text", "reply", "none"):
            return None
        own = urlkey(self._url)
        away = (span for span in text.spans if span.kind == "link" and urlkey(span.value) != own)
        first = next(away, None)
        if first is None:
            return None
        words = as_written(text.text[first.start : first.end])
        return LinkCard(first.value, cut(words.removeprefix("https://").removeprefix("http://"), CARD_TEXT), "")

    def _words(self, link: str | None, place: Place) -> tuple[Fitted, LinkCard | None]:
        """The text, and the link card where it is ours to make; what one says the other does not."""
        if not link or place != "card":
            return self._text.render(self._text.printed(link) if link and place == "text" else Link("")), None
        card = self._pictures.card(link)
        if not self._manner.rich:
            return self._text.render(Link("")), card
        summary = self._view.summary
        told = self._is_whole or self._text.leads_on(summary) or not says_something(self._view.title)
        text = self._text.render(Link(""), said="" if told else summary)
        title = card.title if says_something(card.title) else self._job.site.name
        repeated = says(f"{text.text} {title}", card.description)
        return text, replace(card, title=title, description="" if repeated else card.description)

    def media(self) -> tuple[Media, ...]:
        """The article's picture, pictures or card, unless the account wants none or a link card takes their place."""
        if not self._job.limits.images or (
            self._note is None and self._manner.crowded(self._account, self._job.limits)
        ):
            return ()
        if self._account.image != "none" and (self._note is not None or self._account.image == "photos"):
            return self._pictures.photos()
        picture = self._pictures.one(self._job.limits.image_bytes, self._job.name)
        return (picture,) if picture else ()
