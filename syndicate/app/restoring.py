"""Puts a backup in the place of the ledger. What was there is renamed, never deleted."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from syndicate.app.backups import key_place, owner_like
from syndicate.app.instance_lock import claim_instance
from syndicate.app.ledger_files import remember_config
from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger import copies, key_file, private_file, write_ahead
from syndicate.ledger.copies import Contents
from syndicate.ledger.faults import damaged
from syndicate.ledger.recovery import Recovery
from syndicate.ledger.sqlite import SqliteDatabase, copy_ledger
from syndicate.model.dataclass import dataclass
from syndicate.ports import Clock

STOP = "stop the daemon and let all runs end, then run this again"
ENDS = ("", "-wal", "-shm")
BEGUN = "the ledger was begun anew"
RESTORED = "the ledger was restored from a backup"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: what the backup held, the new names of what was there, and whether its key was put back."""

    contents: Contents
    away: list[Path]
    key: Path | None


def restore(config: Config, key: str | None, backup: Path, clock: Clock) -> Restored:
    """Put the backup in the ledger's place, and have the networks asked before anything is posted. Raises LedgerError.

    Refused while another process uses the ledger, and for a backup that is damaged or none: then nothing changes.
    """
    ledger, now = config.ledger, clock()
    if ledger.exists() and backup.exists() and backup.samefile(ledger):
        raise LedgerError(f"{backup} is the ledger itself")
    contents = copies.contents(backup)
    draft = ledger.with_name(f".{ledger.name}.restored.{os.getpid()}")
    try:
        _prepare(backup, draft)
        with undisturbed(ledger):
            if ledger.exists():
                owner_like(ledger, draft)
            away = write_ahead.put_away([ledger.with_name(ledger.name + end) for end in ENDS], now)
            draft.rename(ledger)
            _ask(config, RESTORED, clock)
            restored = _put_key_back(config, key, backup, now)
            key_file.sync(ledger.parent)
    except OSError as fault:
        raise LedgerError(f"{ledger} cannot be put back: {fault.strerror}") from fault
    finally:
        for end in ENDS:
            draft.with_name(draft.name + end).unlink(missing_ok=True)
    return Restored(contents, [*away, *restored[1:]], restored[0] if restored else None)


def _prepare(backup: Path, draft: Path) -> None:
    """Write a whole copy of the backup beside the ledger, with this version's schema."""
    os.close(private_file.create_anew(draft))
    copy_ledger(backup, draft)
    found = copies.damage(draft)
    if found:
        raise damaged(backup, found[0])
    SqliteDatabase(draft).close()


def _ask(config: Config, why: str, clock: Clock) -> None:
    database = SqliteDatabase(config.ledger)
    try:
        remember_config(database, config)
        Recovery(database, clock).ask(why)
    finally:
        database.close()


@contextlib.contextmanager
def undisturbed(ledger: Path) -> Iterator[None]:
    """Meanwhile, no other process has the ledger open. Raises LedgerError if one has."""
    with claim_instance(ledger) as daemon, contextlib.ExitStack() as stack:
        if daemon:
            raise LedgerError(f"a daemon uses {ledger} ({daemon})", hint=STOP)
        if ledger.exists():
            try:
                stack.enter_context(write_ahead.alone(ledger))
            except BlockingIOError as fault:
                raise LedgerError(f"another program uses {ledger}", hint=STOP) from fault
        yield


def _put_key_back(config: Config, key: str | None, backup: Path, now: datetime) -> list[Path]:
    """Put back the key that lies beside the backup, if it is another. Returns its place, and the other's new name."""
    saved, place = key_file.path_beside(backup), key_file.path_beside(config.ledger)
    if key_place(config, key) not in ("beside", "none") or not saved.exists():
        return []
    if place.exists() and place.read_bytes().split() == saved.read_bytes().split():
        return []
    away = write_ahead.put_away([place], now)
    key_file.replace(place, saved.read_bytes().split())
    if away:
        owner_like(away[0], place)
    return [place, *away]


def begin(config: Config, clock: Clock) -> list[Path]:
    """Make a new ledger where the old one is lost. Returns the new names of what was left of that one.

    Raises LedgerError if there is one.
    """
    ledger = config.ledger
    if ledger.exists() and ledger.stat().st_size:
        raise LedgerError(f"there is a ledger at {ledger}", hint="move it away first, while nothing runs")
    with undisturbed(ledger):
        away = write_ahead.put_away([ledger.with_name(ledger.name + end) for end in ENDS], clock())
        _ask(config, BEGUN, clock)
    return away
