"""Writes the daemon's log: one line for each event, for people or as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from syndicate.control_characters import visible, visible_json
from syndicate.ledger.dropped import Drop
from syndicate.model import Delivery
from syndicate.ports import EventLog
from syndicate.serialization import instant

_PLAIN = re.compile(r"[^\s\"'=]+")


def writer(write: Callable[[str], None], clock: Callable[[], datetime], *, as_json: bool) -> EventLog:
    """An event log that writes `time event name=value …`, or one JSON object per event."""

    def say(event: str, **fields: Any) -> None:
        told = {name: visible_json(value) for name, value in fields.items() if value not in (None, "")}
        at = instant(clock())
        if as_json:
            write(json.dumps({"time": at, "event": event} | told, ensure_ascii=False, default=_said))
        else:
            write(" ".join([str(at), event, *(f"{name}={_quoted(value)}" for name, value in told.items())]))

    return say


def delivery_fact(delivery: Delivery) -> tuple[str, dict[str, Any]]:
    """The event of a delivery, `delivery.<state>`, and its fields."""
    fields = {
        "account": delivery.account,
        "key": delivery.key,
        "article": delivery.article,
        "action": delivery.action if delivery.action != "post" else None,
        "reason": delivery.reason,
        "permalink": delivery.permalink,
        "error": delivery.error if delivery.state != "posted" else None,
    }
    return f"delivery.{delivery.state}", {name: value for name, value in fields.items() if value}


def drop_fact(drop: Drop) -> tuple[str, dict[str, Any]]:
    """The event of a delivery that was dropped while it waited, `delivery.skipped`, and its fields."""
    fields = {
        "account": drop.account,
        "key": drop.key,
        "article": drop.article,
        "title": drop.title,
        "reason": drop.reason,
        "waited_for": drop.cause,
        "error": drop.error,
    }
    return "delivery.skipped", {name: value for name, value in fields.items() if value}


def event(delivery: Delivery) -> str:
    """The event of a delivery as one line, without a time."""
    return line(*delivery_fact(delivery))


def line(name: str, fields: Mapping[str, Any]) -> str:
    """An event as one line, without a time."""
    return " ".join([name, *(f"{field}={_quoted(value)}" for field, value in fields.items())])


def _said(value: Any) -> str:
    return visible(str(value))


def _quoted(value: Any) -> str:
    """A value as it is if it is one word, else quoted as JSON, so that each event stays on one line."""
    text = visible(str(value))
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
