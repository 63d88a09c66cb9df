"""What lasts and a person should hear of, told once while it lasts."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.app.monitoring.conditions import notices, usual_gap
from syndicate.ledger.accounts import AccountState
from syndicate.ledger.credential_terms import Term
from syndicate.ledger.sources import SourceHealth
from syndicate.model import Identity

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ACCOUNT = AccountState("masto", "mastodon", NOW, None, NOW, None, None)
SOURCE = SourceHealth("news", 0, None)


def every(hours, count=20, since=NOW):
    return [since - timedelta(hours=hours * number) for number in range(count)]


def test_a_refused_login_and_a_failing_source_are_noticed():
    broken = replace(SOURCE, fails=3, error="news: HTTP 500")
    found = notices([replace(ACCOUNT, paused="auth")], {broken: []}, NOW)
    assert found["login", "masto"] == "the login of masto was refused"
    assert found["source_failing", "news"] == "news cannot be read: news: HTTP 500"
    assert notices([replace(ACCOUNT, paused="person")], {replace(SOURCE, fails=2): []}, NOW) == {}


def test_a_spent_quota_is_the_account_s_trouble_until_a_post_goes_out():
    found = notices([replace(ACCOUNT, trouble="x: usage cap exceeded")], {}, NOW)
    assert found == {("account_waits", "masto"): "masto waits: x: usage cap exceeded"}
    paused = notices([replace(ACCOUNT, trouble="x: usage cap exceeded", paused="auth")], {}, NOW)
    assert set(paused) == {("login", "masto")}


@pytest.mark.parametrize(
    ("gap", "silent", "noticed"),
    [
        (1, 23, False),  # never before a day
        (1, 25, True),
        (24, 72, False),  # a daily paper may take a long weekend
        (24, 97, True),
        (24 * 7, 24 * 27, False),
        (24 * 7, 24 * 29, True),
    ],
)
def test_silence_is_measured_by_what_is_usual(gap, silent, noticed):
    came = every(gap, since=NOW - timedelta(hours=silent))
    assert (("source_quiet", "news") in notices([], {SOURCE: came}, NOW)) is noticed


def test_what_is_usual_takes_some_articles_to_know():
    assert usual_gap(every(1, count=7)) is None
    assert usual_gap(every(2, count=30)) == timedelta(hours=2)
    nights = [*every(1, count=16), *every(1, count=16, since=NOW - timedelta(hours=23))]
    assert usual_gap(nights) == timedelta(hours=1)


def test_a_token_that_ends_soon_is_noticed_ten_days_ahead_and_a_day_ahead():
    def told(**left):
        return notices([replace(ACCOUNT, identity=Identity("1", "@g", expires_at=NOW + timedelta(**left)))], {}, NOW)

    assert told(days=9, hours=1) == {("token_expiring", "masto"): "the token of masto expires in 9 days, on 2026-12-05"}
    assert told(days=10) == {}
    assert told(hours=24).keys() == {("token_expiring", "masto")}
    assert told(hours=23)["token_expiring", "masto", "last_day"] == (
        "the token of masto expires at 2026-11-27 11:00 UTC"
    )


def term(**known):
    at = {name: NOW + timedelta(days=days) for name, days in known.items() if name != "failures"}
    usual = {"signed_in_at": NOW - timedelta(days=50), "expires_at": None, "renew_at": None}
    return Term(1, **usual | at, failures=known.get("failures", 0), again_at=NOW)


@pytest.mark.parametrize(
    ("known", "kinds"),
    [
        ({}, set()),
        ({"expires_at": 5}, {"login_ending"}),
        ({"expires_at": 11}, set()),
        ({"expires_at": 0.05, "renew_at": 0.02}, set()),  # an hour is all that it lives, and it is renewed
        ({"expires_at": 5, "renew_at": -1, "failures": 2}, set()),
        ({"expires_at": 5, "renew_at": -1, "failures": 3}, {"login_ending"}),
    ],
)
def test_a_login_that_renews_itself_is_noticed_where_that_fails(known, kinds):
    found = notices([ACCOUNT], {}, NOW, terms={"masto": term(**known)})
    assert {kind for kind, *_ in found} == kinds


def test_what_the_network_says_of_an_end_counts_beside_what_is_stored():
    soon = replace(ACCOUNT, identity=Identity("1", "@g", expires_at=NOW + timedelta(days=4)))
    renewed = {"masto": term(expires_at=0.05, renew_at=0.02)}
    assert [*notices([soon], {}, NOW, terms=renewed)] == [("login_ending", "masto")]  # the login itself ends
    hourly = replace(ACCOUNT, identity=Identity("1", "@g", expires_at=NOW + timedelta(hours=1)))
    assert notices([hourly], {}, NOW, terms=renewed) == {}


def test_an_account_that_needs_a_login_is_noticed_with_the_reason():
    found = notices([replace(ACCOUNT, paused="login", trouble="x: refused")], {}, NOW)
    assert found == {("sign_in", "masto"): "masto needs somebody to sign in to it: x: refused"}


def test_who_an_account_is_keeps_when_its_token_ends(ledger, clock):
    from syndicate.model import Account

    ledger.accounts.ensure(Account("masto", "mastodon"), clock())
    ends = clock.now + timedelta(days=3)
    ledger.accounts.identified("masto", Identity("1", "@gazette", expires_at=ends), clock())
    assert ledger.accounts.find("masto").identity.expires_at == ends


def test_a_notice_is_told_once_while_it_lasts(ledger, clock):
    held = {("login", "masto"): "the login of masto was refused"}
    ledger.notices.observe(held, clock())
    [notice] = ledger.notices.waiting()
    ledger.notices.told(notice, now=clock(), heard=False)
    [again] = ledger.notices.waiting()
    ledger.notices.told(again, now=clock(), heard=True)
    for _ in range(3):
        ledger.notices.observe(held, clock())
        assert ledger.notices.waiting() == []
    ledger.notices.observe({}, clock())
    ledger.notices.observe(held, clock())
    assert len(ledger.notices.waiting()) == 1


def test_three_failures_to_tell_are_enough(ledger, clock):
    ledger.notices.observe({("login", "masto"): "refused"}, clock())
    for _ in range(3):
        [notice] = ledger.notices.waiting()
        ledger.notices.told(notice, now=clock(), heard=False)
    assert ledger.notices.waiting() == []


# As a publisher has it


@pytest.fixture
def heard(tmp_path):
    """A command that keeps what it is told."""
    script, kept = tmp_path / "notify.py", tmp_path / "told.jsonl"
    script.write_text(f"import sys; open({str(kept)!r}, 'a').write(sys.stdin.read())", encoding="utf-8")
    words = json.dumps([sys.executable, str(script)])

    def told():
        return [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.exists() else []

    told.command = f"alerts: {{command: {words}}}"
    return told


def test_a_refused_login_is_told_once(desk, heard):
    desk.config("masto", extra=heard.command)
    desk("post")
    desk.sandbox.add_faults([{"platform": "mastodon", "step": "commit", "fault": "401", "count": None}])
    desk.site.publish(1)
    for _ in range(3):
        desk("post")
    [line] = heard()
    assert (line["alert"], line["subject"]) == ("login", "masto")
    assert line["since"].endswith("Z")


def test_a_source_that_fails_three_times_is_told_of(desk, heard):
    desk.config("masto", extra=heard.command)
    desk.site.status = 500
    for _ in range(4):
        desk("post")
    assert [(line["alert"], line["subject"]) for line in heard()] == [("source_failing", "news")]


def test_people_hear_of_it_through_apprise(desk, heard):
    """apprise's own json:// way, to a real server: the sandbox's webhook."""
    address = desk.sandbox.url.replace("http://", "json://")
    desk.config("hook", extra=f"alerts: {{urls: '{address}/webhook/desk'}}")
    desk("post")
    desk.sandbox.add_faults([{"platform": "webhook", "step": "commit", "fault": "drop_before"}])
    desk.site.publish(1)
    run = desk("post")
    assert "Traceback" not in run.err

    def asked():
        return [request for request in desk.sandbox.requests() if request["path"] == "/webhook/desk"]

    for _ in range(3):  # what a busy machine did not tell in time is told by the next run
        if not asked():
            desk("post")
    assert len(asked()) == 1


def test_an_address_apprise_does_not_understand_is_named_by_its_place(desk):
    desk.config("hook", extra="alerts: {urls: ['nonsense-without-a-scheme-secret']}")
    desk("post")
    desk.sandbox.add_faults([{"platform": "webhook", "step": "commit", "fault": "drop_before"}])
    desk.site.publish(1)
    run = desk("post")
    assert "alerts.urls: apprise does not understand address 1 of 1" in run.err
    assert "secret" not in run.err
