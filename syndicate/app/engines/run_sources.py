"""The reading part of a run: its sources, several at a time, and the pages of stories that may be withdrawn."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from syndicate.app.engines.run_state import RunState
from syndicate.app.engines.run_threads import FEW, Growth, together
from syndicate.errors import SyndicateError, prefixed

SHELVED = 0.05  # seconds for putting finished stories on the shelf
WATCHED = 20  # published pages that are checked again in one run


def read_sources(names: Sequence[str], backfill: Callable[[str], int], run: RunState) -> None:
    """Read the sources, several at a time; one that fails does not stop the others.

    `backfill` gives how many articles of a source are planned whatever their age.
    """
    app, waiting = run.app, list(reversed(names))
    if app.kind.begins is not None and not any(map(backfill, names)):
        from syndicate.app.engines.first_look import first_look

        first_look(app)

    def work() -> None:
        with app.ledger.database.relaxed():  # else thousands of readings wait for the disk, one after the other
            while waiting and not run.stop.is_set():
                with contextlib.suppress(IndexError):  # another thread took the last one
                    name = waiting.pop()
                    _read(name, backfill(name), run)

    jobs = [work] * min(FEW, len(names))
    if app.kind.checks_withdrawals:
        if app.ledger.articles.has_to_check(app.ledger.now()):
            jobs.append(lambda: _watch(run))
        if app.ledger.shelving.has_work(app.ledger.now()):  # not on a thread, which would open the ledger once more
            jobs.append(lambda: _shelve(run))
    together(jobs, run.stop, app, Growth(work, len(jobs), lambda: len(waiting)).more)


def _read(name: str, backfill: int, run: RunState) -> None:
    try:
        polled = run.app.rounds.poll(name, backfill)
    except SyndicateError as fault:
        with run.guard:
            run.outcome.faults.append(prefixed(name, fault))
        return
    with run.guard:
        run.outcome.polled.append(polled)
    for delivery in run.app.ledger.deliveries.several(polled.keys):
        run.took_up(delivery)


def _watch(run: RunState) -> None:
    """Look at pages of stories that were announced: some may have been withdrawn since."""
    from syndicate.ingestion.withdrawals import watch

    app = run.app
    for key in watch(app.pages.gone, app.config.has_preflight, app.accounts, app.ledger, most=WATCHED):
        run.take_up(key)


def _shelve(run: RunState) -> None:
    """Put a few stories on the shelf that were finished long ago."""
    if not run.stop.is_set():
        run.app.ledger.shelving.work(run.app.ledger.now(), SHELVED)
