"""Threads that work off one queue: a few while jobs are quick, more where they wait for somebody else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeAlias

_Job: TypeAlias = tuple[Callable[..., None], tuple[Any, ...]]
QUICK = 8  # jobs that a thread ends between two looks, if what they cost is our own work


class GrowingPool:
    """`least` threads from the first jobs on, up to `most`. Jobs raise nothing.

    Threads that only compute stand in each other's way, since one runs at a time: sixteen take twice as
    long for a thousand quick polls as one does. Those that wait for servers do not, so `grow`, called now
    and then, doubles the crew where jobs are waiting and few were ended since the last look.
    """

    def __init__(self, least: int, most: int, name: str) -> None:
        self._least, self._most, self._name = least, most, name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._ended = 0
        self._guard = threading.Lock()

    def submit(self, job: Callable[..., None], *arguments: Any) -> None:
        """Have this done when its turn comes."""
        self._jobs.put((job, arguments))
        with self._guard:
            if len(self._threads) < self._least:
                self._add(1)

    def grow(self) -> None:
        """More threads, if jobs wait for those of the crew that wait themselves."""
        with self._guard:
            ended, self._ended = self._ended, 0
            size = len(self._threads)
            if self._jobs.qsize() and ended < QUICK * size:
                self._add(min(size, self._most - size))

    def close(self) -> None:
        """Threads end once what waits is done."""
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
