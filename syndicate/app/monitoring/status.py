"""Collects how things stand: sources, accounts, what waits for a person, what was dropped today, the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from syndicate import __version__
from syndicate.app import advice
from syndicate.app.monitoring.alerts import current
from syndicate.app.monitoring.conditions import LAST_DAY
from syndicate.config.schema import Config
from syndicate.ledger import Ledger
from syndicate.ledger.accounts import AccountState
from syndicate.ledger.pauses import Pause
from syndicate.ledger.recovery import WantedLook
from syndicate.ledger.sources import SourceHealth
from syndicate.ledger.standing import DroppedCount
from syndicate.model import APPROVABLE, Account, Delivery, site_of
from syndicate.model.dataclass import dataclass

SourceWord: TypeAlias = Literal["good", "quiet", "waiting", "failing", "gone", "new"]
AccountWord: TypeAlias = Literal["posts", "waits", "paused", "off"]

RECENT = timedelta(hours=24)  # a failure that is older is history
NOBODY = ("source_quiet", "account_waits")
"""Conditions that are worth a look, and end without a person."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """`state`: `good`; `quiet` for longer than usual; `waiting`, as its server asked; `failing`; `gone` (410); `new`:
    never read yet.
    """

    name: str
    state: SourceWord
    last_good_at: datetime | None = None
    next_poll_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    error: str | None = None
    quiet_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """`why` is a code: that of its pause, or the reason why its network or its hours let nothing go `until` then."""

    name: str
    platform: str
    state: AccountWord
    why: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    said: str | None = None
    waiting: int = 0
    last_post_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What waits for a person: `kind` is a code, `subject` an account or a source, `command` what helps."""

    kind: str
    subject: str
    message: str
    command: str | None


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """`daemon` names the process that runs one. Without a ledger, `schema` is None."""

    path: str
    size: int = 0
    schema: int | None = None
    last_run_at: datetime | None = None
    daemon: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything on the screen. `paused` are words; "" is everything."""

    at: datetime
    zone: str
    site: str
    sources: Sequence[SourceStatus]
    accounts: Sequence[AccountStatus]
    paused: Sequence[Pause]
    needs: Sequence[Need]
    dropped: Sequence[DroppedCount]
    ledger: LedgerStatus
    version: str = __version__


def empty(config: Config, now: datetime) -> Status:
    """The status before there is a ledger."""
    return Status(
        now,
        config.site.timezone,
        config.site.name,
        [SourceStatus(name, "new") for name in config.sources],
        [_account(entry.account, None, off=not entry.enabled) for entry in config.accounts.values()],
        (),
        [*_left_out(config)],
        (),
        LedgerStatus(config.ledger_name),
    )


def gather(config: Config, ledger: Ledger, daemon: str | None) -> Status:
    """The status now; `daemon` names the process that runs one. Writes nothing, and asks no server."""
    now, zone = ledger.now(), config.site.timezone
    conditions = {(*named,): told for named, told in current(ledger, config.enabled, config.sources).items()}
    quiet = {subject for kind, subject, *_ in conditions if kind == "source_quiet"}
    health = {each.name: each for each in ledger.sources.known(config.sources)}
    midnight = datetime.combine(now.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))
    return Status(
        now,
        zone,
        config.site.name,
        [_source(name, health.get(name), _quiet(name, quiet, ledger), now) for name in config.sources],
        [*_accounts(config, ledger)],
        ledger.pauses.all(),
        [
            *_left_out(config),
            *_conditions(conditions.items()),
            *_batches(ledger.backlog.batches()),
            *_unsettled(ledger.standing.unsettled(now - RECENT)),
        ],
        ledger.standing.dropped(midnight),
        LedgerStatus(
            config.ledger_name,
            ledger.database.size(),
            ledger.standing.schema(),
            ledger.standing.last_run(),
            daemon,
        ),
    )


def of_site(status: Status, site: str) -> Status:
    """What there is of one site, and of the ledger."""

    def is_of(name: str) -> bool:
        return site_of(name) == site

    return replace(
        status,
        sources=[each for each in status.sources if is_of(each.name)],
        accounts=[each for each in status.accounts if is_of(each.name)],
        needs=[each for each in status.needs if site_of(each.subject) in ("", site) and each.kind != "config"]
        + [each for each in status.needs if each.kind == "config" and each.subject == site],
        dropped=[each for each in status.dropped if is_of(each.account)],
    )


def _quiet(source: str, quiet: Collection[str], ledger: Ledger) -> datetime | None:
    """When the last article of a quiet source came; None for one that is not quiet."""
    return ledger.articles.arrivals(source, 1)[0] if source in quiet else None


def _source(name: str, health: SourceHealth | None, quiet_since: datetime | None, now: datetime) -> SourceStatus:
    if health is None or (health.good_at is None and not health.fails):
        return SourceStatus(name, "new")
    state: SourceWord = "good" if quiet_since is None else "quiet"
    if health.gone:
        state = "gone"
    elif health.retry_at is not None and health.retry_at > now:
        state = "waiting"
    elif health.fails:
        state = "failing"
    upcoming = health.next_poll_at if health.next_poll_at and health.next_poll_at > now else None
    return SourceStatus(
        name,
        state,
        health.good_at,
        upcoming,
        health.failing_since,
        health.fails,
        health.error if health.fails else None,
        quiet_since,
    )


def _accounts(config: Config, ledger: Ledger) -> Iterator[AccountStatus]:
    waiting, states, now = ledger.standing.waiting(), ledger.accounts.all(), ledger.now()
    everything = next((pause for pause in ledger.pauses.all() if not pause.word), None)
    for name, entry in config.accounts.items():
        state = states.get(name)
        closed = ledger.standing.closed_for(name) if state is not None and state.opens_at > now else None
        found = _account(
            entry.account,
            state,
            off=not entry.enabled,
            now=now,
            closed=closed,
            everything=everything,
            waiting=waiting.get(name, 0),
            last_post_at=ledger.deliveries.latest_commit(name, 1),
        )
        look = ledger.recovery.wanted(name)
        looks = look is not None and look.looked_at is None and found.waiting and found.state == "posts"
        yield _looking(found, look, now) if look is not None and looks else found


def _looking(found: AccountStatus, look: WantedLook, now: datetime) -> AccountStatus:
    """An account that asks its network what it has before it posts, as after a restore."""
    until = look.again_at if look.again_at > now else None
    return replace(found, state="waits", why="recover", until=until, said=look.said)


def _account(
    account: Account,
    state: AccountState | None,
    *,
    off: bool,
    now: datetime | None = None,
    closed: str | None = None,
    everything: Pause | None = None,
    waiting: int = 0,
    last_post_at: datetime | None = None,
) -> AccountStatus:
    word: AccountWord = "posts"
    why = since = until = said = None
    if off:
        word = "off"
    elif state is not None and state.paused:
        word, why, since, until = "paused", state.paused, state.down_since, state.paused_until
        if why == "all" and everything is not None:
            since, until = everything.since, everything.until
    elif state is not None and now is not None and state.next_at > now:
        word, since, until, said = "waits", state.down_since, state.next_at, state.trouble
        why = "unavailable" if state.failures else "rate_limited"
    elif closed is not None and state is not None:
        word, why, until = "waits", closed, state.opens_at
    return AccountStatus(account.name, account.platform, word, why, since, until, said, waiting, last_post_at)


def _conditions(found: Iterable[tuple[tuple[str, ...], str]]) -> Iterator[Need]:
    """The conditions that need a person, each with its command."""
    for (kind, subject, *cause), message in found:
        if kind not in (*NOBODY, *APPROVABLE) and LAST_DAY not in cause:  # that is told of the token already
            told = message.removeprefix(f"{subject} ").removeprefix(f"{subject}: ")
            yield Need(kind, subject, told, advice.of_notice(kind, subject, *cause) or None)


def _left_out(config: Config) -> Iterator[Need]:
    """The sites that are left out because of their configs."""
    for site, mistake in config.broken_sites().items():
        yield Need("config", site, f"the site is left out: {mistake}", advice.of_notice("config", site))


def _batches(found: Mapping[tuple[str, str], int]) -> Iterator[Need]:
    """What waits for an approval, by reason and source."""
    for (reason, source), number in found.items():
        waits = "1 article waits" if number == 1 else f"{number:,} articles wait"
        yield Need(reason, source, f"{waits} for your approval ({reason})", advice.approve(reason, source))


def _unsettled(rows: Iterable[Delivery]) -> Iterator[Need]:
    """One need for each account and kind: held, failed or a broken template."""

    def kind(row: Delivery) -> tuple[str, str]:
        return (row.account, "template" if row.state == "due" else row.state)

    for (account, what), same in groupby(sorted(rows, key=kind), key=kind):
        found = [*same]
        yield Need(what, account, _told(what, found), advice.settling(what, account, [row.key for row in found]))


def _told(what: str, found: Sequence[Delivery]) -> str:
    number = "a post" if len(found) == 1 else f"{len(found):,} posts"
    number = f"post {found[0].part + 1} of a thread" if len(found) == 1 and found[0].part else number
    verb = "is" if len(found) == 1 else "are"
    which = f" ({found[0].article})" if len(found) == 1 else ""
    if what == "held":
        return f"{number} {verb} held: sent or not, nobody can tell{which}"
    if what == "failed":
        return f"{number} failed: {found[0].error or found[0].reason}{which}"
    return f"{number} cannot be rendered: {found[0].error}"
