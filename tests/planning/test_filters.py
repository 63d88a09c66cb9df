"""Rules for titles are compared before a transaction, and what took too long is told once for each rule."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.ingestion.poll import PollRules, poll
from syndicate.model import Account, Article, BreakingRules, Filter, Note, Reading, WarningRule
from syndicate.planning import filters
from syndicate.planning.apply import announce, too_slow
from syndicate.planning.filters import admits, compare, undecided
from syndicate.planning.plan import Candidate, plan

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SLOW, STUCK = r"(a+)+b$", "a" * 500
NEVER, ONLY = Account("x", "x", never=Filter(title=SLOW)), Account("y", "x", only=Filter(title="c", tags=("t",)))


def story(title, number=0):
    return Article("news", f"https://gazette.example/{number}", title, published=NOW)


def test_every_rule_is_compared_with_every_title_once(monkeypatch):
    asked = []
    monkeypatch.setattr(filters, "matches", lambda rule, title: asked.append((rule, title)))
    compare([story("one"), story("two"), story("one")], [NEVER, ONLY, NEVER], BreakingRules(title="b"))
    assert sorted(asked) == sorted((rule, title) for rule in (SLOW, "c", "b") for title in ("one", "two"))
    asked.clear()
    compare([story("one")], [Account("z", "x", only=Filter(tags=("t",)))], BreakingRules())
    assert asked == []


@pytest.mark.parametrize(
    ("notes", "note", "passes"), [("skip", True, False), ("skip", False, True), ("whole", True, True)]
)
def test_an_account_may_want_no_notes(notes, note, passes):
    said = story("", 1) if note else story("one")
    assert admits(Account("x", "x", notes=notes), replace(said, note=Note("words") if note else None)) is passes


class Source:
    name = "news"

    def fetch(self, _validators):
        return Reading((story("one"),), entries=1)


def test_a_reading_is_compared_before_its_transaction_begins(ledger, monkeypatch):
    inside = []
    began = ledger.transaction

    def transaction(*args, **options):
        inside.append("transaction")
        return began(*args, **options)

    def found(rule, title):
        inside.append((rule, title))
        return False

    monkeypatch.setattr(ledger, "transaction", transaction)
    monkeypatch.setattr(filters, "matches", found)
    state = ledger.sources.ensure("news", "https://gazette.example/rss")
    inside.clear()
    poll(Source(), state, [NEVER], ledger, PollRules())
    assert inside[:2] == [(SLOW, "one"), "transaction"]
    inside.clear()
    announce(story("two"), [NEVER], ledger)
    assert inside[:2] == [(SLOW, "two"), "transaction"]


@pytest.mark.parametrize(
    ("account", "title", "admitted", "rule"),
    [
        (NEVER, STUCK, None, "never.title"),
        (NEVER, "fine", True, None),
        (NEVER, "aab", False, None),
        (ONLY, STUCK, False, None),
        (Account("z", "x"), STUCK, True, None),
    ],
)
def test_an_account_admits_refuses_or_leaves_it_to_a_person(account, title, admitted, rule):
    assert admits(account, story(title)) is admitted
    assert undecided(account, story(title)) == rule


def test_what_took_too_long_is_one_line_for_each_rule():
    titles = [STUCK, f"{STUCK}a", "fine"]
    candidates = [Candidate(str(number), story(title, number)) for number, title in enumerate(titles)]
    accounts = [(NEVER, NOW), (Account("z", "x"), NOW)]
    entries = plan(candidates, accounts, source_baseline=NOW, zone="UTC", now=NOW)
    shown = repr("a" * 40)
    line = f"x: never.title took too long to compare with 2 of the titles, such as {shown}, so these wait for approval"
    assert too_slow(entries, BreakingRules()) == (line,)
    calm = f"breaking.title took too long to compare with 2 of the titles, such as {shown}"
    assert too_slow(entries, BreakingRules(title=SLOW)) == (line, f"{calm}, so these are not taken for breaking news")
    assert too_slow(entries[:2], BreakingRules(title=SLOW)) == ()


def test_the_first_warning_that_fits_is_taken():
    rules = (WarningRule("Crime", Filter(tags=("crime",))), WarningRule("Slow", Filter(title=SLOW)), WarningRule("All"))
    account = Account("a", "x", warning=rules)
    assert filters.warning(account, replace(story("one"), categories=("Crime",))) == "Crime"
    assert filters.warning(account, story("one")) == "All"
    assert filters.warning(account, story(STUCK)) == "Slow"  # that took too long: rather warn than not
    assert filters.warning(Account("b", "x"), story("one")) == ""


SIGNED = Article(
    "news", "https://gazette.example/1", "one", authors=("Ana  Lima", "Bo"), kind="live", raw={"desk": "Sport"}
)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Filter(authors=("ana lima",)), True),
        (Filter(authors=("Ana", "Lima")), False),
        (Filter(authors=("Bo", "nobody"), kind=("live", "video")), True),
        (Filter(kind=("article",)), False),
        (Filter(raw={"desk": ("culture", "sport")}), True),
        (Filter(raw={"desk": ("sport",), "edition": ("north",)}), False),
        (Filter(authors=("Bo",), raw={"desk": ("culture",)}), False),
    ],
)
def test_accounts_take_articles_by_author_kind_and_fields_of_the_source(rule, fits):
    assert admits(Account("a", "x", only=rule), SIGNED) is fits
    assert admits(Account("a", "x", never=rule), SIGNED) is not fits
