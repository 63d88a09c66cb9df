"""Every code and every word of the error tables of X, Mastodon and Bluesky, alone."""

from __future__ import annotations

import pytest

from syndicate.errors import AuthError, RateLimited, Rejected, TextRefused, Unavailable, Uncertain
from syndicate.platforms import _bluesky_answers, _mastodon_answers, _x_answers
from syndicate.testing import recorded
from tests.worlds.meanings import BEFORE, means

PROBLEMS = "https://api.twitter.com/2/problems/"
SUSPENDED = "suspended this account"
UNLOCK = "do what X asks; then run syndicate accounts check"


@pytest.mark.parametrize(
    ("meaning", "hint", "codes"),
    [
        ("cap", "reached", (185, 344)),
        ("wait", None, (88, 420)),
        ("there", None, (187,)),
        ("login", UNLOCK, (326,)),
        ("login", SUSPENDED, (64,)),
        ("login", None, (32, 89, 99, 135, 215, 231, 261, 416, 417)),
        ("later", "spam", (226,)),
        ("maybe", None, (130, 131)),
        ("picture", None, (324, 325)),
        ("text", None, (186,)),
        ("post", None, (34, 63, 65, 87, 90, 129, 132, 184, 188, 214, 225, 227, 323, 327, 345)),
    ],
)
def test_a_code_of_x(meaning, hint, codes):
    for code in codes:
        for body in ({"errors": [{"code": code, "message": "No"}]}, {"code": code}, {"errors": [{}, {"code": code}]}):
            means(_x_answers.what(recorded(403, body), "post", commit=True), meaning, hint)


@pytest.mark.parametrize(
    ("meaning", "hint", "names"),
    [
        ("cap", "no more posts", ("usage-capped",)),
        ("wait", None, ("rate-limit-exceeded",)),
        ("login", None, ("client-forbidden", "unsupported-authentication", "oauth1-permissions")),
        ("post", None, ("invalid-request", "about:blank")),
    ],
)
def test_a_kind_of_problem_of_x(meaning, hint, names):
    for name in names:
        for body in ({"type": PROBLEMS + name}, {"errors": [{"type": PROBLEMS + name}]}, {"reason": name}):
            means(_x_answers.what(recorded(403, body), "post", commit=True), meaning, hint)


@pytest.mark.parametrize(
    ("meaning", "hint", "words"),
    [
        ("cap", None, ("Usage cap", "UsageCapExceeded", "Monthly product cap", "spend cap", "SpendCap")),
        ("cap", None, ("daily status update limit", "daily limit for sending")),
        ("wait", None, ("Rate limit exceeded", "Too Many Requests")),
        ("there", None, ("duplicate content", "Status is a duplicate")),
        ("login", UNLOCK, ("temporarily locked", "your account is locked")),
        ("login", SUSPENDED, ("is suspended",)),
        ("login", None, ("oauth1 app permissions", "Unsupported Authentication", "client-not-enrolled")),
        ("picture", None, ("media IDs are invalid", "media ID is invalid", "Invalid media", "media_ids")),
        ("text", None, ("text is too long", "needs to be a bit shorter", "is over 280 characters")),
        ("post", None, ("hello", "suspend", "duplicate", "media", "locked", "daily", "cap")),
    ],
)
@pytest.mark.parametrize("place", ["title", "detail", "message", "error", "reason"])
def test_words_of_x_wherever_they_stand(meaning, hint, words, place):
    for each in words:
        for body in ({place: each}, {"errors": [{place: each}]}):
            means(_x_answers.what(recorded(400, body), "post", commit=True), meaning, hint)


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (200, {"errors": [{"code": 187}]}, type(None), "None"),
        (401, {"code": 187, "detail": "no"}, AuthError, "x: post: HTTP 401: no"),
        (402, {"detail": "No credits"}, AuthError, r"x: the app's credits are used up (No credits)"),
        (402, "", AuthError, r"x: the app's credits are used up (HTTP 402)"),
        (408, {"code": 32}, Uncertain, "x: post: HTTP 408"),
        (400, {"code": 32}, AuthError, "x: post: HTTP 400"),
        (399, {"code": 32}, Uncertain, "x: post: HTTP 399"),
        (429, {"code": 187, "detail": "no"}, RateLimited, "x: post: HTTP 429: no"),
        (429, {"code": 88}, RateLimited, "x: post: HTTP 429"),
        (499, {"code": 88}, RateLimited, "x: post: HTTP 499"),
        (500, {"code": 88}, Uncertain, "x: post: HTTP 500"),
        (503, {"code": 88}, Uncertain, "x: post: HTTP 503"),
        (403, "<html>no</html>", Unavailable, "x: post: HTTP 403 from a firewall or proxy before the server"),
    ],
)
def test_a_status_of_x_that_says_more_than_its_body(status, body, kind, said):
    found = _x_answers.what(recorded(status, body), "post", commit=True)
    assert type(found) is kind
    assert str(found).startswith(said)


def test_credits_that_are_used_up_can_be_bought():
    found = _x_answers.what(recorded(402, {}), "post")
    assert (found.hint, found.status) == ("buy credits in X's console", 402)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"detail": "Detail", "title": "Title", "errors": [{"message": "M", "code": 32}]}, ": Detail"),
        ({"title": "Title", "errors": [{"message": "M", "code": 32}]}, ": M (32)"),
        ({"title": "Title", "errors": [{"message": "M", "code": "a"}, {"message": "N"}], "code": 32}, ": M"),
        ({"title": "Title", "error": "E", "errors": [{"code": 32}]}, ": E"),
        ({"title": "Title", "code": 32}, ": Title"),
        ({"code": 32}, ""),
    ],
)
def test_x_s_most_telling_words_are_shown(body, said):
    assert str(_x_answers.what(recorded(403, body), "post")) == f"x: post: HTTP 403{said}"


@pytest.mark.parametrize(
    ("meaning", "words"),
    [
        ("login", ("Bearer token", "requires an authenticated user", "Access token")),
        ("there", ("already attached to another",)),
        ("picture", ("Cannot attach", "media_ids", "media attachment", "media file", "content type")),
        ("picture", ("file size", "File is in")),
        ("text", ("character limit", "too long", "characters provided but limit")),
        ("post", ("no", "media", "attached", "file", "characters", "token", "403")),
    ],
)
@pytest.mark.parametrize("status", [400, 404, 406, 422])
@pytest.mark.parametrize("name", ["error", "error_description", None])
def test_words_of_a_mastodon_server(meaning, words, status, name):
    for each in words:
        reply = recorded(status, {name: each} if name else each)
        found = _mastodon_answers.what(reply, "status", commit=True)
        means(found, "astray" if (status, meaning) == (404, "post") else meaning, None)
        if meaning != "post" or name:
            told = "the server refuses the token" if meaning == "login" else f"status: HTTP {status}"
            assert str(found) == f"mastodon: {told}: {each}"


@pytest.mark.parametrize("status", [400, 403, 404, 406, 422])
@pytest.mark.parametrize(("media", "commit"), [(True, True), (True, False), (False, True)])
def test_a_status_can_miss_nothing_but_its_uploads(status, media, commit):
    found = _mastodon_answers.what(recorded(status, {"error": "no"}), "status", commit=commit, media=media)
    if status == 403:
        means(found, "login", "the token lacks a scope, or the server's staff limited the account")
    else:
        missing = "post" if not commit else "picture" if media else "astray"
        means(found, missing if status == 404 else "post", None)


def test_a_404_of_something_before_the_server_is_no_missing_upload():
    found = _mastodon_answers.what(recorded(404, "default backend - 404"), "status", commit=True, media=True)
    means(found, "astray", None)


def test_a_404_that_gives_its_reason_is_no_missing_upload():
    found = _mastodon_answers.what(recorded(404, {"error": "too long"}), "status", commit=True, media=True)
    means(found, "text", None)


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "said"),
    [
        (200, {"error": "too long"}, None, type(None), "None"),
        (401, {"error": "too long"}, None, AuthError, "mastodon: status: HTTP 401: too long"),
        (410, {"error": "too long"}, None, Unavailable, "mastodon: status: HTTP 410: too long"),
        (403, "Forbidden", None, Unavailable, "mastodon: status: HTTP 403 from a firewall or proxy"),
        (403, {"error": 7}, None, Unavailable, "mastodon: status: HTTP 403 from a firewall or proxy"),
        (400, "too long", {"Content-Type": "text/html; charset=utf-8"}, Rejected, "mastodon: status: HTTP 400"),
        (400, "x" * 499 + "too long", None, Rejected, "mastodon: status: HTTP 400"),
        (400, "é" * 246 + "xtoo long", None, Rejected, "mastodon: status: HTTP 400"),
        (400, "é" * 246 + "too long", None, TextRefused, "mastodon: status: HTTP 400: é"),
        (400, b"\xff too long", None, TextRefused, "mastodon: status: HTTP 400: \ufffd too long"),
        (400, {"message": "too long"}, None, Rejected, "mastodon: status: HTTP 400: too long"),
    ],
)
def test_a_status_of_mastodon_that_says_more_than_its_body(status, body, headers, kind, said):
    found = _mastodon_answers.what(recorded(status, body, headers), "status", commit=True)
    assert type(found) is kind
    assert str(found).startswith(said)


@pytest.mark.parametrize("words", ["Not finished processing", "still being processed", "not been processed"])
def test_an_unprocessed_picture_is_known_by_the_words_of_a_422(words):
    assert _mastodon_answers.is_unprocessed(recorded(422, {"error": f"It has {words} yet"}))
    assert not _mastodon_answers.is_unprocessed(recorded(400, {"error": words}))
    assert not _mastodon_answers.is_unprocessed(recorded(422, {"error": "it has been processed"}))


RECORD = ("InvalidRecord", "InvalidRequest")
OFF = tuple(f"Account{each}" for each in ("Deactivated", "Suspended", "Takedown"))
OFF += tuple(f"Repo{each}" for each in ("Deactivated", "Suspended", "Takendown"))


@pytest.mark.parametrize(
    ("meaning", "hint", "names", "message"),
    [
        ("login", "app password, made in the app", ("AuthFactorTokenRequired",), ""),
        ("login", "switched off", OFF, ""),
        (
            "login",
            None,
            ("AuthMissing", "AuthenticationRequired", "ExpiredToken", "InvalidToken", "AccountNotFound"),
            "x",
        ),
        ("wait", None, ("RateLimitExceeded",), ""),
        ("there", None, ("InvalidSwap",), ""),
        ("picture", None, ("BlobTooLarge", "InvalidMimeType", "InvalidSize", "BlobNotFound", "InvalidBlob"), ""),
        ("picture", None, ("", "Other"), "Could not find blob: x"),
        ("picture", None, ("", "Other"), "Blob too big"),
        ("picture", None, ("", "Other"), "This file is too large."),
        ("picture", None, ("", "Other"), "Wrong mimetype"),
        ("picture", None, RECORD, "Record/embed/images/0 is wrong"),
        ("picture", None, RECORD, "Record/embed/external/thumb is wrong"),
        ("text", None, RECORD, "Record/text must not be longer than 300"),
        ("text", None, RECORD, "text: string too big"),
        (
            "text",
            None,
            RECORD,
            "Invalid app.bsky.feed.post record: grapheme too big (maximum 300, got 301) at $.record.text",
        ),
        ("text", None, RECORD, "string too big (maximum 3000, got 3001) at $.record.text"),
        ("post", None, RECORD, "grapheme too big (maximum 64, got 65) at $.record.facets[0].features[0].tag"),
        ("picture", None, RECORD, "blob too big (maximum 1000000, got 1000003) at $.record.embed.external.thumb"),
        ("picture", None, RECORD, 'Expected "image/*" (got "text/plain") at $.record.embed.images[0].image.mimeType'),
        ("post", None, RECORD, 'Missing required key "title" at $.record.embed.external'),
        ("post", None, RECORD, "Record/embed/external must have uri"),
        ("post", None, ("Other",), "Record/text must not be longer than 300"),
        ("post", None, ("Other",), "Record/embed/images/0 is wrong"),
    ],
)
def test_an_error_of_bluesky(meaning, hint, names, message):
    for name in names:
        reply = recorded(400, {"error": name, "message": message})
        found = _bluesky_answers.what(reply, "post", commit=True)
        means(found, meaning, hint)
        assert type(_bluesky_answers.what(reply, "post")) is BEFORE[meaning]
        assert found.status == 400
        if meaning != "post":
            step = "" if meaning == "login" else "post: "
            assert str(found) == f"bluesky: {step}" + f"{name or 400}: {message}".rstrip(": ")
        assert _bluesky_answers.is_login(reply) == (meaning == "login")
        assert _bluesky_answers.is_login(recorded(403, {"error": name})) == (meaning == "login")
        assert not _bluesky_answers.is_login(recorded(500, {"error": name}))
        assert _bluesky_answers.is_login(recorded(401, {"error": name}))


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        (200, "InvalidSwap", type(None)),
        (399, "ExpiredToken", Uncertain),
        (401, "", AuthError),
        (401, "Other", AuthError),
        (401, "InvalidSwap", Uncertain),
        (499, "ExpiredToken", AuthError),
        (500, "ExpiredToken", Uncertain),
        (429, "", RateLimited),
    ],
)
def test_a_status_of_bluesky_that_says_more_than_its_body(status, name, kind):
    assert type(_bluesky_answers.what(recorded(status, {"error": name}), "post", commit=True)) is kind


@pytest.mark.parametrize(
    ("refused", "hint"),
    [
        (AuthError("AuthenticationRequired: no", status=401), "does https://pds.example hold gazette.example?"),
        (AuthError("AccountNotFound: no", status=400), "does https://pds.example hold gazette.example?"),
        (Rejected("no", status=404), "https://pds.example does not answer as a server of accounts"),
        (Rejected("no", status=405), "https://pds.example does not answer as a server of accounts"),
        (Unavailable("no", status=501), "https://pds.example does not answer as a server of accounts"),
        (Rejected("no", status=400, hint="kept"), "kept"),
        (Unavailable("no", status=503, hint="kept"), "kept"),
    ],
)
def test_a_login_that_fails_blames_the_likely_cause(refused, hint):
    found = _bluesky_answers.of_a_login(refused, "gazette.example", "https://pds.example")
    assert type(found) is (Unavailable if isinstance(refused, Unavailable) else AuthError)
    assert hint in found.hint
    assert (str(found), found.status) == (str(refused), refused.status)


@pytest.mark.parametrize("answers", [_bluesky_answers, _mastodon_answers, _x_answers])
def test_nothing_is_published_by_a_request_unless_it_is_said_to_commit(answers):
    assert type(answers.what(recorded(500, ""), "step")) is Unavailable
    assert type(answers.what(recorded(500, ""), "step", commit=True)) is Uncertain
    assert str(answers.what(recorded(500, ""), "step")).endswith(": step: HTTP 500")
