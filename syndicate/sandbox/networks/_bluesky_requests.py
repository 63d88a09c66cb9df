"""Reads XRPC requests as a PDS does: the query, then (once it is known who asks) the body, and refuses them in its
words.

As measured on @atproto/pds 0.5.35 with Node 22 (2026-11-29), whose JSON parser has words of its own for what is none.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from syndicate.sandbox.exchange import Received
from syndicate.sandbox.networks._bluesky_lexicons import INPUTS, QUERIES
from syndicate.sandbox.networks._bluesky_schema import Fields, Shape, Truth, Unfit, WholeNumber, lex, shown
from syndicate.sandbox.networks._bluesky_sessions import BlueskyRefusal

RECORD_LIMIT, JSON_LIMIT = 1_000_000, 153_600
"""Bytes of a JSON body: of calls that write records, and of others."""

_WRITES = ("putRecord", "createRecord", "applyWrites")
_CHARSETS = ("utf-8", "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-8le")
_EXTENSIONS = {"png": "image/png", "jpg": "image/jpeg", "json": "application/json", "txt": "text/plain"}
_EXPECTED = {
    "Expecting property name enclosed in double quotes": "Expected property name or '}' in JSON",
    "Illegal trailing comma before end of object": "Expected double-quoted property name in JSON",
    "Illegal trailing comma before end of array": "Unexpected token ']'",
    "Expecting ':' delimiter": "Expected ':' after property name in JSON",
    "Extra data": "Unexpected non-whitespace character after JSON",
}


def refused(message: str, name: str = "InvalidRequest", status: int = 400) -> BlueskyRefusal:
    """The refusal of a request that cannot be read."""
    return BlueskyRefusal(status, name, message)


def query(nsid: str, request: Received) -> dict[str, Any]:
    """The query, its numbers and truths read as such. Raises BlueskyRefusal."""
    shape = QUERIES[nsid]
    found: dict[str, Any] = {}
    try:
        for name, text in parse_qsl(urlsplit(request.target).query, keep_blank_values=True):
            if text:
                _add(found, name, _read(shape, name, text))
        shape.judge(found, ())
    except Unfit as fault:
        raise refused(f"Invalid {nsid} params: {fault.words}") from fault
    return found


def _add(found: dict[str, Any], name: str, value: Any) -> None:
    """A name that comes twice has a list, which nothing here may be."""
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _read(shape: Fields, name: str, text: str) -> Any:
    wanted = shape.of.get(name)
    if isinstance(wanted, WholeNumber):
        if not re.fullmatch("-?[0-9]+", text):
            raise Unfit(f"Expected integer value type (got {shown(text)})", (name,))
        return int(text)
    if isinstance(wanted, Truth):
        if text not in ("true", "false"):
            raise Unfit(f"Expected boolean value type (got {shown(text)})", (name,))
        return text == "true"
    return text


def without_body(request: Received) -> None:
    """Refuse a body where none belongs."""
    if request.body:
        raise refused("A request body was provided when none was expected")


def body(nsid: str, request: Received) -> dict[str, Any]:
    """The JSON of a call, judged by its shape. Raises BlueskyRefusal."""
    mime = encoding(request)
    if mime != "application/json":
        raise refused(f"Wrong request encoding (Content-Type): {mime}")
    value = _json(request, RECORD_LIMIT if nsid.endswith(_WRITES) else JSON_LIMIT)
    _judge(INPUTS[nsid], value)
    made: dict[str, Any] = value
    return made


def _judge(shape: Shape, value: Any) -> None:
    try:
        shape.judge(lex(value), ())
    except Unfit as fault:
        raise refused(str(fault)) from fault


def encoding(request: Received) -> str:
    """The type of a body, in the letters that it came in. Raises BlueskyRefusal without one."""
    if "content-length" not in request.headers and "transfer-encoding" not in request.headers:
        raise refused("A request body is expected but none was provided")
    said = request.headers.get("content-type", "").partition(";")[0].strip()
    mime = said if "/" in said else _EXTENSIONS.get(said.lower(), "")
    if not mime:
        raise refused("Request encoding (Content-Type) required but not provided")
    return mime


def _json(request: Received, limit: int) -> Any:
    charset = re.search(r"charset=\"?([^\s;\"]+)", request.headers.get("content-type", ""), re.IGNORECASE)
    if charset and charset[1].lower() not in _CHARSETS:
        words = f'unsupported charset "{charset[1].upper()}"'
        raise refused(words, "UnsupportedMediaTypeError", 415)
    data = _unpacked(request)
    if len(data) > limit:
        raise refused("request entity too large", "PayloadTooLargeError", 413)
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    first = text.lstrip()[:1]
    if not text:
        return {}
    if first not in ("{", "["):
        raise _no_json(f"Unexpected token '{first}', {_around(text, text.find(first))} is not valid JSON")
    try:
        return json.loads(text, parse_float=_number, parse_constant=_constant)
    except json.JSONDecodeError as fault:
        raise _no_json(_said(fault, text)) from fault
    except RecursionError as fault:
        raise refused("Internal Server Error", "InternalServerError", 500) from fault


def _unpacked(request: Received) -> bytes:
    import gzip
    import zlib

    packed = request.headers.get("content-encoding", "identity").lower()
    if packed == "identity":
        return request.body
    if packed not in ("gzip", "deflate", "br"):
        raise refused(f'unsupported content encoding "{packed}"', "UnsupportedMediaTypeError", 415)
    try:
        return gzip.decompress(request.body) if packed == "gzip" else zlib.decompress(request.body)
    except (OSError, EOFError, zlib.error) as fault:
        raise refused("incorrect header check", "Error") from fault


def _number(text: str) -> int | float:
    """A number with a point or an exponent, which may be a whole one."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _constant(text: str) -> Any:
    raise json.JSONDecodeError("Expecting value", text, 0)


def _no_json(message: str) -> BlueskyRefusal:
    return refused(message, "SyntaxError")


def _said(fault: json.JSONDecodeError, text: str) -> str:
    """What Node says of text that is no JSON."""
    place = fault.pos
    what = _EXPECTED.get(fault.msg)
    if fault.msg == "Expecting ',' delimiter":
        inside = _open_bracket(text[:place])
        what = f"Expected ',' or '{'}' if inside == '{' else ']'}' after "
        what += "property value in JSON" if inside == "{" else "array element in JSON"
    elif fault.msg == "Expecting property name enclosed in double quotes" and text[:place].rstrip().endswith(","):
        what = "Expected double-quoted property name in JSON"
    if fault.msg.startswith("Illegal trailing comma"):
        place += len(text[place:]) - len(text[place:].lstrip(", \n\r\t"))
    if fault.msg == "Expecting value" and not text[place:].strip():
        return "Unexpected end of JSON input"
    if what is None or fault.msg == "Expecting value":
        place = _first_wrong(text, place)
        return f"Unexpected token '{text[place : place + 1]}', {_around(text, place)} is not valid JSON"
    before = text[:place]
    column = place - (before.rfind("\n") + 1) + 1
    return f"{what} at position {place} (line {before.count(chr(10)) + 1} column {column})"


def _first_wrong(text: str, place: int) -> int:
    """Where a word that begins like true, false or null goes wrong."""
    for word in ("true", "false", "null"):
        if text.startswith(word[0], place):
            same = next((count for count, (a, b) in enumerate(zip(word, text[place:], strict=False)) if a != b), 0)
            return place + same
    return place


def _open_bracket(text: str) -> str:
    """The bracket that is still open."""
    opened = []
    for sign in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        if sign in "{[":
            opened.append(sign)
        elif sign in "}]" and opened:
            opened.pop()
    return opened[-1] if opened else "{"


def _around(text: str, place: int) -> str:
    """The text near a wrong sign: all of it where it is short."""
    if len(text) <= 40:
        return f'"{text}"'
    start, end = max(place - 10, 0), min(place + 10, len(text))
    return f'{"..." if start else ""}"{text[start:end]}"{"..." if end < len(text) else ""}'
