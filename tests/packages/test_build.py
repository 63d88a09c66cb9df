"""The wheel has all that the program reads, the source archive builds the same one, and the demo runs from it alone."""

from __future__ import annotations

import os
import sys
import tarfile
import zipfile
from email import message_from_string

import pytest

import syndicate
from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.hatch import build
from tests.worlds.pages import ROOT

NEVER = ("/tests/", "/bench/", "/docs/", "/.git/", "/.venv/", "__pycache__", ".pyc", ".db", ".key")


def contents(wheel):
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def library(built, tmp_path_factory):
    """The wheel, unpacked apart from the checkout."""
    place = tmp_path_factory.mktemp("library")
    with zipfile.ZipFile(built[1]) as wheel:
        wheel.extractall(place)
    return place


@pytest.fixture
def alone(library, tmp_path):
    """Runs Python with the package of the wheel, in an empty folder."""
    environment = os.environ | {"PYTHONPATH": str(library), "HOME": str(tmp_path)}

    def run(*words):
        command = [sys.executable, *words]
        return processes.run(command, cwd=tmp_path, env=environment, check=False, timeout=5 * PATIENCE)

    assert run("-c", "import syndicate; print(syndicate.__file__)").stdout.startswith(str(library))
    return run


def test_every_file_that_the_program_reads_is_in_the_wheel(built):
    there = contents(built[1])
    ours = {path.relative_to(ROOT) for path in (ROOT / "syndicate").rglob("*") if path.is_file()}
    wanted = {path.as_posix() for path in ours if "__pycache__" not in path.parts}
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    wanted |= {f"syndicate/{path.relative_to(ROOT).as_posix()}" for path in templates}
    assert len(templates) > 20
    assert wanted - there.keys() == set()
    assert {"syndicate/config.example.yaml", "syndicate/examples/demo.py", "syndicate/py.typed"} <= there.keys()


def test_nothing_else_is_in_either(built):
    archive, wheel = built
    with tarfile.open(archive) as opened:
        names = [name.partition("/")[2] for name in opened.getnames()]
    for name in {*contents(wheel), *names} - {"docs/reference/syndicate.1"}:
        assert not any(word in f"/{name}" for word in NEVER), name


def test_the_source_archive_builds_the_same_wheel(built, tmp_path):
    archive, wheel = built
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    [source] = tmp_path.iterdir()
    [again] = build(source, tmp_path / "dist", "wheel")
    assert again.name == wheel.name
    assert contents(again) == contents(wheel)


def test_the_wheel_says_what_it_is(built):
    there = contents(built[1])
    [written] = [text.decode() for name, text in there.items() if name.endswith(".dist-info/METADATA")]
    said = message_from_string(written)
    assert (said["Name"], said["Version"]) == ("syndicate-social", syndicate.__version__)
    assert (said["Requires-Python"], said["License-Expression"]) == (">=3.11", "MIT")
    [entries] = [text.decode() for name, text in there.items() if name.endswith("entry_points.txt")]
    assert "syndicate = syndicate.start:entry" in entries


@pytest.mark.slow
def test_the_demo_runs_from_the_wheel_alone(alone):
    done = alone("-m", "syndicate", "demo", "--morning")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 stories × 5 networks = 40 posts, and 8 in the folder." in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["init"],
        ["cards", "preview", "--theme", "live", "--size", "default"],
        ["config", "schema"],
        ["completion", "zsh"],
    ],
)
def test_what_reads_files_of_the_package_finds_them(alone, words):
    done = alone("-m", "syndicate", *words)
    assert done.returncode == 0, done.stdout + done.stderr
