"""`syndicate deliveries list`: shows deliveries in the order in which they were planned."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import click

from syndicate.cli import choice, when
from syndicate.cli.options import Shared, known, of_sites, opened, shared_options, site_option
from syndicate.cli.output import is_terminal, line, print_json_lines, shown_state
from syndicate.ledger import rows
from syndicate.ledger.catalogue import Selection
from syndicate.ledger.parts import open_parts
from syndicate.model import Delivery, Json
from syndicate.serialization import delivery_record

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.ledger.database import Row

STATES = ("planned", "due", "sending", "unknown", "held", "posted", "deleted", "skipped", "failed")
FORESEEN = {"planned", "due", "skipped"}
"""States that the next run would give to what waits now."""
SCREEN = 50
"""How many the list shows on a terminal, unless asked for more."""


@click.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these (repeatable).")
@click.option("--account", "accounts", multiple=True, metavar="NAME", help="Only this account (repeatable).")
@site_option
@click.option("--article", metavar="URL", help="Only this article.")
@when.span_options
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The newest N.")
@click.option("--all", "everything", is_flag=True, help="On a terminal: every one, and not the newest 50.")
@shared_options
@click.pass_obj
def listed(
    shared: Shared,
    *,
    states: tuple[str, ...],
    accounts: tuple[str, ...],
    sites: tuple[str, ...],
    article: str | None,
    limit: int | None,
    everything: bool,
    span: when.TimeSpan,
) -> None:
    """List deliveries in the order in which they were planned, as the next run would find them."""
    if limit and everything:
        raise click.UsageError("use --limit or --all, not both")
    with opened(shared, fill=True) as app:
        accounts += tuple(_of_sites(app, sites))
        if set(accounts) - {*app.config.accounts}:
            known("account", {*app.config.accounts, *app.ledger.deliveries.accounts()}, accounts)
        zone, now = app.config.site.timezone, app.ledger.now()
        chosen = Selection(
            states,
            accounts,
            choice.article(app, article, accounts) if article else None,
            *span.read(zone, now),
        )
        if limit is None and is_terminal(sys.stdout) and not shared.json and not everything:
            limit, told = SCREEN, True
        else:
            told = False
        _print(app, _Chosen(app, chosen), limit, shared, told=told)


def _of_sites(app: App, sites: tuple[str, ...]) -> list[str]:
    """The accounts of these sites, in the config or not. Raises UsageError."""
    names = dict.fromkeys([*app.config.accounts, *app.ledger.deliveries.accounts()]) if sites else ()
    found = of_sites(app.config, sites, names)
    if sites and not found:
        raise click.UsageError(f"{', '.join(sites)}: no account")
    return found


class _Chosen:
    """The chosen deliveries, each as the next run would find it."""

    def __init__(self, app: App, selection: Selection) -> None:
        from syndicate.delivery.gates import Gate
        from syndicate.delivery.outlook import outlook

        self._app = app
        self._states = set(selection.states)
        self._now: Mapping[str, Delivery] = {}
        if not self._states or self._states & FORESEEN:
            names = selection.accounts
            going = [account for account in app.accounts if not names or account.name in names]
            self._now = outlook(going, app.ledger, Gate(app.ledger, names=app.names), selection.anchor)
        stored = {each for state in self._states for each in _stored_as(state)}
        self._selection = replace(selection, states=tuple(sorted(stored)))

    def records(self, newest: int | None) -> Iterator[Json]:
        """All, or only the newest ones, in the order in which they were planned, as records."""
        catalogue = self._app.ledger.catalogue
        if newest is None:
            return self._foreseen(catalogue.rows(self._selection))
        return reversed([*islice(self._foreseen(catalogue.rows(self._selection, newest_first=True)), newest)])

    def number(self) -> int:
        """How many they are."""
        catalogue, others = self._app.ledger.catalogue, self._states - {"planned", "due"}
        if not self._states:
            return catalogue.count(self._selection)
        foreseen = [self._now[key].state if key in self._now else state for key, state in self._waiting()]
        return sum(state in self._states for state in foreseen) + (
            catalogue.count(self._selection, sorted(others)) if others else 0
        )

    def _waiting(self) -> Sequence[tuple[str, str]]:
        return self._app.ledger.catalogue.waiting(self._selection) if self._states & FORESEEN else []

    def _foreseen(self, found: Iterable[Row]) -> Iterator[Json]:
        off = {name for name, entry in self._app.config.accounts.items() if not entry.enabled}
        now = self._app.ledger.now()
        for stored in found:
            if stored["state"] == "due" or stored["key"] in self._now:
                record = delivery_record(self._as_now(stored, off, now))
            else:  # nearly all of a long list
                record = rows.record(stored)
            if not self._states or _named(record) in self._states:
                yield record

    def _as_now(self, stored: Row, off: Collection[str], now: datetime) -> Delivery:
        """What waits, as the next run would find it."""
        row = self._now.get(stored["key"]) or rows.delivery(stored)
        if row.state == "due" and row.reason is None and row.due_at is not None and row.due_at > now:
            row = replace(row, reason="behind")  # after a stop, they go out a minute apart
        if row.state == "due" and row.account in off:
            row = replace(row, reason="paused", error="the account is switched off")
        return row


def _stored_as(state: str) -> tuple[str, ...]:
    """The states in the ledger of what is shown in this one."""
    if state in FORESEEN:
        return ("planned", "due", state)
    return ("posted",) if state == "deleted" else (state,)


def _named(record: Json) -> str:
    return "deleted" if record["reason"] == "deleted" else str(record["state"])


def _print(app: App, chosen: _Chosen, limit: int | None, shared: Shared, *, told: bool) -> None:
    if shared.json:
        print_json_lines(chosen.records(limit))
        return
    zone = app.config.site.timezone
    width = max(map(len, app.config.accounts), default=0)
    shown, unsent = 0, open_parts(app.ledger.database)
    for record in chosen.records(limit):
        left = unsent.get(record["key"]) if shown_state(record) == "posted" else None
        click.echo(line(record, width, zone, timed=True, left=left))
        shown += 1
    more = chosen.number() - shown if told and shown == limit else 0
    if more > 0:
        click.echo(f"{more:,} more, --all")
