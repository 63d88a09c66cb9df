"""Tells whether a list in which nothing is known looks like its source's own next articles. Pure.

The form of an address is what stays the same from article to article: how many parts its path has, which of them are
numbers or words, its ending, the names in its query. The form of a headline is how all of them begin or end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from syndicate.aliases import folded, site_host
from syndicate.model import ENCLOSED, Article
from syndicate.model.pattern import pattern

MOST, LEAST = 3 / 4, 1 / 4
"""Shares of a list: what most of its articles have, and what hardly one of the known ones has."""

FEW = 4  # headlines that tell how all of them begin or end

_ENDING = pattern(r"\.[a-z][a-z0-9]{1,5}\Z", re.IGNORECASE)
_CUT = ("…", "...", "[…]", "[...]")


def difference(listed: Sequence[Article], known: Sequence[Article], newest: datetime | None, *, roams: bool) -> str:
    """In what a list differs from the known articles of its source, in words; "" where it does not.

    `newest` is the date of the newest known one. `roams`: the source leads to many sites, so addresses tell nothing.
    """
    if not _mostly(listed, lambda article: is_newer(article, newest)):
        return "and some of it is not newer than what was known before"
    if not roams and (told := _other_addresses(_addresses(listed), _addresses(known))):
        return told
    return _other_headlines([a.title for a in listed if a.title], [a.title for a in known if a.title])


def is_newer(article: Article, newest: datetime | None) -> bool:
    """Whether it is newer than the newest article known before. Undated ones are: they are only planned on top.

    Both dates are the same source's, so a time zone that was guessed was guessed for both.
    """
    if newest is None or article.published is None:
        return True
    slack = timedelta(days=1) if article.precision == "day" else timedelta(0)
    return article.published > newest - slack


def address_form(url: str) -> str:
    """The form of an address: "/2026/11/28/a-b" and "/2025/01/02/c" are both "/9/9/9/w"."""
    parts = urlsplit(url)
    path = unquote(parts.path).strip("/")
    ending = _ENDING.search(path)
    path = path.removesuffix(ending[0]) if ending else path
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return (
        "".join(f"/{_form(part)}" for part in path.split("/"))
        + (ending[0].lower() if ending else "")
        + "?".join(("", *names))
    )


def _form(part: str) -> str:
    """The form of one part of a path: its words are one "w", a number at its begin or end "9", a code "#"."""
    words = [word for word in re.split(r"[\W_]+", part) if word]
    mixed = "w" if len(words) > 1 else "#"
    kinds = ["9" if word.isdigit() else "w" if word.isalpha() else mixed for word in words]
    if len(kinds) < 3:
        return "-".join(dict.fromkeys(kinds))
    return "-".join([*(["9"] if kinds[0] == "9" else []), "w", *(["9"] if kinds[-1] == "9" else [])])


def _addresses(articles: Sequence[Article]) -> list[str]:
    """The addresses of articles; those of recordings tell nothing."""
    return [article.url for article in articles if article.url and ENCLOSED not in article.raw]


def _other_addresses(listed: Sequence[str], known: Sequence[str]) -> str:
    if not known:
        return ""
    hosts = {site_host(url) for url in known}
    foreign = [host for url in listed if (host := site_host(url)) and host not in hosts]
    if len(foreign) > len(listed) * LEAST:
        return f"and it leads to {foreign[0]}"
    forms = {address_form(url) for url in known}
    strange = [url for url in listed if address_form(url) not in forms]
    if len(strange) > len(listed) * LEAST:
        return f"and its addresses have another form, such as {strange[0]}"
    folders, theirs = ([folder for url in urls if (folder := _folder(url))] for urls in (listed, known))
    settled = len(set(theirs)) * 2 <= len(theirs)
    if settled and len(folders) > len(listed) * MOST and not set(folders) & set(theirs):
        return f"and its addresses are in another folder, /{folders[0]}/"
    return ""


def _folder(url: str) -> str:
    """The first part of an address's path, if more follows and it is no number; else ""."""
    first, _, rest = unquote(urlsplit(url).path).strip("/").partition("/")
    return first.casefold() if rest and not first.isdigit() else ""


def _other_headlines(listed: Sequence[str], known: Sequence[str]) -> str:
    """How most headlines of a list begin or end, where hardly one of the known ones does; or the other way round."""
    signs: tuple[tuple[Callable[[str], str], str], ...] = (
        (_first, "begin"),
        (_last, "end"),
        (lambda title: "…" if title.rstrip().endswith(_CUT) else "", "end"),
        (lambda title: "capitals" if title.isupper() else "", "are written"),
    )
    for sign, verb in signs:
        for many, few, whose in ((listed, known, "its"), (known, listed, "the known")):
            common = _common(many, sign)
            if common and len(few) >= FEW and sum(sign(title) == common for title in few) <= len(few) * LEAST:
                other = "" if whose == "its" else ", and its own do not"
                return f"and {whose} headlines {verb} with “{common}”{other}"
    return ""


def _common(titles: Sequence[str], sign: Callable[[str], str]) -> str:
    """The sign that most of these headlines have; "" where they share none, or are too few to tell."""
    if len(titles) < FEW:
        return ""
    [(common, count)] = Counter(map(sign, titles)).most_common(1)
    return common if count >= len(titles) * MOST else ""


def _first(title: str) -> str:
    return next(iter(folded(title).split()), "")


def _last(title: str) -> str:
    return next(reversed(folded(title).split()), "")


def _mostly(listed: Sequence[Article], holds: Callable[[Article], bool]) -> bool:
    return sum(map(holds, listed)) >= len(listed) * MOST
