"""`syndicate deliveries export`: where each article was posted, as the JSON file that `after.file` keeps up to date."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli.options import Shared, known, opened, shared_options
from syndicate.cli.output import print_json_lines
from syndicate.errors import SyndicateError


@click.command()
@click.option("--format", "_format", type=click.Choice(["json"]), default="json", help="The format; there is one.")
@click.option("--site", metavar="NAME", help="Only this site, of many; its accounts are called as its config has them.")
@click.option("--output", "-o", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write it to a file.")
@shared_options
@click.pass_obj
def export(shared: Shared, *, _format: str, site: str | None, target: Path | None) -> None:
    """Print the addresses of all posts by article: {article: [{account, platform, url, id, at}]}.

    It is sorted and has no secrets. Deleted posts are left out. With --json, one line for each article.
    """
    from syndicate.delivery.permalinks import as_text, of_all
    from syndicate.net import whole_file

    if shared.json and target is not None:
        raise click.UsageError("use --json or --output, not both")
    with opened(shared, fill=True) as app:
        known("site", app.config.sites, [site] if site else [])
        posts = of_all(app.ledger, site or "")
    if shared.json:
        print_json_lines({"article": article, "posts": posts[article]} for article in sorted(posts))
        return
    text = as_text(posts)
    if target is None:
        click.echo(text, nl=False)
        return
    try:
        whole_file.replace(target, text.encode())
    except OSError as fault:
        raise SyndicateError(f"{target} cannot be written: {(fault.strerror or str(fault)).lower()}") from fault
