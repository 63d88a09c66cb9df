"""`syndicate demo`: runs the sample site, The Example Gazette, for whoever has none at hand."""

from __future__ import annotations

import importlib
import sys
import threading
from pathlib import Path
from typing import Any

import click

from syndicate.cli.options import shared_options
from syndicate.errors import ConfigError


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port of the site; 0 takes a free one.",
)
@click.option("--morning", is_flag=True, help="Post its stories to fake networks instead, and show how; some seconds.")
@click.option("--stay", is_flag=True, help="With --morning: keep all of it running at the end.")
@shared_options
def command(*, port: int, morning: bool, stay: bool) -> int:
    """Run a sample site until Ctrl-C: twelve stories in as many languages, of which five are out.

    Nothing leaves this machine. Try syndicate with it as with your own site.
    """
    if stay and not morning:
        raise click.UsageError("--stay goes with --morning")
    if morning:
        return int(_example("demo").run(stay=stay))
    return _serve(port)


def _serve(port: int) -> int:
    from syndicate.cli.post import stopping

    stop = threading.Event()
    try:
        site = _example("serve").Site(port)
    except OSError as fault:
        told = f"port {port} cannot be used: {(fault.strerror or str(fault)).lower()}"
        raise ConfigError(told, hint="choose another with --port, or --port 0 for a free one") from fault
    with site, stopping(stop) as received:
        site.publish(1)  # the newest one is in English
        click.echo(site.url)
        click.echo("a sample site, until Ctrl-C; in another terminal and a new folder, type:", err=True)
        click.echo(f"  syndicate init --site {site.url}", err=True)
        click.echo("  syndicate preview", err=True)
        click.echo("  syndicate post", err=True)
        click.echo(f"  curl -d '{{}}' {site.url}/_site/publish   # publishes {len(site.waiting)}", err=True)
        click.echo("  syndicate post", err=True)
        while not stop.wait(0.5):
            pass
    return 128 + received[0]


def _example(name: str) -> Any:
    """A module of the examples: next to the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parents[1]
    folder = next(place for place in (package / "examples", package.parent / "examples") if place.is_dir())
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    return importlib.import_module(name)
