"""`syndicate config`: check it, or describe it to an editor."""

from __future__ import annotations

import json

import click

from syndicate.cli.options import Shared, opened, shared_options


@click.group()
def command() -> None:
    """Check the config, or print its JSON Schema."""


@command.command()
@shared_options
@click.pass_obj
def check(shared: Shared) -> int:
    """Report every mistake at once, each with its line; then try each account's templates on a sample story."""
    from syndicate.app import rehearse

    with opened(shared, rehearse(dry=True), fill=False) as app:
        faults = app.try_templates()
        for fault in dict.fromkeys(faults):
            click.echo(fault, err=True)
        if not faults:
            config = app.config
            click.echo(f"{config.path}: good ({len(config.sources)} sources, {len(config.accounts)} accounts)")
        return int(bool(faults))


@command.command()
@shared_options
@click.pass_obj
def schema(shared: Shared) -> None:  # noqa: ARG001 - global options are accepted everywhere
    """Print a JSON Schema for editors."""
    from syndicate.config.editor import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
