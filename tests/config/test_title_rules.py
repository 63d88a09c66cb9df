"""`config check` warns of rules for titles that take too long."""

from pathlib import Path

from syndicate.config.schema import AccountConfig, Config
from syndicate.config.title_rules import slow_rules
from syndicate.model import Account, BreakingRules, Filter, Site


def warned(breaking=None, **rules):
    accounts = {name: AccountConfig(Account(name, "x", **rule), None) for name, rule in rules.items()}
    site = Site("The Gazette", "https://gazette.example/")
    return [*slow_rules(Config(Path("c.yaml"), site, accounts=accounts, breaking=BreakingRules(title=breaking)))]


def test_each_pattern_is_named_once_with_a_title_that_it_takes_too_long_on():
    slow = {"never": Filter(title="(a+)+b$")}
    [said] = warned(one=slow, two=slow, three={"only": Filter(title="(?i)storm", tags=("a",))}, four={})
    assert said == (
        "accounts.one.never.title: '(a+)+b$' takes too long on some titles, such as 'aaaaaaaaaaaaaaaaaaaa…':"
        " a story whose title cannot be compared in time waits for approval"
    )


def test_a_repetition_of_a_repetition_is_named_too():
    [said] = warned(one={"only": Filter(title=r"^(\w+\s?)*LIVE$")})
    assert said.startswith(r"accounts.one.only.title: '^(\w+\s?)*LIVE$' repeats a repetition, which takes too long")


def test_of_breaking_news_it_says_what_follows():
    [said] = warned(breaking="(a|aa)+$")
    assert said.startswith("breaking.title: '(a|aa)+$' takes too long on some titles")
    assert said.endswith("is not taken for breaking news")
    assert warned(breaking="(?i)breaking") == []
