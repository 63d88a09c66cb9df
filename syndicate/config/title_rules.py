"""Warns of regular expressions in the config that take too long on some titles."""

from __future__ import annotations

from collections.abc import Iterator

from syndicate.config.schema import Config
from syndicate.planning.patterns import nests, trap

WAITS = "a story whose title cannot be compared in time waits for approval"
CALM = "a story whose title cannot be compared in time is not taken for breaking news"


def slow_rules(config: Config) -> Iterator[str]:
    """A line for each pattern of `only`, `never`, `warning` and `breaking` that is likely to take too long."""
    for pattern, place in _patterns(config).items():
        title, then = trap(pattern), CALM if place == "breaking.title" else WAITS
        if title is not None:
            yield f"{place}: '{pattern}' takes too long on some titles, such as '{title[:20]}…': {then}"
        elif nests(pattern):
            yield f"{place}: '{pattern}' repeats a repetition, which takes too long on some titles: {then}"


def _patterns(config: Config) -> dict[str, str]:
    """Every pattern, and the first place where it is used."""
    found = {config.breaking.title: "breaking.title"} if config.breaking.title else {}
    for name, entry in config.accounts.items():
        warned = [(f"warning.{place}.when", rule.when) for place, rule in enumerate(entry.account.warning, 1)]
        for rule, listed in (("only", entry.account.only), ("never", entry.account.never), *warned):
            if listed is not None and listed.title:
                found.setdefault(listed.title, f"accounts.{name}.{rule}.title")
    return found
