"""What waits, moved all at once: by the clock, by a mended template, by an account that works again."""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicate.ledger.database import MICROSECOND, Database, from_micros, micros

LONG_STOP = timedelta(hours=1)  # from here on a backlog is old news
CATCH_UP_SPACING = timedelta(minutes=1)
RESTLESS = 6  # times its delay that a story waits which changes all the time
DOUBT = "it is dated "  # how a doubt about a date begins
MARKED = 200  # rows that say when they go; a longer queue follows them all the same


class Backlog:
    """Changes of many rows of the `delivery` table that nobody claims."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def release(self, now: datetime) -> None:
        """What waited for an instant, and that instant has come, is due."""
        self._db.change(
            "UPDATE delivery SET state = 'due', reason = NULL"
            " WHERE state = 'planned' AND reason IN ('embargo', 'delay', 'preflight') AND due_at <= :now",
            now=micros(now),
        )

    def batches(self) -> dict[tuple[str, str], int]:
        """How many stories wait for one yes, by reason and source."""
        found = self._db.rows(
            "SELECT delivery.reason, article.source, COUNT(DISTINCT delivery.anchor) AS number FROM delivery"
            " JOIN article ON article.anchor = delivery.anchor"
            " WHERE delivery.state = 'planned' AND delivery.reason IN ('approval', 'burst', 'similar') GROUP BY 1, 2"
        )
        return {(row["reason"], row["source"]): row["number"] for row in found}

    def dated(self) -> dict[str, datetime]:
        """Anchors of the stories that wait and whose hour may still be moved, with the date each had so far."""
        found = self._db.rows(
            "SELECT anchor, COALESCE(published_at, first_seen_at) AS at FROM article WHERE anchor IN"
            " (SELECT anchor FROM delivery WHERE state = 'planned' AND reason <> 'preflight')"
        )
        return {row["anchor"]: at for row in found if (at := from_micros(row["at"]))}

    def reschedule(self, anchor: str, before: datetime, published: datetime, soon: datetime, doubt: str | None) -> None:
        """The date of a story was moved, and with it its hour, whatever it waits for besides, and its age.

        One up to `soon` is no hour to wait for. `doubt` says why a person has to look at the date; what waits
        for that alone goes on without it.
        """
        values = {
            "anchor": anchor,
            "doubt": doubt,
            "doubted": f"{DOUBT}%",
            "published": micros(published),
            "soon": micros(soon),
            "shift": (published - before) // MICROSECOND,
        }
        with self._db.transaction():
            self._db.change(
                "UPDATE article SET published_at = :published WHERE anchor = :anchor",
                anchor=anchor,
                published=values["published"],
            )
            self._db.change(
                "UPDATE delivery SET expires_at = expires_at + :shift,"
                " reason = CASE WHEN :doubt IS NOT NULL AND reason IN ('delay', 'embargo') AND approved IS NULL"
                " THEN 'approval' WHEN reason = 'delay' AND due_at < :published THEN 'embargo'"
                " WHEN :doubt IS NULL AND reason = 'approval' AND error LIKE :doubted THEN 'embargo' ELSE reason END,"
                " error = CASE WHEN :doubt IS NOT NULL AND reason IN ('delay', 'embargo') AND approved IS NULL"
                " THEN :doubt WHEN reason = 'approval' AND error LIKE :doubted THEN :doubt ELSE error END,"
                " due_at = CASE WHEN reason = 'delay' AND due_at >= :published THEN due_at"
                " WHEN due_at IS NULL AND :published <= :soon THEN NULL ELSE :published END"
                " WHERE anchor = :anchor AND action = 'post' AND state = 'planned' AND reason <> 'preflight'",
                **values,
            )

    def expire(self, now: datetime) -> dict[str, int]:
        """Stories that grew too old while they waited are skipped; what may have been sent never is.

        How many of them waited for a person, by source.
        """
        changed = self._db.change(
            "UPDATE delivery SET state = 'skipped', reason = 'too_old', due_at = NULL, updated_at = :now,"
            " error = CASE WHEN reason IS NULL THEN 'it grew too old while it waited'"
            " ELSE 'it grew too old while it waited: ' || reason END"
            " WHERE state IN ('planned', 'due') AND expires_at <= :now AND draft IS NULL",
            now=micros(now),
        )
        if not changed:
            return {}
        found = self._db.rows(
            "SELECT article.source, COUNT(DISTINCT delivery.anchor) AS number FROM delivery"
            " JOIN article ON article.anchor = delivery.anchor WHERE delivery.reason = 'too_old'"
            " AND delivery.updated_at = :now AND delivery.error IN ('it grew too old while it waited: approval',"
            " 'it grew too old while it waited: burst', 'it grew too old while it waited: similar') GROUP BY 1",
            now=micros(now),
        )
        return {row["source"]: row["number"] for row in found}

    def retry(self, now: datetime) -> None:
        """What waited for a mended template or a schedule may be tried at once: somebody may have mended it."""
        self._db.change(
            "UPDATE delivery SET due_at = :now WHERE state = 'due' AND reason = 'template'", now=micros(now)
        )
        self._db.change(
            "UPDATE delivery SET due_at = :now, reason = NULL, error = NULL"
            " WHERE state = 'due' AND reason IN ('window', 'budget')",
            now=micros(now),
        )
        self._db.change("UPDATE account SET opens_at = 0 WHERE opens_at > :now", now=micros(now))

    def close(self, account: str, until: datetime, said: str, now: datetime) -> None:
        """The account's schedule lets nothing out before `until`; breaking news may be an exception.

        `said` names the setting that decides.
        """
        with self._db.transaction():
            self._db.change(
                "UPDATE account SET opens_at = :until WHERE name = :account", account=account, until=micros(until)
            )
            self._db.change(
                "UPDATE delivery SET reason = 'window', due_at = :until, error = :said, updated_at = :now WHERE key IN"
                " (SELECT key FROM delivery WHERE account = :account AND state = 'due' AND priority > 0"
                " AND due_at <= :now AND draft IS NULL AND action = 'post' ORDER BY planned_at LIMIT :marked)",
                account=account,
                until=micros(until),
                said=said,
                now=micros(now),
                marked=MARKED,
            )

    def raise_priority(self, anchor: str) -> None:
        """A story became breaking news: it overtakes what waits."""
        self._db.change(
            "UPDATE delivery SET priority = 0 WHERE anchor = :anchor AND priority > 0 AND state IN ('planned', 'due')",
            anchor=anchor,
        )

    def extend_delay(self, anchor: str, account: str, now: datetime, delay: timedelta) -> None:
        """A story that waits until it has stayed unchanged has changed; some never do, and wait no longer than that."""
        self._db.change(
            "UPDATE delivery SET due_at = CASE WHEN :until > planned_at + :most THEN planned_at + :most ELSE :until END"
            " WHERE anchor = :anchor AND account = :account"
            " AND state = 'planned' AND reason = 'delay' AND due_at < :until AND due_at < planned_at + :most",
            anchor=anchor,
            account=account,
            until=micros(now + delay),
            most=RESTLESS * delay // MICROSECOND,
        )

    def catch_up(self, account: str, *, since: datetime, now: datetime, keep: int | None, word: str = "") -> int:
        """After a stop since then: of what waited, the newest few go out a minute apart, the rest is too old.

        Breaking news, what a person asked for and what may have been sent stay as they are. `word` takes
        only what waited for it. Returns how many were skipped.
        """
        if keep is None or now - since < LONG_STOP:
            return 0
        waiting = self._db.rows(
            "SELECT key FROM delivery WHERE account = :account AND state = 'due' AND action = 'post' AND priority > 0"
            " AND expires_at IS NOT NULL AND draft IS NULL AND (:word = '' OR reason = 'paused')"
            " ORDER BY planned_at",
            account=account,
            word=word,
        )
        stop = f"it waited through a stop of {_span(now - since)}, and {keep} newer ones go out"
        old, new = waiting[: max(0, len(waiting) - keep)], waiting[max(0, len(waiting) - keep) :]
        for row in old:
            self._db.change(
                "UPDATE delivery SET state = 'skipped', reason = 'too_old', due_at = NULL, error = :error,"
                " updated_at = :now WHERE key = :key AND state = 'due'",
                key=row["key"],
                error=stop,
                now=micros(now),
            )
        for number, row in enumerate(new if old else ()):
            self._db.change(
                "UPDATE delivery SET reason = NULL, due_at = :due_at, updated_at = :now"
                " WHERE key = :key AND state = 'due'",
                key=row["key"],
                due_at=micros(now + number * CATCH_UP_SPACING),
                now=micros(now),
            )
        return len(old)


def _span(length: timedelta) -> str:
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m"
