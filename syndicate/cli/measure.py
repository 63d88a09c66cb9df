"""`syndicate measure`: lengths as a network counts them."""

from __future__ import annotations

import io
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
    lines = _standard_input()
    if not shared.json:
        text = "".join(lines).rstrip("\n")
        click.echo(f"{bare.measure(text)} of {adapter.limits.text}")
        return
    for number, row in enumerate(lines, 1):
        click.echo(bare.measure(_string(row, number)))


def _standard_input() -> list[str]:
    try:
        return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8").readlines()
    except UnicodeDecodeError as fault:
        raise SyndicateError(f"standard input is not UTF-8 (byte {fault.start})") from fault


def _string(row: str, number: int) -> str:
    """One line in, one number out: a line that is none is an error, not a gap."""
    try:
        text = json.loads(row)
    except ValueError as fault:
        raise SyndicateError(f"line {number} is not JSON", hint='write "…" on each line') from fault
    if not isinstance(text, str):
        raise SyndicateError(f"line {number} is not a JSON string", hint='write "…" on each line')
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise SyndicateError(f"line {number} holds half a surrogate pair, which is no character")
    return text
