"""Rows of deliveries as values, and conditions with their parameters."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.ledger.rows import address, among, concession, delivery, record
from syndicate.model import NOTHING, Again, Concession, Delivery

START = datetime(1970, 1, 1, tzinfo=UTC)
TIMES = ("due_at", "planned_at", "committed_at", "looked_at", "expires_at", "day", "posted_at")
JSON = ("post", "prepared", "draft")
OWN = {
    "article": "https://gazette.example/1",
    "conceded": Concession("smaller", 5, 6, ("too big",)),
    "again": Again("person", "Updated"),
    **{name: {"of": name} for name in JSON},
}
NAMES = [field.name for field in fields(Delivery)]
VALUES = {name: f"the {name}" for name in NAMES} | OWN
VALUES |= {name: START + timedelta(microseconds=number + 1) for number, name in enumerate(TIMES)}


def row(**columns):
    found = {name: value for name, value in VALUES.items() if name != "article"}
    found |= {name: number + 1 for number, name in enumerate(TIMES)}
    found |= {name: json.dumps(VALUES[name]) for name in JSON}
    found["conceded"] = json.dumps({"picture": "smaller", "most_bytes": 5, "shorter": 6, "why": ["too big"]})
    found["again"] = json.dumps({"by": "person", "text": "Updated"})
    return found | {"article_url": VALUES["article"], "updated_at": 90} | columns


def test_each_column_is_in_its_place():
    assert delivery(row()) == Delivery(**VALUES)


def test_what_is_not_written_is_nothing():
    found = delivery(row(post=None, draft="", prepared={}, conceded=None, due_at=None))
    assert (found.post, found.draft, found.prepared, found.due_at) == (None, None, None, None)
    assert found.conceded == concession("") == NOTHING
    assert delivery(row(post={"text": "read already"})).post == {"text": "read already"}


@pytest.mark.parametrize(
    ("columns", "at"),
    [
        ({"state": "posted", "posted_at": 7}, 7),
        ({"state": "failed", "posted_at": 7}, 7),
        ({"state": "posted", "posted_at": None, "committed_at": 8}, 8),
        ({"state": "posted", "posted_at": None, "committed_at": None}, 90),
        ({"state": "failed", "posted_at": None, "committed_at": 8}, None),
    ],
)
def test_when_it_was_posted_is_known_of_older_versions_too(columns, at):
    wanted = at and START + timedelta(microseconds=at)
    assert delivery(row(**columns)).posted_at == wanted
    assert record(row(**columns))["posted_at"] == (wanted and f"{wanted.isoformat().removesuffix('+00:00')}Z")


POST = {"text": "T", "length": 1, "limit": 5, "media": [{"alt": "A"}], "link": "L"}


def test_a_record_says_each_thing_under_its_name():
    found = record(row(post=json.dumps(POST), article_url="https://desk:secret@gazette.example/1"))
    assert found == {
        **{name: f"the {name}" for name in ("key", "account", "platform", "action", "state", "reason", "remote_id")},
        **{name: f"the {name}" for name in ("permalink", "attempts", "revision", "part")},
        **POST,
        "article": "https://gazette.example/1",
        "due_at": "1970-01-01T00:00:00.000001Z",
        "planned_at": "1970-01-01T00:00:00.000002Z",
        "posted_at": "1970-01-01T00:00:00.000007Z",
    }


def test_a_record_without_a_post_has_no_words_and_no_pictures():
    found = record(row(post=None, article_url=None, due_at=None))
    assert [found[name] for name in ("article", "text", "length", "limit", "media", "link", "due_at")] == [
        *[None] * 4,
        [],
        *[None] * 2,
    ]


def test_a_condition_has_a_parameter_for_each_value():
    values = {"now": 1}
    assert among("delivery.state", ["due", "held"], values) == "delivery.state IN (:delivery_state0, :delivery_state1)"
    assert values == {"now": 1, "delivery_state0": "due", "delivery_state1": "held"}
    assert among("state", [], values) == ""
    assert len(values) == 3


def test_an_address_is_shown_without_its_login():
    assert address({"url": "https://desk:secret@gazette.example/1"}) == "https://gazette.example/1"
