"""Many sites in one installation: how long their configs take to read, and a run that finds nothing new.

`python bench/sites.py [SITES …]`: each site has a file of its own, one source, four accounts and a templates folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from many_feeds import Feeds

READ = """
import os, pathlib, sys, time
from syndicate.app.wiring import load
imported = time.process_time()
load(pathlib.Path(sys.argv[1]), os.environ)
print(f"{imported * 1000:.0f} ms of imports, {(time.process_time() - imported) * 1000:.0f} ms of reading")
"""


def write(folder: Path, sites: int, port: int) -> None:
    """The configs of so many sites."""
    for number in range(sites):
        accounts = "\n".join(
            f"  hook-{each}: {{platform: webhook, url: 'http://127.0.0.1:{port}/{number}', secret: s-{number}-{each}}}"
            for each in range(4)
        )
        (folder / f"site-{number}.yaml").write_text(
            f"site: {{name: Site {number}, url: 'http://127.0.0.1:{port}/', timezone: Europe/Lisbon}}\n"
            f"sources:\n  news: {{url: 'http://127.0.0.1:{port}/f{number}.xml'}}\n"
            f"templates: ./site-{number}\ndefaults: {{image: none, hashtags: 2}}\naccounts:\n{accounts}\n"
        )


def measured(*command: str) -> tuple[str, float, float, int]:
    """What a command printed, its seconds by the clock and of processor time, and its most memory in MB."""
    began = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert running.stdout
    told = running.stdout.read()
    _, _, used = os.wait4(running.pid, 0)
    return told, time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def main(sizes: list[int]) -> None:
    """Measure each size, and print a line for each thing."""
    for sites in sizes:
        feeds = Feeds(sites)
        with tempfile.TemporaryDirectory() as place:
            write(Path(place), sites, feeds.port)
            told, *_ = measured(sys.executable, "-c", READ, place)
            print(f"{sites} sites: {told.strip()}")
            post = (sys.executable, "-m", "syndicate", "--config-dir", place, "post")
            for name in ("first run", "idle run", "idle run"):
                _, wall, used, memory = measured(*post)
                print(f"{sites} sites, {name}: {wall:.2f} s, {used:.2f} s of processor time, {memory} MB")
            _, wall, used, memory = measured(*post[:-1], "status")
            print(f"{sites} sites, status: {wall:.2f} s, {used:.2f} s of processor time, {memory} MB")
        feeds.close()


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1, 200])
