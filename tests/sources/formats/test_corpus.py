"""Feeds as they are found in the wild, each with every fact that was expected of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.errors import SourceError
from syndicate.sources.formats.feed import read_feed
from tests.sources.corpus import FACTS, REFUSED, SITE, Fact

FEEDS = Path(__file__).parents[2] / "feeds"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def read(name):
    return read_feed((FEEDS / name).read_bytes(), source="news", url=f"{SITE}/feeds/news.xml", now=NOW)


def told(article):
    return Fact(
        article.title,
        article.url,
        article.guid,
        article.published,
        article.image.url if article.image else None,
        article.section,
        article.categories,
        article.authors,
        article.language,
        article.kind,
    )


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_is_right(name):
    reading = read(name)
    assert [told(article) for article in reading.articles] == FACTS[name]
    assert reading.listed == len(FACTS[name])


def test_every_file_has_its_facts():
    assert {path.name for path in FEEDS.iterdir() if path.is_file()} == set(FACTS) | REFUSED
    assert len(FACTS) >= 60


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_no_feed_is_refused(name):
    with pytest.raises(SourceError):
        read(name)
