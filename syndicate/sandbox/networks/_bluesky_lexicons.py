"""The shapes of records and requests that a PDS knows: posts and what belongs to them, repository and session calls.

bluesky-social/atproto @ d6296a1c (2026-08-20), lexicons/{app/bsky,com/atproto,site/standard}; that 0.5.35 also judges
site.standard records was measured (2026-11-29).
"""

from __future__ import annotations

from collections.abc import Mapping

from syndicate.sandbox.networks._bluesky_schema import (
    Blob,
    Fields,
    Items,
    OneOf,
    RecordSchema,
    Shape,
    Text,
    Truth,
    WholeNumber,
)

POSTS = "app.bsky.feed.post"
IMAGES, EXTERNAL, FACET = "app.bsky.embed.images", "app.bsky.embed.external", "app.bsky.richtext.facet"
WRITES = "com.atproto.repo.applyWrites"

_INSTANT, _URI, _DID, _CID = Text("datetime"), Text("uri"), Text("did"), Text("cid")
_TAG = Text(most_bytes=640, most_graphemes=64)
_PICTURE = Blob(("image/*",), 2_000_000)
_ICON = Blob(("image/*",), 1_000_000)
_NATURAL = WholeNumber(least=0)

_STRONG = Fields({"uri": Text("at-uri"), "cid": _CID}, ("uri", "cid"), name="com.atproto.repo.strongRef")
_RATIO = Fields(
    {"width": WholeNumber(least=1), "height": WholeNumber(least=1)},
    ("width", "height"),
    name="app.bsky.embed.defs#aspectRatio",
)
_LABEL = Fields({"val": Text(most_bytes=128)}, ("val",), name="com.atproto.label.defs#selfLabel")
_LABELS = OneOf(
    {
        "com.atproto.label.defs#selfLabels": Fields({"values": Items(_LABEL, 10)}, ("values",)),
    }
)
_FEATURE = OneOf(
    {
        f"{FACET}#mention": Fields({"did": _DID}, ("did",)),
        f"{FACET}#link": Fields({"uri": _URI}, ("uri",)),
        f"{FACET}#tag": Fields({"tag": _TAG}, ("tag",)),
    }
)
_FACET = Fields(
    {
        "index": Fields(
            {"byteStart": _NATURAL, "byteEnd": _NATURAL}, ("byteStart", "byteEnd"), name=f"{FACET}#byteSlice"
        ),
        "features": Items(_FEATURE),
    },
    ("index", "features"),
    name=FACET,
)
_IMAGE: Mapping[str, Shape] = {"image": _PICTURE, "alt": Text(), "aspectRatio": _RATIO}
_EXTERNAL = Fields(
    {"uri": _URI, "title": Text(), "description": Text(), "thumb": _ICON, "associatedRefs": Items(_STRONG)},
    ("uri", "title", "description"),
    name=f"{EXTERNAL}#external",
)
_QUOTE = Fields({"record": _STRONG}, ("record",), name="app.bsky.embed.record")
_CAPTION = Fields(
    {"lang": Text("language"), "file": Blob(("text/vtt",), 20_000)},
    ("lang", "file"),
    name="app.bsky.embed.video#caption",
)
_MEDIA: Mapping[str, Shape] = {
    IMAGES: Fields({"images": Items(Fields(_IMAGE, ("image", "alt"), name=f"{IMAGES}#image"), 4)}, ("images",)),
    "app.bsky.embed.video": Fields(
        {
            "video": Blob(("video/mp4",), 300_000_000),
            "captions": Items(_CAPTION, 20),
            "alt": Text(),
            "aspectRatio": _RATIO,
            "presentation": Text(),
        },
        ("video",),
    ),
    "app.bsky.embed.gallery": Fields(
        {"items": Items(OneOf({"app.bsky.embed.gallery#image": Fields(_IMAGE, tuple(_IMAGE))}), 20)}, ("items",)
    ),
    EXTERNAL: Fields({"external": _EXTERNAL}, ("external",)),
}
_EMBED = OneOf(
    {
        **_MEDIA,
        "app.bsky.embed.record": _QUOTE,
        "app.bsky.embed.recordWithMedia": Fields({"record": _QUOTE, "media": OneOf(_MEDIA)}, ("record", "media")),
    }
)
_ENTITY = Fields(
    {
        "index": Fields({"start": _NATURAL, "end": _NATURAL}, ("start", "end"), name=f"{POSTS}#textSlice"),
        "type": Text(),
        "value": Text(),
    },
    ("index", "type", "value"),
    name=f"{POSTS}#entity",
)
_POST = Fields(
    {
        "text": Text(most_bytes=3_000, most_graphemes=300),
        "entities": Items(_ENTITY),
        "facets": Items(_FACET),
        "reply": Fields({"root": _STRONG, "parent": _STRONG}, ("root", "parent"), name=f"{POSTS}#replyRef"),
        "embed": _EMBED,
        "langs": Items(Text("language"), 3),
        "labels": _LABELS,
        "tags": Items(_TAG, 8),
        "createdAt": _INSTANT,
    },
    ("text", "createdAt"),
)
_REACTION = Fields({"subject": _STRONG, "createdAt": _INSTANT, "via": _STRONG}, ("subject", "createdAt"))
_CALLED = Text(most_bytes=1_000, most_graphemes=100)
_CONTRIBUTOR = Fields(
    {"did": _DID, "displayName": _CALLED, "role": _CALLED}, ("did",), name="site.standard.document#contributor"
)
_DOCUMENT = Fields(
    {
        "bskyPostRef": _STRONG,
        "content": OneOf({}),
        "contributors": Items(_CONTRIBUTOR),
        "coverImage": _ICON,
        "description": Text(most_bytes=30_000, most_graphemes=3_000),
        "labels": _LABELS,
        "links": OneOf({}),
        "path": Text(),
        "publishedAt": _INSTANT,
        "site": _URI,
        "tags": Items(Text(most_bytes=1_280, most_graphemes=128)),
        "textContent": Text(),
        "title": Text(most_bytes=5_000, most_graphemes=500),
        "updatedAt": _INSTANT,
    },
    ("site", "title", "publishedAt"),
)
_PUBLICATION = Fields(
    {
        "description": Text(most_bytes=30_000, most_graphemes=3_000),
        "icon": _ICON,
        "labels": _LABELS,
        "name": Text(most_bytes=5_000, most_graphemes=500),
        "preferences": Fields({"showInDiscover": Truth()}, name="site.standard.publication#preferences"),
        "url": _URI,
    },
    ("url", "name"),
)

RECORDS: Mapping[str, Shape] = {
    POSTS: _POST,
    "app.bsky.feed.like": _REACTION,
    "app.bsky.feed.repost": _REACTION,
    "app.bsky.graph.follow": Fields({"subject": _DID, "createdAt": _INSTANT, "via": _STRONG}, ("subject", "createdAt")),
    "site.standard.document": _DOCUMENT,
    "site.standard.publication": _PUBLICATION,
}
"""What records of a collection have to be; all of these have a TID as their key. Other collections take anything."""

_REPO, _COLLECTION, _KEY = Text("at-identifier"), Text("nsid"), Text("record-key")
_LONG_KEY = Text("record-key", most_bytes=512)
_OPERATION = OneOf(
    {
        f"{WRITES}#create": Fields(
            {"collection": _COLLECTION, "rkey": _LONG_KEY, "value": RecordSchema()}, ("collection", "value")
        ),
        f"{WRITES}#update": Fields(
            {"collection": _COLLECTION, "rkey": _KEY, "value": RecordSchema()}, ("collection", "rkey", "value")
        ),
        f"{WRITES}#delete": Fields({"collection": _COLLECTION, "rkey": _KEY}, ("collection", "rkey")),
    },
    closed=True,
)

INPUTS: Mapping[str, Shape] = {
    "com.atproto.repo.putRecord": Fields(
        {
            "repo": _REPO,
            "collection": _COLLECTION,
            "rkey": _LONG_KEY,
            "validate": Truth(),
            "record": RecordSchema(),
            "swapRecord": _CID,
            "swapCommit": _CID,
        },
        ("repo", "collection", "rkey", "record"),
        nullable=("swapRecord",),
    ),
    "com.atproto.repo.createRecord": Fields(
        {
            "repo": _REPO,
            "collection": _COLLECTION,
            "rkey": _LONG_KEY,
            "validate": Truth(),
            "record": RecordSchema(),
            "swapCommit": _CID,
        },
        ("repo", "collection", "record"),
    ),
    "com.atproto.repo.deleteRecord": Fields(
        {"repo": _REPO, "collection": _COLLECTION, "rkey": _KEY, "swapRecord": _CID, "swapCommit": _CID},
        ("repo", "collection", "rkey"),
    ),
    WRITES: Fields(
        {"repo": _REPO, "validate": Truth(), "writes": Items(_OPERATION), "swapCommit": _CID}, ("repo", "writes")
    ),
    "com.atproto.server.createSession": Fields(
        {"identifier": Text(), "password": Text(), "authFactorToken": Text(), "allowTakendown": Truth()},
        ("identifier", "password"),
    ),
}
"""What the JSON of each call has to be."""

QUERIES: Mapping[str, Fields] = {
    "com.atproto.repo.getRecord": Fields(
        {"repo": _REPO, "collection": _COLLECTION, "rkey": _KEY, "cid": _CID}, ("repo", "collection", "rkey")
    ),
    "com.atproto.repo.listRecords": Fields(
        {"repo": _REPO, "collection": _COLLECTION, "limit": WholeNumber(1, 100), "cursor": Text(), "reverse": Truth()},
        ("repo", "collection"),
    ),
    "com.atproto.identity.resolveHandle": Fields({"handle": Text("handle")}, ("handle",)),
}
"""What the query of each call has to be."""
