"""Tells whether the write-ahead log beside a ledger belongs to it. One that does not is put away, never replayed.

SQLite replays whatever log lies beside a file. Each transaction of ours therefore writes two numbers into the header
of the file: a new random stamp (`user_version`), and the stamp before it (`application_id`). A log follows the file if
the first header in it names the file's stamp as the one before, or if the file's stamp is among those of the log.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
HEADER, FRAME = 32, 24  # bytes
FIRST_PAGE = struct.pack(">I", 1)
STAMP_AT = 60  # byte of the file
STAMPS = struct.Struct(">60xi4xi")  # user_version and application_id in the first page: sqlite.org/fileformat2.html
LOCKS = (0x40000002, 510)  # the bytes that SQLite locks while it has a file open, and how many


def stamp(connection: sqlite3.Connection) -> None:
    """Give the transaction under way a stamp of its own, which follows the one before."""
    (before,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA application_id={before}")
    connection.execute(f"PRAGMA user_version={int.from_bytes(os.urandom(4)) >> 1}")


def log_of(ledger: Path) -> Path:
    """The path of a ledger's write-ahead log."""
    return ledger.with_name(ledger.name + "-wal")


def is_foreign(ledger: Path) -> bool:
    """Whether the log beside this ledger is surely not its own. False where there is none, or nothing tells."""
    return _apart(lambda: _stamp(ledger), log_of(ledger))


def is_whole(log: Path) -> bool:
    """Whether a log that is not empty begins as one."""
    with contextlib.suppress(FileNotFoundError), log.open("rb") as file:
        return file.read(4) in (b"", *MAGIC)
    return True


@contextlib.contextmanager
def alone(ledger: Path) -> Iterator[int]:
    """Keep other processes from the ledger meanwhile; gives an open descriptor. Raises BlockingIOError if one uses it.

    Not for a process that uses it itself: the end of this would free the locks of its connections.
    """
    with ledger.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCKS[1], LOCKS[0])
        yield file.fileno()


def put_foreign_away(ledger: Path, now: datetime) -> list[Path]:
    """Rename a log that is not this ledger's, and its index. Returns their new names; none if it is its own.

    Raises BlockingIOError where another process has the ledger open.
    """
    if not is_foreign(ledger):
        return []
    with alone(ledger) as descriptor:
        if not _apart(lambda: int.from_bytes(os.pread(descriptor, 4, STAMP_AT)), log_of(ledger)):
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


def _apart(stamp: Callable[[], int | None], log: Path) -> bool:
    """Whether a log surely does not follow the file with this stamp."""
    before = stamp()
    stamps = _stamps(log)
    first = next(stamps, None)
    if before is None or first is None:
        return False
    mine = before in first or any(own == before for own, _ in stamps)
    return not mine and stamp() == before  # else a process moved its log into the file meanwhile


def _stamp(ledger: Path) -> int | None:
    """The stamp in the file itself, whatever its log says; None if there is no database."""
    uri = f"{ledger.absolute().as_uri()}?immutable=1"
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    return None


def _stamps(log: Path) -> Iterator[tuple[int, int]]:
    """Of each image of the file's first page in the log, in order: its stamp, and the stamp before."""
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
            if frame[:4] == FIRST_PAGE:
                page = os.pread(descriptor, STAMPS.size, place + FRAME)
                if len(page) == STAMPS.size:
                    yield STAMPS.unpack(page)
            place += FRAME + size
    finally:
        os.close(descriptor)
