"""How chats read the text of a message: what its readers see, and whom it calls.

Mattermost: server/channels/app/notification.go (words are cut at everything but letters, digits and `:.-_@`, then at
`.-:`). Rocket.Chat: packages/message-parser, UserMention. Google Chat: format-messages, `<users/all>`.
"""

from __future__ import annotations

import html
import re

INVISIBLE = re.compile("[\u200b\u2060]")
EVERYBODY = ("@all", "@channel", "@here")
_WRITTEN = re.compile(r"\\(?P<sign>[!-/:-@\[-`{-~])|(?P<entity>&#?\w+;)")
_SLACK = re.compile(r"<!(channel|here|all)>")


def seen(text: str) -> str:
    """The letters that readers see."""
    return INVISIBLE.sub("", text)


def markdown(text: str) -> str:
    """What readers see of Markdown without formatting: its escapes and entities undone."""
    return seen(_WRITTEN.sub(lambda found: found["sign"] or html.unescape(found["entity"]), text))


def mattermost_calls(text: str) -> list[str]:
    """Whom a message calls, after Slack's way to say so was translated."""
    words = re.findall(r"[\w:.\-@]+", _SLACK.sub(r"@\1", text.lower()))
    parts = [part for word in words for part in (word, *re.split(r"[.\-:]", word))]
    return sorted({part for part in parts if part in EVERYBODY})


def rocketchat_calls(text: str) -> list[str]:
    """Whom a message calls: an `@` behind a letter calls nobody."""
    found = re.findall(r"(?<![A-Za-z0-9])@+(all|here)(?![\w.-])", text)
    return sorted({f"@{name}" for name in found})


def google_calls(text: str) -> list[str]:
    """Whom a message calls."""
    return sorted(set(re.findall(r"<users/\w+>", text)))
