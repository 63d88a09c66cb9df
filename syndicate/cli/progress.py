"""Shows progress in one line on standard error, if that is a terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

    from syndicate.app.engines.run_once import Run
    from syndicate.model import Delivery

OFTEN = 0.5  # seconds between two changes of the line
WIDTH = 60  # characters, so that a shorter line hides a longer one
ENOUGH = 3  # fewer deliveries than this are over before a bar could be read
LONG = 2.0  # seconds after which people want to know whether it goes on


@contextlib.contextmanager
def shown(run: Run, *, verbose: bool = False) -> Iterator[None]:
    """Show the bar once it takes long; each delivery that ends moves it. Without a terminal or with few: nothing."""
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
    progress = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    task = progress.add_task("", total=total)

    def advance(delivery: Delivery) -> None:
        progress.update(task, advance=1, description=f"{delivery.account:<12.12}")

    run.state.progress = advance
    with _after_a_while(progress):
        yield


@contextlib.contextmanager
def _after_a_while(progress: Progress) -> Iterator[None]:
    """Show it once that much time has passed; what ends before writes nothing at all."""
    import threading

    begin = threading.Timer(LONG, progress.start)
    begin.daemon = True
    begin.start()
    try:
        yield
    finally:
        begin.cancel()
        begin.join()
        if progress.live.is_started:
            progress.stop()


@contextlib.contextmanager
def told() -> Iterator[Callable[[str, int, int], None]]:
    """Meanwhile, tell in one line what is done, how much of it, and of how much. Without a terminal: nothing."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from syndicate.cli.terminal import bare

    stream = bare(sys.stderr)
    at, shown_at_all = time.monotonic() + LONG - OFTEN, False

    def tell(what: str, done: int, total: int) -> None:
        nonlocal at, shown_at_all
        if time.monotonic() - at > OFTEN:
            at, shown_at_all = time.monotonic(), True
            stream.write(f"\r{what}: {done:,} of {total:,}".ljust(WIDTH))
            stream.flush()

    try:
        yield tell
    finally:
        if shown_at_all:
            stream.write(f"\r{'':<{WIDTH}}\r")
