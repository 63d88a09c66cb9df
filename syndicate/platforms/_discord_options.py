"""The settings of a Discord account."""

from __future__ import annotations

from typing import Annotated, ClassVar

from syndicate.model import Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms._bots import BotSettings
from syndicate.platforms._discord_hook import hook


@dataclass(frozen=True, slots=True)
class Options(BotSettings):
    """A webhook's address; or a bot's token and its channel. `accounts login` asks for what is missing."""

    webhook_url: Annotated[Secret | None, "The address of a webhook, instead of a bot."] = None
    bot_token: Annotated[Secret | None, "The bot's token."] = None
    channel: Annotated[str | None, "The number of the channel that the bot posts to."] = None
    api_url: str | None = None

    example: ClassVar[str] = "100000000000000000"

    def __post_init__(self) -> None:
        BotSettings.__post_init__(self)
        if self.webhook_url is not None:
            hook(self.webhook_url)
