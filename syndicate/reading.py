"""What a source says now, for a look that needs no ledger: a configured source, an address, a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from syndicate.config.schema import Config, SourceConfig
from syndicate.errors import SourceError
from syndicate.http import Guard, Mask, RequestsHttp
from syndicate.model import Fetched, Validators
from syndicate.ports import Http, Source

PAGE = "page"
"""The source of an article that a person named by its address."""


class Discreet:
    """A source whose complaints hold no secret of the config, even where its address does."""

    def __init__(self, source: Source, mask: Mask) -> None:
        self.name = source.name
        self._source = source
        self._mask = mask

    def fetch(self, validators: Validators) -> Fetched:
        """As the source does."""
        try:
            return self._source.fetch(validators)
        except SourceError as fault:
            fault.args = (self._mask(str(fault)),)
            raise


def reader(config: Config, name: str) -> Source:
    """The reader of one source, for a look that needs no ledger."""
    origins = [config.site.url, *(source.url for source in config.sources.values())]
    guard = Guard(allow=config.network.allow, origins=origins)
    door = RequestsHttp(clock=_now, timeout=config.network.timeout.total_seconds(), guard=guard, secrets=config.secrets)
    return Discreet(build(config.sources[name], door), Mask(config.secrets))


def read_url(url: str) -> Fetched:
    """Whatever an address gives: a feed, else one article from a page. Raises SourceError."""
    door = RequestsHttp(clock=_now, guard=Guard(origins=[url]))
    try:
        return build(SourceConfig(url, url), door).fetch(Validators())
    except SourceError as fault:
        if "HTML page" not in str(fault):
            raise
    return build(SourceConfig(PAGE, url, "page"), door).fetch(Validators())


def read_file(path: Path, base: str | None, *, zone: str = "UTC") -> Fetched:
    """A feed or a page from a file; `base` is the address it stands for. Raises SourceError."""
    from syndicate import sources

    try:
        body = path.read_bytes()
    except OSError as fault:
        raise SourceError(f"{path}: {fault.strerror}") from fault
    return sources.parse(body, source=path.name, url=base or "", timezone=zone)


def discover(site: str) -> tuple[str, list[tuple[str, str]]]:
    """A site's name, and the titles and addresses of the feeds its page links. Raises SourceError."""
    from syndicate import sources

    return sources.discover(site, RequestsHttp(clock=_now, guard=Guard(origins=[site])))


def build(wanted: SourceConfig, door: Http) -> Source:
    """The reader of a source, behind the door it is given."""
    from syndicate import sources

    return sources.build(wanted.type, wanted.name, wanted.url, door, timezone=wanted.timezone)


def _now() -> datetime:
    return datetime.now(UTC)
