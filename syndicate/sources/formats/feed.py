"""Parses RSS, Atom and JSON Feed, and says what a document is that is not a feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from syndicate.errors import SourceError
from syndicate.model import Article
from syndicate.net.address_guard import bare
from syndicate.sources.parsing import json_fields, xml_tree
from syndicate.sources.parsing.document import check_size
from syndicate.sources.parsing.fields import OWN_LINKS, LinkRule, Namespaces, ParseContext, Parsed, noted

SMALL = 2_000_000
"""Bytes. A feed up to this size is read strictly in less than a second, whatever is in it."""


def parse_feed(
    body: bytes, *, source: str, url: str, content_type: str | None, timezone: str = "UTC"
) -> tuple[tuple[Article, ...], tuple[str, ...]]:
    """The articles of a feed in the document's order, and notes on what was odd. Raises SourceError."""
    reading = read_feed(body, source=source, url=url, content_type=content_type, timezone=timezone)
    return reading.articles, reading.notes


def read_feed(
    body: bytes,
    *,
    source: str,
    url: str,
    content_type: str | None = None,
    timezone: str = "UTC",
    now: datetime | None = None,
    seconds: float | None = None,
    rule: LinkRule = OWN_LINKS,
) -> Parsed:
    """Everything a feed says. `url` resolves relative links; dates far after `now` are refused. Raises SourceError.

    `seconds` is the time limit for a feed that is large or not well-formed, which a child process reads. `rule` says
    which of an entry's links counts.
    """
    shown = bare(url) or source
    check_size(body, shown)
    if json_fields.is_json(body):
        return _read_json(
            body,
            ParseContext(source, url, timezone, now, Namespaces("", ""), rule=rule, overrides=rule.overrides),
            shown,
        )
    why = ""
    if len(body) <= SMALL:
        try:
            return read_here(
                body, source=source, url=url, content_type=content_type, timezone=timezone, now=now, rule=rule
            )
        except xml_tree.NotWellFormed as fault:
            why = str(fault)
    from syndicate.sources.parsing import isolated

    return isolated.feed(
        body,
        source=source,
        url=url,
        shown=shown,
        content_type=content_type,
        timezone=timezone,
        now=now,
        why=why,
        seconds=isolated.SECONDS if seconds is None else seconds,
        rule=rule,
    )


def read_here(
    body: bytes,
    *,
    source: str,
    url: str,
    content_type: str | None,
    timezone: str,
    now: datetime | None,
    rescued: bool = False,
    rule: LinkRule = OWN_LINKS,
) -> Parsed:
    """As `read_feed`, but in this process; if `rescued`, feedparser reads a feed that is not well-formed.

    Raises SourceError, NotWellFormed.
    """
    shown = bare(url) or source
    try:
        tree = _tree(body, shown, content_type)
    except xml_tree.NotWellFormed as fault:
        if not rescued:
            raise
        from syndicate.sources.formats import feedparser_fallback

        reader = ParseContext(source, url, timezone, now, Namespaces("", ""), rule=rule, overrides=rule.overrides)
        reading = replace(
            feedparser_fallback.read(fault.text, reader, url=shown, why=str(fault)), cut_off=fault.cut_off
        )
    else:
        reader = ParseContext(
            source, url, timezone, now, Namespaces(tree.root.tag, tree.head), rule=rule, overrides=rule.overrides
        )
        reading = replace(_read(tree, reader), cut_off=tree.cut_off)
    return noted(reading, reader)


def _read_json(body: bytes, reader: ParseContext, shown: str) -> Parsed:
    from syndicate.sources.formats import jsonfeed

    data = json_fields.load(body, url=shown, what="a feed")
    if not jsonfeed.is_one(data):
        what = f"{shown} is a JSON document, not a feed"
        raise SourceError(what, hint="give the address of the feed", found="json")
    return noted(jsonfeed.read(data, reader, url=shown), reader)


def _tree(body: bytes, shown: str, content_type: str | None) -> xml_tree.Tree:
    """As `xml_tree.read`; for an HTML page, the error names the feed that the page links to."""
    try:
        return xml_tree.read(body, url=shown, content_type=content_type)
    except SourceError as fault:
        if fault.found != "page":
            raise
        hint = _named(body, shown, content_type) or "give the address of the feed, not of a page"
        raise SourceError(str(fault), hint=hint, found=fault.found) from fault


def _named(body: bytes, shown: str, content_type: str | None) -> str | None:
    from syndicate.sources.formats.page import find_feeds

    data = xml_tree.decoded(body, content_type)
    try:
        feeds = find_feeds(data.encode("utf-8", "replace") if isinstance(data, str) else data, shown)
    except SourceError:  # a page with a feed's tags in it
        return None
    if not feeds:
        return None
    return f"the page names this feed: {feeds[0][1]} (if yours moved there, what it lists is still known)"


def _read(tree: xml_tree.Tree, reader: ParseContext) -> Parsed:
    if tree.root.tag.endswith("feed"):
        from syndicate.sources.formats import atom

        return atom.read(tree.root, reader)
    from syndicate.sources.formats import rss

    return rss.read(tree.root, reader)
