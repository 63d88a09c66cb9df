"""Tells whether the write-ahead log beside a ledger belongs to it. One that does not is put away, never replayed.

SQLite replays whatever log lies beside a file. Each transaction of ours therefore puts a new random stamp into the one
row of the table `chain`, with the stamp before it. A log follows the file if the first of its images of that row has
the file's stamp as the one before, or if the file's stamp is among those of the log.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from syndicate.ledger.file_locks import lock

MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
HEADER, FRAME = 32, 24  # bytes: sqlite.org/fileformat2.html
ROW = struct.Struct(
    ">16sQQ"
)  # the end of the page of `chain`, which has but this row: a mark, its stamp, the one before
MARK = b"syndicate-ledger"
NONE = 1 << 62  # the stamp of a file that has none; all stamps are so large that SQLite stores them in eight bytes
LOCKS = (0x40000002, 510)  # the bytes that SQLite locks while it has a file open, and how many


def stamp(connection: sqlite3.Connection) -> None:
    """Give the transaction under way a stamp of its own, which follows the one before."""
    connection.execute(f"UPDATE chain SET before = own, own = {NONE} | (random() & {NONE - 1})")


def touch(connection: sqlite3.Connection) -> None:
    """Have the transaction under way count as one that changes something; its stamp comes at its end, once."""
    connection.execute("UPDATE chain SET own = own")


def log_of(ledger: Path) -> Path:
    """The path of a ledger's write-ahead log."""
    return ledger.with_name(ledger.name + "-wal")


def is_foreign(ledger: Path) -> bool:
    """Whether the log beside this ledger is surely not its own. False where there is none, or nothing tells."""
    own = _stamp(ledger)
    stamps = _stamps(log_of(ledger))
    first = next(stamps, None)
    if own is None or first is None:
        return False
    follows = own in first or any(stamp == own for stamp, _ in stamps)
    return not follows and _stamp(ledger) == own  # else a process moved its log into the file meanwhile


def is_whole(log: Path) -> bool:
    """Whether a log that is not empty begins as one."""
    with contextlib.suppress(FileNotFoundError), log.open("rb") as file:
        return file.read(4) in (b"", *MAGIC)
    return True


@contextlib.contextmanager
def alone(ledger: Path) -> Iterator[None]:
    """Keep everybody, also this process, from opening the ledger meanwhile. Raises BlockingIOError if one has it open.

    A process that has it open itself would lose its locks at the end of this.
    """
    with ledger.open("r+b") as file:
        lock(file, *LOCKS)
        yield


def put_foreign_away(ledger: Path, now: datetime) -> list[Path]:
    """Rename a log that is not this ledger's, and its index. Returns their new names; none if it is its own.

    Raises BlockingIOError where another process has the ledger open.
    """
    if not is_foreign(ledger):
        return []
    with alone(ledger):
        if not is_foreign(ledger):
            return []  # another process has done it
        return put_away([log_of(ledger), ledger.with_name(ledger.name + "-shm")], now)


def put_away(files: Sequence[Path], now: datetime) -> list[Path]:
    """Rename those of these files that are there, with the time in their new names, which are returned."""
    return [found.rename(dated(found, now)) for found in files if found.exists()]


def dated(path: Path, now: datetime) -> Path:
    """A name beside `path` for what was put away now, which no file has."""
    wanted = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%SZ}")
    number = 1
    while wanted.exists():
        number += 1
        wanted = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%SZ}.{number}")
    return wanted


def _stamp(ledger: Path) -> int | None:
    """The stamp in the file itself, whatever its log says; None if there is no database."""
    uri = f"{ledger.absolute().as_uri()}?mode=ro&immutable=1"
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'chain'").fetchone():
            return NONE
        return int(connection.execute("SELECT own FROM chain").fetchone()[0])
    return None


def _stamps(log: Path) -> Iterator[tuple[int, int]]:
    """Of each image of the row of `chain` in the log, in order: its stamp, and the one before."""
    try:
        descriptor = os.open(log, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        head = os.pread(descriptor, HEADER, 0)
        if len(head) < HEADER or head[:4] not in MAGIC:
            return
        size, salts, place = int.from_bytes(head[8:12]), head[16:24], HEADER
        while len(frame := os.pread(descriptor, FRAME, place)) == FRAME and frame[8:16] == salts:
            place += FRAME + size
            row = os.pread(descriptor, ROW.size, place - ROW.size)
            if len(row) == ROW.size and row.startswith(MARK):
                _, own, before = ROW.unpack(row)
                yield own, before
    finally:
        os.close(descriptor)
