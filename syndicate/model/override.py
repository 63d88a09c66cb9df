"""How an article says itself that it is announced: where, when, and in which words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from syndicate.model.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class PostOverride:
    """What an article says of its posts; None of what it says nothing.

    `text` is data, never a template: only `{link}` and `{hashtags}` stand for something in it. `image` is an address;
    "" means no picture. `hashtags` are at most so many of its own, or these.
    """

    post: bool | None = None
    text: str | None = None
    warning: str | None = None
    image: str | None = None
    alt: str | None = None
    hashtags: int | tuple[str, ...] | None = None

    def over(self, other: PostOverride) -> PostOverride:
        """What this says, and of what it says nothing, what the other says."""
        return replace(other, **dict(self.said()))

    def said(self) -> Iterator[tuple[str, Any]]:
        """The fields of which it says something, by name."""
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None:
                yield each.name, value


NOTHING_SAID = PostOverride()


@dataclass(frozen=True, slots=True)
class Override:
    """How an article is to be announced, as it says itself at `place` (a file or document, and a line).

    `whole` is said of all accounts, `named` of an account or a network by its name, in lower case. `only` are the names
    of those that may have it; None: all. It goes out not before `at`. `faults` say what of it cannot be read,
    and `left` are the names of settings of another program that have no equal here.
    """

    place: str
    whole: PostOverride = NOTHING_SAID
    only: tuple[str, ...] | None = None
    named: tuple[tuple[str, PostOverride], ...] = ()
    at: datetime | None = None
    faults: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def of(self, account: str, platform: str) -> PostOverride:
        """What it says of one account's post: of the account by its name, else of its network, else of all."""
        found = dict(self.named)
        name = account.rpartition("/")[2].casefold()
        chosen = self.only is None or name in self.only or platform in self.only
        whole = self.whole if chosen else replace(self.whole, post=False)
        network, own = (found.get(each, NOTHING_SAID) for each in (platform, name))
        return own.over(network.over(whole))

    def wants(self, account: str, platform: str) -> bool:
        """Whether the account is to have it."""
        return self.of(account, platform).post is not False

    def refuses(self, account: str, platform: str) -> bool:
        """Whether it says no to the account, whatever list it has, in which a name may be wrong."""
        return not replace(self, only=None).wants(account, platform)

    def unknown(self, accounts: Collection[str], platforms: Collection[str]) -> list[str]:
        """The names in it that are neither an account's nor, beside a setting, a network's.

        `accounts` are the names of accounts and of the networks that these are on; `platforms` are all networks.
        """
        listed = [name for name in self.only or () if name not in accounts]
        return listed + [name for name, _ in self.named if name not in accounts and name not in platforms]
