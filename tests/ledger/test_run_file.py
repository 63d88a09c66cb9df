"""The file beside the ledger: what processes left that were killed while they wrote is removed."""

from __future__ import annotations

import os
import sys

from syndicate.ledger.run_file import RunFile
from tests import processes


def test_what_a_killed_process_left_is_removed_and_one_that_writes_is_left_alone(tmp_path):
    ledger = tmp_path / "syndicate.db"
    living = processes.start([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=-1)
    dead = processes.start([sys.executable, "-c", ""])
    dead.wait()
    mine, theirs, left, odd = (
        tmp_path / f"syndicate.db.runs.{end}" for end in (os.getpid(), living.pid, dead.pid, "x")
    )
    for path in (mine, theirs, left, odd):
        path.touch()
    RunFile(ledger, kept=False).tidy()
    assert left.exists()
    RunFile(ledger).tidy()
    assert [path.exists() for path in (mine, theirs, left, odd)] == [True, True, False, True]
    assert living.poll() is None, "asking whether it runs does it no harm"
