"""The ways in which a secret can be spelled in what servers say: in addresses, in JSON, in HTML, in base64. Pure."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

from syndicate.model.dataclass import dataclass

LONG = 8
"""Characters from which on a secret is found in upper and lower case: a shorter one may be a word."""
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
_WORD = "[A-Za-z0-9+/_-]*"
_HIDDEN = {character: f"\\u{ord(character):04x}" for character in "<>&'"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to spell a secret. `base64`: this is its core; what stands around it is a part of the same word."""

    text: str
    any_case: bool
    base64: bool = False

    def pattern(self) -> re.Pattern[str]:
        """What finds it."""
        found = f"{_WORD}{re.escape(self.text)}{_WORD}={{0,2}}" if self.base64 else re.escape(self.text)
        return re.compile(found, re.IGNORECASE if self.any_case else 0)


@lru_cache(4096)  # of one more than it holds, each would be spelled anew each time
def spellings(secret: str) -> frozenset[Spelling]:
    """All ways to spell it: as it is, and as other software writes it."""
    any_case = len(secret.strip()) >= LONG
    texts = {secret, secret.strip(), *_in_addresses(secret), *_in_json(secret), *_in_html(secret)}
    cores = (Spelling(core, any_case=False, base64=True) for core in _cores(secret))
    return frozenset((*(Spelling(text, any_case) for text in texts), *cores))


def _in_addresses(secret: str) -> Iterator[str]:
    """Percent-encoded once and twice, in capitals and not."""
    once = {encode(secret, errors="replace") for encode in (quote, quote_plus)} | {
        quote(secret, safe="", errors="replace")
    }
    both = once | {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in once}
    yield from both
    yield from (quote(form, safe="") for form in both)


def _in_json(secret: str) -> Iterator[str]:
    """As JSON and Python write it. JSON may escape letters that are not ASCII, slashes, and what HTML reserves."""
    yield repr(secret)[1:-1]
    for plain in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        forms = {plain, plain.replace("/", "\\/")}
        for character, escaped in _HIDDEN.items():
            forms |= {form.replace(character, escaped) for form in forms}
        yield from forms
        yield from (_ESCAPED.sub(lambda found: f"\\u{found[1].upper()}", form) for form in forms)


def _in_html(secret: str) -> Iterable[str]:
    """As HTML writes it; quotation marks can be escaped in several ways, or not."""
    escaped = html.escape(secret, quote=False)
    doubles = {escaped.replace('"', each) for each in ('"', "&quot;", "&#34;")}
    return {form.replace("'", each) for form in doubles for each in ("'", "&#x27;", "&#39;", "&apos;")}


def _cores(secret: str) -> Iterator[str]:
    """The characters of base64 that depend on nothing but the secret, whichever of three bytes it begins with."""
    data = secret.encode("utf-8", "replace")
    for before in range(3):
        bits = 8 * (before + len(data))
        core = b64encode(bytes(before) + data)[-(-8 * before // 6) : bits // 6].decode()
        if len(core) >= 6:
            yield from (core, core.translate(str.maketrans("+/", "-_")))
