"""What is asked of a record before it is written, and what of a post a reader sees.

Rules and words as measured on @atproto/pds 0.5.35 (2026-11-29).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from syndicate.sandbox.networks._bluesky_cids import Cid, cid_of_record, mended, parse_cid
from syndicate.sandbox.networks._bluesky_formats import is_tid
from syndicate.sandbox.networks._bluesky_lexicons import RECORDS
from syndicate.sandbox.networks._bluesky_schema import Place, Unfit, is_blob, lex, shown
from syndicate.sandbox.networks._bluesky_sessions import BlueskyRefusal


@dataclass(frozen=True, slots=True)
class Write:
    """A record that may be written: as JSON, its name, the files it names, and whether its shape is known."""

    collection: str
    rkey: str
    record: dict[str, Any]
    cid: str
    blobs: tuple[dict[str, Any], ...]
    status: str | None


def prepare(collection: str, rkey: str, record: dict[str, Any], validate: bool | None, place: Place) -> Write:
    """The record as it is written. Raises BlueskyRefusal for what the server refuses, however it is validated.

    `validate` None: where the shape is known. `place` is where the record stands in the request.
    """
    if record.get("$type", collection) != collection:
        given = record["$type"]
        told = given if isinstance(given, str) else shown(given)
        raise BlueskyRefusal(400, "InvalidRequest", f"Invalid $type: expected {collection}, got {told}")
    record = record if "$type" in record else record | {"$type": collection}
    seen = lex(record)
    status = _validated(collection, rkey, seen, validate, place)
    files = tuple(_files(seen))
    try:
        cid = cid_of_record(seen)
    except OverflowError as fault:
        raise BlueskyRefusal(500, "InternalServerError", "Internal Server Error") from fault
    stored = json.loads(mended(json.dumps(record, ensure_ascii=False)))
    return Write(collection, rkey, stored, cid, files, status)


def _validated(collection: str, rkey: str, record: Any, validate: bool | None, place: Place) -> str | None:
    if validate is False:
        return None
    shape = RECORDS.get(collection)
    if shape is None and validate:
        raise BlueskyRefusal(400, "InvalidRequest", f"Unknown lexicon type: {collection}")
    if shape is None:
        return "unknown"
    if not is_tid(rkey):
        told = f"Invalid record key for {collection}: Invalid TID string (got {shown(rkey)}) at $"
        raise BlueskyRefusal(400, "InvalidRequest", told)
    try:
        shape.judge(record, place)
    except Unfit as fault:
        raise BlueskyRefusal(400, "InvalidRequest", f"Invalid {collection} record: {fault}") from fault
    return "valid"


def _files(value: Any) -> Iterator[dict[str, Any]]:
    """The references to files anywhere in a record. Those of the old kind are refused."""
    if isinstance(value, list):
        for each in value:
            yield from _files(each)
    elif is_blob(value):
        yield value
    elif isinstance(value, dict):
        name = value.get("cid")
        if value.keys() == {"cid", "mimeType"} and isinstance(name, str) and value["mimeType"] and parse_cid(name):
            raise BlueskyRefusal(400, "InvalidRequest", f"Legacy blobs are not allowed ({name})")
        for each in value.values():
            yield from _files(each)


def pictures(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """CID and alt text of each picture that a post shows: its images, or the thumb of its card."""
    embed = record.get("embed")
    embed = embed if isinstance(embed, dict) else {}
    for image in embed.get("images", []):
        yield image["image"]["ref"]["$link"], image["alt"]
    thumb = (embed.get("external") or {}).get("thumb")
    if thumb:
        yield thumb["ref"]["$link"], ""


def shown_link(record: dict[str, Any]) -> str | None:
    """The address that a click on the post opens: the card's, else the first link in the text."""
    external = (record.get("embed") or {}).get("external")
    if external:
        return str(external["uri"])
    features = (feature for facet in record.get("facets", []) for feature in facet["features"])
    return next((str(feature["uri"]) for feature in features if "uri" in feature), None)


def link_of(blob: dict[str, Any]) -> str:
    """The name of the file that a reference is to."""
    name: Cid = blob["ref"]
    return name.text
