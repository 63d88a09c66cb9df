"""Writes the `@` of an article's words so that it mentions nobody, on any network. Pure.

A word joiner (U+2060) after the `@` is not seen and never breaks a line, and no network takes a handle to begin with
it. Which `@` a network would link:

- X: twitter-text, `validMentionPrecedingChars` and `atSigns`: not behind a Latin letter, a digit or `_!#$%&*@`, but
  behind `rt`; the full-width sign too. A post that begins with a mention is filed under replies.
- Mastodon: app/models/account.rb, `MENTION_RE`: not behind a word character, `=` or `/`.
- Facebook: `@[page-id]` in the message of a post of an app that may mention, wherever it stands.
- Telegram: `@` and a Latin letter; a word joiner is none. Discord and Slack: the adapters keep every text from it.
- Bluesky: atproto @ d6296a1c, rich-text/util.ts, `MENTION_REGEX`: behind white space or `(`.
"""

from __future__ import annotations

import re
from collections import deque

from syndicate.model.pattern import pattern
from syndicate.text import addresses, top_level_domains

JOINER = "\N{WORD JOINER}"

_AT = pattern("[@＠](?=[^\\s\u2060])")  # noqa: RUF001  (the full-width sign is meant)
_BEFORE = 4
"""Characters before an `@` that matter: a retweet's, and the one before them."""

_RETWEET = pattern(r"(?<![A-Za-z0-9_+~.-])rt\Z", re.IGNORECASE | re.ASCII)
_BARE = pattern(r"(?<![a-z0-9.-])[a-z0-9.-]+\.([a-z]{2,})(?::\d+)?/\S*", re.IGNORECASE | re.ASCII)


def unmentioned(text: str) -> str:
    """The text with a word joiner behind every `@` that a network could take for a mention.

    One at the beginning gets a joiner before it too, so that the post is no reply. An `@` inside of an address or
    behind a Latin letter, as in an e-mail address, mentions nobody and stays as it is: such words are copied.
    """
    if "@" not in text and "＠" not in text:  # noqa: RUF001  (the full-width sign is meant)
        return text
    kept = deque(sorted([*addresses(text), *_bare_addresses(text)]))
    parts: list[str] = []
    done = 0
    for sign in _AT.finditer(text):
        at = sign.start()
        while kept and kept[0][1] <= at:
            kept.popleft()
        inside = text[at + 1] != "[" and _is_inside(text[max(at - _BEFORE, 0) : at])
        if inside or (kept and kept[0][0] <= at):
            continue
        parts += [text[done:at], JOINER if at == 0 else "", sign.group(), JOINER]
        done = sign.end()
    return "".join(parts) + text[done:]


def as_written(text: str) -> str:
    """The reverse of `unmentioned`, for words in which no network looks for mentions."""
    return re.sub(f"{JOINER}?([@＠]){JOINER}", r"\1", text)  # noqa: RUF001  (the full-width sign is meant)


def _is_inside(before: str) -> bool:
    """Whether an `@` behind these words belongs to an e-mail address."""
    last = before[-1:]
    return last.isascii() and last.isalnum() and _RETWEET.search(before) is None


def _bare_addresses(text: str) -> list[tuple[int, int]]:
    """The offsets of addresses without a scheme that have a path: example.com/@writer."""
    found = _BARE.finditer(text) if "/" in text else ()
    return [each.span() for each in found if each[1].lower() in top_level_domains()]
