"""Recognises notes, entries without a headline of their own, and takes their words whole, with their links.

A title that only repeats the words, or is a date or a number, counts as none where no entry of the document has another
one; the date of an entry in digits, and what the source calls untitled, in any case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from syndicate.addresses import as_link
from syndicate.aliases import site_host, urlkey
from syndicate.dates import parse
from syndicate.model import Article, Note
from syndicate.model.pattern import pattern
from syndicate.sources.parsing import html_text, summaries
from syndicate.sources.parsing.fields import ParseContext, address
from syndicate.text import breaks, clip

BODY = 5_000
"""Characters of a note that are kept, more than nearly every network takes."""

Doubt: TypeAlias = Literal["", "cut", "lead", "same", "number"]
"""Why a title may be none: it was cut from the words, it is their first sentence or all of them, or it is no words."""

_LINK_WORDS = 100  # characters of words that can carry a link; longer ones stand beside it
_FEW = 3  # titles from which on those that were cut without an ellipsis tell that all of them are none
_OPEN, _SHUT, _CLOSE = "\U0010fff0", "\U0010fff1", "\U0010fff2"  # around words that are a link, while tags go
_MARK = pattern(f"{_OPEN}(\\d+){_SHUT}|{_CLOSE}")
_SIGNS = dict.fromkeys(map(ord, (_OPEN, _SHUT, _CLOSE)))
_ANCHOR = pattern(rf"<(/?)a(?=[\s>/])({html_text.ATTRIBUTES})>", re.IGNORECASE)
_HREF = pattern(r"""(?<![\w:-])href\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_FIRST = pattern(r"(?:<[^<>]*+>|&[#\w]{1,10};|[^<>&\w])*+(\w)")
_CUT = pattern(r"\[\s*(?:…|\.\.\.|&hellip;|&#8230;|&#x2026;)\s*\]", re.IGNORECASE)
_ENDS_CUT = pattern(r"(?:…|\.\.\.|&hellip;|&#8230;|&#x2026;)(?:\s|<[^<>]*+>)*\Z", re.IGNORECASE)
_ELLIPSIS = ("…", "...")
_DATE = pattern(
    r"(?:19|20)\d\d(?:[-./]\d\d?[-./]\d\d?|[01]\d[0-3]\d)(?:[T ,_-]{0,3}[0-2]?\d[:.h]?[0-5]\d(?:[:.]?[0-5]\d)?)?"
    r"(?:\s?(?:Z|UTC|[+-]\d\d:?\d\d))?"
    r"|\d\d?[./]\d\d?[./](?:19|20)\d\d(?:[ ,]{1,2}[0-2]?\d[:.][0-5]\d(?:[:.][0-5]\d)?)?"
)
_UNTITLED = pattern(
    r"[(\[]?\s*(?:untitled|no title|without title|sans titre|ohne titel|sin título)\s*[)\]]?", re.IGNORECASE
)
_NUMBER = pattern(r"#?\d{3,}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,40}|https?://\S+", re.IGNORECASE)
_YEAR = pattern(r"(?:19|20)\d\d")
_LETTERS = pattern(r"[^\W_]+")


def told(
    article: Article,
    reader: ParseContext,
    contents: Callable[[], Iterable[str]],
    descriptions: Callable[[], Iterable[str]] = tuple,
    *,
    plain: str = "",
    said: bool = False,
) -> Article:
    """The article of an entry; as a note where it has no headline, or where `settled` may find that it has none.

    `contents` and `descriptions` give its texts as HTML, `plain` is one without HTML. `said`: the source calls it a
    note; then a title that is not among its words goes before them.
    """
    if reader.rule.words:
        article = replace(article, content=summaries.content(contents(), plain, url=article.url))
    if article.kind != "article" or reader.rule.links == "out" or _leads_away(article, reader):
        return article
    rule, title = reader.rule.headlines, article.title
    if title and says_nothing(title) and rule != "always":
        found = _note(article, reader, contents, descriptions, plain)
        return article if not found.body and not article.images else _as_note(article, found)
    if title and not said and rule == "always":
        return article
    if title and not said and rule == "auto" and not _may_repeat(title, contents, descriptions, plain):
        return article
    found = _note(article, reader, contents, descriptions, plain)
    if said:
        found = _titled(found, title)
    if title and not said and rule == "auto":
        return replace(article, note=found) if doubt(title, found.body) else article
    if title and not found.body and not article.images:
        found = Note(title)
    return _as_note(article, found)


def says_nothing(title: str) -> bool:
    """Whether a title is a date in digits, or says that there is none."""
    return _DATE.fullmatch(title) is not None or _UNTITLED.fullmatch(title) is not None


def in_words(article: Article, words: str) -> Article:
    """The article as a note in these plain words; a title that is not among them goes before them."""
    note = _bounded(_titled(Note(words), article.title).body, (), whole=True)
    return replace(article, title="", summary=article.summary or opening(note), note=note)


def settled(articles: Sequence[Article]) -> Sequence[Article]:
    """The articles of one document. Where all titles are cut from the words, or dates or numbers, there are none."""
    unsure = [article for article in articles if article.title and article.note is not None]
    if not unsure:
        return articles
    none = len(unsure) == sum(bool(article.title) for article in articles) and _are_none(unsure)
    return [
        each if not each.title or each.note is None else _as_note(each, each.note) if none else replace(each, note=None)
        for each in articles
    ]


def _are_none(unsure: Sequence[Article]) -> bool:
    """Whether titles that are all in doubt are none: a third of them surely; of a few, one has an ellipsis, or two are
    numbers.
    """
    doubts = [doubt(article.title, article.body) for article in unsure]
    sure = sum(each in ("cut", "number") for each in doubts)
    if len(unsure) < _FEW and doubts.count("number") < 2:
        return any(each.title.endswith(_ELLIPSIS) for each in unsure) and sure > 0
    return sure * 3 >= len(unsure) and sure > 0


def doubt(title: str, body: str) -> Doubt:
    """Why a title may be none, if it may."""
    if _NUMBER.fullmatch(title) or _is_a_day(title):
        return "number"
    mine, words = _letters(title), _letters(body)
    if not mine or not words.startswith(mine):
        return ""
    if words == mine:
        return "same"
    rest = _after(body, len(mine))
    if title.endswith(_ELLIPSIS):
        return "cut"
    return "lead" if not rest or rest.lstrip(" \"'”’»)").startswith((".", "!", "?", ":", "\n", "…", "。")) else "cut"


def body(markup: str, page: str, base: str, *, plain: bool = False) -> Note:
    """All words of a text as HTML, of the note at `page`. An address stands behind the words that lead to it."""
    if plain:
        return _bounded(summaries.plain_words(markup, url=page), (), whole=True)
    places: list[str] = []

    def marked(tag: re.Match[str]) -> str:
        if tag[1]:
            return _CLOSE
        found = _HREF.search(tag[2])
        places.append(html_text.unescape((found[1] or found[2] or found[3] or "").strip()) if found else "")
        return f"{_OPEN}{len(places) - 1}{_SHUT}"

    markup = markup.translate(_SIGNS) if not markup.isascii() else markup
    text = summaries.words(markup, url=page, marked=lambda html: _ANCHOR.sub(marked, html))
    links: list[tuple[str, str]] = []
    written = "".join(_written(text, places, page, base, links))
    return _bounded(html_text.lines(written), links, whole=_CUT.search(markup[-600:]) is None)


def opening(note: Note) -> str:
    """The first words of a note, without the addresses of its links."""
    text = note.body
    for words, place in note.links:
        text = text.replace(f"{words} ({place})", words, 1)
    return summaries.first_words(text)


def _titled(note: Note, title: str) -> Note:
    """The note with its title before its words, unless they begin with it."""
    if not title or _letters(note.body).startswith(_letters(title)):
        return note
    return replace(note, body=f"{title}\n\n{note.body}".strip())


def _as_note(article: Article, note: Note) -> Article:
    summary = "" if article.title else article.summary
    return replace(article, title="", summary=summary or opening(note), note=note)


def _leads_away(article: Article, reader: ParseContext) -> bool:
    """Whether the entry's page is on another site than the feed: then the page is what it is about."""
    if not article.url or not reader.home:
        return False
    return site_host(article.url) != site_host(reader.home)


def _may_repeat(
    title: str,
    contents: Callable[[], Iterable[str]],
    descriptions: Callable[[], Iterable[str]],
    plain: str,
) -> bool:
    """Whether a title is worth a look: it is a number or a day, or begins as the words do."""
    if _NUMBER.fullmatch(title) or _is_a_day(title):
        return True
    mine = _LETTERS.search(title)
    text = next((each for each in (*contents(), plain, *descriptions()) if each), "")
    first = _FIRST.match(text[:2000])
    return bool(mine and first) and mine[0][:1].casefold() == first[1].casefold()  # type: ignore[index]


def _note(
    article: Article,
    reader: ParseContext,
    contents: Callable[[], Iterable[str]],
    descriptions: Callable[[], Iterable[str]],
    plain: str,
) -> Note:
    """The words of an entry: of its content, else of its plain text, else of its description, which may be cut."""
    base = article.url or reader.base
    for markup in contents():
        if (found := body(markup, article.url, base)).body:
            return found
    if plain and (found := body(plain, article.url, base, plain=True)).body:
        return found
    for markup in descriptions():
        if (found := body(markup, article.url, base)).body:
            return replace(found, whole=found.whole and _ENDS_CUT.search(markup[-600:].rstrip()) is None)
    return Note("")


def _written(text: str, places: Sequence[str], page: str, base: str, links: list[tuple[str, str]]) -> Iterator[str]:
    """The text with each link's address behind its words; `links` gets those whose words can carry it."""
    at, opened = 0, ""
    for mark in _MARK.finditer(text):
        words, at = text[at : mark.start()], mark.end()
        yield _linked(words, opened, page, links) if opened and mark[1] is None else words
        opened = as_link(address(places[int(mark[1])], base)) if mark[1] is not None else ""
    yield text[at:]


def _linked(words: str, place: str, page: str, links: list[tuple[str, str]]) -> str:
    said = words.strip()
    if not said:
        return words
    same, bare = _is_address(said, place), said.startswith("#") and len(said.split()) == 1
    if urlkey(place) == urlkey(page) or not urlkey(place):
        return "" if same or not any(map(str.isalnum, said)) else words
    if bare:
        return words
    before, _, after = words.partition(said)
    if same:
        return f"{before}{place}{after}"
    if "\n" not in said and len(said) <= _LINK_WORDS:
        links.append((html_text.line(said), place))
    return f"{before}{said} ({place}){after}"


def _is_address(words: str, place: str) -> bool:
    """Whether words are a link's own address, whole or as an app shortens it."""
    if len(words.split()) != 1 or "." not in words:
        return False
    shown, whole = (re.sub(r"^https?://(?:www\.)?", "", each.casefold()).rstrip("/…") for each in (words, place))
    return whole.startswith(shown)


def _bounded(text: str, links: Iterable[tuple[str, str]], *, whole: bool) -> Note:
    """At most BODY characters, cut at a word, with the links that are left."""
    if len(text) > BODY:
        head, whole = text[: BODY + 2_000], False
        ends = [end for end in breaks(head) if end < BODY]
        text = clip(head, ends[-1]) if ends else head[:BODY]
    kept, at = [], 0
    for words, place in links:
        found = text.find(piece := f"{words} ({place})", at)
        if found >= 0:
            kept.append((words, place))
            at = found + len(piece)
    return Note(text, tuple(kept), whole)


def _is_a_day(title: str) -> bool:
    """Whether a title is nothing but a date in words: "28 November 2026"."""
    return len(title) <= 40 and bool(_YEAR.search(title)) and parse(title, timezone="UTC", now=None) is not None


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text.casefold()))


def _after(text: str, count: int) -> str:
    """What follows so many letters and digits of a text, as `_letters` counts them."""
    for found in _LETTERS.finditer(text.casefold()):
        if count <= len(found[0]):
            return text[found.start() + count :]
        count -= len(found[0])
    return ""
