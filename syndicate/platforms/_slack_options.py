"""The settings of a Slack account."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from syndicate.model import Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms._bots import BotSettings
from syndicate.platforms._slack_calls import hook

_ID = re.compile(r"[CDG][A-Z0-9]{6,}")


@dataclass(frozen=True, slots=True)
class Options(BotSettings):
    """A bot's token and its channel; or a webhook's address. `accounts login` asks for what is missing."""

    bot_token: Annotated[Secret | None, "The app's Bot User OAuth Token."] = None
    channel: Annotated[str | None, "The ID of the channel that the bot posts to, such as C0123456789."] = None
    webhook_url: Annotated[Secret | None, "The address of an incoming webhook, instead of a bot."] = None
    api_url: str | None = None

    example: ClassVar[str] = "C000000000"

    def __post_init__(self) -> None:
        BotSettings.__post_init__(self)
        if self.webhook_url is not None:
            hook(self.webhook_url)
        if self.channel is not None and not _ID.fullmatch(self.channel):
            raise ValueError("channel is an ID such as C0123456789 (channel details, at the bottom)")
