"""`syndicate accounts`: lists, checks, pauses and resumes accounts. Never posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from syndicate.cli import complain, login_lines
from syndicate.cli.options import DURATION, Shared, active, known, of_sites, opened, shared_options, site_option
from syndicate.cli.output import print_json
from syndicate.errors import AuthError, PlatformError, reworded
from syndicate.ledger.accounts import REFUSED
from syndicate.model import site_of
from syndicate.serialization import instant

EVERYTHING = ""
_WITHDRAWN = "its token or password is wrong or was withdrawn"

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.config.schema import AccountConfig


F = TypeVar("F", bound=Callable[..., Any])


class _Lazy(click.Group):
    """The group of these commands; `login` is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return sorted([*super().list_commands(ctx), "login"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of the commands."""
        if cmd_name == "login":
            from syndicate.cli.accounts_login import command as login

            return login
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Lazy)
@shared_options
def command() -> None:
    """List accounts, sign in to them, check their logins, pause and resume them."""


@command.command("list")
@site_option
@shared_options
@click.pass_obj
def listed(shared: Shared, *, sites: tuple[str, ...]) -> None:
    """List every account of the config, and whether it posts."""
    from syndicate.app import advice

    with opened(shared, fill=True) as app:
        named = of_sites(app.config, sites, app.config.accounts) if sites else app.config.accounts
        rows = [_row(app, app.config.accounts[name]) for name in named]
        if shared.json:
            for row in rows:
                print_json(row)
            return
        width = max((len(row["account"]) for row in rows), default=0)
        for row in rows:
            who = row["identity"] or "not checked yet"
            if row["login"] == "needed":
                who = f"sign in: {advice.command('login', account=row['account'])}"
            click.echo(f"{row['account']:<{width}}  {row['platform']:<10}  {row['state']:<8}  {who}")


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@shared_options
@click.pass_obj
def check(shared: Shared, *, names: tuple[str, ...]) -> int:
    """Check each account's login. If a refused login works again, its account is resumed."""
    failed, asked = 0, set[tuple[str, str]]()
    with opened(shared) as app:
        for name in active(app.config, names) or [account.name for account in app.accounts]:
            account = app.config.accounts[name].account
            app.lanes.register(name)
            try:
                identity = app.lanes.verify(name)
            except PlatformError as fault:
                failed = 1
                complain(_advised(fault, app, name), f"{name}: ")
                continue
            term = app.ledger.credentials.term(name)
            if shared.json:
                print_json(login_lines.record(account, identity, term))
            else:
                click.echo("\n".join(login_lines.lines(account, identity, term)))
            failed = _check_people(app, name, asked) or failed
            state = app.ledger.accounts.find(name)
            if state is not None and state.paused in REFUSED:
                _, skipped = app.ledger.resume(app.config.accounts[name].account)
                old = f"; {skipped} older articles are skipped" if skipped else ""
                click.echo(f"{name}: resumed{old}", err=True)
        for note in dict.fromkeys(app.lanes.notes):
            click.echo(note, err=True)
        failed = _check_media(app, shared) or failed
        for twins in app.lanes.twins():
            click.echo(twins.told, err=True)
            failed = failed or int(twins.wrong)
    return failed


def _check_people(app: App, name: str, asked: set[tuple[str, str]]) -> int:
    """Ask the account's network whether somebody has each handle of `people`; once for a network of a site, which is
    then in `asked`. Returns 1 if nobody has one of them.
    """
    from syndicate.ports import FindsPeople

    platform, people, failed = app.lanes.of(name).platform, app.config.of(name).people, 0
    if (site_of(name), platform.name) in asked or not isinstance(platform, FindsPeople):
        return 0
    asked.add((site_of(name), platform.name))
    for person, handles in people.items():
        handle = handles.get(platform.name)
        if handle is not None:
            app.ledger.handles.forget(platform.name, handle.removeprefix("@").lower())
        try:
            if handle is None or platform.has_handle(handle):
                continue
        except PlatformError as fault:
            complain(fault, f"{name}: people.{person}: ")
        else:
            click.echo(f"{name}: people.{person}: nobody has the handle {handle} on {platform.name}", err=True)
        failed = 1
    return failed


def _check_media(app: App, shared: Shared) -> int:
    """Put a picture where the setting `media` says, and fetch it from there. Returns 1 if that fails."""
    hosting = app.lanes.hosting
    if hosting is None:
        return 0
    try:
        hosting.check(app.doors.network())
    except PlatformError as fault:
        complain(fault)
        return 1
    if not shared.json:
        click.echo(f"media: a picture was put there, read at {app.config.media.url}, and removed")  # type: ignore[union-attr]
    return 0


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


def _advised(fault: PlatformError, app: App, name: str) -> PlatformError:
    """A fault of a login, with what helps."""
    if fault.hint and "accounts login" not in fault.hint:
        return fault
    if not isinstance(fault, AuthError):
        return fault
    from syndicate.app import advice

    signs_in = app.lanes.sign_ins.is_signed_in(name) or app.lanes.needs_sign_in(name)
    hint = f"run {advice.command('login', account=name)}" if signs_in else _WITHDRAWN
    return reworded(fault, str(fault), hint)


def _row(app: App, entry: AccountConfig) -> dict[str, Any]:
    name = entry.account.name
    state = app.ledger.accounts.find(name)
    login = "needed" if app.lanes.needs_sign_in(name) else "config"
    login = "signed_in" if login == "config" and app.lanes.sign_ins.is_signed_in(name) else login
    word = "off" if not entry.enabled else "paused" if state and state.paused else "posts"
    return {
        "account": entry.account.name,
        "platform": entry.account.platform,
        "state": word,
        "paused": state.paused if state else None,
        "identity": state.identity.name if state and state.identity else None,
        "login": login,
    }
