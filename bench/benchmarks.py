"""Measures everything that `docs/benchmarks.md` tells, and writes that page: `make bench`.

    python bench/benchmarks.py [PART …]     measure all parts, or these, one after the other
    python bench/benchmarks.py --page       measure nothing: write page and plot from the figures that are there
    python bench/benchmarks.py --list       the parts

Each part is a command of its own, which prints what it measures with the bounds that we hold ourselves to. Its figures
go into docs/benchmarks.json with the date and the load at its start; the figures of other parts stay there, unless they
are of another machine. Ends with 1 if a part failed or was over a bound.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench import figures, machine
from bench.page import written
from bench.plot import drawn

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
PARTS = {
    "run": ["run.py"],
    "delivery": ["delivery.py"],
    "daemon": ["daemon.py"],
    "parse": ["parse.py"],
    "feeds": ["feeds.py"],
    "cards": ["cards.py"],
    "preview": ["preview.py"],
    "peers-lost": ["peers.py", "lost"],
    "peers-faults": ["peers.py", "faults"],
    "peers-one": ["peers.py", "3", "one"],
    "peers-hundred": ["peers.py", "3", "hundred"],
    "peers-hook": ["peers.py", "hook"],
    "install": ["install.py"],
    "fleet": ["fleet.py", "--json"],
    "limits": ["limits.py"],
    "many": ["many.py", "300", "500"],
    "sites": ["sites.py", "200"],
}
"""The command of each part. `fleet.py` prints a line of JSON for each number of workers, such as
{"workers": 2, "per_second": 210.5, "bottleneck": "…"}; all lines that are JSON are taken as figures like these.
"""


def measured(command: list[str]) -> dict[str, Any]:
    """Run a part, showing what it prints. Its figures, with when and how busy the machine was at its start."""
    begun = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "load": machine.load()}
    start, printed = time.perf_counter(), []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "figures")
        environ = os.environ | {figures.VARIABLE: str(file)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as running:
            assert running.stdout is not None
            for line in running.stdout:
                print(line, end="", flush=True)
                printed.append(line)
        code = running.returncode
        found = figures.read(file)
    found |= workers(printed)
    seconds = round(time.perf_counter() - start)
    return begun | {"seconds": seconds, "command": shown(command), "exit": code, "figures": found}


def shown(command: list[str]) -> str:
    """A command as somebody types it in the project's folder."""
    words = [str(Path(word).relative_to(HERE.parent)) if Path(word).is_relative_to(HERE) else word for word in command]
    return " ".join(["python", *words[1:]])


def workers(lines: list[str]) -> dict[str, Any]:
    """The figures of a fleet: what is a line of JSON with a number of `workers`."""
    found: dict[str, Any] = {}
    for line in lines:
        record = told(line)
        if "workers" in record and "per_second" in record:
            values = [figures.rounded(record["per_second"])]
            more = {key: value for key, value in record.items() if key not in ("workers", "per_second")}
            found[f"fleet {record['workers']}"] = {"unit": "1/s", "values": values, **more}
    return found


def told(line: str) -> dict[str, Any]:
    """The object that a line of JSON holds; an empty one if it holds none."""
    try:
        record = json.loads(line)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def merged(before: dict[str, Any], kind: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """The figures of before with those of these parts; only the latter where they are of another machine."""
    kept = before.get("parts", {}) if before.get("machine") == kind else {}
    found = kept | parts
    return {"machine": kind, "parts": {name: found[name] for name in dict.fromkeys([*PARTS, *found]) if name in found}}


def pages(found: dict[str, Any], docs: Path = DOCS) -> dict[Path, str]:
    """The page and its picture, by where they belong."""
    return {docs / "benchmarks.md": written(found), docs / "images" / "benchmarks.svg": drawn(found)}


def known(docs: Path = DOCS) -> dict[str, Any]:
    """The figures that are there."""
    path = docs / "benchmarks.json"
    return told(path.read_text(encoding="utf-8")) if path.exists() else {}


def store(found: dict[str, Any], docs: Path = DOCS) -> None:
    """Write figures, page and picture."""
    text = json.dumps(found, indent=1, ensure_ascii=False)
    text = re.sub(r"\[[^][{}\"]*\]", lambda values: " ".join(values[0].split()), text)
    (docs / "benchmarks.json").write_text(text + "\n", encoding="utf-8")
    for path, text in pages(found, docs).items():
        path.write_text(text, encoding="utf-8")


def main(words: list[str], docs: Path = DOCS, parts: dict[str, list[str]] = PARTS) -> int:
    """Measure, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("part", nargs="*", help="what to measure; all of it if none is named")
    parser.add_argument("--page", action="store_true", help="write page and plot from the figures that are there")
    parser.add_argument("--list", action="store_true", help="print the names of the parts")
    chosen = parser.parse_args(words)
    if wrong := [part for part in chosen.part if part not in parts]:
        parser.error(f"no part is named {wrong[0]}; there are: {', '.join(parts)}")
    if chosen.list:
        print("\n".join(parts))
        return 0
    if chosen.page and not known(docs):
        parser.error(f"{docs / 'benchmarks.json'} is not there or no JSON: measure first, without --page")
    found, failed = known(docs), []
    for part in () if chosen.page else chosen.part or parts:
        script, *arguments = parts[part]
        if not (HERE / script).exists():
            print(f"{part}: not measured, since {script} is not there")
            continue
        print(f"== {part}", flush=True)
        one = measured([sys.executable, str(HERE / script), *arguments])
        found = merged(known(docs), machine.kind(), {part: one})
        store(found, docs)  # after each: an hour of measuring is not lost with its last part
        failed += [part] if one["exit"] else []
    if chosen.page:
        store(found, docs)
    if failed:
        print(f"failed, or over a bound: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
