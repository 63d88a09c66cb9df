"""Parses and checks single values of the config, such as durations and addresses. All checks raise ValueError."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from syndicate.model import PollInterval

__all__ = [
    "address",
    "at_least_one",
    "closest",
    "command",
    "count",
    "decimal",
    "duration",
    "endpoint",
    "every",
    "money",
    "network",
    "number",
    "origin",
    "pattern",
    "positive",
    "program",
    "proxy",
    "public",
    "some_posts",
    "some_stories",
    "suggestion",
    "switch",
    "timezone",
    "unguessable",
]

TOKEN_LENGTH = 16
MOST_POSTS = 25  # of a thread
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_HOST = r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?"  # compiling it takes milliseconds
_ON = ("true", "yes", "on", "1")
_OFF = ("false", "no", "off", "0")


def suggestion(word: str, known: Iterable[str]) -> str:
    """A "did you mean" in brackets if a known word is close, else an empty text."""
    close = closest(word, known)
    return f" (did you mean '{close}'?)" if close else ""


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is closest; None if none is close."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), n=1)), None)


def duration(text: str) -> timedelta:
    """Parse `90s`, `5m`, `1h30m` or `2d`. A number without a unit is refused, except 0."""
    if text == "0":
        return timedelta(0)
    if re.fullmatch(r"[0-9]+", text):
        raise ValueError(f"a duration needs a unit: {text}s, {text}m, {text}h or {text}d")
    found = _DURATION.fullmatch(text.replace(" ", ""))
    if found is None or not any(found.groups()):
        raise ValueError(f"'{text}' is no duration, such as 90s, 5m, 1h30m or 2d")
    try:
        return timedelta(
            seconds=sum(int(part or 0) * unit for part, unit in zip(found.groups(), _UNITS.values(), strict=True))
        )
    except OverflowError:
        raise ValueError(f"'{text}' is too long") from None


def every(text: str) -> PollInterval:
    """Parse `5m` (always so) or `5m to 6h` (bounds; the server's wish and the source's habits choose within them)."""
    least, to, most = text.partition(" to ")
    if not to:
        span = positive(duration(text))
        return PollInterval(span, span)
    bounds = PollInterval(positive(duration(least)), duration(most), learns=True)
    if bounds.most <= bounds.least:
        raise ValueError(f"'{text}' should have the shorter time first, such as 5m to 6h")
    return bounds


def number(text: str) -> int:
    """Parse a whole number of at most 18 digits."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError(f"should be a whole number, not '{text}'")
    return int(text)


def switch(text: str) -> bool:
    """Parse `true` or `false`, or also yes, no, on, off, 1 and 0, which YAML 1.2 leaves as text."""
    if text.lower() not in _ON + _OFF:
        raise ValueError(f"should be true or false, not '{text}'")
    return text.lower() in _ON


def positive(span: timedelta) -> timedelta:
    """Check that a duration is longer than 0."""
    if span <= timedelta(0):
        raise ValueError("has to be longer than 0")
    return span


def count(value: int) -> int:
    """Check that a number is not below 0."""
    if value < 0:
        raise ValueError(f"cannot be below 0, and is {value}")
    return value


def some_posts(value: int) -> int:
    """How many posts a thread may have. Raises ValueError."""
    if not 2 <= value <= MOST_POSTS:
        raise ValueError(f"a thread has 2 to {MOST_POSTS} posts, not {value}")
    return value


def some_stories(value: int | str) -> int | str:
    """Check `catch_up`: at least 1, or `all`. To send none of what waited is what `max_age` is for."""
    if isinstance(value, int) and value < 1:
        raise ValueError(f"has to be at least 1, or all, and is {value}")
    return value


def at_least_one(value: int | str) -> int | str:
    """Check a cap: with 0, nothing would ever go out."""
    if isinstance(value, int) and value < 1:
        raise ValueError(f"has to be at least 1, and is {value}; `enabled: false` switches an account off")
    return value


def at_least_one_photo(value: int) -> int:
    """Check `photos`: there is another setting for none at all."""
    if value < 1:
        raise ValueError(f"has to be at least 1, and is {value}; `image: none` sends no picture")
    return value


def again_at_least_once(value: int) -> int:
    """Check a number of `again`: with 0, nothing would ever be posted again."""
    if value < 1:
        raise ValueError(f"has to be at least 1, and is {value}; without `again`, nothing is posted again")
    return value


def a_day_or_more(span: timedelta) -> timedelta:
    """Check how old a post has to be before its story is posted again."""
    if span < timedelta(days=1):
        raise ValueError("has to be a day or more, such as 90d")
    return span


def not_empty(text: str) -> str:
    """Check that there are words. Raises ValueError."""
    if not text.strip():
        raise ValueError("is empty")
    return text.strip()


def command(words: tuple[str, ...]) -> tuple[str, ...]:
    """Check that a command is a list of words. Raises ValueError."""
    if len(words) == 1 and " " in words[0]:
        raise ValueError(f"should be a list of words: [{', '.join(words[0].split())}]")
    return words


def program(words: tuple[str, ...]) -> tuple[str, ...]:
    """Check that a command is a list of words, and has any. Raises ValueError."""
    if not words or not words[0].strip():
        raise ValueError("is empty")
    return command(words)


def decimal(text: str) -> float:
    """Parse a number, with a point if it has a fraction."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise ValueError(f"should be a number, not '{text}'")
    return float(text)


def money(value: float) -> float:
    """Check that an amount is more than 0."""
    if value <= 0:
        raise ValueError("has to be more than 0; `enabled: false` switches an account off")
    return value


def address(text: str) -> str:
    """Check a web address: http or https, with a host."""
    return _web(text, ("http", "https"))


def home(text: str) -> str:
    """Check the site's address. It is public, so it may contain no login."""
    if "@" in urlsplit(address(text)).netloc:
        raise ValueError("contains a login, and this address is public; write the login only where a source needs it")
    return text


def proxy(text: str) -> str:
    """Check the address of an HTTP proxy, with a user and password if it needs them."""
    return _web(text, ("http", "https"))


def public(text: str) -> str:
    """Check an address at which others call us: https, unless it is on this machine."""
    parts = urlsplit(address(text))
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("has to begin with https://, so that nobody can read or change what is sent there")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("may have only scheme, host, port and path")
    return text


def unguessable(text: str) -> str:
    """Check a token that strangers may try to guess."""
    if len(text) < TOKEN_LENGTH:
        raise ValueError(f"has to have at least {TOKEN_LENGTH} characters; `openssl rand -hex 32` makes one")
    return text


def origin(text: str) -> str:
    """Check a server to use instead of a network: scheme, host and port. The adapter adds the path."""
    parts = urlsplit(address(text))
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(
            f"may have only scheme, host and port, such as {parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        )
    return f"{parts.scheme}://{parts.netloc}"


def timezone(text: str) -> str:
    """Check a time zone: an IANA name that this machine knows."""
    from zoneinfo import ZoneInfo

    if text == "UTC":
        return text
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(_no_zone(text)) from None
    return text


def network(text: str) -> str:
    """Check one entry of `network.allow`: a range such as 10.0.0.0/8, an address, or a host name."""
    from ipaddress import ip_network

    try:
        ip_network(text, strict=False)
    except ValueError:
        if not re.fullmatch(_HOST, text, re.IGNORECASE) or re.fullmatch(r"[0-9.]+", text):
            raise ValueError(f"'{text}' is neither a range (10.0.0.0/8), an address nor a host name") from None
    return text


def endpoint(text: str) -> str:
    """Check a host and port to listen on, such as 127.0.0.1:8701 or [::1]:8701."""
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if (
        not colon
        or not host
        or (":" in host and not bracketed)
        or not re.fullmatch(r"[0-9]{1,5}", port)
        or int(port) > 65535
    ):
        raise ValueError(f"'{text}' is no host and port, such as 127.0.0.1:8701")
    return text


def pattern(text: str) -> str:
    """Check that a regular expression compiles, and is no larger than a title."""
    from syndicate.planning.patterns import checked

    return checked(text)


def _web(text: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"'{text}' is no web address") from None
    if parts.scheme not in schemes or not parts.hostname or port == 0 or re.search(r"\s", text):
        raise ValueError(f"'{text}' is no web address: it has to begin with https:// or http:// and a host")
    return text


def _no_zone(text: str) -> str:
    from zoneinfo import available_timezones

    known = available_timezones()
    if not known:
        return f"cannot look up '{text}': this machine has no time zone database (install tzdata)"
    by_city = {zone.rpartition("/")[2].lower(): zone for zone in sorted(known)}
    city = by_city.get(text.rpartition("/")[2].replace(" ", "_").lower())
    hint = f" (did you mean '{city}'?)" if city else suggestion(text, known)
    return f"'{text}' is no time zone, such as Europe/Lisbon{hint}"
