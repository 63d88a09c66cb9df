"""The wheel, installed by pip, pipx and uv into empty environments, and the demo run from each: `make packages`.

What they need comes from the registry that pip and uv are set to; where none is reachable, these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.pages import ROOT

pytestmark = pytest.mark.packages
TOOLS = Path(os.environ.get("PACKAGES_TOOLS", ROOT / ".packages" / "bin"))
LONG = 10 * PATIENCE  # seconds for what downloads


def run(*command, check=True, **options):
    done = processes.run([str(word) for word in command], check=False, timeout=LONG, **options)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def tool(name):
    """A tool from the environment that `make packages` makes, else from the tests' own."""
    found = shutil.which(name, path=os.pathsep.join([str(TOOLS), str(Path(sys.executable).parent)]))
    if found is None:
        pytest.skip(f"{name} is not installed: run make packages")
    return found


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """Something to install from."""
    place = tmp_path_factory.mktemp("probe")
    done = run(sys.executable, "-m", "pip", "download", "--no-deps", "--dest", place, "click", check=False)
    if done.returncode:
        pytest.skip(f"no package registry is reachable: {done.stderr.strip().splitlines()[-1]}")


@pytest.fixture
def clean(tmp_path):
    """The surroundings of somebody who has nothing yet, and has no checkout."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    homes = {"PIPX_HOME": "pipx", "PIPX_BIN_DIR": "bin", "UV_TOOL_DIR": "uv", "UV_TOOL_BIN_DIR": "bin"}
    (tmp_path / "empty").mkdir()
    homes |= {name: str(tmp_path / folder) for name, folder in homes.items()}
    return kept | homes | {"PIPX_DEFAULT_PYTHON": sys.executable}


def demo_runs(program, folder, environment):
    """The demo runs from an empty folder, with nothing but what was installed."""
    done = run(program, "demo", "--morning", cwd=folder / "empty", env=environment)
    assert "8 stories × 5 networks = 40 posts, and 8 in the folder." in done.stdout
    where = run(program, "--version", cwd=folder / "empty", env=environment).stdout
    assert where.startswith("syndicate")


def test_twine_finds_nothing_wrong(built):
    run(tool("twine"), "check", "--strict", *built)


def test_check_wheel_contents_finds_nothing_wrong(built):
    run(tool("check-wheel-contents"), built[1])


def test_pip_installs_the_wheel(built, registry, clean, tmp_path):
    run(sys.executable, "-m", "venv", tmp_path / "pip")
    run(tmp_path / "pip" / "bin" / "pip", "install", "--quiet", built[1], env=clean)
    demo_runs(tmp_path / "pip" / "bin" / "syndicate", tmp_path, clean)


def test_pip_installs_the_source_archive(built, registry, clean, tmp_path):
    run(sys.executable, "-m", "venv", tmp_path / "pip")
    run(tmp_path / "pip" / "bin" / "pip", "install", "--quiet", "--no-deps", built[0], env=clean)
    listed = run(tmp_path / "pip" / "bin" / "pip", "show", "--files", "syndicate-social", env=clean).stdout
    assert "syndicate/templates/default/post.txt.j2" in listed


def test_pipx_installs_the_wheel(built, registry, clean, tmp_path):
    run(tool("pipx"), "install", "--quiet", built[1], env=clean)
    demo_runs(tmp_path / "bin" / "syndicate", tmp_path, clean)


def test_uv_installs_the_wheel(built, registry, clean, tmp_path):
    run(tool("uv"), "tool", "install", "--quiet", "--python", sys.executable, built[1], env=clean)
    demo_runs(tmp_path / "bin" / "syndicate", tmp_path, clean)


def test_a_clone_is_two_minutes_from_its_first_preview(registry):
    run(sys.executable, ROOT / "bench" / "first_preview.py", "--work")
