"""Every command in a console block of the documentation is typed here, is run by another test, or says why it is not.

The commands of a page are typed in their order, in a folder that has what the page takes for given. Each ends as
the page lets one expect, and prints every line that the page shows.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.worlds.pages import ROOT
from tests.worlds.stage import Stage
from tests.worlds.stages import HOOKED, PREPARED, SPOILED
from tests.worlds.transcripts import agree, blocks, steps

PAGES = [
    page.relative_to(ROOT).as_posix()
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
]
INSTALLS = "it installs from a registry: bench/first_preview.py types it, and `make packages` installs the package"
ASKS = "it waits for a person in a browser: tests/docs/test_signing_in.py types it with other names"
NOT_TYPED = {
    "make check": "it is what runs this test",
    "make test": "it is what runs this test",
    "make demo": "tests/test_demo.py runs what it runs",
    "python3 -m venv .venv": INSTALLS,
    ".venv/bin/pip install .": INSTALLS,
    ".venv/bin/syndicate demo --morning": "tests/test_demo.py runs what it runs",
    "python3 -m venv .venv && .venv/bin/pip install .": INSTALLS,
    ". .venv/bin/activate": INSTALLS,
    "mkdir ~/gazette": "it makes a folder in your home: bench/first_preview.py types it with another home",
    "cd ~/gazette": "it stands after mkdir: bench/first_preview.py types it",
    "export MASTODON_TOKEN=…": "the token is yours; the test has one of its own in the environment",
    "export BLUESKY_APP_PASSWORD=…": "the password is yours; the test has one of its own in the environment",
    'curl -H "Authorization: Bearer $KEY" https://posse.example/api/crossposts > crossposts.json': "it asks your"
    " POSSE Party, and there is none here",
    "litestream restore -o restored.db /srv/gazette/syndicate.db": "it needs litestream; the page says what was tried",
    "syndicate accounts login facebook-page": ASKS,
    "syndicate accounts login instagram": ASKS,
    "syndicate accounts login threads": ASKS,
}
"""Commands that no test types as they stand, each with its reason."""

ELSEWHERE = {
    "README.md": "docs/test_walk.py",
    "docs/tutorial.md": "docs/test_walk.py",
    "docs/guides/signing-in.md": "docs/test_signing_in.py",
    "docs/guides/signing-in-by-network.md": "docs/test_signing_in.py",
    "docs/guides/own-network.md": "docs/test_own_network.py",
    "examples/notes/README.md": "test_notes_example.py",
}
"""Pages whose commands another test types."""

TYPED = [page for page in PAGES if page not in ELSEWHERE and any(step[0] not in NOT_TYPED for step in steps(page))]

SHELL = {
    "docs/dependencies.md": "it installs from a registry, into the folder in which it is typed",
    "docs/guides/own-words.md": "it is a program of yours; tests/rendering/test_own_words.py runs such programs",
    "docs/operations/capacity.md": "tests/bench/test_capacity.py checks what it calculates; measuring takes minutes",
    "docs/operations/fleet.md": "it installs from a registry",
    "docs/operations/deploy.md": "it needs root, systemd, containers or a cluster; tests/deploy looks at the files",
    "docs/operations/postgresql.md": "it needs a server of yours, and its programs; the tests have one of their own",
}
"""Pages with blocks for a shell that are not typed, since they are for another machine or for minutes."""

ON_SERVER = ["docs/operations/fleet.md", "docs/operations/postgresql.md"]
"""Pages whose ledger is on PostgreSQL."""


def typed(page, reader, request):
    """Type all commands of a page."""
    stage = Stage(reader, request)
    PREPARED.get(page, PREPARED["any"])(stage)
    for command, shown in steps(page):
        if command in NOT_TYPED:
            continue
        for begin, prepare in HOOKED.get(page, {}).items():
            if command.startswith(begin):
                prepare(stage)
        ours = stage.here(command)
        code, printed = reader.types(ours, len(shown))
        assert code == SPOILED.get((page, command), 0), "\n".join([f"$ {ours}", *printed])
        agree(shown, printed)


@pytest.mark.parametrize("page", [page for page in TYPED if page not in ON_SERVER])
def test_what_a_page_shows_is_what_happens(page, reader, request):
    typed(page, reader, request)


@pytest.mark.parametrize("page", ON_SERVER)
def test_what_a_page_shows_is_what_happens_on_a_server(page, postgres, reader, request):
    typed(page, reader, request)


def test_no_command_is_left_out_without_a_reason_and_no_reason_without_a_command():
    shown = {command for page in PAGES for command, _ in steps(page)}
    assert set(NOT_TYPED) - shown == set()
    assert all(len(reason.split()) > 4 for reason in NOT_TYPED.values())


@pytest.mark.parametrize(("page", "test"), ELSEWHERE.items())
def test_a_page_that_another_test_types_is_named_there(page, test):
    text = (ROOT / "tests" / test).read_text(encoding="utf-8")
    world = (ROOT / "tests" / "worlds" / "sign_ins.py").read_text(encoding="utf-8")
    place = Path(page).parent.name if Path(page).parent.parent.name == "examples" else Path(page).name
    assert place in text + world


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_a_newcomers_page_has_commands_of_ours_and_those_with_a_reason(page):
    others = [command for command, _ in steps(page) if not command.startswith("syndicate ")]
    assert set(others) <= NOT_TYPED.keys()


def test_what_has_a_prompt_is_a_console_block():
    """So that no command hides from the tests in a block of another language."""
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        prompts = len(re.findall(r"^ *\$ \S", text, re.MULTILINE))
        assert sum(block.count("\n$ ") + block.startswith("$ ") for block in blocks(page)) == prompts, page


def test_what_is_for_a_shell_on_another_machine_has_a_reason():
    found = {page for page in PAGES if re.search(r"^ *```(?:ba)?sh\n", (ROOT / page).read_text("utf-8"), re.MULTILINE)}
    assert found == SHELL.keys()


def test_most_commands_are_typed():
    assert len(TYPED) > 30
    assert len([step for page in TYPED for step in steps(page) if step[0] not in NOT_TYPED]) > 70
