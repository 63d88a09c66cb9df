"""Recorded error answers of LinkedIn: each says what to do next, in LinkedIn's words and with one line of cure."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import AuthError, PictureRefused, RateLimited, Rejected, TextRefused, Unavailable, Uncertain
from syndicate.model import Secret
from syndicate.platforms.linkedin import LinkedIn, Options
from syndicate.ports import Reply
from syndicate.testing import KEY, Held, Recorded, illustrated, post

PAGE = "urn:li:organization:4711"


def adapter(*replies):
    return LinkedIn(Options(PAGE, Secret("token-1")), Recorded(*replies), Held())


def refusal(status, message, code=None, number=None, inner=None):
    body = {"status": status, "message": message}
    body |= ({"code": code} if code else {}) | ({"serviceErrorCode": number} if number else {})
    return (status, body | ({"errorDetails": {"inputErrors": [inner]}} if inner else {}))


DUPLICATE = refusal(
    422,
    "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of"
    " urn:li:share:7141138937766391808",
    inner={"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"},
)
NO_SCOPE = refusal(403, "Not enough permissions to access: posts.CREATE", "ACCESS_DENIED", 100)
NOT_THE_AUTHOR = refusal(
    403,
    "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/author]",
)
RETIRED = refusal(426, "Requested version 20241101 is not active", "NONEXISTENT_VERSION")
DAY = refusal(429, "Resource level throttle MEMBER DAY limit for calls to this resource is reached.", number=101)
MOMENT = refusal(429, "Resource level throttle limit for calls to this resource is reached.", number=101)


@pytest.mark.parametrize(
    ("reply", "kind", "words", "cure"),
    [
        (DUPLICATE, Uncertain, "Content is a duplicate of urn:li:share:7141138937766391808", "deliveries resolve"),
        (refusal(422, "Duplicate post is detected"), Uncertain, "Duplicate post", None),
        (refusal(401, "Invalid access token", "INVALID_ACCESS_TOKEN", 65600), AuthError, "Invalid access", "sign in"),
        (refusal(401, "The token was revoked", "REVOKED_ACCESS_TOKEN", 65601), AuthError, "revoked", "sign in"),
        (refusal(401, "The token expired", "EXPIRED_ACCESS_TOKEN", 65602), AuthError, "expired", "sign in"),
        ((401, ""), AuthError, "HTTP 401", "sign in"),
        (NO_SCOPE, AuthError, "Not enough permissions", "Community Management API"),
        (NOT_THE_AUTHOR, AuthError, "/author", "a role on that page"),
        (refusal(403, "Member is restricted", "ACCESS_DENIED"), AuthError, "restricted", "linkedin.com"),
        (RETIRED, Unavailable, "Requested version 20241101 is not active", "version"),
        (DAY, RateLimited, "DAY limit", "midnight UTC"),
        (MOMENT, RateLimited, "throttle limit", None),
        ((429, ""), RateLimited, "HTTP 429", None),
        (refusal(400, "commentary is too long", "FIELD_LENGTH_TOO_LONG"), TextRefused, "FIELD_LENGTH_TOO_LONG", None),
        (refusal(422, "content/media: urn:li:image:1 is not available"), PictureRefused, "not available", None),
        (
            refusal(
                422,
                "errors",
                inner={"description": "article/thumbnail :: not an image", "code": "INVALID_VALUE"},
            ),
            PictureRefused,
            "thumbnail",
            None,
        ),
        (refusal(422, "Unprocessable entity: author is not valid"), Rejected, "author is not valid", None),
        (refusal(400, "Owner entity type person is not supported"), Rejected, "not supported", None),
        ((404, {"message": "No virtual resource found", "status": 404}), Unavailable, "No virtual resource", "address"),
        ((403, "<!DOCTYPE html><title>Attention</title>"), Unavailable, "firewall", None),
        ((500, {"message": "Internal Server Error"}), Uncertain, "HTTP 500", None),
        ((503, ""), Uncertain, "HTTP 503", None),
        ((504, {"message": "Gateway Timeout"}), Uncertain, "HTTP 504", None),
        (Unavailable("refused"), Unavailable, "refused", None),
    ],
)
def test_each_refusal_of_a_post_says_what_to_do_next(reply, kind, words, cure):
    platform = adapter(reply)
    with pytest.raises(kind, match=re.escape(words)) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind
    assert cure is None or cure in caught.value.hint


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal(400, "The image has too many pixels", "INVALID_IMAGE"), PictureRefused),
        (refusal(422, "what is this"), PictureRefused),
        ((413, "<html>too large</html>"), PictureRefused),
        (NO_SCOPE, AuthError),
        (DAY, RateLimited),
        ((500, ""), Unavailable),
        (RETIRED, Unavailable),
    ],
)
@pytest.mark.parametrize("step", ["begin", "bytes"])
def test_an_upload_that_is_refused_is_a_refusal_of_the_picture(reply, kind, step):
    begun = (200, {"value": {"uploadUrl": "https://www.linkedin.com/u", "image": "urn:li:image:1"}})
    platform = adapter(reply) if step == "begin" else adapter(begun, reply)
    with pytest.raises(kind) as caught:
        platform.prepare(illustrated(), KEY)
    assert type(caught.value) is kind


@pytest.mark.parametrize("status", [429, 503])
def test_a_picture_whose_state_cannot_be_asked_now_is_asked_later(status):
    begun = (200, {"value": {"uploadUrl": "https://www.linkedin.com/u", "image": "urn:li:image:1"}})
    with pytest.raises(Unavailable):
        adapter(begun, (201, ""), (status, "")).prepare(illustrated(), KEY)


def test_a_version_that_has_ended_is_told_to_a_person_and_fails_no_post():
    with pytest.raises(Unavailable) as caught:
        adapter(RETIRED).commit(adapter().prepare(post(), KEY), KEY)
    assert caught.value.astray


@pytest.mark.parametrize(
    ("at", "seconds"),
    [(datetime(2026, 11, 29, 23, 59, tzinfo=UTC), 60), (datetime(2026, 11, 29, 0, 0, tzinfo=UTC), 86_400)],
)
def test_a_limit_of_a_day_ends_at_midnight_in_utc(at, seconds):
    status, body = DAY
    reply = Reply(status, {}, json.dumps(body).encode(), "https://api.linkedin.com/", at)
    with pytest.raises(RateLimited) as caught:
        adapter(reply).commit(adapter().prepare(post(), KEY), KEY)
    assert (caught.value.capped, caught.value.retry_after) == (True, seconds)
    stated = Reply(status, {"retry-after": "30"}, reply.body, reply.url, at)
    with pytest.raises(RateLimited) as caught:
        adapter(stated).commit(adapter().prepare(post(), KEY), KEY)
    assert caught.value.retry_after == 30


def test_a_wait_of_a_moment_is_no_spent_quota():
    with pytest.raises(RateLimited) as caught:
        adapter(MOMENT).commit(adapter().prepare(post(), KEY), KEY)
    assert (caught.value.capped, caught.value.retry_after) == (False, None)


def test_a_double_without_a_name_has_no_command():
    with pytest.raises(Uncertain) as caught:
        adapter(refusal(422, "Duplicate post is detected")).commit(adapter().prepare(post(), KEY), KEY)
    assert caught.value.hint is None


def test_midnight_is_counted_from_the_answer_and_not_from_the_clock():
    later = datetime(2030, 1, 1, 12, tzinfo=UTC) + timedelta(hours=6)
    status, body = DAY
    reply = Reply(status, {}, json.dumps(body).encode(), "https://api.linkedin.com/", later)
    with pytest.raises(RateLimited) as caught:
        adapter(reply).commit(adapter().prepare(post(), KEY), KEY)
    assert caught.value.retry_after == 6 * 3600
