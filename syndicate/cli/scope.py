"""The options that say what a run is about: sources and accounts, or one article that a person names."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

from syndicate.cli.options import site_option
from syndicate.model.dataclass import dataclass

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run is about. No sources or accounts: all of them; `sites` stand for theirs.

    `article` is an address or a file; it polls no source.
    `at_once`: the article goes past the accounts' hours and spacing. `backfill` is how many of the newest articles of
    each source go out, too; None: as many as a first run posts.
    """

    sources: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    article: str | None = None
    at_once: bool = False
    backfill: int | None = None


def scope_options(*, article: str, backfill: str) -> Callable[[F], F]:
    """Add the options of a Scope to a command, which gets it as `scope`. `article` and `backfill` are help texts."""
    options = (
        click.option("--backfill", type=click.IntRange(min=1), metavar="K", help=backfill),
        click.option("--now", "at_once", is_flag=True, help="With --article: past the accounts' hours and spacing."),
        click.option("--article", metavar="URL|FILE", help=article),
        site_option,
        click.option("--account", "accounts", multiple=True, metavar="NAME", help="Only this account (repeatable)."),
        click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source (repeatable)."),
    )

    def scoped(function: F) -> F:
        @functools.wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            named = ("sources", "accounts", "sites", "article", "at_once", "backfill")
            scope = Scope(**{name: kwargs.pop(name) for name in named})
            if scope.article and (scope.sources or scope.backfill):
                raise click.UsageError("--article polls no source; leave out --source and --backfill")
            if scope.at_once and not scope.article:
                raise click.UsageError("--now goes with --article")
            if scope.sites and (scope.sources or scope.accounts):
                raise click.UsageError("--site stands for all sources and accounts of a site; leave out the others")
            return function(*args, scope=scope, **kwargs)

        for option in options:
            checked = option(checked)
        return cast("F", checked)

    return scoped
