"""`syndicate key`: changes the key that opens stored sessions."""

from __future__ import annotations

import contextlib
import os

import click

from syndicate.cli.options import Shared, loaded, shared_options
from syndicate.cli.output import print_json


@click.group()
@shared_options
def command() -> None:
    """Change the key that opens stored sessions."""


@command.command()
@shared_options
@click.pass_obj
def rotate(shared: Shared) -> None:
    """Make a new key and seal every stored session with it, at once or not at all; a daemon may go on running.

    The old key is kept until that is done. Where the key is in $SYNDICATE_KEY, put the new one before it yourself,
    divided by a space.
    """
    from syndicate.app import clock
    from syndicate.app.ledger import Keys, open_real

    config = loaded(shared, fill=True)
    keys = Keys(config, os.environ)
    with contextlib.closing(open_real(config, os.environ, clock.now)) as ledger:
        file = keys.change()
        done, shut = ledger.credentials.seal_anew()
        if file is not None:
            keys.finish(file)
    if shared.json:
        print_json({"sealed": done, "shut": shut, "key": str(file) if file else None})
        return
    click.echo(f"{done} stored secrets are sealed with the new key" + (f" in {file}" if file else ""))
    if shut:
        click.echo(f"note: {shut} could be opened with no key before; each of them is made anew", err=True)
    if file is None:
        click.echo("hint: take the old key out of $SYNDICATE_KEY, wherever it is set", err=True)
    else:
        click.echo("hint: a backup made before needs the key beside it; make a new backup", err=True)
