"""`syndicate daemon`: polls and posts until told to stop."""

from __future__ import annotations

import contextlib
import errno
import functools
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

import click

from syndicate.cli.options import Shared, given, loaded, shared_options
from syndicate.cli.post import stopping

if TYPE_CHECKING:
    from syndicate.app.doors import Doors
    from syndicate.app.engines.daemon import Daemon
    from syndicate.app.runs import RealRun
    from syndicate.app.wiring import App
    from syndicate.config.schema import Config
    from syndicate.errors import LedgerAway
    from syndicate.ingestion.websub import Subscriber
    from syndicate.ledger import Ledger
    from syndicate.ports import EventLog


@click.command()
@shared_options
@click.pass_obj
def command(shared: Shared) -> int:
    """Poll each source when it is due and post what is new, until Ctrl-C or SIGTERM.

    SIGHUP has the config read again.
    """
    stop, reload = threading.Event(), threading.Event()
    with stopping(stop), _hangups(reload):
        app = _opened(shared, stop)
        calm = True if app is None else _run(app, shared, stop, reload)
    if not calm:
        sys.stderr.flush()
        os._exit(0)  # a thread still waits for an answer that nobody needs any more
    return 0


def _opened(shared: Shared, stop: threading.Event) -> App | None:
    """The app, once its ledger can be opened: where that is on a server which is away, wait for it.

    None if told to stop before.
    """
    from syndicate.app import clock
    from syndicate.app.engines.away import once_there
    from syndicate.app.engines.troubles import seldom
    from syndicate.app.monitoring.events import writer
    from syndicate.app.monitoring.systemd import notify
    from syndicate.app.runs import RealRun
    from syndicate.app.wiring import App

    config, say = loaded(shared), seldom(writer(_written, clock.now, as_json=shared.json))

    def away(fault: LedgerAway) -> None:
        say("ledger.failed", error=str(fault), hint=fault.hint)
        notify("READY=1\nWATCHDOG=1\nSTATUS=waits for the ledger")

    return once_there(lambda: App(RealRun(config, os.environ)), stop, away)


def _run(app: App, shared: Shared, stop: threading.Event, reload: threading.Event) -> bool:
    """Run the daemon until told to stop. False if a request is still under way then."""
    from syndicate.app.engines.config_file import ConfigFile
    from syndicate.app.engines.daemon import Daemon
    from syndicate.app.engines.installed import load_rooms
    from syndicate.app.instance_lock import claim_instance
    from syndicate.app.monitoring.events import writer
    from syndicate.app.monitoring.systemd import notify
    from syndicate.app.wiring import App

    with app, claim_instance(app.config.ledger) as other:
        say = writer(_written, app.ledger.now, as_json=shared.json)
        subscriber = _subscriber(app.config, app.ledger, app.doors, say)
        load_rooms()
        _tidies_up()
        file = ConfigFile(given(shared), os.environ, app.config.files)
        hooks: list[Callable[[Config, Subscriber | None], None]] = []

        def renew(before: App) -> tuple[App, Subscriber | None]:
            fresh = App(cast("RealRun", before.kind).with_config(file.read(before.config)))
            subscriber = _subscriber(fresh.config, fresh.ledger, fresh.doors, say)
            for each in hooks:
                each(fresh.config, subscriber)
            return fresh, subscriber

        daemon = Daemon(app, say, stop, subscriber, renew=renew, changed=file.changed, reload=reload)
        with _listening(app.config, app.ledger, daemon, say, subscriber) as serve:
            hooks += [serve] if serve else []
            say("daemon.started", sources=len(app.config.sources), accounts=len(app.accounts))
            if other:
                ledger = app.config.ledger_name
                told = f"{other} already runs a daemon on {ledger}; nothing is posted twice because of that"
                say("daemon.beside", note=told)
            notify("READY=1")
            calm = daemon.run()
        say("daemon.stopped")
    return calm


def _tidies_up() -> None:
    """From now on look for garbage early, so that memory stays small, but not among what was loaded: that stays."""
    gc.freeze()
    gc.set_threshold(700, 10, 10)


@contextlib.contextmanager
def _hangups(reload: threading.Event) -> Iterator[None]:
    """Meanwhile SIGHUP sets `reload`, also that of a terminal which is closed: the daemon goes on without it."""
    before = signal.signal(signal.SIGHUP, lambda *_: reload.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def _written(line: str) -> None:
    """Write a line of the log. One that cannot be written is lost; the daemon goes on."""
    try:
        click.echo(line, err=True)
    except OSError as fault:
        if fault.errno in (errno.EIO, errno.EPIPE):  # the terminal or the reader has gone for good
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stderr.fileno())
            os.close(nowhere)


def _subscriber(config: Config, ledger: Ledger, doors: Doors, say: EventLog) -> Subscriber | None:
    """The subscriber to WebSub hubs; None if the config has no `listen.public`, at which they could reach us."""
    from syndicate.ingestion.websub import Subscriber

    listen = config.listen
    if listen is None or listen.public is None:
        return None
    feeds = [name for name, source in config.sources.items() if source.type == "feed"]
    return Subscriber(listen.public, feeds, ledger, doors.hubs, say)


@contextlib.contextmanager
def _listening(
    config: Config, ledger: Ledger, daemon: Daemon, say: EventLog, subscriber: Subscriber | None
) -> Iterator[Callable[[Config, Subscriber | None], None] | None]:
    """Answer health checks, metrics and hooks meanwhile, if the config has a `listen`.

    Gives what has the hooks follow another config.
    """
    listen = config.listen
    if listen is None:
        yield None
        return
    from syndicate.app.monitoring.metrics import text
    from syndicate.web.hooks import Hooks
    from syndicate.web.server import Listener

    hooks = Hooks(config, ledger, say, subscriber, daemon.expect, daemon.wake)
    listener = Listener(listen.place, listen.token, daemon.health, functools.partial(text, ledger), hooks)
    say("daemon.listening", address=listen.address, port=listener.port)

    def serve(config: Config, subscriber: Subscriber | None) -> None:
        listener.hooks = Hooks(config, ledger, say, subscriber, daemon.expect, daemon.wake)

    try:
        yield serve
    finally:
        listener.close()
