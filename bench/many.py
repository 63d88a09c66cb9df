"""Measures many sources, and many posts that wait for one account: python bench/many.py [SOURCES] [WAITING].

Each source is a feed of its own, without validators, so that every pass reads all of it. For each pass, against its
bound: seconds, with processor seconds of the command itself, peak memory and the lines that it printed. The bounds are
for 5,000 sources and 20,000 waiting posts on two quiet cores; with fewer sources they are as much smaller.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from many_feeds import STORIES, Feeds

COMMAND = str(Path(sys.executable).with_name("syndicate"))
START = 1.0
"""Seconds that any pass may take, however few its sources."""
FIRST, IDLE = (60 - START) / 5000, (15 - START) / 5000
"""Seconds for each source: of the pass that records what is there, and of one that finds nothing new."""
WAITED = 2.0
"""Seconds for a pass of one source while all those posts wait."""
CONFIG = """site: {{name: Bench, url: "http://127.0.0.1:{port}/"}}
database: sqlite:///{folder}/many.db
lease: 60s
network: {{timeout: 20s}}
defaults: {{image: none, max_age: 24h}}
accounts:
  hook: {{platform: webhook, url: 'https://hook.example/in', api_url: 'http://127.0.0.1:{port}'}}
sources:
"""
SOURCE = "  s{n}: {{url: 'http://127.0.0.1:{port}/f{n}.xml', every: 10m, burst: off, similar: post, preflight: off}}\n"


def measured(case: str, bound: float | None, folder: Path, *words: str) -> bool:
    """Run the command, print what it took, and return whether that is within the bound."""
    begun = time.perf_counter()
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([COMMAND, *words, "-c", str(folder / "config.yaml")], stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - begun
    good = bound is None or took <= bound
    mark, limit = ("    ", " " * 7) if bound is None else ("ok  " if good else "OVER", f"≤ {bound:<5.4g}")
    lines = (folder / "out").read_bytes().count(b"\n")
    spent = f"{usage.ru_utime + usage.ru_stime:.1f} s of the processor, {usage.ru_maxrss // 1024} MB"
    print(f"{mark} {took:6.2f} {limit} {case}   ({spent}, exit {process.returncode}, {lines} lines)", flush=True)
    return good


def passes(folder: Path, feeds: Feeds, sources: int, waiting: int) -> list[bool]:
    """Measure each pass in turn."""
    good = [
        measured(f"seconds for the first pass of {sources} sources", START + FIRST * sources, folder, "post"),
        measured("seconds for an idle pass", START + IDLE * sources, folder, "post"),
    ]
    if waiting:
        feeds.news(waiting // STORIES)
        measured(f"seconds for {waiting} new for one account that is asked to wait", None, folder, "post")
        last = f"s{sources - 1}"
        good += [
            measured("seconds for a pass of one source while they wait", WAITED, folder, "post", "--source", last),
            measured("seconds for a pass of all sources while they wait", START + IDLE * sources, folder, "post"),
        ]
    return good


def main() -> int:
    """Print the figures; 1 if one is over its bound."""
    sources = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    waiting = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    feeds = Feeds(sources)
    try:
        with tempfile.TemporaryDirectory() as where:
            folder = Path(where)
            listed = "".join(SOURCE.format(n=n, port=feeds.port) for n in range(sources))
            (folder / "config.yaml").write_text(CONFIG.format(port=feeds.port, folder=folder) + listed)
            return int(not all(passes(folder, feeds, sources, waiting)))
    finally:
        feeds.close()


if __name__ == "__main__":
    sys.exit(main())
