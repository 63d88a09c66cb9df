"""What each adapter states of its network: limits, certainty, and how a preview draws its posts."""

from __future__ import annotations

import pytest

from syndicate.errors import Unavailable
from syndicate.model import Limits, Look, Secret
from syndicate.platforms import bluesky, facebook, folder, mastodon, webhook, x
from syndicate.platforms.bluesky import BLOB_LIFE
from syndicate.platforms.mastodon import MEDIA_LIFE
from syndicate.testing import Held, Recorded

JPEG_AND_PNG = ("image/jpeg", "image/png")


@pytest.mark.parametrize(
    ("adapter", "limits"),
    [
        (mastodon.Mastodon, (500, None, 4, 8_000_000, None, JPEG_AND_PNG, 1_000_000, 1500, "text", False, True)),
        (bluesky.Bluesky, (300, 3000, 4, 2_000_000, None, JPEG_AND_PNG, 1_000_000, 2000, "client", False, False)),
        (facebook.Facebook, (63_206, None, 4, 4_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "field", False, False)),
        (x.X, (280, None, 4, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "text", False, False)),
        (webhook.Webhook, (10_000, None, 4, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "field", True, False)),
        (folder.Folder, (10_000, None, 4, 5_000_000, None, JPEG_AND_PNG, 1_000_000, 1000, "text", True, False)),
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
        (x.X, "lookup", 0, 60),
        (webhook.Webhook, "blind", 0, 0),
        (folder.Folder, "exact", 0, 0),
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
    ],
)
def test_a_preview_draws_each_network_in_its_own_way(
    adapter, named, colours, corners, traits, shown, fold, actions, box
):
    assert adapter.look == Look(*named, *colours, corners, traits, shown, fold, actions, box)


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
        (facebook.Options("77", SECRET, "http://b:1/"), facebook.Facebook, "http://b:1"),
        (x.Options(*[SECRET] * 4), x.X, "https://api.x.com"),
        (x.Options(*[SECRET] * 4, "http://b:1/"), x.X, "http://b:1"),
    ],
)
def test_requests_go_to_the_network_or_where_the_config_says(options, adapter, address):
    door = Recorded((503, ""))
    with pytest.raises(Unavailable, match="HTTP 503"):
        adapter(options, door, Held({"accessJwt": "a"})).verify()
    path = {"mastodon": "/api/v1/accounts/verify_credentials", "bluesky": "/xrpc/com.atproto.server.getSession"}
    path |= {"facebook": "/v25.0/77", "x": "/2/users/me"}
    assert [call.url for call in door.calls] == [address + path[adapter.name]]


@pytest.mark.parametrize(
    ("adapter", "options", "whose"),
    [
        (mastodon.Mastodon, mastodon.Options("https://a.example", SECRET), ("https://a.example",)),
        (bluesky.Bluesky, bluesky.Options("@A.example", SECRET), ("https://bsky.social", "a.example")),
        (facebook.Facebook, facebook.Options("77", SECRET), ("77",)),
        (x.X, x.Options(SECRET, SECRET, Secret("2244-abc"), SECRET), ("2244",)),
        (x.X, x.Options(Secret("k"), SECRET, Secret("2244"), SECRET), ("k\n2244",)),
        (x.X, x.Options(Secret("k"), SECRET, Secret("a-b"), SECRET), ("k\na-b",)),
        (webhook.Webhook, webhook.Options("https://a.example/hook"), ("https://a.example/hook",)),
    ],
)
def test_an_account_is_told_from_others_by_what_its_options_say(adapter, options, whose):
    assert adapter.whose(options) == whose
