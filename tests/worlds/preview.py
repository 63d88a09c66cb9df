"""A site, its networks' limits and the records of its deliveries, as a preview is made of them."""

from __future__ import annotations

from datetime import UTC, datetime

from syndicate.model import Delivery, Limits, Site
from syndicate.serialization import delivery_record, post_record

NOW = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
SITE = Site("The Example Gazette", "https://gazette.example/", language="en")
LIMITS = {
    "mastodon": Limits(text=500, card="text"),
    "bluesky": Limits(text=300, text_bytes=3000, card="client"),
    "x": Limits(text=280, card="text"),
    "facebook": Limits(text=63_206, card="field"),
    "webhook": Limits(text=10_000, card="field", card_with_media=True),
    "folder": Limits(text=10_000, card="text", card_with_media=True),
}


def record(key, article, account, rendered):
    post = post_record(rendered.post) | {"length": rendered.length, "limit": rendered.limit}
    delivery = Delivery(
        key, key, article.url, account.name, account.platform, "post", 0, 0, "due", None, NOW, NOW, 0, 0, post=post
    )
    return delivery_record(delivery)
