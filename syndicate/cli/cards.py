"""`syndicate cards`: draws the card themes on sample articles, for designers."""

from __future__ import annotations

import functools
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syndicate.cli.options import Shared, given, known, loaded, shared_options

if TYPE_CHECKING:
    from syndicate.model import Site
    from syndicate.rendering.cards.studio import Studio

LOOK_AGAIN = 0.4  # seconds between looks at the files


@click.group()
@shared_options
def command() -> None:
    """See how the card themes look on sample articles."""


@command.command()
@click.option("--theme", "themes", multiple=True, metavar="NAME", help="Only this theme (repeatable).")
@click.option("--size", "sizes", multiple=True, metavar="NAME", help="Only this size: default, x, … (repeatable).")
@click.option("--output", metavar="FILE", default="cards.html", show_default=True, help="The page to write.")
@click.option("--templates", metavar="FOLDER", help="Your templates, if there is no config yet.")
@click.option("--open", "opens", is_flag=True, help="Show the page in a browser.")
@click.option("--site", "named", metavar="NAME", help="The site, if the config has several.")
@click.option("--watch", is_flag=True, help="Draw again when a file of a theme changes, until Ctrl-C.")
@shared_options
@click.pass_obj
def preview(
    shared: Shared,
    *,
    themes: tuple[str, ...],
    sizes: tuple[str, ...],
    output: str,
    templates: str | None,
    opens: bool,
    watch: bool,
    named: str | None,
) -> int:
    """Draw all themes, in all sizes, on sample articles in every script, as one HTML page."""
    from syndicate.rendering.cards.studio import Studio
    from syndicate.rendering.cards.theme import names
    from syndicate.rendering.preview.files import open_in_browser

    directories, site = _desk(shared, templates, named)
    there = names(directories)
    for name in themes:
        if name not in there:
            raise click.UsageError(f"no theme is called '{name}' (known: {', '.join(there)})")
    path = Path(output)
    studio = Studio(directories)
    draw = functools.partial(_draw, studio, directories, site, themes, sizes, path)
    try:
        before = _stamp(directories)
        faults = draw()
        if opens and not open_in_browser(path):
            click.echo("no browser was found to open it in", err=True)
        while watch:
            # What changed while the last sheet was drawn counts as well.
            while (now := _stamp(directories)) == before:
                time.sleep(LOOK_AGAIN)
            before = now
            faults = draw()
    except KeyboardInterrupt:
        return 0
    finally:
        studio.close()
    return int(bool(faults))


def _stamp(directories: list[Path]) -> object:
    """A value that changes when any file of any theme does."""
    from syndicate.rendering.cards.theme import FOLDER, stamp

    homes = [directory / FOLDER for directory in directories]
    return stamp([folder for home in homes for folder in (home, *sorted(home.glob("*/")))])


def _draw(
    studio: Studio, directories: list[Path], site: Site, themes: tuple[str, ...], sizes: tuple[str, ...], path: Path
) -> tuple[str, ...]:
    from syndicate.rendering.preview.files import write
    from syndicate.rendering.preview.samples import samples
    from syndicate.rendering.preview.sheet import sheet

    made = sheet(
        directories,
        samples(),
        site,
        studio,
        themes=themes,
        sizes=sizes,
        progress=lambda what: click.echo(f"drawing {what}", err=True),
    )
    if sizes and not made.cards and not made.faults:
        raise click.UsageError(f"no theme has a size {' or '.join(sizes)}")
    write(path, made.html)
    for fault in made.faults:
        click.echo(fault, err=True)
    click.echo(f"{made.cards} cards are in {path}", err=True)
    return made.faults


def _desk(shared: Shared, templates: str | None, named: str | None) -> tuple[list[Path], Site]:
    """The template folders, and the site whose name is on the cards; a sample site if there is no config."""
    from syndicate.rendering.environment import builtin_templates
    from syndicate.rendering.preview.samples import SITE

    if templates is not None:
        folder = Path(templates)
        if not folder.is_dir():
            raise click.UsageError(f"--templates {templates}: no such folder")
        return [folder, builtin_templates()], SITE
    path = given(shared)
    if shared.config is None and "SYNDICATE_CONFIG" not in os.environ and not path.exists():
        return [builtin_templates()], SITE
    config = loaded(shared, fill=True)
    if named is not None:
        known("site", config.sites, [named])
    elif config.sites:
        raise click.UsageError(f"say --site NAME (known: {', '.join(config.sites)})")
    found = config.of(f"{named or ''}/")
    return [*([found.templates] if found.templates else []), builtin_templates()], found.site
