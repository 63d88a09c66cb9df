"""Gives the command that helps a person with what waits, was refused or may be missing.

The deciders only name the case; commands and alerts add the advice from here to their messages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from syndicate.model import APPROVABLE

if TYPE_CHECKING:
    from syndicate.delivery.explain import Cure
    from syndicate.ingestion.poll import Polled
    from syndicate.model import LeftOut

_CURES = {
    "check": "syndicate accounts check {account}",
    "resume": "syndicate accounts resume {account}",
    "resume_all": "syndicate accounts resume --all",
    "approve": "syndicate deliveries approve {key}",
    "repost": "syndicate deliveries repost {key}",
}
_GAP = "announce one with syndicate post --article URL, and let the feed list more entries"
REASONS = 4  # told in one line
_WAITING = {"burst": "new at once", "similar": "like an earlier one"}


def command(cure: Cure, *, account: str = "", key: str = "") -> str:
    """The command with which an account or a delivery can go on."""
    return _CURES[cure].format(account=account, key=key[:8])


def batch(reason: str, source: str) -> str:
    """The command that approves a whole batch: all that wait for this reason, from this source."""
    return f"syndicate deliveries approve --reason {reason} --source {source}, or skip with the same options"


def cure(kind: str, subject: str) -> str | None:
    """The command that helps with a condition, if there is one."""
    if kind in APPROVABLE:
        return f"syndicate deliveries approve --reason {kind} --source {subject}"
    if kind in ("login", "token_expiring"):
        return command("check", account=subject)
    return f"syndicate articles --source {subject}" if kind.startswith("source_") else None


def settling(what: str, account: str, keys: Sequence[str]) -> str:
    """The command for deliveries of an account that are `held`, `failed` or wait for a `template`."""
    if what == "template":
        return "syndicate config check"
    if len(keys) > 1:
        return f"syndicate deliveries list --state {what} --account {account}"
    if what == "held":
        return f"syndicate deliveries resolve {keys[0][:8]} --sent URL or --not-sent"
    return f"syndicate deliveries retry {keys[0][:8]}, or skip"


def message(kind: str, subject: str, told: str) -> str:
    """The text of a notice, with the command that helps if there is one."""
    if kind == "login":
        return f"{told}; run {command('check', account=subject)}"
    if kind == "left_out":
        return f"{told}; syndicate explain ADDRESS tells why of each"
    if kind == "source_gap":
        return f"{told}; {_GAP}"
    return f"{told}; {batch(kind, subject)}" if kind in APPROVABLE else told


def notes(polled: Polled) -> list[str]:
    """The notes about a poll, one line each: gaps, what waits for an approval, and the source's own."""
    missing = [f"{polled.missing}; {_GAP}"] if polled.missing else []
    waiting = [
        f"{count} {'article' if count == 1 else 'articles'} {_WAITING[reason]}, waiting for your approval:"
        f" {batch(reason, polled.source)}"
        for reason, count in polled.waiting.items()
    ]
    return [*polled.notes, *omissions(polled.left_out), *missing, *waiting]


def omissions(left_out: Sequence[LeftOut]) -> list[str]:
    """One line that counts what a source left out, by reason; none where nothing is left to say."""
    counts = Counter(each.why for each in left_out if not each.noted)
    if not counts:
        return []
    told = "; ".join(f"{why}: {count}" for why, count in counts.most_common(REASONS))
    more = f"; other reasons: {len(counts) - REASONS}" if len(counts) > REASONS else ""
    return [f"entries left out: {counts.total()} ({told}{more}); -v names them"]
