"""The nouns. Plain values: frozen, without behaviour beyond what their fields say.

Instants are aware datetimes in UTC, durations are timedeltas, lengths are in the unit the name says.
"""

from __future__ import annotations

from syndicate.model.account import (
    CALM,
    CAREFREE,
    Account,
    Breaking,
    Budget,
    Caution,
    Filter,
    Hours,
    Identity,
    Schedule,
    Secret,
)
from syndicate.model.article import EMBARGOED, Article, Image, Precision, Site
from syndicate.model.delivery import Action, Delivery, Draft, State
from syndicate.model.post import Certainty, Json, Limits, LinkCard, Media, Post, Receipt, Rendered, Span
from syndicate.model.source import NO_WISH, USUALLY, Every, Fetched, Validators, Whole, Wish

__all__ = [
    "CALM",
    "CAREFREE",
    "EMBARGOED",
    "NO_WISH",
    "USUALLY",
    "Account",
    "Action",
    "Article",
    "Breaking",
    "Budget",
    "Caution",
    "Certainty",
    "Delivery",
    "Draft",
    "Every",
    "Fetched",
    "Filter",
    "Hours",
    "Identity",
    "Image",
    "Json",
    "Limits",
    "LinkCard",
    "Media",
    "Post",
    "Precision",
    "Receipt",
    "Rendered",
    "Schedule",
    "Secret",
    "Site",
    "Span",
    "State",
    "Validators",
    "Whole",
    "Wish",
]
