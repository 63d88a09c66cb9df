"""An address that leads nowhere names no page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.delivery.stranger_page import told
from syndicate.model import Article
from syndicate.ports import Reply

SITE = "https://gazette.example"
PAGE = f'<title>Back soon</title><link rel="canonical" href="{SITE}/own"><meta property="og:url" content="undefined">'


@pytest.mark.parametrize(
    ("canonical", "its_own"), [(None, False), ("undefined", False), (f"{SITE}/own", True), (f"{SITE}/other", False)]
)
def test_a_page_names_an_article_by_an_address_that_it_has(canonical, its_own):
    article = Article("news", f"{SITE}/2025/bridge-opens", "The bridge is open", canonical_url=canonical)
    at = datetime(2025, 9, 1, 12, tzinfo=UTC)
    reply = Reply(200, {"content-type": "text/html"}, PAGE.encode(), f"{SITE}/a/17", at)
    assert (told(article, reply) is None) is its_own
