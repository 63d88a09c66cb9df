"""Adapters at a door that gives recorded answers."""

from __future__ import annotations

from syndicate.model import Secret
from syndicate.platforms.bluesky import Bluesky
from syndicate.platforms.bluesky import Options as BlueskyOptions
from syndicate.platforms.mastodon import Mastodon
from syndicate.platforms.mastodon import Options as MastodonOptions
from syndicate.platforms.x import Options as XOptions
from syndicate.platforms.x import X
from syndicate.testing import Held, Recorded

SESSION = {"accessJwt": "access-1", "refreshJwt": "refresh-1", "did": "did:plc:gazette", "handle": "gazette.example"}


def bluesky(*replies, session=SESSION, **options):
    door = Recorded(*replies)
    return Bluesky(BlueskyOptions("gazette.example", Secret("app-password"), **options), door, Held(session)), door


def mastodon(*replies):
    door = Recorded(*replies)
    return Mastodon(MastodonOptions("https://social.example/", Secret("token-1234")), door, Held()), door


def x(*replies):
    door = Recorded(*replies)
    return X(XOptions(*map(Secret, ("key-1111", "secret-2222", "token-3333", "secret-4444"))), door, Held()), door
