"""A preview, a dry run, the list and a real run show one decision, whatever a delivery waits for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.app import clock

X = {"accounts": ("x-main",)}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@pytest.fixture
def hands(monkeypatch):
    """The clock on the wall stands still until it is moved."""
    held = [datetime.now(UTC).replace(microsecond=0)]
    monkeypatch.setattr(clock, "now", lambda: held[0])

    def move(**step):
        held[0] += timedelta(**step)
        return held[0]

    return move


def began(desk, *accounts, account="", source="", extra=""):
    """After a first run that found nothing to post."""
    desk.config(*(accounts or ("masto",)), account=account, source=source, extra=extra)
    desk.site.publish(1)
    desk("post")


def closed(now):
    """A window of one hour that begins half a day from now."""
    start = now + timedelta(hours=12)
    return f"{DAYS[start.weekday()]} {start:%H}:00-{DAYS[start.weekday()]} {start:%H}:30"


def window(desk, hands):
    began(desk, account=f", schedule: {{windows: '{closed(hands())}', timezone: UTC}}")
    desk.site.publish(2)
    return ["window", "window"]


def spacing(desk, hands):
    began(desk, account=", schedule: {spacing: 10m}")
    desk.site.publish(3)
    return [None, "spacing", "behind"]


def cap(desk, hands):
    began(desk, account=", schedule: {per_hour: 1}")
    desk.site.publish(3)
    return [None, "cap", "behind"]


def budget(desk, hands):
    began(desk, "x-main", account=", budget: {monthly_usd: 0.01}")
    desk.site.publish(1)
    return ["budget"]


def paused_account(desk, hands):
    began(desk)
    desk("accounts", "pause", "masto")
    desk.site.publish(2)
    return ["paused", "paused"]


def paused_everything(desk, hands):
    began(desk)
    desk("accounts", "pause", "--all")
    desk.site.publish(1)
    return ["paused"]


def paused_word(desk, hands):
    began(desk)
    desk("accounts", "pause", "--word", "harbour")
    desk.site.publish(1)
    return ["paused"]


def after_a_fault(fault, reason):
    def make(desk, hands):
        began(desk)
        desk.site.publish(2)
        desk.sandbox.add_faults([{"step": "commit", "fault": fault, "count": None}])
        desk("post")
        hands(seconds=1)
        return [reason, reason]

    return make


def down(desk, hands):
    """The network is gone: nothing of the request left."""
    began(desk)
    desk("accounts", "check")
    desk.site.publish(1)
    desk.sandbox.close()
    desk("post")
    return ["unavailable"]


def template(desk, hands):
    folder = desk.folder / "templates" / "mastodon"
    folder.mkdir(parents=True)
    (folder / "post.txt.j2").write_text("{{ article.nothing_of_the_kind }}", encoding="utf-8")
    began(desk, extra="templates: ./templates")
    desk.site.publish(1)
    return ["template"]


def approval(desk, hands):
    began(desk, account=", approve: true")
    desk.site.publish(1)
    return ["approval"]


def burst(desk, hands):
    began(desk, source=", burst: 3")
    desk.site.publish(5)
    return ["burst"] * 5


def similar(desk, hands):
    began(desk)
    [story] = desk.site.publish(1)
    desk("post")
    hands(hours=1)
    again = desk.site.publish(1)[0]
    again.title, again.summary = story.title, story.summary
    return ["similar"]


def stranger(desk, hands):
    began(desk)
    [story] = desk.site.publish(1)
    desk.site.raw = desk.site.feed().replace(desk.site.link(story), "https://casino.example/1").encode()
    return ["stranger"]


def preflight(desk, hands):
    began(desk)
    [story] = desk.site.publish(1)
    answer = desk.site.answer
    desk.site.answer = lambda path, tag: (404, "text/html", b"", None) if story.slug in path else answer(path, tag)
    return ["preflight"]


def embargo(desk, hands):
    began(desk)
    desk.site.publish(1, ago=timedelta(hours=-3))
    return ["embargo"]


def date(desk, hands):
    began(desk)
    desk.site.publish(1, ago=timedelta(days=-90))
    return ["date"]


def delay(desk, hands):
    began(desk, account=", delay: 30m")
    desk.site.publish(1)
    return ["delay"]


WAITS = {
    "window": window,
    "spacing": spacing,
    "cap": cap,
    "budget": budget,
    "paused account": paused_account,
    "paused everything": paused_everything,
    "paused word": paused_word,
    "rate limited": after_a_fault("429", "rate_limited"),
    "unavailable": down,
    "auth": after_a_fault("401", "auth"),
    "template": template,
    "approval": approval,
    "burst": burst,
    "similar": similar,
    "stranger": stranger,
    "preflight": preflight,
    "embargo": embargo,
    "date": date,
    "delay": delay,
}


def decisions(rows):
    """State, reason and time of each delivery, by its article and account."""
    return {(row["article"], row["account"]): (row["state"], row["reason"], row["due_at"]) for row in rows}


@pytest.mark.parametrize("wait", WAITS)
def test_whatever_it_waits_for_all_of_them_say_the_same(desk, hands, wait):
    reasons = WAITS[wait](desk, hands)
    preview = decisions(desk("preview", "--json").rows)
    assert sorted(str(reason) for _, reason, _ in preview.values()) == sorted(map(str, reasons)), preview
    assert decisions(desk("post", "--dry-run", "--json").rows) == preview
    posted = {key for key, (state, reason, _) in preview.items() if (state, reason) == ("due", None)}
    real = decisions(desk("post", "--json").rows)
    assert {key: real.get(key, said) for key, said in preview.items() if key not in posted} == {
        key: said for key, said in preview.items() if key not in posted
    }
    assert {real[key][0] for key in posted} <= {"posted"}
    listed = decisions(desk("deliveries", "list", "--json").rows)
    assert {key: listed[key] for key in preview if key not in posted} == {
        key: said for key, said in preview.items() if key not in posted
    }


@pytest.mark.parametrize("what", ["hours", "spacing", "a pause", "a paused word", "a withdrawn pause"])
def test_the_list_judges_what_was_planned_before_as_the_next_run_will(desk, hands, what):
    """Nothing is recorded yet of what it waits for: a run for another account planned it, and sent none of it."""
    accounts = {
        "hours": f", schedule: {{windows: '{closed(hands())}', timezone: UTC}}",
        "spacing": ", schedule: {spacing: 1h}",
    }
    began(desk, "masto", "fb", account=accounts.get(what, ""))
    desk.site.publish(3)
    assert {row["account"] for row in desk("post", "--account", "fb", "--json").rows} == {"fb"}
    if what in ("a pause", "a withdrawn pause"):
        desk("accounts", "pause", "masto")
    if what == "a withdrawn pause":
        desk("accounts", "resume", "masto")
    if what == "a paused word":
        desk("accounts", "pause", "--word", "harbour")
    listed = decisions(row for row in desk("deliveries", "list", "--json").rows if row["account"] == "masto")
    assert len(listed) == 3
    assert decisions(desk("preview", "--account", "masto", "--json").rows) == listed
    desk("post", "--account", "masto")
    after = decisions(row for row in desk("deliveries", "list", "--json").rows if row["account"] == "masto")
    waited = {key: said for key, said in listed.items() if said[1] is not None}
    assert {key: after[key] for key in waited} == waited
    assert {after[key][0] for key in listed.keys() - waited.keys()} <= {"posted"}
