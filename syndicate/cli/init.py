"""`syndicate init`: writes a commented config to start from."""

from __future__ import annotations

import os
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
    from syndicate.app.sources import discover, stated
    from syndicate.app.wiring import config_path
    from syndicate.config.starter import starter
    from syndicate.sources.discovery import is_zone
    from syndicate.sources.generators import find

    path = config_path(shared.config)
    if path.exists():
        raise ConfigError(f"{path} already exists", hint="name another with --config FILE")
    if site is not None and (urlsplit(site).scheme not in ("http", "https") or not urlsplit(site).hostname):
        raise click.UsageError(f"--site needs an address such as https://gazette.example, not {site!r}")
    if site is not None and "@" in urlsplit(site).netloc:
        raise click.UsageError("--site contains a login; leave it out, and write it into the sources that need it")
    name, found = discover(site, now) if site else ("The Example Gazette", [])
    language, zone = stated(site, now) if site else ("", "")
    listed = [(source.type, source.url) for source in found]
    on_disk = None if found else find(path.absolute().parent)
    if on_disk:
        listed = [("folder", f"./{on_disk.content}".removeprefix("././"))]
        site = site or (on_disk.url if on_disk.url.startswith("http") else None)
        language, zone = language or on_disk.language, zone or (on_disk.zone if is_zone(on_disk.zone) else "")
    _write(path, starter(name, site or "https://gazette.example/", listed, language=language, zone=zone))
    if on_disk:
        click.echo(f"found a site of {on_disk.generator}, with its articles in {listed[0][1]}", err=True)
    for source in found:
        click.echo(f"found {source.what} {source.url}", err=True)
    if any("Ghost" in source.what for source in found):
        click.echo("hint: type ghost, with a Content API key, gives more of each article than the feed does", err=True)
    if site and not found and not on_disk:
        click.echo(f"no feed was found at {site}; write its address into {path}", err=True)
    click.echo(str(path))
    click.echo(f"hint: look at {path}, then run syndicate preview", err=True)


def _write(path: Path, text: str) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as fault:
        raise SyndicateError(f"{path} cannot be written: {fault.strerror}") from fault
