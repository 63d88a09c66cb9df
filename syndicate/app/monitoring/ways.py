"""The ways on which alerts leave: the publisher's command, apprise's addresses. Each within a set time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence

from syndicate.app import advice
from syndicate.control_characters import on_one_line, visible, visible_json
from syndicate.errors import SyndicateError
from syndicate.model import Json, Secret
from syndicate.model.dataclass import dataclass

TOGETHER = 20  # alerts that one message to people spells out


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `line` is for the command's standard input; `title` and `body` are for people."""

    line: Json
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Ways:
    """Where alerts go: a `command` that gets a JSON line for each, and addresses for apprise (`urls`)."""

    command: Sequence[str] = ()
    urls: Sequence[Secret] = ()

    def __bool__(self) -> bool:
        return bool(self.command or self.urls)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What went wrong as alerts were sent. `in_time`: every way had ended when the time was over."""

    faults: tuple[str, ...] = ()
    in_time: bool = True


def hand_over(ways: Ways, alerts: Sequence[Alert], patience: float) -> Outcome:
    """Send all alerts with one call of the command and one message to the addresses, both at once.

    Waits `patience` seconds at most. Raises SyndicateError where apprise is not installed.
    """
    work: list[tuple[str, _Call | _Message]] = []
    if ways.command:
        lines = "".join(json.dumps(visible_json(alert.line), ensure_ascii=False) + "\n" for alert in alerts)
        work.append(("alerts.command", _Call(list(ways.command), lines)))
    if ways.urls:
        work.append(("alerts.urls", _Message(ways.urls, alerts)))
    deadline = time.monotonic() + patience  # to load apprise takes a while as well
    jobs = [_Job(name, each) for name, each in work]
    for job in jobs:
        job.thread.join(max(0.0, deadline - time.monotonic()))
    late = [job for job in jobs if job.thread.is_alive()]
    for job in late:
        job.work.give_up()
    faults = [f"{job.name}: took longer than {patience:.0f} s; it is tried again" for job in late]
    faults += [f"{job.name}: {job.fault}" for job in jobs if job not in late and job.fault]
    return Outcome(tuple(faults), not late)


class _Job:
    """One way under way, on a thread of its own."""

    def __init__(self, name: str, work: _Call | _Message) -> None:
        self.name, self.work = name, work
        self.fault: str | None = None
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.fault = self.work()
        except Exception as bug:  # noqa: BLE001 - nothing of this may end a run; it is told
            self.fault = f"{type(bug).__name__}: {bug}"


class _Call:
    """A call of the command with these lines; None if it succeeded, else what went wrong."""

    def __init__(self, command: list[str], lines: str) -> None:
        from syndicate.net.command_call import CommandCall

        self._name, self._lines = command[0], lines
        self._call = CommandCall(command)

    def __call__(self) -> str | None:
        try:
            ended = self._call.run(self._lines.encode(), keeps_errors=False, leaves=True)
        except OSError as fault:
            return f"{self._name}: {fault.strerror}"
        return None if ended.status == 0 else f"{self._name} ended with status {ended.status}"

    def give_up(self) -> None:
        """End the command, and all that it started."""
        self._call.end()


class _Message:
    """A message to all addresses; None if all took it. It never says which did not: the addresses are secrets."""

    def __init__(self, urls: Sequence[str], alerts: Sequence[Alert]) -> None:
        try:
            import apprise
        except ImportError as fault:
            raise SyndicateError("alerts.urls needs an extra", hint='pip install "syndicate-social[alerts]"') from fault
        self._sender = apprise.Apprise()
        self._wrong = [str(number) for number, url in enumerate(urls, 1) if not self._sender.add(url)]
        self._count = len(urls)
        self._title = on_one_line(alerts[0].title) if len(alerts) == 1 else f"syndicate: {len(alerts)} alerts"
        more = advice.more(len(alerts) - TOGETHER) if len(alerts) > TOGETHER else ""
        self._body = "\n\n".join(filter(None, (*(visible(alert.body) for alert in alerts[:TOGETHER]), more)))

    def __call__(self) -> str | None:
        if self._wrong:
            return f"apprise does not understand address {', '.join(self._wrong)} of {self._count}"
        if self._sender.notify(body=self._body, title=self._title):
            return None
        return "not every address accepted the alert"

    def give_up(self) -> None:
        """Nothing: the thread ends with its request or with the process."""
