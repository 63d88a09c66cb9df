"""Accounts that tests of the ledger share."""

from __future__ import annotations

from syndicate.model import Account

MASTO = Account("masto", "mastodon")
