"""A child process that answers one message after the other: the parent's side, for cards and for texts.

It has no secret in its environment and none of the parent's terminal, is started when it is first asked, and nobody
waits longer for it than they say.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from syndicate.model.dataclass import dataclass
from syndicate.net.child_environment import child_environment
from syndicate.rendering.cards import wire

Answer: TypeAlias = tuple[dict[str, Any], bytes]
"""A message's header and body."""

_LEAN = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "1000000"}
"""glibc: what a picture or a text took goes back when it is done."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: its status, and what it wrote to standard error, if that is kept."""

    status: int
    errors: bytes = b""

    @property
    def told(self) -> str:
        """The status in words."""
        return f"signal {-self.status}" if self.status < 0 else f"status {self.status}"


class Child:
    """One process at a time of a module of ours; asked by whoever holds `lock`.

    `start_seconds` are added to what a new one may take for its first answer. `starts` counts the processes so far.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        start_seconds: float = 0.0,
        keeps_errors: bool = False,
    ) -> None:
        self.lock = threading.Lock()
        self.closed = False
        self.starts = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._command = [sys.executable, "-P", "-m", module, *arguments]
        self._environment = _LEAN | dict(environment or {})
        self._start_seconds = start_seconds
        self._errors = subprocess.PIPE if keeps_errors else subprocess.DEVNULL
        self._fresh = True

    def close(self) -> None:
        """End the process at once, whatever it is doing and whoever waits for it."""
        self.closed = True
        process = self.process
        if process is not None:
            with contextlib.suppress(OSError):
                process.kill()
        if self.lock.acquire(timeout=1):
            self.end()
            self.lock.release()

    def ready(self) -> None:
        """Start the process, unless it is there or busy, so that it can load what it needs meanwhile."""
        if not self.closed and self.lock.acquire(blocking=False):
            try:
                self._started()
            finally:
                self.lock.release()

    def ask(self, message: Mapping[str, Any], body: bytes, seconds: float) -> Answer:
        """Send a message, and wait for the answer. Raises Late and Broken of `wire`; then the caller ends it."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        seconds += self._start_seconds if self._fresh else 0
        wire.write(process.stdin.fileno(), message, body, seconds)
        answer = wire.read(process.stdout.fileno(), seconds)
        self._fresh = False
        return answer

    def end(self) -> Ending | None:
        """End the process, if there is one; the next message starts another."""
        process, self.process = self.process, None
        if process is None:
            return None
        with contextlib.suppress(OSError):
            process.kill()
        status = process.wait()
        errors = os.read(process.stderr.fileno(), 64_000) if process.stderr else b""
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return Ending(status, errors)

    def _started(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.end()
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=child_environment() | self._environment,
                start_new_session=True,  # Ctrl-C is for the parent, which ends its child itself
            )
            assert self.process.stdin is not None
            os.set_blocking(self.process.stdin.fileno(), False)  # one that does not read keeps nobody waiting
            self.starts += 1
            self._fresh = True
        return self.process
