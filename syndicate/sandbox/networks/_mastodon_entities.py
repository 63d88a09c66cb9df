"""Makes a Mastodon server's JSON of the instance, of accounts and of statuses.

mastodon/documentation @ 2903485d (2026-07-02), entities.
"""

from __future__ import annotations

import hashlib
import html
import re
from typing import Any
from urllib.parse import urlsplit

from syndicate.sandbox.counting import addresses

MAX_MEDIA = 4
MAX_DESCRIPTION = 1_500
MAX_IMAGE_BYTES = 16_777_216
MAX_IMAGE_PIXELS = 33_177_600
IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
HASHTAG = re.compile(r"(?<![\w/&])#(\w*[^\W\d_]\w*)")


def account(token: str, url: str) -> dict[str, Any]:
    """The account of a token; the same token always has the same account."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    name = f"account_{digest[:6]}"
    picture = f"{url}/avatars/original/missing.png"
    return {
        "id": str(int(digest[:15], 16)),
        "username": name,
        "acct": name,
        "display_name": name,
        "locked": False,
        "bot": True,
        "discoverable": True,
        "indexable": False,
        "group": False,
        "created_at": "2026-01-01T00:00:00.000Z",
        "note": "",
        "url": f"{url}/@{name}",
        "uri": f"{url}/users/{name}",
        "avatar": picture,
        "avatar_static": picture,
        "header": picture,
        "header_static": picture,
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": 0,
        "last_status_at": None,
        "emojis": [],
        "fields": [],
    }


def own_account(token: str, url: str) -> dict[str, Any]:
    """`verify_credentials`: the account as its owner sees it."""
    source = {
        "privacy": "public",
        "sensitive": False,
        "language": "en",
        "note": "",
        "fields": [],
        "follow_requests_count": 0,
        "indexable": False,
    }
    role = {"id": "-99", "name": "", "permissions": "0", "color": "", "highlighted": False}
    return account(token, url) | {"source": source, "role": role}


def instance(url: str, max_characters: int) -> dict[str, Any]:
    """`/api/v2/instance`."""
    return {
        "domain": urlsplit(url).netloc,
        "title": "Sandbox",
        "version": "4.6.0",
        "api_versions": {"mastodon": 8},
        "icon": [],
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "",
        "usage": {"users": {"active_month": 1}},
        "thumbnail": {"url": f"{url}/packs/preview.png"},
        "languages": ["en"],
        "configuration": configuration(max_characters),
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "contact": {"email": "", "account": None},
        "rules": [],
    }


def old_instance(url: str, max_characters: int, count: int) -> dict[str, Any]:
    """`/api/v1/instance`, with the number of statuses."""
    return {
        "uri": urlsplit(url).netloc,
        "title": "Sandbox",
        "short_description": "",
        "description": "",
        "email": "",
        "version": "4.6.0",
        "urls": {"streaming_api": ""},
        "stats": {"user_count": 1, "status_count": count, "domain_count": 1},
        "thumbnail": None,
        "languages": ["en"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": configuration(max_characters),
        "contact_account": None,
        "rules": [],
    }


def configuration(max_characters: int) -> dict[str, Any]:
    """The limits, as both versions of the instance state them."""
    return {
        "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
        "statuses": {
            "max_characters": max_characters,
            "max_media_attachments": MAX_MEDIA,
            "characters_reserved_per_url": 23,
        },
        "polls": {
            "max_options": 4,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2_629_746,
        },
        "translation": {"enabled": False},
        "urls": {"streaming": ""},
        "media_attachments": {
            "supported_mime_types": list(IMAGE_TYPES),
            "description_limit": MAX_DESCRIPTION,
            "image_size_limit": MAX_IMAGE_BYTES,
            "image_matrix_limit": MAX_IMAGE_PIXELS,
            "video_size_limit": 103_809_024,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8_294_400,
        },
    }


def content(text: str, url: str) -> str:
    """The text as the server's HTML: paragraphs, links shortened for display, hashtags."""
    links = list(dict.fromkeys(addresses(text)))
    known = "|".join(re.escape(link) for link in sorted(links, key=len, reverse=True))
    pieces = re.split(f"({known})", text) if links else [text]
    body = "".join(_anchor(piece) if piece in links else _words(piece, url) for piece in pieces)
    return "".join(f"<p>{paragraph}</p>" for paragraph in body.replace("\n", "<br />").split("<br /><br />"))


def _anchor(link: str) -> str:
    scheme, _, rest = link.partition("://")
    shown, hidden = html.escape(rest[:30]), html.escape(rest[30:])
    kind = "ellipsis" if hidden else ""
    return (
        f'<a href="{html.escape(link)}" target="_blank" rel="nofollow noopener noreferrer" translate="no">'
        f'<span class="invisible">{scheme}://</span><span class="{kind}">{shown}</span>'
        f'<span class="invisible">{hidden}</span></a>'
    )


def _words(text: str, url: str) -> str:
    def tag(match: re.Match[str]) -> str:
        name = match[1]
        return f'<a href="{url}/tags/{name.lower()}" class="mention hashtag" rel="tag">#<span>{name}</span></a>'

    return HASHTAG.sub(tag, html.escape(text, quote=False))


def card(link: str) -> dict[str, Any]:
    """The link card, here only with the address, since a stand-in fetches nothing."""
    return {
        "url": link,
        "title": urlsplit(link).netloc,
        "description": "",
        "type": "link",
        "author_name": "",
        "author_url": "",
        "authors": [],
        "provider_name": urlsplit(link).netloc,
        "provider_url": "",
        "html": "",
        "width": 0,
        "height": 0,
        "image": None,
        "embed_url": "",
        "blurhash": None,
    }
