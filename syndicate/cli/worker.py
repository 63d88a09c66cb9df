"""`syndicate worker`: one of many processes that poll and post, on one or many machines, until told to stop."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING

import click

from syndicate.app.engines.queues import QUEUES
from syndicate.cli.options import Shared, given, loaded, shared_options
from syndicate.cli.post import stopping
from syndicate.cli.serving import hangups, listening, opened_once_there, renewing, subscriber_of, tidies_up, written

if TYPE_CHECKING:
    from syndicate.cli.serving import Serve


def _queues(_context: click.Context, _option: click.Parameter, value: str) -> list[str]:
    """The queues that were named, each once. Raises BadParameter."""
    names = list(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    unknown = [name for name in names if name not in QUEUES]
    if unknown or not names:
        raise click.BadParameter(f"no queue is called '{', '.join(unknown)}' (known: {', '.join(QUEUES)})")
    return names


@click.command()
@click.option(
    "--concurrency",
    type=click.IntRange(1, 200),
    default=16,
    metavar="N",
    help="How many deliveries at once, and half as many polls.  [default: 16]",
)
@click.option(
    "--queues",
    default=",".join(QUEUES),
    callback=_queues,
    metavar="NAMES",
    help="Take only these jobs: polls, posts, pictures (posts with a card), errands.  [default: all]",
)
@click.option("--listen", is_flag=True, help="Answer at the config's `listen`: health, metrics, hooks.")
@shared_options
@click.pass_obj
def command(shared: Shared, *, concurrency: int, queues: list[str], listen: bool) -> int:
    """Poll and post with as many other workers as you like, until Ctrl-C or SIGTERM. Needs a ledger on PostgreSQL.

    SIGHUP has the config read again. A second SIGTERM ends at once.
    """
    from syndicate.app.engines.config_file import ConfigFile
    from syndicate.app.engines.config_reload import ConfigReload
    from syndicate.app.engines.fleet_start import require_engine, require_fleet
    from syndicate.app.engines.installed import load_rooms
    from syndicate.app.engines.running import Running
    from syndicate.app.engines.upkeep import Upkeep
    from syndicate.app.monitoring.events import writer

    stop, reload = threading.Event(), threading.Event()
    config = loaded(shared)
    require_fleet(config)
    from syndicate.app.engines.worker import FleetWorker

    with stopping(stop) as signals, hangups(reload), contextlib.ExitStack() as stack:
        app = opened_once_there(config, stop, as_json=shared.json)
        if app is None:
            return 0
        require_engine(stack.enter_context(app))
        say = writer(written, app.ledger.now, as_json=shared.json)
        subscriber = subscriber_of(app.config, app.ledger, app.doors, say)
        load_rooms()
        tidies_up()
        file = ConfigFile(given(shared), os.environ, app.config.files)
        hooks: list[Serve] = []
        running = Running(app, say, stop, subscriber)
        upkeep = Upkeep(running)
        reloading = ConfigReload(running, upkeep, renewing(file, say, hooks), file.changed, reload)
        worker = FleetWorker(running, upkeep, reloading, queues, concurrency, lambda: len(signals) > 1)
        answering = listening(app, worker, say, subscriber) if listen else None
        with answering or contextlib.nullcontext([]) as serve:
            hooks += serve
            say("daemon.started", sources=len(app.config.sources), accounts=len(app.accounts))
            calm = worker.run()
        say("daemon.stopped")
    if not calm:
        sys.stderr.flush()
        os._exit(0)  # a thread still waits for an answer that nobody needs any more
    return 0
