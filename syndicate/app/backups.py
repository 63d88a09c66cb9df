"""Makes backups of the ledger, with the key that opens its sessions, and keeps the newest of them."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from syndicate.app.ledger_files import put_log_away
from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger import copies, key_file
from syndicate.ledger.write_ahead import dated
from syndicate.model.dataclass import dataclass

DATED = re.compile(r"\.\d{8}T\d{6}Z(\.\d+)?")
KeyPlace: TypeAlias = Literal["environment", "key_file", "beside", "none"]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made. `key` is the copy of the key; `earlier` is what the last backup is called now.

    `place` is where the key is kept.
    """

    file: Path
    size: int
    place: KeyPlace
    key: Path | None = None
    earlier: Path | None = None
    removed: list[Path] = field(default_factory=list)
    note: str | None = None


def key_place(config: Config, key: str | None) -> KeyPlace:
    """Where the key of this config's ledger is kept. `key` is the one of the environment."""
    if key:
        return "environment"
    if config.key_file is not None:
        return "key_file"
    return "beside" if key_file.path_beside(config.ledger).exists() else "none"


def back_up(config: Config, key: str | None, target: Path, keep: int | None, now: datetime) -> Backup:
    """Write a backup of the ledger to `target`, with its key beside it. Others may use the ledger meanwhile.

    With `keep`, a backup that is there gets its time into its name, and only so many are kept. Raises LedgerError.
    """
    ledger = config.ledger
    if not ledger.exists():
        raise LedgerError(f"there is no ledger at {ledger}", hint="check `database` in the config")
    target = target / ledger.name if target.is_dir() else target
    if target.exists() and (keep is None or target.samefile(ledger)):
        raise LedgerError(f"{target} is there already", hint="use another name, or --keep N, which renames the older")
    note = put_log_away(ledger, now)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        copies.write_copy(ledger, draft)
        copies.contents(draft)
        earlier = _make_room(target) if target.exists() else None
        draft.replace(target)
        place = key_place(config, key)
        kept = _copy_key(ledger, target) if place == "beside" else None
        removed = _remove_older(target, keep) if keep is not None else []
        key_file.sync(target.parent)
    except OSError as fault:
        raise LedgerError(f"{target} cannot be written: {fault.strerror}") from fault
    finally:
        draft.unlink(missing_ok=True)
    return Backup(target, target.stat().st_size, place, kept, earlier, removed, note)


def _make_room(target: Path) -> Path:
    """Rename the last backup, and its key, to a name with the time at which it was made."""
    earlier = dated(target, datetime.fromtimestamp(target.stat().st_mtime, UTC))
    key = key_file.path_beside(target)
    if key.exists():
        key.rename(key_file.path_beside(earlier))
    return target.rename(earlier)


def _copy_key(ledger: Path, target: Path) -> Path:
    key = key_file.path_beside(target)
    key_file.replace(key, key_file.path_beside(ledger).read_bytes().split())
    return key


def _remove_older(target: Path, keep: int) -> list[Path]:
    """Remove all but the newest backups of this name, and their keys."""
    named = (found for found in target.parent.iterdir() if found.name.startswith(target.name))
    dates = [found for found in named if DATED.fullmatch(found.name, len(target.name))]
    removed = sorted(dates, key=lambda found: (found.stat().st_mtime, found.name), reverse=True)[keep - 1 :]
    for old in removed:
        old.unlink()
        key_file.path_beside(old).unlink(missing_ok=True)
    return removed


def owner_like(model: Path, made: Path) -> None:
    """Give a new file the owner and mode of the one in whose place it comes, as far as that is allowed."""
    found = model.stat()
    shutil.copymode(model, made)
    if os.geteuid() == 0:
        os.chown(made, found.st_uid, found.st_gid)
