"""The file with the key that opens stored sessions: made at first use, replaced whole or not at all."""

from __future__ import annotations

import base64
import contextlib
import os
import threading
from pathlib import Path

from syndicate.errors import LedgerError
from syndicate.ledger import private_file

SIZE = 32  # bytes of a key
KEEP = "keep others out: chmod 600"


def path_beside(database: Path) -> Path:
    """The path of the key kept beside a database."""
    return database.with_name(database.name + ".key")


def key_beside(database: Path, notes: list[str] | None = None) -> bytes:
    """The key kept beside the database, made at first use, readable by its owner alone.

    A file that holds no key is renamed, and a new key made. `notes` gets what is wrong with its mode.
    """
    path = path_beside(database)
    try:
        if path.exists() and path.stat().st_size and not is_key(path.read_bytes()):
            path.rename(_unused(path.with_name(f"{path.name}.damaged")))
        if not path.exists() or not path.stat().st_size:
            _make_key(path)
        return read(path, notes, {database.stat().st_uid} if database.exists() else set())
    except OSError as fault:
        raise LedgerError(f"{path} cannot be written or read: {fault.strerror}") from fault


def read(path: Path, notes: list[str] | None = None, owners: set[int] | None = None) -> bytes:
    """The content of a key's file. Raises LedgerError if somebody else may have written it.

    It belongs to us, to root or, where these are given, to one of `owners`. That others may read it is told once.
    """
    with path.open("rb") as file:
        _judge(path, os.fstat(file.fileno()), notes, owners)
        return file.read().strip()


def _judge(path: Path, found: os.stat_result, notes: list[str] | None, owners: set[int] | None) -> None:
    """Look at the owner and the mode of a key's file, as `read` says."""
    mine = found.st_uid == os.geteuid()
    if found.st_mode & 0o002:
        raise LedgerError(f"{path} can be written by everybody, so the key may be anybody's", hint=f"{KEEP} {path}")
    if owners is not None and not mine and found.st_uid not in {0, *owners}:
        raise LedgerError(f"{path} belongs to another user, so the key may be theirs", hint=f"run chown {path}")
    # What another one owns, as a mounted secret, is often read through a group, and we cannot change that.
    if notes is not None and found.st_mode & (0o066 if mine else 0o024):
        said = f"{path}: others may {'change' if found.st_mode & 0o020 else 'read'} this key; {KEEP} {path}"
        notes += [said] if said not in notes else []


def is_key(content: bytes) -> bool:
    """Whether this is a key, or several."""
    try:
        return {len(base64.urlsafe_b64decode(key)) for key in content.split()} == {SIZE}
    except ValueError:
        return False


def replace(path: Path, keys: list[bytes]) -> None:
    """Write these keys into the file, whole or not at all."""
    draft = _draft(path)
    try:
        _write(draft, b"\n".join(keys))
        draft.replace(path)
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Have the names in a folder written to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_key(path: Path) -> None:
    """Write a new key whole or not at all, and never over an existing one: to another file, then linked into place."""
    from cryptography.fernet import Fernet

    if path.exists():  # empty: left by a crash, before anything was sealed with it
        path.unlink()
    draft = _draft(path)
    try:
        _write(draft, Fernet.generate_key())
        with contextlib.suppress(FileExistsError):  # another process was first
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(private_file.create_anew(path), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _draft(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")


def _unused(path: Path) -> Path:
    number, wanted = 1, path
    while wanted.exists():
        number += 1
        wanted = path.with_name(f"{path.name}.{number}")
    return wanted
