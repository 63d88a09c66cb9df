"""The command line. Each command parses its options, calls the program and prints; it is imported when it is called."""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from syndicate import __version__
from syndicate.cli import terminal
from syndicate.cli.options import Shared, shared_options
from syndicate.errors import ConfigError, SyndicateError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "init": "Write a commented config; with --site, find its feeds.",
    "post": "Read your sources and post what is new.",
    "preview": "Show what would be posted; sends nothing.",
    "cards": "Show the card themes on sample articles, for designers.",
    "daemon": "Read your sources and post until told to stop.",
    "worker": "The same work on many machines, with the ledger on PostgreSQL.",
    "articles": "Show what the sources list now; writes nothing.",
    "status": "How things stand, on one screen; exit 1 when a person is needed.",
    "deliveries": "Every post: list, show, approve, retry, skip, resolve, delete, repost.",
    "accounts": "Your accounts: list, sign in, check, pause, resume.",
    "recover": "Ask your networks what they have already, after the ledger was put back.",
    "db": "The ledger: back up, check, restore, prune.",
    "key": "The key that opens stored sessions: change it.",
    "import-seen": "Record what another tool has announced, so that it is not posted again.",
    "explain": "Show what became of an article on each account, and why.",
    "measure": "Count text as a network counts it.",
    "sandbox": "Run fake networks on this machine, with a page that shows the posts.",
    "demo": "Run a sample site on this machine, to try everything with.",
    "platforms": "Supported networks, and how surely each can confirm a post.",
    "completion": "Complete commands and options by the tab key, in bash, zsh and fish.",
    "config": "Check the config, compare it with the defaults, or print its schema.",
}


class Commands(click.Group):
    """The group of all commands. It lists them without importing any, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of the commands, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command; None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"syndicate.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; the error for a mistyped one names the closest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as fault:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else ""
            raise click.UsageError(f"{fault.format_message().rstrip('.')}{hint}", ctx) from fault

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin so, without importing any command."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", message="syndicate %(version)s")
@shared_options
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Announce a publisher's articles on social networks: never twice, never lost, never a flood."""
    ctx.ensure_object(Shared)


def entry() -> NoReturn:
    """Run `main`, then end the process at once.

    Everything is closed and written by then; the usual end of the interpreter takes an eighth of a short run.
    """
    sys.excepthook = terminal.crash
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
        for stream in filter(None, (sys.stdout, sys.stderr)):  # either may have been closed before we began
            try:
                stream.flush()
            except (OSError, ValueError):  # nobody reads, or nothing more can be written
                code = code or 1
        os._exit(code)


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    The exit status is 0, 1 (something failed), 2 (wrong usage or config), 130 (Ctrl-C) or 141 (a closed pipe).
    """
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter shows something else
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with terminal.cleaned():
        _run(args)


def _run(args: list[str] | None) -> NoReturn:
    """Run the command line, and end with the exit status that belongs to what was raised."""
    try:
        result: Any = cli.main(args, prog_name="syndicate", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except SyndicateError as fault:
        complain(fault)
        sys.exit(2 if isinstance(fault, ConfigError) else 1)
    except BrokenPipeError:  # the reader of our output has gone; that is its right
        sys.stderr.close()
        sys.exit(141)  # as a shell reports a closed pipe; what was to be done is done
    except OSError as fault:
        click.echo(f"{fault.filename or 'standard output'}: {fault.strerror}", err=True)
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)


def complain(fault: SyndicateError, where: str = "") -> None:
    """Print an error as one line on standard error, and its hint on the next."""
    click.echo(f"{where}{fault}", err=True)
    if fault.hint:
        click.echo(f"hint: {fault.hint}", err=True)
