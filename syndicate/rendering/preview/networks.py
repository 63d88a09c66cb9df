"""How a network looks, as data: enough to know it at a glance, drawn by us, with no asset of theirs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """`letter` stands for the network in our own mark; `name` is what people call it.

    `shown` is how an address in running text appears: whole, or without its scheme and cut after so many
    letters. `fold` is after how many letters a feed hides the rest behind a word such as "See more".
    `actions` are the words beneath a post, in order. `box` says who makes a box of a link beside the text.
    """

    name: str
    letter: str
    shown: int | None = None
    fold: int | None = None
    actions: tuple[str, ...] = ()
    box: str = "{0} draws this box from the page itself."


_LOOKS = {
    "mastodon": Look("Mastodon", "m", shown=30, actions=("Reply", "Boost", "Favourite", "Bookmark")),
    "bluesky": Look("Bluesky", "B", actions=("Reply", "Repost", "Like", "Share")),
    "x": Look("X", "X", shown=27, actions=("Reply", "Repost", "Like", "Views", "Share")),
    "facebook": Look("Facebook", "f", fold=477, actions=("Like", "Comment", "Share")),
    "threads": Look("Threads", "@", shown=30, actions=("Like", "Reply", "Repost", "Share")),
    "linkedin": Look("LinkedIn", "in", fold=210, actions=("Like", "Comment", "Repost", "Send")),
    "instagram": Look("Instagram", "I", fold=125, actions=("Like", "Comment", "Share")),
    "telegram": Look("Telegram", "T"),
    "discord": Look("Discord", "D"),
    "webhook": Look("Webhook", "{}", box="The link is a field of its own."),
    "folder": Look("Folder", "▤", box="The link stands beside the text."),
}


def look(platform: str) -> Look:
    """The look of a network; a plain one for those that have none of their own here."""
    return _LOOKS.get(platform) or Look(platform.capitalize(), platform[:1].upper())


def styled(platform: str) -> str:
    """The class its posts have on the page."""
    return platform if platform in _LOOKS else "plain"
