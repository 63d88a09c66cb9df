"""`syndicate accounts`: lists, checks, pauses and resumes accounts. Never posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from syndicate.cli import complain
from syndicate.cli.options import DURATION, Shared, active, known, opened, shared_options
from syndicate.cli.output import print_json
from syndicate.errors import AuthError, PlatformError, reworded
from syndicate.serialization import instant

EVERYTHING = ""

if TYPE_CHECKING:
    from syndicate.config.schema import AccountConfig
    from syndicate.ledger.accounts import AccountState


F = TypeVar("F", bound=Callable[..., Any])


@click.group()
@shared_options
def command() -> None:
    """List accounts, check their logins, pause and resume them."""


@command.command("list")
@shared_options
@click.pass_obj
def listed(shared: Shared) -> None:
    """List every account of the config, and whether it posts."""
    with opened(shared, fill=True) as app:
        rows = [_row(entry, app.ledger.accounts.find(name)) for name, entry in app.config.accounts.items()]
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
    """Check each account's login. If a refused login works again, its account is resumed."""
    failed = 0
    with opened(shared) as app:
        for name in active(app.config, names) or [account.name for account in app.accounts]:
            account = app.config.accounts[name].account
            app.lanes.register(name)
            try:
                identity = app.lanes.verify(name)
            except PlatformError as fault:
                failed = 1
                hint = "its token or password is wrong or was withdrawn" if isinstance(fault, AuthError) else None
                complain(fault if fault.hint else reworded(fault, str(fault), hint), f"{name}: ")
                continue
            if shared.json:
                print_json({"account": name, "platform": account.platform, "id": identity.id, "name": identity.name})
            else:
                click.echo(f"{name}: {identity.name} {identity.url or ''}".rstrip())
            state = app.ledger.accounts.find(name)
            if state is not None and state.paused == "auth":
                _, skipped = app.ledger.resume(app.config.accounts[name].account)
                old = f"; {skipped} older articles are skipped" if skipped else ""
                click.echo(f"{name}: resumed{old}", err=True)
        for note in dict.fromkeys(app.lanes.notes):
            click.echo(note, err=True)
        for twins in app.lanes.twins():
            click.echo(twins.told, err=True)
            failed = failed or int(twins.wrong)
    return failed


def _what(function: F) -> F:
    """The options that say what to pause or resume: accounts by name, everything, or articles with a word."""
    for option in (
        click.argument("names", nargs=-1, metavar="[NAME]…"),
        click.option("--all", "everything", is_flag=True, help="Everything."),
        click.option("--word", "words", multiple=True, metavar="WORD", help="Articles with this word (repeatable)."),
    ):
        function = option(function)
    return function


def _named(names: tuple[str, ...], words: tuple[str, ...], *, everything: bool) -> list[str]:
    """The words whose pauses are meant; "" stands for --all. Raises UsageError if nothing was named."""
    if not (names or words or everything):
        raise click.UsageError("name accounts, or use --all or --word WORD")
    if any(not word.strip() for word in words):
        raise click.UsageError("--word needs a word")
    return [*([EVERYTHING] if everything else []), *words]


@command.command()
@_what
@click.option("--for", "length", type=DURATION, metavar="DURATION", help="End the pause after so long, such as 2h.")
@shared_options
@click.pass_obj
def pause(
    shared: Shared, *, names: tuple[str, ...], words: tuple[str, ...], everything: bool, length: timedelta | None
) -> None:
    """Send nothing for these accounts until they are resumed; articles that wait can expire."""
    from syndicate.delivery import decisions

    meant = _named(names, words, everything=everything)
    with opened(shared, fill=True) as app:
        until = app.ledger.now() + length if length else None
        told = f"paused until {instant(until.replace(microsecond=0))}" if until else "paused"
        chosen = known("account", app.config.accounts, names)
        if chosen:
            app.lanes.register(*chosen)
        decisions.pause(chosen, meant, app.ledger, until)
        if shared.json:
            named = [(name, None) for name in chosen] + [(None, word) for word in meant]
            for account, word in named:
                print_json({"account": account, "word": word, "until": instant(until)})
            return
        for what in (*chosen, *map(_quoted, meant)):
            click.echo(f"{what}: {told}")


@command.command()
@_what
@shared_options
@click.pass_obj
def resume(shared: Shared, *, names: tuple[str, ...], words: tuple[str, ...], everything: bool) -> None:
    """Send again for these accounts; the next run sends what waited, in order."""
    from syndicate.delivery import decisions

    meant = _named(names, words, everything=everything)
    with opened(shared, fill=True) as app:
        paused = [app.config.accounts[name].account for name in known("account", app.config.accounts, names)]
        for one in decisions.resume(paused, meant, app.accounts, app.ledger):
            if shared.json:
                fields = {"account": one.account, "word": one.word}
                print_json(fields | {"was_paused": one.was_paused, "too_old": one.too_old})
                continue
            old = f"; {one.too_old} older articles are skipped, the newest go out" if one.too_old else ""
            what = one.account or _quoted(one.word or EVERYTHING)
            click.echo(f"{what}: {'resumed' if one.was_paused else 'was not paused'}{old}")


def _quoted(word: str) -> str:
    return f"articles with '{word}'" if word else "everything"


def _row(entry: AccountConfig, state: AccountState | None) -> dict[str, Any]:
    word = "off" if not entry.enabled else "paused" if state and state.paused else "posts"
    return {
        "account": entry.account.name,
        "platform": entry.account.platform,
        "state": word,
        "paused": state.paused if state else None,
        "identity": state.identity.name if state and state.identity else None,
    }
