"""What networks answer when they refuse a picture, a text or an account: recorded bodies, to be played as faults.

Threads: nopara73/LongevityWorldCup#466 (2026-05), gitroomhq/postiz-app#1946 (2026-08), Meta's Error Codes (2026-06-02).
X: developer.x.com/en/support/x-api/error-troubleshooting, lucasrangit/twitter-winner#11, PipedreamHQ/pipedream#1727.
Facebook: developers.facebook.com/docs/graph-api/guides/error-handling, gitroomhq/postiz-app#2068. Mastodon:
mastodon/mastodon config/locales/en.yml, mastodon/mastodon#21864. Bluesky: @atproto/pds 0.5.35, as measured.
LinkedIn: PostHog/posthog#64614 (2026-06) for the limit of a day; its other words are made up after its error pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from syndicate.sandbox.exchange import Answer, answer, text_answer

Body: TypeAlias = tuple[int, Any]
"""An HTTP status and the JSON of a body."""

_CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>\n"
_TOO_LARGE = "<html><head><title>413 Request Entity Too Large</title></head><body>nginx</body></html>\n"

PAGES: Mapping[str, Answer] = {
    "firewall": text_answer(403, _CHALLENGE, {"cf-mitigated": "challenge"}),
    "too_large": text_answer(413, _TOO_LARGE),
}
"""What stands before any network answers, whichever network it is."""


def _graph(code: int, message: str, **more: Any) -> Body:
    return 400, {"error": {"message": message, "type": "OAuthException", "code": code} | more}


def _old(status: int, code: int, message: str) -> Body:
    return status, {"errors": [{"code": code, "message": message}]}


NAMES = ("locked", "blocked", "picture", "unprocessed", "too_long")
OURS: Mapping[str, Mapping[str, Body]] = {
    "x": {
        "locked": _old(
            403,
            326,
            "To protect our users from spam and other malicious activity, this account is temporarily locked."
            " Please log in to https://twitter.com to unlock your account.",
        ),
        "blocked": _old(403, 185, "User is over daily status update limit."),
        "picture": (400, {"title": "Invalid Request", "detail": "Your media IDs are invalid.", "type": "about:blank"}),
        "too_long": _old(403, 186, "Tweet needs to be a bit shorter."),
    },
    "facebook": {
        "locked": _graph(190, "Error validating access token: the user is in a checkpoint.", error_subcode=459),
        "blocked": _graph(
            368,
            "We limit how often you can post, comment or do other things in a given amount of time.",
            error_subcode=1390008,
        ),
        "picture": _graph(324, "(#324) Missing or invalid image file"),
    },
    "threads": {
        "locked": _graph(190, "Error validating access token: the user is in a checkpoint.", error_subcode=459),
        "blocked": _graph(4, "We restrict certain activity to protect our community.", error_subcode=2207051),
        "picture": _graph(36001, "The image format is not supported.", error_subcode=2207005),
        "unprocessed": _graph(
            24,
            "The requested resource does not exist",
            error_subcode=4279009,
            error_user_title="Media Not Found",
            error_user_msg="The media cannot be found.",
        ),
        "too_long": _graph(100, "Param text must be at most 500 characters long", type="THApiException"),
    },
    "instagram": {
        "locked": _graph(190, "Error validating access token: the user is in a checkpoint.", error_subcode=459),
        "blocked": _graph(4, "We restrict certain activity to protect our community.", error_subcode=2207051),
        "picture": _graph(36001, "The image format is not supported.", error_subcode=2207005),
        "unprocessed": _graph(9007, "Media ID is not available", error_subcode=2207027),
        "too_long": _graph(100, "The caption was too long.", error_subcode=2207010),
    },
    "mastodon": {
        "locked": (403, {"error": "Your login is currently disabled"}),
        "blocked": (429, {"error": "Too many requests"}),
        "picture": (422, {"error": "Validation failed: File content type is invalid, File is invalid"}),
        "unprocessed": (
            422,
            {"error": "Cannot attach files that have not finished processing. Try again in a moment!"},
        ),
        "too_long": (422, {"error": "Validation failed: Text character limit of 500 exceeded"}),
    },
    "linkedin": {
        "locked": (403, {"status": 403, "code": "ACCESS_DENIED", "message": "The member is restricted."}),
        "blocked": (
            429,
            {
                "status": 429,
                "code": "TOO_MANY_REQUESTS",
                "message": "Resource level throttle MEMBER DAY limit for calls to this resource is reached.",
            },
        ),
        "picture": (
            422,
            {"status": 422, "code": "INVALID_VALUE", "message": "content/media: urn:li:image:C4E1 is not available"},
        ),
        "too_long": (
            400,
            {"status": 400, "code": "FIELD_LENGTH_TOO_LONG", "message": "commentary is longer than 3000 characters"},
        ),
    },
    "bluesky": {
        "locked": (400, {"error": "AccountDeactivated", "message": "Account is deactivated"}),
        "blocked": (429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}),
        "picture": (
            400,
            {"error": "BlobTooLarge", "message": "This file is too large. It is 1.2MB but the maximum size is 1MB."},
        ),
    },
}
"""Each network's own words. A stand-in of another package may have the same as `refusals`."""


def refusal(fault: str, platform: str, stand_in: object) -> Answer:
    """The answer that a fault stands for; 422 with its name where a network has no words for it."""
    if fault in PAGES:
        return PAGES[fault]
    own: Mapping[str, Body] = getattr(stand_in, "refusals", {})
    status, body = (OURS.get(platform) or own).get(fault, (422, {"error": fault}))
    return answer(status, body)
