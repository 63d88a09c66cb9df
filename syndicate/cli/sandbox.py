"""`syndicate sandbox`: runs fake networks on one port of this machine."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syndicate.cli.options import Shared, shared_options
from syndicate.errors import ConfigError

if TYPE_CHECKING:
    from syndicate.sandbox.server import Sandbox


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8700,
    envvar="SYNDICATE_SANDBOX_PORT",
    show_default=True,
    show_envvar=True,
    help="The port; 0 takes a free one. Without it, where another person has that one, the next.",
)
@click.option("--faults", type=click.Path(path_type=Path), metavar="FILE", help="A fault plan: JSON rules.")
@shared_options
@click.pass_obj
def command(shared: Shared, *, port: int, faults: Path | None) -> int:  # noqa: ARG001 - global options are accepted
    """Run fake networks until Ctrl-C. Point accounts there with api_url, or run syndicate post --sandbox."""
    from click.core import ParameterSource

    from syndicate.cli.post import stopping
    from syndicate.sandbox.server import Sandbox

    plan = _plan(faults) if faults else []
    stop = threading.Event()
    asked = click.get_current_context().get_parameter_source("port") is not ParameterSource.DEFAULT
    with Sandbox(port=port, faults=plan) if asked else _unasked(plan) as sandbox, stopping(stop) as received:
        click.echo(sandbox.url)
        click.echo("what is posted here is shown on that page; Ctrl-C ends it", err=True)
        while not stop.wait(0.5):
            pass
    return 128 + received[0]


def _unasked(plan: list[dict[str, Any]]) -> Sandbox:
    """A sandbox on the first port that is free, one for each person. Raises ConfigError."""
    from syndicate.cli.sandboxes import PORTS, address, is_own
    from syndicate.sandbox.server import Sandbox

    for port in PORTS:
        try:
            sandbox = Sandbox(port=port, faults=plan)
        except ConfigError:
            if is_own(port):
                hint = "for another one, run syndicate sandbox --port 0"
                raise ConfigError(f"your sandbox runs already, at {address(port)}", hint=hint) from None
            if port == PORTS[-1]:
                raise
        else:
            if port != PORTS[0]:
                click.echo(f"port {PORTS[0]} is in use, so your sandbox is on port {port}", err=True)
            return sandbox
    raise AssertionError(PORTS)


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
