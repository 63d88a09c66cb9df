"""Chooses the page's own story among the things that its JSON-LD describes. Pure.

A page also describes what stands around its story: related ones, a player, reviews. Its own is the one whose
address or headline agrees with what the page says of itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from urllib.parse import urlsplit

from syndicate.aliases import folded, urlkey
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern
from syndicate.sources.formats.jsonld import NOTHING, Thing
from syndicate.sources.parsing import html_text

ALIKE = 0.5
"""Two headlines of one story share at least so much of their words."""
_PARTS = pattern(r"\s+(?:[-|–—·•«»:]+)\s+|\s*\|\s*")
_STORY = pattern(r"(?:\w*Article|\w*(?:Blog|Media)?Posting|Report)")


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page says of itself: its addresses, and its headline as title, Open Graph and `<h1>` have it."""

    places: Sequence[str]
    title: str
    headings: Sequence[str]

    def headlines(self) -> set[str]:
        """Every wording of the page's headline, also without the site's name at its end."""
        said = {*map(folded, (self.title, *self.headings))}
        return (said | {folded(" ".join(_PARTS.split(text)[:-1])) for text in (self.title, *self.headings)}) - {""}


def own_story(things: Sequence[Thing], page: Signs) -> Thing:
    """The thing that is the page's own story; NOTHING if none is, or several may be.

    A story that agrees comes before a film or recording that does. Where none agrees, a single story counts that
    states no other address; a review never does.
    """
    known = page.headlines()
    judged = [(thing, _where(thing, page.places), _named(thing, known)) for thing in things]
    agreeing = [each for each in judged if each[1] > 0 or each[2]]
    if agreeing:
        return max(agreeing, key=lambda each: (_is_story(each[0]), 2 * each[1] + each[2], each[1]))[0]
    left = _best([thing for thing, where, _ in judged if where == 0 and "Review" not in thing.types])
    if known and len({folded(thing.text("headline", "name")) for thing in left}) > 1:
        return NOTHING
    return next(iter(left), NOTHING)


def own_headline(thing: Thing, page: Signs) -> str:
    """The headline of the page's story: that of the thing, unless its page says another one twice."""
    said = [text for name in ("headline", "name") if (text := html_text.title(thing.text(name)))]
    known = page.headlines()
    for text in said:
        if likeness(text, known) >= ALIKE:
            return text
    if said and folded(page.title) in {*map(folded, page.headings)} - {""}:
        return page.title
    return said[0] if said else page.title


def likeness(text: str, known: Iterable[str]) -> float:
    """How much of its words a headline shares with the most similar of the `known` ones, which are folded: 0 to 1."""
    mine = folded(text)
    return max((_shared(mine, other) for other in known), default=0.0)


def _shared(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    words, others = {*one.split()}, {*other.split()}
    shorter, longer = sorted((one, other), key=len)
    inside = len(shorter) / len(longer) if shorter in longer else 0.0  # for writing without spaces
    return max(inside, len(words & others) / len(words | others))


def _best(things: Sequence[Thing]) -> Sequence[Thing]:
    """Those with a headline and a story's type, where there are any; else those with a headline."""
    titled = [thing for thing in things if thing.text("headline")]
    return [thing for thing in titled if _is_story(thing)] or titled or things


def _named(thing: Thing, known: Collection[str]) -> int:
    """3 if the thing has the page's headline, 2 if it has one like it, else 0."""
    like = max(likeness(html_text.title(thing.text(name)), known) for name in ("headline", "name"))
    return 3 if like == 1 else 2 if like >= ALIKE else 0


def _where(thing: Thing, places: Sequence[str]) -> int:
    """1 if the thing states an address of the page, -1 if it states others only, 0 if it states none."""
    base = next(iter(places), "")
    keys = {urlkey(each) for each in places} | {_path(each) for each in places}
    stated = [each for each in thing.places(base) if _path(each)]
    if not stated or not (keys - {""}):
        return 0
    return 1 if any(urlkey(each) in keys or _path(each) in keys for each in stated) else -1


def _path(url: str) -> str:
    """The path of an address, as it is the same on a site's other hosts; "" for a front page."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    return f"{path}?{parts.query}" if path and parts.query else path


def _is_story(thing: Thing) -> bool:
    return any(_STORY.fullmatch(kind) for kind in thing.types)
