"""How a finished story is packed, and that it comes back as it was."""

from __future__ import annotations

import hashlib
import json
import zlib

import pytest

from syndicate.ledger.shelf_format import (
    USUAL,
    WORDS,
    Shelved,
    is_hex,
    number_of,
    number_of_name,
    pack,
    unpack,
    unpacked_deliveries,
)

PLANNED = 1_700_000_000_000_000
POST = {"text": "A bridge opens", "link": "https://gazette.example/1", "media": []}
UNSEEN = {"spans": [[1, 2]], "at": "2026", "planned_at": "2026", "reply_to": "7", "language": "en"}
RECEIPT = {"id": "77", "permalink": "https://a.example/77", "data": {"cid": "x"}}
ROW = {
    "key": "k1",
    "account": 1,
    "platform": "mastodon",
    "planned_at": PLANNED,
    **USUAL,
    "remote_id": "77",
    "permalink": "https://a.example/77",
}
DAY = 86_400_000_000


def story(*rows, attempts=(), names=(("url", "ab"),)):
    return Shelved("anchor-1", list(names), [{"anchor": "anchor-1"} | row for row in rows], list(attempts))


def packed(row):
    """What is kept of a row, before it is compressed."""
    [kept] = json.loads(zlib.decompressobj(-13, zdict=WORDS).decompress(pack(story(row))))["d"]
    return kept


def test_what_most_rows_have_takes_no_room_and_comes_back():
    assert packed(ROW) == {
        "key": "k1",
        "account": 1,
        "platform": "mastodon",
        "planned_at": PLANNED,
        "remote_id": "77",
        "permalink": "https://a.example/77",
    }
    assert unpack(pack(story(ROW))) == story(ROW)
    usual = {"action": "post", "state": "posted", "attempts": 1, "fence": 1, "priority": 1}
    nothing = ("revision", "part", "lease_until", "unknowns", "absent", "cost", "looks", "cleared")
    assert usual | dict.fromkeys(nothing, 0) == USUAL


@pytest.mark.parametrize("name", USUAL)
def test_what_is_unusual_is_kept(name):
    other = {"action": "edit", "state": "skipped"}.get(name, 7)
    [row] = unpack(pack(story(ROW | {name: other}))).deliveries
    assert row[name] == other


@pytest.mark.parametrize("name", ["digest", "claimed_by", "prepared", "draft", "due_at", "asked_at", "rowid"])
def test_what_nothing_reads_of_a_finished_delivery_is_left_out(name):
    assert packed(ROW | {name: "x"}) == packed(ROW)
    assert "anchor" not in packed(ROW)


@pytest.mark.parametrize("name", ["updated_at", "committed_at", "posted_at", "day", "looked_at", "expires_at"])
def test_times_are_distances_from_the_planning(name):
    row = ROW | {"state": "failed", name: PLANNED + DAY}
    assert packed(row)[name] == DAY
    assert unpack(pack(story(row))).deliveries == [{"anchor": "anchor-1"} | row]
    assert unpacked_deliveries(pack(story(row)))[0][name] == PLANNED + DAY


def test_a_post_expires_no_more_and_its_instant_is_stored_once():
    row = ROW | {"committed_at": PLANNED + 5, "posted_at": PLANNED + 5, "expires_at": PLANNED + DAY}
    assert packed(row) == packed(ROW) | {"committed_at": 5, "posted": 1}
    [back] = unpack(pack(story(row))).deliveries
    assert (back["committed_at"], back["posted_at"], "expires_at" in back) == (PLANNED + 5, PLANNED + 5, False)
    assert "posted" not in back
    later = row | {"posted_at": PLANNED + 6}
    assert unpack(pack(story(later))).deliveries[0]["posted_at"] == PLANNED + 6


@pytest.mark.parametrize("stored", [POST | UNSEEN, json.dumps(POST | UNSEEN)])
def test_of_a_post_stays_what_people_are_shown(stored):
    row = ROW | {"post": stored}
    assert packed(row)["post"] == POST
    [back] = unpack(pack(story(row))).deliveries
    assert json.loads(back["post"]) == POST
    assert unpacked_deliveries(pack(story(row)))[0]["post"] == POST


def test_a_receipt_is_stored_without_what_are_columns_and_one_that_differs_whole():
    row = ROW | {"receipt": json.dumps(RECEIPT)}
    assert packed(row)["receipt"] == {"cid": "x"}
    assert json.loads(unpack(pack(story(row))).deliveries[0]["receipt"]) == RECEIPT
    other = ROW | {"receipt": json.dumps(RECEIPT | {"id": "78"})}
    assert packed(other)["receipt"] == other["receipt"]
    assert unpack(pack(story(other))).deliveries[0]["receipt"] == other["receipt"]
    assert packed(ROW | {"receipt": None}) == packed(ROW)


def test_attempts_come_back_with_their_delivery():
    tries = [
        {"key": "k1", "fence": 1, "started_at": PLANNED - 20, "ended_at": PLANNED + 3, "outcome": "due", "error": "no"},
        {"key": "k2", "fence": 1, "started_at": PLANNED, "ended_at": None, "outcome": None, "error": None},
        {
            "key": "k1",
            "fence": 2,
            "started_at": PLANNED + 9,
            "ended_at": PLANNED + 9,
            "outcome": "posted",
            "error": None,
        },
    ]
    back = unpack(pack(story(ROW, ROW | {"key": "k2"}, attempts=tries)))
    assert sorted(back.attempts, key=lambda row: row["started_at"]) == tries
    assert [row["key"] for row in back.deliveries] == ["k1", "k2"]
    assert all("tried" not in row for row in (*back.deliveries, *unpacked_deliveries(pack(story(ROW, attempts=tries)))))


def test_names_and_anchor_come_back():
    names = [("url", "ab"), ("guid", "cd")]
    back = unpack(pack(story(ROW, names=names)))
    assert (back.anchor, back.names, back.deliveries[0]["anchor"]) == ("anchor-1", names, "anchor-1")
    assert unpacked_deliveries(pack(story(ROW)))[0]["anchor"] == "anchor-1"


def test_a_story_is_found_by_sixty_bits_of_its_names():
    whole = hashlib.sha256(b"anchor-1").hexdigest()
    assert number_of("anchor-1") == int(whole, 16) >> 196 < 1 << 60
    assert number_of_name("f" * 32) == (1 << 60) - 1


@pytest.mark.parametrize(
    ("word", "hexadecimal"),
    [("0123456789abcdef" * 2, True), ("a" * 31, False), ("a" * 33, False), ("A" * 32, False), ("g" + "a" * 31, False)],
)
def test_a_key_is_of_thirty_two_hex_digits(word, hexadecimal):
    assert is_hex(word) is hexadecimal
