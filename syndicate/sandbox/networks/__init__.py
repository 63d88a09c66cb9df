"""The stand-in for each network, found by its name or by an entry point of another package.

A module's name is the platform's name, and its attribute `network` is the stand-in: there is no
registry to edit. Modules whose names begin with an underscore are not stand-ins.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from syndicate.errors import ConfigError
from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Route

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "StandIn", "stand_ins"]

GROUP = "syndicate.sandbox_networks"


class StandIn(Protocol):
    """The stand-in for one network. Its class is called once for each sandbox.

    `clock` gives seconds since 1970, and `url` is the sandbox's own address. What is posted goes on the
    `board` under the platform's name. A request goes to the first network that has a route for it: ours
    are asked first, then those of other packages by name, so these should begin their paths with a word
    of their own.
    """

    title: ClassVar[str]
    """The network's name on the page."""
    colours: ClassVar[tuple[str, str]]
    """Its colour on the page, in CSS: on light paper, on dark paper."""

    def __init__(self, board: Board, clock: Callable[[], float], url: str, **quirks: Any) -> None: ...

    def route(self, method: str, path: str) -> Route | None:
        """The step of a request and the function that answers it; None if it is not for this network."""

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:
        """A 401, 429, 500 or 503 in this network's own words and headers."""

    def clear(self) -> None:
        """Forget what was posted and uploaded; sessions stay."""


def stand_ins() -> dict[str, type[StandIn]]:
    """Every stand-in by its platform's name: ours, then those of other installed packages.

    Raises ConfigError if one of another package does not load.
    """
    ours = {name: import_module(f"{__name__}.{name}").network for name in _ours()}
    return ours | {entry.name: _load(entry) for entry in _plugins() if entry.name not in ours}


@functools.cache
def _ours() -> tuple[str, ...]:
    from pkgutil import iter_modules

    return tuple(sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_")))


@functools.cache  # for which the metadata of every installed package is read
def _plugins() -> tuple[EntryPoint, ...]:
    from importlib.metadata import entry_points

    return tuple(sorted(entry_points(group=GROUP), key=lambda entry: entry.name))


def _load(plugin: EntryPoint) -> type[StandIn]:
    try:
        network: type[StandIn] = plugin.load()
    except Exception as fault:  # a plugin may raise anything while it is imported
        raise ConfigError(f"the stand-in for '{plugin.name}' ({plugin.value}) does not load: {fault}") from fault
    return network
