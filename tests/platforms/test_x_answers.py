"""Recorded error answers of X, in its newer and its older bodies: each says what to do next."""

from __future__ import annotations

import pytest

from syndicate.errors import AuthError, PictureRefused, RateLimited, Rejected, TextRefused, Unavailable, Uncertain
from syndicate.testing import KEY, illustrated, post
from tests.worlds.adapters import x as adapter

UPLOADED = (200, {"data": {"id": "188", "media_key": "3_188", "expires_after_secs": 86400}})
PROBLEMS = "https://api.twitter.com/2/problems"
DUPLICATE = {
    "detail": "You are not allowed to create a Tweet with duplicate content.",
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
}


def v1(code, message):
    """A body as version 1.1 has it; version 2 sends it for some accounts too."""
    return {"errors": [{"code": code, "message": message}]}


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        ((403, DUPLICATE), Uncertain, "duplicate content"),
        ((403, {"detail": "You are not permitted to perform this action."}), Rejected, "not permitted"),
        (
            (403, {"detail": "Your client app is not configured with the appropriate oauth1 app permissions"}),
            AuthError,
            "oauth1 app permissions",
        ),
        ((403, {"title": "Forbidden", "detail": "Your account is suspended"}), AuthError, "suspended"),
        ((403, v1(187, "Status is a duplicate.")), Uncertain, r"duplicate. \(187\)"),
        ((403, v1(326, "this account is temporarily locked. Please log in")), AuthError, "temporarily locked"),
        ((403, {"title": "Forbidden", "detail": "this account is temporarily locked."}), AuthError, "locked"),
        ((403, v1(64, "Your account is suspended and is not permitted")), AuthError, "suspended"),
        ((403, v1(261, "Application cannot perform write actions")), AuthError, "write actions"),
        ((403, {"title": "Forbidden", "type": f"{PROBLEMS}/client-forbidden"}), AuthError, None),
        ((403, v1(185, "User is over daily status update limit.")), RateLimited, "daily status update limit"),
        ((403, v1(344, "You have reached your daily limit for sending Tweets")), RateLimited, "daily limit"),
        ((403, v1(226, "This request looks like it might be automated.")), Unavailable, "automated"),
        ((400, v1(324, "The validation of media ids failed.")), PictureRefused, "media ids failed"),
        ((403, v1(186, "Tweet needs to be a bit shorter.")), TextRefused, "shorter"),
        ((403, {"detail": "Your Tweet text is too long."}), TextRefused, "too long"),
        ((429, {"title": "UsageCapExceeded", "type": f"{PROBLEMS}/usage-capped"}), RateLimited, "UsageCapExceeded"),
        ((429, v1(88, "Rate limit exceeded")), RateLimited, "Rate limit exceeded"),
        ((429, ""), RateLimited, None),
        ((403, "<!DOCTYPE html><title>Attention Required!</title>"), Unavailable, "firewall"),
        ((403, "error code: 1020"), Unavailable, "firewall"),
        ((503, v1(130, "Over capacity")), Uncertain, "Over capacity"),
        ((403, {"detail": "It was locked in a museum for years"}), Rejected, "museum"),
        ((402, {"title": "CreditsDepleted", "detail": "No credits"}), AuthError, "credits are used up"),
        ((401, {"title": "Unauthorized"}), AuthError, None),
        ((400, {"detail": "Your media IDs are invalid."}), PictureRefused, "Your media IDs are invalid."),
        ((429, {"title": "Too Many Requests"}, {"x-rate-limit-reset": "9999999999"}), RateLimited, None),
        ((500, {"title": "Internal"}), Uncertain, None),
        ((503, "over capacity"), Uncertain, None),
        ((201, "<html>"), Uncertain, "unreadable"),
        ((200, {"errors": [{"title": "hm"}]}), Uncertain, "lacks 'data.id'"),
        (Unavailable("refused"), Unavailable, None),
    ],
)
def test_each_refusal_of_a_post_says_what_to_do_next(reply, kind, words):
    platform, _ = adapter(reply)
    with pytest.raises(kind, match=words) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("body", "capped"),
    [
        ({"title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly product cap"}, True),
        ({"type": f"{PROBLEMS}/usage-capped"}, True),
        ({"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}, False),
        (v1(88, "Rate limit exceeded"), False),
    ],
)
def test_a_spent_quota_is_told_from_too_many_requests(body, capped):
    platform, _ = adapter((429, body))
    with pytest.raises(RateLimited) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert caught.value.capped == capped


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ((400, {"detail": "media type unrecognized."}), PictureRefused),
        ((413, "<html>too large</html>"), PictureRefused),
        ((403, {"title": "Forbidden", "detail": "x"}), PictureRefused),
        ((403, v1(326, "temporarily locked")), AuthError),
        ((429, {}), RateLimited),
        ((500, {}), Unavailable),
    ],
)
def test_an_upload_that_is_refused_is_a_refusal_of_the_picture(reply, kind):
    platform, _ = adapter(reply)
    with pytest.raises(kind) as caught:
        platform.prepare(illustrated(), KEY)
    assert type(caught.value) is kind


def test_a_refused_alt_text_is_told_as_such():
    platform, _ = adapter(UPLOADED, (403, {"title": "Forbidden", "detail": "x"}))
    with pytest.raises(PictureRefused, match="alt text") as caught:
        platform.prepare(illustrated(), KEY)
    assert caught.value.description
