"""What an entry of another tool's list stands for, and what is recorded of it."""

from __future__ import annotations

import pytest

from syndicate.aliases import aliases
from syndicate.ingestion import import_seen
from syndicate.ingestion.import_seen import CACHE_KB, Whose, remember
from syndicate.ingestion.seen_file import Entry

ANY = Whose((), ("news", "sport"))
A, B = "https://gazette.example/a", "https://gazette.example/b"


@pytest.fixture
def outcomes(ledger):
    return lambda *texts, whose=ANY: [said for _, said in remember([Entry(1, text) for text in texts], whose, ledger)]


@pytest.mark.parametrize(
    ("text", "named", "outcome"),
    [
        (A, (), "new"),
        (A, ("news",), "new"),
        ("17", (), "not_understood"),
        ("17", ("news",), "new"),
        ("", ("news",), "not_understood"),
        ("", (), "not_understood"),
        ("https://", ("news",), "not_understood"),
        ("http://", ("news",), "not_understood"),
        ("tag:gazette.example,2020:1", ("news",), "new"),
    ],
)
def test_an_address_or_a_guid_of_a_named_source_is_understood(outcomes, text, named, outcome):
    whose = Whose(named, ("news", "sport"))
    assert outcomes(text, whose=whose) == [outcome]
    assert outcomes(text, whose=whose) == ["known" if outcome == "new" else outcome]


def test_each_entry_comes_with_its_outcome(ledger):
    listed = [Entry(1, A), Entry(2, "17"), Entry(3, A), Entry(4, B)]
    assert [*remember(listed, ANY, ledger)] == [*zip(listed, ("new", "not_understood", "known", "new"), strict=True)]


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
def test_a_long_list_is_recorded_in_parts(ledger, outcomes, monkeypatch, batch):
    monkeypatch.setattr(import_seen, "BATCH", batch)
    assert outcomes(A, "17", B, A) == ["new", "not_understood", "new", "known"]
    assert ledger.database.row("PRAGMA cache_size") == {"cache_size": -CACHE_KB}


def known(ledger, article):
    return ledger.articles.anchors([alias.hash for alias in aliases(article)]) != {}


@pytest.mark.parametrize(
    ("named", "by_guid"), [((), {"news", "sport"}), (("news",), {"news"}), (("news", "other"), {"news", "other"})]
)
def test_an_address_may_be_the_guid_of_a_source(ledger, article, outcomes, named, by_guid):
    outcomes(A, whose=Whose(named, ("news", "sport")))
    elsewhere = "https://gazette.example/elsewhere"
    found = {
        name for name in ("news", "sport", "other") if known(ledger, article(1, url=elsewhere, guid=A, source=name))
    }
    assert found == by_guid
    assert known(ledger, article(1, url=A, guid=None, source="any"))


def test_a_guid_is_that_of_the_named_sources_alone(ledger, article, outcomes):
    outcomes("17", whose=Whose(("news", "sport"), ("news", "sport", "other")))
    found = {name for name in ("news", "sport", "other") if known(ledger, article(1, guid="17", source=name))}
    assert found == {"news", "sport"}
    assert not known(ledger, article(1, guid="18"))
