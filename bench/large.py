"""A ledger of three years of a busy group: makes one, and measures what it costs to work with it.

    python -m bench.large --articles 1000000 --accounts 5 --out /somewhere/ledger.db
    python -m bench.large --measure /somewhere/ledger.db
    python -m bench.large --articles 20000 --sizes /somewhere/sizes.db

With `--plain`, all stories are rows of their own, as an earlier version left them.

The ledger that is measured is written to: `post` runs with it. Everything it reads and sends to is of this process.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.large_ledger import build


def main() -> None:
    """Make a ledger, or measure one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=5)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--each", type=int, default=1)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--measure", type=Path)
    parser.add_argument("--sizes", type=Path)
    chosen = parser.parse_args()
    if chosen.out:
        end = datetime.now(UTC) - timedelta(hours=2)
        build(chosen.out, chosen.articles, chosen.accounts, end, plain=chosen.plain, each=chosen.each)
    if chosen.sizes:
        from bench.large_sizes import compare

        compare(chosen.sizes, chosen.articles, chosen.accounts)
    if chosen.measure:
        from bench.large_measure import measure

        raise SystemExit(measure(chosen.measure))


if __name__ == "__main__":
    main()
