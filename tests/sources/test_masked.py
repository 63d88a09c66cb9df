"""A masked source is the same source, and what it complains of holds no secret."""

from __future__ import annotations

import traceback

import pytest

from syndicate import sources
from syndicate.errors import SourceError
from syndicate.model import Reading, Validators
from syndicate.net.dry_run import Mask
from syndicate.ports import Paged
from syndicate.sources.masked import masked

KEY = "22444f78447824223cefc48062"


class Window:
    """A source that fails with its key in what it says."""

    name = "news"

    def fetch(self, validators):
        raise SourceError(
            f"?key={KEY} answers 429", hint=f"is {KEY} right?", retry_after=30.0, pressed=True, status=429
        )


class Archive(Window):
    """The same with further pages."""

    def older(self, fetched):
        yield Reading(entries=1)
        raise SourceError(f"?key={KEY}&page=2 answers 500", status=500)

    def listed(self):
        yield Reading(entries=2)
        raise SourceError(f"?key={KEY} is no sitemap", found="page")


@pytest.mark.parametrize("kind", sources.TYPES)
def test_a_masked_source_has_further_pages_where_the_source_has_them(kind, http, clock):
    source = sources.build(kind, "news", "https://gazette.example/x", http, clock=clock)
    assert isinstance(source, Paged) == (kind == "feed")
    assert isinstance(masked(source, Mask()), Paged) == (kind == "feed")
    assert masked(source, Mask()).name == "news"


@pytest.mark.parametrize("source", [Window(), Archive()])
def test_an_error_is_the_same_without_its_secret(source):
    with pytest.raises(SourceError) as caught:
        masked(source, Mask([KEY])).fetch(Validators())
    fault = caught.value
    assert (str(fault), fault.hint) == ("?key=*** answers 429", "is *** right?")
    assert (fault.retry_after, fault.pressed, fault.status) == (30.0, True, 429)
    assert KEY not in "".join(traceback.format_exception(fault))


def test_further_pages_come_through_and_their_errors_hold_no_secret():
    source = masked(Archive(), Mask([KEY]))
    for pages, entries, told in (
        (source.older(Reading()), 1, "?key=***&page=2 answers 500"),
        (source.listed(), 2, "?key=*** is no sitemap"),
    ):
        assert next(pages).entries == entries
        with pytest.raises(SourceError) as caught:
            next(pages)
        assert str(caught.value) == told
