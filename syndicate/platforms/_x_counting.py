"""Counts lengths as X does, and finds what X would make a link of.

twitter/twitter-text config/v3.json @ 30e2430d (2021-10-21); xdevplatform/docs @ 2871328, counting characters.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import normalize

from syndicate.model.pattern import pattern
from syndicate.platforms._twitter_text import twitter_text

_LONG = 4000
_BARE_SIGN = pattern("[©®](?!\N{VARIATION SELECTOR-16})")
_LABELS = pattern(r"(?<![^\s./@:?#])(?:[^\s./@:?#]*\.){12,}")
_NARROW = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


@lru_cache(maxsize=1024)
def weighted_length(text: str) -> int:
    """twitter-text's count, by its Python port, which is imported by whoever counts first.

    The port counts a bare © or ® as 2, X's own JavaScript as 1 (measured 2026-11-23): a sign of the
    same kind takes its place. A very long text is counted without parsing, as it is far too long anyway; and a dozen
    names with dots between them are no host, of which the port would try each (seconds for `a.a.a.…`).
    """
    plain = normalize("NFC", text.replace("\r\n", "\n"))
    if len(plain) > _LONG:
        return sum(1 if any(first <= ord(sign) <= last for first, last in _NARROW) else 2 for sign in plain)
    return int(twitter_text().parse_tweet(_BARE_SIGN.sub("\N{BROKEN BAR}", _without_dots(plain))).weightedLength)


def _without_dots(text: str) -> str:
    """The text with dashes for the dots between many names, which are no host and count the same."""
    return _LABELS.sub(lambda found: found[0].replace(".", "-"), text)


def links_by_itself(text: str) -> bool:
    """Whether X would make a link of something in the text, by twitter-text's rules."""
    if "." not in text:
        return False
    return bool(twitter_text().extract_urls(_without_dots(text)))
