"""What a run does once its posts are sent: it renews logins, sweeps old pictures, and tells those who want word."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Sequence

from syndicate.app.engines.run_state import RunState
from syndicate.app.engines.run_threads import together
from syndicate.app.word_back import PATIENCE
from syndicate.errors import AuthError, PlatformError


def close(accounts: Sequence[str], run: RunState) -> None:
    """Do what is due beside the deliveries of these accounts, unless the run is told to stop."""
    app = run.app
    if not run.stop.is_set():
        renewed = [name for name in app.renewals.due() if name in accounts]
        together([functools.partial(_renew, name, run) for name in renewed], run.stop, app)
    if not run.outcome.tried and not run.stop.is_set():  # else somebody waits for the end of this run
        asked = [name for name in app.identities.stale() if name in accounts]
        together([functools.partial(_ask, name, run) for name in asked], run.stop, app)
    if not run.stop.is_set():
        _sweep_media(run)
    if not run.stop.is_set() and app.word_back.has_owed():
        together([lambda: _tell(run)], run.stop, app)


def _renew(name: str, run: RunState) -> None:
    """Renew a login for which nothing was sent. Where that is refused, the report says that it is paused."""
    with contextlib.suppress(AuthError), run.at_work:
        _, failed = run.app.renewals.renew(name)
        if failed:
            with run.guard:
                run.outcome.notes.append(f"{name}: {failed}")


def _ask(name: str, run: RunState) -> None:
    """Ask a network whose login we have, unless this run was stopped meanwhile."""
    with run.at_work:
        if not run.stop.is_set():
            run.app.identities.ask(name)


def _sweep_media(run: RunState) -> None:
    """Remove pictures that networks fetched a day ago, if there are any."""
    hosting = run.app.lanes.hosting
    if hosting is not None:
        try:
            hosting.sweep()
        except PlatformError as fault:
            run.outcome.notes.append(f"{fault}; it is tried again with the next run")


def _tell(run: RunState) -> None:
    """Tell those who want word of it what became of deliveries, of this run and of earlier ones."""
    ends = time.monotonic() + PATIENCE

    def going() -> bool:
        return not run.stop.is_set() and time.monotonic() < ends

    for _, came in run.app.word_back.tell(going, early=True):
        run.outcome.unheard.extend(came.faults)
