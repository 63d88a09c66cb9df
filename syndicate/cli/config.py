"""`syndicate config`: checks the config, or prints its JSON Schema."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence

import click

from syndicate.cli.options import Shared, opened, shared_options
from syndicate.cli.output import print_json


@click.group()
@shared_options
def command() -> None:
    """Check the config, or print its JSON Schema."""


@command.command()
@shared_options
@click.pass_obj
def check(shared: Shared) -> int:
    """Report every mistake with its line. If there is none, try each account's templates on a sample article."""
    with opened(shared, dry=True, fill=False) as app:
        lanes = [app.lanes.of(account.name) for account in app.accounts]
        twins = app.lanes.written_twins()
        faults = [
            *app.renderer.try_templates(lanes, app.ledger.now()),
            *_unknown_command(app.config.alert_command),
            *app.notes,
            *(each.told for each in twins if each.wrong),
        ]
        for fault in dict.fromkeys([*faults, *(each.told for each in twins)]):
            click.echo(fault, err=True)
        if shared.json:
            counts = {"sources": len(app.config.sources), "accounts": len(app.config.accounts)}
            print_json(
                {"config": str(app.config.path), "good": not faults, **counts, "problems": [*dict.fromkeys(faults)]}
            )
        elif not faults:
            sources, accounts = (
                _counted(len(found), word)
                for found, word in (
                    (app.config.sources, "source"),
                    (app.config.accounts, "account"),
                )
            )
            click.echo(f"{app.config.path}: good ({sources}, {accounts})")
        return int(bool(faults))


@command.command()
@shared_options
@click.pass_obj
def schema(shared: Shared) -> None:
    """Print a JSON Schema, with which an editor checks the config."""
    from syndicate.config.editor import json_schema

    click.echo(json.dumps(json_schema(), indent=None if shared.json else 2, ensure_ascii=False))


def _unknown_command(words: Sequence[str]) -> list[str]:
    if not words or shutil.which(words[0]):
        return []
    return [f"alerts.command: no command '{words[0]}' was found on this machine"]


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
