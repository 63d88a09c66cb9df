"""Options that many commands share, and how a command opens the app."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.config.schema import Config

F = TypeVar("F", bound=Callable[..., Any])


class Shared:
    """Global options, given before or after the command."""

    def __init__(self) -> None:
        self.config: str | None = None
        self.json = False
        self.verbose = False


def _keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Wherever it stands, it counts; given twice, the last one does."""
    shared = ctx.ensure_object(Shared)
    if value not in (None, False):
        setattr(shared, str(parameter.name), value)


def shared_options(function: F) -> F:
    """--config, --json and --verbose."""
    keep = functools.partial(click.option, expose_value=False, callback=_keep)
    for option in (
        keep("--verbose", "-v", is_flag=True, help="Say more on standard error."),
        keep("--json", is_flag=True, help="Print one JSON object per line."),
        keep("--config", "-c", metavar="FILE", help="The config (else $SYNDICATE_CONFIG, else config.yaml)."),
    ):
        function = option(function)
    return function


class Duration(click.ParamType[timedelta]):
    """A length of time: 90s, 3m, 1h30m, 2d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """From text to a timedelta, as the config reads one."""
        if isinstance(value, timedelta):
            return value
        from syndicate.config.values import duration

        try:
            return duration(str(value))
        except ValueError as fault:
            self.fail(str(fault), param, ctx)


DURATION = Duration()


def loaded(shared: Shared, *, fill: bool = False) -> Config:
    """The config that was named; its notes go to standard error. Raises ConfigError."""
    from syndicate.app.wiring import config_path, load

    config = load(config_path(shared.config), os.environ, fill=fill)
    for note in config.notes:
        click.echo(f"note: {note}", err=True)
    return config


def opened(shared: Shared, *, dry: bool = False, fill: bool | None = None) -> App:
    """The wired app of the config that was named; a dry one fills in secrets that are not set."""
    from syndicate.app.runs import DryRun, RealRun
    from syndicate.app.wiring import App

    kind = DryRun if dry else RealRun
    return App(kind(loaded(shared, fill=dry if fill is None else fill), os.environ))


def known(kind: str, names: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """The names that were asked for, each one there. Raises UsageError with the one that was meant."""
    import difflib

    listed = list(names)
    for name in wanted:
        if name not in listed:
            near = difflib.get_close_matches(name, listed, n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else f"; there is: {', '.join(listed) or 'none'}"
            raise click.UsageError(f"no {kind} is called '{name}'{hint}")
    return list(wanted)


def active(config: Config, wanted: Iterable[str]) -> list[str]:
    """Accounts that were asked for, each one there and switched on."""
    names = known("account", config.accounts, wanted)
    for name in names:
        if not config.accounts[name].enabled:
            raise click.UsageError(f"the account '{name}' is switched off (enabled: false)")
    return names
