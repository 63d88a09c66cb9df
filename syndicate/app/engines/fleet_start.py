"""What has to be right before a worker begins."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, cast

from syndicate.app.ledger_server import INSTALL
from syndicate.errors import LedgerError

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.config.schema import Config
    from syndicate.ledger.postgresql import PostgresDatabase

MOVE = "run syndicate daemon, or move the ledger to a server: docs/operations/postgresql.md"


def require_fleet(config: Config) -> None:
    """Raise LedgerError if workers cannot share this ledger, or what they need is not installed."""
    if not config.server:
        raise LedgerError(f"workers need a ledger on PostgreSQL, and {config.ledger_name} is a file", hint=MOVE)
    if not importlib.util.find_spec("procrastinate"):
        raise LedgerError("workers need procrastinate", hint=INSTALL)


def require_engine(app: App) -> None:
    """Raise LedgerError if the tables of the job engine are not those that this version needs."""
    from syndicate.app.fleet_schema import require

    require(cast("PostgresDatabase", app.ledger.database))
