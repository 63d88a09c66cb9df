"""Threads that are cut after some of their posts, at a desk with one account."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from tests.worlds.long_stories import BODY, feed


def cut(desk, fault, *, out=1, count=1, more="link: reply", account="masto", extra=""):
    """The story's thread stops after so many of its posts, `count` times. Returns how the run ended."""
    rules = f"{extra}\ndefaults: {{image: none, hashtags: 0, {more}}}"
    desk.config(account, extra=rules, source=", preflight: off")
    desk.site.raw = feed(desk.site)
    begun = desk("post")
    assert begun.code == 0, begun.err
    desk.site.raw = feed(desk.site, BODY)
    desk.sandbox.add_faults([{"step": "commit", "fault": fault, "after": out, "count": count}])
    return desk("post")


def change(desk, statement, **values):
    """Change the ledger, as time would."""
    with sqlite3.connect(desk.folder / "syndicate.db") as connection:
        connection.execute(statement, values)
    connection.close()


def expires(desk):
    """What waits has waited for too long."""
    past = int((datetime.now(UTC) - timedelta(minutes=1)).timestamp() * 1_000_000)
    change(desk, "UPDATE delivery SET expires_at = :past WHERE expires_at IS NOT NULL AND state = 'due'", past=past)


def rows(desk):
    """The deliveries, in the order of the thread."""
    return sorted(desk("deliveries", "list", "--json").rows, key=lambda row: row["part"])
