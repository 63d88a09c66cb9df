"""Checks `app.bsky.feed.post` records, and makes the names (CIDs) of records and blobs.

bluesky-social/atproto @ d6296a1c (2026-08-20), lexicons/app/bsky; messages as measured on `@atproto/pds`
0.5.35 (2026-11-23).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from syndicate.sandbox.counting import graphemes

TEXT_GRAPHEMES = 300
TEXT_BYTES = 3_000
THUMB_BYTES = 1_000_000
IMAGE_BYTES = 2_000_000
DATETIME = re.compile(
    r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d(\.\d{1,20})?(Z|[+-][0-2]\d:[0-5]\d)",
    re.ASCII,
)
LANGUAGE = re.compile(r"(i|[a-z]{2,3})(-[a-zA-Z0-9]+)*", re.ASCII)
URI = re.compile(r"\w+:(?://)?[^\s/][^\s]*")
EMBEDS = tuple(
    f"app.bsky.embed.{kind}" for kind in ("images", "video", "gallery", "external", "record", "recordWithMedia")
)


class Invalid(Exception):
    """The record is refused: the error's name and message."""

    def __init__(self, message: str, name: str = "InvalidRequest") -> None:
        super().__init__(message if name != "InvalidRequest" else f"Invalid app.bsky.feed.post record: {message}")
        self.name = name


def validate(record: dict[str, Any], blobs: Mapping[str, tuple[str, bytes]]) -> None:
    """Raise Invalid for the first rule the record breaks. `blobs` are the uploads: CID to type and bytes."""
    text = _string(record, "text", "Record")
    for most, length, unit in (
        (TEXT_BYTES, len(text.encode("utf-8", "surrogatepass")), "bytes"),
        (TEXT_GRAPHEMES, graphemes(text), "graphemes"),
    ):
        if length > most:
            raise Invalid(f"Record/text: string too big (maximum {most} {unit}, got {length})")
    _check_instant(_string(record, "createdAt", "Record"))
    _check_languages(record.get("langs", []))
    tags = _array(record.get("tags", []), "Record/tags", 8)
    for tag in tags:
        _check_tag(tag, "Record/tags")
    for index, facet in enumerate(_array(record.get("facets", []), "Record/facets")):
        _check_facet(facet, f"Record/facets/{index}")
    if "embed" in record:
        _check_embed(record["embed"], blobs)
    if "reply" in record:
        _check_reply(record["reply"])


def _string(holder: Any, name: str, where: str) -> str:
    if not isinstance(holder, dict):
        raise Invalid(f"{where} must be an object")
    if name not in holder:
        raise Invalid(f'{where} must have the property "{name}"')
    value = holder[name]
    if not isinstance(value, str):
        raise Invalid(f"{where}/{name} must be a string")
    return value


def _array(value: Any, where: str, most: int | None = None) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid(f"{where} must be an array")
    if most is not None and len(value) > most:
        raise Invalid(f"{where} must not have more than {most} elements")
    return value


def _whole(holder: Any, name: str, where: str, least: int) -> None:
    value = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid(f"{where}/{name} must be an integer")
    if value < least:
        raise Invalid(f"{where}/{name} can not be less than {least}")


def _check_instant(text: str) -> None:
    """Raise Invalid unless it is RFC 3339 with a zone; `-00:00` does not count as one."""
    try:
        right = DATETIME.fullmatch(text) is not None and not text.endswith("-00:00")
        datetime.fromisoformat(re.sub(r"\.\d+", "", text))
    except ValueError:
        right = False
    if not right:
        raise Invalid("Record/createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)")


def _check_languages(languages: Any) -> None:
    for language in _array(languages, "Record/langs", 3):
        if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
            raise Invalid("Record/langs/0 must be a well-formed BCP 47 language tag")


def _check_tag(tag: Any, where: str) -> None:
    if not isinstance(tag, str):
        raise Invalid(f"{where} must be a string")
    if len(tag.encode()) > 640 or graphemes(tag) > 64:
        raise Invalid(f"{where} must not be longer than 64 graphemes")


def _check_facet(facet: Any, where: str) -> None:
    """Types and a start of at least 0. Like the PDS it takes ranges past the end, reversed or overlapping."""
    index = facet.get("index") if isinstance(facet, dict) else None
    _whole(index, "byteStart", f"{where}/index", 0)
    _whole(index, "byteEnd", f"{where}/index", 0)
    for feature in _array(facet.get("features"), f"{where}/features"):
        kind = _string(feature, "$type", f"{where}/features")
        if kind == "app.bsky.richtext.facet#link":
            _check_uri(_string(feature, "uri", where), f"{where}/features/0/uri")
        elif kind == "app.bsky.richtext.facet#tag":
            _check_tag(_string(feature, "tag", where), f"{where}/features/0/tag")
        elif kind == "app.bsky.richtext.facet#mention" and not _string(feature, "did", where).startswith("did:"):
            raise Invalid(f"{where}/features/0/did must be a valid did")


def _check_uri(uri: str, where: str) -> None:
    if not URI.fullmatch(uri):
        raise Invalid(f"{where} must be a uri")


def _check_embed(embed: Any, blobs: Mapping[str, tuple[str, bytes]]) -> None:
    kind = _string(embed, "$type", "Record/embed")
    if kind == "app.bsky.embed.images":
        for index, image in enumerate(_array(embed.get("images"), "Record/embed/images", 4)):
            where = f"Record/embed/images/{index}"
            _string(image, "alt", where)
            _check_blob(image.get("image"), f"{where}/image", IMAGE_BYTES, blobs)
            if "aspectRatio" in image:
                _whole(image["aspectRatio"], "width", f"{where}/aspectRatio", 1)
                _whole(image["aspectRatio"], "height", f"{where}/aspectRatio", 1)
    elif kind == "app.bsky.embed.external":
        where = "Record/embed/external"
        external = embed.get("external")
        _check_uri(_string(external, "uri", where), f"{where}/uri")
        _string(external, "title", where)
        _string(external, "description", where)
        if "thumb" in external:
            _check_blob(external["thumb"], f"{where}/thumb", THUMB_BYTES, blobs)
    elif kind.startswith("app.bsky.embed.") and kind not in EMBEDS:
        raise Invalid(f"Record/embed $type must be one of {', '.join(EMBEDS)}")


def _check_blob(blob: Any, where: str, most: int, blobs: Mapping[str, tuple[str, bytes]]) -> None:
    try:
        cid, size, mime = str(blob["ref"]["$link"]), int(blob["size"]), str(blob["mimeType"])
    except (TypeError, KeyError, ValueError):
        raise Invalid(f"{where} should be a blob ref") from None
    if not mime.startswith("image/"):
        raise Invalid(f'{where} blob must be of type "image/*", got "{mime}"', "InvalidMimeType")
    if size > most:
        raise Invalid(f"{where}: blob too big (maximum {most}, got {size})")
    if cid not in blobs:
        raise Invalid(f"Could not find blob: {cid}", "BlobNotFound")
    if size != len(blobs[cid][1]):
        raise Invalid(
            f"Referenced Size does not match stored blob. Expected: {len(blobs[cid][1])}, Got: {size}", "InvalidSize"
        )


def _check_reply(reply: Any) -> None:
    for name in ("root", "parent"):
        target = reply.get(name) if isinstance(reply, dict) else None
        if not _string(target, "uri", f"Record/reply/{name}").startswith("at://"):
            raise Invalid(f"Record/reply/{name}/uri must be a valid at-uri")
        _string(target, "cid", f"Record/reply/{name}")


def blobs(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """CID and alt text of each blob a post shows: its images, or the thumb of its card."""
    embed = record.get("embed") or {}
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


def cid_of_bytes(data: bytes) -> str:
    """CIDv1, raw, SHA-256."""
    return _cid(0x55, data)


def cid_of_record(record: Any) -> str:
    """CIDv1, DAG-CBOR, SHA-256: the same record has the same name, whatever the order of its keys."""
    return _cid(0x71, b"".join(_cbor(record)))


def _cid(codec: int, data: bytes) -> str:
    digest = bytes([1, codec, 0x12, 32]) + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(digest).decode().lower().rstrip("=")


def _cbor(value: Any) -> Iterator[bytes]:
    """DAG-CBOR (RFC 8949, canonical): shortest heads, map keys by length and then by bytes."""
    if value is None or isinstance(value, bool):
        yield {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    elif isinstance(value, int):
        yield _head(0, value) if value >= 0 else _head(1, -1 - value)
    elif isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
        yield _head(3, len(data)) + data
    elif isinstance(value, list):
        yield _head(4, len(value))
        for each in value:
            yield from _cbor(each)
    elif isinstance(value, dict) and value.keys() == {"$link"}:
        text = value["$link"][1:].upper()
        data = b"\x00" + base64.b32decode(text + "=" * (-len(text) % 8))
        yield b"\xd8\x2a" + _head(2, len(data)) + data
    elif isinstance(value, dict):
        yield _head(5, len(value))
        for name in sorted(value, key=lambda name: (len(name.encode()), name.encode())):
            yield from _cbor(name)
            yield from _cbor(value[name])
    else:
        raise Invalid(f"a record holds no {type(value).__name__}")


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([kind << 5 | extra]) + number.to_bytes(size, "big")
    raise Invalid("a number is too large")
