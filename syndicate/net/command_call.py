"""One call of a command of the publisher's own: started, heard, and ended in time with all that it started."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

from syndicate.control_characters import visible
from syndicate.model.dataclass import dataclass
from syndicate.net.child_environment import child_environment

LOOK = 0.05  # seconds between looks whether a command has ended that keeps its pipes open
_CHUNK = 65_536
_REST = 100  # looks at what a command printed that has ended, while something that it started goes on printing
_LAST = 2_000  # bytes of standard error that are kept, from its end
_PERSONAL = ("HOME", "USER", "LOGNAME", "SHELL", "TZ")


@dataclass(frozen=True, slots=True)
class CommandEnd:
    """How a call ended: its exit status (negative: the signal that ended it), and what it printed.

    `late`: its time was over. `too_much`: it printed more than it may. It was then ended.
    """

    status: int
    printed: bytes = b""
    complaint: str = ""
    late: bool = False
    too_much: bool = False


def without_secrets() -> dict[str, str]:
    """What a command is given of our environment: what it needs to run, and whose it is; no secret of ours."""
    return child_environment() | {name: os.environ[name] for name in _PERSONAL if name in os.environ}


def in_folder(command: Sequence[str], folder: Path) -> list[str]:
    """The command, whose program is looked for in `folder` if it is written as a path, else on the PATH."""
    return [str(folder / command[0]) if "/" in command[0] else command[0], *command[1:]]


class CommandCall:
    """One call. `folder` is where it runs; `environment` None: it gets ours.

    Whatever it started is ended with it, unless that began a session of its own, or the command `leaves` it.
    """

    def __init__(
        self, command: Sequence[str], folder: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = list(command)
        self._folder = folder
        self._environment = environment
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._given_up = False

    def run(
        self,
        said: bytes,
        patience: float | None = None,
        *,
        most: int = 0,
        keeps_errors: bool = True,
        leaves: bool = False,
    ) -> CommandEnd:
        """Give it `said` on standard input, and wait until it ends: `patience` seconds at most.

        Of its standard output up to `most` bytes are heard; with 0 it goes nowhere. `keeps_errors` False: its standard
        error is ours. `leaves`: where it ended in time and by itself, what it started goes on without it.
        Raises OSError where it cannot be started.
        """
        deadline = None if patience is None else time.monotonic() + patience
        process = self._started(hears=bool(most), keeps_errors=keeps_errors)
        alone = False
        try:
            with _Talk(process, said, most, leaves=leaves) as talk:
                late = talk.goes_on_until(deadline)
            alone = leaves and not late and not talk.too_much
        finally:
            self._finish(process, alone=alone)
        return CommandEnd(process.returncode, bytes(talk.printed), talk.complaint(), late, talk.too_much)

    def end(self) -> None:
        """End it, and all that it started, from another thread; also if it is only being started."""
        with self._guard:
            self._given_up = True
            if self._process is not None:
                _end_group(self._process)

    def _started(self, *, hears: bool, keeps_errors: bool) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - the publisher's own command
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if hears else subprocess.DEVNULL,
            stderr=subprocess.PIPE if keeps_errors else None,
            cwd=self._folder,
            env=self._environment,
            start_new_session=True,  # so that all that it started can be ended with it
        )
        with self._guard:
            self._process = process
            if self._given_up:  # while it was being started
                _end_group(process)
        return process

    def _finish(self, process: subprocess.Popen[bytes], *, alone: bool) -> None:
        """End what is left of it, unless it ended `alone`; only then may its number be given to others."""
        with self._guard:
            if not alone or self._given_up:
                _end_group(process)
            self._process = None
        process.wait()


class _Talk:
    """What goes to and fro through the pipes of a process. Nothing here waits for a pipe that is full or empty."""

    def __init__(self, process: subprocess.Popen[bytes], said: bytes, most: int, *, leaves: bool) -> None:
        self.printed = bytearray()
        self.too_much = False
        self._leaves = leaves
        self._process = process
        self._left = memoryview(said)
        self._most = most
        self._errors = bytearray()
        self._pipes = selectors.DefaultSelector()
        self._open(process.stdin, selectors.EVENT_WRITE)
        self._open(process.stdout, selectors.EVENT_READ)
        self._open(process.stderr, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for key in list(self._pipes.get_map().values()):
            self._close(key.fileobj)
        self._pipes.close()

    def goes_on_until(self, deadline: float | None) -> bool:
        """Talk until the process has ended or printed too much. True: `deadline` came first."""
        rest = _REST
        while not self.too_much:
            ended = _has_ended(self._process)
            if ended and not self._leaves:  # what it left behind would hold the pipes open, or fill them for ever
                _end_group(self._process)
            moved = self._step(0.0 if ended else LOOK)
            rest -= ended and self._leaves
            if ended and (not moved or rest < 0):
                return False
            if not ended and deadline is not None and time.monotonic() >= deadline:
                return True
        return False

    def complaint(self) -> str:
        """The last line of its standard error, as one may print it."""
        return visible(self._errors.decode("utf-8", "replace").strip().rpartition("\n")[2][:200])

    def _step(self, patience: float) -> bool:
        """Write and read what is possible at once, after at most `patience` seconds. Whether anything was read."""
        if not self._pipes.get_map():
            time.sleep(patience)
            return False
        found = [key.fileobj for key, _ in self._pipes.select(patience)]
        if self._process.stdin in found:
            self._write(self._process.stdin)
        read = [self._read(pipe) for pipe in (self._process.stdout, self._process.stderr) if pipe in found]
        return any(read)

    def _write(self, pipe: Any) -> None:
        try:
            self._left = self._left[os.write(pipe.fileno(), self._left[:_CHUNK]) :]
        except BlockingIOError:
            return
        except OSError:  # it reads no more
            self._left = self._left[:0]
        if not self._left:
            self._close(pipe)

    def _read(self, pipe: Any) -> bool:
        try:
            chunk = os.read(pipe.fileno(), _CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            self._close(pipe)
        elif pipe is self._process.stderr:
            self._errors = (self._errors + chunk)[-_LAST:]
        else:
            self.printed += chunk
            self.too_much = len(self.printed) > self._most
        return bool(chunk)

    def _open(self, pipe: IO[bytes] | None, event: int) -> None:
        if pipe is not None:
            os.set_blocking(pipe.fileno(), False)
            self._pipes.register(pipe, event)

    def _close(self, pipe: Any) -> None:
        self._pipes.unregister(pipe)
        with contextlib.suppress(OSError):
            pipe.close()


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended. It stays a zombie, so that its number stays that of its group until that is ended."""
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except (AttributeError, ChildProcessError):  # macOS before Python 3.13; a parent that ignores SIGCHLD
        return process.poll() is not None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
