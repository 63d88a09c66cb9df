"""One module per network, found by its name or alias, or by an entry point of another package.

A module's name is the platform's name, and its attribute `platform` is the adapter: there is no
registry to edit. Modules whose names begin with an underscore are not platforms.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from syndicate.errors import ConfigError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from syndicate.ports import Platform

__all__ = ["ALIASES", "GONE", "GROUP", "find", "names"]

GROUP = "syndicate.platforms"
ALIASES = {"twitter": "x"}
GONE = {
    "googleplus": (
        "Google+ closed on 2 April 2019 and its API is gone, so nothing can be posted there",
        "remove the account; mastodon, bluesky and facebook take the same articles",
    ),
}
"""Networks that no longer exist, which the config may still name: what happened, and what to do instead.

Dates: developers.google.com/+/api-shutdown, as read 2026-11-23 (APIs dead from 7 March 2019)."""


PLANNED = frozenset(
    [
        "instagram",
        "threads",
        "linkedin",
        "telegram",
        "discord",
        "slack",
        "matrix",
        "nostr",
        "pinterest",
        "tumblr",
        "devto",
        "reddit",
        "email",
        "teams",
        "mattermost",
        "rocketchat",
        "ntfy",
        "apprise",
    ]
)
"""Networks that are planned, by the names they will have; until then another package may provide one."""


def names() -> list[str]:
    """Every platform that can be used: ours, and those of installed packages."""
    return sorted({*_ours(), *(entry.name for entry in _plugins())})


def find(name: str) -> type[Platform]:
    """The adapter of that name. Raises ConfigError if the network is gone or unknown, or the adapter does not load."""
    if name in GONE:
        raise ConfigError(GONE[name][0], hint=GONE[name][1])
    name = ALIASES.get(name, name)
    if name in _ours():
        adapter: type[Platform] = import_module(f"{__name__}.{name}").platform
        return adapter
    plugin = next((entry for entry in _plugins() if entry.name == name), None)
    if plugin is None and name in PLANNED:
        raise ConfigError(f"platform '{name}' is not built yet", hint=f"available: {', '.join(names())}")
    if plugin is None:
        raise ConfigError(f"unknown platform '{name}'", hint=_suggestion(name))
    return _load(plugin)


def _ours() -> set[str]:
    from pkgutil import iter_modules

    return {module.name for module in iter_modules(__path__) if not module.name.startswith("_")}


def _plugins() -> list[EntryPoint]:
    from importlib.metadata import entry_points

    return list(entry_points(group=GROUP))


def _load(plugin: EntryPoint) -> type[Platform]:
    try:
        adapter: type[Platform] = plugin.load()
    except Exception as fault:  # a plugin may raise anything while it is imported
        raise ConfigError(f"platform '{plugin.name}' ({plugin.value}) does not load: {fault}") from fault
    return adapter


def _suggestion(name: str) -> str:
    from difflib import get_close_matches

    known = sorted({*names(), *ALIASES})
    close = get_close_matches(name.lower(), known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known: {', '.join(known)}"
