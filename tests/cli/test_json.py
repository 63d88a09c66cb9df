"""The JSON contract: each command prints the records of the page, field by field, or refuses --json in a line."""

from __future__ import annotations

import io
import json
import re
import sys

import click
import pytest

from syndicate.cli import cli
from syndicate.cli.json_contract import COMMANDS, VERSION, knows_json
from syndicate.cli.json_records import EVENTS, RECORDS
from syndicate.model import REASONS
from tests.worlds.pages import generator, read

PAGE = read("reference/json.md")


def leaves() -> list[str]:
    return [
        name.partition(" ")[2]
        for name, command in generator().commands()
        if command is not cli and not isinstance(command, click.Group)
    ]


def field_names(record: str) -> list[str]:
    """The fields of a record, as the page lists them."""
    section = PAGE.partition(f"### {record.capitalize()}\n")[2].partition("\n### ")[0]
    section = section.partition("\nThis is one line")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def nested(record: str, field: str) -> list[str]:
    """The fields of what is listed in a field, as the page gives them."""
    return re.findall(r'"(\w+)"', RECORDS[record].fields[field].partition("]")[0].partition("}")[0])


@pytest.fixture(scope="module")
def told() -> dict[str, set[str]]:
    return generator().spoken()


def test_every_command_has_its_place_in_the_contract():
    assert set(leaves()) <= set(COMMANDS)
    for name in leaves():
        assert f"`{name}`" in PAGE, name
    assert {record for each in COMMANDS.values() for record in each.records} <= {*RECORDS, "event"}


def test_the_page_names_its_version_and_every_code():
    assert f"of version {VERSION}:" in PAGE
    for reason in REASONS:
        assert f"| `{reason}` |" in PAGE, reason


def test_every_event_of_the_code_is_in_the_contract_with_its_fields(told):
    for event, fields in told.items():
        assert event in EVENTS, f"{event} belongs into EVENTS of json_records.py"
        assert fields <= set(EVENTS[event][1]), event
        assert f"| `{event}` |" in PAGE
    assert len(told) > 15


@pytest.mark.parametrize("name", [name for name in leaves() if not knows_json(name)])
def test_a_command_that_prints_no_json_refuses_it_in_a_line(desk, name):
    for words in (["--json", *name.split()], [*name.split(), "--json"]):
        run = desk(*words)
        assert (run.code, run.complaint) == (2, f"Error: {name} prints no JSON; leave out --json")


class House:
    """A house in which something waits for each decision."""

    def __init__(self, desk) -> None:
        self.desk = desk
        desk.config("masto", "bsky", "hook", account=", approve: false")
        desk.site.publish(1)
        desk("post")
        [story] = desk.site.publish(1)
        desk("post")
        self.url = desk.site.link(story)

    def key(self, state: str, account: str = "masto") -> str:
        rows = self.desk("deliveries", "list", "--json", "--account", account, "--state", state).rows
        return str(rows[-1]["key"])

    def waiting(self) -> str:
        """The key of one that waits for an approval."""
        self.desk.config("masto", account=", approve: true")
        self.desk.site.publish(1)
        self.desk("post")
        return self.key("planned")

    def failed(self) -> str:
        self.desk.sandbox.add_faults([{"step": "commit", "fault": "too_long", "count": 9}])
        self.desk.config("masto")
        self.desk.site.publish(1)
        self.desk("post")
        self.desk.sandbox.add_faults([])
        return self.key("failed")

    def held(self) -> str:
        self.desk.sandbox.add_faults([{"platform": "webhook", "step": "commit", "fault": "drop_after"}])
        self.desk.site.publish(1)
        self.desk("post", "--account", "hook")
        return self.key("held", "hook")


def backed_up(desk) -> str:
    file = str(desk.folder / "ledger-copy.db")
    desk("db", "backup", file)
    return file


def gone(desk) -> list[str]:
    (desk.folder / "syndicate.db").unlink()
    return []


def words(name: str, house: House) -> list[str]:
    """What to type after a command's name."""
    desk = house.desk
    if name == "import-seen":
        (desk.folder / "seen.txt").write_text("https://gazette.example/old\n")
        return [str(desk.folder / "seen.txt")]
    if name == "deliveries repost":
        desk("deliveries", "delete", house.key("posted"))
        return [house.key("deleted")]
    if name in ("post", "preview"):
        desk.site.publish(1)
    return {
        "deliveries show": lambda: [house.key("posted")],
        "deliveries approve": lambda: [house.waiting()],
        "deliveries skip": lambda: [house.waiting()],
        "deliveries retry": lambda: [house.failed()],
        "deliveries resolve": lambda: [house.held(), "--not-sent"],
        "deliveries delete": lambda: [house.key("posted")],
        "accounts pause": lambda: ["masto", "--word", "storm"],
        "accounts resume": lambda: ["masto", "--word", "storm"],
        "accounts login": lambda: ["bsky"],
        "explain": lambda: [house.url],
        "measure": lambda: ["mastodon"],
        "db backup": lambda: [str(desk.folder / "ledger-copy.db")],
        "db restore": lambda: [backed_up(desk)],
        "db new": lambda: gone(desk),
    }.get(name, list)()


ELSEWHERE = {"daemon", "worker", "db import", "db export"}
"""`daemon` and `worker` do not end; the others need a server (test_postgresql.py)."""


@pytest.mark.parametrize("name", [name for name in leaves() if knows_json(name) and name not in ELSEWHERE])
def test_a_command_prints_exactly_the_fields_of_the_page(desk, name, monkeypatch):
    house = House(desk)
    typed = words(name, house)
    if name == "measure":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'"at the fair"\n"x"\n')))
    if name == "accounts login":
        (desk.folder / "typed").write_text("an-app-password\n")
        monkeypatch.setattr(sys, "stdin", (desk.folder / "typed").open())
    run = desk(*name.split(), *typed, "--json")
    sys.stdin.close() if name == "accounts login" else None
    lines = [json.loads(line) for line in run.out.splitlines()]
    assert lines, run.err
    expected = {tuple(field_names(record)) for record in COMMANDS[name].records}
    if name == "import-seen":  # the other record is that of its dry run
        lines += desk(name, *typed, "--dry-run", "--json").rows
    if expected:
        assert {tuple(line) for line in lines} == expected


def test_what_a_record_holds_has_the_fields_of_the_page_too(desk):
    house = House(desk)
    desk("accounts", "pause", "--word", "storm")
    house.waiting()
    desk("accounts", "pause", "masto")
    [status] = desk("status", "--json").rows
    for field in ("needs", "accounts", "sources", "paused", "ledger"):
        found = status[field] if field == "ledger" else status[field][0]
        assert list(found) == nested("status", field), field
    for step in desk("explain", house.url, "--json").rows[0]["steps"]:
        assert list(step) == nested("explained", "steps")
    desk.site.publish(1, photo=True)
    [row] = desk("post", "--account", "masto", "--dry-run", "--json").rows[-1:]
    for media in row["media"]:
        assert list(media) == nested("deliveries", "media")
