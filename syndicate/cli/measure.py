"""`syndicate measure`: counts text as a network counts it."""

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
    """Count text from standard input as PLATFORM does. With --json: a JSON string a line in, a number a line out."""
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
    """The string in one line of JSON. Raises SyndicateError for any other line, so that each line gets a number."""
    try:
        text = json.loads(row)
    except ValueError as fault:
        raise SyndicateError(f"line {number} is not JSON", hint='write "…" on each line') from fault
    if not isinstance(text, str):
        raise SyndicateError(f"line {number} is not a JSON string", hint='write "…" on each line')
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise SyndicateError(f"line {number} contains half a surrogate pair, which is no character")
    return text
