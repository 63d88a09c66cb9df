"""Facebook's error codes, and what they mean.

Meta: https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/graph-api/overview/rate-limiting. Codes and subcodes that these pages leave out:
gitroomhq/postiz-app @ 74b01ad (2026-08-21) and its pull request 2068. A post may be published although the answer is
a temporary error: arsduo/koala#699 (2025-08), facebookarchive/php-graph-sdk#1141.
"""

from __future__ import annotations

from syndicate.platforms._answers import Row
from syndicate.platforms._graph_answers import LOGINS, SUBCODE, THROTTLES

_WAIT_HINT = "Facebook blocks this Page for a while; look at the Page's notices, and post less often"

REFUSED = (
    # what is already there
    Row("there", (506, f"{SUBCODE} 1366051")),
    Row("there", (368,), ("already",)),
    # pictures
    Row("picture", (324, f"{SUBCODE} 1366046", f"{SUBCODE} 2069019", 352, 6000, 36000, 36001, 36003)),
    Row("picture", (100,), ("attached_media", "image file", "photo")),
    # the account or the app, for a while: posting too fast, blocked as spam, abusive
    Row("cap", (368, f"{SUBCODE} 1390008", f"{SUBCODE} 1346003", f"{SUBCODE} 1404006"), hint=_WAIT_HINT),
    Row("wait", THROTTLES),
    # the login: tokens, permissions, an identity to be confirmed, the Page's authorization to publish
    Row("login", LOGINS),
    Row("login", (f"{SUBCODE} 1404078",), hint="Facebook asks for the Page's publishing authorization"),
    Row("login", words=("confirm your identity",), hint="confirm your identity on Facebook"),
    # Facebook could not read the article's page just now
    Row("later", (1609005, f"{SUBCODE} 1609005")),
    # temporary, and perhaps published all the same
    Row("maybe", (1, 2)),
)
"""What an error code or subcode means. The statuses of Meta's answers say little."""
