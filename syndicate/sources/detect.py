"""Recognises a document's format by its content, for files and addresses that a person gives."""

from __future__ import annotations

import re
from typing import Any

from syndicate.errors import SourceError
from syndicate.sources.parsing import json_fields
from syndicate.sources.parsing.document import Document
from syndicate.sources.parsing.fields import ParseContext, Parsed

_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
KINDS = {
    "feed": "a JSON Feed",
    "wordpress": "WordPress's list of posts",
    "ghost": "Ghost's list of posts",
    "ninjs": "ninjs",
    "jsonl": "a list of articles",
}
"""The types of source that read JSON, and what their documents are called in messages."""


def json_type(data: Any) -> str | None:
    """The type of source that reads a JSON document; None if there is none."""
    from syndicate.sources import ghost, wordpress
    from syndicate.sources.formats import jsonfeed, jsonl, ninjs

    if jsonfeed.is_one(data):
        return "feed"
    if wordpress.is_one(data) or _is_wordpress_root(data):
        return "wordpress"
    if ghost.is_one(data):
        return "ghost"
    if ninjs.is_one(data):
        return "ninjs"
    return "jsonl" if jsonl.is_one(data) else None


def is_newsml(body: bytes) -> bool:
    """Whether an XML document is NewsML-G2, by its root element."""
    root = _TAG.search(body[:4000].replace(b"\0", b""))
    return root is not None and root[1] in (b"newsItem", b"newsMessage", b"packageItem")


def _is_wordpress_root(data: Any) -> bool:
    return "wp/v2" in json_fields.texts(json_fields.mapping(data).get("namespaces"))


def read_json(document: Document, reader: ParseContext) -> Parsed | None:
    """The articles of a JSON document of any kind but a feed. Raises SourceError."""
    from syndicate.sources import ghost, wordpress
    from syndicate.sources.formats import iptc, jsonl, ninjs

    try:
        data = json_fields.load(document.body, url=document.url, what="a list of articles")
    except SourceError:
        if document.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{" or b"\n" not in document.body.strip():
            raise
        return jsonl.parse(document, reader)  # many values, one a line
    found = json_type(data)
    if found == "wordpress":
        if isinstance(data, dict):
            what = f"{document.url} is the root of WordPress's API, not its list of posts"
            raise SourceError(what, hint="use it as a source of type wordpress")
        return wordpress.read(data, reader, url=document.url)
    if found == "ghost":
        return ghost.read(data, reader, url=document.url)
    if found == "ninjs":
        items = ninjs.read(data, reader, url=document.url)
        return iptc.reading(items, len(items))
    return jsonl.parse(document, reader) if found == "jsonl" else None
