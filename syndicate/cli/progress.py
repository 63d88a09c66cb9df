"""Shows progress in one line on standard error, if that is a terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syndicate.app.engines.run_once import Run
    from syndicate.model import Delivery

OFTEN = 0.5  # seconds between two changes of the line
WIDTH = 60  # characters, so that a shorter line hides a longer one
ENOUGH = 3  # fewer deliveries than this are over before a bar could be read


@contextlib.contextmanager
def shown(run: Run, *, verbose: bool = False) -> Iterator[None]:
    """Show the bar meanwhile; each delivery that ends moves it. Without a terminal or with few deliveries: nothing."""
    total = run.waiting() if sys.stderr.isatty() and not verbose else 0
    if total < ENOUGH:
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from syndicate.cli.terminal import bare

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # What is printed meanwhile is cleaned on its own way.
    console = Console(file=bare(sys.stderr))
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as progress:
        task = progress.add_task("delivering", total=total)

        def advance(delivery: Delivery) -> None:
            progress.update(task, advance=1, description=f"{delivery.account:<12.12}")

        run.progress = advance
        yield


@contextlib.contextmanager
def told() -> Iterator[Callable[[str, int, int], None]]:
    """Meanwhile, tell in one line what is done, how much of it, and of how much. Without a terminal: nothing."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from syndicate.cli.terminal import bare

    stream = bare(sys.stderr)
    at = 0.0

    def tell(what: str, done: int, total: int) -> None:
        nonlocal at
        if time.monotonic() - at > OFTEN:
            at = time.monotonic()
            stream.write(f"\r{what}: {done:,} of {total:,}".ljust(WIDTH))
            stream.flush()

    try:
        yield tell
    finally:
        stream.write(f"\r{'':<{WIDTH}}\r")
