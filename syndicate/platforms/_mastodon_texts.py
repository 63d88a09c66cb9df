"""How a Mastodon server counts a text, and what it calls a language. Pure.

mastodon/mastodon app/validators/status_length_validator.rb and app/helpers/languages_helper.rb @ 02addb3b.
"""

from __future__ import annotations

import re

from syndicate.model.pattern import pattern
from syndicate.text import graphemes

ADDRESS_WEIGHT = 23
_URL = pattern(r"(?<![A-Za-z0-9@#$])https?://[^\s<>\"]+", re.IGNORECASE)
_MENTION = pattern(r"(?<![=/\w])(@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@\w+(?:[.-]+\w+)*", re.IGNORECASE)
_CHINESE = ("cn", "hk", "tw", "yue")
_TRAILING = ".,;:!?*'\"()[]{}~|@$%…»”\N{RIGHT SINGLE QUOTATION MARK}「」『』"


def length(text: str) -> int:
    """Grapheme clusters, with every http(s) address at 23 and @user@domain as @user.

    `each_grapheme_cluster.size` of the text with addresses and mentions replaced (read 2026-11-23).
    """
    return len(graphemes(_MENTION.sub(r"\1", _URL.sub(_weighed, text))))


def language(tag: str | None) -> str | None:
    """The part of a BCP 47 tag that Mastodon takes: ISO 639-1, or 639-3 where there is no shorter one.

    Of Chinese it knows four regions too: mastodon/mastodon app/helpers/languages_helper.rb @ 02addb3b.
    """
    primary, *others = re.split("[-_]", tag.lower()) if tag else [""]
    if primary == "zh" and (region := next((part for part in others if part in _CHINESE), None)):
        return f"zh-{region.upper()}"
    return primary if re.fullmatch("[a-z]{2,3}", primary) else None


def _weighed(match: re.Match[str]) -> str:
    """23 characters in place of an address; punctuation behind it stays."""
    whole = match[0]
    end = len(whole)
    while end and whole[end - 1] in _TRAILING:
        if whole[end - 1] == ")" and whole.count("(", 0, end) >= whole.count(")", 0, end):
            break
        end -= 1
    address = whole[:end]
    return "x" * ADDRESS_WEIGHT + whole[end:] if address.partition("//")[2] else whole
