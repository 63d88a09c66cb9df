"""Changes many waiting deliveries at once: due times, expiry, moved dates, hours, the queue after a stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from syndicate.ledger import rows
from syndicate.ledger.articles import CHUNK
from syndicate.ledger.database import MICROSECOND, Database, Row, from_micros, micros
from syndicate.ledger.dropped import NO_RUN, note
from syndicate.ledger.follow_ups import FollowUps
from syndicate.ledger.transitions import EXPIRED, RELEASED, UNSENDABLE, drop, move
from syndicate.model import APPROVABLE, SCHEDULED, Delivery, Reason
from syndicate.model.dataclass import dataclass

LONG_STOP = timedelta(hours=1)  # a stop shorter than this skips nothing
DRIFT = timedelta(minutes=10)  # a clock that is believed is no further off
CATCH_UP_SPACING = timedelta(minutes=1)
RESTLESS = 6  # times its delay: how long an article that keeps changing waits at most
WAITED = "it expired while it waited"
_LATE_PARTS = (
    "delivery.expires_at <= :now AND delivery.draft IS NULL AND delivery.part > 0 AND delivery.action = 'post'"
)
MARKED = 200  # rows that get their time written down; a longer queue goes on after them


@dataclass(frozen=True, slots=True)
class Question:
    """A delivery that waits for a person's approval, for which `reason`, since when."""

    key: str
    account: str
    source: str
    reason: str
    article: str
    title: str
    since: datetime


class Backlog:
    """Changes many rows of the `delivery` table, none of them claimed."""

    def __init__(self, database: Database, follow_ups: FollowUps) -> None:
        self._db = database
        self._follow_ups = follow_ups

    def release(self, now: datetime) -> None:
        """Make due what waited for an instant that has passed."""
        self._db.change(
            f"UPDATE delivery SET {RELEASED.sets()}, reason = NULL"
            f" WHERE {RELEASED.allowed} AND reason IN ('embargo', 'delay', 'override', 'preflight') AND due_at <= :now",
            now=micros(now),
        )

    def batches(self) -> dict[tuple[str, str], int]:
        """How many articles wait for approval, by reason and source."""
        values: Row = {}
        found = self._db.rows(
            "SELECT delivery.reason, article.source, COUNT(DISTINCT delivery.anchor) AS number FROM delivery"
            " JOIN article ON article.anchor = delivery.anchor"
            f" WHERE delivery.state = 'planned' AND {rows.among('delivery.reason', APPROVABLE, values)} GROUP BY 1, 2",
            **values,
        )
        return {(row["reason"], row["source"]): row["number"] for row in found}

    def unasked(self) -> list[Question]:
        """What waits for approval, and nobody was asked yet."""
        values: Row = {}
        found = self._db.rows(
            "SELECT delivery.key, delivery.account, delivery.reason, delivery.planned_at, article.source, article.url,"
            " article.data FROM delivery JOIN article ON article.anchor = delivery.anchor"
            f" WHERE delivery.state = 'planned' AND {rows.among('delivery.reason', APPROVABLE, values)}"
            " AND delivery.asked_at IS NULL ORDER BY delivery.planned_at",
            **values,
        )
        return [
            Question(row["key"], row["account"], row["source"], row["reason"], rows.address(row), rows.title(row), at)
            for row in found
            if (at := from_micros(row["planned_at"]))
        ]

    def asked(self, keys: Iterable[str], now: datetime) -> None:
        """Record that a person was told that these wait for approval."""
        with self._db.transaction():
            for key in keys:
                self._db.change("UPDATE delivery SET asked_at = :now WHERE key = :key", key=key, now=micros(now))

    def dated(self) -> dict[str, datetime]:
        """Anchors of the waiting articles whose time may still be moved, each with its date so far."""
        found = self._db.rows(
            "SELECT anchor, COALESCE(published_at, first_seen_at) AS at FROM article WHERE anchor IN"
            " (SELECT anchor FROM delivery WHERE state = 'planned' AND reason <> 'preflight')"
        )
        return {row["anchor"]: at for row in found if (at := from_micros(row["at"]))}

    def unsent(self, anchors: Sequence[str], *, since: datetime) -> list[str]:
        """Which of these articles some account is still to get, or lost since then since they said too little."""
        found: list[str] = []
        for start in range(0, len(anchors), CHUNK):
            values: Row = {"since": micros(since)}
            named = rows.among("anchor", anchors[start : start + CHUNK], values)
            asked = (
                f"SELECT DISTINCT anchor FROM delivery WHERE {named} AND action = 'post'"
                " AND ((state IN ('planned', 'due') AND draft IS NULL)"
                " OR (state = 'skipped' AND reason IN ('filtered', 'empty') AND planned_at >= :since))"
            )
            found += [row["anchor"] for row in self._db.rows(asked, **values)]
        return found

    def reschedule(self, anchor: str, before: datetime, published: datetime, soon: datetime, doubt: str | None) -> None:
        """Follow an article's new date: its deliveries' time and expiry move with it, whatever else they wait for.

        A date up to `soon` is not waited for. `doubt` says why a person has to look at the date; without it,
        what waited for that alone goes on.
        """
        values = {
            "anchor": anchor,
            "doubt": doubt,
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
                " THEN 'date' WHEN reason = 'delay' AND due_at < :published THEN 'embargo'"
                " WHEN :doubt IS NULL AND reason = 'date' THEN 'embargo' ELSE reason END,"
                " error = CASE WHEN :doubt IS NOT NULL AND reason IN ('delay', 'embargo') AND approved IS NULL"
                " THEN :doubt WHEN reason = 'date' THEN :doubt ELSE error END,"
                " due_at = CASE WHEN reason = 'delay' AND due_at >= :published THEN due_at"
                " WHEN due_at IS NULL AND :published <= :soon THEN NULL ELSE :published END"
                " WHERE anchor = :anchor AND action = 'post' AND state = 'planned' AND reason <> 'preflight'",
                **values,
            )

    def expire(self, now: datetime) -> int:
        """Skip what expired while it waited, and record it as dropped; never what may have been sent.

        A further post of a thread has failed then: those before it are out, and a person may try it again. Returns how
        many were skipped.
        """
        values: Row = {"now": micros(now), "waited": WAITED}
        expired = "expires_at <= :now AND draft IS NULL"
        if self._db.row(f"SELECT 1 FROM delivery WHERE {EXPIRED.allowed} AND {expired} LIMIT 1", **values) is None:
            return 0
        for row in self._db.rows(f"{rows.JOINED} WHERE {_LATE_PARTS} AND {UNSENDABLE.allowed}", now=micros(now)):
            self.give_up_part(rows.delivery(row), now)
        error = "CASE WHEN reason IS NULL THEN :waited ELSE :waited || ': ' || reason END"
        return drop(self._db, EXPIRED, expired, now=now, error=error, values=values)

    def give_up_part(self, part: Delivery, now: datetime) -> bool:
        """Fail a further post of a thread that expired while it waited. An alert of its own tells that."""
        error = f"{WAITED}: {part.reason}" if part.reason else WAITED
        columns: Row = {"reason": "too_old", "due_at": None, "error": error}
        with self._db.transaction():
            values: Row = {"key": part.key, "fence": part.fence}
            where = f"{UNSENDABLE.allowed} AND key = :key AND fence = :fence"
            note(self._db, where, now=now, cause="too_old", told=True, values=values)
            return move(self._db, part, UNSENDABLE, now=now, columns=columns, follow_ups=self._follow_ups)

    def retry(self, now: datetime) -> None:
        """Make due what waits for its template, its schedule or its article's own words: somebody may have fixed it."""
        self._db.change(
            f"UPDATE delivery SET {RELEASED.sets()}, reason = NULL, due_at = :now"
            f" WHERE {RELEASED.allowed} AND reason = 'override'",
            now=micros(now),
        )
        self._db.change(
            "UPDATE delivery SET due_at = :now WHERE state = 'due' AND reason = 'template'", now=micros(now)
        )
        values: Row = {"now": micros(now)}
        waits = rows.among("reason", (*SCHEDULED, "budget", "clock"), values)
        self._db.change(
            "UPDATE delivery SET due_at = :now, reason = NULL, error = NULL"
            f" WHERE state = 'due' AND {waits} AND action = 'post'",
            **values,
        )
        self._db.change("UPDATE account SET opens_at = 0 WHERE opens_at > :now", now=micros(now))

    def close(self, account: str, reason: Reason, until: datetime, said: str, now: datetime) -> None:
        """Let an account's due deliveries wait for its schedule, until `until`; breaking news may be an exception.

        `reason` is `window`, `spacing` or `cap`, and `said` names the setting that decides. Where the schedule
        allows one at a time, those after the first get the reason `behind`.
        """
        with self._db.transaction():
            self._db.change(
                "UPDATE account SET opens_at = :until WHERE name = :account", account=account, until=micros(until)
            )
            self._db.change(
                "UPDATE delivery SET reason = :reason, due_at = :until, error = :said, updated_at = :now WHERE key IN"
                " (SELECT key FROM delivery WHERE account = :account AND state = 'due' AND priority > 0"
                " AND due_at <= :now AND draft IS NULL AND action = 'post' ORDER BY planned_at LIMIT :marked)",
                account=account,
                reason="window" if reason == "window" else "behind",
                until=micros(until),
                said=said,
                now=micros(now),
                marked=MARKED,
            )
            if reason != "window":
                self._db.change(
                    "UPDATE delivery SET reason = :reason WHERE key = (SELECT key FROM delivery"
                    " WHERE account = :account AND state = 'due' AND priority > 0 AND action = 'post'"
                    " AND reason IN ('behind', 'spacing', 'cap') ORDER BY planned_at LIMIT 1)",
                    account=account,
                    reason=reason,
                )

    def reopen(self, account: str) -> None:
        """Make due what waited for the account's schedule, which is open again."""
        self._db.change("UPDATE account SET opens_at = 0 WHERE name = :account", account=account)

    def hold(self, account: str, reason: Reason, until: datetime | None, said: str | None, now: datetime) -> None:
        """Record on everything due for an account why it waits for its network or a person.

        `until` None: the due times stay as they are.
        """
        self._db.change(
            "UPDATE delivery SET reason = :reason, due_at = COALESCE(:until, due_at), error = :said, updated_at = :now"
            " WHERE key IN (SELECT key FROM delivery WHERE account = :account AND state = 'due' AND due_at <= :now"
            " AND draft IS NULL AND (reason IS NULL OR reason <> :reason) ORDER BY planned_at LIMIT :marked)",
            account=account,
            reason=reason,
            until=micros(until),
            said=said,
            now=micros(now),
            marked=MARKED,
        )

    def last_in_turn(self, account: str, now: datetime) -> datetime | None:
        """When the last of those is due that go out a minute apart after a stop; None if none was just now."""
        row = self._db.row(
            "SELECT MAX(due_at) AS at FROM delivery WHERE account = :account AND state = 'due' AND priority > 0"
            " AND (reason IS NULL OR reason = 'catch_up') AND due_at > :before",
            account=account,
            before=micros(now - CATCH_UP_SPACING),
        )
        return from_micros(row["at"]) if row else None

    def look_at_dates_again(self, now: datetime, far: timedelta) -> None:
        """Free what waits for an approval of its date, because a clock that was behind took it for the far future.

        It was planned before its account was first used, which no right clock does.
        """
        self._db.change(
            "UPDATE delivery SET reason = 'embargo', error = NULL,"
            " due_at = (SELECT published_at FROM article WHERE article.anchor = delivery.anchor)"
            " WHERE state = 'planned' AND reason = 'date' AND action = 'post' AND planned_at <"
            " (SELECT baseline_at - :slack FROM account WHERE account.name = delivery.account)"
            " AND (SELECT published_at FROM article WHERE article.anchor = delivery.anchor) <= :soon",
            slack=DRIFT // MICROSECOND,
            soon=micros(now + far),
        )

    def raise_priority(self, anchor: str) -> None:
        """Let an article that became breaking news go before what waits."""
        self._db.change(
            "UPDATE delivery SET priority = 0 WHERE anchor = :anchor AND priority > 0 AND state IN ('planned', 'due')"
            " AND again IS NULL",
            anchor=anchor,
        )

    def hurry(self, anchor: str, accounts: Sequence[str], now: datetime) -> None:
        """Let an article's posts go past hours and spacing, because a person wants them at once."""
        values: Row = {"anchor": anchor, "now": micros(now)}
        chosen = f"anchor = :anchor AND action = 'post' AND again IS NULL AND {rows.among('account', accounts, values)}"
        with self._db.transaction():
            self._db.change(
                f"UPDATE delivery SET priority = -1 WHERE {chosen} AND state IN ('planned', 'due')", **values
            )
            waits = rows.among("reason", SCHEDULED, values)
            self._db.change(
                f"UPDATE delivery SET due_at = :now, reason = NULL, error = NULL WHERE {chosen} AND state = 'due'"
                f" AND {waits}",
                **values,
            )

    def reconsider(self, anchor: str, account: str, *, due_at: datetime, expires_at: datetime) -> None:
        """Look at an article's posts again that wait for a time or for its own words, which it has changed."""
        values: Row = {"anchor": anchor, "account": account, "due_at": micros(due_at), "expires_at": micros(expires_at)}
        with self._db.transaction():
            chosen = "anchor = :anchor AND account = :account AND action = 'post'"
            self._db.change(
                f"UPDATE delivery SET due_at = :due_at WHERE {chosen} AND state = 'planned'"
                " AND reason IN ('embargo', 'override')",
                **{name: value for name, value in values.items() if name != "expires_at"},
            )
            self._db.change(
                f"UPDATE delivery SET expires_at = :expires_at WHERE {chosen} AND state IN ('planned', 'due')"
                " AND expires_at < :expires_at",
                **{name: value for name, value in values.items() if name != "due_at"},
            )

    def extend_delay(self, anchor: str, account: str, now: datetime, delay: timedelta) -> None:
        """Start the delay of a changed article anew; one that keeps changing waits a few times its delay at most."""
        self._db.change(
            "UPDATE delivery SET due_at = CASE WHEN :until > planned_at + :most THEN planned_at + :most ELSE :until END"
            " WHERE anchor = :anchor AND account = :account"
            " AND state = 'planned' AND reason = 'delay' AND due_at < :until AND due_at < planned_at + :most",
            anchor=anchor,
            account=account,
            until=micros(now + delay),
            most=RESTLESS * delay // MICROSECOND,
        )

    def catch_up(
        self,
        account: str,
        *,
        since: datetime,
        now: datetime,
        keep: int | None,
        word: str = "",
        cause: str | None = None,
    ) -> int:
        """After a stop since `since`: let the newest `keep` go out a minute apart, and skip the rest as too old.

        Breaking news, what a person asked for and what may have been sent stay as they are. With `word`, only
        articles with that paused word. `cause` is what the stop was; None: nothing ran, and only what was due
        meanwhile is meant. Returns how many were skipped.
        """
        if keep is None or now - since < LONG_STOP:
            return 0
        waiting = self._db.rows(
            "SELECT key FROM delivery WHERE account = :account AND state = 'due' AND action = 'post' AND priority > 0"
            " AND expires_at IS NOT NULL AND draft IS NULL AND (:word = '' OR reason = 'paused')"
            " AND (NOT :overdue OR due_at <= :now) ORDER BY planned_at",
            account=account,
            word=word,
            overdue=cause is None,
            now=micros(now),
        )
        stop = f"too old after a stop of {_span(now - since)}; only the newest {keep} go out"
        old, new = waiting[: max(0, len(waiting) - keep)], waiting[max(0, len(waiting) - keep) :]
        for row in old:
            values: Row = {"key": row["key"], "stop": stop}
            drop(
                self._db,
                EXPIRED,
                "key = :key AND state = 'due'",
                now=now,
                error=":stop",
                cause=cause or NO_RUN,
                values=values,
            )
        for number, row in enumerate(new if old else ()):
            self._db.change(
                "UPDATE delivery SET reason = :reason, due_at = :due_at, updated_at = :now"
                " WHERE key = :key AND state = 'due'",
                key=row["key"],
                reason="catch_up" if number else None,
                due_at=micros(now + number * CATCH_UP_SPACING),
                now=micros(now),
            )
        return len(old)


def _span(length: timedelta) -> str:
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m"
