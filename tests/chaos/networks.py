"""The account on each network that the chaos tests post to, and what is promised there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ACCOUNTS = {
    "bluesky": ("exact", "{platform: bluesky, handle: gazette.example, app_password: secret-pass, api_url: 'URL'}"),
    "mastodon": ("keyed", "{platform: mastodon, url: 'https://social.example', token: token-1, api_url: 'URL'}"),
    "facebook": ("lookup", "{platform: facebook, page_id: '4711', page_token: token-2, api_url: 'URL'}"),
    "micropub": (
        "lookup",
        "{platform: micropub, endpoint: 'https://site.example/micropub/desk', token: token-3, api_url: 'URL'}",
    ),
    "misskey": ("lookup", "{platform: misskey, url: 'https://misskey.example', token: token-5, api_url: 'URL'}"),
    "ntfy": ("lookup", "{platform: ntfy, url: 'https://ntfy.example/ntfy/desk', api_url: 'URL'}"),
    "mattermost": ("blind", "{platform: mattermost, url: 'https://chat.example/mattermost/desk', api_url: 'URL'}"),
    "linkedin": ("lookup", "{platform: linkedin, author: 'urn:li:organization:4711', token: token-3, api_url: 'URL'}"),
    "threads": ("lookup", "{platform: threads, token: token-3, api_url: 'URL'}"),
    "discord": ("keyed", "{platform: discord, bot_token: bot-token-5, channel: '500000000000000001', api_url: 'URL'}"),
    "slack": ("lookup", "{platform: slack, bot_token: xoxb-bot-token-6, channel: C0123456789, api_url: 'URL'}"),
    "telegram": ("blind", "{platform: telegram, bot_token: '123456789:bot-token', chat: '@gazette', api_url: 'URL'}"),
    "webhook": ("blind", "{platform: webhook, url: 'https://hook.example/webhook/in', api_url: 'URL'}"),
    "x": (
        "lookup",
        "{platform: x, api_key: key-7, api_secret: key-8, access_token: key-9, access_secret: key-10, api_url: 'URL'}",
    ),
    "instagram": ("lookup", "{platform: instagram, token: token-11, image: card, link: text, api_url: 'URL'}"),
    "rocketchat": (
        "blind",
        "{platform: rocketchat, url: 'https://chat.example/rocketchat/hooks/1/token', api_url: 'URL'}",
    ),
    "teams": ("blind", "{platform: teams, url: 'https://teams.example/teams/desk', api_url: 'URL'}"),
    "googlechat": (
        "blind",
        "{platform: googlechat, url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t', api_url: 'URL'}",
    ),
}
"""Each with its class, and its settings; URL is where the stand-ins are."""
NEED_PICTURES = ("instagram",)
"""Networks that take no post without a picture."""


def accounts(url: str, names: Iterable[str] = ACCOUNTS, called: Mapping[str, str] | None = None) -> str:
    """The part of a config with these accounts, and the place for pictures that one of them needs."""
    own = called or {}
    lines = "".join(f"  {own.get(name, name)}: {ACCOUNTS[name][1].replace('URL', url)}\n" for name in names)
    bucket = f"{{endpoint: '{url}', bucket: _sandbox, prefix: media, access_key: one, secret_key: two}}"
    return f"media: {{url: '{url}/_sandbox/media', s3: {bucket}}}\naccounts:\n{lines}"
