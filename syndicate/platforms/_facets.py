"""What is a link, a tag or a short address in a Bluesky text, by the rules of the official app.

Facts: bluesky-social/atproto @ d6296a1c (2026-08-20), packages/api/src/rich-text: detection.ts, util.ts;
bluesky-social/social-app @ 018aad92, src/lib/strings: url-helpers.ts (`toShortUrl`, `linkRequiresWarning`) and
rich-text-manip.ts (`shortenLinks`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from syndicate.model import Json, Span
from syndicate.text import ELLIPSIS, graphemes, top_level_domains

TAG_GRAPHEMES = 64
_TAG_BYTES = 640
_SHOWN_WHOLE, _SHOWN = 15, 13
_RIGHT_TO_LEFT = ("R", "AL", "AN", "RLE", "RLO", "RLI")
_PARTLY_ESCAPED = re.compile(r"%[0-9A-Fa-f]?\Z")

_BARE = re.compile(
    r"(?<![^\s(\[\"'“‘„«‹¿¡「『【《〈])"  # noqa: RUF001  (these very characters are meant)
    r"(?P<host>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.(?P<top>[a-z]{2,}))"
    r"(?![\w@-])(?P<rest>(?::\d+)?(?:[/?#][^\s<>\"“”„«»‹›「」『』【】《》]*)?)",  # noqa: RUF001  (meant)
    re.IGNORECASE | re.ASCII,
)
_UNSEEN = "\u00ad\u2060\u200a\u200b\u200c\u200d\u20e2"
_TAG = re.compile(f"(?<!\\S)[#＃](?!\ufe0f)([^\\s{_UNSEEN}]+)")  # noqa: RUF001  (the full-width sign is meant)


def shown(address: str) -> str:
    """An address as the app shows it: its host, and up to 13 letters of a path of more than 15.

    Host and label have to agree, `www.` included, or the app warns its readers of the link.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme.lower() not in ("http", "https") or not host:
        return address
    rest = address[address.index(parts.netloc) + len(parts.netloc) :]
    path = "" if rest == "/" else _readable(rest)
    if len(path) > _SHOWN_WHOLE:
        path = _PARTLY_ESCAPED.sub("", "".join(graphemes(path)[:_SHOWN])) + ELLIPSIS
    return host.lower() + path


def _readable(path: str) -> str:
    """The path with letters instead of percent signs, unless it then had spaces or ran from right to left."""
    try:
        letters = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return path
    odd = any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT or not sign.isprintable() for sign in letters)
    return path if odd or len(letters.split()) != 1 or letters != letters.strip() else letters


def linked(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """`spans`, and the addresses without a scheme and the hashtags that the app would link besides."""
    taken = [(span.start, span.end) for span in spans]
    found = [
        span
        for span in (*_bare_addresses(text), *_tags(text))
        if not any(span.start < end and start < span.end for start, end in taken)
    ]
    return tuple(sorted((*spans, *found), key=lambda span: span.start))


def _bare_addresses(text: str) -> Iterator[Span]:
    """Addresses such as example.com/vote: their top-level domain exists, in small letters, as the app asks for.

    What an ellipsis follows was cut, and would lead nowhere.
    """
    for match in _BARE.finditer(text) if "." in text else ():
        label = match["host"].split(".")[-2]
        if match["top"] not in top_level_domains() or label.isdecimal() or text[match.end() :].startswith(ELLIPSIS):
            continue
        address = match.group()
        while address[-1] in ".,;:!?'’*" or (address[-1] == ")" and address.count(")") > address.count("(")):
            address = address[:-1]
        if ELLIPSIS not in address:
            yield Span(match.start(), match.start() + len(address), "link", f"https://{address}")


def _tags(text: str) -> Iterator[Span]:
    for match in _TAG.finditer(text):
        tag = _without_closing(match[1])
        telling = any(not (sign.isdecimal() or _is_punctuation(sign)) for sign in tag)
        if telling and len(graphemes(tag)) <= TAG_GRAPHEMES and not match[1].endswith(ELLIPSIS):
            yield Span(match.start(), match.start(1) + len(tag), "tag", tag)


def _without_closing(tag: str) -> str:
    while tag and _is_punctuation(tag[-1]):
        tag = tag[:-1]
    return tag


def _is_punctuation(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "P"


def facets(text: str, spans: Sequence[Span], people: Mapping[str, str]) -> list[Json]:
    """Links, tags and mentions of `people` (DIDs by handle), counted in UTF-8 bytes.

    The server does not check that they lie in the text (measured).
    """
    return [
        {
            "index": {"byteStart": len(text[: span.start].encode()), "byteEnd": len(text[: span.end].encode())},
            "features": [feature],
        }
        for span in sorted(spans, key=lambda span: span.start)
        if (feature := _feature(span, people)) is not None
    ]


def _feature(span: Span, people: Mapping[str, str]) -> dict[str, Any] | None:
    if span.kind == "link":
        return {
            "$type": "app.bsky.richtext.facet#link",
            "uri": re.sub(r"[^!-~]+", lambda odd: quote(odd[0]), span.value),
        }
    if span.kind == "tag" and len(graphemes(span.value)) <= TAG_GRAPHEMES and len(span.value.encode()) <= _TAG_BYTES:
        return {"$type": "app.bsky.richtext.facet#tag", "tag": span.value}
    did = people.get(span.value.lower()) if span.kind == "mention" else None
    if did is not None:
        return {"$type": "app.bsky.richtext.facet#mention", "did": did}
    return None
