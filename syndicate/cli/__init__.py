"""The command line. A command is: parse, call one function, print; each is loaded when it is called."""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import Any, NoReturn

import click

from syndicate import __version__
from syndicate.cli.options import Shared, shared_options
from syndicate.errors import ConfigError, SyndicateError

COMMANDS = {
    "init": "Write a commented config; with --site, find its feeds.",
    "post": "Poll, plan and deliver what is due: one pass.",
    "preview": "Show what a post would send, for people; sends nothing.",
    "cards": "Share cards: every theme on every kind of story, for designers.",
    "daemon": "Poll, schedule and deliver until told to stop.",
    "articles": "Show what the sources say now; writes nothing.",
    "deliveries": "The ledger, and the decisions only a person can take.",
    "accounts": "Who we post as: list, check, pause, resume.",
    "import-seen": "Move in without reposting: what another tool announced is known.",
    "explain": "What became of a story on each account, and why.",
    "measure": "Lengths as a network counts them.",
    "sandbox": "Local stand-ins for all networks, with a page.",
    "platforms": "What is supported, and how well it can know.",
    "config": "Check the config, or print its JSON Schema.",
}


class Commands(click.Group):
    """Knows its commands by name, and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order of use, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command itself."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"syndicate.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A mistyped command is answered with the one that was meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as fault:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else ""
            raise click.UsageError(f"{fault.format_message().rstrip('.')}{hint}", ctx) from fault

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Without loading a single command."""
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
    """What the installed command runs: `main`, and then out at once.

    All is closed and written by then; taking the interpreter apart would cost a short run an eighth of its time.
    """
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
    """Run the command line; ends the process with 0, 1 (something failed) or 2 (wrong usage or config)."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter shows something else
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
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
    """One tidy line on standard error, and its cure on the next."""
    click.echo(f"{where}{fault}", err=True)
    if fault.hint:
        click.echo(f"hint: {fault.hint}", err=True)
