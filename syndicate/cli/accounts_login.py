"""`syndicate accounts login`: signs in to one account, and stores the login, encrypted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from syndicate.cli.options import Shared, active, opened, shared_options
from syndicate.cli.output import print_json
from syndicate.errors import SyndicateError

if TYPE_CHECKING:
    from syndicate.app.signing_in import NewLogin
    from syndicate.app.wiring import App
    from syndicate.cli.answers import Person
    from syndicate.web.sign_in_door import SignInDoor

PORT = 8712
_REFUSED = "another account than before; answer at a terminal, or give it a name of its own in the config"


@click.command()
@click.argument("name")
@click.option("--no-browser", is_flag=True, help="Open no browser and no port; paste the answer.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=PORT,
    show_default=True,
    help="Where the network's page leads on this machine.",
)
@click.option("--redirect", metavar="URL", help="Another address to which it leads, as the app's settings have it.")
@shared_options
@click.pass_obj
def command(shared: Shared, *, name: str, no_browser: bool, port: int, redirect: str | None) -> int:
    """Sign in to an account. Its login is stored encrypted, and renewed by itself where it ends.

    It is stored only when the network has said whose it is. Nothing is posted.
    """
    from syndicate.cli import complain

    with opened(shared, fill=True) as app:
        active(app.config, [name])
        try:
            _sign_in(app, name, redirect or f"http://127.0.0.1:{port}/", shared, browser=not no_browser)
        except (KeyboardInterrupt, click.Abort):
            click.echo(f"{name}: stopped; nothing was stored", err=True)
            return 1
        except SyndicateError as fault:
            complain(fault, "" if str(fault).startswith(f"{name}: ") else f"{name}: ")
            return 1
    return 0


def _sign_in(app: App, name: str, redirect: str, shared: Shared, *, browser: bool) -> None:
    from syndicate.app.signing_in import SigningIntoAccount
    from syndicate.cli.answers import Person
    from syndicate.cli.login_lines import lines, record

    app.lanes.register(name)
    attempt = SigningIntoAccount(app, name)
    with _door(redirect, listens=browser) as door:
        person = Person(door, browser=browser)
        login = attempt.talk(redirect, person.answer)
        _confirm(name, login, person)
        term = attempt.store(login)
    account = app.config.accounts[name].account
    if shared.json:
        print_json(record(account, login.identity, term))
    else:
        click.echo("\n".join(lines(account, login.identity, term)))
    for note in dict.fromkeys(app.lanes.notes):
        click.echo(note, err=True)


def _confirm(name: str, login: NewLogin, person: Person) -> None:
    """Have a person confirm that it is another account now. Raises SyndicateError if nobody does."""
    if login.before is None:
        return
    told = f"{name}: it was {login.before.name} before, and is {login.identity.name} now"
    click.echo(f"{told}: what waits for the old one will not be sent, and nothing older is posted", err=True)
    if not person.confirms("sign in as the new one?"):
        raise SyndicateError(f"{name}: nothing was stored: this is {_REFUSED}")


@contextlib.contextmanager
def _door(redirect: str, *, listens: bool) -> Iterator[SignInDoor | None]:
    """What takes the answer of the network's page on this machine; None where it has to be pasted."""
    from syndicate.web import sign_in_door

    if not listens or not sign_in_door.listens(redirect):
        yield None
        return
    try:
        door = sign_in_door.SignInDoor(redirect)
    except SyndicateError as fault:
        click.echo(f"note: {fault}; paste the answer, or choose another with --port", err=True)
        yield None
        return
    with contextlib.closing(door):
        yield door
