"""Reads the settings of one site: who publishes, its sources, accounts, templates, and what is breaking news."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from syndicate.config.accounts import AccountReader, Find
from syndicate.config.after import after
from syndicate.config.document import Node
from syndicate.config.folders import directory, link, linked
from syndicate.config.installation import section
from syndicate.config.overrides import check_type, field
from syndicate.config.people import people
from syndicate.config.places import keyed, place
from syndicate.config.schema import NOT_BUILT, Config, SourceConfig
from syndicate.config.typed import WRONG, Check, Typed, hints
from syndicate.config.values import home, positive, timezone
from syndicate.model import Site

__all__ = ["SITE", "one_site"]

SITE = ("site", "templates", "sources", "defaults", "accounts", "breaking", "after", "people")
"""The settings of a site."""


def one_site(top: Mapping[str, Node], typed: Typed, find: Find) -> dict[str, Any] | None:
    """Fields of `Config`; None if there is a mistake in them, which is added."""
    values = typed.values(Config, top, {}, only=("templates", "breaking"))
    site = _site(top, typed)
    sources = _sources(top.get("sources"), site, typed)
    accounts = AccountReader(
        typed,
        find,
        typed.mapping(top.get("defaults")),
        list(typed.mapping(top.get("sources"))),
        functools.partial(_themes, values.get("templates")),
        "UTC" if site is WRONG else site.timezone,
    ).read(top.get("accounts"))
    _check_own_themes(values.get("templates"), top.get("templates"), typed)
    told, listed = after(top.get("after"), typed, sources), people(top.get("people"), typed, find)
    if WRONG in (site, told, listed, *values.values(), *sources.values(), *accounts.values()):
        return None
    values |= {"people": listed, "after": {"": told} if told else {}}
    return {"site": site, "sources": sources, "accounts": accounts, **values}


def _themes(own: Any) -> list[str]:
    """The names of the card themes in the publisher's templates and in the built-in ones."""
    from syndicate.rendering.cards.theme import names
    from syndicate.rendering.environment import builtin_templates

    return names([*([own] if isinstance(own, Path) else []), builtin_templates()])


def _check_own_themes(own: Any, node: Node | None, typed: Typed) -> None:
    """Add each mistake in a card theme of the publisher's: a card would otherwise be left out when it is drawn."""
    if node is None or not isinstance(own, Path) or not (own / "cards").is_dir():
        return
    from syndicate.rendering.cards.own_themes import mistakes
    from syndicate.rendering.environment import builtin_templates

    for mistake in mistakes(own, builtin_templates()):
        typed.problems.add(node.place, f"templates: {mistake}")


def _site(top: Mapping[str, Node], typed: Typed) -> Any:
    node = top.get("site")
    if node is None:
        typed.problems.add(typed.start, "'site' is missing: the publisher's `name` and `url`", show=False)
        return WRONG
    return section(Site, node, "site", typed, {"url": home, "timezone": timezone, "name": _not_blank})


def _sources(node: Node | None, site: Any, typed: Typed) -> dict[str, Any]:
    return {name: _source(name, child, site, typed) for name, child in typed.named(node)}


def _source(name: str, node: Node, site: Any, typed: Typed) -> Any:
    entries = dict(typed.mapping(node))
    if not entries and node.value:
        return WRONG
    if "similar" in entries:
        entries["similar"] = _current(entries["similar"], typed)
    off = [setting for setting in ("burst", "preflight", "overrides") if _is_off(entries.get(setting))]
    for setting in off:
        del entries[setting]
    kind = entries.get("type")
    names = [setting for setting in hints(SourceConfig) if setting != "name"]
    typed.known(node.where, entries, names, NOT_BUILT["sources"], listed=names)
    said = kind.value if kind is not None and isinstance(kind.value, str) else "feed"
    check_type(said, entries, typed)
    where = directory if said == "folder" else functools.partial(place, said)
    checks = _SOURCE | {"url": lambda text: where(text, typed.base)}
    values = keyed(said, entries, typed.values(SourceConfig, entries, checks, only=names), typed)
    values = linked(said, entries, values, site, typed)
    zone = {} if site is WRONG else {"timezone": site.timezone}
    return typed.built(SourceConfig, node.where, node.key, {"name": name} | zone | dict.fromkeys(off) | values)


def _current(similar: Node, typed: Typed) -> Node:
    """The value of `similar` under its present name: `hold` was the name of `ask`."""
    if similar.value != "hold":
        return similar
    typed.problems.note(similar.place, f"{similar.where}: 'hold' is now called 'ask'; the old name still works")
    return replace(similar, value="ask")


def _is_off(node: Node | None) -> bool:
    return node is not None and node.value in ("off", "false")


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


def _flood(number: int) -> int:
    if number < 1:
        raise ValueError(f"has to be at least 1, and is {number}; `burst: off` means no limit")
    return number


_SOURCE: dict[str, Check] = {
    "timezone": timezone,
    "preflight": positive,
    "link": link,
    "burst": _flood,
    "overrides": field,
}
