"""`post --sandbox`: whose sandbox it uses, and what it leaves to look at."""

import signal
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from syndicate.cli import sandbox as command
from syndicate.cli import sandboxes
from syndicate.errors import ConfigError
from syndicate.sandbox import control
from syndicate.sandbox.server import Sandbox
from tests.processes import free_port
from tests.waiting import PATIENCE


@pytest.fixture
def unasked(monkeypatch):
    """No port is asked for, and the ports that are looked at are free ones."""
    monkeypatch.delenv(sandboxes.VARIABLE)
    ports = tuple(free_port() for _ in range(2))
    monkeypatch.setattr(sandboxes, "PORTS", ports)
    return ports


def kept(run) -> Path:
    [line] = [line for line in run.err.splitlines() if line.startswith("what was posted is shown in ")]
    return Path(line.removeprefix("what was posted is shown in "))


def test_a_run_with_a_sandbox_of_its_own_leaves_its_page_and_says_where(desk, unasked):
    desk.site.publish(2, photo=True)
    run = desk("post", "--sandbox", "--json")
    assert run.code == 0, run.err
    page = kept(run)
    html = page.read_text(encoding="utf-8")
    assert "data:image/jpeg;base64," in html
    assert "permalink" not in html, "it would lead to a sandbox that has ended"
    for row in run.rows:
        address, _, place = row["permalink"].partition("#")
        assert address == page.as_uri()
        post = html[html.index(f'id="{place}"') :].partition("</article>")[0]
        assert row["text"].splitlines()[0] in post
    assert page.parent.stat().st_mode & 0o077 == 0


def test_posts_in_a_folder_stay_too(desk, unasked):
    text = desk.path.read_text(encoding="utf-8")
    out = desk.folder / "out"
    desk.path.write_text(text.replace("accounts:", f"accounts:\n  out: {{platform: folder, path: '{out}'}}"), "utf-8")
    desk.site.publish(1)
    run = desk("post", "--sandbox", "--json")
    [row] = [row for row in run.rows if row["account"] == "out"]
    page = Path(unquote(urlsplit(row["permalink"]).path))
    assert page.is_relative_to(kept(run).parent)
    assert "Story 0" in page.read_text(encoding="utf-8")
    assert not out.exists()


def test_a_run_that_posts_nothing_leaves_nothing(desk, unasked):
    desk.site.raw = b"no feed"
    run = desk("post", "--sandbox")
    assert "what was posted" not in run.err


def test_ones_own_sandbox_is_used_and_nobody_elses(desk, unasked, monkeypatch):
    desk.site.publish(1)
    with Sandbox(port=unasked[1]) as running:
        run = desk("post", "--sandbox", "--json")
        assert run.rows[0]["permalink"].startswith(running.url)
        assert len(running.posts()) == 1
        assert "what was posted is shown" not in run.err
        monkeypatch.setattr(control, "whose", lambda: "somebody else")
        before = len(running.requests())
        kept(desk("post", "--sandbox"))
        assert len(running.requests()) == before
        monkeypatch.setenv(sandboxes.VARIABLE, str(unasked[1]))
        assert desk("post", "--sandbox").code == 0
        assert len(running.requests()) > before


def test_what_does_not_say_whose_it_is_is_not_ones_own(desk, unasked):
    site = int(desk.site.url.rpartition(":")[2])
    assert not sandboxes.is_own(site)
    assert not sandboxes.is_own(unasked[0])


def test_a_second_person_gets_a_port_of_their_own(unasked, monkeypatch, capsys):
    with command._unasked([]) as first:
        assert first.url == sandboxes.address(unasked[0])
        with pytest.raises(ConfigError, match=f"your sandbox runs already, at {first.url}"):
            command._unasked([])
        with monkeypatch.context() as other:
            other.setattr(control, "whose", lambda: "somebody else")
            with command._unasked([]) as second:
                assert second.url == sandboxes.address(unasked[1])
                assert (
                    f"port {unasked[0]} is in use, so your sandbox is on port {unasked[1]}" in capsys.readouterr().err
                )
                with pytest.raises(ConfigError, match=f"port {unasked[1]} is in use"):
                    command._unasked([])


def test_a_run_that_is_stopped_leaves_its_page_as_well(desk, tmp_path):
    (tmp_path / "tmp").mkdir()
    desk.config("masto", account=", schedule: {spacing: 1h}", extra="defaults: {image: none}")
    desk.site.publish(2)
    environ = {sandboxes.VARIABLE: str(free_port()), "TMPDIR": str(tmp_path / "tmp")}
    run = desk.start("post", "--sandbox", "--wait", "1h", "-v", environ=environ)
    said = []
    while not said or "delivery.posted" not in said[-1]:
        said.append(run.stderr.readline())
        assert said[-1], said
    run.send_signal(signal.SIGTERM)
    _, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 128 + signal.SIGTERM, err
    page = Path(err.partition("what was posted is shown in ")[2].strip())
    assert "of the harbour" in page.read_text(encoding="utf-8")
