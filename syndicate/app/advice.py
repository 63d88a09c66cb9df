"""What a person can do: the command that helps with what waits, was refused or may be missing.

What decides names the case; a command or an alert that tells of it adds the advice from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syndicate.model import APPROVABLE

if TYPE_CHECKING:
    from syndicate.delivery.explain import Cure
    from syndicate.ingestion.poll import Polled

_CURES = {
    "check": "syndicate accounts check {account}",
    "resume": "syndicate accounts resume {account}",
    "resume_all": "syndicate accounts resume --all",
    "approve": "syndicate deliveries approve {key}",
}
_GAP = "announce one with syndicate post --article URL, and let the feed list more entries"
_WAITING = {"burst": "new at once", "similar": "like an earlier one"}


def command(cure: Cure, *, account: str = "", key: str = "") -> str:
    """The command that lets an account or a delivery go on."""
    return _CURES[cure].format(account=account, key=key[:8])


def batch(reason: str, source: str) -> str:
    """The one command that lets a batch out."""
    return f"syndicate deliveries approve --reason {reason} --source {source}, or skip with the same words"


def message(kind: str, subject: str, told: str) -> str:
    """A notice with what helps, where something does."""
    if kind == "login":
        return f"{told}; run {command('check', account=subject)}"
    if kind == "source_gap":
        return f"{told}; {_GAP}"
    return f"{told}; {batch(kind, subject)}" if kind in APPROVABLE else told


def notes(polled: Polled) -> list[str]:
    """What to say of a poll, in lines."""
    missing = [f"{polled.missing}; {_GAP}"] if polled.missing else []
    waiting = [
        f"{count} {'story' if count == 1 else 'stories'} {_WAITING[reason]}, waiting for your yes:"
        f" {batch(reason, polled.source)}"
        for reason, count in polled.waiting.items()
    ]
    return [*polled.notes, *missing, *waiting]
