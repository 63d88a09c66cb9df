"""The text of a post: what its template, its article or its account's command says, fitted, with its links."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syndicate.errors import RenderError, TooLong
from syndicate.model import OwnWords, Span, StoryWarning
from syndicate.ports import LinksWords, is_rich
from syndicate.rendering import template_parts
from syndicate.rendering.fit import PART, Fitted, Link, fit
from syndicate.rendering.manner import POST, Manner
from syndicate.rendering.note_words import NoteWords
from syndicate.rendering.note_words import spans as carried_spans
from syndicate.rendering.post_job import PostJob
from syndicate.rendering.repetition import unsaid
from syndicate.text import addresses

if TYPE_CHECKING:
    from syndicate.rendering.own_words import Writes

REPLY = "reply.txt.j2"


class PostText:
    """Makes the texts of one post and of those that follow it.

    `words_of_note` are those that a note carries links in. `own_words` is what the account's command wrote, once asked.
    `is_parted` says whether its template has a mark of `part()`, and `further` are the posts that this makes.
    """

    def __init__(self, job: PostJob, manner: Manner, url: str, writes: Writes | None) -> None:
        self._job, self._manner, self._url, self._writes = job, manner, url, writes
        self.words_of_note = NoteWords("")
        self.own_words: OwnWords | None = None
        self.is_parted = False
        self.further: list[Fitted] = []

    def render(self, link: Link, said: str = "", file: str = "") -> Fitted:
        """The template's text, fitted; without droppable parts that repeat `said`, as long as anything is left."""
        own, file = None if file == REPLY else self._own(link), file or self._manner.file
        written = self._written(link) if own is None and file == POST else ""
        found = own if own is not None else written
        is_template = not found
        found = found or self._template(link, file)
        if file != REPLY:
            self.is_parted, self.further = False, []
        try:
            if is_template and PART in found and file != REPLY:
                return self._parted(found, link, said, file)
            fitted = self._first(found, link, "" if written else said)
        except TooLong as fault:
            raise TooLong(f"{self._job.shown(file)}: {fault}", hint=fault.hint) from fault
        except RenderError as fault:
            raise RenderError(f"{self._job.shown(file)}: {fault}", hint=fault.hint) from fault
        if written and _is_cut(written, fitted.text):
            self._job.warnings.append(StoryWarning("text.command: what it wrote is too long, and was cut"))
        return fitted

    def parts(self, link: Link) -> bool:
        """Whether the template makes the thread itself. Raises RenderError."""
        if self._manner.file != POST or self._own(link) is not None or self._written(link):
            return False
        return PART in self._template(link, POST)

    def _template(self, link: Link, file: str) -> str:
        return self._job.templates.render(self._job.name, file, self._job.variables | {"link": link})

    def _parted(self, found: str, link: Link, said: str, file: str) -> Fitted:
        """The first of the posts into which a template parts its text; the others are `further`. Where there is no
        thread, the pieces are paragraphs.
        """
        threads = self._job.account.threads if self._manner.file == file == POST else None
        pieces = template_parts.pieces(found)
        if threads is None:
            return self._first(template_parts.joined(pieces), link, said)
        self.is_parted = True
        if len(pieces) > threads.posts:
            told = f"parts its text into {len(pieces)} posts, and threads.posts is {threads.posts}"
            self._job.warnings.append(f"{self._job.shown(file)} {told}: the last one has the rest")
            pieces = [*pieces[: threads.posts - 1], template_parts.joined(pieces[threads.posts - 1 :])]
        self.further = [self._next(each, number, link) for number, each in enumerate(pieces[1:], 2)]
        is_hidden = not (self._job.limits.pairs or self._job.account.link == "reply")
        if len(self.further) == 1 and is_hidden:
            return self._not_two(pieces, link, said, threads.posts)
        return self._first(pieces[0] if pieces else "", link, said)

    def _not_two(self, pieces: list[str], link: Link, said: str, most: int) -> Fitted:
        """The first of three posts, or the only one, where a thread of two is hidden."""
        three = template_parts.in_two(self.further[0]) if most > 2 else []
        if not three:
            try:
                one = self._first(template_parts.joined(pieces), link, said)
            except TooLong:
                told = f"a thread of two posts is hidden on a profile of {self._job.name}, and these cannot be one"
                self._job.warnings.append(StoryWarning(told))
            else:
                self.further = []
                return one
        self.further = three or self.further
        return self._first(pieces[0], link, said)

    def _first(self, found: str, link: Link, said: str = "") -> Fitted:
        limits, measure = self._job.limits, self._job.platform.measure
        fitted = fit(unsaid(found, said), limits, measure)
        fitted = fit(found, limits, measure) if said and not fitted.text else fitted
        return replace(fitted, spans=self._spans(fitted, link))

    def _next(self, piece: str, number: int, link: Link) -> Fitted:
        """One of the posts that follow, which have no pictures. Raises TooLong."""
        try:
            fitted = fit(piece, self._job.all_limits.beside(()), self._job.platform.measure)
        except TooLong as fault:
            raise TooLong(f"post {number} of its thread: {fault}", hint=fault.hint) from fault
        return replace(fitted, spans=self._spans(fitted, link))

    def further_posts(self, link: str) -> list[tuple[Fitted, str | None]]:
        """The posts of `further`, each with the story's link where it has that."""
        return [(each, link if link and _leads_to(link, each) else None) for each in self.further if each.text]

    def fitted(self, piece: str) -> Fitted:
        """Words without a link, as the text of a further post. Raises TooLong."""
        fitted = fit(piece, self._job.limits, self._job.platform.measure)
        return replace(fitted, spans=self._spans(fitted, Link("")))

    def printed(self, link: str) -> Link:
        """A link as the network shows it in a text."""
        rich = self._manner.rich and is_rich(self._job.platform)
        return Link(link, self._job.platform.shown(link) if rich else link)  # type: ignore[attr-defined]

    def printed_link(self, link: str | None, text: Fitted, file: str) -> str | None:
        """The link, if the text has it; a template that leaves it out gets a warning."""
        if link is None or _leads_to(link, text):
            return link
        if not text.text:
            raise RenderError(f"{self._job.shown(file)}: prints nothing")
        if not any(_leads_to(link, each) for each in self.further):
            self._job.warnings.append(f"{self._job.shown(file)} does not print the link, so the post has none")
        return None

    def leads_on(self, words: str) -> bool:
        """Whether the words have links or hashtags, which nobody can follow in a link card."""
        return is_rich(self._job.platform) and bool(self._job.platform.linked(words, ()) or addresses(words))

    def carries(self) -> bool:
        """Whether words can carry a link there."""
        return is_rich(self._job.platform) or isinstance(self._job.platform, LinksWords)

    def _own(self, link: Link) -> str | None:
        """The article's own text, which is no template; None where it has none."""
        if self._job.said is None or self._job.said.text is None:
            return None
        from syndicate.rendering import overridden

        places = (self._url, self._job.article.url, self._job.article.canonical_url or "")
        return overridden.as_marked(self._job.said, link, self._job.view.hashtags, places)

    def _written(self, link: Link) -> str:
        """What the account's command wrote, in marked parts; "" with a warning where it failed, or there is none."""
        if self._writes is None:
            return ""
        from syndicate.rendering.own_words import in_parts

        if self.own_words is None:
            limit = self._job.limits.text
            self.own_words = self._writes(
                self._job.article, self._job.account, self._job.name, limit=limit, link=link[:] or None
            )
            if self.own_words.fault:
                self._job.warnings.append(f"text.command: {self.own_words.fault}; the template writes the text")
        return in_parts(self.own_words.text, link, self._url) if self.own_words.text else ""

    def _spans(self, fitted: Fitted, link: Link) -> tuple[Span, ...]:
        """The links, tags and mentions of the text; a link that is shown short leads to the whole address."""
        short = link.shown != link
        spans = tuple(
            replace(span, value=link[:]) if short and span.kind == "link" and span.value == link.shown else span
            for span in fitted.spans
        )
        if self.words_of_note.anchors:
            spans = carried_spans(self.words_of_note, replace(fitted, spans=spans))
        if self._manner.rich and is_rich(self._job.platform):
            return self._job.platform.linked(fitted.text, spans)
        return spans


def _leads_to(link: str, text: Fitted) -> bool:
    return any(span.kind == "link" and span.value == link for span in text.spans)


def _is_cut(written: str, text: str) -> bool:
    from syndicate.rendering.own_words import is_cut

    return is_cut(written, text)
