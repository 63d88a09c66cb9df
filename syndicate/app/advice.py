"""Gives the command that helps a person with what waits, was refused or may be missing.

The deciders only name the case; commands and alerts add the advice from here to their messages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from syndicate import platforms
from syndicate.errors import ConfigError
from syndicate.ledger.run_file import ENDING
from syndicate.model import APPROVABLE, REASONS
from syndicate.ports import Editable
from syndicate.serialization import instant

if TYPE_CHECKING:
    from syndicate.delivery.explain import Cure
    from syndicate.ingestion.poll import Polled
    from syndicate.ledger.recovery import Noticed
    from syndicate.model import Delivery, LeftOut

_CURES = {
    "check": "syndicate accounts check {account}",
    "login": "syndicate accounts login {account}",
    "resume": "syndicate accounts resume {account}",
    "resume_all": "syndicate accounts resume --all",
    "approve": "syndicate deliveries approve {key}",
    "repost": "syndicate deliveries repost {key}",
}
_GAP = "announce one with syndicate post --article URL, and let the feed list more entries"
_LIST = "syndicate deliveries list --account {account} --state due"
_OF_NOTICE = {
    "config": "syndicate config check",
    "login": "syndicate accounts check {subject}",
    "sign_in": "syndicate accounts login {subject}",
    "token_expiring": "syndicate accounts check {subject}",
    "login_ending": "syndicate accounts login {subject}",
    "account_waits": "syndicate accounts check {subject}",
    "source_failing": "syndicate articles --source {subject}",
    "source_gone": "syndicate articles --source {subject}",
    "source_quiet": "syndicate articles --source {subject}",
}
_OF_CAUSE = {
    "auth": "syndicate accounts check {account}",
    "unavailable": "syndicate accounts check {account}",
    "rate_limited": "syndicate accounts check {account}",
    "paused": "syndicate accounts resume {account}",
    "template": "syndicate preview --account {account}",
    "override": "syndicate deliveries list --account {account} --state planned",
    "preflight": "syndicate deliveries list --account {account} --state planned",
}
_OF_STATE = {
    "held": "syndicate deliveries resolve {key} --sent URL or --not-sent",
    "failed": "syndicate deliveries retry {key}",
    "skipped": "syndicate post --article {article}",
    "withdrawn": "syndicate deliveries delete {key}",
}
ANNOUNCE = "syndicate post --article URL"
SEND_ANYWAY = f"to send one all the same, run {ANNOUNCE}"
NAMED = 4  # reasons told in one line
_WORDS = dict[str, str](REASONS.items())
_WAITING = {"burst": "new at once", "similar": "like an earlier one", "stranger": "with links to another site"}


def command(cure: Cure, *, account: str = "", key: str = "") -> str:
    """The command with which an account or a delivery can go on."""
    return _CURES[cure].format(account=account, key=key[:8])


def batch(reason: str, source: str) -> str:
    """The command that approves a whole batch: all that wait for this reason, from this source."""
    return f"{approve(reason, source)}, or skip with the same options"


def approve(reason: str, source: str) -> str:
    """The command that approves all articles of a source that wait for this reason."""
    return f"syndicate deliveries approve --reason {reason} --source {source}"


def of_notice(kind: str, subject: str, cause: str = "") -> str:
    """The command that helps with a notice; "" where none does."""
    if kind in APPROVABLE:
        return approve(kind, subject)
    if kind == "expiring" and cause in APPROVABLE:
        return f"syndicate deliveries approve --reason {cause} --account {subject}"
    if kind == "expiring":
        return _OF_CAUSE.get(cause, _LIST).format(account=subject)
    return _OF_NOTICE.get(kind, "").format(subject=subject)


def of_delivery(state: str, key: str, article: str) -> str:
    """The command with which a person decides about a delivery that was held, failed, given up or withdrawn."""
    return _OF_STATE.get(state, "syndicate deliveries show {key}").format(key=key[:8], article=article)


def in_post(reply: Delivery) -> str:
    """The command that puts the link of a failed reply into its post; "" where the network cannot edit posts."""
    try:
        edits = issubclass(platforms.find(reply.platform), Editable)
    except ConfigError:  # its package is not installed any more
        return ""
    return f"syndicate deliveries retry {reply.key[:8]} --in-post" if edits and reply.state == "failed" else ""


def reason(reason: str | None, error: str | None) -> str:
    """Why a delivery is where it is: its reason in words, with what the network or the page said."""
    words = _WORDS.get(reason or "")
    return ": ".join(dict.fromkeys(filter(None, (words, error)))) or "no reason is known"


def settling(what: str, account: str, keys: Sequence[str]) -> str:
    """The command for deliveries of an account that are `held`, `failed` or wait for a `template`."""
    if what == "template":
        return "syndicate config check"
    if len(keys) > 1:
        return f"syndicate deliveries list --state {what} --account {account}"
    if what == "held":
        return f"syndicate deliveries resolve {keys[0][:8]} --sent URL or --not-sent"
    return f"syndicate deliveries retry {keys[0][:8]}, or skip"


def more(number: int) -> str:
    """The line for alerts that are too many for one message."""
    return f"and {number} more: syndicate status"


def message(kind: str, subject: str, told: str, cause: str = "") -> str:
    """The text of a notice, with the command that helps if there is one."""
    if kind == "left_out":
        return f"{told}; syndicate explain ADDRESS tells why of each"
    if kind == "source_gap":
        return f"{told}; {_GAP}"
    if kind in APPROVABLE:
        return f"{told}; {batch(kind, subject)}"
    run = of_notice(kind, subject, cause)
    return f"{told}; run {run}" if run else told


def notes(polled: Polled) -> list[str]:
    """The notes about a poll, one line each: gaps, what waits for an approval, and the source's own."""
    missing = [f"{polled.missing}; {_GAP}"] if polled.missing else []
    waiting = [
        f"{count} {'article' if count == 1 else 'articles'} {_WAITING[reason]}, waiting for your approval:"
        f" {batch(reason, polled.source)}"
        for reason, count in polled.waiting.items()
    ]
    return [*polled.notes, *omissions(polled.left_out), *missing, *waiting]


def recovery_notes(noticed: Noticed, ledger: str) -> list[str]:
    """What a run noticed of its ledger, in a line: that it was put back from a copy, or that nothing ran for long."""
    file, asked = f"{ledger}{ENDING}", "each network is asked what it has before it gets something"
    last = f"it last ran at {instant(noticed.at.replace(microsecond=0))}" if noticed.at else "it is new"
    if noticed.beside == "missing" and noticed.why != "restored":
        return [f"{file} is gone again: keep it beside {ledger}, else a ledger that was put back cannot be told"]
    if noticed.why == "restored" and noticed.beside == "copied":
        return [f"{ledger} was moved here or put back from a copy: {last}; {asked}"]
    if noticed.why == "restored" and noticed.until is not None:
        later = instant(noticed.until.replace(microsecond=0))
        return [f"{ledger} was put back from a copy: {last}, and another one ran until {later}; {asked}"]
    if noticed.why == "restored":
        return [f"{file} is gone, so {ledger} may be an older copy: {last}; {asked}"]
    return [f"nothing ran for long: {last}; {asked}"] if noticed.why == "stopped" else []


def omissions(left_out: Sequence[LeftOut]) -> list[str]:
    """One line that counts what a source left out, by reason; none where nothing is left to say."""
    counts = Counter(each.why for each in left_out if not each.noted)
    if not counts:
        return []
    told = "; ".join(f"{why}: {count}" for why, count in counts.most_common(NAMED))
    more = f"; other reasons: {len(counts) - NAMED}" if len(counts) > NAMED else ""
    return [f"entries left out: {counts.total()} ({told}{more}); -v names them"]
