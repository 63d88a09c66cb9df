"""The page for those who change syndicate, and the one on its architecture: what they name is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
CODE = re.compile(r"`([^`\n]+)`")
FUNCTION = re.compile(r"\[`([\w.]+)`\]\(([^)\s]+\.py)\)")
MADE_HERE = {".venv", "build"}
"""What `make` makes, and no clone has."""


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def named(page: Path) -> set[str]:
    """Files and folders in backticks, also as words of a command: what has a slash or ends like a file."""
    words = {word for code in CODE.findall(text(page)) for word in code.split()}
    paths = {word for word in words if re.fullmatch(r"[\w./-]+", word) and ("/" in word or Path(word).suffix)}
    return {path for path in paths if Path(path).parts[0] not in MADE_HERE}


def defined(path: Path) -> set[str]:
    """Functions and classes of a module, methods with their class."""
    found = set()
    for node in ast.parse(text(path)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return found


def rooms() -> set[str]:
    return {path.parent.name for path in (ROOT / "syndicate").glob("*/__init__.py")}


def section(heading: str) -> str:
    return text(CONTRIBUTING).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("path", sorted(named(CONTRIBUTING)))
def test_what_the_page_names_is_there(path):
    """NAME stands for what is to be made: then the place for it is there."""
    place = ROOT / path
    assert (place.parent if "NAME" in path else place).exists()


def test_the_page_names_what_a_change_needs():
    found = named(CONTRIBUTING)
    assert {"pyproject.toml", "CHANGELOG.md", "syndicate/ports.py", "tests/config/test_reader.py"} <= found
    assert len(found) > 30


@pytest.mark.parametrize("heading", ["Add a network", "Add a source", "Add a setting", "Add a command"])
def test_each_kind_of_addition_takes_five_lines(heading):
    lines = [line for line in section(heading).splitlines() if line]
    assert [line[:2] for line in lines] == ["1.", "2.", "3.", "4.", "5."]


def test_every_target_of_make_that_the_page_names_is_one():
    targets = re.search(r"^\.PHONY: (.*)$", text(ROOT / "Makefile"), re.MULTILINE)[1].split()
    for code in CODE.findall(text(CONTRIBUTING)):
        if code.startswith("make "):
            assert code.split()[1] in targets, code


@pytest.mark.parametrize(("name", "link"), FUNCTION.findall(text(ARCHITECTURE)))
def test_a_function_that_the_architecture_links_to_is_defined_there(name, link):
    path = (ARCHITECTURE.parent / link).resolve()
    assert path.is_relative_to(ROOT / "syndicate")
    assert name in defined(path)


def test_the_story_passes_every_room_on_its_way():
    links = [link for _, link in FUNCTION.findall(text(ARCHITECTURE))]
    passed = {Path(link).relative_to("../syndicate").parts[0] for link in links}
    assert {"sources", "ingestion", "planning", "ledger", "delivery", "rendering", "platforms", "net"} <= passed


def test_every_room_stands_in_the_table_and_in_the_picture():
    table = set(re.findall(r"^\| `(\w+)/` \|", text(ARCHITECTURE), re.MULTILINE))
    assert table == rooms()
    picture = text(ARCHITECTURE).partition("```text\n")[2].partition("```")[0]
    assert rooms() <= set(re.findall(r"\w+", picture))


def test_the_pure_modules_of_the_picture_are_there():
    picture = text(ARCHITECTURE).partition("```text\n")[2].partition("```")[0]
    for name in picture.splitlines()[-1].partition("·")[0].split():
        assert (ROOT / "syndicate" / f"{name}.py").exists(), name
