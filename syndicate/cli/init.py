"""`syndicate init`: writes a commented config to start from."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from syndicate.cli.options import Shared, shared_options
from syndicate.errors import ConfigError, SyndicateError


@click.command()
@click.option("--site", metavar="URL", help="Your site; its feeds are found and written into the config.")
@shared_options
@click.pass_obj
def command(shared: Shared, *, site: str | None) -> None:
    """Write a commented config. Never overwrites one."""
    from syndicate.app.clock import now
    from syndicate.app.sources import discover
    from syndicate.app.wiring import config_path
    from syndicate.config.starter import starter

    path = config_path(shared.config)
    if path.exists():
        raise ConfigError(f"{path} already exists", hint="name another with --config FILE")
    if site is not None and (urlsplit(site).scheme not in ("http", "https") or not urlsplit(site).hostname):
        raise click.UsageError(f"--site needs an address such as https://gazette.example, not {site!r}")
    if site is not None and "@" in urlsplit(site).netloc:
        raise click.UsageError("--site contains a login; leave it out, and write it into the sources that need it")
    name, found = discover(site, now) if site else ("The Example Gazette", [])
    listed = [(source.type, source.url) for source in found]
    _write(path, starter(name, site or "https://gazette.example/", listed))
    for source in found:
        click.echo(f"found {source.what} {source.url}", err=True)
    if any("Ghost" in source.what for source in found):
        click.echo("hint: type ghost, with a Content API key, gives more of each article than the feed does", err=True)
    if site and not found:
        click.echo(f"no feed was found at {site}; write its address into {path}", err=True)
    click.echo(str(path))
    click.echo(f"hint: look at {path}, then run syndicate preview", err=True)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as fault:
        raise SyndicateError(f"{path} cannot be written: {fault.strerror}") from fault
