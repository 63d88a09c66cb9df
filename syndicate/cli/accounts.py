"""`syndicate accounts`: who we post as. Nothing here ever posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syndicate.cli import complain
from syndicate.cli.options import Shared, active, known, opened, shared_options
from syndicate.cli.output import print_json
from syndicate.errors import AuthError, PlatformError

if TYPE_CHECKING:
    from syndicate.app import App


@click.group()
@shared_options
def command() -> None:
    """List accounts, check their logins, pause and resume them."""


@command.command("list")
@shared_options
@click.pass_obj
def listed(shared: Shared) -> None:
    """Every account of the config, and whether it posts."""
    with opened(shared, fill=True) as app:
        rows = [_row(app, name) for name in app.config.accounts]
        if shared.json:
            for row in rows:
                print_json(row)
            return
        width = max((len(row["account"]) for row in rows), default=0)
        for row in rows:
            who = row["identity"] or "not checked yet"
            click.echo(f"{row['account']:<{width}}  {row['platform']:<10}  {row['state']:<8}  {who}")


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@shared_options
@click.pass_obj
def check(shared: Shared, *, names: tuple[str, ...]) -> int:
    """Ask each network who we are. A login that works again resumes an account that was refused."""
    failed = 0
    with opened(shared) as app:
        for name in active(app, names) or [account.name for account in app.accounts]:
            account = app.config.accounts[name].account
            app.meet(name)
            try:
                identity = app.verify(name)
            except PlatformError as fault:
                failed = 1
                hint = "its token or password is wrong or was withdrawn" if isinstance(fault, AuthError) else None
                fault.hint = fault.hint or hint
                complain(fault, f"{name}: ")
                continue
            if shared.json:
                print_json({"account": name, "platform": account.platform, "id": identity.id, "name": identity.name})
            else:
                click.echo(f"{name}: {identity.name} {identity.url or ''}".rstrip())
            state = app.ledger.accounts.find(name)
            if state is not None and state.paused == "auth":
                app.ledger.accounts.resume(name, app.ledger.now())
                click.echo(f"{name}: resumed", err=True)
    return failed


@command.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@shared_options
@click.pass_obj
def pause(shared: Shared, *, names: tuple[str, ...]) -> None:
    """Send nothing for these accounts until they are resumed; what is planned waits."""
    with opened(shared, fill=True) as app:
        for name in known("account", app.config.accounts, names):
            app.meet(name)
            app.ledger.accounts.pause(name, "person")
            click.echo(f"{name}: paused")


@command.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@shared_options
@click.pass_obj
def resume(shared: Shared, *, names: tuple[str, ...]) -> None:
    """Send again for these accounts; the next run delivers what waited, in order."""
    with opened(shared, fill=True) as app:
        for name in known("account", app.config.accounts, names):
            resumed = app.ledger.accounts.resume(name, app.ledger.now())
            click.echo(f"{name}: {'resumed' if resumed else 'was not paused'}")


def _row(app: App, name: str) -> dict[str, Any]:
    entry, state = app.config.accounts[name], app.ledger.accounts.find(name)
    word = "off" if not entry.enabled else "paused" if state and state.paused else "posts"
    return {
        "account": name,
        "platform": entry.account.platform,
        "state": word,
        "paused": state.paused if state else None,
        "identity": state.identity.name if state and state.identity else None,
    }
