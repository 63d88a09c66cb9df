"""Signing in to LinkedIn and X, by real processes, up to the check of the login."""

from __future__ import annotations

import sys
from subprocess import PIPE

import pytest

from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.signing_in import visited

CONFIG = """\
site: {{name: Gazette, url: "https://gazette.example/"}}
accounts:
  page: {{platform: linkedin, client_id: app, client_secret: s, api_url: "{url}"}}
  me: {{platform: linkedin, author: "urn:li:person:gazette", client_id: app, client_secret: s, api_url: "{url}"}}
  x-main: {{platform: x, client_id: app, client_secret: s, api_url: "{url}"}}
"""


@pytest.fixture
def folder(tmp_path):
    with Sandbox() as sandbox, processes.ended():
        (tmp_path / "config.yaml").write_text(CONFIG.format(url=sandbox.url), encoding="utf-8")
        yield tmp_path


def start(folder, *words):
    command = [sys.executable, "-m", "syndicate", *words]
    return processes.start(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True, cwd=folder)


def signed_in(folder, account, *, first="", then="", **said):
    """Exit status and words of a login; `first` and `then` are typed around the page's answer."""
    process = start(folder, "accounts", "login", account, "--no-browser")
    process.stdin.write(first)
    process.stdin.flush()
    told = ""
    while not told.rstrip().endswith("the code:"):
        line = process.stderr.readline()
        assert line, f"it ended before it asked for a code: {told}"
        told += line
    [address] = [line.strip() for line in told.splitlines() if line.strip().startswith("http")]
    out, err = process.communicate(f"{visited(address, **said)}\n{then}", timeout=PATIENCE)
    return process.returncode, out, told + err


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ("me", ["me: Gazette", "the app has the product Share on LinkedIn"]),
        ("x-main", ["x-main: @account_", "renewed by itself, next at"]),
    ],
)
def test_a_login_is_stored_and_checked(folder, account, told):
    code, out, err = signed_in(folder, account)
    assert code == 0, err
    assert all(words in out for words in told)
    checked, _ = start(folder, "accounts", "check", account).communicate(timeout=PATIENCE)
    assert all(words in checked for words in told)


def test_somebody_else_s_login_is_not_stored(folder):
    code, _, err = signed_in(folder, "me", as_="editor")
    assert code == 1
    assert "urn:li:person:editor signed in, and not urn:li:person:gazette" in err
    _, left = start(folder, "accounts", "check", "me").communicate(timeout=PATIENCE)
    assert "syndicate accounts login me" in left


def test_a_page_is_chosen_by_its_number(folder):
    code, out, err = signed_in(folder, "page", first="2\n", then="2\n")
    assert code == 0, err
    assert out.startswith("page: Gazette Sport https://www.linkedin.com/company/4712/")
    assert "Community Management API" in err
