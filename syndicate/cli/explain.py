"""`syndicate explain`: shows what became of an article on each account, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import click

from syndicate.cli.options import Shared, follow_names, of_sites, opened, shared_options, site_option
from syndicate.cli.output import print_json
from syndicate.cli.terminal import style
from syndicate.errors import SyndicateError
from syndicate.model import site_of

if TYPE_CHECKING:
    from syndicate.app.wiring import App
    from syndicate.config.schema import Config
    from syndicate.delivery.explain import Finding
    from syndicate.ledger import Ledger
    from syndicate.ledger.articles import StoredArticle
    from syndicate.model import Account, Delivery

MARKS = {"yes": ("✓", "green"), "no": ("✗", "red"), "waits": ("…", "yellow"), "unclear": ("?", "yellow")}


@click.command()
@click.argument("url")
@site_option
@shared_options
@click.pass_obj
def command(shared: Shared, *, url: str, sites: tuple[str, ...]) -> int:
    """Show what became of an article: for each account, each step and the values that decided it."""
    from syndicate.delivery.gates import Gate
    from syndicate.delivery.outlook import outlook

    with opened(shared, fill=True) as app:
        follow_names(app)
        of_sites(app.config, sites, ())
        for known, alias in _found(app, url, sites):
            if not shared.json:
                _introduce(app.config, known, alias)
            accounts = [each for each in app.accounts if site_of(each.name) == site_of(known.article.source)]
            now = outlook(accounts, app.ledger, Gate(app.ledger, names=app.names), known.anchor)
            for account in (*accounts, *_left(app, known.anchor)):
                _explain(app, known, alias, account, now, shared)
        return 0


def _explain(
    app: App, known: StoredArticle, alias: str, account: Account, now: Mapping[str, Delivery], shared: Shared
) -> None:
    """Print what became of an article for one account; `now` are its deliveries as the next run would find them."""
    rows = app.ledger.deliveries.search(anchor=known.anchor, accounts=(account.name,))
    posts = [now.get(row.key, row) for row in rows if row.action == "post"]
    delivery = max((row for row in posts if row.again is None), key=lambda row: row.revision, default=None)
    repeated = sorted((row for row in posts if row.again is not None), key=lambda row: row.revision)
    changes = [row for row in rows if row.action != "post"]
    steps = _steps(app, known, account, delivery, changes, repeated)
    if shared.json:
        print_json(_record(known, account, delivery, steps, alias))
    else:
        _print(account, delivery, steps)


def _left(app: App, anchor: str) -> list[Account]:
    """The accounts that left the config and had the article."""
    from syndicate.model import Account

    rows = app.ledger.deliveries.search(anchor=anchor)
    left = {row.account: row.platform for row in rows if row.account not in app.config.accounts}
    return [Account(name, platform) for name, platform in left.items()]


def _found(app: App, url: str, sites: Collection[str]) -> list[tuple[StoredArticle, str]]:
    """The article, and by which of its names it was found; of many sites, that of each. Raises SyndicateError."""
    kinds = app.ledger.articles.matching(url)
    if not kinds:
        _refuse_left_out(app.ledger, url)
        raise SyndicateError(
            f"no source has listed {url} so far",
            hint="syndicate articles shows what they list now; syndicate post --article announces a page by hand",
        )
    found: dict[str, tuple[StoredArticle, str]] = {}
    for anchor, alias in kinds.items():
        known = app.ledger.articles.find(anchor)
        found.setdefault(site_of(known.article.source), (known, alias))
    if sites and not found.keys() & {*sites}:
        raise SyndicateError(f"{url} is no article of {', '.join(sites)}, but of {', '.join(found)}")
    if sites:
        return [each for site, each in found.items() if site in sites]
    return [*found.values()] if app.config.sites else [next(iter(found.values()))]


def _refuse_left_out(ledger: Ledger, url: str) -> None:
    """Raise SyndicateError for what a source listed and left out, with the reason."""
    from syndicate.serialization import instant

    for listed in ledger.listings.find(url):
        seen = instant(listed.seen_at.replace(microsecond=0))
        why = f"is left out: {listed.why}" if listed.why else "is known as an address only, and not as an article"
        raise SyndicateError(
            f"{url} was listed by {listed.source}, since {seen}, and {why}",
            hint="syndicate post --article announces a page by hand",
        )


def _steps(
    app: App,
    known: StoredArticle,
    account: Account,
    delivery: Delivery | None,
    changes: list[Delivery],
    repeated: list[Delivery],
) -> list[Finding]:
    from syndicate.delivery.explain import Facts, explain
    from syndicate.delivery.gates import Gate

    gate = Gate(app.ledger, names=app.names)
    source = app.config.sources.get(known.article.source)
    tried = app.ledger.deliveries.attempts(delivery.key) if delivery else []
    now = app.ledger.now()
    facts = Facts(
        known=known,
        baseline=app.ledger.sources.baseline(known.article.source),
        zone=source.timezone if source else app.config.of(account.name).site.timezone,
        delivery=delivery,
        attempts=[(attempt["started_at"], attempt["outcome"]) for attempt in tried],
        now=now,
        opening=gate.opening(delivery, account, now) if delivery else None,
        spent=gate.spent(account, now) if account.budget else None,
        changes=changes,
        misread=gate.misread(known.article, account),
        repeated=repeated,
        words=[word for word, _ in gate.paused_words(known.article)],
    )
    return explain(account, app.ledger.accounts.find(account.name), facts)


def _introduce(config: Config, known: StoredArticle, alias: str) -> None:
    from syndicate.serialization import instant
    from syndicate.text import cut, plain

    article = known.article
    click.echo(style(article.title or cut(plain(article.body), 70) or article.url or article.guid or "", bold=True))
    click.echo(f"{article.url or article.guid}  (known by its {alias.replace('_', ' ')})")
    published = instant(article.published) or "no date"
    zone = ", its time zone assumed" if article.tz_assumed else ""
    named = article.source if article.source in config.sources else f"{article.source} (not in the config)"
    if not article.source:
        click.echo(f"no source has listed it; imported {instant(known.first_seen.replace(microsecond=0))}")
        return
    click.echo(
        f"source {named}; published {published}{zone}; first seen {instant(known.first_seen.replace(microsecond=0))}"
    )
    if not config.enabled:
        click.echo("no account is switched on")


def _print(account: Account, delivery: Delivery | None, steps: list[Finding]) -> None:
    state: str = delivery.state if delivery else "not planned"
    if delivery is not None and delivery.reason == "deleted":
        state = "deleted"
    key = f"  {delivery.key[:8]}" if delivery else ""
    click.echo(f"\n{style(account.name, bold=True)}  {account.platform}  {state}{key}")
    width = max(len(step.name) for step in steps)
    for step in steps:
        mark, colour = MARKS.get(step.verdict, ("·", "white"))
        click.echo(f"  {style(mark, fg=colour)} {step.name:<{width}}  {_value(step, account, delivery)}")


def _record(
    known: StoredArticle, account: Account, delivery: Delivery | None, steps: list[Finding], alias: str
) -> dict[str, Any]:
    return {
        "article": known.article.url,
        "alias": alias,
        "account": account.name,
        "platform": account.platform,
        "key": delivery.key if delivery else None,
        "state": delivery.state if delivery else None,
        "reason": delivery.reason if delivery else None,
        "steps": [
            {"name": step.name, "verdict": step.verdict, "value": _value(step, account, delivery)} for step in steps
        ],
    }


def _value(step: Finding, account: Account, delivery: Delivery | None) -> str:
    """The value that a step compared, with the command that helps if there is one."""
    if step.cure is None:
        return step.value
    from syndicate.app import advice

    command = advice.command(step.cure, account=account.name, key=delivery.key if delivery else "")
    return f"{step.value}{', ' if step.cure in ('approve', 'repost') else ': '}{command}"
