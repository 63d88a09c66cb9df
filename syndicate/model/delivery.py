"""Deliveries (one article for one account): their states, and the reasons why they wait or ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from syndicate.model.dataclass import dataclass
from syndicate.model.post import Json

Draft: TypeAlias = Json
"""What `prepare` made and the ledger stores: plain JSON. May have `expires_at` (RFC 3339), and `told`: warnings."""

Action: TypeAlias = Literal["post", "edit", "delete"]
State: TypeAlias = Literal["planned", "due", "sending", "unknown", "held", "posted", "skipped", "failed"]
Reason: TypeAlias = Literal[
    "approval",
    "burst",
    "similar",
    "stranger",
    "date",
    "embargo",
    "delay",
    "override",
    "preflight",
    "window",
    "spacing",
    "cap",
    "budget",
    "paused",
    "behind",
    "catch_up",
    "clock",
    "rate_limited",
    "unavailable",
    "auth",
    "template",
    "no_answer",
    "baseline",
    "filtered",
    "too_old",
    "empty",
    "same_text",
    "linked",
    "withdrawn",
    "person",
    "unchanged",
    "account_left",
    "elsewhere",
    "deleted",
    "rejected",
    "too_long",
    "attempts",
    "restored",
]

REASONS: Mapping[Reason, str] = {
    "approval": "waits for your approval",
    "burst": "one of many new at once; waits for your approval",
    "similar": "looks like an earlier article; waits for your approval",
    "stranger": "leads to a host that is not the site's; waits for your approval",
    "date": "its date is far in the future, or cannot be read; waits for your approval",
    "embargo": "waits for its publication time",
    "delay": "waits until it has stayed unchanged for a while",
    "override": "what the article says of its own posts cannot be followed; waits until it is corrected",
    "preflight": "waits for its page or its picture",
    "window": "waits for the account's hours",
    "spacing": "waits for the account's spacing",
    "cap": "waits: the account's limit for an hour or a day is reached",
    "budget": "waits: the month's budget is spent",
    "paused": "waits: paused by a person",
    "behind": "waits: another one goes first",
    "catch_up": "waits: after a stop one goes out each minute",
    "clock": "waits: the clock of this machine is doubted",
    "rate_limited": "the network asked us to wait",
    "unavailable": "the network could not be reached",
    "auth": "the account is paused: its login was refused",
    "template": "its template cannot be rendered",
    "no_answer": "sent, no answer",
    "baseline": "older than the first run",
    "filtered": "left out by the account's filters, or by the article itself",
    "too_old": "older than max_age",
    "empty": "it has no words, no picture and no recording",
    "same_text": "it would say again what was said before",
    "linked": "its link stands in the post itself",
    "withdrawn": "withdrawn by the publisher",
    "person": "skipped by a person",
    "unchanged": "left as it is",
    "account_left": "its account left the config",
    "elsewhere": "posted on the same login already, by hand or under another account name",
    "deleted": "deleted from its network",
    "rejected": "refused by the network",
    "too_long": "cannot be made to fit",
    "attempts": "tried too often",
    "restored": "the ledger was put back, and what its network has since is not known",
}
"""What each reason means, in words."""

APPROVABLE: tuple[Reason, ...] = ("approval", "burst", "similar", "stranger", "date")
"""Reasons for which a planned delivery waits for approval."""
LATER: tuple[Reason, ...] = ("window", "spacing", "cap", "budget", "paused", "behind", "catch_up", "clock")
"""Reasons for which a due delivery waits because the publisher's settings say so, or only for some time to pass."""
SCHEDULED: tuple[Reason, ...] = ("window", "spacing", "cap", "behind")
"""Reasons for which a due delivery waits for the account's schedule."""


@dataclass(frozen=True, slots=True)
class Concession:
    """What a post gives up because its network refused it.

    `picture` "undescribed": its picture goes without a description; "smaller": it is a JPEG of at most `most_bytes`;
    "none": it is left out. `without`: these pictures of several are left out. `shorter`: the text is so many units
    shorter than the limit. `why` are the network's words.
    """

    picture: Literal["undescribed", "smaller", "none"] | None = None
    most_bytes: int = 0
    shorter: int = 0
    why: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


NOTHING = Concession()
"""The post goes as it was rendered."""


@dataclass(frozen=True, slots=True)
class Again:
    """A post of a story that its account has posted before: in other words, by an account's rule or for a person.

    `text` is what a person wrote for it, as data like an article's own text; None: the template `again.txt.j2`.
    """

    by: Literal["rule", "person"]
    text: str | None = None


LAST_OF_ALL = 2
"""The priority of what an account's rule says again: after everything else."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One article for one account: the unit of work, retry and record. `key` is 32 hex digits.

    `article` is the article's address. `text` to `link` are None or empty before rendering.
    `absent` counts look-ups in a row that found nothing, `unknowns` commits in a row without an answer,
    `looks` checks of a page that was not right, since `looked_at`.
    `priority` 0 is breaking news, 1 all else, -1 what a person wants at once, LAST_OF_ALL what a rule says again. Past
    `expires_at` it is not sent; None: a person or a rule asked for it.
    `approved` is the digest that a person approved, `conceded` what the post gives up for its network. `day`:
    `Post.day`. `again` None: it is the story's first post, or that of a deleted one.
    A post that was deleted since stays `posted`, with the reason `deleted`.
    """

    key: str
    anchor: str
    article: str
    account: str
    platform: str
    action: Action
    revision: int
    part: int
    state: State
    reason: Reason | None
    due_at: datetime | None
    planned_at: datetime
    attempts: int
    fence: int
    post: Json | None = None
    digest: str | None = None
    prepared: Json | None = None
    draft: Draft | None = None
    committed_at: datetime | None = None
    unknowns: int = 0
    absent: int = 0
    looks: int = 0
    looked_at: datetime | None = None
    remote_id: str | None = None
    permalink: str | None = None
    error: str | None = None
    priority: int = 1
    expires_at: datetime | None = None
    approved: str | None = None
    conceded: Concession = NOTHING
    day: datetime | None = None
    posted_at: datetime | None = None
    again: Again | None = None
