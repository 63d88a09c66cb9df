"""The options that many commands share; loads the config and opens the app for a command."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from syndicate.model import site_of

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.config.schema import Config

F = TypeVar("F", bound=Callable[..., Any])


SHOWN = 20  # names that a message lists at most


class Shared:
    """The global options, which may be given before or after the command."""

    def __init__(self) -> None:
        self.config: str | None = None
        self.config_dir: str | None = None
        self.json = False
        self.verbose = False


def _keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep a global option, wherever it is given; if it is given twice, the last one counts."""
    shared = ctx.ensure_object(Shared)
    if value not in (None, False):
        setattr(shared, str(parameter.name), value)


def shared_options(function: F) -> F:
    """Add --config, --config-dir, --json and --verbose to a command. One that has no JSON to print refuses --json."""

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        context = click.get_current_context()
        if context.ensure_object(Shared).json and not isinstance(context.command, click.Group):
            _refuse_json(context)
        return function(*args, **kwargs)

    keep = functools.partial(click.option, expose_value=False, callback=_keep)
    file, folder = click.Path(), click.Path(file_okay=False)  # for the shell, which completes them
    for option in (
        keep("--verbose", "-v", is_flag=True, help="Print more on standard error."),
        keep("--json", is_flag=True, help="Print one JSON object per line."),
        keep(
            "--config-dir",
            type=folder,
            metavar="DIR",
            help="A folder with many sites' configs, instead of --config.",
        ),
        keep(
            "--config",
            "-c",
            type=file,
            metavar="FILE",
            help="The config (default: $SYNDICATE_CONFIG or config.yaml).",
        ),
    ):
        checked = option(checked)
    return cast("F", checked)


def _refuse_json(context: click.Context) -> None:
    """Raise UsageError if the command has no JSON to print."""
    from syndicate.cli.json_contract import knows_json

    name = context.command_path.partition(" ")[2]
    if not knows_json(name):
        raise click.UsageError(f"{name} prints no JSON; leave out --json")


class Duration(click.ParamType[timedelta]):
    """A duration on the command line: 90s, 3m, 1h30m, 2d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Parse a duration as the config does."""
        if isinstance(value, timedelta):
            return value
        from syndicate.config.values import duration

        try:
            return duration(str(value))
        except ValueError as fault:
            self.fail(str(fault), param, ctx)


DURATION = Duration()


def given(shared: Shared) -> Path:
    """The path of the config that was named: a file, or a folder of sites. Raises UsageError."""
    from syndicate.app.wiring import config_path

    if shared.config_dir is None:
        return config_path(shared.config)
    if shared.config is not None:
        raise click.UsageError("use --config or --config-dir, not both")
    if not Path(shared.config_dir).is_dir():
        raise click.UsageError(f"--config-dir {shared.config_dir}: no such folder")
    return Path(shared.config_dir)


def loaded(shared: Shared, *, fill: bool = False, mistakes: bool = True) -> Config:
    """The config that was named; its notes and, with `mistakes`, sites that have some go to standard error.

    Raises ConfigError.
    """
    from syndicate.app.wiring import load

    config = load(given(shared), os.environ, fill=fill)
    for note in config.notes:
        click.echo(f"note: {note}", err=True)
    for site, mistake in config.broken_sites().items() if mistakes else ():
        click.echo(f"the site {site} is left out, the others go on: {mistake}", err=True)
    if config.broken and mistakes:
        click.echo("hint: run syndicate config check", err=True)
    return config


def opened(shared: Shared, *, dry: bool = False, fill: bool | None = None, mistakes: bool = True) -> App:
    """The app for the config that was named. If it is dry, or with `fill`, secrets that are not set get stand-ins.

    `mistakes`: those of single sites are printed.
    """
    from syndicate.app.runs import DryRun, RealRun
    from syndicate.app.wiring import App

    kind = DryRun if dry else RealRun
    return App(kind(loaded(shared, fill=dry if fill is None else fill, mistakes=mistakes), os.environ))


def follow_names(app: App) -> None:
    """Give what the ledger has the names that the config has now; what changed goes to standard error."""
    for note in app.follow_names():
        click.echo(f"note: {note}", err=True)


def known(kind: str, names: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """The wanted names, as a list. Raises UsageError for one that is not in `names`, with the closest that is."""
    listed = list(names)
    for name in wanted:
        if name not in listed:
            import difflib

            sites = [each for each in listed if each.rpartition("/")[2] == name]
            near = sites[:1] or difflib.get_close_matches(name, listed, n=1)
            shown = [*listed[:SHOWN], *(["…"] if len(listed) > SHOWN else [])]
            hint = f" (did you mean '{near[0]}'?)" if near else f" (known: {', '.join(shown) or 'none'})"
            raise click.UsageError(f"no {kind} is called '{name}'{hint}")
    return list(wanted)


def of_sites(config: Config, sites: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those of the names, of sources or accounts, that belong to these sites. Raises UsageError for an unknown one."""
    wanted = [*sites]
    for site in wanted:
        if site in config.broken and site not in config.sites:
            raise click.UsageError(f"the site '{site}' is left out because of a mistake in its config")
    known("site", config.sites, wanted)
    return [name for name in names if site_of(name) in wanted]


def site_option(function: F) -> F:
    """Add --site, repeatable, to a command, which gets it as `sites`."""
    return click.option("--site", "sites", multiple=True, metavar="NAME", help="Only this site, of many (repeatable).")(
        function
    )


def active(config: Config, wanted: Iterable[str]) -> list[str]:
    """The wanted accounts, as a list. Raises UsageError for one that is unknown or switched off."""
    names = known("account", config.accounts, wanted)
    for name in names:
        if not config.accounts[name].enabled:
            raise click.UsageError(f"the account '{name}' is switched off (enabled: false)")
    return names
