"""`syndicate preview`: the dry run, for people."""

from __future__ import annotations

import click

from syndicate.cli.options import Shared, shared_options
from syndicate.cli.output import print_json
from syndicate.cli.post import begin, carry_out, exit_code, records, rehearsed, report


@click.command()
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source (repeatable).")
@click.option("--account", "accounts", multiple=True, metavar="NAME", help="Only this account (repeatable).")
@click.option("--article", metavar="URL|FILE", help="This one article, whatever its age.")
@click.option("--backfill", type=click.IntRange(min=1), metavar="K", help="Also the newest K of each source.")
@shared_options
@click.pass_obj
def command(
    shared: Shared, *, sources: tuple[str, ...], accounts: tuple[str, ...], article: str | None, backfill: int | None
) -> int:
    """Show each post as it would be sent: text, link, picture, alt text, count. Sends nothing."""
    if article and (sources or backfill):
        raise click.UsageError("--article polls no source; leave out --source and --backfill")
    with rehearsed(shared, dry_run=True, sandbox=False) as app:
        run = begin(app, sources, accounts)
        carry_out(run, app, article=article, sources=sources, backfill=backfill)
        shown = records(run.outcome, app, accounts, dry=True)
        if shared.json:
            for record in shown:
                print_json(record)
        else:
            from syndicate.preview.terminal import show

            show(shown, {key: entry.account.platform for key, entry in app.config.accounts.items()})
        report(run.outcome, app, accounts, shared, dry=True, listed=False)
        return exit_code(run.outcome, app, accounts)
