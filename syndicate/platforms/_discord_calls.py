"""Calls of Discord's API v10, for a bot in its channel or for a webhook."""

from __future__ import annotations

from typing import Any

from syndicate import __version__
from syndicate.errors import AuthError
from syndicate.model import Json
from syndicate.platforms._bots import BotLogin
from syndicate.platforms._discord_answers import FORUM, what
from syndicate.platforms._discord_hook import Hook, hook
from syndicate.platforms._discord_options import Options
from syndicate.platforms._replies import whole
from syndicate.ports import Credentials, Http, Reply, caller_site

_API = "https://discord.com"
_NOWHERE = "https://syndicate.invalid/"
"""Where the site is not known."""
_FORUMS = (15, 16)


class DiscordCalls:
    """The calls of one account, by its bot or its webhook."""

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._login = BotLogin("discord", options, credentials)
        self._api_url = options.api_url
        self._http = http
        self.channel = self._login.channel

    def hook(self) -> Hook | None:
        """The webhook to send with; None for a bot."""
        address = self._login.webhook()
        return hook(address) if address else None

    def path(self, message: tuple[str, str] | None = None) -> str:
        """Where messages are sent, or where one of them is."""
        made = self.hook()
        if made is not None:
            return f"{made.path}/messages/{message[1]}" if message else made.path
        return f"/channels/{message[0]}/messages/{message[1]}" if message else f"/channels/{self.channel()}/messages"

    def thread(self) -> dict[str, str]:
        """The parameter of a webhook that posts to a thread."""
        made = self.hook()
        return {"thread_id": made.thread} if made and made.thread else {}

    def place(self, *, sample: bool = False) -> Json:
        """What Discord says of the channel, or of the webhook. Raises AuthError for a forum."""
        made = self.hook()
        path = made.path if made else f"/channels/{self.channel()}"
        example = {"id": "0", "channel_id": "0", "guild_id": "<server id>", "type": 0} if sample else None
        found = whole(self.call("GET", path, "the channel", sample=example))
        if made is None and found.get("type") in _FORUMS:
            raise AuthError("discord: the channel is a forum", hint=FORUM)
        return found

    def read(self, path: str, step: str, **asked: str) -> Any:
        """The JSON of what only reads."""
        return self.call("GET", path, step, params=asked).json()

    def call(self, method: str, path: str, step: str, *, commit: bool = False, **request: Any) -> Reply:
        """Call the API, and raise what an answer means."""
        reply = self.send(method, path, **request)
        check(reply, step, commit=commit)
        return reply

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Call the API."""
        token = None if self.hook() else self._login.token()
        return called(self._http, self._api_url, method, path, token, **request)


def called(http: Http, api_url: str | None, method: str, path: str, token: str | None, **request: Any) -> Reply:
    """Call the API. A bot's token goes in a header; a webhook's secret is a part of its address, which net masks.

    Without such a `User-Agent` Discord may refuse a request (developers/reference, "User Agent": address and version).
    """
    agent = f"DiscordBot ({caller_site(http) or _NOWHERE}, {__version__})"
    headers = {"User-Agent": agent} | ({"Authorization": f"Bot {token}"} if token else {})
    return http.call(method, f"{(api_url or _API).rstrip('/')}/api/v10{path}", headers=headers, **request)


def check(reply: Reply, step: str, *, commit: bool = False) -> None:
    """Raise the error that an answer means, if it is one."""
    fault = what(reply, step, commit=commit)
    if fault is not None:
        raise fault
