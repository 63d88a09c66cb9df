"""A thread pool that starts small, and grows while jobs wait because its threads wait for servers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeAlias

_Job: TypeAlias = tuple[Callable[..., None], tuple[Any, ...]]
QUICK = 8  # jobs that a thread ends between two calls of `grow`, if it does not wait for servers


class GrowingPool:
    """Runs jobs on `least` threads at first, and on `most` at most. Jobs may not raise.

    Threads that only compute slow each other down, since one runs at a time: sixteen take twice as long for a
    thousand quick polls as one does. Threads that wait for servers do not. So `grow`, called regularly, doubles
    the number of threads if jobs are waiting and few have ended since the last call.
    """

    def __init__(self, least: int, most: int, name: str) -> None:
        self._least, self._most, self._name = least, most, name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._ended = 0
        self._guard = threading.Lock()

    def submit(self, job: Callable[..., None], *arguments: Any) -> None:
        """Queue a job."""
        self._jobs.put((job, arguments))
        with self._guard:
            if len(self._threads) < self._least:
                self._add(1)

    def grow(self) -> None:
        """Double the threads, up to `most`, if jobs are waiting and few have ended since the last call."""
        with self._guard:
            ended, self._ended = self._ended, 0
            size = len(self._threads)
            if self._jobs.qsize() and ended < QUICK * size:
                self._add(min(size, self._most - size))

    def close(self) -> None:
        """Let the threads end when the queued jobs are done. Does not wait for that."""
        with self._guard:
            for _ in self._threads:
                self._jobs.put(None)

    def __len__(self) -> int:
        """How many threads there are."""
        return len(self._threads)

    def _add(self, count: int) -> None:
        for _ in range(count):
            thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (found := self._jobs.get()) is not None:
            job, arguments = found
            job(*arguments)
            with self._guard:
                self._ended += 1
