"""Stories of years ago in a ledger, as finished deliveries left them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from bench.large_rows import stories, written

COUNT = 900  # stories of three years
DAY = timedelta(days=1)


def fill(path, numbers):
    """Add these old stories, of the account and of the source that the desk has. Returns the address of one."""
    with sqlite3.connect(path) as connection:
        for story in stories(COUNT, 1, datetime.now(UTC) - 60 * DAY, numbers):
            article = story.article | {"source": "news"}
            deliveries = [written(row) for row in story.deliveries]
            if article["position"] % 3 == 0:
                deliveries[0] |= {"state": "skipped", "reason": "filtered", "committed_at": None}
            for table, rows in (
                ("article", [article]),
                ("alias", story.aliases),
                ("delivery", deliveries),
                ("attempt", story.attempts),
            ):
                for row in rows:
                    values = ", ".join(f":{name}" for name in row)
                    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})", row)
    connection.close()
    return article["url"]
