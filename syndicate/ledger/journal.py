"""Whoever writes down requests before they leave, and posts that arrived; nobody, unless there is a state file."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from syndicate.model import Delivery, Receipt


class Journal(Protocol):
    """What a delivery tells as it is sent. Any thread may call it."""

    def intends(self, delivery: Delivery, now: datetime) -> None:
        """The request leaves once this returns. Raises LedgerError: then nothing may be sent."""

    def arrived(self, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
        """It is posted. Raises nothing: that it may be is written down already."""

    def changes(self, change: Delivery) -> None:
        """The request of an edit or a deletion leaves once this returns. Raises LedgerError: then none may."""

    def changed(self, change: Delivery) -> None:
        """An edit or a deletion is recorded. Raises nothing: where that is not written down, it is done once more."""


class NoJournal:
    """Of a ledger that is the one record of what was sent."""

    def intends(self, delivery: Delivery, now: datetime) -> None:
        """Nobody writes it down."""

    def arrived(self, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
        """Nobody writes it down."""

    def changes(self, change: Delivery) -> None:
        """Nobody writes it down."""

    def changed(self, change: Delivery) -> None:
        """Nobody writes it down."""
