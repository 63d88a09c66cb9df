"""Posts stories again: the one that a person names, in other words, and those of the accounts' rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from syndicate.app.engines.send_again import read_once_more
from syndicate.app.site_choice import site_for
from syndicate.app.wiring import App
from syndicate.delivery.same_text import same_text
from syndicate.errors import PlatformError, SyndicateError
from syndicate.model import Account, Again, site_of
from syndicate.model.dataclass import dataclass
from syndicate.planning import say_again

LOOKED = 0.05
"""Seconds of a run for the look through the articles."""


@dataclass(frozen=True, slots=True)
class SaidAgain:
    """What was planned of one article, and why it was not on other accounts. `notes` are no errors."""

    anchor: str | None = None
    keys: tuple[str, ...] = ()
    faults: tuple[SyndicateError, ...] = ()
    notes: tuple[str, ...] = ()


def plan_by_hand(origin: str, text: str | None, named: Sequence[str], app: App, *, at_once: bool) -> SaidAgain:
    """Plan the article with this address once more on these accounts, or on all of its site that have posted it."""
    ledger = app.ledger
    site = site_for(origin, named, app.config, ledger)
    anchor = ledger.articles.at(origin, f"{site}/")
    if anchor is None:
        hint = f"syndicate post --article {origin}"
        raise SyndicateError(f"{origin} was not posted from here yet, so it cannot be posted again", hint=hint)
    accounts = [each for each in app.accounts if site_of(each.name) == site and (not named or each.name in named)]
    fit, faults, notes = list[Account](), list[SyndicateError](), list[str]()
    for account in accounts:
        try:
            say_again.require_posted(anchor, account, ledger)
            fit.append(account)
        except SyndicateError as fault:
            faults.append(fault)
    if fit:
        notes += filter(None, [read_once_more(anchor, app)])
    keys = []
    for account in fit:
        try:
            _require_other_words(anchor, account, text, app)
            keys.append(say_again.by_hand(anchor, account, text, ledger, at_once=at_once))
        except SyndicateError as fault:
            faults.append(fault)
    return SaidAgain(anchor, tuple(keys), tuple(faults), tuple(notes))


def plan_by_rule(app: App, accounts: Sequence[str], seconds: float = LOOKED) -> tuple[list[str], bool]:
    """Plan what the rules of these accounts let go now. Returns the keys, and whether the look through the articles
    has to go on.
    """
    ruled = [account for account in app.accounts if account.again is not None]
    if not ruled:
        return [], False
    goes_on = say_again.look(ruled, app.ledger, seconds)
    found = (say_again.by_rule(account, app.ledger) for account in ruled if account.name in accounts)
    return [key for key in found if key is not None], goes_on


def _require_other_words(anchor: str, account: Account, text: str | None, app: App) -> None:
    """Raise SyndicateError where the post would say what was said before on the account."""
    ledger = app.ledger
    posts = ledger.deliveries.search(anchor=anchor, accounts=(account.name,), states=("posted",))
    first = next(row for row in posts if row.action == "post")
    asked = replace(first, key="", post=None, approved=None, again=Again("person", text))
    asked = replace(asked, revision=first.revision + 1, planned_at=ledger.now())
    try:
        made = app.renderer.rendered(asked, app.lanes.of(account.name), ledger)
    except PlatformError as fault:
        raise SyndicateError(f"{account.name}: {fault}") from fault
    if same_text(asked, made.post.text, ledger):
        hint = 'give other words: --text "Updated: …"'
        raise SyndicateError(
            f"{account.name}: it would say again what was said before (same_text): {first.permalink or first.key[:8]}",
            hint=hint,
        )
