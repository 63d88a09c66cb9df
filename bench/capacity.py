"""What a number of accounts and feeds needs: machines, processor time, connections, rows, bytes, traffic and money.

    python bench/capacity.py --accounts 500 --posts 40 --feeds 2000     with your own numbers, on what was measured
    python bench/capacity.py --measure                                  measure on this machine, and write the page
    python bench/capacity.py --page                                     write docs/operations/capacity.md anew

What was measured is in docs/operations/capacity.json, with date, machine and load.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench import machine
from bench.capacity_model import Assumed, Ledger, Measured, Range, needs
from bench.capacity_page import LEDGERS, SERVER, answers, page
from bench.figures import rounded

if TYPE_CHECKING:
    from bench.capacity_measure import Scale

HERE = Path(__file__).parents[1] / "docs" / "operations"


def measured(scale: Scale, server: Any) -> dict[str, Any]:
    """Measure everything here, and on a server of PostgreSQL if there is one."""
    from cryptography.fernet import Fernet

    from bench import capacity_measure as measure
    from bench.capacity_sizes import sizes

    found: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "load": machine.load()}
    found |= {"rounds": scale.rounds, "times": scale.times}
    os.environ.setdefault("SYNDICATE_KEY", Fernet.generate_key().decode())
    file, remote = sizes(scale.stories, server)
    held = measure.connected(server) if server else (0.0, 0.0)
    for name, bytes_of in (("sqlite", file), ("postgresql", remote)):
        if not bytes_of:
            continue
        with tempfile.TemporaryDirectory() as folder:
            place = measure.opened(Path(folder), server if name == "postgresql" else None)
            with contextlib.closing(place) as bench:
                found[name] = asdict(measure.ledger(measure.costs(bench, scale), bytes_of))
                if name == "sqlite":
                    found["measured"] = asdict(measure.common(bench, scale, held))
    return found | {"machine": machine.kind()}


def here(*, quick: bool = False) -> dict[str, Any]:
    """Measure in full, or quickly, with a server of PostgreSQL where one can be started."""
    from bench import capacity_measure, capacity_world

    server = capacity_world.server()
    try:
        return tidied(measured(capacity_measure.QUICK if quick else capacity_measure.Scale(), server))
    finally:
        if server:
            server.close()


def tidied(found: dict[str, Any]) -> dict[str, Any]:
    """With as many digits as a measurement deserves."""
    return {
        name: {key: rounded(each) if isinstance(each, float) else each for key, each in part.items()}
        if isinstance(part, dict)
        else part
        for name, part in found.items()
    }


def known(docs: Path = HERE) -> dict[str, Any]:
    """What was measured and stored. Raises SystemExit if nothing was."""
    path = docs / "capacity.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for name in LEDGERS:
            if name in found:
                Ledger(**found[name])
        Measured(**found["measured"])
    except OSError:
        raise SystemExit(f"{path} is not there: measure first, with --measure") from None
    except (ValueError, KeyError, TypeError) as fault:
        raise SystemExit(f"{path} is not what this version writes ({fault}): measure again, with --measure") from None
    return found


def store(found: dict[str, Any], docs: Path = HERE) -> None:
    """Write what was measured, and the page."""
    (docs / "capacity.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (docs / "capacity.md").write_text(page(found), encoding="utf-8")


def assumed(chosen: argparse.Namespace) -> Assumed:
    """What was put in, the rest as we assume it."""
    given = {name: getattr(chosen, name) for name in asdict(Assumed()) if getattr(chosen, name) is not None}
    return replace(
        Assumed(), **{name: Range(*each) if isinstance(each, list) else each for name, each in given.items()}
    )


def parser() -> argparse.ArgumentParser:
    """Each assumption is an option; a price has two numbers, from and to."""
    made = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    made.add_argument("--measure", action="store_true", help="measure on this machine first, and write the page")
    made.add_argument("--quick", action="store_true", help="with --measure: fewer rounds, on a machine without time")
    made.add_argument("--page", action="store_true", help="write the page from what was measured")
    made.add_argument("--ledger", choices=LEDGERS, default="postgresql", help="what to calculate with")
    for name, value in asdict(Assumed()).items():
        many = isinstance(value, tuple)
        shown = " ".join(f"{each:g}" for each in (value if many else (value,)))
        option = f"--{name.replace('_', '-')}"
        made.add_argument(option, type=number, nargs=2 if many else None, metavar="N", help=f"[default: {shown}]")
    return made


def number(word: str) -> float:
    """A number that is not below nought."""
    try:
        found = float(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{word}' is not a number") from None
    if not 0 <= found < float("inf"):
        raise argparse.ArgumentTypeError(f"{word} is not a number from 0 up")
    return found


def main(words: list[str], docs: Path = HERE) -> int:
    """Measure, write or calculate."""
    reader = parser()
    chosen = reader.parse_args(words)
    for name in ("every", "accounts_per_story", "busy", "threads", "cores", "peak"):
        if getattr(chosen, name) == 0:
            reader.error(f"--{name.replace('_', '-')} has to be more than 0")
    if chosen.measure:
        store(here(quick=chosen.quick), docs)
    found = known(docs)
    if chosen.page:
        store(found, docs)
    if chosen.ledger not in found:
        reader.error(f"nothing was measured on {chosen.ledger}: no server could be started; use --ledger sqlite")
    with_these = assumed(chosen)
    answer = needs(
        with_these, Measured(**found["measured"]), Ledger(**found[chosen.ledger]), server=chosen.ledger == SERVER
    )
    for what, value in answers(with_these, answer):
        print(f"{what:52} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
