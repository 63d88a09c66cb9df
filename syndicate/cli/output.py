"""Prints deliveries: lines for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TextIO
from zoneinfo import ZoneInfo

import click

from syndicate.cli.terminal import style
from syndicate.control_characters import escaped_json, on_one_line
from syndicate.ledger.decisions import BY_A_PERSON
from syndicate.model import LATER, NOTHING, REASONS, Delivery, Json
from syndicate.serialization import PARTS, delivery_record, instant, moment

if TYPE_CHECKING:
    from syndicate.ledger.parts import OpenPart

AT_ONCE = 100  # lines that are written together, where many follow each other
COLOURS = {
    "posted": "green",
    "edited": "green",
    "failed": "red",
    "held": "red",
    "deleted": "red",
    "unknown": "yellow",
    "due": "yellow",
    "planned": "cyan",
}
UNTIL = {*LATER, "rate_limited", "unavailable", "template"} - {"paused"}
"""Reasons with which the time tells until when a due delivery waits."""
SHOWN = (
    *("key", "article", "account", "platform", "action", "state", "reason"),
    *("planned_at", "due_at", "posted_at", "permalink"),
)
"""What is shown of one delivery, in this order, where there is anything."""
DONE = {"edit": "edited", "delete": "deleted"}
"""The state that is shown for an edit or a deletion that succeeded."""


def is_terminal(*streams: TextIO | None) -> bool:
    """Whether a person is at each of these streams; one may have been closed before we began."""
    return all(stream is not None and stream.isatty() for stream in streams)


def print_json(record: dict[str, Any]) -> None:
    """Print an object as one line of JSON."""
    # JSON has escapes of its own for a stream that cannot hold every letter.
    bare = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    click.echo(escaped_json(json.dumps(record, ensure_ascii=not bare)))


def print_json_lines(found: Iterator[dict[str, Any]]) -> None:
    """As `print_json` of each, many at once: a long list takes a third of the time."""
    bare = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    encode = json.JSONEncoder(ensure_ascii=not bare).encode
    while lines := [encode(record) for record in islice(found, AT_ONCE)]:
        click.echo(escaped_json("\n".join(lines)))


def print_deliveries(records: Iterable[Json], *, as_json: bool, zone: str = "UTC", width: int | None = None) -> None:
    """Print delivery records as lines of JSON, or as lines for people, aligned to `width` letters of an account."""
    if as_json:
        print_json_lines(iter(records))
        return
    if width is None:
        records = [*records]
        width = max((len(record["account"]) for record in records), default=0)
    shown = (line(record, width, zone) for record in records)
    while lines := [*islice(shown, AT_ONCE)]:
        click.echo("\n".join(lines))


def line(record: Json, width: int, zone: str, *, timed: bool = False, left: OpenPart | None = None) -> str:
    """One delivery as a line: state, account, key, the permalink or the reason, and the article.

    `timed`: with the time at which it was posted, or else planned. `left`: what of its thread is not out.
    """
    state = shown_state(record)
    where = why(record, zone)
    if record["state"] == "posted":
        where = dead_or_alive(record) or "received"
    if left is not None:
        where += f"  {'reply' if left.is_reply else f'post {left.number + 1} of its thread'} {left.state}"
    what = f"{record['action']}: " if record["action"] != "post" and state not in DONE.values() else ""
    what = f"post {record['part'] + 1} of its thread: {what}" if record["part"] else what
    head = f"{style(f'{state:<8}', fg=COLOURS.get(state))} {record['account']:<{width}}  {record['key'][:8]}  "
    head += f"{_time(record, zone)}  " if timed else ""
    rest = f"{where}  ({record['article']})" if where else f"({record['article']})"
    return head + what + on_one_line(rest)


def shown_state(record: Json) -> str:
    """The state in a word: a finished edit was `edited`, and a post that is gone was `deleted`."""
    if record["state"] != "posted":
        return str(record["state"])
    if record["reason"] == "deleted":
        return "deleted"
    return DONE.get(record["action"], "posted")


def dead_or_alive(record: Json) -> str | None:
    """The permalink, marked where it leads nowhere any more."""
    if record["permalink"] and shown_state(record) == "deleted":
        return f"{record['permalink']} (deleted)"
    return record["permalink"] and str(record["permalink"])


def _time(record: Json, zone: str) -> str:
    if record["posted_at"]:
        done = DONE.get(record["action"], "posted")
        return f"{done:<7} {stamp(moment(record['posted_at']), zone)}"
    return f"planned {stamp(moment(record['planned_at']), zone)}"


def stamp(at: datetime | None, zone: str) -> str:
    """An instant for people: to the minute, in a time zone that is named beside it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}" if at else ""


def why(record: Json, zone: str) -> str:
    """The reason in words, with the time until which the delivery waits."""
    words = REASONS.get(record["reason"], "")
    if (record["state"] in ("planned", "unknown") or record["reason"] in UNTIL) and record["due_at"]:
        words = f"{words}, until {stamp(moment(record['due_at']), zone)}".removeprefix(", ")
    return words


def _print_thread(further: Sequence[Json]) -> None:
    """Print the posts that come after the first one, as they are sent or were."""
    for number, post in enumerate(further, 2):
        click.echo(f"post {number} of {1 + len(further)}: {post['length']} of {post['limit']}")
        click.echo("\n".join(f"    {row}" for row in post["text"].splitlines()))


def print_delivery(delivery: Delivery, attempts: Sequence[dict[str, Any]]) -> None:
    """Print one delivery in full, with each of its attempts."""
    record = delivery_record(delivery)
    shown = record | {"state": shown_state(record), "permalink": dead_or_alive(record)}
    for name in SHOWN:
        if shown[name]:
            click.echo(f"{name + ':':<11} {on_one_line(str(shown[name]))}")
    if record["text"]:
        click.echo(f"length:     {record['length']} of {record['limit']}")
        click.echo("text:")
        click.echo("\n".join(f"    {row}" for row in record["text"].splitlines()))
    _print_thread((delivery.post or {}).get(PARTS, []))
    for media in record["media"]:
        click.echo(f"picture:    {media['width']}×{media['height']} {media['mime']}, alt: {media['alt'] or '(none)'}")
    if delivery.conceded != NOTHING:
        from syndicate.delivery.concessions import told

        click.echo(f"given up:   {told(delivery.conceded)}")
    if delivery.error and delivery.state != "posted":
        click.echo(f"error:      {on_one_line(delivery.error)}")
    for number, attempt in enumerate(attempts, 1):
        ended = instant(attempt["ended_at"]) or "still under way"
        outcome = attempt["outcome"] or "…"
        who = f" ({on_one_line(attempt['error'])})" if outcome.endswith(BY_A_PERSON) and attempt["error"] else ""
        click.echo(f"attempt {number}:  {instant(attempt['started_at'])} → {ended}: {outcome}{who}")
