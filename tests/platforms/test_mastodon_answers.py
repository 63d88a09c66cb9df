"""Recorded error answers of Mastodon and servers with its API: each says what to do next."""

from __future__ import annotations

import json

import pytest

from syndicate.errors import (
    AuthError,
    NotReady,
    PictureRefused,
    RateLimited,
    Rejected,
    TextRefused,
    Unavailable,
    Uncertain,
)
from syndicate.testing import KEY, illustrated, post
from tests.worlds.adapters import mastodon as adapter

STATUS = (200, {"id": "1", "url": "https://social.example/@gazette/1"})


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        ((401, {"error": "The access token is invalid"}), AuthError, "The access token is invalid"),
        ((403, {"error": "This action is outside the authorized scopes"}), AuthError, "outside the authorized scopes"),
        ((400, "Invalid Bearer token"), AuthError, "Invalid Bearer token"),
        ((422, {"error": "This method requires an authenticated user"}), AuthError, "authenticated user"),
        ((403, {"error": "Your login is currently disabled"}), AuthError, "currently disabled"),
        ((403, "<!DOCTYPE html><html><title>Just a moment...</title></html>"), Unavailable, "from a firewall"),
        ((403, {"message": "Forbidden"}), Unavailable, "from a firewall"),
        ((403, ""), Unavailable, "from a firewall"),
        ((406, "<html>Mod_Security</html>"), Unavailable, "from a firewall"),
        ((422, {"error": "Validation failed: Text can't be blank"}), Rejected, "can't be blank"),
        ((422, {"error": "Validation failed: Text character limit of 500 exceeded"}), TextRefused, "limit of 500"),
        ((422, {"error": "The status is over the character limit"}), TextRefused, "over the character limit"),
        (
            (400, {"error": "Bad Request: status too long, 510 characters provided but limit is 500"}),
            TextRefused,
            "510",
        ),
        ((400, "Status is too long"), TextRefused, "too long"),
        ((422, {"error": "Media 5 not found or already attached to another post"}), Uncertain, "already attached"),
        ((422, {"error": "Validation failed: File content type is invalid"}), PictureRefused, "content type"),
        ((422, {"error": "Cannot attach more than 4 files"}), PictureRefused, "more than 4"),
        ((404, {"error": "Record not found"}), Unavailable, "not found"),
        ((429, {"error": "Too many requests"}, {"Retry-After": "12"}), RateLimited, "Too many requests"),
        ((500, "<h1>We're sorry</h1>"), Uncertain, None),
        ((503, {"error": "Remote data could not be fetched"}), Uncertain, None),
        ((200, "<html>a proxy</html>"), Uncertain, "unreadable"),
        ((200, {"scheduled_at": "2026-11-24T00:00:00Z"}), Uncertain, "lacks 'id'"),
        (Unavailable("social.example refused the connection"), Unavailable, "refused"),
        (Uncertain("no answer within 30 s"), Uncertain, "no answer"),
    ],
)
def test_each_refusal_of_a_status_says_what_to_do_next(reply, error, words):
    platform, _ = adapter(reply)
    draft = adapter()[0].prepare(post(), KEY)
    with pytest.raises(error, match=words) as caught:
        platform.commit(draft, KEY)
    assert type(caught.value) is error
    assert "token-1234" not in str(caught.value)


UNPROCESSED = (422, {"error": "Cannot attach files that have not finished processing. Try again in a moment!"})


def test_a_status_refused_for_an_unfinished_picture_goes_back_to_it_and_uploads_nothing_again():
    platform, _ = adapter((200, {"id": "5", "url": "https://files.example/5.png"}), UNPROCESSED)
    story = illustrated()
    draft = json.loads(json.dumps(platform.prepare(story, KEY)))
    with pytest.raises(NotReady) as caught:
        platform.commit(draft, KEY)
    left = json.loads(json.dumps(caught.value.prepared))
    platform, door = adapter((200, {"id": "5", "url": "https://files.example/5.png"}), STATUS)
    platform.commit(platform.prepare(story, KEY, left), KEY)
    assert [(call.method, call.url.rpartition("/api")[2]) for call in door.calls] == [
        ("GET", "/v1/media/5"),
        ("POST", "/v1/statuses"),
    ]


def test_a_draft_of_an_older_version_that_is_refused_for_its_picture_uploads_it_again():
    platform, _ = adapter(UNPROCESSED)
    draft = {"status": "A bridge", "media_ids": ["5"], "visibility": "public", "language": None, "link": None}
    with pytest.raises(NotReady) as caught:
        platform.commit(draft, KEY)
    platform, door = adapter((200, {"id": "6"}))
    assert platform.prepare(illustrated(), KEY, caught.value.prepared)["media_ids"] == ["6"]
    assert [call.method for call in door.calls] == ["POST"]


def test_a_picture_that_is_never_processed_is_looked_at_less_and_less_often_and_then_refused():
    platform, _ = adapter((202, {"id": "5"}), *[(206, {"id": "5"})] * 20)
    left, waits, refused = None, [], None
    while refused is None:
        try:
            platform.prepare(illustrated(), KEY, left)
        except NotReady as working:
            left = json.loads(json.dumps(working.prepared))
            waits.append(working.retry_after)
        except PictureRefused as fault:
            refused = fault
    assert "not processed" in str(refused)
    assert waits == sorted(waits)
    assert 5 <= waits[0] < waits[-1] <= 120
    assert sum(waits) < 15 * 60


@pytest.mark.parametrize(
    ("reply", "smaller"),
    [
        ((422, {"error": "Validation failed: File content type is invalid"}), True),
        ((413, "<html>413 Request Entity Too Large</html>"), True),
        ((404, {"error": "Record not found"}), False),
        ((422, {"error": "Error processing thumbnail for uploaded media"}), True),
    ],
)
def test_an_upload_that_is_refused_is_a_refusal_of_the_picture(reply, smaller):
    platform, _ = adapter(reply, reply)
    with pytest.raises(PictureRefused) as caught:
        platform.prepare(illustrated(), KEY)
    assert (caught.value.smaller, caught.value.description) == (smaller, False)


def test_processing_that_failed_is_a_refusal_of_the_picture():
    platform, _ = adapter((202, {"id": "5"}), (422, {"error": "Error processing thumbnail for uploaded media"}))
    with pytest.raises(PictureRefused):
        platform.prepare(illustrated(), KEY)


def test_a_server_that_knows_only_the_first_version_of_uploads_gets_the_picture_there():
    platform, door = adapter((404, {"error": "Not found"}), (200, {"id": "5"}))
    assert platform.prepare(illustrated(), KEY)["media_ids"] == ["5"]
    assert [call.url.rpartition("/api")[2] for call in door.calls] == ["/v2/media", "/v1/media"]


def test_a_status_whose_uploads_are_gone_is_a_refusal_of_its_picture():
    platform, _ = adapter((200, {"id": "5"}), (404, {"error": "Record not found"}))
    with pytest.raises(PictureRefused):
        platform.commit(platform.prepare(illustrated(), KEY), KEY)
