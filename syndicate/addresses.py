"""Addresses of articles: how one leaves as a link, whether it can lead anywhere, and which two mean one page. Pure."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from syndicate.control_characters import ACTING
from syndicate.model.pattern import pattern

_PARTS = pattern(
    r"(?P<scheme>https?)://(?P<host>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.IGNORECASE | re.DOTALL,
)
BREAK = pattern("[ ]*[\t\r\n]+[ ]*|[\ud800-\udfff]")  # as browsers leave them out; halves of a character
BARE_PERCENT = pattern("%(?![0-9A-Fa-f]{2})")
# RFC 3986 allows them; all networks link them inside an address. Brackets end the link on X, alone or within others.
_KEPT = "%/!$&'*+,;=:@~"
_END = pattern(r"[A-Za-z0-9/_#-]\Z")
_LOGIN = pattern(r"(?<=//)[^/?#\s]*@")

_PASSWORD = pattern(r"(//[^:/?#@]*):([^/?#]*)(?=@)")

_KEY_NAME = pattern(r"(?:token|secret|pass(?:word|wd)?|pwd|key|sig|signature|auth|code)$", re.IGNORECASE)
_SHORT_KEY, _LONG_KEY = 5, 8  # characters from which on a value is a key: where its name says so, and else

_LABEL = pattern(r"[a-z0-9_-]{1,63}", re.IGNORECASE)
_NUMBER = pattern(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)
_FOUR_NUMBERS = pattern(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\Z)|\Z)){4}")
_HOSTLESS = frozenset(("http", "https", "undefined", "null", "none", "nan", "false", "true"))
"""What scripts write as a host where they have none, or where an address stands twice."""
NO_ADDRESS = frozenset(("undefined", "null", "none", "nan", "false", "n/a", "#", "[object object]", "about:blank"))
"""What scripts write as an address where they have none, in lower case."""


@lru_cache(maxsize=1000)  # asked several times for each story
def as_link(url: str) -> str:
    """The address as it leaves in a post: ASCII, without a login, its end one that no network leaves out of the link.

    It leads where `url` leads, and is the same if it is made of itself. X ends a link before letters that it does not
    know, and both X and Mastodon leave out punctuation at the end (twitter-text 3, `validUrlPath`;
    mastodon/mastodon config/initializers/twitter_regex.rb), so these are percent-encoded (RFC 3986 §2.1). What
    is no http(s) address stays as it is, apart from characters that no address may have.
    """
    url = BREAK.sub("", url.strip())
    found = _PARTS.fullmatch(url)
    if found is None:
        return _escaped(url, "?#")
    path, query, fragment = found["path"], found["query"] or "", found["fragment"] or ""
    query, fragment = ("" if len(part) == 1 else part for part in (query, fragment))
    if fragment and not path and not query:
        path = "/"  # X links no fragment that follows the host
    parts = [_escaped(path), _escaped(query, "?"), _escaped(fragment[:1] + fragment[1:].replace("#", "%23"), "?#")]
    ended = [_ended(part, is_query=number == 1) for number, part in enumerate(parts)]
    ended[2] = "?".join(_ended(part, is_query=False) for part in ended[2].split("?"))
    return f"{found['scheme'].lower()}://{_authority(found['host'])}{''.join(ended)}"


def _escaped(text: str, more: str = "") -> str:
    return quote(BARE_PERCENT.sub("%25", text), safe=_KEPT + more, errors="replace")


def _ended(part: str, *, is_query: bool) -> str:
    """A part of an address, with its last character percent-encoded where a network would end the link before it."""
    last = part[-1:]
    if not part or _END.search(part) or (is_query and last in "=&"):
        return part
    return part[:-1] + ("%20" if is_query and last == "+" else f"%{ord(last):02X}")


def _authority(text: str) -> str:
    """Host and port of an address in ASCII, without a login."""
    host, colon, port = text.rpartition("@")[2].partition(":")
    if host.startswith("["):
        return text.rpartition("@")[2]
    return ascii_host(host).rstrip(".") + (colon + port if port else "")


def ascii_host(host: str) -> str:
    """A host name in ASCII (IDNA); one that IDNA refuses, such as an emoji, as browsers spell it."""
    host = unquote(host) if "%" in host else host
    if host.isascii():
        return host
    import idna

    with contextlib.suppress(idna.IDNAError):
        return idna.encode(host, uts46=True).decode()
    labels = unicodedata.normalize("NFKC", host).lower().split(".")
    spelled = (label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)
    return ".".join(spelled)


def without_acting(url: str) -> str:
    """The address with characters percent-encoded that would act on a terminal or in a log. It leads to the same."""
    return ACTING.sub(lambda found: quote(found[0], errors="replace"), url)


def without_login(url: str) -> str:
    """The address without the user name and the password in it."""
    return _LOGIN.sub("", url) if "@" in url else url


def server_place(address: str) -> str:
    """The address of a database on a server without its password and its parameters."""
    return _PASSWORD.sub(r"\1", address.partition("?")[0])


def passwords_in(address: str) -> set[str]:
    """The password in the address of a database, as it is written there and as it is sent."""
    parts = address.partition("?")
    found = _PASSWORD.search(parts[0])
    written = {found[2]} if found else set()
    written |= {value for name, _, value in (each.partition("=") for each in parts[2].split("&")) if name == "password"}
    return {form for each in written if each for form in (each, unquote(each))}


def secrets_in(url: str) -> set[str]:
    """What of an account's address may be a secret: its login, its whole query, and the values in it, but for words."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return set()
    if not parts.scheme or not parts.netloc:
        return set()
    login = parts.netloc.rpartition("@")[0]
    password = unquote(login.partition(":")[2])
    values = (value for name, value in parse_qsl(parts.query) if _is_key(name, value))
    logins = {each for each in (login, password) if len(each) >= _LONG_KEY}
    return {*logins, *([parts.query] if parts.query else []), *values}


def _is_key(name: str, value: str) -> bool:
    """Whether a parameter of an address gives access, by its name, or by its value, which is long and no word."""
    named = _KEY_NAME.search(name) is not None and len(value) >= _SHORT_KEY
    return named or (len(value) >= _LONG_KEY and not value.isalpha()) or len(value) >= 2 * _LONG_KEY


@lru_cache(maxsize=1000)
@lru_cache(maxsize=1000)  # asked several times for each story
def is_possible(url: str) -> bool:
    """Whether an http(s) address names a host that can exist (RFC 1123 §2.1), wherever it is known."""
    try:
        parts = urlsplit(url)
        host, _ = ascii_host(parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or _is_written_twice(parts):
        return False
    if ":" in host or _FOUR_NUMBERS.fullmatch(host):
        return True
    labels = host.split(".")
    named = all(map(_LABEL.fullmatch, labels)) and len(host) <= 253
    return named and not _NUMBER.fullmatch(labels[-1]) and host.lower() not in _HOSTLESS


def _is_written_twice(parts: SplitResult) -> bool:
    """Whether the host runs on into another address: `https://site.examplehttps://site.example/a`."""
    return parts.netloc.endswith(":") and parts.path.startswith("//")
