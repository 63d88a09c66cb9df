"""Coalesces identical GETs of sources that read the same address: each gets the answer of one request."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any

from syndicate.model.dataclass import dataclass
from syndicate.ports import Clock, Http, Reply

FRESH = timedelta(seconds=60)
_Question = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


@dataclass
class _Answer:
    """One answer. `had` are the sources that it was given to; none is given the same answer twice."""

    reply: Reply | None = None
    had: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Answers:
    """Recent answers by request: address, parameters and headers, validators among them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[_Question, _Answer] = defaultdict(_Answer)
        self._guard = threading.Lock()

    def to(self, name: str, question: _Question, ask: Any) -> Reply:
        """The answer to one source's request; the first source sends it, and the others wait for its answer."""
        with self._guard:
            self._forget()
            answer = self._kept[question]
        with answer.lock:
            if answer.reply is None or name in answer.had or self._is_old(answer.reply):
                answer.reply, answer.had = ask(), set()
            answer.had.add(name)
            return answer.reply

    def _forget(self) -> None:
        old = [key for key, kept in self._kept.items() if kept.reply and self._is_old(kept.reply)]
        for key in old:
            if not self._kept[key].lock.locked():
                del self._kept[key]

    def _is_old(self, reply: Reply) -> bool:
        """Whether it came too long ago, or the clock was set back since, so that nobody knows."""
        return not -FRESH <= self._clock() - reply.received_at <= FRESH


class Sharing:
    """ports.Http for one of several sources that read the same address."""

    def __init__(self, http: Http, name: str, answers: Answers) -> None:
        self._http = http
        self._name = name
        self._answers = answers

    def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **rest: Any,
    ) -> Reply:
        """As `ports.Http.call`; the same GET of another source is not sent again."""

        def ask() -> Reply:
            return self._http.call(method, url, params=params, headers=headers, **rest)

        if method != "GET" or any(value is not None for value in rest.values()):
            return ask()
        question = (url, tuple(sorted((params or {}).items())), tuple(sorted((headers or {}).items())))
        return self._answers.to(self._name, question, ask)
