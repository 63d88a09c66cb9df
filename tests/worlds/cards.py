"""An article to draw a card of, the site it is on, and the markup of a small theme."""

from __future__ import annotations

from datetime import UTC, datetime

from syndicate.model import Article, Image, Site

SITE = Site("The Example Gazette", "https://gazette.example/", "en", "Europe/Lisbon")
ARTICLE = Article(
    "news",
    "https://gazette.example/train",
    "The night train returns",
    published=datetime(2026, 11, 23, 9, tzinfo=UTC),
    authors=("Inês Prado",),
    section="News > Travel",
    language="en",
    images=(Image("https://gazette.example/train.jpg", alt="A train.", credit="Ana Sousa"),),
)

HTML = """<style>
.card { width: 100%; height: 100%; color: #ffffff; font-family: {{ card.fonts.text }}; font-size: 30px }
.headline { font-size: {{ card.size }}px; line-height: 1.2; max-width: {{ card.measure }}px; overflow-wrap: anywhere }
</style>
<div class="card"><div class="headline">{{ card.headline }}</div></div>
"""
