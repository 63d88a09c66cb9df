"""Fetches one document with a conditional GET, and explains every refusal."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from syndicate.errors import SourceError, Unavailable, Uncertain
from syndicate.model import Validators
from syndicate.model.dataclass import dataclass
from syndicate.net.address_guard import bare
from syndicate.net.status import retry_after
from syndicate.net.unpacking import unpacked
from syndicate.ports import Http, Reply

LONGEST = timedelta(hours=24)
"""Longest interval that is taken from a server's caching headers."""

WHOLE = (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION)
"""Answers with the whole document; 203 is a proxy's that changed it (RFC 9110 §15.3.4)."""

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Visited:
    """A good answer; `validators` are for the next request, if the body turns out to be what it should be."""

    reply: Reply
    validators: Validators
    modified: bool
    interval: timedelta | None


def get(
    http: Http,
    url: str,
    validators: Validators,
    *,
    accept: str,
    params: Mapping[str, str] | None = None,
    hints: Mapping[int, str] | None = None,
) -> Visited:
    """Fetch a document unless it is unchanged.

    Validators are the server's, sent back exactly as received; a 304 may bring newer ones. `params`
    never appear in messages; `hints` are cures by HTTP status, used instead of the general ones.
    Raises SourceError if the server cannot be reached or does not send the document.
    """
    conditions = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    sent = {name: value for name, value in conditions.items() if value}
    try:
        reply = http.call("GET", url, headers={"Accept": accept} | sent, params=params)
    except (Unavailable, Uncertain) as fault:
        raise SourceError(f"{bare(url)} cannot be read: {fault}", hint=fault.hint) from fault
    etag, last_modified = reply.headers.get("etag"), _strong(reply)
    place = hashlib.sha256(reply.url.encode()).hexdigest()
    if reply.status == HTTPStatus.NOT_MODIFIED and sent:
        kept = replace(
            validators, etag=etag or validators.etag, last_modified=last_modified or validators.last_modified
        )
        if validators.place not in (None, place):  # another server's word about what this one never gave us
            kept = Validators(body_hash=validators.body_hash)
        return Visited(reply, kept, modified=False, interval=interval(reply))
    if reply.status not in WHOLE:
        raise refused(reply, url, hints or {})
    digest = hashlib.sha256(reply.body).hexdigest()
    fresh = Validators(etag, last_modified, digest, place)
    reply = replace(reply, body=unpacked(reply.body, bare(url)))
    return Visited(reply, fresh, modified=digest != validators.body_hash, interval=interval(reply))


def _strong(reply: Reply) -> str | None:
    """Last-Modified, if it tells this version from a later one: it is at least a second older than Date; else "".

    Else a second change in the same second would never be seen (RFC 9110 §8.8.2.2). A date that cannot be read is
    the server's own way to name a version.
    """
    said = reply.headers.get("last-modified")
    if not said:
        return said
    from syndicate.dates import parse

    changed, sent = parse(said), parse(reply.headers.get("date", ""))
    weak = changed is not None and sent is not None and changed.instant > sent.instant - timedelta(seconds=1)
    return "" if weak else said


def refused(reply: Reply, url: str, hints: Mapping[int, str]) -> SourceError:
    """The error for an answer without the document; its `retry_after` if the server said when to ask again."""
    try:
        words = HTTPStatus(reply.status).phrase
    except ValueError:
        words = "unknown status"
    message = f"{bare(url)} answers {reply.status} ({words})"
    wait = retry_after(reply) if reply.status in (429, 503) else None
    usual = {
        401: "it asks for a login, which a source cannot give",
        403: "the server refuses programs; allow the User-Agent that begins with syndicate/",
        404: "check the address",
        410: "it is gone for good; remove the source or give its new address",
    }
    hint = hints.get(reply.status) or usual.get(reply.status)
    return SourceError(
        message,
        hint=hint,
        retry_after=wait,
        gone=reply.status == HTTPStatus.GONE,
        absent=reply.status in (404, 410) and reply.moved is None,
        pressed=reply.status == HTTPStatus.TOO_MANY_REQUESTS,
        status=reply.status,
    )


def interval(reply: Reply) -> timedelta | None:
    """How long the answer says it stays fresh: max-age, else Expires (RFC 9111 §4.2.1); at most a day."""
    control = reply.headers.get("cache-control", "")
    age = _MAX_AGE.search(control)
    if age:
        wait = timedelta(seconds=int(age[1]))
    elif "expires" not in reply.headers:
        return None
    else:
        from syndicate.dates import parse

        expires = parse(reply.headers["expires"])
        if expires is None or "no-cache" in control or "no-store" in control:
            return None
        wait = expires.instant - reply.received_at
    return min(wait, LONGEST) if wait > timedelta(0) else None
