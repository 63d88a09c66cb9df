"""Finds the deliveries that a command is about, asks before it acts, and reports what became of each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import click

from syndicate.cli import complain
from syndicate.cli.options import Shared, follow_names
from syndicate.cli.output import is_terminal, print_json
from syndicate.delivery import decisions
from syndicate.errors import SyndicateError
from syndicate.model import Delivery, site_of

if TYPE_CHECKING:
    from syndicate.app.wiring import App


def find(app: App, key: str) -> Delivery:
    """The one delivery whose key begins like this. Raises SyndicateError if there is none, or more than one."""
    follow_names(app)
    try:
        return decisions.find(key, app.ledger)
    except SyndicateError as fault:
        raise SyndicateError(str(fault), hint=fault.hint or "run syndicate deliveries list") from fault


def article(app: App, url: str, accounts: Sequence[str] = ()) -> str:
    """The anchor of the article with this address or guid, of the site of these accounts if there are several.

    Raises SyndicateError if there is none, or more than one site has it.
    """
    found = app.ledger.articles.matching(url)
    if app.config.sites and len(found) > 1:
        sites = {anchor: site_of(app.ledger.articles.find(anchor).article.source) for anchor in found}
        named = {*map(site_of, accounts)} or {*sites.values()}
        found = {anchor: kind for anchor, kind in found.items() if sites[anchor] in named}
        if len({sites[anchor] for anchor in found}) > 1:
            told = ", ".join(sorted({sites[anchor] for anchor in found}))
            raise SyndicateError(f"{url} is an article of {told}", hint="say which with --site or --account")
    if not found:
        raise SyndicateError(f"no article has the address {url}", hint="syndicate articles shows what sources list now")
    return next(iter(found))


def each(chosen: Iterable[Delivery], act: Callable[[Delivery], object]) -> int:
    """Act on one after the other; an error with one does not stop the others. 1 if there was any, else 0."""
    deliveries, failed = list(chosen), 0
    for delivery in deliveries:
        try:
            act(delivery)
        except SyndicateError as fault:
            if len(deliveries) == 1:
                raise
            complain(fault)
            failed = 1
    return failed


def agreed(question: str, *, yes: bool) -> bool:
    """Whether a person says yes; `yes` is the answer given in advance. Raises SyndicateError if nobody can be asked."""
    if yes:
        return True
    if not is_terminal(sys.stdin, sys.stderr):
        raise SyndicateError(f"{question} Nobody can be asked here; to say yes, add --yes")
    return click.confirm(question, err=True)


def report(before: Delivery, after: Delivery, shared: Shared) -> None:
    """Print what became of a delivery."""
    from syndicate.serialization import delivery_record

    if shared.json:
        print_json(delivery_record(after))
    else:
        click.echo(f"{before.key[:8]} {before.account}: {before.state} → {after.state}")
