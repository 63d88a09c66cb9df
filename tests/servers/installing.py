"""Installs real servers into a folder of their own: from npm, PyPI or Debian, each once."""

from __future__ import annotations

import os
import shutil
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL, TimeoutExpired

from tests import processes

ROOT = Path(__file__).parents[2]
HERE = Path(os.environ.get("SYNDICATE_SERVERS") or ROOT / ".servers")
"""Where they are kept. $SYNDICATE_SERVERS names another folder."""
NODE = "22"
SECONDS = 1_800
"""How long one step of an installation may take: compilers are slow on a busy machine."""


class Missing(Exception):
    """A server cannot be installed or started here; has why, in one line."""


def folder(name: str) -> Path:
    """The folder of one server, made if it is not there."""
    made = HERE / name
    made.mkdir(parents=True, exist_ok=True)
    return made


def run(command: Sequence[str | Path], cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """What a command says. Raises Missing, with its last line."""
    words = [str(word) for word in command]
    try:
        done = processes.run(words, check=False, timeout=SECONDS, cwd=cwd, env=env, stdin=DEVNULL)
    except (OSError, TimeoutExpired) as fault:
        raise Missing(f"{words[0]}: {fault}") from fault
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise Missing(f"{Path(words[0]).name} {' '.join(words[1:3])} ended with {done.returncode}: {said[:150]}")
    return done.stdout


def once(place: Path, mark: str) -> bool:
    """Whether a step is still to be done; `done` ends it."""
    return not (place / f".{mark}").exists()


def done(place: Path, mark: str) -> None:
    """The step need not be done again."""
    (place / f".{mark}").touch()


def node() -> dict[str, str]:
    """The environment in which Node 22 is first, and native modules find its headers. Installs it from npm."""
    place = folder("node")
    if shutil.which("npm") is None:
        raise Missing("npm is not installed")
    if once(place, NODE):
        run(["npm", "install", "--no-audit", "--no-fund", f"node@{NODE}"], place, _npm(place))
        done(place, NODE)
    found = sorted(place.glob("node_modules/node/bin/node")) + sorted(place.glob("node_modules/**/bin/node"))
    headers = sorted(place.glob("node_modules/**/include/node/node.h"))
    if not found:
        raise Missing("npm has no node for this machine")
    env = dict(os.environ) | {"PATH": f"{found[0].parent}{os.pathsep}{os.environ['PATH']}"}
    return env | ({"npm_config_nodedir": str(headers[0].parents[2])} if headers else {})


def _npm(place: Path) -> dict[str, str]:
    """npm looks for a package.json upwards: it shall find one here."""
    if not (place / "package.json").exists():
        (place / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    return dict(os.environ)


def npm(name: str, packages: Sequence[str], *, build: Sequence[str] = (), mark: str) -> tuple[Path, dict[str, str]]:
    """Packages of npm in a folder of their own, whose scripts are run for `build` alone. Folder and environment."""
    env = node()
    place = folder(name)
    _npm(place)
    if once(place, mark):
        run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *packages], place, env)
        for package in build:
            run(["npm", "rebuild", package], place, env)
        done(place, mark)
    return place, env


def pip(name: str, packages: Sequence[str], *, mark: str) -> Path:
    """The Python of a virtual environment with these packages."""
    place = folder(name)
    python = place / "venv" / "bin" / "python"
    if once(place, mark):
        if not python.exists():
            venv.create(place / "venv", with_pip=True, symlinks=True)
        run([python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *packages], place)
        done(place, mark)
    return python


def apt(packages: Sequence[str], proof: Path) -> None:
    """Packages of Debian, of which `proof` is a file; only as root, and no service is started by it."""
    if proof.exists():
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise Missing(f"needs Debian's {' '.join(packages[:3])} and others; only root can install them")
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:  # as a container has it: what is installed is not started
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        policy.chmod(0o755)
    try:
        env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "install", "-y", "--no-install-recommends", *packages], ROOT, env)
    finally:
        if ours:
            policy.unlink()
    if not proof.exists():
        raise Missing(f"Debian's packages are installed, but {proof} is not there")


def python() -> Path:
    """The Python of these tests."""
    return Path(sys.executable)
