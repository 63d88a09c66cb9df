"""Before the first run of a ledger on a machine that may forget: asks the accounts what an earlier one has posted."""

from __future__ import annotations

from syndicate.aliases import site_host
from syndicate.app.wiring import App
from syndicate.delivery.look_first import look_back
from syndicate.errors import AuthError, ConfigError, PlatformError, SyndicateError

BEGUN = "the ledger is new, and may have had a forerunner"
HINT = "set `state` and commit its file, made by a first run elsewhere or after `syndicate db new`"


def first_look(app: App) -> None:
    """Have each account list what it has. Raises ConfigError in CI where none shows a post that links to its site,
    and SyndicateError where one cannot be asked now: then nothing is recorded.
    """
    shows = False
    if app.config.recover == "ask":
        app.ledger.recovery.ask(BEGUN)
        found = [_shows(app, account.name) for account in app.accounts]
        app.rounds.anew = shows = any(found)
    if app.kind.begins == "in CI" and not shows:
        raise ConfigError(
            "this machine forgets: it has no ledger and no state file, and no account shows a post that links to"
            f" {app.config.site.url}: nothing would ever be posted",
            hint=HINT,
        )


def _shows(app: App, name: str) -> bool:
    try:
        return look_back(app.lanes.of(name), app.ledger, site_host(app.config.of(name).site.url))
    except AuthError:
        return False  # nothing can be posted there; the report says so
    except PlatformError as fault:
        raise SyndicateError(
            f"{name}: its network could not be asked what it has: {fault}",
            hint="nothing was recorded; the next run asks again",
        ) from fault
