"""`syndicate config`: check it, or describe it to an editor."""

from __future__ import annotations

import json

import click

from syndicate.cli.options import Shared, loaded, shared_options


@click.group()
def command() -> None:
    """Check the config, or print its JSON Schema."""


@command.command()
@shared_options
@click.pass_obj
def check(shared: Shared) -> None:
    """Report every mistake at once, each with its line; and templates that do not parse."""
    config = loaded(shared)
    click.echo(f"{config.path}: good ({len(config.sources)} sources, {len(config.accounts)} accounts)")


@command.command()
@shared_options
@click.pass_obj
def schema(shared: Shared) -> None:  # noqa: ARG001 - global options are accepted everywhere
    """Print a JSON Schema for editors."""
    from syndicate.config.editor import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
