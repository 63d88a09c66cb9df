"""What is sent right after a post: one commit records the one and begins the next, unless anything has changed."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate import errors
from syndicate.config.hours import hours
from syndicate.delivery import ahead
from syndicate.delivery.ahead import Ahead
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane
from syndicate.ledger.claims import Claims
from syndicate.model import Image, LinkCard, Media, Schedule
from syndicate.net.awaiting import awaited
from tests.worlds.accounts import MASTO
from tests.worlds.one_delivery import SETTLE, TERMS, Network, render

PLAIN = replace(MASTO, image="none")


class Telling(Network):
    """Calls what it was given when it is asked to commit, while its answer is awaited; the first time alone."""

    def __init__(self, meanwhile=lambda: None, certainty="keyed"):
        super().__init__(certainty)
        self.meanwhile = meanwhile

    def commit(self, draft, key):
        first = all(name != "commit" for name, *_ in self.asked)
        answer = super().commit(draft, key)
        awaited()
        if first:
            self.meanwhile()
        return answer


@pytest.fixture
def go(ledger):
    """Delivers the account's next one with what is ready after it; gives the states of all, as they were planned."""

    def one(network, *, account=PLAIN, render=render, gate=None, going=lambda: True):
        lane = Lane(account, network, lambda: network.limits, SETTLE)
        gate = gate or Gate(ledger)
        one.ahead = Ahead(lane, ledger, gate, lambda _: render, ledger.deliveries.queue, going)
        first = ledger.deliveries.next_due(account.name, ledger.now())
        deliver(first.key, lane, ledger, render, TERMS, gate, one.ahead)
        return states()

    def states():
        return [row.state for row in ledger.deliveries.search()]

    one.states = states
    return one


@pytest.fixture
def three(put, clock):
    """Three due stories, a second apart."""
    return [put(number, PLAIN, planned_at=clock() + timedelta(seconds=number)) for number in (1, 2, 3)]


def sent(network):
    """Keys of the posts that left, in order."""
    return [what[2] for what in network.asked if what[0] == "commit"]


def test_what_is_ready_is_sent_in_order_each_once(ledger, three, go):
    network = Network()
    assert go(network) == ["posted"] * 3
    assert sent(network) == [row.key for row in three]
    taken = go.ahead.taken()
    assert [each.before.key for each in taken] == [row.key for row in three[1:]]
    assert {each.after.state for each in taken} == {"posted"}
    assert {each.warnings for each in taken} == {("cut",)}
    for row in three:
        (attempt,) = ledger.deliveries.attempts(row.key)
        assert attempt["outcome"] == "posted"
        assert ledger.deliveries.find(row.key).post["text"]
    assert ledger.accounts.find("masto").failures == 0


def test_a_story_that_follows_costs_one_commit(ledger, three, go, monkeypatch):
    commits, stamp = [], ledger.database._stamp
    monkeypatch.setattr(ledger.database, "_stamp", lambda: (commits.append(1), stamp()))
    go(Network())
    three_in_one = len(commits)
    ledger.database.change("UPDATE delivery SET state = 'due', due_at = 0, fence = 0, post = NULL, committed_at = NULL")
    ledger.database.change("DELETE FROM attempt")
    ledger.database.change("UPDATE delivery SET state = 'skipped' WHERE key <> :key", key=three[0].key)
    commits.clear()
    go(Network())
    assert three_in_one == len(commits) + 2


def test_before_a_request_leaves_the_ledger_and_the_file_beside_it_know_of_it(ledger, three, go):
    seen = []

    class Watched(Network):
        def commit(self, draft, key):
            with closing(sqlite3.connect(ledger.database.path)) as other:
                rows = dict(other.execute("SELECT key, state FROM delivery").fetchall())
                (told,) = other.execute("SELECT draft, lease_until, committed_at FROM delivery WHERE key = ?", [key])
                (count,) = other.execute("SELECT count FROM run").fetchone()
            beside = json.loads(ledger.database.path.with_name(ledger.database.path.name + ".runs").read_bytes())
            seen.append(([rows[row.key] for row in three], all(told), beside["count"] == count))
            return super().commit(draft, key)

    go(Watched())
    assert seen == [
        (["sending", "due", "due"], True, True),
        (["posted", "sending", "due"], True, True),
        (["posted", "posted", "sending"], True, True),
    ]


CHANGES = {
    "the story was edited": lambda ledger, rows: ledger.database.change(
        "UPDATE article SET data = replace(data, 'Story', 'Tale') WHERE anchor = :anchor", anchor=rows[1].anchor
    ),
    "it was withdrawn": lambda ledger, rows: ledger.database.change(
        "UPDATE article SET withdrawn_at = 1 WHERE anchor = :anchor", anchor=rows[1].anchor
    ),
    "a word is paused": lambda ledger, _: ledger.pauses.add("x", now=ledger.now(), until=None),
    "everything is paused": lambda ledger, _: ledger.pauses.add("", now=ledger.now(), until=None),
    "the account is paused": lambda ledger, _: ledger.accounts.pause("masto", "person", ledger.now()),
    "the network asked to wait": lambda ledger, _: ledger.accounts.wait("masto", ledger.now() + timedelta(seconds=9)),
    "its hours are over": lambda ledger, _: ledger.database.change("UPDATE account SET opens_at = :at", at=1 << 60),
    "a person changed it": lambda ledger, rows: ledger.database.change(
        "UPDATE delivery SET expires_at = NULL, approved = 'x' WHERE key = :key", key=rows[1].key
    ),
    "another process has it": lambda ledger, rows: ledger.database.change(
        "UPDATE delivery SET fence = fence + 1 WHERE key = :key", key=rows[1].key
    ),
    "it has expired": lambda ledger, rows: ledger.database.change(
        "UPDATE delivery SET expires_at = :at WHERE key = :key", at=1, key=rows[1].key
    ),
    "the account has to look first": lambda ledger, _: ledger.recovery.ask("a test"),
    "another post is unknown": lambda ledger, rows: ledger.database.change(
        "UPDATE delivery SET state = 'unknown', due_at = 0 WHERE key = :key", key=rows[2].key
    ),
}


def elsewhere(change):
    """Make a change on another thread, which has a connection of its own as another process has."""
    thread = threading.Thread(target=change)
    thread.start()
    thread.join()


@pytest.mark.parametrize("where", [lambda change: change(), elsewhere], ids=["here", "elsewhere"])
@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_since_goes_the_usual_way(ledger, three, go, change, where):
    network = Telling(lambda: where(lambda: CHANGES[change](ledger, three)))
    states = go(network)
    assert (states[0], len(sent(network)), go.ahead.taken()) == ("posted", 1, [])
    assert "sending" not in states
    assert ledger.database.row("SELECT lane FROM account WHERE name = 'masto'") == {"lane": None}


@pytest.mark.parametrize("where", [lambda change: change(), elsewhere], ids=["here", "elsewhere"])
def test_what_somebody_changed_beside_it_keeps_nothing_back(ledger, three, go, where):
    beside = "UPDATE article SET check_at = 5 WHERE anchor = :anchor"
    network = Telling(lambda: where(lambda: ledger.database.change(beside, anchor=three[2].anchor)))
    assert go(network) == ["posted"] * 3
    assert len(go.ahead.taken()) == 2


def test_where_nobody_changed_anything_nothing_is_asked_again(three, go, monkeypatch):
    asked = []
    monkeypatch.setattr(Ahead, "_compared", lambda *_: asked.append(1))
    assert go(Network()) == ["posted"] * 3
    assert asked == []


def test_what_a_person_skipped_meanwhile_is_left_out(ledger, three, go):
    skip = "UPDATE delivery SET state = 'skipped', due_at = NULL WHERE key = :key"
    network = Telling(lambda: ledger.database.change(skip, key=three[1].key))
    assert go(network) == ["posted", "skipped", "due"]
    assert go(network) == ["posted", "skipped", "posted"]


def test_breaking_news_that_came_meanwhile_is_first(ledger, clock, three, go, article, put):
    network = Telling(lambda: put(4, PLAIN, priority=0))
    assert sorted(go(network)) == ["due", "due", "due", "posted"]
    assert ledger.deliveries.next_due("masto", clock()).priority == 0


@pytest.mark.parametrize(("seconds", "posts"), [(1.9, 3), (2, 1)])
def test_what_waited_too_long_is_made_anew(clock, three, go, seconds, posts):
    network = Telling(lambda: clock.move(seconds=seconds))
    go(network)
    assert len(sent(network)) == posts


def test_a_clock_that_was_set_back_makes_it_anew_too(clock, three, go):
    network = Telling(lambda: clock.move(seconds=-1))
    go(network)
    assert len(sent(network)) == 1


def test_where_the_run_is_to_stop_nothing_more_is_claimed(three, go):
    stopped = []
    network = Telling(lambda: stopped.append(1))
    assert go(network, going=lambda: not stopped) == ["posted", "due", "due"]


@pytest.mark.parametrize(
    "account",
    [
        replace(PLAIN, image="card"),
        replace(PLAIN, approve=True),
        replace(PLAIN, schedule=Schedule(spacing=timedelta(seconds=1))),
        replace(PLAIN, schedule=Schedule(per_day=1)),
    ],
    ids=["pictures", "approval", "spacing", "cap"],
)
def test_what_has_to_be_judged_by_itself_is(ledger, three, go, account):
    if account.approve:
        ledger.database.change("UPDATE delivery SET approved = 'x'")
    network = Network()
    go(network, account=account)
    assert len(sent(network)) <= 1
    assert go.ahead.taken() == []


@pytest.mark.parametrize(("images", "posts"), [((), 3), ((Image("https://gazette.example/1.jpg"),), 1)])
def test_a_photo_is_not_fetched_ahead(put, article, clock, go, ledger, images, posts):
    for number in (1, 2, 3):
        put(number, PLAIN, planned_at=clock() + timedelta(seconds=number))
        ledger.articles.update(
            ledger.deliveries.search()[-1].anchor, replace(article(number), images=images), ledger.now()
        )
    network = Network()
    go(network, account=replace(PLAIN, image="photo"))
    assert len(sent(network)) == posts


@pytest.mark.parametrize(
    "pictures",
    [
        {"media": (Media(b"x", "image/png", 1, 1, "a train"),)},
        {"card": LinkCard("https://gazette.example/1", "t", "d", Media(b"x", "image/png", 1, 1))},
    ],
    ids=["photo", "card"],
)
def test_a_post_with_a_picture_is_claimed_before_it_is_uploaded(three, go, pictures):
    def pictured(*values, **moments):
        made = render(*values, **moments)
        made.post = replace(made.post, **pictures)
        return made

    network = Network()
    go(network, render=pictured)
    assert len(sent(network)) == 1


def test_a_page_is_looked_at_right_before_its_story_goes(ledger, three, go):
    looked = []
    gate = Gate(ledger, lambda article, **_: looked.append(article.url), lambda _: timedelta(minutes=5))
    go(Network(), gate=gate)
    assert len(looked) == 1
    assert go.ahead.taken() == []


def test_what_comes_of_a_source_whose_pages_are_not_looked_at_follows_at_once(ledger, three, go):
    looked = []
    go(Network(), gate=Gate(ledger, lambda article, **_: looked.append(article.url), lambda _: None))
    assert (looked, len(go.ahead.taken())) == ([], 2)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (errors.Rejected("no"), "failed"),
        (errors.Unavailable("down"), "due"),
        (errors.Uncertain("no answer"), "unknown"),
        (errors.AuthError("who?"), "due"),
    ],
)
@pytest.mark.parametrize("at", [0, 1])
def test_after_a_fault_nothing_follows(ledger, three, go, fault, state, at):
    class Faulty(Network):
        def commit(self, draft, key):
            if key == three[at].key:
                self.faults["commit"] = fault
            return super().commit(draft, key)

    assert go(Faulty()) == ["posted"] * at + [state] + ["due"] * (2 - at)
    assert ledger.database.row("SELECT lane FROM account WHERE name = 'masto'") == {"lane": None}
    (attempt,) = ledger.deliveries.attempts(three[at].key)
    assert attempt["outcome"] == state


def test_a_post_that_cannot_be_made_ready_does_not_keep_the_one_before_it(three, go):
    def broken(article, *rest, **moments):
        if article.title.endswith("2"):
            raise errors.RenderError("no")
        return render(article, *rest, **moments)

    assert go(Network(), render=broken) == ["posted", "due", "due"]


@pytest.mark.parametrize("fault", [errors.LedgerError("the disk is full"), ZeroDivisionError()])
@pytest.mark.parametrize("where", ["queue", "start"])
def test_whatever_keeps_the_next_one_back_the_one_before_is_recorded(ledger, three, go, monkeypatch, fault, where):
    def broken(*_, **__):
        raise fault

    def breaks():
        if where == "start":
            monkeypatch.setattr(Claims, "start", broken)
        else:
            go.ahead._queue = broken
            ledger.database.change("UPDATE article SET check_at = check_at")  # else nobody has to ask again

    network = Telling(breaks)
    with pytest.raises(type(fault)):
        go(network)
    assert go.states() == ["posted", "due", "due"]


def test_a_process_that_was_stopped_after_the_commit_does_not_send(ledger, clock, three, go, monkeypatch):
    written = ledger.recovery.written

    def stopped(count):
        if ledger.deliveries.find(three[0].key).state == "posted":
            clock.move(seconds=40)
        return written(count)

    monkeypatch.setattr(ledger.recovery, "written", stopped)
    network = Network()
    go(network)
    assert len(sent(network)) == 1
    after = ledger.deliveries.find(three[1].key)
    assert (after.state, after.draft, after.committed_at) == ("due", None, None)


def test_of_many_only_some_are_made_ready_at_a_time(put, clock, go, monkeypatch):
    monkeypatch.setattr(ahead, "MOST", 2)
    for number in range(1, 6):
        put(number, PLAIN, planned_at=clock() + timedelta(seconds=number))
    assert go(Network()) == ["posted", "posted", "posted", "due", "due"]


@pytest.mark.parametrize(("each", "posts"), [(0.5, 4), (1.0, 2), (0.1, 5), (3.0, 1)])
def test_a_series_ends_after_two_seconds_so_that_what_became_of_it_is_told(put, clock, go, monkeypatch, each, posts):
    seconds = [100.0]
    monkeypatch.setattr(ahead, "monotonic", lambda: seconds[0])
    for number in range(1, 6):
        put(number, PLAIN, planned_at=clock() + timedelta(seconds=number))

    class Slow(Network):
        def commit(self, draft, key):
            seconds[0] += each
            return super().commit(draft, key)

    network = Slow()
    go(network)
    assert len(sent(network)) == posts


@pytest.mark.parametrize(("seconds", "posts"), [(0.9, 3), (1, 1)])
def test_hours_that_end_meanwhile_are_kept(clock, three, go, seconds, posts):
    evening = clock().replace(hour=18, minute=0, second=0, microsecond=0)
    clock.move(seconds=(evening - clock()).total_seconds() - 1)
    account = replace(PLAIN, schedule=Schedule(windows=(hours("06:00-18:00"),)))
    network = Telling(lambda: clock.move(seconds=seconds))
    go(network, account=account)
    assert len(sent(network)) == posts


def test_each_is_made_ready_while_the_answer_to_the_one_before_is_awaited(three, go):
    done = []

    def noted(article, *rest, **moments):
        done.append(article.title)
        return render(article, *rest, **moments)

    class Answering(Network):
        def commit(self, draft, key):
            done.append("asked")
            awaited()
            done.append("answered")
            return super().commit(draft, key)

    go(Answering(), render=noted)
    asked = ["asked", "answered"]
    assert done == ["Story 1", "asked", "Story 2", "answered", "asked", "Story 3", "answered", *asked]


def test_what_a_bug_keeps_from_being_made_ready_is_told_once_the_one_before_is_recorded(three, go):
    def broken(article, *rest, **moments):
        if article.title.endswith("2"):
            raise ZeroDivisionError
        return render(article, *rest, **moments)

    with pytest.raises(ZeroDivisionError):
        go(Telling(), render=broken)
    assert go.states() == ["posted", "due", "due"]


def test_where_its_pages_are_looked_at_nothing_after_a_story_is_read(ledger, three, go, monkeypatch):
    monkeypatch.setattr(ledger.articles, "stored", lambda _: pytest.fail("nothing can be made ready"))
    go(Network(), gate=Gate(ledger, lambda *_, **__: None, lambda _: timedelta(minutes=5)))
