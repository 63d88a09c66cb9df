"""From a clone to the first preview of one's own, by the tutorial's commands: a new user's first two minutes.

Clones this checkout (what is committed) into an empty home, takes the commands of docs/tutorial.md up to the first
`syndicate preview`, types them into one shell, and prints the seconds of each. A sample site on this machine stands
for the reader's own; pip asks whatever registry it is set to, and has no cache. It is judged by the clock; with
`--work` by processor time, which is that of the clock on a machine that does nothing else. `--page` writes the
figures into docs/operations/release.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "operations" / "release.md"
PLACE = re.compile(
    r"(?<=<!-- first preview: made by bench/first_preview.py -->\n).*?(?=<!-- first preview: end -->)", re.DOTALL
)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LAST = "syndicate preview"
MOST = 120  # seconds
SITE = "https://gazette.example/"
MARK = "-- typed:"


def commands(page: str) -> list[str]:
    """What the tutorial has one type, up to the first preview."""
    typed = [line[2:] for block in CONSOLE.findall(page) for line in block.splitlines() if line.startswith("$ ")]
    return typed[: typed.index(LAST) + 1]


class Shell:
    """A shell with an empty home, in which one command is typed after the other."""

    def __init__(self, home: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON"))}
        environment = kept | {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
        environment.pop("PIP_CACHE_DIR", None)
        self._process = subprocess.Popen(
            ["bash"], cwd=home, env=environment, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def types(self, command: str) -> tuple[float, int, str]:
        """Seconds, the exit status, and what it printed."""
        process, printed, began = self._process, [], time.perf_counter()
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{command} </dev/null\necho; echo '{MARK}' $?\n")
        for line in process.stdout:
            if line.startswith(MARK):
                return time.perf_counter() - began, int(line.removeprefix(MARK)), "".join(printed)
            printed.append(line)
        raise SystemExit(f"the shell ended in: {command}")

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def measured(home: Path, site: str) -> list[tuple[str, float]]:
    """Each command as it was typed, and its seconds. Exits where one fails."""
    shell, found = Shell(home), []
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    for command in (f"git clone --quiet {ROOT} syndicate", "cd syndicate", *commands(page)):
        seconds, status, printed = shell.types(command.replace(SITE, site))
        if status:
            raise SystemExit(f"$ {command}\n{printed}exit status {status}")
        if command == LAST:
            shown = printed
        found.append((command.replace(str(ROOT), "…"), seconds))
        print(f"{seconds:7.1f} s  $ {found[-1][0]}", flush=True)
    shell.close()
    if "╰─" not in shown or site not in shown:
        raise SystemExit(f"that was no preview:\n{shown}")
    return found


def worked() -> float:
    """Seconds of processor time of all that was started and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def written(found: list[tuple[str, float]], work: float) -> str:
    """The figures as a table."""
    rows = "".join(f"| `{command}` | {seconds:.1f} |\n" for command, seconds in found if seconds >= 0.05)
    total = sum(seconds for _, seconds in found)
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    day, load = datetime.now(UTC).date(), os.getloadavg()[0]
    return (
        f"| command | seconds |\n|---|---|\n{rows}| all, of {MOST} at most | **{total:.0f}** |\n\n"
        f"Of that, {work:.0f} seconds are processor time; the rest is waiting, also for other programs.\n"
        f"Measured on {day}, {machine}, at a load of {load:.1f}.\n\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", action="store_true", help="judge processor time instead of the clock")
    parser.add_argument("--page", action="store_true", help=f"write the figures into {PAGE.relative_to(ROOT)}")
    options = parser.parse_args()
    serve = [sys.executable, str(ROOT / "examples" / "serve.py")]
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        site = re.search(r"http://\S+", server.stdout.readline())
        assert site
        try:
            found = measured(Path(folder), f"{site[0].rstrip('/')}/")
            work = worked()
        finally:
            server.terminate()
    total = sum(seconds for _, seconds in found)
    judged = work if options.work else total
    print(
        f"{'ok  ' if judged <= MOST else 'OVER'} {judged:.0f} ≤ {MOST} s  from a clone to the first preview:"
        f" {total:.0f} s by the clock, {work:.0f} s of processor time"
    )
    if options.page:
        PAGE.write_text(PLACE.sub(lambda _: written(found, work), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return int(judged > MOST)


if __name__ == "__main__":
    sys.exit(main())
