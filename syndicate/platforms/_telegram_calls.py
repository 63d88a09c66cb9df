"""Calls of the Bot API: one address for each method, the token in it."""

from __future__ import annotations

from typing import Any

from syndicate.platforms._replies import field
from syndicate.platforms._telegram_answers import what
from syndicate.ports import Http, Reply

API = "https://api.telegram.org"


def called(http: Http, api_url: str | None, token: str, method: str, **request: Any) -> Reply:
    """Call a method; what only reads is a GET. The address is a secret, which net masks wherever it is shown."""
    verb = "GET" if method.startswith("get") else "POST"
    return http.call(verb, f"{(api_url or API).rstrip('/')}/bot{token}/{method}", **request)


def result(http: Http, api_url: str | None, token: str, method: str, **fields: str) -> Any:
    """The `result` of a method that reads. Raises AuthError, RateLimited, Unavailable, Uncertain, Rejected."""
    reply = called(http, api_url, token, method, params=fields)
    check(reply, method)
    return field(reply, "result") if method != "getUpdates" else (reply.json().get("result") or [])


def check(reply: Reply, step: str, *, commit: bool = False) -> None:
    """Raise the error that an answer means, if it is one."""
    fault = what(reply, step, commit=commit)
    if fault is not None:
        raise fault
