"""What keeps a due delivery waiting, and for how long: through `poll` and `deliver`, on a real ledger."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from syndicate import errors
from syndicate.config.hours import hours
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate, Trouble
from syndicate.model import BreakingRules, Budget
from tests.worlds.newsroom import TERMS, Network, Newsroom, render


@pytest.fixture
def newsroom(ledger, clock):
    return lambda **options: Newsroom(ledger, clock, **options)


@pytest.fixture
def stories(article, clock):
    """The first so many stories, published now, a second apart, the newest first as a feed has them."""

    def make(count=1, start=1, **fields):
        made = [article(n, published=clock.now + timedelta(seconds=n), **fields) for n in range(start, start + count)]
        return made[::-1]

    return make


# Hours


def test_outside_its_window_a_story_waits_and_says_until_when(newsroom, stories, clock):
    room = newsroom(schedule={"windows": (hours("Mon-Fri 07:00-11:00"),)})  # it is Monday, past noon
    room.publish(*stories(3))
    assert room.run() == []
    assert room.states() == [("due", "window")] * 3
    opens = clock.now.replace(hour=7, minute=0) + timedelta(days=1)
    assert {row.due_at for row in room.ledger.deliveries.search()} == {opens}
    assert {row.attempts for row in room.ledger.deliveries.search()} == {0}
    clock.now = opens - timedelta(microseconds=1)
    assert room.run() == []
    clock.now = opens
    assert room.run() == ["Story 1", "Story 2", "Story 3"]


def test_hours_that_never_open_are_looked_at_once_a_day(newsroom, stories, clock):
    """No config says so, but a clock that is set may leave an hour out."""
    room = newsroom(schedule={"windows": (hours("Mon 07:00-08:00"),), "quiet": (hours("Mon 07:00-08:00"),)})
    room.publish(*stories(1))
    assert room.run() == []
    assert (room.only().state, room.only().reason) == ("due", "window")
    assert room.only().due_at == clock.now + timedelta(days=1)


def test_a_story_that_comes_later_waits_as_well_and_goes_behind(newsroom, stories, clock):
    room = newsroom(schedule={"windows": (hours("Mon-Fri 07:00-11:00"),)})
    room.publish(*stories(2))
    room.run()
    clock.move(minutes=30)
    room.publish(*stories(1, start=3), *room.articles)
    assert room.run() == []
    clock.move(hours=20)
    assert room.run() == ["Story 1", "Story 2", "Story 3"]


def test_spacing_and_caps_hold_over_what_was_posted(newsroom, stories, clock):
    room = newsroom(schedule={"spacing": timedelta(minutes=10), "per_hour": 3})
    room.publish(*stories(5))
    sent = []
    for _ in range(150):
        sent += [(clock.now, title) for title in room.run()]
        clock.move(minutes=1)
    gaps = [(after - before).total_seconds() / 60 for (before, _), (after, _) in pairwise(sent)]
    assert [title for _, title in sent] == [f"Story {n}" for n in range(1, 6)]
    assert gaps == [10, 10, 40, 10]


def test_what_was_refused_spends_no_cap_and_what_may_be_out_does(newsroom, stories, clock):
    network = Network(script=[errors.Rejected("no"), errors.Uncertain("cut off")])
    room = newsroom(schedule={"per_day": 1}, network=network)
    room.publish(*stories(3))
    room.run()
    assert room.states() == [("failed", "rejected"), ("unknown", "no_answer"), ("due", "cap")]


def test_two_processes_cannot_pass_a_cap_together(newsroom, stories, clock, ledger):
    """The second judged itself free before the first posted; the claim reads again."""
    room = newsroom(schedule={"spacing": timedelta(minutes=10)})
    first, second = room.publish(*stories(2))
    gate = Gate(ledger)

    def meanwhile(*arguments, **moments):
        assert deliver(first, room.lane, ledger, render, TERMS, gate)[0].state == "posted"
        return render(*arguments, **moments)

    assert deliver(second, room.lane, ledger, meanwhile, TERMS, gate)[0].state == "due"
    assert len(room.network.posts) == 1
    assert ledger.deliveries.find(second).attempts == 0


# Breaking news


def test_breaking_news_overtakes_and_minds_neither_hours_nor_spacing_if_told_so(newsroom, stories, article, clock):
    closed = {"windows": (hours("Mon-Fri 07:00-11:00"),), "spacing": timedelta(hours=1), "breaking": "at once"}
    room = newsroom(schedule=closed, breaking=BreakingRules(tags=("breaking",)), delay=timedelta(minutes=5))
    room.publish(*stories(20))
    clock.move(minutes=6)
    assert room.run() == []
    loud = [article(n, published=clock.now, categories=("Breaking",)) for n in (98, 99)]
    room.publish(*loud, *room.articles)
    assert room.run() == ["Story 99", "Story 98"]
    assert {row.reason for row in room.ledger.deliveries.search(states=("due",))} == {"window"}


def test_without_that_word_breaking_news_only_goes_first(newsroom, stories, article, clock):
    room = newsroom(schedule={"windows": (hours("Mon-Fri 07:00-11:00"),)}, breaking=BreakingRules(title="^BREAKING"))
    room.publish(*stories(3))
    room.run()
    room.publish(article(9, title="BREAKING: fog", published=clock.now), *room.articles)
    assert room.run() == []
    clock.now = room.ledger.deliveries.search(states=("due",))[0].due_at
    assert room.run() == ["BREAKING: fog", "Story 1", "Story 2", "Story 3"]


def test_caps_bind_breaking_news_too(newsroom, article, clock):
    room = newsroom(schedule={"per_hour": 1, "breaking": "at once"}, breaking=BreakingRules(tags=("breaking",)))
    loud = [article(n, published=clock.now, categories=("breaking",)) for n in (2, 1)]
    room.publish(*loud)
    assert room.run() == ["Story 1"]
    assert room.states()[1] == ("due", "cap")
    clock.move(minutes=60)
    assert room.run() == ["Story 2"]


def test_a_story_that_becomes_breaking_news_overtakes_then(newsroom, stories, article, clock):
    room = newsroom(schedule={"spacing": timedelta(minutes=10)}, breaking=BreakingRules(title="^BREAKING"))
    last, *others = stories(4)
    room.publish(last, *others)
    assert room.run() == ["Story 1"]
    room.publish(article(4, title="BREAKING: it burns", published=last.published), *others)
    clock.move(minutes=10)
    assert room.run() == ["BREAKING: it burns"]


@pytest.mark.parametrize("raw", [{"urgency": "1"}, {"priority": "flash"}])
def test_a_source_may_mark_breaking_news_itself(newsroom, article, clock, raw):
    room = newsroom()
    room.publish(article(1, published=clock.now, raw=raw))
    assert room.only().priority == 0


# Age


@pytest.mark.parametrize("state", ["paused", "window", "approval", "preflight"])
def test_what_waits_too_long_is_skipped_with_the_reason(newsroom, stories, clock, state):
    options = {
        "paused": {},
        "window": {"schedule": {"quiet": (hours("Mon 12:00-Fri 12:00"),)}},
        "approval": {"approve": True},
        "preflight": {"trouble": Trouble("its page answers 404"), "patience": timedelta(days=3)},
    }[state]
    room = newsroom(max_age=timedelta(hours=6), **options)
    if state == "paused":
        room.ledger.accounts.pause("acct", "person", clock.now)
    room.publish(*stories(1))
    room.run()
    clock.move(hours=5)
    room.run()
    assert room.only().state in ("due", "planned")
    clock.move(hours=2)
    room.run()
    assert (room.only().state, room.only().reason) == ("skipped", "too_old")
    assert "it expired while it waited" in room.only().error
    assert room.network.posts == {}


def test_what_may_have_been_sent_is_never_skipped_for_its_age(newsroom, stories, clock):
    class Silent(Network):
        def commit(self, draft, key):
            super().commit(draft, key)
            raise errors.Uncertain("cut off")

    room = newsroom(network=Silent())
    room.publish(*stories(1))
    room.run()
    assert room.states() == [("unknown", "no_answer")]
    clock.move(days=3)
    room.run()
    assert room.only().state == "posted"
    assert room.network.requests == ["commit", "find"]


def test_what_surely_never_arrived_and_is_old_by_now_is_not_sent_after_all(newsroom, stories, clock):
    room = newsroom(network=Network(script=[errors.Uncertain("cut off")]))
    room.publish(*stories(1))
    room.run()
    clock.move(days=3)
    room.run()
    clock.move(minutes=1)
    room.run()
    assert room.states() == [("skipped", "too_old")]
    assert room.network.posts == {}


def test_what_a_person_asked_for_has_no_age(newsroom, article, clock, ledger):
    from syndicate.planning.apply import announce

    room = newsroom(max_age=timedelta(hours=1))
    announce(article(1, published=clock.now - timedelta(days=9)), [room.account], ledger)
    ledger.accounts.pause("acct", "person", clock.now)
    clock.move(days=9)
    ledger.resume(room.account)
    assert room.run() == ["Story 1"]


# Stops


@pytest.mark.parametrize("how", ["account", "everything", "word"])
def test_after_a_long_pause_the_newest_go_out_spaced_and_the_rest_is_old_news(newsroom, stories, clock, ledger, how):
    room = newsroom()
    word = {"account": None, "everything": "", "word": "STORY"}[how]
    if word is None:
        ledger.accounts.pause("acct", "person", clock.now)
    else:
        ledger.pauses.add(word, now=clock.now, until=None)
    for number in range(1, 13):
        clock.move(minutes=10)
        room.publish(*stories(1, start=number), *room.articles)
        assert room.run() == []
    clock.move(minutes=5)
    resumed, skipped = ledger.resume(room.account) if word is None else ledger.end_pause(word, [room.account])
    assert (resumed, skipped) == (True, 7)
    assert room.states()[:7] == [("skipped", "too_old")] * 7
    assert "a stop of 2h05m; only the newest 5 go out" in ledger.deliveries.search()[0].error
    sent = []
    for _ in range(6):
        sent.append(room.run())
        clock.move(minutes=1)
    assert sent == [["Story 8"], ["Story 9"], ["Story 10"], ["Story 11"], ["Story 12"], []]


def test_a_short_pause_loses_nothing_and_keeps_the_order(newsroom, stories, clock, ledger):
    room = newsroom()
    ledger.accounts.pause("acct", "auth", clock.now)
    room.publish(*stories(12))
    clock.move(minutes=50)
    assert ledger.resume(room.account) == (True, 0)
    assert room.run() == [f"Story {number}" for number in range(1, 13)]


def test_catch_up_may_be_all(newsroom, stories, clock, ledger):
    room = newsroom(schedule={"catch_up": "all"})
    ledger.accounts.pause("acct", "person", clock.now)
    room.publish(*stories(12))
    clock.move(hours=5)
    assert ledger.resume(room.account) == (True, 0)
    assert len(room.run()) == 12


def test_only_stories_with_the_word_wait(newsroom, stories, article, clock, ledger):
    room = newsroom()
    ledger.pauses.add("Election", now=clock.now, until=clock.now + timedelta(minutes=30))
    room.publish(article(7, title="The ELECTION is near", published=clock.now), *stories(1))
    assert room.run() == ["Story 1"]
    assert ("due", "paused") in room.states()
    assert ledger.pauses.lapsed(clock.now) == []
    clock.move(minutes=30)
    assert ledger.pauses.lapsed(clock.now) == ["election"]
    ledger.end_pause("election", [room.account])
    assert room.run() == ["The ELECTION is near"]


def test_a_network_that_is_down_is_tried_now_and_then_and_costs_no_story_its_attempts(newsroom, stories, clock):
    down = errors.Unavailable("connection refused")
    room = newsroom(network=Network(script=[down] * 40))
    room.publish(*stories(3))
    for _ in range(40):
        room.run()
        clock.move(minutes=1)
    tried = len(room.network.requests)
    assert 5 < tried < 20  # not three stories a minute, and not once a minute either
    assert {state for state, _ in room.states()} == {"due"}
    assert max(row.attempts for row in room.ledger.deliveries.search()) < 8
    room.network.script.clear()
    for _ in range(20):
        room.run()
        clock.move(minutes=1)
    assert [state for state, _ in room.states()] == ["posted"] * 3


def test_one_story_that_always_fails_breaks_nothing_for_the_others(newsroom, stories, clock, ledger):
    class Picky(Network):
        def commit(self, draft, key):
            if "Story 1 " in draft["text"]:
                raise errors.Unavailable("HTTP 500", status=500)
            return super().commit(draft, key)

    room = newsroom(network=Picky())
    room.publish(*stories(4))
    for _ in range(60):
        room.run()
        clock.move(minutes=1)
    assert room.states() == [("failed", "attempts"), *[("posted", None)] * 3]
    assert ledger.accounts.find("acct").failures == 0


# Calm


def test_a_story_waits_until_it_has_stayed_unchanged(newsroom, article, clock):
    room = newsroom(delay=timedelta(minutes=3))
    room.publish(article(1, title="Teh bridge", published=clock.now))
    assert room.states() == [("planned", "delay")]
    clock.move(minutes=2)
    room.publish(article(1, title="The bridge", published=clock.now))
    clock.move(minutes=2)
    assert room.run() == []
    clock.move(minutes=1)
    assert room.run() == ["The bridge"]


def test_a_story_that_changes_all_the_time_goes_out_in_the_end(newsroom, article, clock):
    room = newsroom(delay=timedelta(minutes=10))
    for minute in range(0, 65, 5):
        room.publish(article(1, title=f"Live, minute {minute}", published=clock.now))
        assert (minute, room.run()) == (minute, ["Live, minute 60"] if minute == 60 else [])
        clock.move(minutes=5)


def test_a_picture_with_a_new_address_does_not_disturb_the_calm(newsroom, article, clock):
    from syndicate.model import Image

    room = newsroom(delay=timedelta(minutes=3))
    for number in range(3):
        room.publish(article(1, published=clock.now, images=(Image(f"https://cdn.example/{number}.jpg"),)))
        clock.move(minutes=1)
    assert room.run() == ["Story 1"]


def test_an_embargo_is_kept_to_the_second_and_follows_its_date(newsroom, article, clock):
    room = newsroom()
    hour = clock.now + timedelta(hours=1)
    room.publish(article(1, published=hour))
    assert room.states() == [("planned", "embargo")]
    room.publish(article(1, published=hour + timedelta(minutes=30)))
    clock.now = hour + timedelta(minutes=30) - timedelta(microseconds=1)
    assert room.run() == []
    clock.move(microseconds=1)
    assert room.run() == ["Story 1"]


def test_an_embargo_that_is_put_off_by_days_does_not_grow_too_old_before_its_hour(newsroom, article, clock):
    room = newsroom()
    hour = clock.now + timedelta(hours=1)
    room.publish(article(1, published=hour))
    room.publish(article(1, published=hour + timedelta(days=3)))
    clock.now = hour + timedelta(days=2)
    assert room.run() == []
    assert room.states() == [("planned", "embargo")]
    clock.now = hour + timedelta(days=3)
    assert room.run() == ["Story 1"]


@pytest.mark.parametrize(
    ("account", "minutes", "reason"),
    [
        ({"approve": True}, 0, "approval"),
        ({"approve": True}, 60, "approval"),
        ({"delay": timedelta(hours=2)}, 60, "embargo"),
    ],
)
def test_an_embargo_that_is_moved_binds_what_waits_for_something_else_besides(
    newsroom, article, clock, account, minutes, reason
):
    room = newsroom(**account)
    hour = clock.now + timedelta(hours=6)
    room.publish(article(1, published=clock.now + timedelta(minutes=minutes)))
    room.publish(article(1, published=hour))
    assert (room.only().reason, room.only().due_at) == (reason, hour)


def test_a_date_months_ahead_is_asked_about_whenever_it_comes_and_no_longer_than_it_lasts(newsroom, article, clock):
    room = newsroom()
    hour = clock.now + timedelta(hours=1)
    room.publish(article(1, published=hour))
    room.publish(article(1, published=hour + timedelta(days=365)))
    assert room.states() == [("planned", "date")]
    assert room.only().error == "it is dated 2027-11-23, more than 30 days ahead"
    room.publish(article(1, published=hour))
    assert (room.states(), room.only().error) == ([("planned", "embargo")], None)
    clock.now = hour
    assert room.run() == ["Story 1"]


def test_another_source_that_knows_the_day_alone_lifts_no_embargo(newsroom, article, clock):
    room = newsroom()
    hour = clock.now + timedelta(hours=1)
    room.publish(article(1, published=hour))
    room.name = "sport"
    room.poll()
    room.publish(article(1, source="sport", published=clock.now.replace(hour=0), precision="day"))
    assert room.run() == []
    assert room.only().due_at == hour


# A person's yes


def approve(room, digest=None):
    """As `deliveries approve` does, with the digest of what would go out now."""
    from syndicate.serialization import digest as made
    from syndicate.serialization import post_record

    row, now = room.only(), room.ledger.now()
    known = room.ledger.articles.find(row.anchor).article
    post = render(known, room.account, room.network, room.network.limits, at=now, planned_at=row.planned_at).post
    assert room.ledger.decisions.approve(row, made(post_record(post)), at=None, now=now, ages=True)


def test_what_asks_for_a_yes_waits_for_it_and_goes_out_as_it_was_shown(newsroom, stories, clock):
    room = newsroom(approve=True)
    room.publish(*stories(1))
    assert room.run() == []
    assert room.states() == [("planned", "approval")]
    approve(room)
    clock.move(hours=1)
    assert room.run() == ["Story 1"]


def test_a_post_that_changed_since_asks_again(newsroom, article, clock):
    room = newsroom(approve=True)
    room.publish(article(1, published=clock.now))
    approve(room)
    room.publish(article(1, title="Another headline", published=clock.now))
    assert room.run() == []
    assert (room.only().state, room.only().reason) == ("planned", "approval")
    assert room.only().error == "it changed since it was approved"
    approve(room)
    assert room.run() == ["Another headline"]


# The page


def test_a_story_whose_page_is_not_there_waits_and_goes_out_when_it_is(newsroom, stories, clock):
    room = newsroom(trouble=Trouble("its page answers 404"), patience=timedelta(hours=1))
    room.publish(*stories(1))
    for _ in range(20):
        room.run()
        clock.move(minutes=1)
    assert room.states() == [("planned", "preflight")]
    assert room.only().error == "its page answers 404"
    assert 3 < room.looks < 15
    room.trouble = None
    clock.move(minutes=5)
    assert room.run() == ["Story 1"]


def test_a_page_has_its_whole_time_however_long_the_story_waited_for_its_hour(newsroom, article, clock):
    room = newsroom(trouble=Trouble("its page answers 404"), patience=timedelta(hours=1))
    room.publish(article(1, published=clock.now + timedelta(hours=3)))
    clock.move(hours=3)
    for _ in range(10):
        assert room.run() == []
        clock.move(minutes=3)
    room.trouble = None
    clock.move(minutes=5)
    assert room.run() == ["Story 1"]


def test_a_draft_that_was_published_by_mistake_goes_out_when_it_is_published_again(newsroom, article, clock):
    room = newsroom(trouble=Trouble("its page answers 404"), patience=timedelta(hours=1))
    draft = article(1, published=clock.now)
    room.publish(draft)
    for _ in range(30):
        room.run()
        clock.move(minutes=5)
    assert room.states() == [("skipped", "preflight")]
    room.trouble = None
    clock.move(days=1)
    assert room.publish(draft) == ()
    again = article(1, published=clock.now)
    room.publish(again)
    assert room.run() == ["Story 1"]
    assert room.publish(article(1, published=clock.now + timedelta(minutes=1))) == ()


def test_a_page_that_was_right_meanwhile_has_its_time_anew(newsroom, stories, clock):
    room = newsroom(trouble=Trouble("its page answers 404"), patience=timedelta(hours=1))
    room.publish(*stories(1))
    room.run()
    clock.move(minutes=1)
    room.trouble, room.network.script = None, [errors.RateLimited("too many", retry_after=7200.0)]
    room.run()
    clock.move(hours=3)
    room.trouble = Trouble("its page answers 503")
    for _ in range(6):
        room.run()
        clock.move(minutes=1)
    assert room.states() == [("planned", "preflight")]


def test_after_its_patience_a_story_is_given_up_and_somebody_is_told(newsroom, stories, clock, ledger):
    room = newsroom(trouble=Trouble("its page answers 404"), patience=timedelta(hours=1))
    room.publish(*stories(1))
    told = []
    for _ in range(70):
        room.run()
        told.append([state for _, state, _ in ledger.alerts.waiting()])
        clock.move(minutes=1)
    assert room.states() == [("skipped", "preflight")]
    assert (told[25], told[36], sorted(told[-1])) == ([], ["waits"], ["skipped", "waits"]), (
        "and before, when half of it is over"
    )


def test_one_page_that_did_not_answer_and_a_clock_set_an_hour_ahead_lose_no_story(newsroom, stories, clock):
    room = newsroom(trouble=Trouble("its page cannot be read: no answer within 30 s"), patience=timedelta(hours=1))
    room.publish(*stories(1))
    room.run()
    clock.move(minutes=61)
    room.run()
    assert room.states() == [("planned", "preflight")]
    room.trouble = None
    clock.move(minutes=5)
    assert room.run() == ["Story 1"]


def test_a_story_whose_picture_alone_is_missing_goes_out_in_the_end(newsroom, stories, clock):
    room = newsroom(trouble=Trouble("its picture: HTTP 404", fatal=False), patience=timedelta(minutes=10))
    room.publish(*stories(1))
    assert room.run() == []
    clock.move(minutes=11)
    assert room.run() == ["Story 1"]


# Money


def test_a_budget_stops_before_it_is_passed_and_begins_anew_with_the_month(newsroom, stories, clock):
    room = newsroom(budget=Budget(0.5), max_age=timedelta(days=30))  # 20 cents a post
    room.publish(*stories(3))
    assert room.run() == ["Story 1", "Story 2"]
    waiting = room.ledger.deliveries.search(states=("due",))[0]
    assert (waiting.reason, waiting.attempts) == ("budget", 0)
    assert waiting.error == "$0.40 of $0.50 spent this month, and this post costs $0.200"
    assert waiting.due_at == clock.now.replace(month=12, day=1, hour=0, minute=0)
    clock.now = waiting.due_at
    assert room.run() == ["Story 3"]
