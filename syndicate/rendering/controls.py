"""Gives a post its content warning, veiled pictures and limit on replies, as far as its network has them."""

from __future__ import annotations

from dataclasses import replace

from syndicate.model import Account, Controls, Limits, Rendered
from syndicate.ports import Platform, is_controlled

_LEAST = 30
"""Units of the text that a warning leaves: a longer one is cut."""


def warned(platform: Platform, limits: Limits, warning: str) -> tuple[Limits, str]:
    """The limits of the text beside a warning that counts towards them, and the warning as it fits; "" without one."""
    known = _known(platform)
    if not warning or known.warning == "none":
        return limits, ""
    if known.warning == "apart":
        return limits, warning
    room = max(0, min(limits.text, limits.text_with_media or limits.text) - _LEAST)
    while warning and platform.measure(warning) > room:
        warning = warning[:-1].rstrip()
    return limits.shorter(platform.measure(warning), len(warning)), warning


def controlled(made: Rendered, account: Account, platform: Platform, limits: Limits, warning: str) -> Rendered:
    """The same post with what the account asks for and the network has. `limits` are those with the warning."""
    if made.rest:
        rest = tuple(controlled(each, account, platform, limits, warning) for each in made.rest)
        made = replace(made, rest=rest)
    known, post = _known(platform), made.post
    sensitive = account.sensitive and known.sensitive
    replies = account.replies if account.replies in known.replies else "everyone"
    if (warning, sensitive, replies) == (post.warning, post.sensitive, post.replies):
        return made
    post = replace(post, warning=warning, sensitive=sensitive, replies=replies)
    counted = platform.measure(warning) if known.warning == "counted" else 0
    return replace(made, post=post, length=made.length + counted, limit=limits.beside(post.media).text)


def _known(platform: Platform) -> Controls:
    return platform.controls if is_controlled(platform) else Controls()
