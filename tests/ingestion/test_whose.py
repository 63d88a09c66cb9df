"""Which known article a new entry is, by the names that it has in common with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from syndicate.aliases import Alias
from syndicate.ingestion.ingest import _whose
from syndicate.model import Article

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINE = Article("news", "https://gazette.example/7", "Ferry runs aground", published=NOW, guid="g7")
SAME = Article("other", "https://wire.example/a", "Ferry runs aground", published=NOW - timedelta(days=9))
OTHER = Article("other", "https://wire.example/b", "Cat wins the race", published=NOW - timedelta(days=9), guid="g7")


@pytest.fixture
def whose():
    """Whose an entry is: by names of these kinds, each of which is a known article's."""

    def asked(**known):
        names = [Alias(kind, kind) for kind in known]
        anchors = {kind: str(number) for number, kind in enumerate(known)}
        articles = dict(zip(anchors.values(), known.values(), strict=True))
        found = SimpleNamespace(find=lambda anchor: SimpleNamespace(article=articles[anchor]))
        return _whose(MINE, [*names, Alias("title_date", "unknown")], anchors, SimpleNamespace(articles=found))

    return asked


def test_an_entry_none_of_whose_names_is_known_is_new(whose):
    assert whose() is None


@pytest.mark.parametrize("kind", ["url", "guid", "title_date"])
def test_one_name_of_a_known_article_is_enough(whose, kind):
    assert whose(**{kind: OTHER}) == "0"


@pytest.mark.parametrize(("known", "anchor"), [(SAME, "0"), (OTHER, None)])
def test_the_path_of_a_guid_alone_counts_only_where_something_else_is_alike(whose, known, anchor):
    assert whose(guid_path=known) == anchor
    assert whose(guid_path=known, url=known) is not None


def test_of_two_articles_it_is_the_one_with_more_of_its_address_and_guid(whose):
    assert whose(url=SAME, guid=OTHER) == "1"
    assert whose(guid=OTHER, url=SAME) == "0"
