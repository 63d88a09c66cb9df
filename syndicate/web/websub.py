"""Answers WebSub hubs below `/hooks/websub/`: verifies subscriptions, and takes signed notices of changed feeds."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs

from syndicate.ingestion.websub import LEASE, PATH, Subscriber
from syndicate.ledger.subscriptions import Subscription
from syndicate.model.dataclass import dataclass
from syndicate.web import signatures
from syndicate.web.request import HttpError, Request, Response

LONGEST_LEASE = timedelta(days=100)
LARGEST = 4_000_000
"""Bytes that a hub may send, which can be the whole feed."""
CHALLENGE = 1024


@dataclass(frozen=True, slots=True)
class _Verification:
    """A hub's request to verify a subscription (§5.3), or its refusal (§5.2)."""

    mode: str
    topic: str
    challenge: str
    lease: timedelta
    reason: str


def answer(asked: Request, subscriber: Subscriber) -> Response:
    """Answer a hub. Raises HttpError."""
    found = subscriber.subscription(asked.path.removeprefix(PATH))
    asked.only("GET", "POST")
    if asked.method == "GET":
        return _confirm(found, asked.query, subscriber)
    return _receive(found, asked, subscriber)


def _confirm(found: Subscription | None, query: str, subscriber: Subscriber) -> Response:
    """Echo the challenge, if it is for what we asked for (§5.3.1). Raises HttpError for anything else."""
    said = _verification(query)
    if found is None or said is None or said.topic != found.topic:
        raise HttpError(404, "this subscription was not requested")
    if said.mode == "denied":
        subscriber.denied(found, said.reason)
        return Response(200)
    challenge = said.challenge
    if said.mode != found.asked or not challenge or len(challenge) > CHALLENGE or not _is_plain(challenge):
        raise HttpError(404, "this subscription was not requested")
    subscriber.confirmed(found, said.lease)
    return Response(200, challenge.encode(), "application/octet-stream")


def _receive(found: Subscription | None, asked: Request, subscriber: Subscriber) -> Response:
    """Take a notice of changes (§7.1). Without a valid signature it is ignored, and gets the same answer."""
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
    """The verification in a query; None if the query has too many fields, or bytes that are no text."""
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
    """Whether a text is printable ASCII; we echo nothing else (§8.2)."""
    return text.isascii() and text.isprintable()
