"""`syndicate deliveries delete` and `repost`: take posts back, and send again what was deleted."""

from __future__ import annotations

import threading
from itertools import groupby
from typing import TYPE_CHECKING

import click

from syndicate.cli import choice
from syndicate.cli.options import Shared, opened, shared_options
from syndicate.cli.output import print_json
from syndicate.delivery import decisions
from syndicate.errors import SyndicateError
from syndicate.model import Delivery
from syndicate.serialization import delivery_record

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.ports import Platform

OUT = ("sending", "unknown", "held", "posted")
"""States of a post that people can see, or may."""
WAITING = ("planned", "due", "failed")


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@click.option("--article", metavar="URL", help="A whole story: on every account, also where it still waits.")
@click.option("--yes", is_flag=True, help="With --article: do not ask.")
@shared_options
@click.pass_obj
def delete(shared: Shared, *, keys: tuple[str, ...], article: str | None, yes: bool) -> int:
    """Delete posts from their networks, where these allow it: by KEY, or a story everywhere."""
    if bool(keys) == bool(article):
        raise click.UsageError("name posts by KEY, or a story by --article URL")
    with opened(shared) as app:
        if article is None:
            return choice.each([choice.find(app, key) for key in keys], lambda one: _delete(app, one, shared))
        posts = _story(app, article)
        if not posts:
            click.echo(f"nothing of {article} is posted or waits", err=True)
            return 0
        if not choice.agreed(_question(posts, article), yes=yes):
            return 1
        return choice.each(posts, lambda one: _withdraw(app, one, shared))


@click.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@shared_options
@click.pass_obj
def repost(shared: Shared, *, keys: tuple[str, ...]) -> int:
    """Send posts again that were deleted, with their articles as these are now."""
    from syndicate.app.engines.run_once import Run
    from syndicate.cli.post import exit_code, report, send

    with opened(shared) as app:
        posts = sorted({choice.find(app, key).key: choice.find(app, key) for key in keys}.values(), key=_anchor)
        for post in posts:
            _platform(app, post)
        failed = 0
        for _, story in groupby(posts, key=_anchor):
            same = [*story]
            names = tuple(post.account for post in same)
            run = Run(app, accounts=names, stop=threading.Event())
            run.send_again(same)
            send(run, app, verbose=shared.verbose)
            report(run.outcome, app, names, shared)
            failed = max(failed, exit_code(run.outcome, app, names))
        return failed


def _anchor(delivery: Delivery) -> str:
    return delivery.anchor


def _story(app: App, url: str) -> list[Delivery]:
    """What is out of an article, or waits."""
    rows = app.ledger.deliveries.search(anchor=choice.article(app, url), states=(*OUT, *WAITING))
    return [row for row in rows if row.action == "post" and not row.part and row.reason != "deleted"]


def _question(posts: list[Delivery], url: str) -> str:
    out = ", ".join(post.account for post in posts if post.state in OUT)
    waiting = ", ".join(post.account for post in posts if post.state in WAITING)
    told = [f"delete it from {out}"] if out else []
    told += [f"skip it for {waiting}"] if waiting else []
    return f"{url}: {' and '.join(told)}?"


def _delete(app: App, delivery: Delivery, shared: Shared) -> None:
    _tell(delivery, decisions.delete(delivery, _platform(app, delivery), app.deliver, app.ledger), shared)


def _withdraw(app: App, delivery: Delivery, shared: Shared) -> None:
    # What was not sent is skipped, also for an account that left the config.
    platform = _platform(app, delivery) if delivery.state in OUT or delivery.draft is not None else None
    _tell(delivery, decisions.withdraw(delivery, platform, app.deliver, app.ledger), shared)


def _platform(app: App, delivery: Delivery) -> Platform:
    """The adapter of the delivery's account. Raises SyndicateError if the account left the config."""
    if delivery.account not in app.config.accounts:
        where = f": {delivery.permalink}" if delivery.permalink else ""
        raise SyndicateError(f"{delivery.key[:8]}: the account '{delivery.account}' is not in the config{where}")
    return app.lanes.of(delivery.account).platform


def _tell(before: Delivery, after: Delivery, shared: Shared) -> None:
    """Print what became of it. Raises SyndicateError if the post is still there."""
    named = f"{before.key[:8]} {before.account}"
    done = after.state in ("posted", "skipped")
    if shared.json:
        print_json(delivery_record(after))
    elif done:
        click.echo(f"{named}: {'deleted' if after.state == 'posted' else 'skipped'}")
    if not done:
        later = "" if after.state == "failed" else "; the next run tries again"
        why = after.error or ("its post is not confirmed yet" if after.state == "due" else after.state)
        raise SyndicateError(f"{named}: not deleted: {why}{later}")
