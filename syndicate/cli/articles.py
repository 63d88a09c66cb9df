"""`syndicate articles`: reads sources and prints the articles that they list now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from syndicate.cli import complain
from syndicate.cli.options import Shared, known, loaded, of_sites, shared_options, site_option
from syndicate.cli.output import print_json
from syndicate.cli.terminal import style
from syndicate.errors import SourceError
from syndicate.model import Article, Reading, Validators

if TYPE_CHECKING:
    from syndicate.ports import Source


@click.command()
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source (repeatable).")
@site_option
@click.option(
    "--from", "origin", metavar="URL|FILE|-", help="A feed, list, sitemap, page or folder of yours; needs no config."
)
@click.option("--base", metavar="URL", help="With --from FILE: the address of the file, to resolve its links.")
@shared_options
@click.pass_obj
def command(
    shared: Shared, *, sources: tuple[str, ...], sites: tuple[str, ...], origin: str | None, base: str | None
) -> int:
    """Read sources and print their articles; writes nothing."""
    if base and not origin:
        raise click.UsageError("--base goes with --from FILE")
    if origin and (sources or sites):
        raise click.UsageError(f"use --from or {'--source' if sources else '--site'}, not both")
    failed = 0
    for name, fetch in _one(origin, base) if origin else _configured(shared, sources, sites):
        try:
            fetched = fetch()
        except SourceError as fault:
            complain(fault)
            failed = 1
            continue
        _show(name, fetched, shared)
    return failed


def _show(name: str, fetched: Reading, shared: Shared) -> None:
    from syndicate.app.advice import omissions

    for note in (*fetched.notes, *omissions(fetched.left_out)):
        click.echo(f"{name}: {note}", err=True)
    for each in fetched.left_out if shared.verbose else ():
        click.echo(f"{name}: left out: {each.place}: {each.why}", err=True)
    if not fetched.articles:
        click.echo(f"{name}: no articles", err=True)
    for article in fetched.articles:
        if article.withdrawn:  # printed, it would look like any other
            click.echo(f"{name}: withdrawn: {article.title or article.url or article.guid}", err=True)
        else:
            _print(article, as_json=shared.json)


def _configured(shared: Shared, sources: tuple[str, ...], sites: tuple[str, ...]) -> list[tuple[str, _Fetch]]:
    from syndicate.app.clock import now
    from syndicate.app.sources import reader

    config = loaded(shared, fill=True)
    names = [*known("source", config.sources, sources), *of_sites(config, sites, config.sources)]
    names = names if sources or sites else list(config.sources)
    return [(name, _whole(reader(config, name, now))) for name in names]


def _one(origin: str, base: str | None) -> list[tuple[str, _Fetch]]:
    from syndicate.app.clock import now
    from syndicate.app.sources import read_file, read_stdin, read_url
    from syndicate.net.address_guard import bare

    if origin == "-":
        return [("standard input", lambda: read_stdin(base, now))]
    if "://" in origin:
        return [(bare(origin), lambda: read_url(origin, now))]
    return [(origin, lambda: read_file(Path(origin), base, now))]


def _whole(source: Source) -> _Fetch:
    return lambda: source.fetch(Validators())


def _print(article: Article, *, as_json: bool) -> None:
    from syndicate.serialization import article_record, instant
    from syndicate.text import cut, plain

    if as_json:
        print_json(article_record(article))
        return
    when = instant(article.published) or "undated"
    section = f"  [{article.section}]" if article.section else ""
    shown = article.title or cut(plain(article.body), 70) or "(no title)"
    note = "  (a note)" if article.form == "note" else ""
    click.echo(f"{when:<20}  {style(shown, bold=True)}{section}{note}")
    click.echo(f"{'':<20}  {article.url}")


if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    _Fetch: TypeAlias = Callable[[], Reading]
