"""Removes the config's secrets from sources' errors, since addresses may contain them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from syndicate.errors import SourceError, reworded
from syndicate.model import Reading, Validators
from syndicate.net.redaction import Mask
from syndicate.ports import Paged, Source


class PagedSource(Source, Paged, Protocol):
    """A source that has further pages: older articles than its first page lists."""


def masked(source: Source, mask: Mask) -> Source:
    """The same source with secrets removed from its errors. The result is `Paged` if and only if the source is."""
    return MaskedPagedSource(source, mask) if isinstance(source, Paged) else MaskedSource(source, mask)


class MaskedSource:
    """A source with secrets removed from its errors."""

    def __init__(self, source: Source, mask: Mask) -> None:
        self.name = source.name
        self._source = source
        self._mask = mask

    def fetch(self, validators: Validators) -> Reading:
        """As the source does."""
        with _errors_masked(self._mask):
            return self._source.fetch(validators)


class MaskedPagedSource:
    """A source that has further pages, with secrets removed from its errors."""

    def __init__(self, source: PagedSource, mask: Mask) -> None:
        self.name = source.name
        self._source = source
        self._mask = mask

    def fetch(self, validators: Validators) -> Reading:
        """As the source does."""
        with _errors_masked(self._mask):
            return self._source.fetch(validators)

    def older(self, fetched: Reading) -> Iterator[Reading]:
        """As the source does."""
        with _errors_masked(self._mask):
            yield from self._source.older(fetched)

    def listed(self) -> Iterator[Reading]:
        """As the source does."""
        with _errors_masked(self._mask):
            yield from self._source.listed()


@contextmanager
def _errors_masked(mask: Mask) -> Iterator[None]:
    try:
        yield
    except SourceError as fault:
        told = reworded(fault, mask(str(fault)), mask(fault.hint) if fault.hint else None)
        raise told from None  # the cause has the secret in it, too
