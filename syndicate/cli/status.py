"""`syndicate status`: one screen of how things stand; exit 1 when a person is needed."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from syndicate.cli.options import Shared, given, known, loaded, shared_options
from syndicate.cli.output import print_json
from syndicate.errors import ConfigError
from syndicate.model import site_of

if TYPE_CHECKING:
    from syndicate.app.monitoring.status import Status
    from syndicate.config.schema import Config


@click.command()
@click.option("--site", metavar="NAME", help="Only this site, of many.")
@shared_options
@click.pass_obj
def command(shared: Shared, *, site: str | None) -> int:
    """Show how things stand on one screen: what needs you, accounts, sources, what was dropped today.

    It asks no server and writes nothing. Exit status 1 when a person is needed.
    """
    from syndicate.app import clock
    from syndicate.app.instance_lock import running
    from syndicate.app.monitoring.status import empty, gather, of_site
    from syndicate.app.runs import RealRun
    from syndicate.app.wiring import App

    config = _config(shared)
    wanted = config if site is None else _only(config, site)
    if not config.server and not config.ledger.exists():
        found = empty(wanted, clock.now())
        if not shared.json:
            click.echo(f"no ledger yet ({config.ledger}): nothing was read or posted so far; syndicate post begins")
    else:
        with App(RealRun(config, os.environ)) as app:
            found = gather(wanted, app.ledger, running(config.ledger))
        found = found if site is None else of_site(found, site)
        if not shared.json:
            from syndicate.cli.status_screen import screen

            click.echo("\n".join(screen(found)))
    if shared.json:
        print_json(_record(found))
    return int(bool(found.needs))


def _config(shared: Shared) -> Config:
    """The config, whose secrets need not be set here; sites that a real run leaves out without them are told of."""
    from syndicate.app.wiring import load

    config = loaded(shared, fill=True, mistakes=False)
    if not (config.sites and config.filled):
        return config
    try:
        return replace(config, broken=load(given(shared), os.environ).broken)
    except ConfigError as fault:  # none of them has its secrets
        return replace(config, broken=dict.fromkeys(config.sites, fault))


def _only(config: Config, site: str) -> Config:
    """The config with nothing but one site, which may be one that is left out. Raises UsageError."""
    if site not in config.broken:
        known("site", config.sites, [site])
    return replace(
        config,
        site=config.of(f"{site}/").site,
        accounts={name: entry for name, entry in config.accounts.items() if site_of(name) == site},
        sources={name: entry for name, entry in config.sources.items() if site_of(name) == site},
        broken={name: fault for name, fault in config.broken.items() if name == site},
    )


def _record(status: Status) -> dict[str, Any]:
    """The status as JSON; its fields are in docs/reference/json.md."""
    from syndicate.cli.json_contract import VERSION
    from syndicate.serialization import instant

    ledger = status.ledger
    return {
        "json_version": VERSION,
        "version": status.version,
        "time": instant(status.at),
        "needs_person": bool(status.needs),
        "needs": [
            {"kind": each.kind, "subject": each.subject, "message": each.message, "command": each.command}
            for each in status.needs
        ],
        "accounts": [
            {
                "account": each.name,
                "platform": each.platform,
                "state": each.state,
                "why": each.why,
                "since": instant(each.since),
                "until": instant(each.until),
                "message": each.said,
                "waiting": each.waiting,
                "last_post_at": instant(each.last_post_at),
            }
            for each in status.accounts
        ],
        "sources": [
            {
                "source": each.name,
                "state": each.state,
                "last_good_at": instant(each.last_good_at),
                "next_poll_at": instant(each.next_poll_at),
                "failing_since": instant(each.failing_since),
                "failures": each.failures,
                "error": each.error,
                "quiet_since": instant(each.quiet_since),
            }
            for each in status.sources
        ],
        "paused": [
            {"word": each.word, "since": instant(each.since), "until": instant(each.until)} for each in status.paused
        ],
        "dropped": [
            {"account": each.account, "reason": each.reason, "waited_for": each.waited_for, "count": each.count}
            for each in status.dropped
        ],
        "ledger": {
            "path": ledger.path,
            "bytes": ledger.size,
            "schema": ledger.schema,
            "last_run_at": instant(ledger.last_run_at),
            "daemon": ledger.daemon,
        },
    }
