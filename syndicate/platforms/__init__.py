"""One module per network, found by its name or alias, or by an entry point of another package.

A module's name is the platform's name, and its attribute `platform` is the adapter: there is no
registry to edit. Modules whose names begin with an underscore are not platforms.
"""

from __future__ import annotations

import functools
from importlib import import_module
from typing import TYPE_CHECKING

from syndicate.errors import ConfigError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from syndicate.ports import Platform

__all__ = ["ALIASES", "GONE", "GONE_ALIASES", "GROUP", "PLANNED", "find", "names"]

GROUP = "syndicate.platforms"
ALIASES = {"twitter": "x"}
GONE = {
    "googleplus": (
        "Google+ closed on 2 April 2019 and its API is gone, so nothing can be posted there",
        "remove the account; mastodon, bluesky and facebook take the same articles",
    ),
    "medium": (
        "Medium has not supported its API since 2 March 2023 and gives no new tokens, so nothing can be posted there",
        "remove the account, and import articles by their addresses on medium.com/p/import",
    ),
    "tiktok": (
        "TikTok takes only videos and photos, with no links (as of 29 November 2026), so no article can be posted",
        "remove the account, and post there by hand",
    ),
    "whatsapp": (
        "WhatsApp has no API for channels (as of 29 November 2026), so nothing can be posted there",
        "remove the account; a webhook can send each text to a person who posts it",
    ),
    "youtube": (
        "YouTube has no API for a channel's posts (as of 29 November 2026), so nothing can be posted there",
        "remove the account, and post there by hand",
    ),
}
"""Networks to which nothing can be posted, and which the config may still name: why, and what to do instead.

Google+: developers.google.com/+/api-shutdown, as read 2026-11-23 (APIs dead from 7 March 2019). Medium:
github.com/Medium/medium-api-docs, archived, last changed 2023-03-02. TikTok: developers.tiktok.com, Content Posting API
and Content Sharing Guidelines. YouTube: developers.google.com/youtube/v3/docs/activities/insert, which is not supported
any more. WhatsApp: its Business Platform names no channels. All read 2026-11-29."""

GONE_ALIASES = {
    "google+": "googleplus",
    "whatsapp-channel": "whatsapp",
    "whatsapp-channels": "whatsapp",
    "youtube-community": "youtube",
}
"""Other names that people give them."""

PLANNED = frozenset(
    [
        "matrix",
        "nostr",
        "pinterest",
        "tumblr",
        "devto",
        "reddit",
        "email",
        "apprise",
    ]
)
"""Networks that are planned, by the names they will have; until then another package may provide one."""


def names() -> list[str]:
    """Every platform that can be used: ours, and those of installed packages."""
    return sorted({*_ours(), *(entry.name for entry in _plugins())})


def find(name: str) -> type[Platform]:
    """The adapter of that name. Raises ConfigError if nothing can be posted there, or no adapter is known or loads."""
    gone = GONE.get(GONE_ALIASES.get(name.lower(), name.lower()))
    if gone is not None:
        raise ConfigError(gone[0], hint=gone[1])
    name = ALIASES.get(name, name)
    adapter = _own(name)
    if adapter is not None:
        return adapter
    plugin = _plugin(name)
    if plugin is None:  # it may have been installed while this process runs
        _plugins.cache_clear()
        plugin = _plugin(name)
    if plugin is None and name in PLANNED:
        raise ConfigError(f"platform '{name}' is not built yet", hint=f"available: {', '.join(names())}")
    if plugin is None:
        raise ConfigError(f"unknown platform '{name}'", hint=_suggestion(name))
    return _load(plugin)


def _own(name: str) -> type[Platform] | None:
    """The adapter of ours of that name. The others are not looked for."""
    if name.startswith("_") or not name.isidentifier():
        return None
    whole = f"{__name__}.{name}"
    try:
        adapter: type[Platform] = import_module(whole).platform
    except ModuleNotFoundError as missing:
        if missing.name != whole:
            raise
        return None
    return adapter


@functools.cache
def _ours() -> frozenset[str]:
    from pkgutil import iter_modules

    return frozenset(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))


@functools.cache  # for which the metadata of every installed package is read
def _plugins() -> tuple[EntryPoint, ...]:
    from importlib.metadata import entry_points

    return tuple(entry_points(group=GROUP))


def _plugin(name: str) -> EntryPoint | None:
    return next((entry for entry in _plugins() if entry.name == name), None)


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
