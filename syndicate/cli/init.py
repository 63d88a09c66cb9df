"""`syndicate init`: writes a commented config to start from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import click

from syndicate.cli.options import Shared, shared_options
from syndicate.errors import ConfigError, SourceError, SyndicateError, reworded

_UNREAD = "if the site has no https, write http:// in front of its address; without --site, a config is written as well"


@click.command()
@click.option(
    "--site", metavar="URL", help="Your site, such as gazette.example; its feeds are found and written into the config."
)
@shared_options
@click.pass_obj
def command(shared: Shared, *, site: str | None) -> None:
    """Write a commented config, and a schema beside it for your editor. Never overwrites a config."""
    from syndicate.app.clock import now
    from syndicate.app.sources import discover, stated
    from syndicate.app.wiring import config_path
    from syndicate.config.starter import SCHEMA, starter
    from syndicate.sources.discovery import is_zone
    from syndicate.sources.generators import find

    path = config_path(shared.config)
    if path.exists():
        raise ConfigError(f"{path} already exists", hint="name another with --config FILE")
    bare = site is not None and "://" not in site
    site = f"https://{site}" if bare else site
    if site is not None and (urlsplit(site).scheme not in ("http", "https") or not urlsplit(site).hostname):
        raise click.UsageError(f"--site needs an address such as https://gazette.example, not {site!r}")
    if site is not None and "@" in urlsplit(site).netloc:
        raise click.UsageError("--site contains a login; leave it out, and write it into the sources that need it")
    try:
        name, found = discover(site, now) if site else ("The Example Gazette", [])
        language, zone = stated(site, now) if site else ("", "")
    except SourceError as fault:
        raise reworded(fault, str(fault), fault.hint or (_UNREAD if bare else None)) from fault
    listed = [(source.type, source.url) for source in found]
    on_disk = None if found else find(path.absolute().parent)
    if on_disk:
        listed = [("folder", f"./{on_disk.content}".removeprefix("././"))]
        site = site or (on_disk.url if on_disk.url.startswith("http") else None)
        language, zone = language or on_disk.language, zone or (on_disk.zone if is_zone(on_disk.zone) else "")
    _write(path, starter(name, site or "https://gazette.example/", listed, language=language, zone=zone))
    _write_schema(path.with_name(SCHEMA))
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


def _write_schema(path: Path) -> None:
    """Write the settings of this version for editors. Another file of that name stays, and a line says so."""
    from syndicate.config.editor import TITLE, json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    try:
        if path.exists() and TITLE not in path.read_text(encoding="utf-8", errors="replace"):
            click.echo(f"{path} is no schema of ours and stays; syndicate config schema prints one", err=True)
            return
        path.write_text(text, encoding="utf-8")
    except OSError as fault:  # the config is there, and works without it
        click.echo(f"{path} cannot be written: {fault.strerror}; syndicate config schema prints it", err=True)
