"""`syndicate measure`: lengths as a network counts them."""

from __future__ import annotations

import json
import sys

import click

from syndicate.cli.options import Shared, shared_options
from syndicate.errors import SyndicateError


@click.command()
@click.argument("platform")
@shared_options
@click.pass_obj
def command(shared: Shared, *, platform: str) -> None:
    """Count text from standard input. With --json: one JSON string a line in, one number a line out."""
    from syndicate import platforms

    adapter = platforms.find(platform)
    # Counting is pure: it needs no account, so none is built.
    bare = adapter.__new__(adapter)
    if not shared.json:
        text = sys.stdin.read().rstrip("\n")
        click.echo(f"{bare.measure(text)} of {adapter.limits.text}")
        return
    for number, row in enumerate(sys.stdin, 1):
        if not row.strip():
            continue
        try:
            text = json.loads(row)
        except ValueError as fault:
            raise SyndicateError(f"line {number} is not JSON: {fault}") from fault
        if not isinstance(text, str):
            raise SyndicateError(f"line {number} is not a JSON string", hint='write "…" on each line')
        click.echo(bare.measure(text))
