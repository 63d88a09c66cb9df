"""The kinds of run: real, dry, or in the sandbox. Everything in which they differ is here.

A command makes one and passes it to the app; no other code asks which kind it is. Each opens a ledger when
it is made. After `close`, only a real run has left anything behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypeVar

from syndicate.app import clock as machine
from syndicate.app.ledger import PrivateLedger, open_real
from syndicate.config.schema import Config
from syndicate.ledger import Ledger
from syndicate.model import Delivery, Json
from syndicate.ports import Clock, Http
from syndicate.serialization import delivery_record, freeze

if TYPE_CHECKING:
    from syndicate.delivery.lane import Render
    from syndicate.net.dry_run import DryHttp
    from syndicate.rendering.preview.recording import Recording

LOOK = 3
"""How many articles of a source's first run a dry or sandbox run shows; a real one posts none."""

T = TypeVar("T")
Begins: TypeAlias = Literal["anew", "in CI"]


class KindOfRun(Protocol):
    """One run: the config, ledger and clock that it uses, and how it differs from the other kinds.

    `paused` are accounts that are paused in the publisher's ledger, and why. `recordings` is what a dry run
    shows, by the key of its delivery. `backfill_of_first_run`: how many articles of a source that was never
    read are planned. `stand_ins`: accounts use stand-ins on this machine. `assumes_limits`: if a server's
    limits cannot be read, the usual ones are used. `takes_up_waiting`: deliveries that wait are shown too.
    `checks_withdrawals`: the pages of announced articles are checked again. `sends_alerts`: alerts are sent.
    `reminds`: what waits for a person is listed on standard error. `works_ahead`: deliveries need not be carried out
    one by one. `hosts_pictures`: pictures are put where networks fetch them. `writes_back`: those who want word of
    what became of deliveries get it. `forgets`: this machine is gone
    afterwards, with the key that opens stored credentials. `begins`: its ledger was never used, where this machine
    may forget one each time; "in CI": it has just been made, and nobody keeps it. `ended`: it has sent what it could.
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
    works_ahead: bool
    hosts_pictures: bool
    writes_back: bool
    forgets: bool
    begins: Begins | None
    ended: bool

    def close(self) -> None:
        """Close the ledger, and remove what was only for this run."""

    def door(self, account: str, door: Http) -> Http:
        """The HTTP client for an account's adapter, made from the one for its network."""

    def carry_out(self, delivery: Delivery, render: Render, deliver: Callable[[Render], T]) -> T:
        """Call `deliver` with the render function to use, and return its answer."""

    def record(self, delivery: Delivery, claimed: Delivery | None, *, first_look: bool) -> Json:
        """A delivery as it is printed. `claimed` is the delivery right before its claim, if it was claimed;
        `first_look`: a real first run would skip it.
        """

    def note_of_baseline(self, source: str, articles: int) -> str:
        """The note about the first run of a source."""


class Stage(Protocol):
    """Where a sandbox run posts, and what is kept of it. Accounts that write to disk do so below `folder`."""

    folder: Path

    def shown_at(self, permalink: str) -> str:
        """Where a post of this permalink can be seen."""

    def close(self) -> None:
        """Keep what there is to look at."""


class RealRun:
    """A real run: on the publisher's ledger, to the networks."""

    backfill_of_first_run = 0
    stand_ins = assumes_limits = takes_up_waiting = False
    checks_withdrawals = sends_alerts = reminds = works_ahead = hosts_pictures = writes_back = True

    def __init__(self, config: Config, environ: Mapping[str, str], clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or machine.now
        self.paused: dict[str, str] = {}
        self.recordings: dict[str, Recording] = {}
        self.ended = False
        self.forgets = forgets(config, environ)
        fresh = not config.ledger.exists()
        self.ledger = open_real(config, environ, self.clock)
        self.begins = _begins(config, self.ledger, disposable=is_disposable(environ), fresh=fresh)
        if config.server:
            self.clock = self.ledger.now

    def with_config(self, config: Config) -> RealRun:
        """The same run, on the same ledger, with another config."""
        made = copy(self)
        made.config = config
        return made

    def close(self) -> None:
        """Write the state file, if there is to be one, and close the ledger."""
        try:
            if self.config.state:
                from syndicate.app.state_file import StateFile

                StateFile(self.config, self.config.state).save(self.ledger, ended=self.ended)
        finally:
            self.ledger.close()

    def door(self, account: str, door: Http) -> Http:  # noqa: ARG002 - the same for each
        """The client for the network, as it is."""
        return door

    def carry_out(self, delivery: Delivery, render: Render, deliver: Callable[[Render], T]) -> T:  # noqa: ARG002
        """Call `deliver` with the render function as it is."""
        return deliver(render)

    def record(self, delivery: Delivery, claimed: Delivery | None, *, first_look: bool) -> Json:  # noqa: ARG002
        """The delivery as it is now."""
        return delivery_record(delivery)

    def note_of_baseline(self, source: str, articles: int) -> str:
        """Says that what was recorded is not posted."""
        seen = _counted(articles)
        return f"{source}: first run, {seen} recorded as seen; what is published from now on is posted"


class SandboxRun:
    """A sandbox run: on a ledger above the real one, to stand-ins at `url`. Raises ConfigError."""

    backfill_of_first_run = LOOK
    stand_ins = works_ahead = hosts_pictures = True
    assumes_limits = takes_up_waiting = checks_withdrawals = sends_alerts = reminds = forgets = False
    writes_back = False
    begins: Begins | None = None
    ended = False

    def __init__(self, config: Config, environ: Mapping[str, str], url: str, stage: Stage | None = None) -> None:
        from syndicate.config.sandboxed import redirected

        self.clock: Clock = machine.now
        self._stage = stage
        self.recordings: dict[str, Recording] = {}
        self._private = PrivateLedger(config, environ, self.clock, keep_logins=False)
        self.ledger, self.paused = self._private.ledger, self._private.paused
        self.clock = self.ledger.now if config.server else self.clock
        try:
            self.config = redirected(config, url, stage.folder if stage else self._private.folder / "folder")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the ledger of its own: what was written is gone, but for what the stage keeps."""
        self._private.close()
        if self._stage:
            self._stage.close()

    def door(self, account: str, door: Http) -> Http:  # noqa: ARG002 - the same for each
        """The client for the stand-in, as it is."""
        return door

    def carry_out(self, delivery: Delivery, render: Render, deliver: Callable[[Render], T]) -> T:  # noqa: ARG002
        """Call `deliver` with the render function as it is."""
        return deliver(render)

    def record(self, delivery: Delivery, claimed: Delivery | None, *, first_look: bool) -> Json:  # noqa: ARG002
        """The delivery as it is now; its permalink leads to the stand-in, whichever host it names."""
        record = delivery_record(delivery)
        permalink = record["permalink"] or ""
        if self._stage and permalink.startswith(("http:", "https:")):
            record["permalink"] = self._stage.shown_at(permalink)
        return record

    def note_of_baseline(self, source: str, articles: int) -> str:
        """Says what a real run would do, and what this one does."""
        return f"{_nothing_posted(source, articles)}; the newest {LOOK} go to the sandbox"


class DryRun:
    """A dry run: on a ledger above the real one. Requests that write are recorded, and get sample answers."""

    backfill_of_first_run = LOOK
    assumes_limits = takes_up_waiting = True
    stand_ins = checks_withdrawals = sends_alerts = reminds = works_ahead = hosts_pictures = forgets = False
    writes_back = False
    begins: Begins | None = None
    ended = False

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        from syndicate.app.dry_run import Recorder

        self.config = config
        self.clock: Clock = machine.now
        self._recorder = Recorder()
        self.recordings: dict[str, Recording] = self._recorder.recordings
        self._doors: dict[str, DryHttp] = {}
        self._private = PrivateLedger(config, environ, self.clock, keep_logins=True)
        self.ledger, self.paused = self._private.ledger, self._private.paused
        self.clock = self.ledger.now if config.server else self.clock

    def close(self) -> None:
        """Close the ledger of its own: what was written is gone."""
        self._private.close()

    def door(self, account: str, door: Http) -> Http:
        """A client that sends only requests that read, through the network's own."""
        from syndicate.net.dry_run import DryHttp

        self._doors[account] = DryHttp(door, self.clock, secrets=self.config.secrets)
        return self._doors[account]

    def carry_out(self, delivery: Delivery, render: Render, deliver: Callable[[Render], T]) -> T:
        """Call `deliver`, and record what it rendered and the requests that it would have sent."""
        return self._recorder.record(delivery, self._doors[delivery.account], render, deliver)

    def record(self, delivery: Delivery, claimed: Delivery | None, *, first_look: bool) -> Json:
        """The delivery as it would be right before its claim in a real run, with its post."""
        recording = self.recordings.get(delivery.key)
        post = freeze(recording.rendered)[0] if recording and recording.rendered else delivery.post
        shown = delivery if claimed is None else replace(claimed, reason=None)
        if first_look:
            shown = replace(claimed or delivery, state="skipped", reason="baseline", due_at=None)
        return delivery_record(replace(shown, post=post))

    def note_of_baseline(self, source: str, articles: int) -> str:
        """Says what a real run would do, and what this one shows."""
        return f"{_nothing_posted(source, articles)}; this shows how the newest would look"


def forgets(config: Config, environ: Mapping[str, str]) -> bool:
    """Whether this machine is gone after the run, with the key of the stored sessions."""
    return is_disposable(environ) and not environ.get("SYNDICATE_KEY") and config.key_file is None


def is_disposable(environ: Mapping[str, str]) -> bool:
    """Whether this machine is one of CI, which is gone after the run."""
    return any(environ.get(name, "").lower() not in ("", "false", "0") for name in ("CI", "GITHUB_ACTIONS"))


def _begins(config: Config, ledger: Ledger, *, disposable: bool, fresh: bool) -> Begins | None:
    if config.server or not (config.state or disposable) or ledger.sources.any_read():
        return None
    return "in CI" if disposable and fresh else "anew"


def _nothing_posted(source: str, articles: int) -> str:
    return f"{source}: a real first run records {_counted(articles)} as seen and posts nothing"


def _counted(articles: int) -> str:
    return "1 article" if articles == 1 else f"{articles} articles"
