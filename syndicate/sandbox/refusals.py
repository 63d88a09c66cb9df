"""What networks answer when they refuse a picture, a text or an account: recorded bodies, to be played as faults.

X: developer.x.com/en/support/x-api/error-troubleshooting, lucasrangit/twitter-winner#11, PipedreamHQ/pipedream#1727.
Facebook: developers.facebook.com/docs/graph-api/guides/error-handling, gitroomhq/postiz-app#2068. Mastodon:
mastodon/mastodon config/locales/en.yml, mastodon/mastodon#21864. Bluesky: @atproto/pds 0.5.35, as measured.
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
