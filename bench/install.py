"""Measures what an installation costs: seconds, and megabytes in a fresh environment, of which pip is no part.

`--list` names the largest packages. Nothing is downloaded twice: pip's own cache serves the second time. The bound is
on processor time, which is that of the clock on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from figures import note

HERE = Path(__file__).parents[1]
MEGABYTES, SECONDS = 170, 30
NAMED = 12  # packages that are listed
NOT_OURS = ("pip", "setuptools", "wheel", "pkg_resources", "_distutils_hack", "distutils-precedence.pth")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="name the largest packages")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "environment")
        wheel = built(Path(folder))
        install(place, wheel)  # fills pip's cache
        seconds, worked = install(place, wheel)
        [packages] = place.glob("lib/python*/site-packages")
        sizes = {each.name: size(each) for each in packages.iterdir() if not each.name.startswith(NOT_OURS)}
    total = sum(sizes.values())
    note("installed", "MB", [total])
    note("install", "s", [worked])
    print(f"{judged(total, MEGABYTES)} {total:6.0f} ≤ {MEGABYTES} MB   installed")
    about = f"to install from the lock and pip's cache, of processor time; {seconds:.0f} s by the clock"
    print(f"{judged(worked, SECONDS)} {worked:6.0f} ≤ {SECONDS} s    {about}")
    if options.list:
        for name, megabytes in sorted(sizes.items(), key=lambda each: -each[1])[:NAMED]:
            print(f"     {megabytes:6.1f} MB  {name}")
    return int(total > MEGABYTES or worked > SECONDS)


def built(folder: Path) -> Path:
    """Our own wheel, made with the tools that are installed here."""
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    subprocess.run([*pip, "--wheel-dir", folder, HERE], check=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def install(place: Path, wheel: Path) -> tuple[float, float]:
    """Make the environment anew and install what runs, by its hashes, then ourselves. Seconds, and those of work."""
    venv.create(place, with_pip=True, clear=True)
    pip = (place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    began, worked = time.perf_counter(), spent()
    subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", HERE / "requirements.txt"], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    return time.perf_counter() - began, spent() - worked


def spent() -> float:
    """Seconds of processor time of all processes that we started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def size(path: Path) -> float:
    """Megabytes on the disk."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_blocks * 512 for each in files) / 2**20


def judged(value: float, most: float) -> str:
    return "ok  " if value <= most else "OVER"


if __name__ == "__main__":
    sys.exit(main())
