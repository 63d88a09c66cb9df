"""What has to be right before a worker begins; where only the server is away, it waits."""

from __future__ import annotations

import importlib.util
import threading
from typing import TYPE_CHECKING, cast

from syndicate.app.engines.troubles import seldom
from syndicate.app.ledger_server import INSTALL, is_away
from syndicate.app.wiring import App
from syndicate.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from syndicate.config.schema import Config
    from syndicate.ledger.postgresql import PostgresDatabase
    from syndicate.ports import EventLog

AGAIN = 3.0  # seconds until a server that is away is tried again
MOVE = "run syndicate daemon, or move the ledger to a server: docs/operations/postgresql.md"


def require_fleet(config: Config) -> None:
    """Raise LedgerError if workers cannot share this ledger, or what they need is not installed."""
    if not config.server:
        raise LedgerError(f"workers need a ledger on PostgreSQL, and {config.ledger_name} is a file", hint=MOVE)
    if not importlib.util.find_spec("procrastinate"):
        raise LedgerError("workers need procrastinate", hint=INSTALL)


def reached(make: Callable[[], App], say: EventLog, stop: threading.Event) -> App | None:
    """The app, once its server answers; None if told to stop before that.

    Raises LedgerError where waiting does not help.
    """
    say = seldom(say)
    while not stop.is_set():
        try:
            app = make()
        except LedgerError as fault:
            if not is_away(fault):
                raise
            say("ledger.failed", error=str(fault), hint=fault.hint)
            stop.wait(AGAIN)
            continue
        try:
            _require_engine(app)
        except BaseException:
            app.close()
            raise
        return app
    return None


def _require_engine(app: App) -> None:
    from syndicate.app.fleet_schema import require

    require(cast("PostgresDatabase", app.ledger.database))
