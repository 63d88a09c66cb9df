"""`syndicate config`: checks the config, compares it with the defaults, or prints its JSON Schema."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from syndicate.cli.options import Shared, loaded, opened, shared_options
from syndicate.cli.output import print_json
from syndicate.control_characters import on_one_line

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.config.differences import GivenSetting


@click.group()
@shared_options
def command() -> None:
    """Check the config, compare it with the defaults, or print its JSON Schema."""


@command.command()
@shared_options
@click.pass_obj
def check(shared: Shared) -> int:
    """Report every mistake with its line. If there is none, try each account's templates on a sample article.

    Of a pattern for titles that takes too long on some of them it warns.
    """
    from syndicate.config.title_rules import slow_rules

    with opened(shared, dry=True, fill=False, mistakes=False) as app:
        lanes = [app.lanes.of(account.name) for account in app.accounts]
        twins = app.lanes.written_twins()
        faults = [
            *(f"{site}: {fault}" for site, fault in app.config.broken.items()),
            *app.renderer.try_templates(lanes, app.ledger.now()),
            *_unknown_command(app.config.alert_command),
            *app.notes,
            *(each.told for each in twins if each.wrong),
        ]
        wanted = [f"note: {each.name}: sign in: {_login(each.name)}" for each in app.accounts if _needs(app, each.name)]
        slow = [f"warning: {each}" for each in slow_rules(app.config)]
        for fault in dict.fromkeys([*faults, *(each.told for each in twins), *slow, *wanted]):
            click.echo(fault, err=True)
        if shared.json:
            counts = {"sources": len(app.config.sources), "accounts": len(app.config.accounts)}
            print_json(
                {"config": str(app.config.path), "good": not faults, **counts, "problems": [*dict.fromkeys(faults)]}
            )
        elif not faults:
            found = {"site": app.config.sites, "source": app.config.sources, "account": app.config.accounts}
            told = ", ".join(_counted(len(each), word) for word, each in found.items() if word != "site" or each)
            click.echo(f"{app.config.path}: good ({told})")
        return int(bool(faults))


@command.command()
@shared_options
@click.pass_obj
def diff(shared: Shared) -> None:
    """Print each setting that differs from its default, with that default.

    What every config needs has no default, and is not listed; nor are secrets.
    """
    from syndicate.config.differences import settings

    found = settings(loaded(shared, fill=True))
    several = len({each.file for each in found}) > 1
    for each in (each for each in found if not each.same):
        _print_difference(each, several=several, as_json=shared.json)
    same = [each.name for each in found if each.same]
    if len(same) == len(found) and not shared.json:
        click.echo("no setting differs from its default", err=True)
    if same and not shared.json:
        click.echo(f"hint: may be left out, since they say the default: {', '.join(same)}", err=True)


def _print_difference(each: GivenSetting, *, several: bool, as_json: bool) -> None:
    if as_json:
        record = {"file": str(each.file), "setting": each.name, "value": each.value, "default": each.default}
        print_json({**record, "shared": each.shared})
        return
    shared = f"; in defaults: {each.shared}" if each.shared is not None else ""
    file = f"{each.file}: " if several else ""
    click.echo(f"{file}{each.name}: {on_one_line(each.value)} (default: {each.default}{shared})")


@command.command()
@shared_options
@click.pass_obj
def schema(shared: Shared) -> None:
    """Print a JSON Schema, with which an editor checks the config."""
    from syndicate.config.editor import json_schema

    click.echo(json.dumps(json_schema(), indent=None if shared.json else 2, ensure_ascii=False))


def _needs(app: App, name: str) -> bool:
    return app.lanes.needs_sign_in(name) is not None


def _login(name: str) -> str:
    from syndicate.app import advice

    return advice.command("login", account=name)


def _unknown_command(words: Sequence[str]) -> list[str]:
    if not words or shutil.which(words[0]):
        return []
    return [f"alerts.command: no command '{words[0]}' was found on this machine"]


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
