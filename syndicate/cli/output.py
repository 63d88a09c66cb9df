"""Prints deliveries: lines for people, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from typing import Any

import click

from syndicate.model import LATER, NOTHING, REASONS, Delivery
from syndicate.serialization import delivery_record, instant

COLOURS = {"posted": "green", "failed": "red", "held": "red", "unknown": "yellow", "due": "yellow", "planned": "cyan"}
DONE = {"edit": "edited", "delete": "deleted"}
"""The state that is shown for an edit or a deletion that succeeded."""
_FRACTION = re.compile(r"\.\d+")  # of a second, which nobody waits for


def print_json(record: dict[str, Any]) -> None:
    """Print an object as one line of JSON."""
    # JSON has escapes of its own for a stream that cannot hold every letter.
    bare = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    click.echo(json.dumps(record, ensure_ascii=not bare))


def print_deliveries(records: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print delivery records as lines of JSON, or as aligned lines for people."""
    if as_json:
        for record in records:
            print_json(record)
        return
    width = max((len(record["account"]) for record in records), default=0)
    for record in records:
        click.echo(line(record, width))


def line(record: dict[str, Any], width: int) -> str:
    """One delivery as a line: state, account, key, the permalink or the reason, and the article."""
    done = DONE.get(record["action"]) if record["state"] == "posted" else None
    state = click.style(f"{done or record['state']:<8}", fg=COLOURS.get(record["state"]))
    where = record["permalink"] or why(record)
    if record["state"] == "posted":
        where = where or "received"
    what = f"{record['action']}: " if record["action"] != "post" and not done else ""
    head = f"{state} {record['account']:<{width}}  {record['key'][:8]}  {what}"
    return head + (f"{where}  ({record['article']})" if where else f"({record['article']})")


def why(record: dict[str, Any]) -> str:
    """The reason in words, with the time until which the delivery waits."""
    words = REASONS.get(record["reason"], "")
    if (record["state"] in ("planned", "unknown") or record["reason"] in LATER) and record["due_at"]:
        words = f"{words}, {_FRACTION.sub('', record['due_at'])}".lstrip(", ")
    return words


def print_delivery(delivery: Delivery, attempts: Sequence[dict[str, Any]]) -> None:
    """Print one delivery in full, with each of its attempts."""
    record = delivery_record(delivery)
    for name in ("key", "article", "account", "platform", "action", "state", "reason", "due_at", "permalink"):
        if record[name]:
            click.echo(f"{name + ':':<11} {record[name]}")
    if record["text"]:
        click.echo(f"length:     {record['length']} of {record['limit']}")
        click.echo("text:")
        click.echo("\n".join(f"    {row}" for row in record["text"].splitlines()))
    for media in record["media"]:
        click.echo(f"picture:    {media['width']}×{media['height']} {media['mime']}, alt: {media['alt'] or '(none)'}")
    if delivery.conceded != NOTHING:
        from syndicate.delivery.concessions import told

        click.echo(f"given up:   {told(delivery.conceded)}")
    if delivery.error and delivery.state != "posted":
        click.echo(f"error:      {delivery.error}")
    for number, attempt in enumerate(attempts, 1):
        ended = instant(attempt["ended_at"]) or "still under way"
        click.echo(f"attempt {number}:  {instant(attempt['started_at'])} → {ended}: {attempt['outcome'] or '…'}")
