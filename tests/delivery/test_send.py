"""One delivery, step by step: what the network is asked, what each answer leaves in the row and on the account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate import errors
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.model import Budget, Concession
from syndicate.net.leaving import ask
from syndicate.serialization import instant
from tests.worlds.accounts import MASTO
from tests.worlds.one_delivery import TERMS, Network, left, raises, render

DRAFT = {"text": "as it was"}


def test_a_post_is_rendered_prepared_and_committed_under_its_key(clock, put, send):
    network = Network()
    row = put(1, looks=3)
    after = send(row, network)
    text = "Story 1 of 500"
    assert network.asked == [("prepare", text, None), ("commit", {"text": text}, row.key)]
    assert left(after, clock) == ("posted", None, None, None, 1)
    assert (after.remote_id, after.permalink, after.post["text"]) == ("9", "https://social.example/9", text)
    assert (after.committed_at, after.looks) == (clock(), 0)
    assert send.warnings == ("cut",)


def test_a_delivery_that_is_not_there_is_named(ledger):
    with pytest.raises(errors.SyndicateError, match="there is no delivery nothing"):
        deliver("nothing", None, ledger, render, TERMS, Gate(ledger))


@pytest.mark.parametrize("state", ["planned", "sending", "held", "posted", "skipped", "failed"])
def test_what_is_not_due_is_left_alone(put, send, state):
    row, network = put(1, state=state), Network()
    assert send(row, network) == row
    assert (network.asked, send.warnings) == ([], ())


@pytest.mark.parametrize(
    ("render_fault", "limits_fault", "row"),
    [
        (errors.TooLong("512 of 500"), None, ("failed", "too_long", None, "512 of 500", 0)),
        (errors.RenderError("line 3"), None, ("due", "template", 60, "line 3", 0)),
        (None, errors.Unavailable("down"), ("due", "unavailable", 5, "down", 0)),
        (None, errors.Unavailable("down", retry_after=99), ("due", "unavailable", 99, "down", 0)),
        (None, errors.RateLimited("slow"), ("due", "rate_limited", 60, "slow", 0)),
        (None, errors.AuthError("no"), ("due", "auth", 0, "no", 0)),
        (None, errors.Rejected("404"), ("due", "unavailable", 900, "404", 0)),
    ],
)
def test_what_cannot_be_rendered_now_asks_nothing_and_spends_nothing(
    ledger, clock, put, send, render_fault, limits_fault, row
):
    network = Network()
    after = send(
        put(1),
        network,
        render=raises(render_fault) if render_fault else render,
        limits=raises(limits_fault) if limits_fault else None,
    )
    assert left(after, clock) == row
    assert (network.asked, send.warnings) == ([], ())
    account = ledger.accounts.find("masto")
    assert account.paused == ("auth" if row[1] == "auth" else None)
    assert (account.next_at > clock()) is (row[1] == "rate_limited")


def test_limits_that_are_throttled_in_a_row_are_asked_ever_more_rarely(ledger, clock, put, send):
    slow = raises(errors.RateLimited("slow"))
    for number, minutes in ((1, 1), (2, 5), (3, 15)):
        assert send(put(number), Network(), limits=slow).due_at == clock() + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("step", "fault", "row"),
    [
        ("prepare", errors.Unavailable("down"), ("due", "unavailable", 5, "down", 1)),
        ("prepare", errors.Uncertain("cut"), ("due", "unavailable", 5, "cut", 1)),
        ("prepare", errors.Rejected("no"), ("failed", "rejected", None, "no", 1)),
        ("prepare", errors.AuthError("no"), ("due", "auth", 0, "no", 0)),
        ("prepare", errors.NotReady("busy", prepared={"id": 1}), ("due", "unavailable", 5, "busy", 0)),
        ("commit", errors.Unavailable("down"), ("due", "unavailable", 5, "down", 1)),
        ("commit", errors.RateLimited("slow"), ("due", "rate_limited", 60, "slow", 0)),
        ("commit", errors.Rejected("no"), ("failed", "rejected", None, "no", 1)),
        ("commit", errors.Uncertain("cut"), ("unknown", "no_answer", 15, "cut", 1)),
    ],
)
def test_each_answer_is_in_the_row(ledger, clock, put, send, step, fault, row):
    network = Network()
    network.faults[step] = fault
    after = send(put(1), network)
    assert left(after, clock) == row
    assert (after.draft is not None) is (row[0] == "unknown")
    kept = row[0] == "failed" or step == "commit"
    assert (after.post or {}).get("text") == ("Story 1 of 500" if kept else None)
    reached = not isinstance(fault, errors.Uncertain) and str(fault) != "down"
    assert ledger.accounts.find("masto").failures == (0 if reached else 1)


def test_where_nobody_can_tell_a_lost_answer_is_looked_at_at_once(clock, put, send):
    network = Network("blind")
    network.faults["commit"] = errors.Uncertain("cut")
    assert left(send(put(1), network), clock) == ("unknown", "no_answer", 0, "cut", 1)


@pytest.mark.parametrize("before", ["failures", "throttles", "down"])
def test_a_post_that_is_taken_ends_the_accounts_troubles(ledger, clock, put, send, before):
    row = put(1)
    ledger.accounts.troubled("masto", "told to wait")
    ledger.accounts.throttled("masto")
    ledger.accounts.unreachable("masto", clock(), 1)
    send(row, Network())
    account = ledger.accounts.find("masto")
    assert (account.failures, account.down_since, account.trouble) == (0, None, None)
    assert ledger.accounts.throttled("masto") == 1


@pytest.mark.parametrize(("seconds", "sent"), [(30, True), (30.1, False)])
def test_a_process_that_was_stopped_does_not_send_into_the_end_of_its_lease(ledger, clock, put, send, seconds, sent):
    row, network, begin = put(1), Network(), ledger.claims.begin

    def stopped(*arguments, **values):
        begun = begin(*arguments, **values)
        clock.move(seconds=seconds)
        return begun

    ledger.claims.begin = stopped
    after = send(row, network)
    assert [asked[0] for asked in network.asked] == (["prepare", "commit"] if sent else ["prepare"])
    told = "the process was stopped before it could send"
    assert left(after, clock)[:4] == (("posted", None, None, None) if sent else ("due", "unavailable", 5, told))


@pytest.mark.parametrize(("counted", "state"), [(30, "posted"), (31, "due")])
@pytest.mark.parametrize("place", ["before", "inside"])
def test_a_ledger_that_was_away_between_the_intent_and_the_request_stops_it(
    ledger, clock, put, send, monkeypatch, counted, state, place
):
    """The login is read there, by us and by adapters: a server that was cut off may answer after the lease.

    The ledger's clock waits with it, so a counter of this machine has the last word.
    """
    here, left = [500.0], []
    monkeypatch.setattr("syndicate.delivery.sending.seconds", lambda: here[0])

    def load(name):
        here[0] += counted if place == "before" else 0
        return 1, None

    class Reading(Network):
        def commit(self, draft, key):
            here[0] += counted if place == "inside" else 0
            ask()  # as net/http does before each request that changes something
            left.append(key)
            return super().commit(draft, key)

    begin = ledger.claims.begin

    def begun(*arguments, **values):
        monkeypatch.setattr(ledger.credentials, "load", load)
        return begin(*arguments, **values)

    monkeypatch.setattr(ledger.claims, "begin", begun)
    row = put(1)
    assert send(row, Reading(), refresh=lambda old: old).state == state
    assert left == ([row.key] if state == "posted" else [])


def test_a_login_that_cannot_be_kept_gives_the_delivery_back(ledger, clock, put, send):
    network = Network()
    network.faults["prepare"] = errors.LedgerError("the key is wrong")
    row = put(1)
    with pytest.raises(errors.LedgerError):
        send(row, network)
    assert left(ledger.deliveries.find(row.key), clock) == ("due", None, 0, None, 0)


@pytest.mark.parametrize(
    ("columns", "again"),
    [
        ({"draft": DRAFT, "post": DRAFT}, True),
        ({"draft": DRAFT | {"expires_at": "soon"}, "post": DRAFT}, True),
        ({"draft": DRAFT | {"expires_at": "now"}, "post": DRAFT}, False),
        ({"draft": DRAFT}, False),
        ({"post": DRAFT}, False),
    ],
)
def test_a_stored_post_goes_again_as_it_is_while_its_uploads_live(clock, put, send, columns, again):
    draft = dict(columns.get("draft") or {})
    if "expires_at" in draft:
        ends = clock() + timedelta(microseconds=1 if draft["expires_at"] == "soon" else 0)
        draft["expires_at"] = instant(ends + timedelta(seconds=draft["expires_at"] == "soon"))
        columns = columns | {"draft": draft}
    network = Network()
    after = send(put(1, **columns), network)
    assert after.state == "posted"
    assert [asked[0] for asked in network.asked] == (["commit"] if again else ["prepare", "commit"])
    assert network.asked[-1][1] == (draft if again else {"text": "Story 1 of 500"})


def test_a_post_that_goes_again_is_known_by_its_digest(put, send):
    assert send(put(1, draft=DRAFT, post=DRAFT, digest="d1"), Network()).digest == "d1"


def test_what_the_gate_stops_is_not_rendered_and_says_why(ledger, clock, put, send):
    ledger.pauses.add("story", now=clock(), until=None)
    network = Network()
    after = send(put(1), network, render=raises(AssertionError("not now")))
    assert left(after, clock) == ("due", "paused", 60, "articles with 'story' are paused", 0)
    assert (network.asked, send.warnings) == ([], ())


def test_a_post_that_goes_again_keeps_its_bytes_when_it_fails_again(clock, put, send):
    network = Network()
    network.faults["commit"] = errors.Unavailable("down")
    after = send(put(1, draft=DRAFT, post=DRAFT, unknowns=1, committed_at=clock()), network)
    assert (after.state, after.draft, after.unknowns) == ("due", DRAFT, 1)


@pytest.mark.parametrize(("same", "prepared"), [(True, {"id": 1}), (False, None)])
def test_what_an_upload_left_is_used_for_the_same_post_alone(clock, put, send, same, prepared):
    network = Network()
    network.faults["prepare"] = errors.NotReady("busy", prepared={"id": 1})
    row = send(put(1), network)
    network.faults.clear()
    clock.move(seconds=5)
    other = replace(network.limits, text=500 if same else 400)
    send(row, network, limits=lambda: other)
    assert [asked[2] for asked in network.asked if asked[0] == "prepare"] == [None, prepared]


def test_a_post_that_costs_is_counted_and_a_budget_stops_the_next(ledger, clock, put, send):
    rich = replace(MASTO, budget=Budget(0.02))
    send(put(1), Network(), account=rich)
    assert ledger.deliveries.spent("masto", clock()) == 15_000
    network = Network()
    after = send(put(2), network, account=rich)
    assert (after.state, after.reason, network.asked) == ("due", "budget", [])
    assert send.warnings == ("cut",)


def test_a_picture_that_is_refused_is_given_up_and_the_network_was_reached(ledger, clock, put, send):
    def pictured(*arguments, **moments):
        from syndicate.model import Media

        made = render(*arguments, **moments)
        made.post = replace(made.post, media=(Media(b"x" * 99, "image/jpeg", 3, 2, "A"),))
        return made

    network, row = Network(), put(1)
    network.faults["prepare"] = errors.PictureRefused("413")
    ledger.accounts.unreachable("masto", clock(), 1)
    after = send(row, network, render=pictured)
    assert left(after, clock) == ("due", None, 0, "413", 0)
    assert after.conceded == Concession("smaller", 49, 0, ("413",))
    assert ledger.accounts.find("masto").failures == 0


def test_a_login_that_expired_is_refreshed_for_every_request(ledger, clock, put, send):
    row, network = put(1), Network()
    ledger.credentials.lock("masto", 0, clock())
    ledger.credentials.replace("masto", 0, {"token": "0"})
    for step in ("prepare", "commit"):
        network.faults[step] = errors.AuthError("expired")

    def refresh(old):
        network.faults.pop(network.asked[-1][0])
        return {"token": old["token"] + "0"}

    assert send(row, network, refresh=refresh).state == "posted"
    assert [asked[0] for asked in network.asked] == ["prepare", "prepare", "commit", "commit"]
    assert ledger.credentials.load("masto") == (3, {"token": "000"})
