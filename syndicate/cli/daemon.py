"""`syndicate daemon`: until told to stop."""

from __future__ import annotations

import os
import sys
import threading

import click

from syndicate.cli.options import Shared, opened, shared_options
from syndicate.cli.post import stopping


@click.command()
@shared_options
@click.pass_obj
def command(shared: Shared) -> int:
    """Poll each source when it is due and deliver what is, until Ctrl-C or SIGTERM."""
    from syndicate.engines.alone import alone
    from syndicate.engines.embedded import Daemon
    from syndicate.records import instant

    stop = threading.Event()
    with opened(shared) as app, stopping(stop), alone(app.config.ledger) as other:

        def say(fact: str) -> None:
            click.echo(f"{instant(app.ledger.now())} {fact}", err=True)

        say(f"daemon.started sources={len(app.config.sources)} accounts={len(app.accounts)}")
        if other:
            say(f"daemon.beside: {other} is a daemon on {app.config.ledger} already; no story goes out twice for it")
        calm = Daemon(app, say, stop).run()
        say("daemon.stopped")
    if not calm:
        sys.stderr.flush()
        os._exit(0)  # a thread still waits for an answer nobody needs any more
    return 0
