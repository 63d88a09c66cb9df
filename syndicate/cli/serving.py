"""What `daemon` and `worker` share: signals, the log, and answers to HTTP requests."""

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
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syndicate.app.doors import Doors
    from syndicate.app.engines.config_file import ConfigFile
    from syndicate.app.runs import RealRun
    from syndicate.app.wiring import App
    from syndicate.config.schema import Config
    from syndicate.errors import LedgerAway
    from syndicate.ingestion.websub import Subscriber
    from syndicate.ledger import Ledger
    from syndicate.ports import EventLog

Serve: TypeAlias = "Callable[[App, Subscriber | None], None]"


class Serving(Protocol):
    """An engine that answers: whether it is well, and what a hook asks of it."""

    def health(self) -> str | None:
        """What is wrong; None if nothing is."""

    def expect(self, names: Iterable[str]) -> None:
        """A hook named a story of these sources."""

    def wake(self) -> None:
        """A hook had sources read at once."""


def tidies_up() -> None:
    """From now on look for garbage early, so that memory stays small, but not among what was loaded: that stays."""
    gc.freeze()
    gc.set_threshold(700, 10, 10)


@contextlib.contextmanager
def hangups(reload: threading.Event) -> Iterator[None]:
    """Meanwhile SIGHUP sets `reload`, also that of a terminal which is closed: the engine goes on without it."""
    before = signal.signal(signal.SIGHUP, lambda *_: reload.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def written(line: str) -> None:
    """Write a line of the log. One that cannot be written is lost; the engine goes on."""
    try:
        click.echo(line, err=True)
    except OSError as fault:
        if fault.errno in (errno.EIO, errno.EPIPE):  # the terminal or the reader has gone for good
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stderr.fileno())
            os.close(nowhere)


def opened_once_there(config: Config, stop: threading.Event, *, as_json: bool) -> App | None:
    """The app, once its ledger can be opened: where that is on a server which is away, say so and wait for it.

    None if told to stop before. Raises LedgerError where waiting does not help.
    """
    from syndicate.app import clock
    from syndicate.app.engines.away import once_there
    from syndicate.app.engines.troubles import seldom
    from syndicate.app.monitoring.events import writer
    from syndicate.app.monitoring.systemd import notify
    from syndicate.app.runs import RealRun
    from syndicate.app.wiring import App

    say = seldom(writer(written, clock.now, as_json=as_json))

    def away(fault: LedgerAway) -> None:
        say("ledger.failed", error=str(fault), hint=fault.hint)
        notify("READY=1\nWATCHDOG=1\nSTATUS=waits for the ledger")

    return once_there(lambda: App(RealRun(config, os.environ)), stop, away)


def subscriber_of(config: Config, ledger: Ledger, doors: Doors, say: EventLog) -> Subscriber | None:
    """The subscriber to WebSub hubs; None if the config has no `listen.public`, at which they could reach us."""
    from syndicate.ingestion.websub import Subscriber

    listen = config.listen
    if listen is None or listen.public is None:
        return None
    feeds = [name for name, source in config.sources.items() if source.type == "feed"]
    return Subscriber(listen.public, feeds, ledger, doors.hubs, say)


def renewing(file: ConfigFile, say: EventLog, hooks: list[Serve]) -> Callable[[App], tuple[App, Subscriber | None]]:
    """What makes the app of a config that was changed; the `hooks` follow it."""
    from syndicate.app.wiring import App

    def renew(before: App) -> tuple[App, Subscriber | None]:
        fresh = App(cast("RealRun", before.kind).with_config(file.read(before.config)))
        subscriber = subscriber_of(fresh.config, fresh.ledger, fresh.doors, say)
        for each in hooks:
            each(fresh, subscriber)
        return fresh, subscriber

    return renew


@contextlib.contextmanager
def listening(app: App, engine: Serving, say: EventLog, subscriber: Subscriber | None) -> Iterator[list[Serve]]:
    """Answer health checks, metrics, hooks and people who approve meanwhile, if the config has a `listen`.

    Gives what has all of them follow another config.
    """
    ledger, listen = app.ledger, app.config.listen
    if listen is None:
        yield []
        return
    from syndicate.app.approvals import Approvals
    from syndicate.app.monitoring.metrics import text
    from syndicate.web.approvals import ApprovalDoor
    from syndicate.web.hooks import Hooks
    from syndicate.web.server import Listener

    def hooks(app: App, subscriber: Subscriber | None) -> Hooks:
        return Hooks(app.config, ledger, say, subscriber, engine.expect, engine.wake)

    def approvals(app: App) -> ApprovalDoor | None:
        return ApprovalDoor(Approvals(app), say) if app.config.approvals else None

    def serve(app: App, subscriber: Subscriber | None) -> None:
        listener.hooks, listener.approvals = hooks(app, subscriber), approvals(app)

    listener = Listener(
        listen.place,
        listen.token,
        engine.health,
        functools.partial(text, ledger),
        hooks(app, subscriber),
        approvals=approvals(app),
    )
    say("daemon.listening", address=listen.address, port=listener.port)
    try:
        yield [serve]
    finally:
        listener.close()
