"""A reader of the documentation, with three stories on the site; no session of a terminal gets into what is printed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.sandbox.server import Sandbox
from tests.worlds.reader import SECRETS, STORIES, Gazette, Reader


@pytest.fixture
def sandbox_of_the_reader():
    """The one that a page says to start in another terminal."""
    with Sandbox(port=0) as running:
        yield running


@pytest.fixture
def reader(tmp_path, monkeypatch, sandbox, sandbox_of_the_reader, capsys):
    site = Gazette()
    for hours, slug in zip((3, 2, 1), STORIES, strict=False):
        site.write(slug, ago=timedelta(hours=hours))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SYNDICATE_SANDBOX_PORT", sandbox_of_the_reader.url.rpartition(":")[2])
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    yield Reader(tmp_path, site, sandbox, capsys)
    site.close()
