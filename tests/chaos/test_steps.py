"""SIGKILL at every single step of a run: each story once, or held exactly where nobody can tell."""

import json
import sys
from itertools import groupby
from pathlib import Path

import pytest

from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.chaos.storm import ACCOUNTS
from tests.waiting import PATIENCE
from tests.worlds.site import Site

CONFIG = """site: {{name: Gazette, url: "{site}/", language: en}}
sources: {{news: {{url: "{site}/rss.xml", every: 1s}}}}
lease: 20s
recover: off
network: {{timeout: 10s}}
defaults: {{image: none, settle: 0s}}
accounts:
  one: {account}
"""


@pytest.mark.slow
@pytest.mark.parametrize("network", ACCOUNTS)
def test_killed_at_any_step_a_story_is_out_once_or_held(tmp_path, network):
    certainty, account = ACCOUNTS[network]
    site = Site()
    with Sandbox(port=0) as sandbox:
        path = tmp_path / "config.yaml"
        text = CONFIG.format(site=site.url, account=account.replace("URL", sandbox.url))
        path.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "syndicate", "-c", str(path), "post"]
        processes.run(command)
        site.publish(1)
        steps = [sys.executable, "-m", "tests.chaos.steps", str(path), sandbox.url]
        done = processes.run(steps, cwd=Path(__file__).parents[2], timeout=10 * PATIENCE)
    site.close()
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    told = "\n".join(map(str, rows))
    assert len(rows) > 15, told
    requests = {row["what"] for row in rows if "the request POST" in row["what"] or "PUT" in row["what"]}
    assert requests, told
    for row in rows:
        assert row["posts"] <= 1, row
        if row["states"] == ["posted"]:
            assert row["posts"] == 1, row
        else:
            assert certainty == "blind", row
            assert row["states"] == ["held"], row
    # From the write before the request until the write after it nobody can tell, and nowhere else. A run writes a
    # little more where it has taken longer, so the same moment may have another number in the next one.
    held = [row for row in rows if row["states"] == ["held"]]
    for request in {what.partition(" ")[2] for what in requests if certainty == "blind"}:
        untold = ["after a commit", f"before {request}", f"after {request}", "before a commit"]
        for _, group in groupby(enumerate(held), lambda each: each[1]["number"] - each[0]):
            moments = [row["what"] for _, row in group]
            assert moments in slices(untold), told
    assert bool(held) is (certainty == "blind"), told


def slices(words):
    return [words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
