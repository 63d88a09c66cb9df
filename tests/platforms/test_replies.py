"""Whether what a network shows is what we sent."""

from __future__ import annotations

import pytest

from syndicate.errors import Uncertain
from syndicate.model import Receipt
from syndicate.platforms._html import Content
from syndicate.platforms._replies import (
    by_hand,
    dated,
    field,
    holds,
    items,
    leads_to,
    problem,
    same_address,
    same_text,
    whole,
)
from syndicate.testing import recorded

WRITTEN = "https://gazette.example.com/ახალი/caf\u00e9?q=뉴스#ნაწილი"
SENT = (
    "https://gazette.example.com/%E1%83%90%E1%83%AE%E1%83%90%E1%83%9A%E1%83%98/caf%C3%A9?q=%EB%89%B4%EC%8A%A4"
    "#%E1%83%9C%E1%83%90%E1%83%AC%E1%83%98%E1%83%9A%E1%83%98"
)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SENT, WRITTEN),
        (SENT, SENT.lower()),
        (SENT, WRITTEN.replace("\u00e9", "e\u0301")),
        ("https://gazette.example.com/A.M.E.R%2E", "https://gazette.example.com/A.M.E.R."),
        ("https://gazette.example.com/a?b=c%20", "https://gazette.example.com/a?b=c+"),
        ("https://gazette.example.com/a_%28b%29", "https://gazette.example.com/a_(b)"),
        ("https://gazette.example.com/a", "https://desk:pw@gazette.example.com/a"),
        ("https://xn--bcher-kva.example/a", "https://bücher.example/a"),
        ("https://gazette.example.com", "https://gazette.example.com/"),
    ],
)
def test_an_address_is_recognised_in_every_spelling(ours, theirs):
    """Before and after an address left percent-encoded: what was sent as written is found too."""
    assert same_address(ours, theirs)
    assert same_address(theirs, ours)


@pytest.mark.parametrize(
    "theirs",
    [None, "", "https://gazette.example.com/", "https://gazette.example.com/ახალი", WRITTEN + "x", WRITTEN.upper()],
)
def test_another_address_is_another(theirs):
    assert not same_address(SENT, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("http://gazette.example/a", "https://gazette.example/a", False),
        ("https://gazette.example/a#b", "https://gazette.example/a#c", False),
        ("https://gazette.example/a?b", "https://gazette.example/a?c", False),
        ("https://gazette.example/a#b+", "https://gazette.example/a#b ", False),
        ("https://gazette.example/a+b", "https://gazette.example/a%20b", False),
        ("https://GAZETTE.example/A", "https://gazette.example/A", True),
        ("https://gazette.example/a", "https://gazette.example/b", False),
        ("https://gazette.example/A", "https://gazette.example/a", False),
        ("https://gazette.example/a?b=e\u0301", "https://gazette.example/a?b=%C3%A9", True),
        ("https://gazette.example/a#e\u0301", "https://gazette.example/a#%C3%A9", True),
        ("https://[a", " https://[a ", True),
        ("https://[a", "https://[b", False),
        ("mailto:a", "mailto:b", False),
    ],
)
def test_an_address_is_compared_part_by_part(ours, theirs, same):
    assert same_address(ours, theirs) == same


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ("https://gazette.example/a?id=7", True),
        ("https://gazette.example/a?id=7&utm_source=x&fbclid=IwAR0", True),
        ("http://www.gazette.example/a/?id=7", True),
        ("https://gazette.example/a?id=7&utm_medium=email", False),
        ("https://gazette.example/a?id=8", False),
        ("https://gazette.example/a", False),
        ("https://gazette.example/a?id=7#live-2", False),
        ("https://gazette.example/b?id=7", False),
        ("", False),
        (None, False),
    ],
)
def test_a_link_that_a_network_changed_leads_to_the_same_page(theirs, same):
    assert leads_to("https://gazette.example/a?id=7&utm_medium=social", theirs) == same


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("https://a.example/b", True),
        ("(https://a.example/b).", True),
        ("https://a.example/b, c", True),
        *[(f"https://a.example/b{sign}", False) for sign in "cé1_/?&=#%-"],
        ("https://axexample/b", False),
        ("", False),
    ],
)
def test_a_text_holds_an_address_that_does_not_go_on(text, held):
    assert holds(text, "https://a.example/b") == held


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [("a  b\n", " a b", True), ("e\u0301", "é", True), ("é", "e\u0301", True), ("a", "A", False)],
)
def test_a_text_is_the_same_apart_from_white_space_and_normal_form(ours, theirs, same):
    assert same_text(ours, theirs) == same


@pytest.mark.parametrize(
    ("body", "said"), [('{"a": 1}', {"a": 1}), ("[1]", {}), ("no", {}), ("", {}), ("[" * 200_000, {}), (b"\xff", {})]
)
def test_the_problem_of_a_reply_is_its_object(body, said):
    assert problem(recorded(400, body)) == said


@pytest.mark.parametrize("body", [{}, {"a": None}, {"a": ""}, {"a": {}}, {"a": {"b": ""}}, {"a": [1]}, [], "x" * 3])
def test_a_field_that_is_not_there_leaves_the_outcome_open(body):
    with pytest.raises(Uncertain) as caught:
        field(recorded(201, body), "a", "b")
    if isinstance(body, dict):
        assert str(caught.value) == "HTTP 201 with an answer that lacks 'a.b'"
        assert caught.value.status == 201


def test_a_field_may_be_zero_or_false():
    assert field(recorded(200, {"a": {"b": 0}}), "a", "b") == 0
    assert field(recorded(200, {"a": False}), "a") is False


def test_a_good_answer_is_an_object():
    assert whole(recorded(200, {"a": 1})) == {"a": 1}
    with pytest.raises(Uncertain, match="HTTP 200 with an answer that is not a JSON object") as caught:
        whole(recorded(200, [1]))
    assert caught.value.status == 200


def test_a_listing_has_the_objects_that_have_what_is_needed():
    listed = [{"id": 1}, {"id": None}, {}, [], None, "id"]
    assert items(listed) == [{"id": 1}, {"id": None}, {}]
    assert items(listed, "id") == [{"id": 1}]
    assert items({"id": 1}) == items(None) == []


def test_a_date_of_a_listing_is_read_or_leaves_the_outcome_open():
    assert dated({"at": "2026-11-23T10:00:00+0000"}, "at").isoformat() == "2026-11-23T10:00:00+00:00"
    for item in ({}, {"at": None}, {"at": "soon"}):
        with pytest.raises(Uncertain, match="a listing whose 'at' cannot be read"):
            dated(item, "at")


@pytest.mark.parametrize(
    ("number", "address"), [("5", None), ("http://a/5", "http://a/5"), ("https://a/5", "https://a/5"), ("at://a", None)]
)
def test_an_address_that_a_person_gave_is_told_from_an_id(number, address):
    assert by_hand(Receipt(number, None)) == address


def test_the_words_and_links_of_a_page():
    page = Content('<p>A &amp; b<br/>c</p><P>d <a href="u?a&amp;b" title="t">e</a><a href>f</a><link href="v"></p><i>g')
    assert page.text == "\nA & b\nc\nd efg"
    assert page.addresses == ["u?a&b"]
