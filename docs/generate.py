"""Writes the page of the reference that is made of the code: `python docs/generate.py`.

`pages()` gives it without writing; a test compares it with the file.
"""

# ruff: noqa: INP001 - a script beside the pages it writes, no package

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from syndicate.cli import cli

HERE = Path(__file__).parent
WIDTH = 90
MADE = "<!-- Made by docs/generate.py; edit the code, then run it again. -->"


def pages() -> dict[Path, str]:
    """The generated pages: path to text."""
    return {HERE / "reference" / "commands.md": _commands_page()}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name, groups before what is in them, in the order of use."""
    return _below("syndicate", cli)


def _below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from _below(f"{name} {child}", found)


def _commands_page() -> str:
    blocks = [f"## `{name}`\n\n```text\n{_help(name, command)}\n```\n" for name, command in commands()]
    return "\n".join(
        [
            "# Commands",
            "",
            MADE,
            "",
            "These are all commands, as `--help` shows them.",
            "`--config`, `--json` and `--verbose` are accepted before or after the command.",
            "Results go to standard output, messages to standard error.",
            "[JSON output](json.md) and [errors and exit status](errors.md) have pages of their own.",
            "",
            *blocks,
        ]
    )


def _help(name: str, command: click.Command) -> str:
    context = click.Context(
        command,
        info_name=name,
        help_option_names=["-h", "--help"],
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        color=False,
    )
    return click.unstyle(context.get_help())


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
