"""Signing in to Slack: a webhook's address, or a bot's token and the channel that it posts to."""

from __future__ import annotations

from collections.abc import Callable

from syndicate.errors import AuthError
from syndicate.model import Ask, Choose, Json
from syndicate.platforms import _slack_answers
from syndicate.platforms._replies import items, whole
from syndicate.platforms._slack_calls import called, hook
from syndicate.platforms._slack_options import Options
from syndicate.ports import Http, SigningIn

NEEDED = ("chat:write", "channels:history", "files:write", "files:read")
"""Scopes of a bot that posts pictures and looks up its posts, in public channels; in private ones: groups:history."""
_EITHER = {"channels:history": "groups:history"}
_LISTS = {"channels:read": "public_channel", "groups:read": "private_channel"}

Read = Callable[..., tuple[Json, str]]
"""Reads a method for a token; gives the JSON and the token's scopes. Raises PlatformError."""

_WHICH = (
    "The Bot User OAuth Token of your app (api.slack.com/apps, OAuth & Permissions; it begins with xoxb-),"
    " or the address of an incoming webhook"
)
_ID = "The ID of the channel (channel details, at the bottom; it begins with C)"
_NOTHING = "nothing was stored; sign in again"
_PAGES = 10


def whose(options: Options) -> tuple[str, ...]:
    """The channel, or the webhook's team and number, as the account's identity."""
    if options.webhook_url is not None:
        return tuple(hook(options.webhook_url).split("/")[2:4])
    return (options.channel,) if options.channel else ()


def sign_in(options: Options, http: Http, redirect: str) -> SigningIn:  # noqa: ARG001 - no page leads back
    """Ask for a bot's token or a webhook's address, and for a bot's channel; try a bot."""

    def read(method: str, token: str, **asked: str) -> tuple[Json, str]:
        reply = called(http, options.api_url, token, method, read=True, params=asked)
        fault = _slack_answers.what(reply, "signing in")
        if fault is not None:
            raise fault
        return whole(reply), reply.headers.get("x-oauth-scopes", "")

    return _conversation(read, options.webhook_url or options.bot_token, options.channel)


def _conversation(read: Read, token: str | None, channel: str | None) -> SigningIn:
    """Ask for a bot or a webhook, and for a bot's channel. A webhook cannot be tried without posting."""
    given = (token or (yield Ask(_WHICH, secret=True))).strip()
    if given.startswith(("http://", "https://")):
        try:
            hook(given)
        except ValueError as fault:
            raise AuthError(str(fault), hint=_NOTHING) from None
        return {"webhook_url": given}
    if not given.startswith("xoxb-"):
        raise AuthError("that is neither a bot's token (xoxb-…) nor a webhook's address", hint=_NOTHING)
    _, scopes = read("auth.test", given)
    check(scopes)
    if channel is None:
        known = _channels(read, given, scopes)
        channel = (yield Choose("Where does it post?", tuple(known.items()))) if known else (yield Ask(_ID)).strip()
        if known and channel not in known:
            raise AuthError("none of these channels was chosen", hint=_NOTHING)
    read("conversations.history", given, channel=channel, limit="1")
    return {"token": given, "channel": channel}


def check(scopes: str) -> None:
    """Raises AuthError where a token lacks a scope, if Slack says which it has."""
    has = {each.strip() for each in scopes.split(",") if each.strip()}
    lacks = [each for each in NEEDED if each not in has and _EITHER.get(each) not in has] if has else []
    if lacks:
        raise AuthError(
            f"slack: the token lacks {', '.join(lacks)}",
            hint="add these in the app's OAuth & Permissions, and install it to the workspace again",
        )


def _channels(read: Read, token: str, scopes: str) -> dict[str, str]:
    """The channels that the bot is in, by their IDs; none where it may not list them."""
    kinds = [kind for scope, kind in _LISTS.items() if scope in scopes]
    found: dict[str, str] = {}
    asked = {"types": ",".join(kinds), "exclude_archived": "true", "limit": "200"}
    for _ in range(_PAGES if kinds else 0):
        page, _ = read("conversations.list", token, **asked)
        found |= {str(each["id"]): f"#{each.get('name')}" for each in items(page.get("channels"), "is_member")}
        asked["cursor"] = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not asked["cursor"]:
            break
    return found
