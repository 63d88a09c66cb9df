"""Reads one source for an engine, and logs what became of it."""

from __future__ import annotations

import traceback

from syndicate.app import advice
from syndicate.app.engines.running import Running
from syndicate.errors import SyndicateError
from syndicate.ingestion.poll import Polled
from syndicate.ports import EventLog


def read_source(running: Running, name: str) -> bool:
    """Read a source now. Returns whether it has something new to deliver; False also where it could not be read."""
    with running.reading():
        if name not in running.app.config.sources:
            return False  # it left the config meanwhile
        try:
            polled = running.app.rounds.poll(name)
            if running.subscriber is not None:
                running.subscriber.update_subscription(polled)
        except SyndicateError as fault:
            running.met(f"source {name}", fault)
            running.say("source.failed", source=name, error=str(fault))
            return False
        except Exception as bug:  # noqa: BLE001 - a bug in one source stops no other, and is told whole
            running.troubles.found(f"source {name}", f"a bug with the source {name}: {bug!r}")
            running.say("bug", source=name, trace=traceback.format_exc())
            return False
        running.troubles.over(f"source {name}")
        _tell(polled, running.say)
        return bool(polled.keys)


def _tell(polled: Polled, say: EventLog) -> None:
    for note in advice.notes(polled):
        say("source.note", source=polled.source, note=note)
    if polled.baseline:
        say("source.baseline", source=polled.source, articles=polled.seen)
    elif polled.new:
        say("source.read", source=polled.source, new=polled.new, planned=len(polled.keys))
