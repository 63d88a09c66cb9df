"""The container file: nothing in it that a reader of images would not expect, and its own steps work."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import click
import pytest

from tests import processes
from tests.worlds.deploy import DEPLOY, judged
from tests.worlds.pages import ROOT

FILE = DEPLOY / "container" / "Containerfile"
LOCKED = DEPLOY / "container" / "requirements.txt"
PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
SECRET = re.compile(r"token|password|secret|_key\b", re.IGNORECASE)


def instructions():
    """Each instruction with its words; comments are left out and lines joined."""
    text = re.sub(r"^\s*#.*\n", "", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0], " ".join(line.split()[1:])) for line in text.splitlines() if line.strip()]


def last_stage():
    made = instructions()
    begins = max(place for place, (name, _) in enumerate(made) if name == "FROM")
    return made[begins:]


def test_it_runs_as_a_user_by_number_that_is_not_root():
    [user] = [words for name, words in last_stage() if name == "USER"]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)  # Kubernetes knows by a number alone that it is not root
    owner = re.search(r"--owner=(\d+) --group=(\d+) --mode=0700 (\S+)", FILE.read_text(encoding="utf-8"))
    assert f"{owner[1]}:{owner[2]}" == user
    assert ("VOLUME", owner[3]) in last_stage()
    order = [name for name, _ in last_stage()]
    assert "RUN" not in order[order.index("USER") :]


def test_what_it_has_is_pinned_and_installed_by_hash():
    runs = " ".join(words for name, words in instructions() if name == "RUN")
    assert "--require-hashes" in runs
    assert "--only-binary :all:" in runs
    assert "--no-index --no-deps /build/*.whl" in runs
    assert not re.search(r"\b(apt-get|apk|curl|wget|sudo)\b", runs)
    bases = [words.split(" AS ")[0] for name, words in instructions() if name == "FROM"]
    assert set(bases) == {"${BASE}"}
    [base] = [words for name, words in instructions() if name == "ARG"]
    assert re.fullmatch(r"BASE=python:3\.\d+-slim-\w+", base)
    assert not [words for name, words in instructions() if name == "ADD"]


def test_nothing_but_the_package_and_its_list_gets_into_the_image():
    copied = [words for name, words in instructions() if name == "COPY"]
    assert copied == [
        "examples/deploy/container/requirements.txt dist/*.whl /build/",
        "--from=build /opt/syndicate /opt/syndicate",
    ]
    let_in = (DEPLOY / "container" / "Containerfile.containerignore").read_text(encoding="utf-8").split()
    assert let_in == ["*", "!dist/*.whl", "!examples/deploy/container/requirements.txt"]
    said = [words for name, words in instructions() if name in ("ENV", "ARG")]
    assert not [words for words in said if SECRET.search(words)]


def test_its_health_is_what_healthz_says():
    [check] = [words for name, words in last_stage() if name == "HEALTHCHECK"]
    assert "http://127.0.0.1:8701/healthz" in check
    assert ("EXPOSE", "8701") in last_stage()
    assert "http" in DEPLOY.joinpath("compose", "config.yaml").read_text(encoding="utf-8")
    assert ("ENTRYPOINT", '["syndicate"]') in last_stage()  # no shell stands between a signal and the program


def test_its_packages_are_those_that_the_project_locks_with_the_extras_that_a_server_needs():
    ours, all_of_them = (
        dict(PIN.findall(path.read_text(encoding="utf-8"))) for path in (LOCKED, ROOT / "constraints.txt")
    )
    runs = dict(PIN.findall((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    assert ours.items() <= all_of_them.items()
    assert runs.items() <= ours.items()
    assert {"psycopg", "prometheus-client", "apprise"} <= ours.keys()
    for part in PIN.split(LOCKED.read_text(encoding="utf-8"))[3::3]:
        assert "--hash=sha256:" in part


def test_hadolint_finds_nothing():
    judged("hadolint", str(FILE))


def test_it_is_built_where_a_base_image_is_at_hand():
    for builder in ("podman", "buildah", "docker"):
        judge = shutil.which(builder)
        asked = [judge, "image" if builder != "buildah" else "inspect", "inspect", "python:3.13-slim-bookworm"]
        if builder == "buildah":
            asked = [judge, "inspect", "--type=image", "python:3.13-slim-bookworm"]
        if judge and processes.run(asked, check=False).returncode == 0 and [*(ROOT / "dist").glob("*.whl")]:
            processes.run([judge, "build", "--file", str(FILE), str(ROOT)], timeout=900)
            return
    pytest.skip("no podman, buildah or docker that has the base image, or no wheel in dist/ (make wheel)")


def reachable_python():
    """A Python of this version that another user may start, with our packages; else the test is skipped."""
    for python in (sys.executable, shutil.which("python3", path="/usr/bin:/bin")):
        asked = [python, "-c", "import sys; print(sys.version_info[:2])"]
        try:
            told = processes.run(asked, check=False, user=10001, group=10001, extra_groups=[], env={}, cwd="/")
        except (PermissionError, TypeError):
            continue
        if told.stdout.strip() == str(sys.version_info[:2]) and ROOT.stat().st_mode & 0o001:
            return python
    return pytest.skip("the user 10001 reaches no Python of this version")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_the_program_runs_as_its_user_with_one_folder_to_write_to(tmp_path):
    """As in the container: another user, a HOME that cannot be written, and one folder that can."""
    python = reachable_python()
    state = Path("/tmp") / f"syndicate-container-{os.getpid()}"
    state.mkdir(mode=0o700)
    try:
        os.chown(state, 10001, 10001)
        (state / "config.yaml").write_text(
            "site: {name: Gazette, url: 'https://gazette.example/'}\n"
            "sources: {news: {url: 'http://127.0.0.1:9/rss.xml'}}\naccounts: {out: {platform: folder, path: ./out}}\n",
            encoding="utf-8",
        )
        environ = {"HOME": "/", "PATH": "/usr/bin:/bin", "SYNDICATE_CONFIG": str(state / "config.yaml")}
        told = processes.run(
            [python, "-m", "syndicate", "post"],
            check=False,
            user=10001,
            group=10001,
            extra_groups=[],
            env=environ | {"PYTHONPATH": f"{ROOT}:{Path(click.__file__).parents[1]}"},
            cwd=state,
        )
        assert (told.returncode, "news: " in told.stderr) == (1, True), told.stderr
        made = {path.name: path.stat() for path in state.iterdir() if path.name != "config.yaml"}
        assert "syndicate.db" in made
        assert {each.st_uid for each in made.values()} == {10001}
        assert {each.st_mode & 0o077 for each in made.values()} == {0}
    finally:
        shutil.rmtree(state)
