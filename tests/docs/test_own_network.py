"""The network that the guide builds: a package from outside, built and installed, and syndicate run with it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE, CompletedProcess
from typing import Any
from urllib.parse import urlsplit

import pytest

import syndicate
from tests import processes
from tests.worlds.site import Site
from tests.worlds.transcripts import steps

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "own-network.md"
FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STORY = "The ferry’s cat has crossed the river ten thousand times"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the guide, in their places."""
    home = tmp_path_factory.mktemp("guide")
    for name, text in FILE.findall(GUIDE.read_text(encoding="utf-8")):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def installed(written: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment that finds the package: its wheel laid out as an installer does, entry points included."""
    place = tmp_path_factory.mktemp("site-packages")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    processes.run(build, cwd=written)
    with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
        wheel.extractall(place)
    path = os.pathsep.join([str(place), str(Path(syndicate.__file__).parents[1])])
    return {name: value for name, value in os.environ.items() if name != "SYNDICATE_CONFIG"} | {"PYTHONPATH": path}


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    running.publish(1, title=STORY, photo=True)
    yield running
    running.close()


@pytest.fixture
def run(tmp_path: Path, site: Site, installed: dict[str, str]) -> Callable[..., CompletedProcess[str]]:
    """Runs a command in a process of its own, with an account on the noticeboard."""
    config = {
        "site": {"name": "The Test Gazette", "url": f"{site.url}/"},
        "sources": {"news": {"url": f"{site.url}/rss.xml"}},
        "defaults": {"image": "photo"},
        "accounts": {"board": {"platform": "noticeboard", "board": "newsroom", "token": "board-token"}},
    }

    def call(*words: str, **account: str) -> CompletedProcess[str]:
        whole = config | {"accounts": {"board": config["accounts"]["board"] | account}}
        (tmp_path / "config.yaml").write_text(json.dumps(whole), encoding="utf-8")
        command = [sys.executable, "-m", "syndicate", *words]
        return processes.run(command, cwd=tmp_path, env=installed, check=False)

    return call


@pytest.fixture
def sandbox(installed: dict[str, str]) -> Callable[..., Any]:
    """`syndicate sandbox` in a process of its own: asks it something; its address is `sandbox.url`."""
    command = [sys.executable, "-m", "syndicate", "sandbox", "--port", "0"]
    alive = processes.start(command, env=installed, stdout=PIPE, stderr=DEVNULL, text=True)
    assert alive.stdout
    url = alive.stdout.readline().strip()

    def ask(method: str, path: str, body: Any = None) -> str:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        connection.request(method, path, json.dumps(body) if body else None)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == 200, text
        return text

    ask.url = url
    return ask


def rows(done: CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_is_listed_with_the_others(run):
    listed = {row["platform"]: row for row in rows(run("platforms", "--json"))}
    assert listed["noticeboard"] == {"platform": "noticeboard", "aliases": [], "certainty": "exact", "limit": 400}
    assert {"mastodon", "folder"} <= set(listed)


def test_the_commands_of_the_guide_run_as_they_stand(run):
    typed = [shlex.split(command)[1:] for command, _ in steps("docs/guides/own-network.md")]
    assert len(typed) > 2
    for words in typed:
        done = run(*words)
        assert done.returncode == 0, done.stderr


def test_a_rehearsal_reaches_its_stand_in(run):
    [row] = rows(run("post", "--sandbox", "--json"))
    assert (row["platform"], row["state"], len(row["media"])) == ("noticeboard", "posted", 1)
    page, _, place = row["permalink"].partition("#")
    kept = Path(page.removeprefix("file://")).read_text(encoding="utf-8")
    assert row["text"].splitlines()[0] in kept[kept.index(f'id="{place}"') :].partition("</article>")[0]


def test_a_story_arrives_at_a_sandbox_that_runs_and_stands_on_its_page(run, site, sandbox):
    assert rows(run("post", "--json", api_url=sandbox.url)) == []  # a first run posts nothing
    site.publish(1, title="The harbour clock runs again")
    fault = {"platform": "noticeboard", "step": "commit", "fault": "drop_after"}
    assert json.loads(sandbox("POST", "/_sandbox/faults", [fault]))[0]["platform"] == "noticeboard"
    [row] = rows(run("post", "--json", api_url=sandbox.url))
    assert row["state"] == "posted"
    [post] = json.loads(sandbox("GET", "/_sandbox/posts"))
    assert (post["platform"], post["text"], post["key"]) == ("noticeboard", row["text"], row["key"])
    assert post["link"] == row["link"]
    steps = [(each["step"], each["fault"]) for each in json.loads(sandbox("GET", "/_sandbox/requests"))]
    assert steps == [("commit", "drop_after"), ("read", None)]
    page = sandbox("GET", "/?static=1")
    assert "--own: light-dark(#7a1f5c, #e79bc9)" in page
    assert ">Noticeboard</h2><p>1 post</p>" in page
    assert "The harbour clock runs again" in page


def test_a_preview_shows_its_look_and_its_requests(run, tmp_path):
    done = run("preview", "--html", "page.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert '<span class="mark net-0" aria-hidden="true">N</span><span class="net">Noticeboard</span>' in page
    assert ".net-0 { --own: #7a1f5c;" in page
    assert '<div class="mock net-0 dashed">' in page
    assert "<span>Pin</span><span>Answer</span>" in page
    assert STORY in page
    assert "https://noticeboard.example/noticeboard/newsroom/notes/" in page
    assert "board-token" not in page


def test_its_settings_are_checked_and_described(run):
    done = run("config", "check", bord="newsroom")
    assert done.returncode == 2
    assert "accounts.board: unknown key 'bord' (did you mean 'board'?)" in done.stderr
    schema = json.loads(run("config", "schema").stdout)
    cases = schema["properties"]["accounts"]["additionalProperties"]["allOf"]
    [then] = [case["then"] for case in cases if case["if"]["properties"]["platform"]["const"] == "noticeboard"]
    assert then["properties"]["board"]["description"] == "The board's name."


def test_it_keeps_the_contract(written, installed):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = processes.run(command, cwd=written, env=installed, check=False)
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 25
