"""`syndicate platforms`: lists the supported networks."""

from __future__ import annotations

import click

from syndicate.cli.options import Shared, shared_options
from syndicate.cli.output import print_json

CERTAIN = {
    "exact": "never twice, never lost",
    "keyed": "never twice while the network keeps the key, then looked up",
    "lookup": "looked up before any second try",
    "blind": "cannot be asked: an unanswered post is held for you",
}


@click.command()
@shared_options
@click.pass_obj
def command(shared: Shared) -> None:
    """List the networks: the limit of a text, how surely each can confirm a post, and those that are missing."""
    from syndicate import platforms

    for name in platforms.names():
        adapter = platforms.find(name)
        aliases = sorted(alias for alias, target in platforms.ALIASES.items() if target == name)
        if shared.json:
            row = {"platform": name, "aliases": aliases, "certainty": adapter.certainty, "limit": adapter.limits.text}
            print_json(row)
            continue
        label = f"{name} ({', '.join(aliases)})" if aliases else name
        click.echo(f"{label:<14} {adapter.limits.text:>7}  {adapter.certainty:<6}  {CERTAIN[adapter.certainty]}")
    if not shared.json:
        later = sorted(platforms.PLANNED - {*platforms.names()})
        click.echo(f"not built yet: {', '.join(later)}")
        click.echo(f"impossible: {', '.join(sorted(platforms.GONE))} (an account of one says why)")
