"""Writes the `@` of an article's words so that it mentions nobody, on any network. Pure.

A word joiner (U+2060) after the `@` is not seen and never breaks a line, and no network takes a handle to begin with
it. Which `@` a network would link:

- X: twitter-text, `validMentionPrecedingChars` and `atSigns`: not behind a Latin letter, a digit or `_!#$%&*@`, but
  behind `rt`; the full-width sign too. A post that begins with a mention is filed under replies.
- Mastodon: app/models/account.rb, `MENTION_RE`: not behind a word character, `=` or `/`.
- Bluesky: atproto @ d6296a1c, rich-text/util.ts, `MENTION_REGEX`: behind white space or `(`.
"""

from __future__ import annotations

import re

from syndicate.text import addresses, top_level_domains

JOINER = "\N{WORD JOINER}"

_AT = re.compile("[@＠](?=[^\\s\u2060])")  # noqa: RUF001  (the full-width sign is meant)
_RETWEET = re.compile(r"(?<![A-Za-z0-9_+~.-])rt\Z", re.IGNORECASE | re.ASCII)
_BARE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.([a-z]{2,})(?::\d+)?/\S*\Z", re.IGNORECASE | re.ASCII)


def unmentioned(text: str) -> str:
    """The text with a word joiner behind every `@` that a network could take for a mention.

    One at the beginning gets a joiner before it too, so that the post is no reply. An `@` inside of an address or
    behind a Latin letter, as in an e-mail address, mentions nobody and stays as it is: such words are copied.
    """
    if "@" not in text and "＠" not in text:  # noqa: RUF001  (the full-width sign is meant)
        return text
    kept = addresses(text)
    parts: list[str] = []
    done = 0
    for sign in _AT.finditer(text):
        at = sign.start()
        if any(start <= at < end for start, end in kept) or _is_inside(text[:at]):
            continue
        parts += [text[done:at], JOINER if at == 0 else "", sign.group(), JOINER]
        done = sign.end()
    return "".join(parts) + text[done:]


def as_written(text: str) -> str:
    """The reverse of `unmentioned`, for words in which no network looks for mentions."""
    return re.sub(f"{JOINER}?([@＠]){JOINER}", r"\1", text)  # noqa: RUF001  (the full-width sign is meant)


def _is_inside(before: str) -> bool:
    """Whether an `@` behind these words belongs to an e-mail address, or to the path of an address without a scheme."""
    last = before[-1:]
    if last.isascii() and last.isalnum():
        return _RETWEET.search(before) is None
    path = _BARE.search(before) if last == "/" or "/" in before else None
    return path is not None and path[1].lower() in top_level_domains()
