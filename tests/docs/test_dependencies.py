"""Every package is installed by its hashes, and has a line that says who keeps it."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"].values()
RUNS = PROJECT["project"]["dependencies"]


def named(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace(".", "-").replace("_", "-")


def locked(file):
    """Each package of a file, with its version and how many hashes it has."""
    text = (ROOT / file).read_text("utf-8").replace("\\\n", "")
    found = {}
    for line in text.splitlines():
        name, _, rest = line.partition("==")
        found[named(name)] = re.match(r"[^ ;]+", rest)[0], len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", line))
    return found


@pytest.mark.parametrize("file", ["requirements.txt", "constraints.txt", "docs/site/requirements.txt"])
def test_every_package_is_locked_with_hashes_and_from_nowhere_in_particular(file):
    assert all(count for _, count in locked(file).values())
    assert "://" not in (ROOT / file).read_text("utf-8")


def test_what_runs_is_locked_in_both_files_in_one_version():
    runs, everything = locked("requirements.txt"), locked("constraints.txt")
    assert {name: everything[name] for name in runs} == runs
    assert {named(each) for each in RUNS} <= runs.keys()
    tools = [*PROJECT["dependency-groups"]["dev"], *PROJECT["build-system"]["requires"]]
    assert {named(each) for each in tools} <= everything.keys()


def test_what_builds_the_site_is_locked_apart_in_the_same_versions():
    builds, everything = locked("docs/site/requirements.txt"), locked("constraints.txt")
    assert {named(each) for each in PROJECT["dependency-groups"]["docs"]} <= builds.keys()
    assert builds.keys() - everything.keys() >= {"mkdocs", "mkdocs-material"}
    text = (ROOT / "docs/site/requirements.txt").read_text("utf-8")
    for name in builds.keys() & everything.keys():
        assert f"\n{name}=={everything[name][0]} " in f"\n{text}", name


def test_what_was_unsafe_is_below_the_floor():
    assert "jinja2>=3.1.6" in RUNS
    assert "urllib3>=2.6.3,<3" in RUNS


def test_the_page_says_of_each_package_who_keeps_it():
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    rows = {line.split("|")[1].split("(")[0].strip() for line in page.splitlines() if line.startswith("| ")}
    wanted = {re.match(r"[A-Za-z0-9._-]+", each)[0] for each in RUNS}
    assert rows - {"package"} == wanted
    for extra in EXTRAS:
        for each in extra:
            assert f"`{re.match(r'[A-Za-z0-9._-]+', each)[0]}`" in page
