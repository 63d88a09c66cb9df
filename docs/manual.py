"""Writes the manual page, syndicate(1), of the commands: for `man`, in the language of man(7)."""

# ruff: noqa: INP001 - a part of docs/generate.py, no package

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import click

FILES = {
    "config.yaml": "The config, unless $SYNDICATE_CONFIG or --config names another.",
    "syndicate.db": "The ledger: what was seen and sent. Keep it, for it prevents double posts.",
    "syndicate.schema.json": "The settings, for editors; syndicate init writes it.",
}
VARIABLES = {
    "SYNDICATE_CONFIG": "The config to use where --config names none.",
    "SYNDICATE_KEY": "The key that opens the stored sessions, instead of a file.",
    "SYNDICATE_SANDBOX_PORT": "The port of your sandbox, if it is not 8700.",
    "NO_COLOR": "With any value, nothing is printed in colour.",
}
EXITS = {
    "0": "Done.",
    "1": "Something failed, or a person should look at something.",
    "2": "Wrong usage, or a mistake in the config: nothing was started.",
    "130": "Ctrl-C.",
    "141": "Who read the output has gone.",
}


def page(commands: Sequence[tuple[str, click.Command]]) -> str:
    """The manual page of these commands with their whole names, the program itself first."""
    (name, program), *rest = commands
    lines = [
        '.\\" Made by docs/generate.py; edit the code, then run it again.',
        f'.TH {name.upper()} 1 "" "syndicate" "User Commands"',
        ".SH NAME",
        f"{name} \\- {_plain(program.help or '').rstrip('.').lower()}",
        ".SH SYNOPSIS",
        f".B {name}",
        "[OPTIONS] COMMAND [ARGS]...",
        ".SH OPTIONS",
        "All commands know these.",
        *_options(name, program),
        ".SH COMMANDS",
    ]
    shared = {option for each in program.params for option in each.opts}
    for whole, command in rest:
        lines += _command(whole, command, shared)
    for title, said in (("FILES", FILES), ("ENVIRONMENT", VARIABLES), ("EXIT STATUS", EXITS)):
        lines.append(f".SH {title}")
        lines += [line for word, about in said.items() for line in (".TP", f".B {_plain(word)}", _plain(about))]
    return "\n".join(lines) + "\n"


def _command(name: str, command: click.Command, shared: Collection[str]) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f".SS {_plain(name)} {_plain(usage)}"
    for number, paragraph in enumerate((command.help or "").replace("\b", "").strip().split("\n\n")):
        yield from ([".PP"] if number else [])
        yield _plain(" ".join(paragraph.split()))
    yield from _options(name, command, shared)


def _options(name: str, command: click.Command, shared: Collection[str] = ()) -> Iterator[str]:
    """Each option with what it does, without those that all commands share."""
    context = click.Context(command, info_name=name, help_option_names=["-h", "--help"])
    for each in command.get_params(context):
        record = each.get_help_record(context) if isinstance(each, click.Option) else None
        if record and not {*shared} & {*each.opts} and (not shared or "--help" not in each.opts):
            yield from (".TP", f".B {_plain(record[0])}", _plain(" ".join(record[1].split())))


def _plain(text: str) -> str:
    """Text that means itself in man(7): no backslash, no hyphen that breaks a line, no dot that begins one."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    text = re.sub(r"^([.'])", r"\\&\1", text)
    return text.replace("→", "\\(->").replace("“", '"').replace("”", '"')
