"""Writes the pages of the reference that are made of the code: `python docs/generate.py`.

`pages()` gives them without writing; a test compares them with the files.
"""

# ruff: noqa: INP001 - a script beside the pages it writes, no package

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click

from syndicate.cli import cli
from syndicate.config.accounts import SETTINGS, UTM
from syndicate.config.descriptions import DESCRIPTIONS
from syndicate.config.schema import NOT_BUILT, SOURCES_NOT_BUILT, Alerts, Config, NetworkConfig, SourceConfig
from syndicate.config.typed import hints
from syndicate.model import Account, Filter, Site
from syndicate.platforms import find, names

HERE = Path(__file__).parent
WIDTH = 90
MADE = "<!-- Made by docs/generate.py; edit the code, then run it again. -->"


def pages() -> dict[Path, str]:
    """The generated pages: path to text."""
    return {
        HERE / "reference" / "commands.md": _commands_page(),
        HERE / "reference" / "config.md": _config_page(),
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


def _commands_page() -> str:
    blocks = [f"## `{name}`\n\n```text\n{_help(name, command)}\n```\n" for name, command in commands()]
    return "\n".join(
        [
            "# Commands",
            "",
            MADE,
            "",
            "Every command, as `--help` shows it.",
            "`--config`, `--json` and `--verbose` are accepted before or after the command.",
            "Standard output is data, standard error is talk.",
            "[JSON output](json.md) and [errors and exit status](errors.md) have pages of their own.",
            "",
            *blocks,
        ]
    )


def _config_page() -> str:
    top = {entry.name: entry for entry in fields(Config)}
    plain = ("database", "templates", "lease", "key_file")
    platforms = "\n\n".join(_options(name) for name in names())
    return f"""# Configuration

{MADE}

One YAML file: `--config FILE`, else `$SYNDICATE_CONFIG`, else `config.yaml` in the current directory.
[config.example.yaml](../../config.example.yaml) shows every setting at work, with comments.
`syndicate config check` reports every mistake at once, each with its line.
`syndicate config schema` prints a JSON Schema for editors.

Secrets stay outside: `${{NAME}}` is an environment variable, `${{file:/run/secrets/name}}` the content of a file.
A plain `${{` is written `$${{`.
Durations carry their unit: `90s`, `5m`, `1h30m`, `2d`.
Paths are relative to the file.

## Top level

{_table([_row(name, top[name], f"{name}") for name in plain])}

## `site`

{_table([_row(entry.name, entry, f"site.{entry.name}") for entry in fields(Site)])}

## `sources.<name>`

{DESCRIPTIONS["sources"]}

{
        _table(
            [
                *(
                    _row(entry.name, entry, f"sources.{entry.name}")
                    for entry in fields(SourceConfig)
                    if entry.name != "name"
                ),
                ("burst", "`off`", DESCRIPTIONS["sources.burst"]),
            ]
        )
    }

## `defaults` and `accounts.<name>`

{DESCRIPTIONS["defaults"]}

{
        _table(
            [
                ("platform", "needed", f"{DESCRIPTIONS['accounts.platform']} (not in `defaults`)"),
                *(
                    _row(entry.name, entry, f"accounts.{entry.name}")
                    for entry in fields(Account)
                    if entry.name in SETTINGS
                ),
                ("enabled", "`true`", DESCRIPTIONS["accounts.enabled"]),
                ("api_url", "–", DESCRIPTIONS["options.api_url"]),
            ]
        )
    }

Without `link`, a post gets a card where a picture leaves room for one, else the address in its text.
Without `settle`, it is what the network needs.
`utm` takes {_listed(UTM)}.

### Conditions: `only` and `never`

Every condition that is given has to hold, each by any of its values.

{_table([_row(entry.name, entry, f"conditions.{entry.name}") for entry in fields(Filter)])}

## Options by platform

{platforms}

## `network`

{_table([_row(entry.name, entry, f"network.{entry.name}") for entry in fields(NetworkConfig)])}

## `alerts`

{_table([_row(entry.name, entry, f"alerts.{entry.name}") for entry in fields(Alerts)])}

## Named, but not built yet

These settings have their final name and meaning, and no behaviour so far.
They are refused with a line that says so, never ignored.

{_not_built()}
"""


def _options(name: str) -> str:
    adapter = find(name)
    types = hints(adapter.options_type)
    rows = [_option(entry, types[entry.name]) for entry in fields(adapter.options_type)]
    page = f"../platforms/{name}.md"
    return f"### [{name}]({page})\n\n{_table([row for row in rows if row[0] != 'api_url'])}"


def _option(entry: Any, kind: Any) -> tuple[str, str, str]:
    name, default, words = _row(entry.name, entry, f"options.{entry.name}")
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    return name, default, f"{words} One of {_listed(choices)}." if choices else words


def _row(name: str, entry: Any, described: str) -> tuple[str, str, str]:
    return name, _default(entry), DESCRIPTIONS.get(described, "")


def _default(entry: Any) -> str:
    if entry.default_factory is not MISSING:
        return "–"
    if entry.default is MISSING:
        return "needed"
    value = entry.default
    if value is None or value == ():
        return "–"
    return f"`{_duration(value) if isinstance(value, timedelta) else value}`"


def _duration(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds % size == 0 and seconds > size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _table(rows: list[tuple[str, str, str]]) -> str:
    lines = [f"| `{name}` | {default} | {words} |" for name, default, words in rows]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *lines])


def _listed(words: Any) -> str:
    *most, last = (f"`{word}`" for word in words)
    return f"{', '.join(most)} and {last}" if most else last


def _not_built() -> str:
    lines = [
        f"- `{f'{section}.' if section else ''}{name}`: {cure}."
        for section, settings in NOT_BUILT.items()
        for name, cure in sorted(settings.items())
    ]
    lines.append(f"- `sources.type` {_listed(sorted(SOURCES_NOT_BUILT))}: use `feed` or `page`.")
    lines.append("- `sources.burst` as a number: leave it out, or write `off`.")
    lines.append("- `image: card`: use `photo` or `none`.")
    lines.append("- `database: postgresql://…`: use `sqlite:///` and a path.")
    return "\n".join(lines)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
