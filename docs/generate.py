"""Writes what the docs say that is made of the code: `python docs/generate.py`.

`pages()` gives it without writing; a test compares it with the files.
"""

# ruff: noqa: INP001 - a script beside the pages it writes, no package

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from syndicate.cli import cli
from syndicate.config.editor import json_schema
from syndicate.config.typed import hints
from syndicate.platforms import GONE, find, names

HERE = Path(__file__).parent
WIDTH = 90
MADE = "<!-- Made by docs/generate.py; edit the code, then run it again. -->"


def pages() -> dict[Path, str]:
    """The pages that are generated, or of which a part is: path to text."""
    config, index = HERE / "reference" / "config.md", HERE / "index.md"
    return {
        HERE / "reference" / "commands.md": _commands_page(),
        config: _filled(config, "options", _options()),
        index: _filled(index, "networks", _networks()),
    }


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


def _filled(page: Path, part: str, text: str) -> str:
    """A page that a person wrote, with the part between its two marks made anew."""
    start, end = f"<!-- {part}: made by docs/generate.py -->\n\n", f"\n<!-- {part}: end -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(start)
    return f"{before}{start}{text}{end}{rest.partition(end)[2]}"


def _options() -> str:
    """Each platform's own settings, as a table."""
    cases = json_schema()["properties"]["accounts"]["additionalProperties"]["allOf"]
    settings = {case["if"]["properties"]["platform"]["const"]: case["then"] for case in cases}
    tables = []
    for name in names():
        properties, needed = settings[name]["properties"], settings[name].get("required", ())
        own = [option for option in hints(find(name).options_type) if option != "api_url"]
        rows = [_row(option, properties[option], needed=option in needed) for option in own]
        tables.append(
            "\n".join([f"### {name}", "", "| setting | default | what it says |", "|---|---|---|", *rows, ""])
        )
    return "\n".join(tables)


def _row(name: str, schema: Mapping[str, Any], *, needed: bool) -> str:
    default = schema.get("default")
    shown = "" if default is None else f"`{default if isinstance(default, str) else json.dumps(default)}`"
    return f"| `{name}` | {'needed' if needed else shown} | {schema.get('description', '')} |"


def _networks() -> str:
    """A link to each network's page, by its title; those that are gone say so."""
    pages = sorted((HERE / "platforms").glob("*.md"), key=lambda page: page.stem)
    titles = {page.stem: page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for page in pages}
    gone = dict.fromkeys(GONE, " (gone)")
    return "".join(f"- [{title}](platforms/{name}.md){gone.get(name, '')}\n" for name, title in titles.items())


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
