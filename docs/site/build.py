"""Builds the docs as a site, into build/site, and checks it: `make docs`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pages
from check import Site

BUILD = pages.ROOT / "build"
STAGED, BUILT, CONFIG = BUILD / "site-pages", BUILD / "site", BUILD / "site.yml"
BUILT_FROM = BUILD / "site.sha256"
UNUSED = ("assets/javascripts/lunr", "sitemap.xml", "sitemap.xml.gz")
MOST = 100_000
"""Bytes of a page with its scripts and style sheets, without pictures, as servers send it."""


def build() -> int:
    """The builder's exit status; with a warning there is no site."""
    pages.write(STAGED)
    CONFIG.write_text(pages.config(STAGED, BUILT), encoding="utf-8")
    shutil.rmtree(BUILT, ignore_errors=True)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(CONFIG)]
    done = subprocess.run(command, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    for name in UNUSED:
        shutil.rmtree(BUILT / name) if (BUILT / name).is_dir() else (BUILT / name).unlink(missing_ok=True)
    for path in BUILT.rglob("*.map"):
        path.unlink()
    return done.returncode


def main() -> int:
    """Build, check, and say what there is."""
    if build():
        return 1
    site = Site(BUILT)
    faults = site.faults()
    weights = {name: site.weight(name) for name in site.pages}
    faults += [f"{name}: {sent:,} bytes are sent" for name, (_, sent) in weights.items() if sent > MOST]
    for fault in faults:
        print(fault, file=sys.stderr)
    sent, plain, heaviest = max((sent, plain, name) for name, (plain, sent) in weights.items())
    front, front_sent = weights["index.html"]
    print(f"{len(site.pages)} pages in {BUILT.relative_to(pages.ROOT)}, {len(faults)} faults")
    print(f"without pictures, a page is {front:,} bytes ({front_sent:,} as sent) on the front, and at most")
    print(f"{plain:,} ({sent:,} as sent): {heaviest}")
    print(f"look at it: python3 -m http.server --bind 127.0.0.1 --directory {BUILT.relative_to(pages.ROOT)}")
    BUILT_FROM.write_text(pages.digest(), encoding="utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
