"""What servers and sites say cannot act on the terminal of the person who reads it."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import click
import pytest

from syndicate.cli import progress, terminal
from syndicate.control_characters import ACTING
from tests import processes, waiting

EVIL = "\x1b]0;PWNED\x07\x1b[31mRED\x9b31m\u202e\u2028x\r"


@pytest.fixture
def written(monkeypatch):
    """Calls something, and gives what has reached standard output."""

    def run(work):
        out = io.StringIO()
        monkeypatch.setattr(sys, "stdout", out)
        with terminal.cleaned():
            work()
        return out.getvalue()

    return run


def test_what_is_printed_is_cleaned_whoever_prints_it(written):
    assert (
        written(lambda: sys.stdout.write(f"a{EVIL}\tb\n"))
        == "a\\x1b]0;PWNED\\x07\\x1b[31mRED\\x9b31m\\u202e\\u2028x\\x0d\tb\n"
    )
    assert written(lambda: sys.stdout.writelines(["\x1b", "b"])) == "\\x1bb"


def test_our_colours_get_through_and_nobody_elses(written):
    said = written(lambda: click.echo(terminal.style("red\x1b[0m", fg="red") + "\x1b[1m", color=True))
    assert said == "\x1b[31mred\\x1b[0m\x1b[0m\\x1b[1m\n"
    assert written(lambda: click.echo(terminal.style("bold", bold=True), color=False)) == "bold\n"


def test_the_streams_are_put_back(monkeypatch):
    before = sys.stdout
    with terminal.cleaned():
        assert sys.stdout is not before
        assert terminal.bare(sys.stdout) is before
    assert sys.stdout is before
    assert terminal.bare(before) is before


def test_a_stream_that_is_closed_stays_so(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with terminal.cleaned():
        assert sys.stdout is None


def test_the_traceback_of_a_bug_is_cleaned(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    terminal.crash(ValueError, ValueError(EVIL), None)
    assert out.getvalue().startswith("ValueError: \\x1b]0;PWNED")
    assert not ACTING.search(out.getvalue())


TOKEN = "TOKEN-of-masto-1"


@pytest.fixture
def evil():
    """A Mastodon server whose every word is an attack, and which quotes the token."""

    class Evil(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            said = {"id": "1", "username": f"u{EVIL}", "acct": f"u{EVIL}{TOKEN}", "url": f"http://a.example/{EVIL}\n"}
            if self.path.startswith("/api/v1/statuses"):
                said = {"id": "77", "url": f"http://a.example/{EVIL}Bearer%20{TOKEN}"}
            elif "instance" in self.path:
                said = {"configuration": {"statuses": {"max_characters": 500}}}
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.do_POST()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_no_command_passes_on_what_a_network_or_a_site_says(desk, evil, tmp_path):
    desk.config(extra="alerts: {command: ['/bin/sh', '-c', 'cat >> alerts.out']}")
    text = desk.path.read_text("utf-8")
    desk.path.write_text(
        f"{text}\naccounts:\n  masto: {{platform: mastodon, url: '{evil}', token: {TOKEN}, image: none}}\n", "utf-8"
    )
    desk("post")
    story = desk.site.publish(1)
    desk.site.stories[0].title = "News \u202e\u2066\x9b31m"
    run = desk("post", "-v")
    assert run.code == 0, run.err
    key = json.loads(desk("deliveries", "list", "--json").out.splitlines()[0])["key"]
    said = [run, desk("deliveries", "list"), desk("deliveries", "show", key), desk("accounts", "check")]
    said += [desk("accounts", "list"), desk("articles"), desk("status"), desk("preview", "--backfill", "1")]
    said += [desk("explain", f"{desk.site.url}/{desk.site.stories[0].slug}"), desk("deliveries", "list", "--json")]
    for ended in said:
        told = re.sub("\x1b\\[[0-9;]*m", "", ended.out + ended.err) if "│" in ended.out else ended.out + ended.err
        assert not ACTING.search(told)
        assert TOKEN not in told
    assert "masto: @u\\x1b]0;PWNED\\x07" in said[3].out
    assert "http://a.example/%1B]0;PWNED%07" in said[1].out
    for file in desk.folder.glob("*.db*"):
        assert TOKEN.encode() not in file.read_bytes()
    del story


def on_a_terminal(desk, *words, **environ):
    """What a command writes to the terminal where it runs."""
    mine, theirs = os.openpty()
    try:
        command = [sys.executable, "-m", "syndicate", "-c", str(desk.path), *words]
        ours = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
        options = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "capture_output": False}
        processes.run(command, env=ours | {"TERM": "xterm"} | environ, check=False, **options)
        os.set_blocking(mine, False)
        return os.read(mine, 1_000_000).decode().replace("\r\n", "\n")
    except BlockingIOError:
        return ""
    finally:
        os.close(mine)
        os.close(theirs)


def test_a_run_with_nothing_to_do_says_so_on_a_terminal_alone(desk):
    desk.config("masto")
    desk("post")
    assert on_a_terminal(desk, "post") == "nothing to post: your source has nothing new\n"
    assert on_a_terminal(desk, "post", "--json") == ""
    again = desk("post")
    assert (again.code, again.out, again.err) == (0, "", "")


def test_colours_are_for_terminals_that_want_them(desk):
    desk.config("masto")
    desk("post")
    desk.site.publish(4)
    desk("post")
    assert on_a_terminal(desk, "deliveries", "list").count("\x1b[32mposted") == 4
    plain = desk("deliveries", "list").out
    assert "\x1b" not in plain
    for environ in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert on_a_terminal(desk, "deliveries", "list", **environ) == plain


def test_a_bar_is_shown_once_it_takes_long(desk, monkeypatch):
    class Watched(io.StringIO):
        def isatty(self):
            return True

    class Busy:
        state = SimpleNamespace(progress=None)

        def waiting(self):
            return 3

    def seen(seconds):
        stream, run = Watched(), Busy()
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(progress, "LONG", seconds)
        with progress.shown(run):
            if not seconds:
                assert waiting.wait_for(lambda: "0/3" in stream.getvalue())
        return stream.getvalue()

    assert seen(1000) == ""
    assert "0/3" in seen(0)
