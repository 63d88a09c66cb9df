"""`syndicate daemon`: polls and posts until told to stop."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import click

from syndicate.cli.options import Shared, given, loaded, shared_options
from syndicate.cli.post import stopping
from syndicate.cli.serving import hangups, listening, opened_once_there, renewing, subscriber_of, tidies_up, written

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.cli.serving import Serve


@click.command()
@shared_options
@click.pass_obj
def command(shared: Shared) -> int:
    """Poll each source when it is due and post what is new, until Ctrl-C or SIGTERM.

    SIGHUP has the config read again.
    """
    stop, reload = threading.Event(), threading.Event()
    with stopping(stop), hangups(reload):
        app = opened_once_there(loaded(shared), stop, as_json=shared.json)
        calm = True if app is None else _run(app, shared, stop, reload)
    if not calm:
        sys.stderr.flush()
        os._exit(0)  # a thread still waits for an answer that nobody needs any more
    return 0


def _run(app: App, shared: Shared, stop: threading.Event, reload: threading.Event) -> bool:
    """Run the daemon until told to stop. False if a request is still under way then."""
    from syndicate.app.engines.config_file import ConfigFile
    from syndicate.app.engines.daemon import Daemon
    from syndicate.app.engines.installed import load_rooms
    from syndicate.app.instance_lock import claim_instance
    from syndicate.app.monitoring.events import writer
    from syndicate.app.monitoring.systemd import notify

    with app, claim_instance(app.config.ledger) as other:
        say = writer(written, app.ledger.now, as_json=shared.json)
        subscriber = subscriber_of(app.config, app.ledger, app.doors, say)
        load_rooms()
        tidies_up()
        file = ConfigFile(given(shared), os.environ, app.config.files)
        hooks: list[Serve] = []
        renew = renewing(file, say, hooks)
        daemon = Daemon(app, say, stop, subscriber, renew=renew, changed=file.changed, reload=reload)
        with listening(app, daemon, say, subscriber) as serve:
            hooks += serve
            say("daemon.started", sources=len(app.config.sources), accounts=len(app.accounts))
            if other:
                ledger = app.config.ledger_name
                told = f"{other} already runs a daemon on {ledger}; nothing is posted twice because of that"
                say("daemon.beside", note=told)
            notify("READY=1")
            calm = daemon.run()
        say("daemon.stopped")
    return calm
