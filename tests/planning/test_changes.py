"""What a change or a withdrawal makes of an article's deliveries, for each state and each wish of its accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.model import NO_RULES, Account, BreakingRules, Image
from syndicate.planning.changes import plan_delete, plan_edit, revise, withdraw
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
EDITS = replace(MASTO, on_edit="edit")
DELETES = replace(MASTO, on_withdrawn="delete")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def change(ledger, clock, article):
    """Tells what changed of article 1; gives the keys that this plans."""

    def make(account, breaking=NO_RULES, **said):
        before = article(1)
        anchor = ledger.articles.at(before.url)
        return revise([(anchor, before, replace(before, **said))], [account], ledger, clock(), breaking)

    return make


def rows(ledger, action):
    return [row for row in ledger.deliveries.search() if row.action == action]


SENT = ["sending", "unknown", "held", "posted"]


@pytest.mark.parametrize("state", ["planned", "due", "failed", "skipped", *SENT])
@pytest.mark.parametrize("account", [MASTO, EDITS])
def test_what_may_be_out_is_edited_where_the_account_wants_it(ledger, clock, put, change, state, account):
    row = put(1, state=state)
    put(2, state="posted")
    keys = change(account, title="Mended")
    edits = rows(ledger, "edit")
    assert [edit.key for edit in edits] == keys
    assert len(edits) == (state in SENT and account.on_edit == "edit")
    for edit in edits:
        assert (edit.anchor, edit.account, edit.platform, edit.state) == (row.anchor, "masto", "mastodon", "due")
        assert (edit.due_at, edit.priority, edit.revision, edit.expires_at) == (clock(), 0, 1, None)
    assert ledger.deliveries.find(row.key) == row


@pytest.mark.parametrize(
    ("said", "edited"),
    [
        ({"title": "Mended"}, True),
        ({"summary": "More."}, True),
        ({"url": "https://gazette.example/new"}, True),
        ({"url": "http://gazette.example/1/?utm_source=x"}, False),  # the same page
        ({"images": (Image("https://gazette.example/1.jpg"),)}, False),
        ({"categories": ("City",)}, False),
    ],
)
def test_only_what_a_post_shows_has_it_edited(ledger, put, change, said, edited):
    put(1, state="posted")
    assert (change(EDITS, **said) != []) is edited


@pytest.mark.parametrize(
    ("state", "again"), [("due", False), ("sending", False), ("posted", True), ("failed", True), ("skipped", True)]
)
def test_one_edit_waits_at_a_time_and_each_has_its_number(ledger, clock, put, state, again):
    row = put(1, state="posted")
    first = plan_edit(row.anchor, EDITS, ledger, clock())
    ledger.database.change("UPDATE delivery SET state = :state WHERE key = :key", state=state, key=first)
    put(1, FACE, state="posted")
    second = plan_edit(row.anchor, EDITS, ledger, clock())
    assert (second is not None) is again
    assert sorted(edit.revision for edit in rows(ledger, "edit")) == [1, 2][: 1 + again]
    other = plan_edit(row.anchor, FACE, ledger, clock())
    assert ledger.deliveries.find(other).revision == 1
    elsewhere = put(2, state="posted")
    assert ledger.deliveries.find(plan_edit(elsewhere.anchor, EDITS, ledger, clock())).revision == 1


@pytest.mark.parametrize(("sent", "left", "posted_again", "planned"), [
    (10, "skipped", False, False),
    (10, "skipped", True, True),  # the edits of the post before do not count
    (10, None, False, True),  # none was left yet: this one will say so
    (9, "failed", False, True),
])  # fmt: skip
def test_after_ten_edits_and_one_that_was_left_no_more_are_planned(
    ledger, clock, put, sent, left, posted_again, planned
):
    row = put(1, state="posted")
    for state in [*["posted"] * sent, *filter(None, [left])]:
        clock.move(minutes=1)
        edit = plan_edit(row.anchor, EDITS, ledger, clock())
        ledger.database.change("UPDATE delivery SET state = :state WHERE key = :key", state=state, key=edit)
    clock.move(minutes=1)
    if posted_again:
        ledger.database.change("UPDATE delivery SET planned_at = :at WHERE action = 'post'", at=micros(clock()))
    found = plan_edit(row.anchor, EDITS, ledger, clock())
    assert (found is not None) is planned
    assert found is None or ledger.deliveries.find(found).revision == sent + 1 + (left is not None)


@pytest.mark.parametrize(("delay", "until"), [(timedelta(0), 1), (10 * MINUTE, 10)])
@pytest.mark.parametrize(("said", "changed"), [({"title": "Mended"}, True), ({"categories": ("City",)}, False)])
def test_a_delay_begins_anew_with_each_change(ledger, clock, put, change, delay, until, said, changed):
    row = put(1, state="planned", reason="delay", due_at=clock() + MINUTE, planned_at=clock())
    change(replace(MASTO, delay=delay), **said)
    assert ledger.deliveries.find(row.key).due_at == clock() + (until if changed else 1) * MINUTE


@pytest.mark.parametrize(("tags", "priority"), [(("Alert",), 0), ((), 1)])
def test_what_becomes_breaking_news_goes_first(ledger, put, change, tags, priority):
    row, other = put(1), put(2)
    assert change(MASTO, breaking=BreakingRules(tags=("Alert",)), categories=tags) == []
    assert ledger.deliveries.find(row.key).priority == priority
    assert ledger.deliveries.find(other.key).priority == 1


WITHDRAWN = [
    ("planned", None, "skipped"),
    ("due", None, "skipped"),
    ("due", {"text": "may be out"}, "told"),
    ("sending", None, "told"),
    ("unknown", None, "told"),
    ("held", None, "told"),
    ("posted", None, "told"),
    ("failed", None, None),
    ("skipped", None, None),
]


@pytest.mark.parametrize(("state", "draft", "outcome"), WITHDRAWN)
@pytest.mark.parametrize("account", [MASTO, DELETES])
def test_what_becomes_of_what_was_withdrawn(ledger, clock, put, state, draft, outcome, account):
    row, other = put(1, state=state, draft=draft, reason="embargo"), put(2)
    before = ledger.deliveries.find(other.key)
    keys = withdraw(row.anchor, [account], ledger, clock())
    left = ledger.deliveries.find(row.key)
    assert (left.state, left.reason, left.error) == (
        ("skipped", "withdrawn", "withdrawn by the publisher") if outcome == "skipped" else (state, "embargo", None)
    )
    deleted = outcome == "told" and account is DELETES
    assert [each.key for each in rows(ledger, "delete")] == keys
    assert len(keys) == deleted
    told = [(each.key, what) for each, what, _ in ledger.alerts.waiting()]
    assert told == ([(row.key, "withdrawn")] if outcome == "told" and not deleted else [])
    assert ledger.deliveries.find(other.key) == before
    assert ledger.articles.find(row.anchor).withdrawn_at == clock()
    assert withdraw(row.anchor, [account], ledger, clock()) == []


def test_an_edit_of_what_is_withdrawn_is_neither_told_nor_deleted(ledger, clock, put):
    row = put(1, state="posted", action="edit")
    assert withdraw(row.anchor, [DELETES], ledger, clock()) == []
    assert ledger.alerts.waiting() == []


def test_an_account_that_left_the_config_is_told_of(ledger, clock, put):
    row = put(1, state="posted")
    assert withdraw(row.anchor, [replace(FACE, on_withdrawn="delete")], ledger, clock()) == []
    assert [what for _, what, _ in ledger.alerts.waiting()] == ["withdrawn"]


def test_a_change_to_withdrawn_withdraws_and_the_others_go_on(ledger, clock, put, article):
    first, second = put(1, state="posted"), put(2, state="posted")
    changes = [
        (row.anchor, article(number), article(number, title="Mended", withdrawn=number == 1))
        for number, row in enumerate((first, second), 1)
    ]
    keys = revise(changes, [replace(EDITS, on_withdrawn="delete")], ledger, clock(), NO_RULES)
    assert [(row.action, row.anchor) for row in map(ledger.deliveries.find, keys)] == [
        ("delete", first.anchor),
        ("edit", second.anchor),
    ]


@pytest.mark.parametrize(
    ("state", "again"), [("failed", True), ("skipped", True), ("posted", False), ("due", False), ("held", False)]
)
def test_a_deletion_is_planned_once_and_asked_again_where_it_failed(ledger, clock, put, state, again):
    post = put(1, state="posted")
    key = plan_delete(post, ledger, clock())
    made = ledger.deliveries.find(key)
    assert (made.action, made.state, made.due_at, made.priority) == ("delete", "due", clock(), 0)
    assert (made.anchor, made.account, made.platform, made.expires_at) == (post.anchor, "masto", "mastodon", None)
    ledger.database.change("UPDATE delivery SET state = :state, due_at = NULL WHERE key = :key", state=state, key=key)
    clock.move(hours=1)
    assert plan_delete(post, ledger, clock()) == key
    left = ledger.deliveries.find(key)
    assert (left.state, left.due_at) == (("due", clock()) if again else (state, None))
    assert ledger.deliveries.find(post.key) == post
