"""`make demo` counts for itself; here it is run as it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import processes
from tests.waiting import PATIENCE

DEMO = Path(__file__).parents[1] / "examples" / "demo.py"


@pytest.mark.slow
def test_the_demo_posts_each_story_once_to_each_account(tmp_path):
    done = processes.run([sys.executable, str(DEMO)], cwd=tmp_path, check=False, timeout=5 * PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 stories × 5 networks = 40 posts, and 8 in the folder." in done.stdout
    assert "8 stories for 6 accounts are 48 lines." in done.stdout
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []
    assert (tmp_path / "demo-out" / "card.jpg").read_bytes().startswith(b"\xff\xd8")
    assert "</html>" in (tmp_path / "demo-out" / "preview.html").read_text(encoding="utf-8")
    page = (tmp_path / "demo-out" / "sandbox.html").read_text(encoding="utf-8")
    assert page.count("<article") == 40
    assert "<script src" not in page
