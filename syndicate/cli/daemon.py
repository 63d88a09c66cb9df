"""`syndicate daemon`: polls and posts until told to stop."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from syndicate.cli.options import Shared, opened, shared_options
from syndicate.cli.post import stopping

if TYPE_CHECKING:
    from syndicate.app.doors import Doors
    from syndicate.app.engines.daemon import Daemon
    from syndicate.config.schema import Config
    from syndicate.ingestion.websub import Subscriber
    from syndicate.ledger import Ledger
    from syndicate.ports import EventLog


@click.command()
@shared_options
@click.pass_obj
def command(shared: Shared) -> int:
    """Poll each source when it is due and post what is new, until Ctrl-C or SIGTERM."""
    from syndicate.app.engines.daemon import Daemon
    from syndicate.app.instance_lock import claim_instance
    from syndicate.app.monitoring.events import writer
    from syndicate.app.monitoring.systemd import notify

    stop = threading.Event()
    with opened(shared) as app, stopping(stop), claim_instance(app.config.ledger) as other:
        say = writer(functools.partial(click.echo, err=True), app.ledger.now, as_json=shared.json)
        subscriber = _subscriber(app.config, app.ledger, app.doors, say)
        daemon = Daemon(app, say, stop, subscriber)
        with _listening(app.config, app.ledger, daemon, say, subscriber):
            say("daemon.started", sources=len(app.config.sources), accounts=len(app.accounts))
            if other:
                told = f"{other} already runs a daemon on {app.config.ledger}; nothing is posted twice because of that"
                say("daemon.beside", note=told)
            notify("READY=1")
            calm = daemon.run()
        say("daemon.stopped")
    if not calm:
        sys.stderr.flush()
        os._exit(0)  # a thread still waits for an answer that nobody needs any more
    return 0


def _subscriber(config: Config, ledger: Ledger, doors: Doors, say: EventLog) -> Subscriber | None:
    """The subscriber to WebSub hubs; None if the config has no `listen.public`, at which they could reach us."""
    from syndicate.ingestion.websub import Subscriber

    listen = config.listen
    if listen is None or listen.public is None:
        return None
    feeds = [name for name, source in config.sources.items() if source.type == "feed"]
    return Subscriber(listen.public, feeds, ledger, doors.web, say)


@contextlib.contextmanager
def _listening(
    config: Config, ledger: Ledger, daemon: Daemon, say: EventLog, subscriber: Subscriber | None
) -> Iterator[None]:
    """Answer health checks, metrics and hooks meanwhile, if the config has a `listen`."""
    listen = config.listen
    if listen is None:
        yield
        return
    from syndicate.app.monitoring.metrics import text
    from syndicate.web.hooks import Hooks
    from syndicate.web.server import Listener

    hooks = Hooks(config, ledger, say, subscriber, daemon.expect)
    listener = Listener(listen.place, listen.token, daemon.health, functools.partial(text, ledger), hooks)
    say("daemon.listening", address=listen.address, port=listener.port)
    try:
        yield
    finally:
        listener.close()
