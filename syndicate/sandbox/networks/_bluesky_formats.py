"""The string formats of lexicons, as strict as a PDS is: handles, DIDs, addresses, instants, languages, keys.

https://atproto.com/specs (handle, did, nsid, tid, record-key, at-uri-scheme, lexicon#string-formats) and RFC 5646;
where a PDS is laxer or stricter than these pages, as measured on @atproto/pds 0.5.35 (2026-11-29).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote_to_bytes

from syndicate.sandbox.networks._bluesky_cids import parse_cid

_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_HANDLE = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]){_LABEL}")
_DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]")
_NSID = re.compile(rf"(?![0-9]){_LABEL}(?:\.{_LABEL})+\.[a-zA-Z][a-zA-Z0-9]{{0,62}}")
_TID = re.compile("[2-7a-j][2-7a-z]{12}")
_RECORD_KEY = re.compile(r"(?!\.{1,2}\Z)[a-zA-Z0-9_~.:-]{1,512}")
_URI = re.compile(r"[A-Za-z0-9_]+:(?://)?[^\s/\ufeff][^\s\ufeff]*")
_AT_URI = re.compile(r"at://([^/?#]+)(?:/([^/?#]+)(?:/([^/?#]+))?)?(?:#(/.*))?")
_AT_URI_SIGNS = re.compile(r"[a-zA-Z0-9._~:@!$&'()*+,;=%/\\\[\]#?-]*")
_POINTER = re.compile(r"[a-zA-Z0-9._~:@!$&'()*+,;=%\[\]/-]*")
_INSTANT = re.compile(
    r"(?P<year>\d{4})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_IRREGULAR = frozenset(
    [
        "en-GB-oed",
        "i-ami",
        "i-bnn",
        "i-default",
        "i-enochian",
        "i-hak",
        "i-klingon",
        "i-lux",
        "i-mingo",
        "i-navajo",
        "i-pwn",
        "i-tao",
        "i-tay",
        "i-tsu",
        "sgn-BE-FR",
        "sgn-BE-NL",
        "sgn-CH-DE",
        "art-lojban",
        "cel-gaulish",
        "no-bok",
        "no-nyn",
        "zh-guoyu",
        "zh-hakka",
        "zh-min",
        "zh-min-nan",
        "zh-xiang",
    ]
)
_PRIVATE = re.compile("[xX](?:-[A-Za-z0-9]{1,8})+")
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*)(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?",
    re.ASCII,
)


def is_handle(text: str) -> bool:
    """A domain name whose last part does not begin with a digit."""
    return len(text) <= 253 and _HANDLE.fullmatch(text) is not None


def is_did(text: str) -> bool:
    """did:plc:…, did:web:… or another method."""
    return len(text) <= 2048 and _DID.fullmatch(text) is not None


def is_identifier(text: str) -> bool:
    """The handle or the DID of an account."""
    return is_did(text) if text.startswith("did:") else is_handle(text)


def is_nsid(text: str) -> bool:
    """The name of a lexicon."""
    return len(text) <= 317 and _NSID.fullmatch(text) is not None


def is_tid(text: str) -> bool:
    """A record key made of the time."""
    return _TID.fullmatch(text) is not None


def is_record_key(text: str) -> bool:
    """A record key of any kind."""
    return _RECORD_KEY.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """A scheme, a colon and something after it: the check is that lax."""
    return _URI.fullmatch(text) is not None


def is_cid(text: str) -> bool:
    """A CID in its usual spelling."""
    return parse_cid(text) is not None


def is_at_uri(text: str) -> bool:
    """The address of an account, a collection or a record."""
    found = _AT_URI.fullmatch(text) if len(text) <= 8192 and _AT_URI_SIGNS.fullmatch(text) else None
    if found is None:
        return False
    owner, collection, key, pointer = found.groups()
    return (
        is_identifier(owner)
        and (collection is None or is_nsid(collection))
        and (key is None or is_record_key(key))
        and (pointer is None or _is_pointer(pointer))
    )


def _is_pointer(text: str) -> bool:
    try:
        unquote_to_bytes(text).decode()
    except ValueError:
        return False
    whole = re.search("%(?![0-9a-fA-F]{2})", text) is None
    return whole and _POINTER.fullmatch(text) is not None


def is_instant(text: str) -> bool:
    """RFC 3339 with a zone. `-00:00` does not count as one, and 31 February does as a day."""
    if len(text) > 64 or text.endswith("-00:00"):
        return False
    found = _INSTANT.fullmatch(text)
    return found is not None and not (found["year"] in ("0000", "9999") and _leaves_its_year(text))


def _leaves_its_year(text: str) -> bool:
    """Whether in UTC it is before the year 0 or after 9999."""
    if text.endswith("Z"):
        return False
    hours = int(text[11:13]) * 60 + int(text[14:16])
    ahead = (int(text[-5:-3]) * 60 + int(text[-2:])) * (1 if text[-6] == "+" else -1)
    if text.startswith("0000-01-01"):
        return hours - ahead < 0
    return text.startswith("9999-12-31") and hours - ahead >= 1440


def is_language(text: str) -> bool:
    """A BCP 47 tag whose language is two or three small letters."""
    if text in _IRREGULAR or _PRIVATE.fullmatch(text):
        return True
    found = _LANGUAGE.fullmatch(text)
    if found is None:
        return False
    variants = found["variants"].lower().split("-")[1:]
    singletons = [part for part in found["extensions"].lower().split("-") if len(part) == 1]
    return len(set(variants)) == len(variants) and len(set(singletons)) == len(singletons)


FORMATS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "at-identifier": ("AT identifier", is_identifier),
    "at-uri": ("at-uri", is_at_uri),
    "cid": ("CID string", is_cid),
    "datetime": ("datetime", is_instant),
    "did": ("DID", is_did),
    "handle": ("handle", is_handle),
    "language": ("language", is_language),
    "nsid": ("NSID", is_nsid),
    "record-key": ("record key", is_record_key),
    "tid": ("TID string", is_tid),
    "uri": ("uri", is_uri),
}
"""Each format: what a PDS calls it in an error, and its check."""
