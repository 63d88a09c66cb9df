"""Instagram's error codes, and what they mean.

Meta: Instagram Platform, Error Codes (2026-06-02). Code 24 with 2207008, which that page leaves out: a report on
volcengine.com (2026-06) of "Media builder not found". Codes of a whole Graph API: `_graph_answers`.
"""

from __future__ import annotations

from syndicate.model import Json
from syndicate.platforms._answers import Row
from syndicate.platforms._containers import HOSTING, Fate
from syndicate.platforms._graph_answers import LOGINS, SUBCODE, THROTTLES

REFUSED = (
    # the caption
    Row("text", (f"{SUBCODE} 2207010",), hint="Instagram takes 2,200 characters, 30 hashtags and 20 mentions"),
    Row("post", (f"{SUBCODE} 2207040",), hint="Instagram takes 20 mentions"),
    Row("post", (100,), ("caption",), hint="Instagram takes 2,200 characters, 30 hashtags and 20 mentions"),
    # pictures
    Row("later", (f"{SUBCODE} 2207003", f"{SUBCODE} 2207032", f"{SUBCODE} 2207053")),
    Row("picture", (f"{SUBCODE} 2207052", 9004), hint=HOSTING),
    Row("picture", (f"{SUBCODE} 2207009", 36003), hint="Instagram takes pictures between 4:5 and 1.91:1"),
    Row("picture", (f"{SUBCODE} 2207004", f"{SUBCODE} 2207005", 324, 352, 36000, 36001, 36002, 36004)),
    # the account, for a while or until a person acts
    Row("cap", (f"{SUBCODE} 2207042",), hint="the account has published as much as Instagram lets it in 24 hours"),
    Row("cap", (368, f"{SUBCODE} 2207051"), hint="Instagram takes this for spam; look at the account's notices"),
    Row("login", (f"{SUBCODE} 2207050", 25), hint="the account is restricted; open the app and do what it asks"),
    Row("wait", THROTTLES),
    Row("login", LOGINS),
    # temporary, and perhaps published all the same
    Row("maybe", (-1, -2, 1, 2)),
)
"""What an error code or subcode means."""

_FATES: dict[int, Fate] = {2207008: "lost", 2207020: "lost", 2207006: "lost", 2207027: "unready"}


def fate(said: Json) -> Fate | None:
    """What an error object says of a container: it is not there (any more), or not ready to be published."""
    return _FATES.get(said.get("error_subcode", 0))
