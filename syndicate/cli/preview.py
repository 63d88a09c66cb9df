"""`syndicate preview`: a dry run that shows each post as its network would."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syndicate.cli.options import Shared, shared_options
from syndicate.cli.output import is_terminal, print_json
from syndicate.cli.post import begin, exit_code, gather, records, rehearsed, report, send, within_sites
from syndicate.cli.scope import Scope, scope_options
from syndicate.cli.terminal import bare

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.rendering.preview.facts import Shown


@click.command()
@click.option("--html", metavar="FILE", help="Write a page that looks like each network; - for standard output.")
@click.option("--open", "opens", is_flag=True, help="Show the page in a browser.")
@scope_options(article="Only this article, whatever its age.", backfill="Also the newest K of each source.")
@shared_options
@click.pass_obj
def command(
    shared: Shared,
    *,
    html: str | None,
    opens: bool,
    scope: Scope,
) -> int:
    """Show each post as it would be sent: text, link, picture, alt text, length. Sends nothing."""
    if html == "-" and (opens or shared.json):
        raise click.UsageError("--html - writes the page to standard output; leave out --open and --json")
    with rehearsed(shared, dry_run=True, sandbox=False) as app:
        scope = within_sites(scope, app)
        run = begin(app, scope)
        if scope.article:
            run.announce(scope.article, at_once=scope.at_once)
        else:
            gather(run, app, scope)
        send(run, app)
        found = records(run.outcome, app, scope.accounts)
        if shared.json:
            for record in found:
                print_json(record)
        if html or opens or not shared.json:
            entries = _facts(app, found)
            if html or opens:
                _page(app, entries, html, opens=opens)
            elif not shared.json:
                from syndicate.app.kept_files import kept_file
                from syndicate.rendering.preview.terminal import show

                show(entries, bare(sys.stdout), lambda media: kept_file(_short(media.file), media.data))
        report(run.outcome, app, scope.accounts, shared, listed=False)
        return exit_code(run.outcome, app, scope.accounts)


def _short(file: str) -> str:
    """A picture's name, with enough of its SHA-256 to tell it from others."""
    digest, _, extension = file.partition(".")
    return f"{digest[:16]}.{extension}"


def _facts(app: App, found: list[dict[str, Any]]) -> list[Shown]:
    from syndicate.app.dry_run import of_part
    from syndicate.rendering.preview.facts import shown

    deliveries = [each for record in found if (each := app.ledger.deliveries.find(record["key"]))]
    exhibits = dict(app.kind.recordings)
    for each in deliveries:
        if each.part and each.key in exhibits:
            exhibits[each.key] = of_part(each, app.ledger.articles.find(each.anchor).article, exhibits[each.key])
    errors = {delivery.key: delivery.error for delivery in deliveries}
    pages = app.pages.troubles(app.ledger.articles.find(each.anchor).article for each in deliveries)
    adapters = (app.lanes.of(account.name).platform for account in app.accounts)
    undescribed = {adapter.name for adapter in adapters if not adapter.limits.alt}
    return shown(found, exhibits, errors, pages, undescribed)


def _names(app: App) -> dict[str, str]:
    """The accounts' own names on their networks: as verified, else as the config has them."""
    named = {}
    for account in app.accounts:
        state = app.ledger.accounts.find(account.name)
        handle = getattr(app.config.accounts[account.name].options, "handle", None)
        known = state.identity.name if state and state.identity else None
        named[account.name] = known or (f"@{handle.removeprefix('@')}" if handle else "")
    return named


def _page(app: App, entries: list[Shown], html: str | None, *, opens: bool) -> None:
    from syndicate.ports import Recognisable
    from syndicate.rendering.preview import files
    from syndicate.rendering.preview.page import Page

    adapters = (app.lanes.of(account.name).platform for account in app.accounts)
    looks = {adapter.name: adapter.look for adapter in adapters if isinstance(adapter, Recognisable)}
    small = app.renderer.studio().small
    page = Page(app.config.site, app.ledger.now(), entries, _names(app), looks, small, tuple(app.notes)).html()
    if html == "-":
        click.echo(page, nl=False, file=sys.stdout if is_terminal(sys.stdout) else bare(sys.stdout))
        return
    path = Path(html) if html else files.spare("syndicate-preview-")
    files.write(path, page)
    click.echo(f"the preview is in {path}", err=True)
    if opens and not files.open_in_browser(path):
        click.echo("no browser was found to open it in", err=True)
