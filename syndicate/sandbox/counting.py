"""Counts lengths as the networks do, implemented from their published rules.

It is independent of `syndicate.text` and `syndicate.platforms`, so that it reveals mistakes there.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import normalize

URL_LENGTH = 23
ADDRESS = re.compile(r"(?<![A-Za-z0-9@$#\uff20\uff03])https?://[^\s<>\"'«»“”„]+", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w/=])@(\w+(?:[\w.-]*\w)?)@[\w-]+(?:\.[\w-]+)*", re.ASCII)


def graphemes(text: str) -> int:
    """The number of grapheme clusters (UAX 29), which readers call characters."""
    if text.isascii() and "\r" not in text:
        return len(text)
    import regex

    return sum(1 for _ in regex.finditer(r"\X", text))


def addresses(text: str) -> list[str]:
    """The http and https addresses of a text, without the punctuation that ends a sentence."""
    return [_trim(found) for found in ADDRESS.findall(text)]


def _trim(url: str) -> str:
    """An address without closing punctuation, and without the end of a bracket that opens before it."""
    while True:
        bare = url.rstrip(".,;:!?…'*")
        if bare.endswith(")") and bare.count("(") < bare.count(")"):
            bare = bare[:-1]
        if bare == url:
            return url
        url = bare


def mastodon_length(text: str, *, per_url: int = URL_LENGTH) -> int:
    """Grapheme clusters; an address counts `per_url`, and of @user@domain only @user.

    mastodon/documentation @ 2903485d (2026-07-02), user/posting and methods/instance.
    """

    def shorten(match: re.Match[str]) -> str:
        bare = _trim(match[0])
        return "x" * per_url + match[0][len(bare) :]

    return graphemes(MENTION.sub(r"@\1", ADDRESS.sub(shorten, text)))


def weighted_length(text: str) -> int:
    """Length as X counts: an address is 23, an emoji 2, a character in the config's ranges 1, any other 2.

    twitter/twitter-text config/v3.json @ 30e2430d (2021-10-21); docs.x.com counting-characters (2026-08-22).
    """
    text = normalize("NFC", text)
    total = 0
    at = 0
    for start, end, _ in recognised(text):
        total += _plain_weight(text[at:start]) + URL_LENGTH
        at = end
    return total + _plain_weight(text[at:])


def _plain_weight(text: str) -> int:
    if text.isascii() and "\u20e3" not in text:
        return len(text)
    rest, emoji = _emoji().subn("", text)
    return 2 * int(emoji) + sum(1 if _light(ord(char)) else 2 for char in rest)


def _light(code: int) -> bool:
    return code <= 4351 or 8192 <= code <= 8205 or 8208 <= code <= 8223 or 8242 <= code <= 8247


def recognised(text: str) -> list[tuple[int, int, str]]:
    """Start, end and text of each address that X turns into a t.co link.

    A host needs a top-level domain that exists, so loopback addresses and `.example` are not recognised. Without
    a scheme only an ASCII host counts, and not right behind `@`, `#`, `$`, `-`, `_`, `.`, `/` or a letter.
    """
    if "." not in text:
        return []
    found = []
    for match in _url().finditer(text):
        start, end = match.span("url")
        if match["scheme"] is None:
            hosts = [(start + each.start(), start + each.end()) for each in _ascii_host().finditer(match["host"])]
            if not hosts or match["before"] in tuple("-_./"):
                continue
            if end > start + len(match["host"]):
                hosts[-1] = (hosts[-1][0], end)
            found += [(first, last, text[first:last]) for first, last in hosts]
        elif (short := _short().match(match["url"])) is not None:
            found.append((start, start + short.end(), short[0]))
        else:
            found.append((start, end, match["url"]))
    return found


@cache
def _domains() -> str:
    """Top-level domains of the IANA root zone as one alternation, the longest first."""
    names = files("syndicate").joinpath("tlds.txt").read_text("utf-8").split()
    return "|".join(sorted(names, key=len, reverse=True)) + r"|xn--[-0-9a-z]+"


@cache
def _emoji() -> Any:
    import regex

    one = r"\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:[\U000E0020-\U000E007E]+\U000E007F)?"
    return regex.compile(rf"\p{{RI}}{{2}}|[0-9#*]\uFE0F?\u20E3|(?![©®](?!\uFE0F)){one}(?:\u200D{one})*")


_LATIN = (
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f"
    r"\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_MARKS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"


@cache
def _url() -> Any:
    """The grammar of an address in a post (twitter/twitter-text, as the reference page names it)."""
    import regex

    char = rf"[^\s!\"#%&'()*+,\\\-./:;<=>?@\[\]^_`{{|}}~$\ufffe\ufeff\uffff\x00-\x1f\x7f{_MARKS}]"
    label = rf"{char}(?:-*{char})*"
    host = rf"(?:{char}(?:[_-]*{char})*\.)*{label}\.(?:{_domains()})(?=[^0-9a-z@+-]|$)"
    general = rf"[a-z\p{{Cyrillic}}0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
    nested = rf"\((?:{general}+|{general}*\({general}+\){general}*)\)"
    ending = rf"(?:[=_#/+\-a-z0-9\p{{Cyrillic}}{_LATIN}]|{nested})"
    path = rf"(?:{general}*(?:{nested}{general}*)*{ending}|@{general}+/)"
    query = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
    return regex.compile(
        rf"(?<before>[^a-z0-9@\uff20$#\uff03{_MARKS}]|[{_MARKS}]|^)"
        rf"(?<url>(?<scheme>https?://)?(?<host>{host})(?::[0-9]+)?(?:/{path}*)?(?:{query})?)",
        regex.IGNORECASE,
    )


@cache
def _ascii_host() -> Any:
    import regex

    return regex.compile(rf"(?:[-a-z0-9{_LATIN}]+\.)+(?:{_domains()})(?=[^0-9a-z@+-]|$)", regex.IGNORECASE)


@cache
def _short() -> Any:
    import regex

    return regex.compile(r"https?://t\.co/[a-z0-9]{1,40}", regex.IGNORECASE)
