"""`syndicate deliveries`: shows what is in the ledger, and records what a person decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from syndicate.cli.choice import each, find, report
from syndicate.cli.deliveries_delete import delete, repost
from syndicate.cli.deliveries_export import export
from syndicate.cli.deliveries_list import listed
from syndicate.cli.options import Shared, follow_names, known, opened, shared_options
from syndicate.cli.output import print_delivery, print_json
from syndicate.delivery import decisions
from syndicate.errors import SyndicateError
from syndicate.model import Delivery, Json, Rendered
from syndicate.serialization import PARTS, freeze

if TYPE_CHECKING:
    from syndicate.app.wiring import App

_FURTHER = ("text", "length", "limit", "link")
REASON = click.Choice(decisions.WAITING)


def batch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name a batch of planned deliveries, instead of their keys."""
    for option in (
        click.option("--account", "accounts", multiple=True, metavar="NAME", help="All for this account."),
        click.option("--source", "sources", multiple=True, metavar="NAME", help="All from this source."),
        click.option("--reason", "reasons", multiple=True, type=REASON, help="All that wait for this reason."),
    ):
        command = option(command)
    return command


@click.group()
@shared_options
def command() -> None:
    """List, show and export deliveries; approve, retry, skip, resolve, delete or repost them."""


command.add_command(listed)


@command.command()
@click.argument("key")
@shared_options
@click.pass_obj
def show(shared: Shared, *, key: str) -> None:
    """Show one delivery: text, pictures, attempts, its thread. If it waits, its post is shown as it would be sent now.

    The first characters of the KEY are enough.
    """
    from syndicate.serialization import delivery_record

    with opened(shared, fill=True) as app:
        delivery = find(app, key)
        digest = None
        if delivery.action == "post" and delivery.state in ("planned", "due") and "text" not in (delivery.post or {}):
            post, digest = _settled(app, delivery) if delivery.part else freeze(_rendered(app, delivery))
            delivery = replace(delivery, post=post)
        if shared.json:
            further = [{name: each[name] for name in _FURTHER} for each in (delivery.post or {}).get(PARTS, [])]
            print_json(delivery_record(delivery) | {"digest": digest, "thread": further})
            return
        print_delivery(delivery, app.ledger.deliveries.attempts(delivery.key))
        if digest:
            click.echo(f"digest:     {digest}")


@command.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@click.option("--digest", metavar="DIGEST", help="Only if the post still has this digest, which show prints.")
@batch_options
@shared_options
@click.pass_obj
def approve(shared: Shared, /, *, keys: tuple[str, ...], digest: str | None, **batch: tuple[str, ...]) -> int:
    """Approve planned deliveries, exactly as they would be sent now: by KEY, or all that wait for a reason.

    To approve a whole batch: approve --reason burst --source news
    """
    if digest and len(keys) != 1:
        raise click.UsageError("--digest goes with one KEY")
    with opened(shared) as app:
        _look_first(app)
        return each(_chosen(app, keys, batch), lambda delivery: _approve(app, delivery, digest, shared))


def _look_first(app: App) -> None:
    """After a restore: ask the networks what they have, before somebody approves what is there already."""
    from syndicate.cli.recover import notice

    notice(app)
    for account in app.accounts:
        if app.ledger.recovery.wanted(account.name) is not None:
            for note in app.look_first(account.name).notes:
                click.echo(f"{account.name}: {note}", err=True)


def _approve(app: App, delivery: Delivery, digest: str | None, shared: Shared) -> None:
    """Approve the post as it would be sent now; another text or picture needs a new approval."""
    try:
        after = decisions.approve(delivery, lambda one: freeze(_rendered(app, one)), app.ledger, digest)
    except SyndicateError as fault:
        hint = f"look again: syndicate deliveries show {delivery.key[:8]}" if digest else fault.hint
        raise SyndicateError(str(fault), hint=hint) from fault
    post = after.post or {}
    click.echo("\n\n".join(str(each.get("text")) for each in (post, *post.get(PARTS, ()))), err=True)
    report(delivery, after, shared)


def _chosen(app: App, keys: tuple[str, ...], batch: dict[str, tuple[str, ...]]) -> list[Delivery]:
    """The deliveries with these keys, or else the planned ones of the batch, in order. Raises if there are none."""
    if bool(keys) == any(batch.values()):
        raise click.UsageError("name deliveries by KEY, or a batch by --reason, --source and --account")
    if keys:
        return [find(app, key) for key in keys]
    follow_names(app)
    batch |= {
        "sources": tuple(app.ledger.former_names.now("source", batch["sources"])),
        "accounts": tuple(app.ledger.former_names.now("account", batch["accounts"])),
    }
    left = {source for _, source in app.ledger.backlog.batches()}  # one that has another name by now
    known("source", {**app.config.sources, **dict.fromkeys(left)}, batch["sources"])
    known("account", {*app.config.accounts, *app.ledger.deliveries.accounts()}, batch["accounts"])
    found = decisions.batch(app.ledger, **batch)
    if not found:
        raise SyndicateError("no delivery waits for that", hint="run syndicate deliveries list --state planned")
    return found


def _settled(app: App, part: Delivery) -> tuple[Json | None, None]:
    """A further post of a thread that is not sent yet, in the words that were settled with the first one."""
    first = app.ledger.deliveries.of(part.anchor, part.account, part.revision)
    further = ((first and first.post) or {}).get(PARTS, [])
    return (further[part.part - 1] if len(further) >= part.part else None), None


def _rendered(app: App, delivery: Delivery) -> Rendered:
    """The post of a delivery as it would be sent now."""
    return app.renderer.rendered(delivery, app.lanes.of(delivery.account), app.ledger)


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@click.option("--in-post", is_flag=True, help="Of replies with a link: put it into the post instead, by an edit.")
@shared_options
@click.pass_obj
def retry(shared: Shared, *, keys: tuple[str, ...], in_post: bool) -> int:
    """Try failed deliveries again, as if for the first time."""
    with opened(shared, fill=True) as app:
        found = [find(app, key) for key in keys]
        if in_post:
            from syndicate.cli.deliveries_in_post import put_into_post

            return each(found, lambda one: put_into_post(app, one, shared))
        for delivery in found:
            report(delivery, decisions.retry(delivery, app.ledger), shared)
    return 0


@command.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@batch_options
@shared_options
@click.pass_obj
def skip(shared: Shared, /, *, keys: tuple[str, ...], **batch: tuple[str, ...]) -> int:
    """Never send these deliveries: by KEY, or all that wait for a reason."""
    with opened(shared, fill=True) as app:
        return each(_chosen(app, keys, batch), lambda one: report(one, decisions.skip(one, app.ledger), shared))


@command.command()
@click.argument("key")
@click.option("--sent", "url", metavar="URL", help="It arrived, and this is its address.")
@click.option("--not-sent", is_flag=True, help="It did not arrive: send it.")
@shared_options
@click.pass_obj
def resolve(shared: Shared, *, key: str, url: str | None, not_sent: bool) -> None:
    """Say whether a held delivery arrived, after you have looked at the network."""
    if bool(url) == not_sent:
        raise click.UsageError("use either --sent URL or --not-sent")
    if url and not url.startswith(("http://", "https://")):
        raise click.UsageError(f"--sent needs the post's address, not {url!r}")
    with opened(shared, fill=True) as app:
        delivery = find(app, key)
        report(delivery, decisions.resolve(delivery, app.ledger, url=url), shared)


command.add_command(delete)
command.add_command(repost)
command.add_command(export)
