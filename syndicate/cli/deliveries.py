"""`syndicate deliveries`: shows what is in the ledger, and records what a person decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from syndicate.cli import complain
from syndicate.cli.options import Shared, follow_names, known, opened, shared_options
from syndicate.cli.output import print_deliveries, print_delivery, print_json
from syndicate.delivery import decisions
from syndicate.errors import SyndicateError
from syndicate.model import Delivery, Rendered
from syndicate.serialization import freeze

if TYPE_CHECKING:
    from syndicate.app.wiring import App

REASON = click.Choice(decisions.WAITING)
STATES = ("planned", "due", "sending", "unknown", "held", "posted", "skipped", "failed")


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
    """List and show deliveries; approve, retry, skip, resolve or delete them."""


@command.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these (repeatable).")
@click.option("--account", "accounts", multiple=True, metavar="NAME", help="Only this account (repeatable).")
@shared_options
@click.pass_obj
def listed(shared: Shared, *, states: tuple[str, ...], accounts: tuple[str, ...]) -> None:
    """List deliveries in the order in which they were planned, as the next run would find them."""
    from syndicate.delivery.gates import Gate
    from syndicate.delivery.outlook import outlook
    from syndicate.serialization import delivery_record

    with opened(shared, fill=True) as app:
        known("account", {*app.config.accounts, *app.ledger.deliveries.accounts()}, accounts)
        now = outlook(app.accounts, app.ledger, Gate(app.ledger))
        found = (now.get(row.key, row) for row in app.ledger.deliveries.search(accounts=accounts))
        wanted = [delivery_record(row) for row in found if not states or row.state in states]
        print_deliveries(wanted, as_json=shared.json)


@command.command()
@click.argument("key")
@shared_options
@click.pass_obj
def show(shared: Shared, *, key: str) -> None:
    """Show one delivery: text, pictures, attempts. If it waits, its post is shown as it would be sent now.

    The first characters of the KEY are enough.
    """
    from syndicate.serialization import delivery_record

    with opened(shared, fill=True) as app:
        delivery = _find(app, key)
        digest = None
        if delivery.action == "post" and delivery.state in ("planned", "due") and delivery.post is None:
            post, digest = freeze(_rendered(app, delivery))
            delivery = replace(delivery, post=post)
        if shared.json:
            print_json(delivery_record(delivery) | ({"digest": digest} if digest else {}))
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
        return _each(_chosen(app, keys, batch), lambda delivery: _approve(app, delivery, digest))


def _approve(app: App, delivery: Delivery, digest: str | None) -> None:
    """Approve the post as it would be sent now; another text or picture needs a new approval."""
    try:
        after = decisions.approve(delivery, lambda each: freeze(_rendered(app, each)), app.ledger, digest)
    except SyndicateError as fault:
        hint = f"look again: syndicate deliveries show {delivery.key[:8]}" if digest else fault.hint
        raise SyndicateError(str(fault), hint=hint) from fault
    click.echo(str((after.post or {}).get("text")), err=True)
    _report(delivery, after)


def _chosen(app: App, keys: tuple[str, ...], batch: dict[str, tuple[str, ...]]) -> list[Delivery]:
    """The deliveries with these keys, or else the planned ones of the batch, in order. Raises if there are none."""
    if bool(keys) == any(batch.values()):
        raise click.UsageError("name deliveries by KEY, or a batch by --reason, --source and --account")
    if keys:
        return [_find(app, key) for key in keys]
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


def _find(app: App, key: str) -> Delivery:
    """The one delivery whose key begins like this. Raises SyndicateError if there is none, or more than one."""
    follow_names(app)
    try:
        return decisions.find(key, app.ledger)
    except SyndicateError as fault:
        raise SyndicateError(str(fault), hint=fault.hint or "run syndicate deliveries list") from fault


def _rendered(app: App, delivery: Delivery) -> Rendered:
    """The post of a delivery as it would be sent now."""
    return app.renderer.rendered(delivery, app.lanes.of(delivery.account), app.ledger)


def _each(chosen: list[Delivery], act: Callable[[Delivery], None]) -> int:
    """Act on one after the other; an error with one does not stop the others. 1 if there was any, else 0."""
    failed = 0
    for delivery in chosen:
        try:
            act(delivery)
        except SyndicateError as fault:
            if len(chosen) == 1:
                raise
            complain(fault)
            failed = 1
    return failed


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@shared_options
@click.pass_obj
def delete(shared: Shared, *, keys: tuple[str, ...]) -> int:
    """Delete posts from their networks, where these allow it."""
    failed = 0
    with opened(shared) as app:
        for key in keys:
            delivery = _find(app, key)
            after = decisions.delete(delivery, app.deliver, app.ledger)
            named = f"{delivery.key[:8]} {delivery.account}"
            if after.state == "posted":
                click.echo(f"{named}: deleted")
                continue
            failed = 1
            later = "" if after.state == "failed" else "; the next run tries again"
            click.echo(f"{named}: not deleted: {after.error or after.state}{later}", err=True)
    return failed


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@shared_options
@click.pass_obj
def retry(shared: Shared, *, keys: tuple[str, ...]) -> None:
    """Try failed deliveries again, as if for the first time."""
    with opened(shared, fill=True) as app:
        for key in keys:
            delivery = _find(app, key)
            _report(delivery, decisions.retry(delivery, app.ledger))


@command.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@batch_options
@shared_options
@click.pass_obj
def skip(shared: Shared, /, *, keys: tuple[str, ...], **batch: tuple[str, ...]) -> int:
    """Never send these deliveries: by KEY, or all that wait for a reason."""
    with opened(shared, fill=True) as app:
        return _each(_chosen(app, keys, batch), lambda each: _report(each, decisions.skip(each, app.ledger)))


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
        delivery = _find(app, key)
        _report(delivery, decisions.resolve(delivery, app.ledger, url=url))


def _report(before: Delivery, after: Delivery) -> None:
    click.echo(f"{before.key[:8]} {before.account}: {before.state} → {after.state}")
