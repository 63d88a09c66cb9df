"""`syndicate sandbox`: runs fake networks on one port of this machine."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import click

from syndicate.cli.options import Shared, shared_options
from syndicate.errors import ConfigError


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8700,
    envvar="SYNDICATE_SANDBOX_PORT",
    show_default=True,
    show_envvar=True,
    help="The port; 0 takes a free one.",
)
@click.option("--faults", type=click.Path(path_type=Path), metavar="FILE", help="A fault plan: JSON rules.")
@shared_options
@click.pass_obj
def command(shared: Shared, *, port: int, faults: Path | None) -> int:  # noqa: ARG001 - global options are accepted
    """Run fake networks until Ctrl-C. Point accounts there with api_url, or run syndicate post --sandbox."""
    from syndicate.cli.post import stopping
    from syndicate.sandbox.server import Sandbox

    plan = _plan(faults) if faults else []
    stop = threading.Event()
    with Sandbox(port=port, faults=plan) as sandbox, stopping(stop) as received:
        click.echo(sandbox.url)
        click.echo("what is posted here is shown on that page; Ctrl-C ends it", err=True)
        while not stop.wait(0.5):
            pass
    return 128 + received[0]


def _plan(path: Path) -> list[dict[str, Any]]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ConfigError(f"{path}: {fault.strerror}") from fault
    except ValueError as fault:
        raise ConfigError(f"{path} is not JSON: {fault}") from fault
    rules = read.get("faults", []) if isinstance(read, dict) else read
    if not isinstance(rules, list):
        raise ConfigError(f"{path}: a fault plan is a list of rules")
    return rules
