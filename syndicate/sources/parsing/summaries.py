"""Makes the summary of an article: of its description; without title and description, of its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from syndicate.aliases import urlkey
from syndicate.sources.parsing import elements, html_text, leftovers, shortcodes

CONTENT = 30_000
"""Characters of an article's words that are kept for threads."""
OPENING = 1_000
"""Characters of the first words of a content, which stand for a title and a summary."""
_READ = 50_000  # characters of a text that are looked at
_SIGNS = (
    "[", "…", "&#", "&h", "&lt;", "...", "hidden", "display", "nosnippet", "caption", "credit", "screen-reader",
    "sr-only", "more", "</a>", "http",
)  # fmt: skip
_ONE = re.compile(r"(?:<p>)?[^<>]*[.!?](?:</p>)?\s*")
_WRAPPED = re.compile(r"(?<!\n)\n(?!\s*\n)")


def summary(markup: str, *, title: str = "", url: str = "") -> str:
    """The description of an article as one line, without what its system hangs onto it.

    `title` and `url` are the article's own: a footer names them.
    """
    if _is_one_sentence(markup, title):
        return html_text.summary(markup)
    return html_text.shortened(_said(markup, title, url).replace("\n\n", " ").replace("\n", " "))


def opening(markup: str, *, url: str = "") -> str:
    """The first words of an article's content, with its paragraphs."""
    return first_words(_said(markup, "", url))


def plain_opening(text: str, *, url: str = "") -> str:
    """As `opening`, of a content that is plain text."""
    return first_words(plain_words(text, url=url))


def plain_words(text: str, *, url: str = "") -> str:
    """All words of a content that is plain text, with its lines."""
    return _cleaned(html_text.lines(html_text.unescape(text[:_READ])), "", url)


def words(markup: str, *, url: str = "", marked: Callable[[str], str] = str) -> str:
    """All words of an article's content, with its paragraphs. `marked` changes the HTML before its tags go."""
    return _said(markup, "", url, marked)


def content(contents: Iterable[str], plain: str, *, url: str = "") -> str:
    """An article's words, as far as any thread takes them; "" where its source has no more than a description."""
    found = next((said for each in contents if (said := words(each, url=url))), "") or plain_words(plain, url=url)
    return found[:CONTENT].rpartition(" ")[0] if len(found) > CONTENT else found


def told(title: str, url: str, descriptions: Iterable[str], contents: Iterable[str]) -> str:
    """The summary from an entry's descriptions and contents, both HTML.

    What has a title and no description has no summary.
    """
    if title:
        return next((said for each in descriptions if (said := summary(each, title=title, url=url))), "")
    return next((said for each in (*descriptions, *contents) if (said := opening(each, url=url))), "")


def first_words(text: str) -> str:
    """At most OPENING characters: whole paragraphs if these are most of it, else cut at a word, with an ellipsis."""
    if len(text) <= OPENING:
        return text
    whole = text[: OPENING + 2].rpartition("\n\n")[0].rstrip()
    if len(whole) >= OPENING / 2:
        return whole
    return (text[:OPENING].rpartition(" ")[0] or text[:OPENING]).rstrip(" ,;:–—-\n") + "…"


def _is_one_sentence(markup: str, title: str) -> bool:
    """Whether a description is nothing but a paragraph, as most are, and nothing hangs onto it."""
    small = markup.lower()
    return _ONE.fullmatch(markup) is not None and not (
        any(sign in small for sign in _SIGNS) or leftovers.may_trail(small.strip().removesuffix("</p>"), title)
    )


def _said(markup: str, title: str, url: str, marked: Callable[[str], str] = str) -> str:
    """The text of a description or content, cleaned; captions only if it has nothing else."""
    markup = html_text.uncovered(markup)
    if "<" not in markup:
        markup = markup[: html_text.MOST]
    if "<" not in markup and "&lt;" in markup and html_text.text(markup) != html_text.line(html_text.unescape(markup)):
        markup = html_text.unescape(markup)
    if "<" not in markup:
        return _cleaned(html_text.lines(_WRAPPED.sub(" ", html_text.unescape(markup))), title, url)
    spoken = elements.spoken(leftovers.unlinked(markup, title))
    uncaptioned = elements.uncaptioned(spoken)
    said = _cleaned(html_text.paragraphs(marked(uncaptioned)), title, url)
    return said if said or uncaptioned == spoken else _cleaned(html_text.paragraphs(marked(spoken)), title, url)


def _cleaned(text: str, title: str, url: str) -> str:
    text = shortcodes.removed(text[:_READ])
    head, _, rest = text.lstrip().partition("\n")
    while rest.strip() and leftovers.is_credit(head):
        text = rest
        head, _, rest = text.lstrip().partition("\n")
    return html_text.lines(_unaddressed(leftovers.trimmed(text.strip(), title), url))


def _unaddressed(text: str, url: str) -> str:
    """The text without the article's own address at its end, which the post has anyway."""
    head, _, last = text.rpartition("\n" if "\n" in text.rstrip()[-len(url) - 40 :] else " ")
    if url and last.startswith(("http://", "https://")) and urlkey(last) == urlkey(url):
        return head.rstrip(" :→-–—\n")
    return text
