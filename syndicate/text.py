"""Text functions: graphemes, addresses, hashtags, campaign parameters, cutting at words. Pure.

Nothing here depends on a network. `rendering.fit` decides what to cut, this module where it may be cut.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

from syndicate.model.pattern import pattern

ELLIPSIS = "…"

CP1252 = "syndicate-cp1252"
"""For `bytes.decode(errors=…)`: a byte that is not UTF-8 is read as Windows-1252."""

_LONG_WORD = 40
"""Graphemes from which on a word may be cut inside: no language has words so long."""

_LONGEST_CLUSTER = 20
"""Characters of what a reader sees as one; of texts with more, only the beginning is looked at."""

_LONG_TAG = 64
"""Graphemes of the longest hashtag (`maxGraphemes` of a tag facet in atproto's app.bsky.richtext.facet)."""

_CLUSTER = r"[\U0001f1e6-\U0001f1ff]{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*+|\X"
"""Flags apart: for each of them, `\\X` alone would count all flags before it."""

_NOISE = pattern(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\ufeff\ufdd0-\ufdef\ud800-\udfff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_SPACE = pattern("[ \t\n\r\f\v\x85\u2028\u2029]+")
_WORD = pattern("[^ \t\n\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]+")
_ADDRESS = pattern(
    '(?<![A-Za-z0-9])https?://[^\\s<>"“”„«»‹›`{}|\\\\^…\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\ufdd0-\ufdef]+',  # noqa: RUF001  (these very characters are meant)
    re.IGNORECASE,
)
_LOOSE_END = " \t\n\u00a0\u202f\u3000.,;:·、。，،؛/|-–—([{¿¡«“‘„‚「『【《〈…"  # noqa: RUF001  (these very characters are meant)
_AFTER_ADDRESS = ".,;:!?'’*_~"
_EMBEDDINGS = "\u202a\u202b\u202d\u202e"
_END_EMBEDDING = "\u202c"
_ISOLATES = "\u2066\u2067\u2068"
_END_ISOLATE = "\u2069"
_JOINED = "'’ʼ`´·\u200b\u200c\u200d\u2060"  # noqa: RUF001  (these very characters are meant)


def _as_cp1252(fault: UnicodeError) -> tuple[str, int]:
    assert isinstance(fault, UnicodeDecodeError)
    return fault.object[fault.start : fault.end].decode("cp1252", "replace"), fault.end


codecs.register_error(CP1252, _as_cp1252)


def graphemes(text: str) -> list[str]:
    """The characters as a reader counts them: Unicode's extended grapheme clusters."""
    if text.isascii() and "\r" not in text:
        return list(text)
    found: list[str] = _pattern(_CLUSTER).findall(text)
    return found


def plain(text: str) -> str:
    """One clean line: single spaces, no control characters or noncharacters, direction marks in pairs.

    No-break spaces stay, since French typography needs them.
    """
    if text.isascii() and text.isprintable() and "  " not in text:  # most texts are, and each story has a dozen
        return text.strip()
    return balanced(_SPACE.sub(" ", _NOISE.sub("", text)).strip())


def bounded(text: str, length: int) -> str:
    """The text; of a longer one so many characters, which nobody would read to their end."""
    return text if len(text) <= length else clip(text, length)


def paragraphs(text: str) -> str:
    """Clean lines, as by `plain`, with at most one blank line between two."""
    if "\n" not in text:
        return plain(text)
    kept: list[str] = []
    for line in map(plain, text.split("\n")):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def balanced(text: str) -> str:
    """The text with every direction mark that it opens closed at its end, so that what follows is not affected."""
    if text.isascii() or not any(mark in text for mark in (*_EMBEDDINGS, _END_EMBEDDING, *_ISOLATES, _END_ISOLATE)):
        return text
    kept: list[str] = []
    pending: list[str] = []
    isolates = 0
    for character in text:
        if character in _EMBEDDINGS:
            pending.append(_END_EMBEDDING)
        elif character in _ISOLATES:
            pending.append(_END_ISOLATE)
            isolates += 1
        elif character == _END_EMBEDDING:
            if pending[-1:] != [character]:
                continue
            pending.pop()
        elif character == _END_ISOLATE:
            if not isolates:
                continue
            isolates -= 1
            while pending.pop() != character:
                pass  # closing an isolate closes what was opened inside of it
        kept.append(character)
    return "".join(kept + pending[::-1])


def addresses(text: str) -> list[tuple[int, int]]:
    """The offsets of http and https addresses in running text, without the punctuation that follows them."""
    found: list[tuple[int, int]] = []
    if "//" not in text:
        return found
    for match in _ADDRESS.finditer(text):
        address = _without_punctuation(match.group())
        if not address.endswith("//"):
            found.append((match.start(), match.start() + len(address)))
    return found


@cache
def top_level_domains() -> frozenset[str]:
    """The names in the IANA root zone, in lower case (`tlds.txt`; data.iana.org/TLD/tlds-alpha-by-domain.txt)."""
    return frozenset(Path(__file__).with_name("tlds.txt").read_text("utf-8").split())


def _without_punctuation(address: str) -> str:
    round_ones, square_ones = (address.count(closing) - address.count(opening) for opening, closing in ("()", "[]"))
    end = len(address)
    while True:
        last = address[end - 1]
        if last == ")" and round_ones > 0:
            round_ones -= 1
        elif last == "]" and square_ones > 0:
            square_ones -= 1
        elif last not in _AFTER_ADDRESS:
            return address[:end]
        end -= 1


def utm(url: str, params: Mapping[str, str]) -> str:
    """The address with campaign parameters added: `{"medium": "social"}` becomes `utm_medium=social`.

    A parameter the address already has wins; everything that was there stays as it was, byte for byte.
    """
    rest, hash_mark, fragment = url.partition("#")
    base, _, query = rest.partition("?")
    present = {unquote_plus(pair.partition("=")[0]) for pair in query.split("&")}
    names = {name if name.startswith("utm_") else f"utm_{name}": value for name, value in params.items()}
    added = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in names.items() if name not in present)
    if not added:
        return url
    joint = "" if not query or query.endswith("&") else "&"
    return f"{base}?{query}{joint}{added}{hash_mark}{fragment}"


def hashtags(section: str | None, categories: Iterable[str]) -> tuple[str, ...]:
    """Tags without `#`, the section's path first, each once whatever its case.

    "News > human rights" gives News and HumanRights. Letters, digits and underscores of any script;
    what has no letter is not a tag, since the networks do not link it, nor is a single Latin letter (C++).
    """
    names = [name for path in (section or "", *categories) for name in path.split(">")]
    found: dict[str, str] = {}
    for tag in map(_camel, names):
        if _says_something(tag):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def has_hashtag(text: str, tag: str) -> bool:
    """Whether a text has this hashtag (without its `#`), whatever its case."""
    if "#" not in text and "＃" not in text:  # noqa: RUF001  (the full-width sign is meant)
        return False
    text, tag = unicodedata.normalize("NFC", text).casefold(), tag.casefold()
    for found in re.finditer(f"[#＃]{re.escape(tag)}", text):  # noqa: RUF001  (the full-width sign is meant)
        before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
        if not (before.isalnum() or before in ("/", "&")) and (not after or _tag_character(after) in ("", " ")):
            return True
    return False


def _says_something(tag: str) -> bool:
    lone = len(tag) == 1 and tag.isascii()
    return any(character.isalpha() for character in tag) and not lone and len(graphemes(tag)) <= _LONG_TAG


def _camel(name: str) -> str:
    """Words joined, each with a capital; a word that has capitals of its own keeps them (NATO, iPhone)."""
    spaced = "".join(map(_tag_character, unicodedata.normalize("NFC", name)))
    words = (_capital(word) for word in spaced.split() if unicodedata.category(word[0])[0] != "M")
    return "".join(words)


def _tag_character(character: str) -> str:
    """What a character becomes inside a hashtag: itself, nothing (apostrophes), or a space between words."""
    kind = unicodedata.category(character)
    if kind == "No" and unicodedata.normalize("NFKC", character).isdecimal():
        return unicodedata.normalize("NFKC", character)
    if character in _JOINED or kind == "Me" or "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0000":
        return ""
    return character if kind[0] == "L" or kind in ("Mn", "Mc", "Nd", "Nl") or character == "_" else " "


def _capital(word: str) -> str:
    if word != word.lower():
        return word
    first = word[:1].title()
    return first + word[1:] if len(first) == 1 else word


def cut(text: str, length: int) -> str:
    """At most `length` graphemes: whole if it fits, else cut at a word, with an ellipsis.

    Never inside a grapheme or an address; scripts written without spaces are cut between graphemes.
    """
    room = _LONGEST_CLUSTER * (length + 1)
    text, whole = text[:room], text
    if len(whole) <= room and len(graphemes(text)) <= length:
        return whole
    ends = breaks(text)
    position = bisect_right(ends, length, key=lambda end: len(graphemes(clip(text, end))))
    return clip(text, ends[position - 1]) if position else ""


def clip(text: str, end: int) -> str:
    """`text` up to `end` with an ellipsis; "" when nothing worth showing is left."""
    head = text[:end].rstrip(_LOOSE_END)
    return balanced(head) + ELLIPSIS if head else ""


def breaks(text: str) -> list[int]:
    """The offsets at which `text` may be cut, in order; its end is not one of them.

    After words; between the graphemes of scripts without spaces; inside a word only when it is very
    long or the first one. Never inside an address, a hashtag or a handle, nor where `clip` leaves nothing.
    """
    kept = addresses(text)
    lead = len(text) - len(text.lstrip(_LOOSE_END))
    found: list[int] = []
    for word in _WORD.finditer(text):
        first = word.start() <= lead < word.end()
        kept_whole = word.group().lstrip("\u2060").startswith(("#", "@", "＃", "＠"))  # noqa: RUF001  (meant)
        inside = [] if kept_whole else _inner_breaks(word.group(), first=first)
        found.extend(word.start() + offset for offset in inside)
        found.append(word.end())
    within = bytearray(len(text) + 1)
    for start, stop in kept:
        within[start + 1 : stop] = b"\x01" * (stop - start - 1)
    return [end for end in found if lead < end < len(text) and not within[end]]


def _inner_breaks(word: str, *, first: bool) -> list[int]:
    clusters = graphemes(word)
    anywhere = first or len(clusters) > _LONG_WORD
    if not anywhere and not unspaced(word):
        return []
    found, offset = [], 0
    for this, following in pairwise(clusters):
        offset += len(this)
        if anywhere or unspaced(this) or unspaced(following):
            found.append(offset)
    return found


def unspaced(text: str) -> bool:
    """Whether the text has characters of a script that puts no spaces between words, or pictographs."""
    if text.isascii():
        return False
    pattern = (
        r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
        r"\p{Extended_Pictographic}\p{Regional_Indicator}]"
    )
    return _pattern(pattern).search(text) is not None


@cache
def _pattern(pattern: str) -> Any:
    """A pattern compiled by `regex`, which knows graphemes and scripts. Loaded only for text that is not ASCII."""
    import regex

    return regex.compile(pattern)
