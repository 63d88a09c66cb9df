"""The ledger: articles, deliveries and attempts; the one truth about what was sent."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

from syndicate.ledger.accounts import Accounts
from syndicate.ledger.alerts import Alerts
from syndicate.ledger.articles import Articles
from syndicate.ledger.claims import Claims
from syndicate.ledger.credentials import Credentials
from syndicate.ledger.database import Database
from syndicate.ledger.deliveries import Deliveries
from syndicate.ledger.sources import Sources
from syndicate.ports import Clock

__all__ = ["Ledger"]


class Ledger:
    """The tables, each behind its own small class, over one database."""

    def __init__(self, database: Database, clock: Clock, key: Callable[[], bytes]) -> None:
        self.database = database
        self._clock = clock
        self.sources = Sources(database)
        self.articles = Articles(database)
        self.accounts = Accounts(database)
        self.deliveries = Deliveries(database)
        self.claims = Claims(database)
        self.alerts = Alerts(database)
        self.credentials = Credentials(database, key)

    def now(self) -> datetime:
        """The instant all decisions are made by: aware, UTC."""
        return self._clock()

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """All or nothing, and alone."""
        return self.database.transaction()

    def close(self) -> None:
        """Close the database; nothing may be under way."""
        self.database.close()
