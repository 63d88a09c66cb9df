"""A link that leads nowhere waits like a page that is not right, where pages are looked at: it may be mended."""

from __future__ import annotations

from datetime import timedelta

from syndicate.delivery.gates import Gate, Skip, Trouble, Wait
from syndicate.ledger.articles import StoredArticle
from tests.worlds.accounts import MASTO

HOUR = timedelta(hours=1)


def test_where_pages_are_looked_at_a_link_that_leads_nowhere_may_be_mended(ledger, put, article):
    story, row = article(1, url="mailto:desk@gazette.example"), put(1)
    stored = StoredArticle(row.anchor, story, row.planned_at)
    nowhere = Trouble("its link is not a web address")

    def decided(patience):
        return Gate(ledger, lambda *_, **__: nowhere, lambda _: patience).before_render(row, stored, MASTO)

    assert isinstance(decided(HOUR), Wait)
    assert isinstance(decided(None), Skip)
