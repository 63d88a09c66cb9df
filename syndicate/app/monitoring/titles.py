"""Sums up the status of each site of many: what does not post, what cannot be read, what waits. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from syndicate.app.monitoring.status import AccountStatus, SourceStatus, Status
from syndicate.ledger.accounts import REFUSED
from syndicate.model import site_of
from syndicate.model.dataclass import dataclass

TitleWord: TypeAlias = Literal["bad", "waits", "good"]
_WAITING: dict[str, str] = {"paused": "paused", "waits": "held up"}
_UNREAD: dict[str, str] = {"gone": "gone", "failing": "failing", "waiting": "asked to wait", "quiet": "quiet"}


@dataclass(frozen=True, slots=True)
class TitleStatus:
    """One site. `told` is what is not as it should be, in words; `needs` is how many things wait for a person."""

    name: str
    state: TitleWord
    told: Sequence[str]
    needs: int
    waiting: int
    last_post_at: datetime | None


def titles(status: Status) -> list[TitleStatus]:
    """Each site, those that need a person first, then those with something that waits."""
    accounts, sources = defaultdict[str, list[AccountStatus]](list), defaultdict[str, list[SourceStatus]](list)
    for account in status.accounts:
        accounts[site_of(account.name)].append(account)
    for source in status.sources:
        sources[site_of(source.name)].append(source)
    needs = Counter(each.subject if each.kind == "config" else site_of(each.subject) for each in status.needs)
    names = dict.fromkeys([*accounts, *sources, *(each.subject for each in status.needs if each.kind == "config")])
    found = [_title(name, accounts[name], sources[name], needs[name]) for name in names]
    return sorted(found, key=lambda title: ("bad", "waits", "good").index(title.state))


def _title(name: str, accounts: Sequence[AccountStatus], sources: Sequence[SourceStatus], needs: int) -> TitleStatus:
    told = [] if accounts or sources else ["left out: its config has a mistake"]
    told += _counted(_WAITING, [each.state for each in accounts], "account")
    told += _counted(_UNREAD, [each.state for each in sources], "source")
    refused = any(each.why in REFUSED for each in accounts)
    word: TitleWord = "bad" if needs or refused else "waits" if told else "good"
    last = max((each.last_post_at for each in accounts if each.last_post_at), default=None)
    return TitleStatus(name, word, told, needs, sum(each.waiting for each in accounts), last)


def _counted(words: dict[str, str], states: Sequence[str], noun: str) -> list[str]:
    """`1 of 4 accounts paused`, for each state that is not good."""
    what = noun if len(states) == 1 else f"{noun}s"
    return [f"{states.count(state)} of {len(states)} {what} {told}" for state, told in words.items() if state in states]
