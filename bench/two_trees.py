"""This tree against another: `post` of 100 new stories, in turn, as a ratio of processor time.

    python bench/two_trees.py OTHER [TEMPLATES]

OTHER is a checkout, such as one of an earlier commit. TEMPLATES are used by both; else the built-in ones. Processor
time counts children too, and is steadier than the clock on a machine that does other things.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from run import PYTHON, Desk

from syndicate.sandbox.server import Sandbox

HERE = Path(__file__).parent.parent
ROUNDS = 9


def seconds(tree: Path, sandbox: Sandbox, templates: Path | None) -> float:
    """Processor time of one `post` of 100 stories."""
    desk = Desk(sandbox, 3, ["masto"])
    if templates is not None:
        desk.config.write_text(desk.config.read_text() + f"templates: {templates.absolute()}\n")
    _spent(tree, desk)
    desk.feed.stories = 103
    sandbox.clear()
    took = _spent(tree, desk)
    count = len(sandbox.posts())
    desk.close()
    if count != 100:
        raise SystemExit(f"{tree}: {count} posts arrived, not 100")
    return took


def _spent(tree: Path, desk: Desk) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    arguments = [PYTHON, "-m", "syndicate", "-c", str(desk.config), "post"]
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment | {"PYTHONPATH": str(tree)}
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{tree}: post ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def main(other: Path, templates: Path | None) -> None:
    with Sandbox(port=0) as sandbox:
        seconds(HERE, sandbox, templates), seconds(other, sandbox, templates)
        pairs = [(seconds(HERE, sandbox, templates), seconds(other, sandbox, templates)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (statistics.median(values) * 1e3 for values in zip(*pairs, strict=True))
    print(f"{ratio:6.3f}  post of 100 stories, this tree / {other}   ({mine:.0f} ms / {theirs:.0f} ms)")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
