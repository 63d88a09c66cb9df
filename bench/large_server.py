"""What a rehearsal and other commands cost on a PostgreSQL server with many finished deliveries.

    python -m bench.large_server --articles 20000 --accounts 5

Starts a server of its own (the one of the tests), moves a ledger there, and prints the best of three for each command;
`copied` is a rehearsal where the server allows no temporary tables: the way it was for all before.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from cryptography.fernet import Fernet
from large_ledger import build
from large_measure import COMMAND, run, world

from tests.worlds.postgres import Server

READ_ONLY = "&options=-c%20default_transaction_read_only%3Don"


def main() -> None:
    """Make the ledger, move it, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--accounts", type=int, default=5)
    parser.add_argument("--shelved", action="store_true", help="old stories are on the shelf, as a while later")
    chosen = parser.parse_args()
    os.environ["SYNDICATE_KEY"] = Fernet.generate_key().decode()
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Server()) as server:
        file = Path(folder) / "ledger.db"
        end = datetime.now(UTC) - timedelta(hours=2)
        build(file, chosen.articles, chosen.accounts, end, plain=not chosen.shelved)
        with world(file) as config:
            measure(config, file, server)


def measure(config: Path, file: Path, server: Server) -> None:
    """Print what each command takes."""
    name = server.empty()
    before, address = f"'sqlite:///{file.absolute()}'", server.address(name)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(before, address), encoding="utf-8")
    copied = config.with_name("copied.yaml")
    copied.write_text(text.replace(before, f"{address}{READ_ONLY}"), encoding="utf-8")
    taken, *_ = run([COMMAND, "db", "import", str(file), "-c", str(config)])
    server.run("ANALYZE", name)
    [(finished,)] = server.run("SELECT COUNT(*) FROM delivery WHERE state IN ('posted', 'skipped')", name)
    [(articles,)] = server.run("SELECT COUNT(*) FROM article", name)
    print(f"{finished:,} finished deliveries of {articles:,} articles in rows; moved in {taken:.1f} s", flush=True)
    for where, words in (
        (config, ["post"]),
        (config, ["post", "--dry-run"]),
        (copied, ["post", "--dry-run"]),
        (config, ["post", "--sandbox"]),
        (copied, ["post", "--sandbox"]),
        (config, ["status"]),
    ):
        seconds = min(run([COMMAND, *words, "-c", str(where)])[0] for _ in range(3))
        print(f"{seconds:8.2f} s  {' '.join(words)}{' (copied)' if where == copied else ''}", flush=True)


if __name__ == "__main__":
    main()
