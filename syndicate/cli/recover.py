"""`syndicate recover`: asks each network what it has, and records the stories among it as posted. Never posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syndicate.cli.options import Shared, active, opened, shared_options
from syndicate.cli.output import print_json
from syndicate.errors import SyndicateError

HELD = "look at the network, then run syndicate deliveries resolve KEY --sent URL or --not-sent"

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.delivery.look_first import Looked


@click.command()
@click.option("--account", "accounts", multiple=True, metavar="NAME", help="Only this account (repeatable).")
@shared_options
@click.pass_obj
def command(shared: Shared, *, accounts: tuple[str, ...]) -> int:
    """Ask each network what it has, and record what waits here and is there already as posted.

    Stories that are read later are compared with the same lists. Nothing is sent.
    """
    with opened(shared) as app:
        if app.config.recover == "off":
            raise SyndicateError("the config says recover: off", hint="take `recover` out of it, then run this again")
        names = active(app.config, accounts) or [account.name for account in app.accounts]
        notice(app)
        app.ledger.recovery.ask_by_hand()
        return tell(asked(app, names), as_json=shared.json)


def notice(app: App) -> None:
    """Count this as a run, and say whether the ledger was put back."""
    from syndicate.app.advice import recovery_notes

    app.lanes.register()
    for note in recovery_notes(app.begin_run(), app.config.ledger.name):
        click.echo(f"note: {note}", err=True)


def asked(app: App, names: list[str]) -> list[Looked]:
    """Have these accounts look now."""
    return [app.look_first(name, now=True) for name in names]


def tell(found: list[Looked], *, as_json: bool = False) -> int:
    """Print what was found, an account a line. 1 where anything is left in doubt."""
    width = max((len(each.account) for each in found), default=0)
    for each in found:
        if as_json:
            print_json(record(each))
        else:
            click.echo(f"{each.account:<{width}}  {_told(each)}")
    if any(each.settled.held for each in found):
        click.echo(
            "hint: look at the network, then run syndicate deliveries resolve KEY --sent URL or --not-sent", err=True
        )
    return int(any(each.fault or each.settled.held for each in found))


def record(looked: Looked) -> dict[str, Any]:
    """What an account found, as JSON."""
    return {
        "account": looked.account,
        "listed": looked.listed,
        "posted": len(looked.settled.posted),
        "held": len(looked.settled.held),
        "keys": [*looked.settled.posted, *looked.settled.held],
        "error": looked.fault,
    }


def _told(looked: Looked) -> str:
    if looked.notes:
        return "; ".join(looked.notes)
    if looked.listed is None:
        return (
            "cannot say what it has; nothing that waits is in doubt" if looked.blind else "refuses what it has already"
        )
    return f"posts listed: {looked.listed}; nothing that waits is among them"
