"""What each adapter states of its network: limits, certainty, and how a preview draws its posts."""

from __future__ import annotations

import pytest

from syndicate.errors import Unavailable
from syndicate.model import Limits, Look, Secret
from syndicate.platforms import (
    bluesky,
    discord,
    facebook,
    folder,
    googlechat,
    instagram,
    linkedin,
    mastodon,
    mattermost,
    micropub,
    misskey,
    ntfy,
    rocketchat,
    slack,
    teams,
    telegram,
    threads,
    webhook,
    x,
)
from syndicate.platforms.bluesky import BLOB_LIFE
from syndicate.platforms.mastodon import MEDIA_LIFE
from syndicate.testing import Held, Recorded

JPEG_AND_PNG = ("image/jpeg", "image/png")


@pytest.mark.parametrize(
    ("adapter", "limits"),
    [
        (
            instagram.Instagram,
            (
                2200,
                None,
                10,
                8_000_000,
                None,
                ("image/jpeg",),
                1_000_000,
                1000,
                "none",
                False,
                False,
                False,
                (0.8, 1.91),
            ),
        ),
        (threads.Threads, (500, None, 20, 8_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "field", False, False)),
        (mastodon.Mastodon, (500, None, 4, 8_000_000, None, JPEG_AND_PNG, 1_000_000, 1500, "text", False, True)),
        (
            bluesky.Bluesky,
            (
                300,
                3000,
                4,
                2_000_000,
                None,
                JPEG_AND_PNG,
                1_000_000,
                2000,
                "client",
                False,
                False,
                True,
                None,
                None,
                None,
                False,
            ),
        ),
        (facebook.Facebook, (63_206, None, 4, 4_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "field", False, False)),
        (
            linkedin.LinkedIn,
            (3000, None, 20, 5_000_000, 36_152_319, JPEG_AND_PNG, 5_000_000, 1000, "client", False, False),
        ),
        (x.X, (280, None, 4, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "text", False, False)),
        (webhook.Webhook, (10_000, None, 4, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "field", True, False)),
        (folder.Folder, (10_000, None, 4, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "text", True, False)),
        (micropub.Micropub, (5000, None, 4, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "text", True, True)),
        (mattermost.Mattermost, (16_383, None, 0, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "text")),
        (rocketchat.RocketChat, (5000, None, 0, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "text")),
        (googlechat.GoogleChat, (30_000, None, 0, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "text")),
        (teams.Teams, (20_000, None, 0, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "field", True)),
        (misskey.Misskey, (3000, None, 16, 10_000_000, None, JPEG_AND_PNG, 1_000_000, 512, "text", False, True)),
        (ntfy.Ntfy, (4096, None, 1, 2_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "field", True)),
        (discord.Discord, (2000, None, 4, 5_000_000, None, JPEG_AND_PNG, 5_000_000, 1024, "client", False, False)),
        (slack.Slack, (4000, None, 4, 5_000_000, None, JPEG_AND_PNG, 5_000_000, 2000, "client", False, False)),
        (
            telegram.Telegram,
            (4096, None, 10, 5_000_000, 4_500_000, JPEG_AND_PNG, 1_000_000, 0, "field", False, False, True, None, 1024),
        ),
    ],
)
def test_what_a_network_takes(adapter, limits):
    assert adapter.limits == Limits(*limits)


@pytest.mark.parametrize(
    ("adapter", "certainty", "key_window", "settle"),
    [
        (mastodon.Mastodon, "keyed", 55 * 60, 15),
        (bluesky.Bluesky, "exact", 0, 0),
        (facebook.Facebook, "lookup", 0, 60),
        (linkedin.LinkedIn, "lookup", 0, 60),
        (threads.Threads, "lookup", 0, 60),
        (instagram.Instagram, "lookup", 0, 60),
        (x.X, "lookup", 0, 60),
        (webhook.Webhook, "blind", 0, 0),
        (folder.Folder, "exact", 0, 0),
        (micropub.Micropub, "lookup", 0, 60),
        (misskey.Misskey, "lookup", 0, 15),
        (ntfy.Ntfy, "lookup", 0, 10),
        *((each, "blind", 0, 0) for each in (mattermost.Mattermost, rocketchat.RocketChat)),
        *((each, "blind", 0, 0) for each in (googlechat.GoogleChat, teams.Teams)),
        (telegram.Telegram, "blind", 0, 0),
        (discord.Discord, "keyed", 60, 10),
        (slack.Slack, "lookup", 0, 15),
    ],
)
def test_how_sure_a_network_makes_us(adapter, certainty, key_window, settle):
    assert (adapter.certainty, adapter.key_window, adapter.settle) == (certainty, key_window, settle)


def test_uploads_last_less_long_than_the_servers_keep_them():
    assert (BLOB_LIFE.total_seconds(), MEDIA_LIFE.total_seconds()) == (3600, 12 * 3600)


OWN_BOX = "{0} draws this box from the page itself."


@pytest.mark.parametrize(
    ("adapter", "named", "colours", "corners", "traits", "shown", "fold", "actions", "box"),
    [
        (
            mastodon.Mastodon,
            ("Mastodon", "m"),
            ("#5a4bd8", ("#5346c8", "#a9a3ff"), ("#ffffff", "#23242f")),
            (8, 8),
            ("square",),
            30,
            None,
            ("Reply", "Boost", "Favourite", "Bookmark"),
            OWN_BOX,
        ),
        (
            bluesky.Bluesky,
            ("Bluesky", "B"),
            ("#0a66c9", ("#0a62c0", "#6bb4ff"), ("#ffffff", "#161e27")),
            (0, 12),
            ("open", "inline"),
            None,
            None,
            ("Reply", "Repost", "Like", "Share"),
            OWN_BOX,
        ),
        (
            facebook.Facebook,
            ("Facebook", "f"),
            ("#1460cc", ("#0a58c4", "#7fb1ff"), ("#ffffff", "#242526")),
            (8, 0),
            ("wide",),
            None,
            477,
            ("Like", "Comment", "Share"),
            OWN_BOX,
        ),
        (
            linkedin.LinkedIn,
            ("LinkedIn", "in"),
            ("#0b5cad", ("#0a5cb0", "#75b9f2"), ("#ffffff", "#1b1f23")),
            (8, 0),
            ("wide",),
            None,
            210,
            ("Like", "Comment", "Repost", "Send"),
            OWN_BOX,
        ),
        (
            x.X,
            ("X", "X"),
            ("#17181a", ("#0c68ac", "#5db8f7"), ("#ffffff", "#000000")),
            (0, 16),
            ("inline",),
            27,
            None,
            ("Reply", "Repost", "Like", "Views", "Share"),
            OWN_BOX,
        ),
        (
            webhook.Webhook,
            ("Webhook", "{}"),
            ("#0b6a58", ("#0b6a58", "#63d3b9"), ("#ffffff", "#1d1f22")),
            (4, 4),
            ("dashed", "square", "mono"),
            None,
            None,
            (),
            "The link has its own field.",
        ),
        (
            slack.Slack,
            ("Slack", "S"),
            ("#611f69", ("#1264a3", "#4ba3e3"), ("#ffffff", "#1a1d21")),
            (0, 8),
            ("open", "inline", "square"),
            None,
            700,
            ("React", "Reply in thread", "Forward"),
            "syndicate sends this box.",
        ),
        (
            discord.Discord,
            ("Discord", "D"),
            ("#4a55d6", ("#4a55d6", "#9aa4ff"), ("#ffffff", "#313338")),
            (4, 4),
            ("open", "inline"),
            None,
            None,
            ("React", "Reply", "Thread"),
            "syndicate sends this box.",
        ),
        (
            telegram.Telegram,
            ("Telegram", "T"),
            ("#1a6fa8", ("#1a6fa8", "#6ab7ee"), ("#ffffff", "#182533")),
            (14, 8),
            ("above",),
            None,
            None,
            ("Views", "Share"),
            OWN_BOX,
        ),
        (
            folder.Folder,
            ("Folder", "▤"),
            ("#6a5a34", ("#1553b0", "#8ab6ff"), ("#fffdf6", "#22211d")),
            (2, 2),
            ("square",),
            None,
            None,
            (),
            "The link is given next to the text.",
        ),
        (
            instagram.Instagram,
            ("Instagram", "I"),
            ("#b3265e", ("#00376b", "#a8c8ff"), ("#ffffff", "#000000")),
            (0, 0),
            ("open", "wide", "above"),
            None,
            125,
            ("Like", "Comment", "Share", "Save"),
            OWN_BOX,
        ),
        (
            threads.Threads,
            ("Threads", "@"),
            ("#17181a", ("#0064d1", "#6bb0ff"), ("#ffffff", "#101010")),
            (0, 12),
            ("open", "inline"),
            36,
            None,
            ("Like", "Reply", "Repost", "Share"),
            OWN_BOX,
        ),
        (
            misskey.Misskey,
            ("Misskey", "M"),
            ("#4a7a1f", ("#3f7a1a", "#9fd36a"), ("#ffffff", "#222220")),
            (12, 8),
            (),
            None,
            None,
            ("Reply", "Renote", "React"),
            OWN_BOX,
        ),
    ],
)
def test_a_preview_draws_each_network_in_its_own_way(
    adapter, named, colours, corners, traits, shown, fold, actions, box
):
    assert adapter.look == Look(*named, *colours, corners, traits, shown, fold, actions, box)


@pytest.mark.parametrize(
    ("adapter", "named", "colours", "corners", "box"),
    [
        (mattermost.Mattermost, ("Mattermost", "M"), ("#1e4c9a", ("#1c58d9", "#8fb3ff")), (4, 4), OWN_BOX),
        (rocketchat.RocketChat, ("Rocket.Chat", "R"), ("#b3132b", ("#b3132b", "#ff8f9b")), (4, 4), OWN_BOX),
        (googlechat.GoogleChat, ("Google Chat", "G"), ("#12703c", ("#0b57d0", "#8ab4f8")), (12, 8), OWN_BOX),
        (teams.Teams, ("Teams", "T"), ("#4a4eaf", ("#4a4eaf", "#a5a8f5")), (4, 4), "{0} shows a button."),
        (micropub.Micropub, ("Micropub", "µ"), ("#b3400e", ("#a03a0c", "#f0a077")), (4, 4), OWN_BOX),
        (ntfy.Ntfy, ("ntfy", "n"), ("#22705f", ("#22705f", "#6fd0b9")), (12, 8), "A tap opens the link."),
    ],
)
def test_a_preview_draws_chats_on_paper_of_its_own(adapter, named, colours, corners, box):
    assert adapter.look == Look(*named, *colours, corners=corners, box=box)


SECRET = Secret("x")


@pytest.mark.parametrize(
    ("options", "adapter", "address"),
    [
        (mastodon.Options("https://social.example/", SECRET), mastodon.Mastodon, "https://social.example"),
        (mastodon.Options("https://a.example", SECRET, api_url="http://b:1/"), mastodon.Mastodon, "http://b:1"),
        (bluesky.Options("a.example", SECRET), bluesky.Bluesky, "https://bsky.social"),
        (bluesky.Options("a.example", SECRET, "https://pds.example/"), bluesky.Bluesky, "https://pds.example"),
        (bluesky.Options("a.example", SECRET, api_url="http://b:1/"), bluesky.Bluesky, "http://b:1"),
        (facebook.Options("77", SECRET), facebook.Facebook, "https://graph.facebook.com"),
        (facebook.Options("77", SECRET, api_url="http://b:1/"), facebook.Facebook, "http://b:1"),
        (linkedin.Options("urn:li:person:a", SECRET), linkedin.LinkedIn, "https://api.linkedin.com"),
        (linkedin.Options("urn:li:person:a", SECRET, api_url="http://b:1/"), linkedin.LinkedIn, "http://b:1"),
        (x.Options(*[SECRET] * 4), x.X, "https://api.x.com"),
        (x.Options(*[SECRET] * 4, api_url="http://b:1/"), x.X, "http://b:1"),
    ],
)
def test_requests_go_to_the_network_or_where_the_config_says(options, adapter, address):
    door = Recorded((503, ""))
    with pytest.raises(Unavailable, match="HTTP 503"):
        adapter(options, door, Held({"accessJwt": "a"})).verify()
    path = {"mastodon": "/api/v1/accounts/verify_credentials", "bluesky": "/xrpc/com.atproto.server.getSession"}
    path |= {"facebook": "/v25.0/77", "x": "/2/users/me", "linkedin": "/v2/userinfo"}
    assert [call.url for call in door.calls] == [address + path[adapter.name]]


@pytest.mark.parametrize(
    ("adapter", "options", "whose"),
    [
        (mastodon.Mastodon, mastodon.Options("https://a.example", SECRET), ("https://a.example",)),
        (bluesky.Bluesky, bluesky.Options("@A.example", SECRET), ("https://bsky.social", "a.example")),
        (facebook.Facebook, facebook.Options("77", SECRET), ("77",)),
        (linkedin.LinkedIn, linkedin.Options("urn:li:organization:1", SECRET), ("urn:li:organization:1",)),
        (x.X, x.Options(SECRET, SECRET, Secret("2244-abc"), SECRET), ("2244",)),
        (x.X, x.Options(Secret("k"), SECRET, Secret("2244"), SECRET), ("k\n2244",)),
        (x.X, x.Options(Secret("k"), SECRET, Secret("a-b"), SECRET), ("k\na-b",)),
        (x.X, x.Options(client_id="app-1", client_secret=SECRET), ("app-1",)),
        (x.X, x.Options(client_id="app-1", user_id="2244"), ("2244",)),
        (webhook.Webhook, webhook.Options("https://a.example/hook"), ("https://a.example/hook",)),
        (telegram.Telegram, telegram.Options(SECRET, "@Gazette"), ("@gazette",)),
        (telegram.Telegram, telegram.Options(SECRET, "-1001234567890"), ("-1001234567890",)),
        (telegram.Telegram, telegram.Options(SECRET), ()),
        (discord.Discord, discord.Options(bot_token=SECRET, channel="55"), ("55",)),
        (discord.Discord, discord.Options(Secret("https://discord.com/api/webhooks/77/abc")), ("77",)),
        (discord.Discord, discord.Options(), ()),
        (slack.Slack, slack.Options(SECRET, "C0123456789"), ("C0123456789",)),
        (slack.Slack, slack.Options(webhook_url=Secret("https://hooks.slack.com/services/T1/B2/x")), ("T1", "B2")),
        (slack.Slack, slack.Options(), ()),
    ],
)
def test_an_account_is_told_from_others_by_what_its_options_say(adapter, options, whose):
    assert adapter.whose(options) == whose
