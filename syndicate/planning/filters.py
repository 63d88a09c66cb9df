"""Whether an account's rules, or those for breaking news, let an article pass. Pure, but for the time a title takes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from syndicate.model import Account, Article, BreakingRules, Filter
from syndicate.planning.patterns import matches


def admits(account: Account, article: Article) -> bool | None:
    """Whether the account's `only`, `never` and `notes` let an article pass; None where a title took too long to
    compare.
    """
    if account.notes == "skip" and article.form == "note":
        return False
    wanted = account.only is None or fits(account.only, article)
    refused = account.never is not None and fits(account.never, article)
    if wanted is False or refused is True:
        return False
    return None if wanted is None or refused is None else True


def chosen(account: Account, article: Article) -> bool:
    """Whether the article itself says nothing against a post of this account."""
    return article.override is None or article.override.wants(account.name, account.platform)


def refused(account: Account, article: Article) -> bool:
    """Whether the article itself says no to a post of this account, for certain: not by a list of others."""
    return article.override is not None and article.override.refuses(account.name, account.platform)


def warning(account: Account, article: Article) -> str:
    """The content warning of an article: its own, else that of the first rule that fits, or whose title took too long;
    else "".
    """
    own = article.override.of(account.name, account.platform).warning if article.override else None
    if own is not None:
        return own
    return next((rule.text for rule in account.warning if fits(rule.when, article) is not False), "")


def undecided(account: Account, article: Article) -> str | None:
    """The account's rule for titles that took too long, if there is one: "only.title" or "never.title"."""
    rules = (("only", account.only), ("never", account.never))
    return next((f"{name}.title" for name, rule in rules if rule and fits(rule, article) is None), None)


def compare(articles: Iterable[Article], accounts: Iterable[Account], breaking: BreakingRules) -> None:
    """Compare titles with every rule for them, and remember the results: before a transaction begins, not within it."""
    rules = {rule.title for account in accounts for rule in (account.only, account.never) if rule and rule.title}
    rules |= {breaking.title} if breaking.title else set()
    titles = {article.title for article in articles} if rules else ()
    for title in titles:
        for rule in rules:
            matches(rule, title)


def fits(rule: Filter, article: Article) -> bool | None:
    """Whether every condition that the rule sets holds; None if only its title is left, which took too long."""
    section = article.section
    # A feed that knows only categories keeps its sections there.
    sections = {section, *re.split(r"\s*>\s*", section)} if section else set(article.categories)
    language = (article.language or "").casefold()
    others = (
        (not rule.sections or _any(rule.sections, sections))
        and (not rule.tags or _any(rule.tags, set(article.categories)))
        and (not rule.languages or any(_speaks(language, wish.casefold()) for wish in rule.languages))
        and (not rule.sources or article.source in rule.sources)
        and (not rule.authors or _any(map(_spaced, rule.authors), set(map(_spaced, article.authors))))
        and (not rule.kind or article.kind in rule.kind)
        and all(_any(wishes, {article.raw.get(name, "")}) for name, wishes in rule.raw.items())
    )
    return matches(rule.title, article.title) if others and rule.title else others


def _any(wishes: Iterable[str], values: set[str]) -> bool:
    folded = {value.strip().casefold() for value in values}
    return any(wish.strip().casefold() in folded for wish in wishes)


def _spaced(name: str) -> str:
    """A name with single spaces, whatever its feed has between its parts."""
    return " ".join(name.split())


def _speaks(language: str, wish: str) -> bool:
    """`en` admits en-GB; `en-GB` does not admit en."""
    return language == wish or language.startswith(f"{wish}-")
