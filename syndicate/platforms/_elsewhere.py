"""Addresses that a publisher gives whole, and how `api_url` leads them elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit


def elsewhere(url: str, api_url: str | None) -> str:
    """The address with the scheme, host and port of `api_url`, and its path if it has one."""
    if api_url is None:
        return url
    here, there = urlsplit(url), urlsplit(api_url)
    path = there.path if there.path.strip("/") else here.path
    return here._replace(scheme=there.scheme, netloc=there.netloc, path=path).geturl()


def host(url: str) -> str:
    """The host of an address, without what may be a secret; "" if it is none."""
    return urlsplit(url).hostname or "" if is_address(url) else ""


def in_the_clear(url: str, beside: str) -> bool:
    """Whether a secret that goes to `beside` encrypted would go to `url` without."""
    return beside.startswith("https:") and not url.startswith("https:")


def is_address(url: str) -> bool:
    """Whether this is the whole address of something on the web."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
