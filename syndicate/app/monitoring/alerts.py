"""Sends alerts, once for each change: to the publisher's command, and to the addresses of apprise."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.app import advice
from syndicate.app.monitoring.conditions import notices
from syndicate.errors import SyndicateError
from syndicate.ledger import Ledger
from syndicate.model import Account, Delivery, Json, Secret
from syndicate.serialization import delivery_record, instant

PATIENCE = 30.0  # seconds the command may take


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `line` is for the command's standard input; `title` and `body` are for people."""

    line: Json
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Ways:
    """Where alerts go: a `command` that gets a JSON line, and addresses for apprise (`urls`)."""

    command: Sequence[str] = ()
    urls: Sequence[Secret] = ()


def send_alerts(ledger: Ledger, ways: Ways, accounts: Iterable[Account], sources: Iterable[str]) -> list[str]:
    """Send an alert for each change that was not sent yet. Returns errors of the command or the addresses."""
    if not ways.command and not ways.urls:
        return []
    complaints: list[str] = []
    for delivery, state, fence in ledger.alerts.waiting():
        faults = _send(ways, _of_delivery(delivery, state))
        ledger.alerts.told(delivery.key, state, fence, now=ledger.now(), heard=not faults)
        complaints += faults
    ledger.notices.observe(current(ledger, accounts, sources), ledger.now())
    for notice in ledger.notices.waiting():
        message = advice.message(notice.kind, notice.subject, notice.message)
        line: Json = {"alert": notice.kind, "subject": notice.subject, "message": message}
        since = instant(notice.since.replace(microsecond=0))
        faults = _send(ways, Alert(line | {"since": since}, f"syndicate: {notice.subject}", message))
        ledger.notices.told(notice, now=ledger.now(), heard=not faults)
        complaints += faults
    return complaints


def send_without_ledger(ways: Ways, kind: str, subject: str, message: str, now: datetime) -> list[str]:
    """Send one alert at once, whatever the state of the ledger. Returns errors. The caller decides how often."""
    line: Json = {"alert": kind, "subject": subject, "message": message, "since": instant(now.replace(microsecond=0))}
    return _send(ways, Alert(line, f"syndicate: {subject}", message))


def current(ledger: Ledger, accounts: Iterable[Account], sources: Iterable[str]) -> dict[tuple[str, str], str]:
    """The messages of all alert conditions that are true now, by kind and name."""
    states = [state for account in accounts if (state := ledger.accounts.find(account.name))]
    came = {state: ledger.articles.arrivals(state.name, 31) for state in ledger.sources.known(sources)}
    return notices(states, came, ledger.now(), ledger.backlog.batches())


def _of_delivery(delivery: Delivery, state: str) -> Alert:
    record = delivery_record(delivery)
    if state == "withdrawn":
        record["reason"] = state  # the post is out, and its article is gone
    title = f"syndicate: {delivery.account}: {state}"
    body = "\n".join(filter(None, (delivery.article, delivery.error, delivery.permalink, f"key {delivery.key[:8]}")))
    return Alert(record, title, body)


def _send(ways: Ways, alert: Alert) -> list[str]:
    """Send one alert; returns what went wrong, for the command and for the addresses."""
    faults = []
    if ways.command:
        complaint = _run(list(ways.command), json.dumps(alert.line, ensure_ascii=False))
        faults += [f"alerts.command: {complaint}"] if complaint else []
    if ways.urls:
        complaint = _notify(ways.urls, alert)
        faults += [f"alerts.urls: {complaint}"] if complaint else []
    return faults


def _notify(urls: Sequence[str], alert: Alert) -> str | None:
    """None if all addresses took it. The message does not say which did not: the addresses are secrets."""
    try:
        import apprise
    except ImportError as fault:
        raise SyndicateError("alerts.urls needs an extra", hint='pip install "syndicate-social[alerts]"') from fault
    sender = apprise.Apprise()
    wrong = [number for number, url in enumerate(urls, 1) if not sender.add(url)]
    if wrong:
        return f"apprise does not understand address {', '.join(map(str, wrong))} of {len(urls)}"
    return None if sender.notify(body=alert.body, title=alert.title) else "not every address accepted the alert"


def _run(command: list[str], line: str) -> str | None:
    """Run the command with this line; None if it succeeded, else what went wrong."""
    try:
        done = subprocess.run(  # noqa: S603 - the publisher's own command
            command, input=line + "\n", text=True, timeout=PATIENCE, check=False, stdout=subprocess.DEVNULL
        )
    except OSError as fault:
        return f"{command[0]}: {fault.strerror}"
    except subprocess.TimeoutExpired:
        return f"{command[0]} took longer than {PATIENCE:.0f} s"
    return None if done.returncode == 0 else f"{command[0]} ended with status {done.returncode}"
