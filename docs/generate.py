"""Writes what is made of the code, pages of the docs and a new ledger's schema: `python docs/generate.py`.

`pages()` gives it without writing; a test compares it with the files.
"""

# ruff: noqa: INP001 - a script beside the pages it writes, no package

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import manual

from syndicate.cli import cli
from syndicate.cli.json_contract import COMMANDS, VERSION, Prints, knows_json
from syndicate.cli.json_records import EVENTS, RECORDS, Record
from syndicate.config.editor import json_schema
from syndicate.config.typed import hints
from syndicate.delivery.decisions import WAITING
from syndicate.ledger.database import MIGRATIONS
from syndicate.ledger.database import VERSION as SCHEMA
from syndicate.ledger.sqlite import whole_schema
from syndicate.model import LATER, REASONS
from syndicate.platforms import GONE, PLANNED, find, names
from syndicate.ports import Deletable, Editable, Priced, SignIn

HERE = Path(__file__).parent
WIDTH = 90
JSON_PAGE = (HERE / "reference" / "json.md.in").read_text(encoding="utf-8")
LOG_PAGE = (HERE / "operations" / "log-reference.md.in").read_text(encoding="utf-8")
MADE = "<!-- Made by docs/generate.py; edit the code, then run it again. -->"


def pages() -> dict[Path, str]:
    """What is generated, or of which a part is: path to text."""
    config, index = HERE / "reference" / "config.md", HERE / "index.md"
    return {
        HERE / "reference" / "commands.md": _commands_page(),
        HERE / "reference" / "syndicate.1": manual.page(list(commands())),
        HERE / "reference" / "json.md": _json_page(),
        HERE / "operations" / "log-reference.md": _log_page(),
        config: _filled(config, "options", _options()),
        index: _filled(index, "networks", _networks()),
        HERE / "platforms" / "index.md": _platforms_page(),
        MIGRATIONS / f"whole-{SCHEMA:03}.sql": whole_schema(),
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
            "`--config`, `--config-dir`, `--json` and `--verbose` are accepted before or after the command.",
            "Results go to standard output, messages to standard error.",
            "[JSON output](json.md) and [errors and exit status](errors.md) have pages of their own.",
            "",
            *blocks,
        ]
    )


def _json_page() -> str:
    """The contract of the JSON output: what every command prints, every record, event and code."""
    made = [(name.partition(" ")[2], command) for name, command in commands()]
    leaves = [name for name, command in made if name and not isinstance(command, click.Group)]
    printing = {name: COMMANDS[name] for name in leaves if knows_json(name)}
    rows = [f"| `{name}` | {_printed(each)} | {each.note} |" for name, each in printing.items()]
    refusing = ", ".join(f"`{name}`" for name in leaves if name not in printing)
    used = {record for each in printing.values() for record in each.records if record in RECORDS}
    records = [_record_part(name, record) for name, record in RECORDS.items() if name in used]
    said = spoken()
    events = [_event_row(name, *EVENTS[name]) for name in EVENTS if name in said or "<" in name]
    assert len(events) == len(EVENTS), EVENTS.keys() - said
    return JSON_PAGE.format(
        made=MADE,
        version=VERSION,
        commands="\n".join(rows),
        refusing=refusing,
        records="\n".join(records),
        events="\n".join(events),
        codes="\n".join(f"| `{code}` | {words} |" for code, words in REASONS.items()),
        waiting=", ".join(f"`{code}`" for code in WAITING),
        later=", ".join(f"`{code}`" for code in LATER),
    )


def _log_page() -> str:
    """Every event of the log: what it means and its fields, before what a person wrote of what to do about it."""
    page = re.sub(r"^### `(.+)`$", _event_part, LOG_PAGE.replace("{made}", MADE), flags=re.MULTILINE)
    missing = [name for name in EVENTS if f"### `{name}`\n" not in page]
    assert not missing, f"log-reference.md.in says nothing of {missing}"
    return page


def _event_part(heading: re.Match[str]) -> str:
    about, fields = EVENTS[heading[1]]
    table = ["", "| field | value |", "|---|---|", *(f"| `{field}` | {said} |" for field, said in fields.items())]
    lines = [heading[0], "", about, *(table if fields else ())]
    return "\n".join(lines).replace("](#codes)", "](../reference/json.md#codes)")


def _printed(each: Prints) -> str:
    links = [f"[{name}](#{name})" for name in each.records]
    return " or ".join(links).replace("[event](#event)", "[event](#events)")


def _record_part(name: str, record: Record) -> str:
    rows = [f"| `{field}` | {about} |" for field, about in record.fields.items()]
    return "\n".join([f"### {name.capitalize()}", "", record.about, "", "| field | value |", "|---|---|", *rows, ""])


def _event_row(name: str, about: str, fields: Mapping[str, str]) -> str:
    told = "; ".join(f"`{field}`: {said}" for field, said in fields.items())
    return f"| `{name}` | {about} | {told} |"


def spoken() -> dict[str, set[str]]:
    """Every event that the code writes, by its name: the fields that it gives with it."""
    found: dict[str, set[str]] = {}
    for path in (HERE.parent / "syndicate").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called in ("say", "_say"):
                    found.setdefault(str(node.args[0].value), set()).update(each.arg or "" for each in node.keywords)
    return found


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


def _titles() -> dict[str, str]:
    """The title of each network's page, by its name."""
    found = sorted((HERE / "platforms").glob("*.md"), key=lambda page: page.stem)
    titles = {page.stem: page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for page in found}
    return {name: title for name, title in titles.items() if name not in ("index", "tested")}


def _networks() -> str:
    """A link to each network's page, by its title; those that take no posts say so."""
    gone = dict.fromkeys(GONE, " (takes no posts)")
    links = [f"- [{title}](platforms/{name}.md){gone.get(name, '')}\n" for name, title in _titles().items()]
    return "".join(["- [All of them in one table](platforms/index.md)\n", *links])


def _platforms_page() -> str:
    """All networks in one table, from what their adapters state and can do; then those that are missing."""
    titles = _titles()
    missing = [f"- [{titles[name]}]({name}.md): {why}.\n" for name, (why, _) in sorted(GONE.items())]
    return (
        "\n".join(
            [
                "# Networks",
                "",
                MADE,
                "",
                "What each network takes, and what can be done there; the page of each has the details, with sources.",
                "",
                "| network | certainty | text | pictures | edit | delete | sign-in | look-up | cost |",
                "|---|---|---|---|---|---|---|---|---|",
                *(_network_row(name, titles.get(name, name)) for name in names()),
                "",
                "[*Certainty*](../concepts/uncertainty.md) says how surely a lost answer is cleared up.",
                "*Text* is the limit in the network's own unit; a server may state another one.",
                "*Pictures* is how many go with a post.",
                "*Sign-in* means that `syndicate accounts login` can get the token.",
                "*Look-up* means that a post whose answer was lost can be found again, where the server allows it.",
                "",
                "## Not built yet",
                "",
                f"{', '.join(sorted(PLANNED - {*names()}))}.",
                "Until then, another package may bring one: [add a network of your own](../guides/own-network.md).",
                "",
                "## Impossible",
                "",
                "".join(missing),
            ]
        ).rstrip("\n")
        + "\n"
    )


def _network_row(name: str, title: str) -> str:
    adapter = find(name)
    able = {kind: "yes" if issubclass(adapter, kind) else "" for kind in (Editable, Deletable, SignIn)}
    limits = adapter.limits
    stated = " or as stated" if limits.stated else ""
    cells = [
        f"[{title}]({name}.md)",
        f"`{adapter.certainty}`",
        f"{limits.text:,}{stated}",
        str(limits.images or ""),
        able[Editable],
        able[Deletable],
        able[SignIn],
        "" if adapter.certainty == "blind" else "yes",
        "for each post" if issubclass(adapter, Priced) else "",
    ]
    return f"| {' | '.join(cells)} |"


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
