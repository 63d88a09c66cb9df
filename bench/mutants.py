"""How much of what matters the tests notice: `make mutants`, with SEED=, N=, WORKERS=, ONLY= (a glob) and NEAR=1.

Takes a random sample of single changes (`mutations.py`) to the modules named in GROUPS, as many from each group, and
runs the tests on a private copy of the tree with each change in it: first the module's mirror in `tests/`, then the
files that import it, then all that reach it, each time until one fails; without the slow ones. Prints how many were
noticed, and each one that was not. Exit 1 if fewer were noticed than BOUND. NEAR leaves out the tests that only
reach a module: some minutes instead of half an hour, and what is not noticed then may yet be.

A test that fails is believed if it fails again, and passes without the change. Changes that make no difference are
listed with the reason in `mutants-equivalent.txt`; they are named and not counted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from fnmatch import fnmatch
from itertools import chain, islice, zip_longest
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.mutations import Mutation, is_change, mutations
from bench.nearest_tests import RINGS, NearestTests

ROOT = Path(__file__).parents[1]
EQUIVALENT = Path(__file__).with_name("mutants-equivalent.txt")
BOUND = 0.92
GROUPS: dict[str, tuple[str, ...]] = {
    "deciders": (
        "planning/*.py",
        "ingestion/interval.py",
        "delivery/retry_policy.py",
        *("schedule.py", "addresses.py", "aliases.py", "text.py", "dates.py"),
    ),
    "ingestion": ("ingestion/*.py",),
    "delivery": ("delivery/*.py",),
    "ledger": ("ledger/*.py",),
    "adapters": ("platforms/*.py", "platforms/*/*.py"),
}
"""The modules of `syndicate/` that count; what an earlier group names is in none of the later ones."""
TEST_SECONDS = 120  # of one test; none that is not slow takes a tenth of it
RUN_SECONDS = 3600  # of one run of pytest, where something hangs outside its tests
MEMORY_KB = 4_000_000  # of one process: an endless loop that collects ends here
HYPOTHESIS = "_hypothesis_pytestplugin"  # the one plugin that our tests need here
PASSED = (0, 5)  # exit codes of pytest; 5: no tests but slow ones


class Verdict(NamedTuple):
    mutation: Mutation
    ring: str | None  # whose tests noticed it
    seconds: float
    doubted: list[str]  # tests that failed once, or that fail without the change too


class Copy:
    """A copy of the tree with a Python of its own, where modules are changed and tested, one change at a time."""

    def __init__(self, folder: Path, tests: NearestTests, rings: Sequence[str]) -> None:
        self._tree, self._venv, self._tmp = (folder / name for name in ("tree", "venv", "tmp"))
        self._tests = tests
        self._rings = rings
        self._sound: set[str] = set()  # tests that passed without a change
        self._unsound: set[str] = set()  # that failed without one: they are left out from then on
        self._doubted: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._tmp.mkdir(parents=True)
        for name in _files_of_the_tree():
            (self._tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, self._tree / name)
        # Whatever a test starts with `sys.executable` imports from the copy, even without our environment.
        venv.create(self._venv, symlinks=True)
        packages = [self._tree, *(path for path in sys.path if path.endswith("site-packages"))]
        site = next(self._venv.glob("lib/*/site-packages"))
        (site / "copy.pth").write_text("".join(f"{path}\n" for path in packages), encoding="utf-8")

    def judge(self, mutation: Mutation) -> Verdict:
        began = time.monotonic()
        self._doubted = []
        shutil.rmtree(self._tree / ".hypothesis", ignore_errors=True)
        source = (self._tree / mutation.file).read_bytes()
        self._write(mutation.file, mutation.apply(source))
        try:
            files = dict(zip(RINGS, self._tests.rings(mutation.file), strict=True))
            wanted = (name for name in self._rings if files[name])
            ring = next((name for name in wanted if self._notice(mutation, source, files[name])), None)
        finally:
            self._write(mutation.file, source)
        return Verdict(mutation, ring, time.monotonic() - began, self._doubted)

    def end(self) -> None:
        """Kill what is running, and what it started in sessions of their own (seen where there is a /proc)."""
        if self._process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for path in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if f"TMPDIR={self._tmp}".encode() in path.read_bytes().split(b"\0"):
                    os.kill(int(path.parent.name), signal.SIGKILL)

    def _notice(self, mutation: Mutation, source: bytes, files: Sequence[str]) -> bool:
        while self._pytest(*files, *(f"--deselect={test}" for test in {*self._doubted, *self._unsound})) not in PASSED:
            failed = self._failed()
            if not failed:  # no test came to an end: it hung, ran out of memory or could not be loaded
                return True
            if self._pytest(*failed) not in PASSED and self._pass_unchanged(mutation, source, failed):
                return True
            if set(failed) <= set(self._doubted):
                return False
            self._doubted += failed
        return False

    def _pass_unchanged(self, mutation: Mutation, source: bytes, tests: Sequence[str]) -> bool:
        if not self._sound.issuperset(tests):
            self._write(mutation.file, source)
            passed = self._pytest(*tests) in PASSED
            (self._sound if passed else self._unsound).update(tests)
            self._write(mutation.file, mutation.apply(source))
        return self._sound.issuperset(tests)

    def _write(self, file: str, source: bytes) -> None:
        path = self._tree / file
        path.write_bytes(source)
        # Compiled modules are told apart by size and second, which two changes may share.
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink()

    def _pytest(self, *arguments: str) -> int:
        shutil.rmtree(self._tree / ".pytest_cache", ignore_errors=True)
        limits = ("-o", f"faulthandler_timeout={TEST_SECONDS}", "-o", "faulthandler_exit_on_timeout=true")
        options = ("-x", "-q", "-p", HYPOTHESIS, "--hypothesis-seed=0", "-m", "not slow", *limits)
        command = [str(self._venv / "bin" / "python"), "-m", "pytest", *options, *arguments]
        ours = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
        environ = {name: value for name, value in os.environ.items() if name not in ours}
        self._process = subprocess.Popen(
            ["sh", "-c", f'ulimit -d {MEMORY_KB}; exec "$@"', "sh", *command],
            cwd=self._tree,
            env=environ | {"TMPDIR": str(self._tmp), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # a third of its start
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return self._process.wait(RUN_SECONDS)
        except subprocess.TimeoutExpired:
            return -signal.SIGKILL
        finally:
            self.end()

    def _failed(self) -> list[str]:
        path = self._tree / ".pytest_cache/v/cache/lastfailed"
        return sorted(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def _files_of_the_tree() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [name for name in listed.split("\0") if (ROOT / name).is_file()]


def grouped(only: str = "*") -> dict[str, list[str]]:
    """The files of each group."""
    package = ROOT / "syndicate"
    found: dict[str, list[str]] = {}
    for group, patterns in GROUPS.items():
        paths = {path for pattern in patterns for path in package.glob(pattern)}
        wanted = {path for path in paths if fnmatch(path.relative_to(package).as_posix(), only)}
        files = {path.relative_to(ROOT).as_posix() for path in wanted}
        found[group] = sorted(files.difference(*found.values()))
    return found


def sample(seed: int, number: int, only: str = "*") -> list[Mutation]:
    """As many from each group as from the others, as far as it has them; the same ones for the same seed and tree."""
    shuffled = []
    for files in grouped(only).values():
        found = [mutation for file in files for mutation in mutations(file, (ROOT / file).read_bytes())]
        random.Random(seed).shuffle(found)
        shuffled.append(found)
    dealt = (found for found in chain.from_iterable(zip_longest(*shuffled)) if found)
    return list(islice((found for found in dealt if is_change(found, (ROOT / found.file).read_bytes())), number))


def equivalents(text: str) -> dict[tuple[str, str, str, str], str]:
    """What is known to make no difference, and why: blocks of four lines as `Mutation` prints them."""
    found = {}
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            place, before, after, reason = lines
            file, _, scope = place.partition(" ")
            found[file, scope, before[1:].strip(), after[1:].strip()] = reason
    return found


def judged(wanted: Sequence[Mutation], workers: int, rings: Sequence[str]) -> Generator[Verdict, None, None]:
    tests = NearestTests(ROOT)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(workers) as pool:
        Path(folder).chmod(0o755)  # a server that tests start may run as another user
        copies = [Copy(Path(folder) / str(number), tests, rings) for number in range(workers)]
        free: SimpleQueue[Copy] = SimpleQueue()
        for copy in copies:
            free.put(copy)

        def judge(mutation: Mutation) -> Verdict:
            copy = free.get()
            try:
                return copy.judge(mutation)
            finally:
                free.put(copy)

        try:
            for future in as_completed([pool.submit(judge, mutation) for mutation in wanted]):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for copy in copies:
                copy.end()


def _tell(verdict: Verdict, count: str) -> None:
    mutation, ring, seconds, doubted = verdict
    print(f"{count} {ring or 'NOT NOTICED':11} {seconds:>4.0f} s  {mutation.file}:{mutation.line} {mutation.scope}")
    for test in doubted:
        print(f"        failed once, or without the change too: {test}")
    sys.stdout.flush()


def report(verdicts: Sequence[Verdict], seed: int) -> bool:
    """Print the survivors and the score; whether it keeps to the bound."""
    for group, files in grouped().items():
        of_group = [verdict for verdict in verdicts if verdict.mutation.file in files]
        if of_group:
            print(f"     {sum(verdict.ring is not None for verdict in of_group)} of {len(of_group)} {group}")
    rings = Counter(verdict.ring for verdict in verdicts)
    score = (len(verdicts) - rings[None]) / (len(verdicts) or 1)
    seconds = statistics.median([verdict.seconds for verdict in verdicts] or [0])
    survivors = [verdict.mutation for verdict in verdicts if not verdict.ring]
    for mutation in survivors:
        print(f"\nnot noticed, line {mutation.line}:\n{mutation}")
    print(
        f"\n{'ok  ' if score >= BOUND else 'LOW '} {score:.1%} ≥ {BOUND:.0%} of the changes are noticed:"
        f" {len(verdicts) - rings[None]} of {len(verdicts)}, seed {seed}"
        f"   ({', '.join(f'{name} {rings[name]}' for name in RINGS)}; {seconds:.0f} s by median)"
    )
    return score >= BOUND


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--only", default="*", metavar="GLOB", help="modules of these names alone, as delivery/gates.py"
    )
    parser.add_argument("--near", action="store_true", help="only the tests that import a module")
    given = parser.parse_args(arguments)
    known = equivalents(EQUIVALENT.read_text(encoding="utf-8"))
    drawn = sample(given.seed, given.number, given.only)
    for mutation in drawn:
        if mutation.name in known:
            print(f"makes no difference, not counted: {mutation}\n{known[mutation.name]}\n")
    wanted = [mutation for mutation in drawn if mutation.name not in known]
    verdicts = []
    with contextlib.closing(judged(wanted, given.workers, RINGS[:2] if given.near else RINGS)) as found:
        for verdict in found:
            verdicts.append(verdict)
            _tell(verdict, f"{len(verdicts):>3}/{len(wanted)}")
    return 0 if report(verdicts, given.seed) else 1


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background job ignores it; no test may
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a build that is broken off leaves nothing running
    sys.exit(main())
