"""Threads' error codes, and what they mean.

Meta: Threads Posts (2026-04-14), Text Attachments (2026-07-02) and the Graph API's error handling. Code 24 with subcode
4279009 on publishing: nopara73/LongevityWorldCup#466 (2026-05), fbsamples/threads_api#70, trypostit/trypost#280
(2026-08). The text's limit: gitroomhq/postiz-app#1946 (2026-08). Pictures: gitroomhq/postiz-app#1364 (2026-04).
"""

from __future__ import annotations

from syndicate.model import Json
from syndicate.platforms._answers import Row
from syndicate.platforms._containers import HOSTING, Fate
from syndicate.platforms._graph_answers import LOGINS, SUBCODE, THROTTLES

LOST = (24, 4279009)
"""Code and subcode of "Media Not Found" while publishing: the container is not where the request arrived."""

REFUSED = (
    # the text
    Row("text", (100,), ("must be at most 500",), hint="Threads counts 500 bytes of UTF-8, of which “é” has two"),
    Row("post", words=("link_limit_exceeded",), hint="a post on Threads has five different links at most"),
    # pictures
    Row("later", (f"{SUBCODE} 2207003",)),
    Row("picture", (f"{SUBCODE} 2207052", 9004), hint=HOSTING),
    Row("picture", (f"{SUBCODE} 2207004", f"{SUBCODE} 2207005", f"{SUBCODE} 2207009", 324, 352, *range(36000, 36005))),
    Row("picture", (100,), ("image_url", "image url", "alt_text")),
    # the account, for a while or until a person acts
    Row("cap", (f"{SUBCODE} 2207042",), hint="Threads takes 250 posts in 24 hours"),
    Row("cap", (368, f"{SUBCODE} 2207051"), hint="Threads takes this for spam; look at the account's notices"),
    Row("login", (f"{SUBCODE} 2207050",), hint="the account is restricted; open the app and do what it asks"),
    Row("wait", THROTTLES),
    Row("login", LOGINS),
    # temporary, and perhaps published all the same
    Row("maybe", (-1, -2, 1, 2)),
)
"""What an error code or subcode means."""


def fate(said: Json) -> Fate | None:
    """What an error object says of a container."""
    return "lost" if is_lost(said) else None


def is_lost(said: Json) -> bool:
    """Whether an error object says that there is no such container or post."""
    return (said.get("code"), said.get("error_subcode")) == LOST
