"""`syndicate deliveries`: the ledger, and the decisions only a person can take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from syndicate.cli import complain
from syndicate.cli.options import Shared, known, opened, shared_options
from syndicate.cli.output import PERSONS, print_deliveries, print_delivery, print_json
from syndicate.errors import SyndicateError
from syndicate.model import Delivery, Receipt

if TYPE_CHECKING:
    from syndicate.app.wiring import App

WAITING = (*PERSONS, "preflight")
STATES = ("planned", "due", "sending", "unknown", "held", "posted", "skipped", "failed")


def batch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What names a batch of planned deliveries instead of their keys."""
    for option in (
        click.option("--account", "accounts", multiple=True, metavar="NAME", help="All for this account."),
        click.option("--source", "sources", multiple=True, metavar="NAME", help="All from this source."),
        click.option("--reason", "reasons", multiple=True, type=click.Choice(WAITING), help="All that wait for this."),
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
    """Every delivery, in the order they were planned."""
    from syndicate.serialization import delivery_record

    with opened(shared, fill=True) as app:
        known("account", {*app.config.accounts, *app.ledger.deliveries.accounts()}, accounts)
        found = app.ledger.deliveries.search(states=states, accounts=accounts)
        print_deliveries([delivery_record(delivery) for delivery in found], as_json=shared.json)


@command.command()
@click.argument("key")
@shared_options
@click.pass_obj
def show(shared: Shared, *, key: str) -> None:
    """One delivery in full: text, pictures, attempts; what waits, as it would go out now.

    The first digits of the key are enough.
    """
    from syndicate.serialization import delivery_record

    with opened(shared, fill=True) as app:
        delivery = find(app, key)
        digest = None
        if delivery.action == "post" and delivery.state in ("planned", "due") and delivery.post is None:
            delivery, digest = _rendered(app, delivery)
        if shared.json:
            print_json(delivery_record(delivery) | ({"digest": digest} if digest else {}))
            return
        print_delivery(delivery, app.ledger.deliveries.attempts(delivery.key))
        if digest:
            click.echo(f"digest:     {digest}")


@command.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@click.option("--digest", metavar="DIGEST", help="Only if it would still go out as this digest, which show prints.")
@batch_options
@shared_options
@click.pass_obj
def approve(shared: Shared, /, *, keys: tuple[str, ...], digest: str | None, **batch: tuple[str, ...]) -> int:
    """Let planned deliveries go out, exactly as they would now: by KEY, or all that wait for a reason.

    One yes for a whole batch: approve --reason burst --source news
    """
    if digest and len(keys) != 1:
        raise click.UsageError("--digest goes with one KEY")
    with opened(shared) as app:
        return _each(_chosen(app, keys, batch), lambda delivery: _approve(app, delivery, digest))


def _approve(app: App, delivery: Delivery, digest: str | None) -> None:
    """A yes is to what would go out now: another text or picture asks again."""
    now, moved = app.ledger.now(), False
    approvable = delivery.state == "planned" and delivery.reason in WAITING
    if approvable:
        shown, bound = _rendered(app, delivery)
        if digest and not bound.startswith(digest):
            raise SyndicateError(
                f"{delivery.key[:8]} would go out otherwise by now, as {bound[:16]}…",
                hint=f"look again: syndicate deliveries show {delivery.key[:8]}",
            )
        waits = delivery.reason != "preflight" and delivery.due_at is not None and delivery.due_at > now
        columns: dict[str, Any] = {"approved": bound, "error": None, "due_at": delivery.due_at if waits else now}
        if delivery.reason == "preflight":  # whatever its page answers, and however old it is
            columns["expires_at"] = None
        moved = app.ledger.claims.decide(
            delivery, ("planned",), "planned" if waits else "due", "embargo" if waits else None, now=now, **columns
        )
        if moved:
            click.echo(str((shown.post or {}).get("text")), err=True)
    _answer(app, delivery, moved=moved, verb="approve", takes=f"planned ({', '.join(WAITING)})")


def _chosen(app: App, keys: tuple[str, ...], batch: dict[str, tuple[str, ...]]) -> list[Delivery]:
    """The deliveries that were named, or all planned ones that the options of a batch fit, in order."""
    if bool(keys) == any(batch.values()):
        raise click.UsageError("name deliveries by KEY, or a batch by --reason, --source and --account")
    if keys:
        return [find(app, key) for key in keys]
    left = {source for _, source in app.ledger.backlog.batches()}  # one that has another name by now
    known("source", {**app.config.sources, **dict.fromkeys(left)}, batch["sources"])
    known("account", {*app.config.accounts, *app.ledger.deliveries.accounts()}, batch["accounts"])
    waiting = app.ledger.deliveries.search(states=("planned",), accounts=batch["accounts"], sources=batch["sources"])
    reasons = batch["reasons"] or WAITING
    found = [delivery for delivery in waiting if delivery.reason in reasons]
    if not found:
        raise SyndicateError("nothing waits for that", hint="run syndicate deliveries list --state planned")
    return found


def _each(chosen: list[Delivery], act: Callable[[Delivery], None]) -> int:
    """Act on one after the other; what fails for one keeps none of the others from it. 1 if any did."""
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


def _rendered(app: App, delivery: Delivery) -> tuple[Delivery, str]:
    """A delivery with the post it would be now, and that post's digest."""
    from syndicate.serialization import post_record

    made, digest = app.renderer.rendered(delivery, app.lanes.of(delivery.account), app.ledger)
    post = post_record(made.post) | {"length": made.length, "limit": made.limit}
    return replace(delivery, post=post), digest


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@shared_options
@click.pass_obj
def delete(shared: Shared, *, keys: tuple[str, ...]) -> int:
    """Withdraw posts from their networks, where these allow it."""
    from syndicate.planning.changes import plan_delete

    failed = 0
    with opened(shared) as app:
        for key in keys:
            delivery = find(app, key)
            if delivery.action != "post" or delivery.state != "posted":
                _answer(app, delivery, moved=False, verb="delete", takes="posted")
            row = app.ledger.deliveries.find(plan_delete(delivery, app.ledger, app.ledger.now()))
            assert row is not None
            after, _ = app.deliver(row)
            if after.state == "posted":
                click.echo(f"{delivery.key[:8]} {delivery.account}: deleted")
                continue
            failed = 1
            later = "" if after.state == "failed" else "; it is tried again by the next run"
            click.echo(
                f"{delivery.key[:8]} {delivery.account}: not deleted: {after.error or after.state}{later}", err=True
            )
    return failed


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@shared_options
@click.pass_obj
def retry(shared: Shared, *, keys: tuple[str, ...]) -> None:
    """Try failed deliveries again, as if for the first time."""
    with opened(shared, fill=True) as app:
        for key in keys:
            delivery, now = find(app, key), app.ledger.now()
            fresh = {"due_at": now, "attempts": 0, "unknowns": 0, "absent": 0, "post": None, "error": None}
            moved = app.ledger.claims.decide(delivery, ("failed",), "due", None, now=now, **fresh)
            _answer(app, delivery, moved=moved, verb="retry", takes="failed")


@command.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@batch_options
@shared_options
@click.pass_obj
def skip(shared: Shared, /, *, keys: tuple[str, ...], **batch: tuple[str, ...]) -> int:
    """Never send these deliveries: by KEY, or all that wait for a reason."""
    with opened(shared, fill=True) as app:
        return _each(_chosen(app, keys, batch), lambda delivery: _skip(app, delivery))


def _skip(app: App, delivery: Delivery) -> None:
    moved = app.ledger.claims.decide(
        delivery, ("planned", "due", "failed"), "skipped", "person", now=app.ledger.now(), due_at=None, draft=None
    )
    _answer(app, delivery, moved=moved, verb="skip", takes="planned, due or failed")


@command.command()
@click.argument("key")
@click.option("--sent", "url", metavar="URL", help="It is out there, at this address.")
@click.option("--not-sent", is_flag=True, help="It never arrived: send it.")
@shared_options
@click.pass_obj
def resolve(shared: Shared, *, key: str, url: str | None, not_sent: bool) -> None:
    """Say what became of a held delivery; you have looked at the network."""
    if bool(url) == not_sent:
        raise click.UsageError("say either --sent URL or --not-sent")
    if url and not url.startswith(("http://", "https://")):
        raise click.UsageError(f"--sent needs the post's address, not {url!r}")
    with opened(shared, fill=True) as app:
        delivery, now = find(app, key), app.ledger.now()
        if delivery.state != "held":
            moved = False
        elif url:
            moved = app.ledger.claims.posted(delivery, Receipt(url, url), now=now)
        else:
            fresh = {"due_at": now, "post": None, "draft": None, "committed_at": None, "unknowns": 0, "absent": 0}
            moved = app.ledger.claims.decide(delivery, ("held",), "due", None, now=now, **fresh)
        _answer(app, delivery, moved=moved, verb="resolve", takes="held")


def find(app: App, key: str) -> Delivery:
    """The one delivery whose key begins so."""
    found = app.ledger.deliveries.starting_with(key.strip().lower()) if key.strip() else []
    if not found:
        raise SyndicateError(f"no delivery has a key that begins with {key!r}", hint="run syndicate deliveries list")
    if len(found) > 1:
        raise SyndicateError(f"more than one delivery has a key that begins with {key!r}", hint="type more of it")
    return found[0]


def _answer(app: App, delivery: Delivery, *, moved: bool, verb: str, takes: str) -> None:
    after = app.ledger.deliveries.find(delivery.key) or delivery
    if not moved:
        raise SyndicateError(f"{delivery.key[:8]} is {after.state}; {verb} acts on {takes} deliveries")
    click.echo(f"{delivery.key[:8]} {delivery.account}: {delivery.state} → {after.state}")
