"""A login under another name takes its rows along; what waits for a name that left is skipped, until it is back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.account_names import UNKNOWN, Fingerprint
from syndicate.model import Account, Identity
from tests.worlds.accounts import MASTO

ONE, TWO = Fingerprint("server", "", "token 1"), Fingerprint("server", "", "token 2")
PAGE = Fingerprint("4711")


def named(name, signs=ONE, platform="mastodon"):
    return {name: (Account(name, platform), signs)}


@pytest.fixture
def follow(ledger, clock):
    """What a run does at its start with the accounts of the config; the names that changed."""

    def run(*configs):
        configured = {name: entry for each in configs for name, entry in each.items()}
        moves = ledger.account_names.follow(configured, clock())
        for account, signs in configured.values():
            ledger.register(account, signs)
        return moves

    return run


def rows(ledger):
    return {(row.account, row.article[-1]): (row.state, row.reason) for row in ledger.deliveries.search()}


@pytest.mark.parametrize(("platform", "signs"), [("mastodon", ONE), ("facebook", PAGE)])
def test_a_login_under_another_name_goes_on_with_all_it_has(ledger, clock, put, follow, platform, signs):
    follow(named("masto", signs, platform))
    account = Account("masto", platform)
    ledger.credentials.renew("masto", 0, lambda _: {"token": "of the session"}, clock=ledger.now)
    was = ledger.accounts.find("masto")
    ledger.recovery.ask("the ledger was put back")
    look = ledger.recovery.wanted("masto")
    kept = [put(number, account, state=state) for number, state in enumerate(("due", "posted", "unknown"))]
    clock.move(hours=1)
    assert follow(named("gazette", signs, platform)) == [("masto", "gazette")]
    assert ledger.accounts.find("gazette") == replace(was, name="gazette")
    assert ledger.accounts.find("masto") is None
    assert ledger.recovery.wanted("gazette") == replace(look, account="gazette")
    assert [ledger.deliveries.find(row.key) for row in kept] == [replace(row, account="gazette") for row in kept]
    assert ledger.credentials.load("gazette") == (1, {"token": "of the session"})
    assert follow(named("gazette", signs, platform)) == []
    assert ledger.former_names.now("account", ["masto", "x"]) == ["gazette", "x"]


def listed(ledger):
    return sorted(ledger.deliveries.search(), key=lambda row: row.article)


NOT_MOVED = [
    named("new", TWO),  # another token: only the network can tell
    named("new", Fingerprint("elsewhere", "", "token 1")),
    named("new", ONE, "pixelfed"),
    named("new", UNKNOWN),
    {**named("masto"), **named("new")},  # two names of one login
    {**named("masto", UNKNOWN), **named("new")},  # its token is not set in this environment
]


@pytest.mark.parametrize("config", NOT_MOVED)
def test_rows_never_move_to_what_may_be_another_login(ledger, put, follow, config):
    follow(named("masto"))
    due = put()
    assert follow(config) == []
    assert ledger.deliveries.find(due.key) == due


def test_two_accounts_change_names(ledger, put, follow):
    follow(named("a", ONE), named("b", TWO))
    put(1, Account("a", "mastodon"))
    put(1, Account("b", "mastodon"), state="posted")
    put(2, Account("b", "mastodon"))
    assert sorted(follow(named("a", TWO), named("b", ONE))) == [("a", "b"), ("b", "a")]
    assert rows(ledger) == {("b", "1"): ("due", None), ("a", "1"): ("posted", None), ("a", "2"): ("due", None)}
    assert ledger.former_names.now("account", ["a", "b"]) == ["a", "b"]


def test_a_login_that_takes_over_the_name_of_another_one_gets_nothing_of_it(ledger, put, follow):
    follow(named("a", ONE), named("b", TWO))
    put(1, Account("a", "mastodon"))
    put(1, Account("b", "mastodon"))
    assert follow(named("b", ONE)) == [("a", "b")]
    assert rows(ledger) == {("b", "1"): ("due", None), ("b~", "1"): ("due", None)}
    assert ledger.partings.left({"b": None}) == ["b~"]


def test_a_story_of_a_renamed_account_is_planned_under_a_name_that_another_login_has_now(ledger, put, follow):
    follow(named("a", ONE))
    mine = put(1, Account("a", "mastodon"), state="posted")
    follow(named("b", ONE), named("a", TWO))
    other = put(1, Account("a", "mastodon"))
    assert other.key != mine.key
    assert rows(ledger) == {("b", "1"): ("posted", None), ("a", "1"): ("due", None)}


def test_two_names_of_one_login_are_joined_where_one_left(ledger, put, follow, clock):
    follow(named("a", PAGE, "facebook"))
    clock.move(hours=1)
    first = ledger.accounts.find("a").baseline_at
    follow(named("a", PAGE, "facebook"), named("b", PAGE, "facebook"))
    a, b = Account("a", "facebook"), Account("b", "facebook")
    put(1, a, state="posted"), put(1, b)
    put(2, a), put(2, b, state="posted")
    put(3, a), put(3, b)
    put(4, a)
    configured = named("b", PAGE, "facebook")
    assert follow(configured) == []
    assert ledger.account_names.left_with("b", configured) == ["a"]
    ledger.account_names.take_over("a", "b", clock())
    assert rows(ledger) == {
        ("b", "1"): ("posted", None),
        ("b", "2"): ("posted", None),
        ("a", "2"): ("skipped", "elsewhere"),
        ("b", "3"): ("due", None),
        ("a", "3"): ("skipped", "elsewhere"),
        ("b", "4"): ("due", None),
    }
    assert ledger.accounts.find("b").baseline_at == first


@pytest.mark.parametrize(
    ("sent", "wins"),
    [("sending", True), ("unknown", True), ("held", True), ("posted", True), ("skipped", False), ("failed", False)],
)
def test_what_was_sent_or_may_have_been_counts_before_what_was_not(ledger, put, follow, clock, sent, wins):
    follow(named("a", PAGE, "facebook"), named("b", PAGE, "facebook"))
    put(1, Account("a", "facebook"), state=sent)
    put(1, Account("b", "facebook"))
    follow(named("b", PAGE, "facebook"))
    ledger.account_names.take_over("a", "b", clock())
    assert rows(ledger)["b", "1"][0] == (sent if wins else "due")


def test_only_the_network_can_tell_whether_a_new_name_with_a_new_token_is_a_login_that_left(ledger, follow, clock):
    follow(named("masto"))
    assert ledger.account_names.doubtful(named("new", TWO)) == {}, "nobody knows whose it was"
    ledger.logins.met(MASTO, ONE, Identity("1", "@g"), clock())
    assert ledger.account_names.doubtful(named("new", TWO)) == {"new": ["masto"]}
    assert ledger.account_names.doubtful({**named("new", TWO), **named("masto")}) == {}
    assert ledger.account_names.doubtful(named("new", PAGE)) == {}
    assert ledger.logins.is_of("masto", Identity("1", "@renamed"))
    assert not ledger.logins.is_of("masto", Identity("2", "@g"))


# Names that left


def test_what_waits_for_a_name_that_left_is_skipped_and_waits_again_when_it_is_back(ledger, put, follow, clock):
    follow(named("masto"))
    soon = clock() + timedelta(minutes=10)
    put(1, state="planned", reason="approval", due_at=None)
    put(2, state="planned", reason="delay", due_at=soon)
    put(3, reason="unavailable", due_at=soon)
    put(4, due_at=None, expires_at=clock() + timedelta(minutes=5))
    put(5, state="posted")
    was = listed(ledger)
    assert ledger.partings.leave("masto", clock()) == 4
    assert [row.reason for row in listed(ledger)] == ["account_left"] * 4 + [None]
    assert ledger.partings.leave("masto", clock()) == 0
    clock.move(minutes=6)
    follow(named("masto"))
    found = listed(ledger)
    assert [(row.state, row.reason, row.due_at) for row in found[:3]] == [
        (row.state, row.reason, row.due_at) for row in was[:3]
    ]
    assert [(row.state, row.reason) for row in found[3:]] == [("skipped", "account_left"), ("posted", None)]


def test_after_a_longer_absence_the_newest_go_out_a_minute_apart(ledger, put, follow, clock):
    follow(named("masto"))
    for number in range(8):
        put(number, expires_at=clock() + timedelta(hours=24))
        clock.move(seconds=1)
    ledger.partings.leave("masto", clock())
    clock.move(hours=2)
    follow(named("masto"))
    found = ledger.deliveries.search()
    assert [row.state for row in found] == ["skipped"] * 3 + ["due"] * 5
    assert [row.due_at - clock() for row in found[3:]] == [timedelta(minutes=number) for number in range(5)]


def test_another_login_under_a_name_that_left_gets_nothing_of_it(ledger, put, follow, clock):
    follow(named("page", PAGE, "facebook"))
    put(1, Account("page", "facebook"))
    ledger.partings.leave("page", clock())
    follow(named("page", Fingerprint("4712"), "facebook"))
    assert rows(ledger) == {("page", "1"): ("skipped", "account_left")}
    follow(named("page", PAGE, "facebook"))
    assert rows(ledger) == {("page", "1"): ("due", None)}, "its own login is back"


# Every table that names an account


def everywhere(ledger, name, at=1, **values):
    """A row of `name` in each table that has one for an account, or several."""
    text = values.get("text", name)
    for table, columns in (
        ("credential", "account, version, data, refreshing_until) VALUES (:name, 1, :text, 0"),
        ("look", "account, why, since, asked_at, again_at, unlisted, said) VALUES (:name, 'asked', 1, 1, 0, 0, :text"),
        ("listed", "account, hash, remote_id, receipt, at) VALUES (:name, 'h', :text, '{}', 1"),
        ("charge", "account, at, cost) VALUES (:name, :at, 7"),
        ("dropped", "key, at, account, cause) VALUES (:text, :at, :name, 'late'"),
    ):
        used = {key: each for key, each in {"name": name, "text": text, "at": at}.items() if f":{key}" in columns}
        ledger.database.change(f"INSERT INTO {table} ({columns})", **used)


def tables(ledger):
    """Whose rows are whose, by table: the account and the one that it was made for."""
    words = {"credential": "data", "look": "said", "listed": "remote_id", "charge": "at", "dropped": "key"}
    return {
        table: sorted(
            (row["account"], row["word"])
            for row in ledger.database.rows(f"SELECT account, {word} AS word FROM {table}")
        )
        for table, word in words.items()
    }


def test_a_new_name_takes_over_the_rows_of_every_table_and_no_others(ledger, follow):
    follow(named("a"), named("other", TWO))
    for number, name in enumerate(("a", "other")):
        everywhere(ledger, name, number)
    ledger.database.change("INSERT INTO listed (account, hash, remote_id, receipt, at) VALUES ('b', 'x', 'b', '{}', 1)")
    follow(named("b"), named("other", TWO))
    assert tables(ledger) == {
        "charge": [("b", 0), ("other", 1)],
        **{table: [("b", "a"), ("other", "other")] for table in ("credential", "look", "listed", "dropped")},
    }


def test_of_two_names_that_are_joined_the_new_one_keeps_its_session_and_gets_the_rest(ledger, follow, clock):
    follow(named("a", PAGE, "facebook"), named("b", PAGE, "facebook"))
    for number, name in enumerate(("a", "b")):
        everywhere(ledger, name, number)
    ledger.database.change("UPDATE account SET left_at = 1")
    ledger.account_names.take_over("a", "b", clock())
    assert tables(ledger) == {
        "credential": [("b", "b")],
        "look": [("b", "b")],
        "listed": [("b", "a")],
        "charge": [("b", 0), ("b", 1)],
        "dropped": [("b", "a"), ("b", "b")],
    }
    assert ledger.accounts.find("a") is None
    assert ledger.former_names.now("account", ["a"]) == ["b"]
    assert ledger.database.row("SELECT left_at FROM account") == {"left_at": None}


def test_what_was_skipped_as_the_old_names_says_how_it_goes_out(ledger, put, follow, clock):
    follow(named("a", PAGE, "facebook"), named("b", PAGE, "facebook"))
    for name in ("a", "b"):
        put(1, Account(name, "facebook"))
    ledger.account_names.take_over("a", "b", clock())
    [left] = [row for row in ledger.deliveries.search() if row.account == "a"]
    assert (left.error, left.reason) == ("it goes out as b", "elsewhere")


@pytest.mark.parametrize(
    ("theirs", "mine", "joined"),
    [
        ({}, {}, False),
        ({"action": "update"}, {}, True),
        ({"revision": 1}, {}, True),
        ({"part": 1}, {}, True),
        ({"state": "posted"}, {"draft": {}}, False),  # it may be on its way as well
        ({"state": "posted"}, {"state": "planned"}, True),
        ({"state": "posted"}, {"state": "failed"}, True),
        ({"state": "posted"}, {"state": "skipped"}, True),
        ({"state": "posted"}, {"state": "posted"}, False),
        ({"state": "posted", "action": "update"}, {}, True),
        ({"state": "posted", "revision": 1}, {}, True),
        ({"state": "posted", "part": 1}, {}, True),
        ({"state": "due"}, {}, False),
    ],
)
def test_two_deliveries_are_joined_only_where_they_are_the_same_one(ledger, put, follow, clock, theirs, mine, joined):
    follow(named("a", PAGE, "facebook"), named("b", PAGE, "facebook"), named("c", Fingerprint("9"), "facebook"))
    old, new = put(1, Account("a", "facebook"), **theirs), put(1, Account("b", "facebook"), **mine)
    third = put(1, Account("c", "facebook"), state="posted")
    ledger.account_names.take_over("a", "b", clock())
    same = all((old.action, old.revision, old.part) == (each.action, each.revision, each.part) for each in (old, new))
    assert ledger.deliveries.find(old.key).account == ("b" if joined else "a")
    assert (ledger.deliveries.find(new.key) is None) == (joined and same)
    assert ledger.deliveries.find(third.key) == third


def test_the_earlier_baseline_of_two_names_counts_for_no_third(ledger, follow, clock):
    follow(named("c", Fingerprint("9"), "facebook"))
    clock.move(hours=1)
    follow(named("b", PAGE, "facebook"), named("c", Fingerprint("9"), "facebook"))
    first = clock()
    clock.move(hours=1)
    follow(named("a", PAGE, "facebook"), named("b", PAGE, "facebook"), named("c", Fingerprint("9"), "facebook"))
    third = ledger.accounts.find("c")
    ledger.account_names.take_over("b", "a", clock())
    assert ledger.accounts.find("a").baseline_at == first
    assert ledger.accounts.find("c") == third


def test_only_a_login_of_the_same_network_left(ledger, follow):
    follow(named("a", PAGE, "facebook"), named("b", PAGE, "facebook"), named("c", PAGE, "mastodon"))
    ledger.database.change("UPDATE account SET login = 'me'")
    assert sorted(ledger.account_names.left_with("b", {})) == ["a"]
    assert ledger.account_names.left_with("b", named("a")) == []
    ledger.database.change("UPDATE account SET login = 'you' WHERE name = 'a'")
    assert ledger.account_names.left_with("b", {}) == []


def test_a_name_that_is_known_is_not_doubtful(ledger, follow, clock):
    follow(named("masto"), named("new", TWO))
    ledger.logins.met(MASTO, ONE, Identity("1", "@g"), clock())
    assert ledger.account_names.doubtful(named("new", TWO)) == {}
    assert ledger.account_names.doubtful(named("third", TWO)) == {"third": ["masto"]}
    assert ledger.account_names.doubtful(named("third", replace(TWO, proof=None))) == {}
    assert ledger.account_names.doubtful(named("third", TWO, "pixelfed")) == {}
    assert ledger.account_names.doubtful({**named("page", PAGE), **named("third", TWO)}) == {"third": ["masto"]}


def test_an_older_form_of_whose_it_is_counts_too(ledger, follow):
    follow(named("masto", Fingerprint("old", "", "token 1")))
    assert follow(named("new", Fingerprint("now", "old", "token 1"))) == [("masto", "new")]


def test_two_logins_that_left_go_each_to_one_name(ledger, follow):
    for name in ("a", "b"):
        ledger.register(*named(name)[name])
    assert follow(named("x"), named("y")) == [("a", "x"), ("b", "y")]


def test_a_name_that_was_left_before_gets_one_mark_more(ledger, put, follow):
    follow(named("b", TWO))
    put(1, Account("b", "mastodon"))
    follow(named("b", TWO), named("a", ONE))
    assert follow(named("b", ONE)) == [("a", "b")]
    third = Fingerprint("server", "", "token 3")
    follow(named("b", ONE), named("c", third))
    assert follow(named("b", third)) == [("c", "b")]
    assert sorted(ledger.partings.left({"b": None})) == ["b~", "b~~"]
