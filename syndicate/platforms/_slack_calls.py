"""Calls of Slack's Web API for a bot, and of an incoming webhook."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from syndicate.errors import Uncertain
from syndicate.model import Json
from syndicate.platforms import _slack_answers
from syndicate.platforms._bots import BotLogin, BotSettings
from syndicate.platforms._replies import whole
from syndicate.ports import Credentials, Http, Reply

_API = "https://slack.com"
_HOOKS = "https://hooks.slack.com"


def hook(address: str) -> str:
    """The path of a webhook's address, which is its secret. Raises ValueError for any other address.

    An address without a path stands in for a secret that is not set.
    """
    parts = urlsplit(address.strip())
    if not parts.path.strip("/") or not parts.scheme:
        return f"/services/T0STANDIN/B0STANDIN/{''.join(filter(str.isalnum, address))}"
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"/services/\w+/\w+/\w+/?", parts.path):
        raise ValueError("webhook_url is an address such as https://hooks.slack.com/services/T…/B…/…")
    return parts.path.rstrip("/")


class SlackCalls:
    """The calls of one account, by its bot or its webhook."""

    def __init__(self, options: BotSettings, http: Http, credentials: Credentials) -> None:
        self._login = BotLogin("slack", options, credentials)
        self._api_url = options.api_url
        self.http = http
        self.channel = self._login.channel

    def hook(self) -> str | None:
        """The path of the webhook to send with; None for a bot."""
        address = self._login.webhook()
        return hook(address) if address else None

    def deliver(self, path: str, body: Json) -> None:
        """Send a message by the webhook."""
        url = f"{(self._api_url or _HOOKS).rstrip('/')}{path}"
        reply = self.http.call("POST", url, json=body, sample="ok")
        fault = _slack_answers.what(reply, "post", commit=True)
        if fault is not None:
            raise fault
        if reply.body.strip(b' \n"') != b"ok":
            raise Uncertain("slack: post: an answer that is not Slack's", status=reply.status)

    def read(self, method: str, step: str, *, sample: Any = None, **asked: str) -> Json:
        """The JSON of a method that only reads."""
        return whole(self.call(method, step, read=True, sample=sample, params=asked))

    def call(self, method: str, step: str, *, commit: bool = False, **request: Any) -> Reply:
        """Call a method, and raise what its answer means."""
        reply = self.send(method, **request)
        fault = _slack_answers.what(reply, step, commit=commit)
        if fault is not None:
            raise fault
        return reply

    def send(self, method: str, *, read: bool = False, **request: Any) -> Reply:
        """Call a method."""
        token = self._login.token()
        return called(self.http, self._api_url, token, method, read=read, **request)


def called(http: Http, api_url: str | None, token: str, method: str, *, read: bool = False, **request: Any) -> Reply:
    """Call a method of the Web API with a bot's token."""
    bearer = {"Authorization": f"Bearer {token}"}
    url = f"{(api_url or _API).rstrip('/')}/api/{method}"
    return http.call("GET" if read else "POST", url, headers=bearer, **request)
