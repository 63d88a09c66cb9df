"""Recorded error answers of a PDS: what each says to do next, and what a person is told of a refused login."""

from __future__ import annotations

import pytest

from syndicate.errors import AuthError, PictureRefused, RateLimited, Rejected, Unavailable
from syndicate.model import LinkCard
from syndicate.testing import KEY, LINK, illustrated, picture, post
from tests.worlds.adapters import SESSION
from tests.worlds.adapters import bluesky as adapter

BLOB = {"$type": "blob", "ref": {"$link": "bafy"}, "mimeType": "image/png", "size": 80}
PUT = (200, {"uri": "at://did:plc:gazette/app.bsky.feed.post/3abc", "cid": "bafycid"})
CARD = LinkCard(LINK, "A bridge", "It opens", picture())


def error(status, name, message=""):
    return status, {"error": name, "message": message}


@pytest.mark.parametrize(
    "reply",
    [
        error(413, "PayloadTooLarge", "request entity too large"),
        (413, "<html><h1>413 Request Entity Too Large</h1></html>"),
        error(400, "InvalidMimeType", "Wrong mimetype"),
        error(400, "InvalidRequest", "Request encoding (Content-Type) required but not provided"),
    ],
)
@pytest.mark.parametrize("story", [illustrated(), post(link=LINK, card=CARD)], ids=["picture", "thumb"])
def test_a_blob_that_is_refused_is_a_refusal_of_the_picture(reply, story):
    platform, _ = adapter(reply)
    with pytest.raises(PictureRefused) as caught:
        platform.prepare(story, KEY)
    assert caught.value.smaller


@pytest.mark.parametrize(
    "reply",
    [
        error(400, "BlobTooLarge", "This file is too large. It is 1.2MB but the maximum size is 976.56KB."),
        error(400, "BlobNotFound", "Could not find blob: bafy"),
        error(400, "InvalidMimeType", "Wrong mimetype of file."),
    ],
)
def test_a_record_refused_for_its_blob_is_a_refusal_of_the_picture(reply):
    platform, _ = adapter((200, {"blob": BLOB}), reply)
    with pytest.raises(PictureRefused):
        platform.commit(platform.prepare(illustrated(), KEY), KEY)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(400, "RepoDeactivated"), AuthError),
        (error(400, "AccountDeactivated"), AuthError),
        (error(400, "RateLimitExceeded"), RateLimited),
        ((403, "<!DOCTYPE html><title>Blocked</title>"), Unavailable),
        (error(400, "InvalidRequest", "Invalid app.bsky.feed.post record: Record/text must be a string"), Rejected),
    ],
)
def test_what_is_not_of_the_post_is_not_laid_on_it(reply, kind):
    platform, _ = adapter(reply)
    with pytest.raises(kind) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error(401, "AuthFactorTokenRequired", "A sign in code has been sent"), AuthError, ["app password"]),
        (
            error(401, "AuthenticationRequired", "Invalid identifier or password"),
            AuthError,
            ["app password", "`service`", "https://pds.example", "gazette.example"],
        ),
        (error(400, "AccountTakedown", "Account has been taken down"), AuthError, ["taken down"]),
        ((404, "<!DOCTYPE html><title>Not found</title>"), AuthError, ["`service`", "https://pds.example"]),
        (error(501, "MethodNotImplemented"), Unavailable, ["`service`", "https://pds.example"]),
    ],
)
def test_a_login_that_fails_names_its_likely_cause(reply, kind, words):
    platform, _ = adapter(reply, session={}, service="https://pds.example")
    with pytest.raises(kind) as caught:
        platform.refresh({})
    assert all(word in caught.value.hint for word in words)
    assert "app-password" not in caught.value.hint


@pytest.mark.parametrize("reply", [(503, ""), error(429, "RateLimitExceeded")])
def test_a_login_that_only_has_to_wait_blames_nothing(reply):
    platform, _ = adapter(reply, session={})
    with pytest.raises((Unavailable, RateLimited)) as caught:
        platform.refresh({})
    assert caught.value.hint is None


@pytest.mark.parametrize("status", ["deactivated", "takendown", "suspended", None])
def test_an_account_that_is_not_active_is_seen_when_it_is_verified(status):
    said = {"did": "did:plc:gazette", "handle": "gazette.example", "active": False}
    platform, _ = adapter((200, said | ({"status": status} if status else {})))
    with pytest.raises(AuthError, match=f"@gazette.example is {status or 'not active'}") as caught:
        platform.verify()
    assert caught.value.hint


@pytest.mark.parametrize("more", [{}, {"active": True}])
def test_an_account_that_is_active_or_does_not_say_is_verified(more):
    platform, _ = adapter((200, {"did": "did:plc:gazette", "handle": "gazette.example"} | more))
    assert platform.verify().name == "@gazette.example"


@pytest.mark.parametrize(
    ("handle", "shown"),
    [
        ("new.example", "new.example"),
        ("handle.invalid", "did:plc:gazette"),
        ("", "did:plc:gazette"),
        ("me@gazette.example", "did:plc:gazette"),
    ],
)
def test_a_permalink_has_the_session_s_handle_or_the_did(handle, shown):
    platform, _ = adapter(PUT, session=SESSION | {"handle": handle})
    draft = platform.prepare(post(), KEY)
    assert platform.commit(draft, KEY).permalink == f"https://bsky.app/profile/{shown}/post/{draft['rkey']}"
