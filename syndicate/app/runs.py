"""The kinds of run: for real, dry, or led to the sandbox. All that differs between them stands here.

A command makes one, hands it to the app and asks no more which it is. Each opens a ledger when it is
made, and `close` leaves nothing behind but what a real run has done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from syndicate.app import clock as machine
from syndicate.app.dry_run import Recorder
from syndicate.app.ledger import PrivateCopy, open_real
from syndicate.config.sandboxed import redirected
from syndicate.config.schema import Config
from syndicate.ledger import Ledger
from syndicate.model import Delivery, Json
from syndicate.net.dry_run import DryHttp
from syndicate.ports import Clock, Http
from syndicate.rendering.preview.recording import Recording
from syndicate.serialization import delivery_record, freeze

if TYPE_CHECKING:
    from syndicate.delivery.lane import Render

LOOK = 3
"""Stories a newcomer is shown where a real first run posts nothing."""

T = TypeVar("T")


class KindOfRun(Protocol):
    """One run: what it works on, and how it differs from the other kinds.

    `paused` are accounts that are paused in the publisher's ledger, and why. `recordings` is what is to be
    shown, by the key of its delivery. `backfill_of_first_run`: how many articles of a source that was never
    read are planned. `stand_ins`: accounts lead to stand-ins on this machine. `assumes_limits`: limits that a
    server does not tell are the usual ones. `takes_up_waiting`: what waits is looked
    at as well. `checks_withdrawals`: the pages of announced stories
    are looked at again. `sends_alerts`, `reminds`: people are told of the ledger's state, on their ways or on
    standard error.
    """

    config: Config
    ledger: Ledger
    clock: Clock
    paused: dict[str, str]
    recordings: dict[str, Recording]
    backfill_of_first_run: int
    stand_ins: bool
    assumes_limits: bool
    takes_up_waiting: bool
    checks_withdrawals: bool
    sends_alerts: bool
    reminds: bool

    def close(self) -> None:
        """Close the ledger, and remove what was only for this run."""

    def door(self, account: str, door: Http) -> Http:
        """The door that an account's adapter is given, of the one to its network."""

    def carry_out(self, delivery: Delivery, render: Render, deliver: Callable[[Render], T]) -> T:
        """What `deliver` answers; it is given the rendering to use."""

    def record(self, delivery: Delivery, claimed: Delivery | None, *, first_look: bool) -> Json:
        """A delivery as it is printed. `claimed` is how it stood right before its claim, if it was claimed;
        `first_look`: a real first run skips it.
        """

    def note_of_baseline(self, source: str, articles: int) -> str:
        """What a person is told of the first reading of a source."""


class RealRun:
    """On the publisher's ledger, to the networks."""

    backfill_of_first_run = 0
    stand_ins = assumes_limits = takes_up_waiting = False
    checks_withdrawals = sends_alerts = reminds = True

    def __init__(self, config: Config, environ: Mapping[str, str], clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or machine.now
        self.paused: dict[str, str] = {}
        self.recordings: dict[str, Recording] = {}
        self.ledger = open_real(config, environ, self.clock)

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    def door(self, account: str, door: Http) -> Http:  # noqa: ARG002 - the same for each
        """The one to the network."""
        return door

    def carry_out(self, delivery: Delivery, render: Render, deliver: Callable[[Render], T]) -> T:  # noqa: ARG002
        """As it is."""
        return deliver(render)

    def record(self, delivery: Delivery, claimed: Delivery | None, *, first_look: bool) -> Json:  # noqa: ARG002
        """As it stands now."""
        return delivery_record(delivery)

    def note_of_baseline(self, source: str, articles: int) -> str:
        """What was recorded is not posted."""
        seen = _counted(articles)
        return f"{source}: first run, {seen} recorded as seen; what is published from now on is posted"


class SandboxRun:
    """On a private copy of the ledger, to stand-ins at `url`. Raises ConfigError: an account cannot be led there."""

    backfill_of_first_run = LOOK
    stand_ins = True
    assumes_limits = takes_up_waiting = checks_withdrawals = sends_alerts = reminds = False

    def __init__(self, config: Config, environ: Mapping[str, str], url: str) -> None:
        self.clock: Clock = machine.now
        self.recordings: dict[str, Recording] = {}
        self._copy = PrivateCopy(config, environ, self.clock, keep_logins=False)
        self.ledger, self.paused = self._copy.ledger, self._copy.paused
        try:
            self.config = redirected(config, url, self._copy.folder / "folder")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the copy."""
        self._copy.close()

    def door(self, account: str, door: Http) -> Http:  # noqa: ARG002 - the same for each
        """The one to the stand-in."""
        return door

    def carry_out(self, delivery: Delivery, render: Render, deliver: Callable[[Render], T]) -> T:  # noqa: ARG002
        """As it is."""
        return deliver(render)

    def record(self, delivery: Delivery, claimed: Delivery | None, *, first_look: bool) -> Json:  # noqa: ARG002
        """As it stands now."""
        return delivery_record(delivery)

    def note_of_baseline(self, source: str, articles: int) -> str:
        """What a real run would do, and what this one does."""
        return f"{_nothing_posted(source, articles)}; the newest {LOOK} go to the sandbox"


class DryRun:
    """On a private copy of the ledger; requests that write are answered by samples, and kept to be shown."""

    backfill_of_first_run = LOOK
    assumes_limits = takes_up_waiting = True
    stand_ins = checks_withdrawals = sends_alerts = reminds = False

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self.config = config
        self.clock: Clock = machine.now
        self._recorder = Recorder()
        self.recordings: dict[str, Recording] = self._recorder.recordings
        self._doors: dict[str, DryHttp] = {}
        self._copy = PrivateCopy(config, environ, self.clock, keep_logins=True)
        self.ledger, self.paused = self._copy.ledger, self._copy.paused

    def close(self) -> None:
        """Remove the copy."""
        self._copy.close()

    def door(self, account: str, door: Http) -> Http:
        """One that reads through the network's, and sends nothing."""
        self._doors[account] = DryHttp(door, self.clock, secrets=self.config.secrets)
        return self._doors[account]

    def carry_out(self, delivery: Delivery, render: Render, deliver: Callable[[Render], T]) -> T:
        """Recorded: what was rendered, and what would have been asked of the network."""
        return self._recorder.record(delivery, self._doors[delivery.account], render, deliver)

    def record(self, delivery: Delivery, claimed: Delivery | None, *, first_look: bool) -> Json:
        """As a real run would record it right before its claim, with the post to look at."""
        recording = self.recordings.get(delivery.key)
        post = freeze(recording.rendered)[0] if recording and recording.rendered else delivery.post
        shown = delivery if claimed is None else replace(claimed, reason=None)
        if first_look:
            shown = replace(claimed or delivery, state="skipped", reason="baseline", due_at=None)
        return delivery_record(replace(shown, post=post))

    def note_of_baseline(self, source: str, articles: int) -> str:
        """What a real run would do, and what this one shows."""
        return f"{_nothing_posted(source, articles)}; shown is how the newest would look"


def _nothing_posted(source: str, articles: int) -> str:
    return f"{source}: a real first run records {_counted(articles)} as seen and posts nothing"


def _counted(articles: int) -> str:
    return "1 article" if articles == 1 else f"{articles} articles"
