"""Telling somebody: the publisher's own command, once for each delivery that came to be held or failed."""

from __future__ import annotations

import json
import subprocess

from syndicate.app import App
from syndicate.records import delivery_record

PATIENCE = 30.0  # seconds the command may take


def tell(app: App) -> list[str]:
    """Run `alerts.command` for each change nobody was told of; complaints about the command itself."""
    command = app.config.alert_command
    if not command:
        return []
    complaints = []
    for delivery, state, fence in app.ledger.alerts.waiting():
        line = json.dumps(delivery_record(delivery), ensure_ascii=False)
        complaint = _run(list(command), line)
        app.ledger.alerts.told(delivery.key, state, fence, now=app.ledger.now(), heard=complaint is None)
        if complaint:
            complaints.append(f"alerts.command: {complaint}")
    return complaints


def _run(command: list[str], line: str) -> str | None:
    """None if it went well, else what went wrong."""
    try:
        done = subprocess.run(  # noqa: S603 - the publisher's own command
            command, input=line + "\n", text=True, timeout=PATIENCE, check=False, stdout=subprocess.DEVNULL
        )
    except OSError as fault:
        return f"{command[0]}: {fault.strerror}"
    except subprocess.TimeoutExpired:
        return f"{command[0]} took longer than {PATIENCE:.0f} s"
    return None if done.returncode == 0 else f"{command[0]} ended with status {done.returncode}"
