"""Reads the settings of an installation: its database, network and alerts, and where it listens and puts pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from syndicate.config.document import START, Node
from syndicate.config.schema import (
    NOT_BUILT,
    AlertSettings,
    ApprovalSettings,
    Bucket,
    Config,
    Listen,
    MediaConfig,
    NetworkConfig,
    Sftp,
)
from syndicate.config.typed import WRONG, Check, Typed, hints
from syndicate.config.values import address, command, endpoint, network, positive, proxy, public, unguessable
from syndicate.model.pattern import pattern

__all__ = ["INSTALLATION", "installation", "section"]

_FILES = ("key_file", "state")
INSTALLATION = ("database", "network", "lease", "alerts", *_FILES, "recover", "listen", "approvals", "media")
"""The settings that all sites of an installation share."""
_SINGLE = ("database", "lease", *_FILES, "recover")
_PLACES = ("folder", "s3", "sftp")
_MEDIA: dict[str, Check] = {"endpoint": address}
_DEFAULT: dict[str, Any] = {field.name: field.default for field in fields(Config)}
_SERVED = pattern(r"postgres(ql)?://[^/?#]*/[^/?#]+")
"""The address of a database on a server."""


def installation(top: Mapping[str, Node], typed: Typed) -> dict[str, Any] | None:
    """Fields of `Config`; None if there is a mistake in them, which is added."""
    checks: dict[str, Check] = {"database": lambda text: _database(text, typed.base), "lease": positive}
    values = typed.values(Config, top, checks, only=_SINGLE)
    values.setdefault("database", _database(_DEFAULT["database"], typed.base))
    reach = section(NetworkConfig, top.get("network"), "network", typed, _NETWORK)
    alerts = section(AlertSettings, top.get("alerts"), "alerts", typed, _ALERTS)
    listen = section(Listen, top["listen"], "listen", typed, _LISTEN) if top.get("listen") else None
    approvals = _approvals(top["approvals"], listen, typed) if top.get("approvals") else None
    media = _media(top["media"], typed) if top.get("media") else None
    _lease(top, values, reach, typed)
    if top.get("state") and str(values["database"]).startswith("postgresql:"):
        typed.problems.add(top["state"].key, "state: is for a ledger in a file; a server keeps its own")
    if WRONG in (reach, alerts, listen, approvals, media, *values.values()):
        return None
    told = {"alert_command": alerts.command, "alert_urls": alerts.urls, "heartbeat": alerts.heartbeat}
    return {"network": reach, "listen": listen, "approvals": approvals, "media": media, **told, **values}


def section(kind: type, node: Node | None, name: str, typed: Typed, checks: Mapping[str, Check]) -> Any:
    """A section of the config as a `kind`; WRONG if there is a mistake in it."""
    entries = typed.mapping(node)
    typed.known(name, entries, hints(kind), NOT_BUILT.get(name, {}))
    return typed.built(kind, name, node.key if node else START, typed.values(kind, entries, checks))


def _approvals(node: Node, listen: Any, typed: Typed) -> Any:
    """Where people decide: a page of `listen`, which the web reaches then."""
    found = section(ApprovalSettings, node, "approvals", typed, {"base": public})
    if isinstance(found, ApprovalSettings) and listen is not WRONG and (listen is None or listen.token is None):
        typed.problems.add(
            node.key, "approvals: needs `listen` with a `token`: without one, anybody could read the metrics"
        )
        return WRONG
    return found


def _media(node: Node, typed: Typed) -> Any:
    """Where pictures are put: exactly one of its places, each a section of its own but the folder."""
    entries = typed.mapping(node)
    if not isinstance(node.value, dict):
        return WRONG if node.value else None
    typed.known("media", entries, hints(MediaConfig), {})
    parts = {name: kind for name, kind in (("s3", Bucket), ("sftp", Sftp)) if name in entries}
    plain = {name: child for name, child in entries.items() if name not in parts}
    values = typed.values(MediaConfig, plain, {"url": address})
    values |= {name: section(kind, entries[name], f"media.{name}", typed, _MEDIA) for name, kind in parts.items()}
    if sum(name in values for name in _PLACES) != 1:
        typed.problems.add(node.key, f"media: needs one of {', '.join(_PLACES)}")
        return WRONG
    return typed.built(MediaConfig, "media", node.key, values)


def _database(text: str, base: Path) -> str:
    if text.startswith(("postgresql:", "postgres:")):
        if not _SERVED.match(text):
            raise ValueError("that is no address of a database, such as postgresql://user@host/name")
        return f"postgresql:{text.partition(':')[2]}"
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


def _reachable(urls: tuple[str, ...]) -> tuple[str, ...]:
    from importlib.util import find_spec

    if urls and find_spec("apprise") is None:
        raise ValueError('needs an extra: pip install "syndicate-social[alerts]"')
    return urls


_ALERTS: dict[str, Check] = {"command": command, "urls": _reachable, "heartbeat": address}
_NETWORK: dict[str, Check] = {
    "allow": lambda entries: tuple(network(entry) for entry in entries),
    "proxy": proxy,
    "timeout": positive,
}
_LISTEN: dict[str, Check] = {"address": endpoint, "token": unguessable, "public": public}
