"""Answers WebSub hubs below `/hooks/websub/`: confirmations that they ask for, and their signed news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs

from syndicate.ingestion.websub import LEASE, PATH, Subscriber
from syndicate.ledger.subscriptions import Subscription
from syndicate.web import signatures
from syndicate.web.request import HttpError, Request, Response

LONGEST_LEASE = timedelta(days=100)
LARGEST = 4_000_000
"""Bytes of what a hub sends, which may be the whole feed."""
CHALLENGE = 1024


@dataclass(frozen=True, slots=True)
class _Verification:
    """What a hub asks back (§5.3), or that it refuses (§5.2)."""

    mode: str
    topic: str
    challenge: str
    lease: timedelta
    reason: str


def answer(asked: Request, subscriber: Subscriber) -> Response:
    """What to say to a hub. Raises Refused."""
    found = subscriber.subscription(asked.path.removeprefix(PATH))
    asked.only("GET", "POST")
    if asked.method == "GET":
        return _confirm(found, asked.query, subscriber)
    return _receive(found, asked, subscriber)


def _confirm(found: Subscription | None, query: str, subscriber: Subscriber) -> Response:
    """Echo the challenge of what was asked for; of nothing else (§5.3.1)."""
    said = _verification(query)
    if found is None or said is None or said.topic != found.topic:
        raise HttpError(404, "nobody asked for that")
    if said.mode == "denied":
        subscriber.denied(found, said.reason)
        return Response(200)
    challenge = said.challenge
    if said.mode != found.asked or not challenge or len(challenge) > CHALLENGE or not _is_plain(challenge):
        raise HttpError(404, "nobody asked for that")
    subscriber.confirmed(found, said.lease)
    return Response(200, challenge.encode(), "application/octet-stream")


def _receive(found: Subscription | None, asked: Request, subscriber: Subscriber) -> Response:
    """News, signed (§7.1): what is not is dropped, and a hub that has to hear of it learns nothing more."""
    if found is None or found.state not in ("pending", "active"):
        raise HttpError(410, "there is no such subscription")
    body = asked.body.read(LARGEST)
    if signatures.hub(asked.headers, body, found.secret):
        subscriber.news(found)
    else:
        method = asked.headers.get("x-hub-signature", "").partition("=")[0][:20] or "nothing"
        subscriber.ignored(found, method)
    return Response(202)


def _verification(query: str) -> _Verification | None:
    """None for a query that is none: too much of it, or no text."""
    try:
        said = {name: values[0] for name, values in parse_qs(query, max_num_fields=50, errors="strict").items()}
    except ValueError:
        return None
    seconds = said.get("hub.lease_seconds", "")
    granted = timedelta(seconds=int(seconds)) if seconds.isdecimal() and 0 < len(seconds) < 10 else LEASE
    return _Verification(
        mode=said.get("hub.mode", ""),
        topic=said.get("hub.topic", ""),
        challenge=said.get("hub.challenge", ""),
        lease=min(granted, LONGEST_LEASE),
        reason=" ".join(said.get("hub.reason", "").split())[:200],
    )


def _is_plain(text: str) -> bool:
    """Printable ASCII: nobody is to be handed anything else by us (§8.2)."""
    return text.isascii() and text.isprintable()
