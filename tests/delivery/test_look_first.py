"""Before an account posts after a restore or a stop: what its network has is recorded, what nobody can tell is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate import errors
from syndicate.delivery.lane import Lane
from syndicate.delivery.look_first import BEYOND, SKEW, Looked, _leads_to, look_first
from syndicate.ledger.database import micros
from syndicate.ledger.elsewhere import Settled
from syndicate.model import ListedPost, Receipt
from tests.worlds.accounts import MASTO
from tests.worlds.one_delivery import SETTLE, TERMS, Network, render
from tests.worlds.rows import planned

HOUR = timedelta(hours=1)


class Lister(Network):
    """A network that lists what it is told to have."""

    def __init__(self, *posts, certainty="lookup"):
        super().__init__(certainty)
        self.posts = posts

    def recent(self, since):
        self._step("recent", since)
        return [each for each in self.posts if each.at >= since]

    def price_of_listing(self, posts):
        return 10 * posts


def has(clock, *links, number="77", ago=timedelta(minutes=1), text=""):
    return ListedPost(Receipt(number, f"https://social.example/{number}"), clock() - ago, links, text)


def asked(network):
    return [each[0] for each in network.asked].count("recent")


@pytest.fixture
def look(ledger, clock):
    ledger.accounts.ensure(MASTO, clock())

    def at(network, **how):
        return look_first(Lane(MASTO, network, lambda: network.limits, SETTLE), ledger, TERMS, **how)

    return at


@pytest.fixture
def restored(ledger, clock):
    ledger.accounts.ensure(MASTO, clock())
    ledger.recovery.ask("put back")


def row(ledger, one):
    found = ledger.deliveries.find(one.key)
    return found.state, found.reason, found.permalink


def test_without_a_reason_nothing_is_asked(look, send, put, clock):
    network = Lister(has(clock, "https://gazette.example/1"))
    assert send(put(state="due"), network).state == "posted"
    assert (asked(network), look(network).listed) == (0, None)


def test_what_the_network_has_is_recorded_and_the_rest_is_sent(restored, send, put, ledger, clock):
    there = has(clock, "https://elsewhere.example/", "http://www.gazette.example/1/?utm_source=x#top")
    network = Lister(there)
    first, second = put(1, state="due"), put(2, state="due")
    after = send(first, network)
    assert row(ledger, first) == ("posted", "elsewhere", "https://social.example/77")
    assert (after.remote_id, after.committed_at, after.attempts) == ("77", there.at, 0)
    assert send.warnings == ("it had one story already, recorded as posted",)
    assert send(second, network).reason is None
    assert (asked(network), [step for step, *_ in network.asked].count("commit")) == (1, 1)
    assert ledger.deliveries.spent("masto", clock() - HOUR) == 10 + 15_000
    assert not ledger.deliveries.was_posted(first.anchor, "masto")  # it may be a person's own: never edited


def test_one_look_records_all_that_waits_whatever_for(restored, look, put, ledger, clock):
    network = Lister(*(has(clock, f"https://gazette.example/{number}", number=str(number)) for number in range(1, 4)))
    rows = [put(1, state="due"), put(2, state="planned", reason="burst"), put(3, state="planned", reason="delay")]
    other = put(4, state="planned", reason="burst")
    assert {*look(network).settled.posted} == {each.key for each in rows}
    assert row(ledger, other)[:2] == ("planned", "burst")


def test_what_is_read_later_is_compared_with_the_same_list(restored, look, send, put, ledger, clock):
    network = Lister(has(clock, "https://gazette.example/1"))
    look(network)
    assert send(put(1, state="due"), network).reason == "elsewhere"
    assert asked(network) == 1


def test_a_post_that_is_another_deliverys_is_taken_for_no_second_one(restored, look, put, article, ledger, clock):
    """As on a live page, whose stories share its address."""
    put(1, state="posted", remote_id="77")
    second = put(2, state="due")
    there = has(clock, "https://gazette.example/1", "https://gazette.example/2")
    assert look(Lister(there)).settled.posted == ()
    assert row(ledger, second)[0] == "due"


def test_a_repost_that_a_person_asked_for_is_sent_all_the_same(restored, send, put, clock):
    network = Lister(has(clock, "https://gazette.example/1"))
    assert send(put(1, state="due", revision=1), network).reason is None


@pytest.mark.parametrize("links", [(), ("https://harbour.example/tides",)])
def test_a_post_without_its_link_is_known_by_its_words(restored, send, put, clock, links):
    def wordy(*article, **moments):
        made = render(*article, **moments)
        made.post = replace(made.post, link=None, text="Good morning, Lisbon!")
        return made

    network = Lister(has(clock, *links, text="good morning   Lisbon"))
    assert send(put(1, state="due"), network, render=wordy).reason == "elsewhere"


# Since when


@pytest.mark.parametrize(
    ("ask", "age", "since"),
    [
        ("ask", HOUR, -HOUR - SKEW),
        ("ask", timedelta(days=40), -MASTO.max_age - BEYOND),
        ("ask_by_hand", HOUR, -MASTO.max_age - BEYOND),
    ],
)
def test_it_lists_from_the_last_run_on_but_only_what_can_still_wait(look, put, ledger, clock, ask, age, since):
    ledger.recovery.begin()
    clock.move(seconds=age.total_seconds())
    ledger.recovery.ask("put back") if ask == "ask" else ledger.recovery.ask_by_hand()
    network = Lister()
    look(network)
    assert network.asked == [("recent", clock() + since)]


# Where it cannot be asked


@pytest.mark.parametrize("certainty", ["blind", "keyed", "lookup"])
@pytest.mark.parametrize("fault", [None, errors.Unsupported("hides its links")], ids=["no list", "no links"])
def test_what_may_have_been_sent_is_held_where_the_network_cannot_say(restored, send, put, clock, certainty, fault):
    network = Network(certainty) if fault is None else Lister(certainty=certainty)
    network.faults["recent"] = fault
    after = send(put(1, state="due"), network)
    assert (after.state, after.reason, after.attempts) == ("held", "restored", 0)
    assert [step for step, *_ in network.asked if step != "recent"] == []


def test_what_a_person_says_was_not_sent_is_sent(restored, send, put, ledger, clock):
    network = Network("blind")
    held = send(put(1, state="due"), network)
    ledger.decisions.not_sent(held, clock())
    assert send(ledger.deliveries.find(held.key), network).state == "posted"


@pytest.mark.parametrize(
    ("published", "later_reading", "state"),
    [
        (-HOUR, False, "held"),
        (timedelta(seconds=60), False, "held"),
        (timedelta(seconds=61), False, "posted"),
        (None, False, "held"),
        (None, True, "posted"),  # the first reading after the restore did not list it
        (-HOUR, True, "posted"),
    ],
)
def test_only_what_the_replaced_ledger_may_have_sent_is_held(
    restored, send, put, article, ledger, clock, published, later_reading, state
):
    began, network = clock(), Network("blind")
    if later_reading:
        put(2, state="skipped")
        clock.move(minutes=5)
    story = article(1, published=None if published is None else began + published)
    clock.move(minutes=10)
    after = send(planned(ledger, story, MASTO, state="due", due_at=clock()), network)
    assert after.state == state


@pytest.mark.parametrize(("ahead", "state"), [(1, "posted"), (3, "held"), (60, "posted")])
def test_a_site_whose_clock_was_ahead_before_may_have_published_that_much_earlier(
    restored, send, put, article, ledger, clock, ahead, state
):
    before, after = clock() - HOUR, clock() + timedelta(minutes=2)
    put(2, state="posted")
    ledger.database.change("UPDATE article SET first_seen_at = :at", at=micros(before))
    dated = before + timedelta(minutes=ahead)
    ledger.database.change("UPDATE article SET published_at = :at", at=micros(dated))
    clock.move(minutes=10)
    row = planned(ledger, article(1, published=after), MASTO, state="due", due_at=clock())
    assert send(row, Network("blind")).state == state


def test_one_that_refuses_a_second_post_by_itself_is_held_back_by_nothing(restored, send, put):
    assert send(put(1, state="due"), Network("exact")).state == "posted"


@pytest.mark.parametrize("ask", ["stopped", "asked"])
def test_a_blind_one_holds_nothing_without_a_restore(send, put, ledger, clock, ask):
    ledger.accounts.ensure(MASTO, clock())
    ledger.recovery.ask_by_hand()
    ledger.database.change("UPDATE look SET why = :why", why=ask)
    assert send(put(1, state="due"), Network("blind")).state == "posted"


# Where asking fails


def stopped(ledger):
    ledger.database.change("UPDATE look SET why = 'stopped', doubt_at = NULL, doubt_until = NULL")


def test_after_a_mere_stop_a_list_that_fails_is_told_and_keeps_nothing_back(restored, send, put, ledger):
    stopped(ledger)
    network = Lister()
    network.faults["recent"] = errors.Unavailable("down")
    assert send(put(1, state="due"), network).state == "posted"
    assert send.warnings[0] == "it could not be asked what it has: down"
    assert send(put(2, state="due"), network).state == "posted"
    assert asked(network) == 1


@pytest.mark.parametrize("fault", [errors.Unavailable("down"), errors.Uncertain("half"), errors.Rejected("no scope")])
def test_after_a_restore_the_account_waits_until_it_works(restored, send, put, ledger, clock, fault):
    network = Lister()
    network.faults["recent"] = fault
    first, second = put(1, state="due"), put(2, state="due")
    after = send(first, network)
    assert (after.state, after.reason, after.attempts) == ("due", "restored", 0)
    assert str(fault) in after.error
    assert ledger.deliveries.find(second.key).reason == "restored"
    late = send(put(3, state="due"), network)
    assert (late.reason, late.due_at > clock()) == ("restored", True)
    assert asked(network) == 1
    network.faults.clear()
    clock.now = after.due_at
    assert [send(each, network).state for each in (first, second, late)] == ["posted"] * 3


def test_a_refused_login_pauses_the_account_as_for_a_post(restored, send, put, ledger):
    network = Lister()
    network.faults["recent"] = errors.AuthError("revoked")
    assert send(put(1, state="due"), network).reason == "auth"
    assert ledger.accounts.find("masto").paused == "auth"
    assert ledger.recovery.pending() == []


def test_one_that_refuses_a_second_post_by_itself_goes_on_without_its_list(restored, send, put):
    network = Lister(certainty="exact")
    network.faults["recent"] = errors.Unavailable("down")
    assert send(put(1, state="due"), network).state == "posted"


def test_a_person_who_asks_need_not_wait(restored, look, put, clock):
    network = Lister()
    network.faults["recent"] = errors.Unavailable("down")
    put(1, state="due")
    assert look(network).waits
    network.faults.clear()
    assert look(network).waits
    assert not look(network, now=True).waits


# What is told


@pytest.mark.parametrize(
    ("looked", "notes"),
    [
        ({}, ()),
        ({"settled": Settled(posted=("a",))}, ("it had one story already, recorded as posted",)),
        ({"settled": Settled(posted=("a", "b"))}, ("it had 2 stories already, recorded as posted",)),
        (
            {"settled": Settled(held=("a",)), "fault": "down"},
            (
                "nobody can tell whether it has one story: held for you to decide",
                "it could not be asked what it has: down",
            ),
        ),
        ({"fault": "down", "waits": True}, ("nothing is sent until it says what it has: down",)),
        ({"waits": True}, ()),
    ],
)
def test_what_a_person_is_told_of_it(looked, notes):
    assert Looked("masto", **looked).notes == notes


@pytest.mark.parametrize("certainty", ["blind", "exact"])
@pytest.mark.parametrize("fault", [None, errors.Unsupported("hides its links")])
def test_what_comes_of_one_that_cannot_say(restored, look, put, certainty, fault):
    row = put(1, state="due")
    network = Network(certainty) if fault is None else Lister(certainty=certainty)
    network.faults["recent"] = fault
    blind = certainty == "blind"
    assert look(network) == Looked(
        "masto", settled=Settled(held=(row.key,) * blind), fault=fault and "hides its links", blind=blind
    )
    assert look(network) == Looked("masto", blind=blind)


def test_what_comes_of_one_that_can_say(restored, look, put, ledger, clock):
    first, second = put(1, state="due"), put(2, state="due")
    ledger.accounts.unreachable("masto", clock(), 1)
    network = Lister(has(clock, "https://gazette.example/1"))
    assert look(network) == Looked("masto", 1, Settled(posted=(first.key,)))
    assert ledger.recovery.wanted("masto").looked_at == clock()
    assert not ledger.accounts.was_down("masto")
    ledger.database.change("UPDATE delivery SET state = 'due', remote_id = NULL")
    assert look(network, key=second.key) == Looked("masto")
    assert look(network, key=first.key) == Looked("masto", settled=Settled(posted=(first.key,)))


@pytest.mark.parametrize(("why", "certainty"), [("stopped", "blind"), ("restored", "exact")])
def test_where_a_list_that_fails_keeps_nothing_back_an_earlier_one_counts(
    restored, look, put, ledger, clock, why, certainty
):
    first = put(1, state="due")
    look(Lister())
    ledger.elsewhere.keep("masto", [has(clock, "https://gazette.example/1")])
    ledger.database.change("UPDATE look SET looked_at = NULL, why = :why", why=why)
    network = Lister(certainty=certainty)
    network.faults["recent"] = errors.Unavailable("down")
    assert look(network) == Looked("masto", settled=Settled(posted=(first.key,)), fault="down")


def test_a_network_that_asks_to_wait_again_and_again_is_asked_ever_more_seldom(restored, put, ledger, clock):
    put(1, state="due")
    network, waits = Lister(), []
    network.faults["recent"] = errors.RateLimited("slow")
    lane = Lane(MASTO, network, lambda: network.limits, SETTLE)
    for _ in range(3):
        look_first(lane, ledger, TERMS)
        again_at = ledger.recovery.wanted("masto").again_at
        waits.append(again_at - clock())
        clock.now = again_at
    assert waits == sorted(set(waits))


@pytest.mark.parametrize(
    ("fault", "jitter", "failures", "wait"),
    [
        (errors.Unavailable("down"), 0.9, 0, 10),  # never less than the first wait
        (errors.Unavailable("down"), 0.0, 0, 10),
        (errors.Rejected("no scope"), 0.9, 0, 900),
        (errors.RateLimited("slow", retry_after=120), 0.9, 0, 120),
    ],
)
def test_how_long_it_waits_to_be_asked_again(restored, put, ledger, clock, fault, jitter, failures, wait):
    row = put(1, state="due")
    network = Lister()
    network.faults["recent"] = fault
    terms = replace(TERMS, jitter=lambda: jitter)
    lane = Lane(MASTO, network, lambda: network.limits, SETTLE)
    assert look_first(lane, ledger, terms) == Looked("masto", fault=str(fault), waits=True)
    until = clock() + timedelta(seconds=wait)
    assert ledger.recovery.wanted("masto").again_at == until
    found = ledger.deliveries.find(row.key)
    assert (found.reason, found.due_at) == ("restored", until)
    assert found.error == f"its network could not be asked what it has: {fault}"
    clock.now = until - timedelta(microseconds=1)
    assert look_first(lane, ledger, terms) == Looked("masto", waits=True)
    assert asked(network) == 1
    clock.now = until
    look_first(lane, ledger, terms)
    assert asked(network) == 2


def test_failures_in_a_row_make_the_whole_account_wait(restored, look, ledger, clock):
    network = Lister()
    network.faults["recent"] = errors.Unavailable("down")
    for _ in range(5):
        look(network, now=True)
    assert ledger.accounts.find("masto").failures == 5
    assert ledger.accounts.find("masto").next_at == clock() + timedelta(seconds=40)


def test_how_far_a_list_reaches_back():
    assert (SKEW, BEYOND) == (2 * HOUR, 24 * HOUR)


@pytest.mark.parametrize(
    ("link", "host", "leads"),
    [
        ("https://gazette.example/1", "gazette.example", True),
        ("https://blog.gazette.example/1", "gazette.example", True),
        ("https://notgazette.example/1", "gazette.example", False),
        ("mailto:desk@gazette.example", "gazette.example", False),
        ("https://gazette.example/1", None, False),
    ],
)
def test_whether_a_link_leads_to_a_site(link, host, leads):
    assert _leads_to(link, host) is leads
