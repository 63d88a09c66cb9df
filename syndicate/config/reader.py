"""Reads and checks a config file: gives a `Config`, or every mistake at once, each with its line and column."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicate.config.accounts import AccountReader, Find
from syndicate.config.document import Node, Place, Problems, parse
from syndicate.config.folders import directory, link, linked
from syndicate.config.places import keyed, place
from syndicate.config.schema import (
    NOT_BUILT,
    AlertSettings,
    Config,
    Listen,
    NetworkConfig,
    SourceConfig,
)
from syndicate.config.typed import WRONG, Check, Typed, hints
from syndicate.config.values import (
    address,
    endpoint,
    home,
    network,
    positive,
    proxy,
    public,
    timezone,
)
from syndicate.errors import ConfigError
from syndicate.model import Site

if TYPE_CHECKING:
    from syndicate.ports import Platform

__all__ = ["load"]

_START = Place(1, 1, 0, 0)
_SINGLE = ("database", "templates", "lease", "key_file", "breaking", "recover")
_TOP = (
    "site",
    "database",
    "templates",
    "sources",
    "defaults",
    "accounts",
    "network",
    "lease",
    "alerts",
    "key_file",
    "recover",
    "breaking",
    "listen",
)
_DEFAULT: dict[str, Any] = {field.name: field.default for field in fields(Config)}


def load(path: Path | str, environ: Mapping[str, str], *, fill: bool = False, find: Find | None = None) -> Config:
    """Read and check a config file. With `fill`, a secret that is not set gets a stand-in and is no mistake.

    `find` gives the adapter of a platform's name (default: `platforms.find`).
    Raises ConfigError, whose message has every mistake.
    """
    path = Path(path)
    text = _text(path)
    problems = Problems(str(path), text)
    top = parse(text, problems, str(path))
    typed = Typed(problems, path.absolute().parent, environ, fill)
    config: Config = _config(path, top, typed, find or _found)
    problems.check()
    return config


def _found(name: str) -> type[Platform]:
    from syndicate.platforms import find

    return find(name)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file", hint="run syndicate init") from None
    except OSError as fault:
        raise ConfigError(f"{path}: cannot be read ({(fault.strerror or str(fault)).lower()})") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        column = fault.start - data.rfind(b"\n", 0, fault.start)
        raise ConfigError(f"{path}:{line}:{column}: not UTF-8 text (byte 0x{data[fault.start]:02x})") from None


def _config(path: Path, top: dict[str, Node], typed: Typed, find: Find) -> Any:
    typed.known("", top, _TOP, NOT_BUILT[""])
    checks: dict[str, Check] = {
        "database": lambda text: _database(text, typed.base),
        "lease": positive,
    }
    values = typed.values(Config, top, checks, only=_SINGLE)
    values.setdefault("database", _database(_DEFAULT["database"], typed.base))
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
    reach = _section(NetworkConfig, top.get("network"), "network", typed, _NETWORK)
    alerts = _section(AlertSettings, top.get("alerts"), "alerts", typed, _ALERTS)
    listen = (
        _section(Listen, top["listen"], "listen", typed, {"address": endpoint, "public": public})
        if top.get("listen")
        else None
    )
    _lease(top, values, reach, typed)
    if WRONG in (site, reach, alerts, listen, *values.values(), *sources.values(), *accounts.values()):
        return None
    secrets = tuple(sorted(typed.problems.secrets, key=lambda secret: (-len(secret), secret)))
    return Config(
        path=path,
        site=site,
        sources=sources,
        accounts=accounts,
        network=reach,
        alert_command=alerts.command,
        alert_urls=alerts.urls,
        heartbeat=alerts.heartbeat,
        listen=listen,
        secrets=secrets,
        filled=frozenset(typed.problems.filled),
        notes=tuple(typed.problems.notes),
        **values,
    )


def _themes(own: Any) -> list[str]:
    """The names of the card themes in the publisher's templates and in the built-in ones."""
    from syndicate.rendering.cards.theme import names
    from syndicate.rendering.environment import builtin_templates

    return names([*([own] if isinstance(own, Path) else []), builtin_templates()])


def _section(kind: type, node: Node | None, name: str, typed: Typed, checks: Mapping[str, Check]) -> Any:
    entries = typed.mapping(node)
    typed.known(name, entries, hints(kind), NOT_BUILT.get(name, {}))
    return typed.built(kind, name, node.key if node else _START, typed.values(kind, entries, checks))


def _site(top: Mapping[str, Node], typed: Typed) -> Any:
    node = top.get("site")
    if node is None:
        typed.problems.add(_START, "'site' is missing: the publisher's `name` and `url`", show=False)
        return WRONG
    return _section(Site, node, "site", typed, {"url": home, "timezone": timezone, "name": _not_blank})


def _sources(node: Node | None, site: Any, typed: Typed) -> dict[str, Any]:
    return {name: _source(name, child, site, typed) for name, child in typed.named(node)}


def _source(name: str, node: Node, site: Any, typed: Typed) -> Any:
    entries = dict(typed.mapping(node))
    if not entries and node.value:
        return WRONG
    if "similar" in entries:
        entries["similar"] = _current(entries["similar"], typed)
    off = [setting for setting in ("burst", "preflight") if _is_off(entries.get(setting))]
    for setting in off:
        del entries[setting]
    kind = entries.get("type")
    names = [setting for setting in hints(SourceConfig) if setting != "name"]
    typed.known(node.where, entries, names, NOT_BUILT["sources"], listed=names)
    said = kind.value if kind is not None and isinstance(kind.value, str) else "feed"
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


def _database(text: str, base: Path) -> str:
    if text.startswith(("postgresql:", "postgres:")):
        raise ValueError("PostgreSQL is not built yet (use sqlite:///syndicate.db)")
    name = text.removeprefix("sqlite:///")
    if name == text or name in ("", ":memory:"):
        raise ValueError(f"'{text}' is no database, such as sqlite:///syndicate.db")
    return f"sqlite:///{base / Path(name).expanduser()}"


def _lease(top: Mapping[str, Node], values: Mapping[str, Any], reach: Any, typed: Typed) -> None:
    """Check that a claim lasts longer than the request for which it is made."""
    lease = values.get("lease", _DEFAULT["lease"])
    if WRONG in (lease, reach) or lease > reach.timeout:
        return
    node = top.get("lease") or typed.mapping(top.get("network"))["timeout"]
    typed.problems.add(
        node.place,
        f"lease ({lease.total_seconds():g}s) has to be longer than"
        f" network.timeout ({reach.timeout.total_seconds():g}s)",
    )


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


def _flood(number: int) -> int:
    if number < 1:
        raise ValueError(f"has to be at least 1, and is {number}; `burst: off` means no limit")
    return number


def _command(words: tuple[str, ...]) -> tuple[str, ...]:
    if len(words) == 1 and " " in words[0]:
        raise ValueError(f"should be a list of words: [{', '.join(words[0].split())}]")
    return words


def _reachable(urls: tuple[str, ...]) -> tuple[str, ...]:
    from importlib.util import find_spec

    if urls and find_spec("apprise") is None:
        raise ValueError('needs an extra: pip install "syndicate-social[alerts]"')
    return urls


_ALERTS: dict[str, Check] = {"command": _command, "urls": _reachable, "heartbeat": address}
_NETWORK: dict[str, Check] = {
    "allow": lambda entries: tuple(network(entry) for entry in entries),
    "proxy": proxy,
    "timeout": positive,
}
_SOURCE: dict[str, Check] = {
    "timezone": timezone,
    "preflight": positive,
    "link": link,
    "burst": _flood,
}
