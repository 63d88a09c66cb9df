"""Chats to which a bot posts in one channel, or a webhook without a bot: Discord and Slack. Settings and login.

What the config leaves out, signing in asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from syndicate.errors import AuthError
from syndicate.model import Secret
from syndicate.platforms import _tokens

if TYPE_CHECKING:
    from syndicate.model import Json
    from syndicate.ports import Credentials


class BotSettings:
    """What the settings of such an account can do."""

    __slots__ = ()

    webhook_url: Secret | None
    bot_token: Secret | None
    channel: str | None
    api_url: str | None
    example: ClassVar[str]
    """The channel of a rehearsal."""

    def __post_init__(self) -> None:
        if self.webhook_url is not None and (self.bot_token is not None or self.channel is not None):
            raise ValueError("either webhook_url, or bot_token and channel")


def signed_out(options: BotSettings) -> Json:
    """What a rehearsal does with where nobody has signed in yet."""
    if options.webhook_url or (options.bot_token and options.channel):
        return {}
    return {"token": "<token>", "channel": options.channel or options.example}


class BotLogin:
    """With what an account calls: its config, and what a person gave while signing in."""

    def __init__(self, network: str, options: BotSettings, credentials: Credentials) -> None:
        self._network = network
        self._options = options
        self._credentials = credentials

    def webhook(self) -> str | None:
        """The address of the webhook to send with; None for a bot."""
        if self._options.webhook_url is None and self._options.bot_token is None:
            return self._credentials.current().get("webhook_url")
        return self._options.webhook_url

    def channel(self) -> str:
        """The bot's channel. Raises AuthError where there is none yet."""
        channel = self._options.channel or self._credentials.current().get("channel")
        if not channel:
            raise AuthError(f"{self._network}: it has no channel yet", hint=_tokens.SIGN_IN)
        return str(channel)

    def token(self) -> str:
        """The bot's token. Raises AuthError where there is none yet."""
        return _tokens.token(self._options.bot_token, self._credentials.current())
