"""The site in examples/notes, run whole as its page says: each entry once on each network, and where, on its page."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests import processes
from tests.waiting import PATIENCE

NOTES = Path(__file__).parents[1] / "examples" / "notes"
ENTRIES = ("notes/fog", "notes/keeper", "notes/lamp", "posts/harbour-clock")


@pytest.mark.slow
def test_the_site_of_notes_posts_each_entry_once_and_shows_where(tmp_path):
    done = processes.run([sys.executable, str(NOTES / "ci.py"), str(tmp_path)], check=False, timeout=2 * PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "posted: 8;" in done.stdout
    told = json.loads((tmp_path / "data" / "syndication.json").read_text("utf-8"))
    assert sorted(address.split("/", 3)[3].rstrip("/") for address in told) == sorted(ENTRIES)
    for posts in told.values():
        assert sorted(post["platform"] for post in posts) == ["bluesky", "mastodon"]
    for name in ENTRIES:
        page = (tmp_path / "public" / name / "index.html").read_text("utf-8")
        shown = re.findall(r'rel="syndication" href="([^"]+)"', page)
        [address] = [each for each in told if each.rstrip("/").endswith(name)]
        assert shown == [post["url"] for post in told[address]]
    state = (tmp_path / "syndicate-state.jsonl").read_text("utf-8")
    assert state.count('"state":"posted"') == 8
    assert not list(tmp_path.glob("syndicate.db*")), "the second machine is gone as well"
    preview = (tmp_path / "preview.html").read_text("utf-8")
    assert "The harbour clock is right again" in preview
    assert "</html>" in preview
