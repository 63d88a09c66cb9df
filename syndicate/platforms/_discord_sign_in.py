"""Signing in to Discord: a webhook's address, or a bot's token and the channel that it posts to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syndicate.errors import AuthError
from syndicate.model import Ask, Choose
from syndicate.platforms._discord_calls import called, check
from syndicate.platforms._discord_hook import hook
from syndicate.platforms._discord_options import Options
from syndicate.platforms._replies import items
from syndicate.ports import Http, SigningIn

Read = Callable[..., Any]
"""Reads a path of the API, for a bot's token or None, and gives the JSON. Raises PlatformError."""

_WHICH = (
    "The address of a webhook (in the channel's settings: Integrations, Webhooks, New Webhook, Copy Webhook URL),"
    " or the token of a bot that is in your server"
)
_WHERE = "Where does it post?"
_NOTHING = "nothing was stored; sign in again"
_INVITE = "open the bot's page on discord.com/developers, OAuth2, URL Generator, scope bot, and add it to your server"
_TYPES = {0: "", 5: " (announcements)"}
_MOST = 25


def whose(options: Options) -> tuple[str, ...]:
    """The webhook's number, or the channel's, as the account's identity."""
    if options.webhook_url is not None:
        return (hook(options.webhook_url).number,)
    return (options.channel,) if options.channel else ()


def sign_in(options: Options, http: Http, redirect: str) -> SigningIn:  # noqa: ARG001 - no page leads back
    """Ask for a webhook's address or a bot's token, and for a bot's channel; try them."""

    def read(path: str, token: str | None) -> Any:
        reply = called(http, options.api_url, "GET", path, token)
        check(reply, "signing in")
        return reply.json()

    return _conversation(read, options.webhook_url or options.bot_token, options.channel)


def _conversation(read: Read, token: str | None, channel: str | None) -> SigningIn:
    """Ask for a webhook or a bot, and for a bot's channel, and try what was given."""
    given = (token or (yield Ask(_WHICH, secret=True))).strip()
    if not given:
        raise AuthError("neither a webhook nor a token was given", hint=_NOTHING)
    if given.startswith(("http://", "https://")):
        try:
            made = hook(given)
        except ValueError as fault:
            raise AuthError(str(fault), hint=_NOTHING) from None
        read(made.path, None)
        return {"webhook_url": given}
    read("/users/@me", given)
    known = [("", "")] if channel is not None else _channels(read, given)
    if not known:
        raise AuthError("the bot is in no server, or sees no channel there", hint=_INVITE)
    chosen = channel or (yield Choose(_WHERE, tuple(known)))
    if channel is None and chosen not in dict(known):
        raise AuthError("none of these channels was chosen", hint=_NOTHING)
    read(f"/channels/{chosen}", given)
    return {"token": given, "channel": chosen}


def _channels(read: Read, token: str) -> list[tuple[str, str]]:
    """The text and announcement channels of the bot's servers, each with its name."""
    found: list[tuple[str, str]] = []
    for guild in items(read("/users/@me/guilds", token), "id")[:_MOST]:
        for channel in items(read(f"/guilds/{guild['id']}/channels", token), "id"):
            if channel.get("type") in _TYPES:
                name = f"#{channel.get('name')} in {guild.get('name')}{_TYPES[channel['type']]}"
                found.append((str(channel["id"]), name))
    return found
