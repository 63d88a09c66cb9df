"""Every code and every word of the networks' error tables, alone: what it means, and what a person is told to do."""

from __future__ import annotations

import json
from functools import partial

import pytest

from syndicate.errors import (
    AuthError,
    PictureRefused,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
)
from syndicate.platforms import _facebook_answers, _graph_answers
from syndicate.platforms._answers import Row, fault, find, of_a_picture
from syndicate.testing import recorded
from tests.worlds.meanings import BEFORE, ON_COMMIT, means


@pytest.mark.parametrize("meaning", ON_COMMIT)
@pytest.mark.parametrize("commit", [True, False])
def test_a_row_becomes_the_error_of_its_meaning(meaning, commit):
    reply = recorded(418, "", {"Retry-After": "7"})
    found = fault(Row(meaning, hint="do this"), "no", reply, commit=commit)
    assert type(found) is (ON_COMMIT if commit else BEFORE)[meaning]
    assert (str(found), found.hint, found.status) == ("no", "do this", 418)
    waits = isinstance(found, RateLimited | Unavailable)
    assert getattr(found, "retry_after", 7.0) == 7.0
    assert getattr(fault(Row(meaning), "no", reply, commit=commit, wait=90.0), "retry_after", 90.0) == 90.0
    assert waits == hasattr(found, "retry_after")
    assert getattr(found, "capped", None) == (meaning == "cap" if isinstance(found, RateLimited) else None)


TABLE = (Row("post", (7,), ("already",)), Row("wait", (7, "eight")), Row("text", words=("long", "short")))


@pytest.mark.parametrize(
    ("codes", "text", "meaning"),
    [
        ([7], "It is ALREADY there", "post"),
        ([7], "no", "wait"),
        ([1, "eight"], "already", "wait"),
        ([], "too Long", "text"),
        ([9], "a bit shorter", "text"),
        ([9], "already", None),
        ([], "", None),
    ],
)
def test_the_first_row_that_has_both_code_and_words_is_taken(codes, text, meaning):
    found = find(TABLE, codes, text)
    assert (found and found.means) == meaning


@pytest.mark.parametrize(
    ("status", "smaller"), [(400, True), (413, True), (422, True), (403, False), (404, False), (405, False)]
)
@pytest.mark.parametrize("description", [True, False])
def test_a_refusal_while_a_picture_goes_up_is_one_of_the_picture(status, smaller, description):
    with pytest.raises(PictureRefused, match=r"^no$") as caught, of_a_picture(description=description):
        raise Rejected("no", hint="do this", status=status)
    found = caught.value
    assert (found.hint, found.status, found.smaller, found.description) == ("do this", status, smaller, description)


def test_other_errors_while_a_picture_goes_up_stay_what_they_are():
    for raised in (PictureRefused("no", smaller=False), AuthError("who?"), Unavailable("down")):
        with pytest.raises(type(raised)) as caught, of_a_picture():
            raise raised
        assert caught.value is raised


# Facebook


PLAIN_CODES = {
    "wait": (4, 9, 17, 18, 32, 341, 613, *range(80001, 80007), 80008, 80009, 80014),
    "login": (3, 10, 101, 102, 104, 190, 200, 250, 299, 450, 452),
    "picture": (324, 352, 6000, 36000, 36001, 36003),
    "there": (506,),
    "later": (1609005,),
    "maybe": (1, 2),
    "post": (5, 8, 11, 16, 19, 33, 103, 105, 191, 199, 300, 323, 325, 342, 451, 453, 505, 507, 612, 614, 80000, 80007),
}


facebook_error = partial(_graph_answers.what, "facebook", _facebook_answers.REFUSED)


@pytest.mark.parametrize(("meaning", "code"), [(key, code) for key, codes in PLAIN_CODES.items() for code in codes])
def test_a_code_of_facebook(meaning, code):
    found = facebook_error(recorded(400, {"error": {"code": code, "message": "No"}}), "post", commit=True)
    means(found, meaning, None)
    assert (str(found), found.status) == (f"facebook: post: No ({code})", 400)


@pytest.mark.parametrize(
    ("error", "meaning", "hint"),
    [
        ({"error_subcode": 1366051}, "there", None),
        ({"code": 368, "message": "already posted"}, "there", None),
        ({"error_subcode": 1366046}, "picture", None),
        ({"error_subcode": 2069019}, "picture", None),
        ({"code": 100, "message": "attached_media[0]"}, "picture", None),
        ({"code": 100, "message": "Invalid image file"}, "picture", None),
        ({"code": 100, "message": "x", "error_user_msg": "The photo is too big"}, "picture", None),
        ({"code": 99, "message": "The photo is too big"}, "post", None),
        ({"code": 368}, "cap", "blocks this Page"),
        ({"error_subcode": 1390008}, "cap", "blocks this Page"),
        ({"error_subcode": 1346003}, "cap", "blocks this Page"),
        ({"error_subcode": 1404006}, "cap", "blocks this Page"),
        ({"error_subcode": 1404078}, "login", "publishing authorization"),
        ({"error_user_msg": "Please Confirm your identity"}, "login", "confirm your identity on Facebook"),
        ({"error_subcode": 1609005}, "later", None),
        ({"is_transient": True}, "maybe", None),
        ({"is_transient": False}, "post", None),
        ({"code": "4"}, "post", None),
    ],
)
def test_a_subcode_or_words_of_facebook(error, meaning, hint):
    means(facebook_error(recorded(400, {"error": error}), "post", commit=True), meaning, hint)


@pytest.mark.parametrize(
    ("status", "error", "meaning"),
    [
        (401, {"type": "OAuthException"}, "login"),
        (401, {"type": "GraphMethodException"}, "post"),
        (400, {"type": "OAuthException"}, "post"),
        (429, {"code": 77}, "wait"),
        (499, {"code": 77}, "post"),
        (500, {"code": 77}, "maybe"),
    ],
)
def test_a_code_that_facebook_does_not_explain_goes_by_its_status(status, error, meaning):
    means(facebook_error(recorded(status, {"error": error}), "post", commit=True), meaning, None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"code": 7, "message": "No"}, "No (7)"),
        ({"code": 7, "error_subcode": 8, "message": "No", "error_user_msg": "Not so"}, "Not so (7/8)"),
        ({"error_subcode": 8}, "no reason given (8)"),
    ],
)
def test_facebook_s_words_and_codes_are_shown(error, said):
    found = facebook_error(recorded(400, {"error": error}), "removing a post")
    assert str(found) == f"facebook: removing a post: {said}"


@pytest.mark.parametrize(
    ("usage", "header", "seconds"),
    [
        ([1, 3, 2], None, 180),
        ([1], "90", 90),
        ([2], "90", 120),
        ([0, -1, "5", None], None, None),
        ([0.5], None, 30),
        ([], "90", 90),
        ([], "0", 0),
    ],
)
def test_facebook_s_longest_wait_is_kept(usage, header, seconds):
    listed = {"77": [{"estimated_time_to_regain_access": each} for each in usage]}
    headers = {"X-Business-Use-Case-Usage": json.dumps(listed)} | ({"Retry-After": header} if header else {})
    found = facebook_error(recorded(400, {"error": {"code": 4}}, headers), "post")
    assert found.retry_after == seconds


def test_what_facebook_says_without_an_error_goes_by_its_status():
    assert type(facebook_error(recorded(500, ""), "post")) is Unavailable
    assert type(facebook_error(recorded(400, {"error": {"code": 1}}), "post")) is Unavailable
    assert facebook_error(recorded(200, {"id": "1"}), "post") is None
    assert type(facebook_error(recorded(500, {"error": "x"}), "post", commit=True)) is Uncertain
    assert str(facebook_error(recorded(400, "no"), "post")).startswith("facebook: post: HTTP 400")
