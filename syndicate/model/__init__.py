"""The nouns. Plain values: frozen, without behaviour beyond what their fields say.

Instants are aware datetimes in UTC, durations are timedeltas, lengths are in the unit the name says.
"""

from __future__ import annotations

from syndicate.model.account import (
    NO_LIMITS,
    NO_RULES,
    Account,
    BreakingRules,
    Budget,
    Filter,
    FloodLimits,
    Hours,
    Identity,
    Schedule,
    Secret,
)
from syndicate.model.article import EMBARGOED, UNREAD_DATE, Article, Image, Precision, Site
from syndicate.model.delivery import APPROVABLE, LATER, REASONS, SCHEDULED, Action, Delivery, Draft, Reason, State
from syndicate.model.post import Certainty, Json, Limits, LinkCard, Look, Media, Post, Receipt, Rendered, Span
from syndicate.model.source import (
    DEFAULT_INTERVAL,
    NO_HINTS,
    CompleteReading,
    Hub,
    PollHints,
    PollInterval,
    Reading,
    Validators,
)

__all__ = [
    "APPROVABLE",
    "DEFAULT_INTERVAL",
    "EMBARGOED",
    "LATER",
    "NO_HINTS",
    "NO_LIMITS",
    "NO_RULES",
    "REASONS",
    "SCHEDULED",
    "UNREAD_DATE",
    "Account",
    "Action",
    "Article",
    "BreakingRules",
    "Budget",
    "Certainty",
    "CompleteReading",
    "Delivery",
    "Draft",
    "Filter",
    "FloodLimits",
    "Hours",
    "Hub",
    "Identity",
    "Image",
    "Json",
    "Limits",
    "LinkCard",
    "Look",
    "Media",
    "PollHints",
    "PollInterval",
    "Post",
    "Precision",
    "Reading",
    "Reason",
    "Receipt",
    "Rendered",
    "Schedule",
    "Secret",
    "Site",
    "Span",
    "State",
    "Validators",
]
