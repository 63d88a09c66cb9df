"""Questions to a PDS about posts: swaps, keys, texts, facets, pictures, cards, and the records that back them."""

from __future__ import annotations

from tests.worlds.bluesky_questions import (
    ABSENT,
    FAMILY,
    NEVER_UPLOADED,
    POSTS,
    SITE,
    STRANGER,
    Questions,
    card,
    facet,
    link,
    pictures,
    record,
    tid,
)


def swaps(on: Questions) -> None:
    same = tid(0)
    on.put("new", record(), same)
    on.put("the same again", record(), same)
    on.put("another there already", record(text="o"), same)
    on.put("another, swapped with a wrong cid", record(text="o"), same, swapRecord=ABSENT)
    on.put("swapped with no cid", record(), swapRecord="nonsense")
    on.put("swapped with a number", record(), swapRecord=5)
    on.put("new, swapped with a cid", record(), swapRecord=ABSENT)
    on.put("wrong commit", record(), swapCommit=ABSENT)
    on.put("no commit", record(), swapCommit="nonsense")
    on.put("commit null", record(), swapCommit=None)
    on.put("a blob's cid to swap", record(), swapRecord=NEVER_UPLOADED)
    on.put("a cid of version 0 to swap", record(), swapRecord="QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG")
    on.put("a cid in capitals", record(), swapRecord=ABSENT.upper())
    on.put("without swap, there already", record(text="replaced"), same, swapRecord=...)
    on.put("without swap, back", record(), same, swapRecord=...)


def keys(on: Questions) -> None:
    for rkey in (
        "hello-world",
        "3n3fsttt5t34",
        "3N3FSTTT5T34I",
        "self",
        "kzzzzzzzzzzzz",
        "3n3fsttt5t34i2",
        "3n3fsttt5t341",
    ):
        on.put(f"key {rkey}", record(), rkey)
    for rkey in (".", "..", "a b", "a/b", "", "é", "x" * 512, "x" * 513, "#"):
        on.put(f"key {rkey[:8]!r} of {len(rkey)}", record(), rkey)
    on.put("key number", record(), 5)
    on.put("key null", record(), None)
    on.put("key far ahead", record(), "bzzzzzzzzzzzz")
    on.put("key all twos", record(), "2222222222222")


def repositories(on: Questions) -> None:
    on.put("repo by handle", record(), repo=on.account.handle)
    on.put("repo by handle in capitals", record(), repo=on.account.handle.upper())
    on.put("repo of a stranger", record(), repo=STRANGER)
    for repo in ("nonsense", "nobody.test", "at://x", "", "did:plc", "did:web:gazette.example", 5, None):
        on.put(f"repo {repo!r}", record(), repo=repo)


def texts(on: Questions) -> None:
    on.put("no text", record(text=...))
    for text in (None, 5, True, [], {}, 1.5):
        on.put(f"text {text!r}", record(text=text))
    for name, text in (
        ("empty", ""),
        ("300", "x" * 300),
        ("301", "x" * 301),
        ("3,001 and 301", "ä" * 1500 + "x"),
        ("3,025 bytes", FAMILY * 121),
        ("2,975 bytes", FAMILY * 119),
        ("300 combined", "e\u0301" * 300),
        ("300 flags", "\U0001f1e9\U0001f1ea" * 300),
        ("NUL", "a\0b"),
        ("CRLF", "a\r\nb"),
        ("300 line ends", "\r\n" * 300),
        ("lone surrogate", "a\ud800b"),
    ):
        on.put(f"text {name}", record(text=text))


def instants(on: Questions) -> None:
    on.put("no createdAt", record(createdAt=...))
    for made in (
        "2026-11-28T10:00:00",
        "2026-11-28T10:00:00-00:00",
        "2026-11-28T10:00:00+02:00",
        "2026-11-28T10:00:00+0200",
        "2026-11-28T10:00:00z",
        "2026-11-28t10:00:00Z",
        "2026-11-28 10:00:00Z",
        "2026-02-30T10:00:00Z",
        "2026-02-31T10:00:00Z",
        "2026-04-31T10:00:00Z",
        "2026-11-00T10:00:00Z",
        "2026-00-01T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-11-32T10:00:00Z",
        "2026-11-28T24:00:00Z",
        "2026-11-28T10:60:00Z",
        "2026-11-28T10:00:60Z",
        "2026-11-28T10:00Z",
        "2026-11-28T10:00:00.Z",
        "2026-11-28T10:00:00.1Z",
        "2026-11-28T10:00:00.123456Z",
        "2026-11-28T10:00:00." + "1" * 43 + "Z",
        "2026-11-28T10:00:00." + "1" * 44 + "Z",
        "2026-11-28T10:00:00+24:00",
        "2026-11-28T10:00:00+14:60",
        "2026-11-28",
        "0000-11-28T10:00:00Z",
        "0000-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "",
        " 2026-11-28T10:00:00Z",
        None,
        1_795_000_000,
    ):
        on.put(f"createdAt {made!r}", record(createdAt=made))


def languages(on: Questions) -> None:
    for langs in (
        [],
        ["en", "de", "fr"],
        ["en", "de", "fr", "es"],
        None,
        "en",
        {},
        [None],
        [5],
        ["en", "xx_YY"],
        *(
            [tag]
            for tag in (
                "en_US",
                "x-klingon",
                "i-klingon",
                "i-nonsense",
                "EN",
                "En",
                "english",
                "abcdefghij",
                "abcd",
                "zh-Hant-TW",
                "zh-hant-tw",
                "en-",
                "-en",
                "",
                "e",
                "de-CH-1996",
                "de-1996-1996",
                "en-a-bbb-a-ccc",
                "en-x-a",
                "zh-yue-HK",
                "sr-Latn-RS",
                "es-419",
                "en-US-u-ca-gregory",
                "und",
                "mul",
                "en US",
                "qaa-Qaaa-QM",
                "a-DE",
                "X-Private",
                "en-GB-oed",
                "en-gb-oed",
                "de-DE-DE",
                "art-lojban",
            )
        ),
    ):
        on.put(f"langs {langs!r}", record(langs=langs))


def facets(on: Questions) -> None:
    on.put("facet in its place", link(SITE, 0, 1))
    for start, end in (
        (0, 99),
        (5, 1),
        (3, 3),
        (-1, 1),
        (0, -1),
        (0.5, 1),
        (1.0, 2),
        ("0", 1),
        (None, 1),
        (2**53, 1),
        (True, 1),
    ):
        on.put(f"facet {start!r} to {end!r}", link(SITE, start, end))
    for uri in (
        "example.org",
        "https://example.org/a b",
        "https://münchen.example/ä",
        "mailto:a@example.org",
        "",
        "https://example.org/" + "x" * 9000,
        "https://example.org/\n",
        "javascript:alert(1)",
        "https:///x",
        "https://",
        "http:/x",
        "x:y",
        "ä:y",
        "a-b:c",
        "a+b://c",
        "//example.org",
        "https:\u00a0x",
        "at://did:plc:x",
        None,
        5,
    ):
        on.put(f"link {str(uri)[:40]!r} of {len(str(uri))}", link(uri))
    tag, mention = "app.bsky.richtext.facet#tag", "app.bsky.richtext.facet#mention"
    for word in ("é" * 64, "é" * 65, FAMILY * 26, "", None, 5, "a b", "#a"):
        on.put(f"tag {str(word)[:8]!r} of {len(str(word))}", record(facets=facet(0, 1, **{"$type": tag, "tag": word})))
    for did in (
        "a.example",
        "did:plc:xyz",
        "did:x",
        "DID:plc:x",
        "did:plc:x:",
        "did:plc:x%",
        "did:PLC:x",
        "",
        None,
        "did:web:a.b%3A80",
    ):
        on.put(f"mention {did!r}", record(facets=facet(0, 1, **{"$type": mention, "did": did})))
    index = {"byteStart": 0, "byteEnd": 1}
    for name, given in (
        ("null", None),
        ("an object", {}),
        ("empty", []),
        ("of null", [None]),
        ("of text", ["x"]),
        ("of nothing", [{}]),
        ("without features", [{"index": index}]),
        ("with empty features", [{"index": index, "features": []}]),
        ("without index", [{"features": []}]),
        ("with index null", [{"index": None, "features": []}]),
        ("without end", [{"index": {"byteStart": 0}, "features": []}]),
        ("with features null", [{"index": index, "features": None}]),
        ("with an unknown feature", facet(0, 1, **{"$type": "x.y.z", "a": 1})),
        ("with a feature of type 5", facet(0, 1, **{"$type": 5})),
        ("with a feature without type", [{"index": index, "features": [{"uri": SITE}]}]),
        ("with a text as feature", [{"index": index, "features": ["x"]}]),
        ("with a second that is wrong", facet(0, 1, **{"$type": tag, "tag": "a"}) + facet(0, 1, **{"$type": tag})),
        ("of another type", [{"$type": "a.b.c", "index": index, "features": []}]),
        ("of its own type", [{"$type": "app.bsky.richtext.facet", "index": index, "features": []}]),
        ("with an index of another type", [{"index": index | {"$type": "a.b.c"}, "features": []}]),
        ("with more", [{"index": index, "features": [], "more": 1}]),
    ):
        on.put(f"facets {name}", record(facets=given))


def tags(on: Questions) -> None:
    for tags in (["a"] * 8, ["a"] * 9, ["é" * 65], [""], [5], None, "a", [FAMILY * 26]):
        on.put(f"tags {len(tags) if tags else tags!r} {str(tags)[:12]}", record(tags=tags))
    for labels in (
        {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]},
        {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "x" * 129}]},
        {"$type": "com.atproto.label.defs#selfLabels", "values": [{}]},
        {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "a"}] * 11},
        {"$type": "com.atproto.label.defs#selfLabels"},
        {"$type": "a.b.c"},
        {"values": []},
        [],
        None,
    ):
        on.put(f"labels {str(labels)[:70]} of {len(str(labels))}", record(labels=labels))


def embeds(on: Questions) -> None:
    strong = {"uri": f"at://{STRANGER}/{POSTS}/{tid(0)}", "cid": ABSENT}
    picture = {"$type": "app.bsky.embed.images", "images": []}
    for name, embed in (
        ("null", None),
        ("a text", "x"),
        ("unknown", {"$type": "app.bsky.embed.nothing"}),
        ("of others", {"$type": "com.example.embed"}),
        ("without type", {"images": []}),
        ("of type 5", {"$type": 5}),
        ("of an empty type", {"$type": ""}),
        ("external without external", {"$type": "app.bsky.embed.external"}),
        ("external null", {"$type": "app.bsky.embed.external", "external": None}),
        ("external of another type", {"$type": "app.bsky.embed.external", "external": {"$type": "a.b.c"}}),
        ("images without images", {"$type": "app.bsky.embed.images"}),
        ("images null", {"$type": "app.bsky.embed.images", "images": None}),
        ("a quote", {"$type": "app.bsky.embed.record", "record": strong}),
        ("a quote without cid", {"$type": "app.bsky.embed.record", "record": {"uri": strong["uri"]}}),
        ("a quote with a bad uri", {"$type": "app.bsky.embed.record", "record": strong | {"uri": "https://x.example"}}),
        (
            "a quote with pictures",
            {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": strong}, "media": picture},
        ),
        (
            "a quote with media null",
            {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": strong}, "media": None},
        ),
        ("a video without video", {"$type": "app.bsky.embed.video"}),
        ("a video that is a picture", {"$type": "app.bsky.embed.video", "video": on.account.blobs["pixel"]}),
        ("a gallery", {"$type": "app.bsky.embed.gallery", "items": []}),
        ("a gallery without items", {"$type": "app.bsky.embed.gallery"}),
    ):
        on.put(f"embed {name}", record(embed=embed))


def images(on: Questions) -> None:
    blobs = on.account.blobs
    pixel = blobs["pixel"]
    good = {"image": pixel, "alt": "a", "aspectRatio": {"width": 1, "height": 1}}
    for name, change in (
        ("wrong size before its first use", {"image": blobs["fresh"] | {"size": 5}}),
        ("wrong type before its first use", {"image": blobs["fresh"] | {"mimeType": "image/jpeg"}}),
        ("uploaded under another type", {"image": blobs["sniffed"]}),
        ("uploaded under another type, which it claims", {"image": blobs["sniffed"] | {"mimeType": "text/plain"}}),
        ("whole", {}),
        ("alt null", {"alt": None}),
        ("alt empty", {"alt": ""}),
        ("alt of 20,000", {"alt": "x" * 20_000}),
        ("ratio of fractions", {"aspectRatio": {"width": 1.5, "height": 1}}),
        ("ratio of zero", {"aspectRatio": {"width": 0, "height": 1}}),
        ("ratio null", {"aspectRatio": None}),
        ("ratio half", {"aspectRatio": {"width": 1}}),
        ("ratio of texts", {"aspectRatio": {"width": "1", "height": "1"}}),
        ("of words", {"image": blobs["words"]}),
        ("of 1,000,003 bytes", {"image": blobs["large"]}),
        ("of 2,000,003 bytes", {"image": blobs["larger"]}),
        ("never uploaded", {"image": pixel | {"ref": {"$link": NEVER_UPLOADED}}}),
        ("wrong size after its first use", {"image": pixel | {"size": 5}}),
        ("wrong type after its first use", {"image": pixel | {"mimeType": "image/jpeg"}}),
        ("ref nonsense", {"image": pixel | {"ref": {"$link": "xyz"}}}),
        ("ref of a record", {"image": pixel | {"ref": {"$link": ABSENT}}}),
        ("ref a text", {"image": pixel | {"ref": pixel["ref"]["$link"]}}),
        ("ref null", {"image": pixel | {"ref": None}}),
        ("size negative", {"image": pixel | {"size": -1}}),
        ("size a text", {"image": pixel | {"size": "70"}}),
        ("type without slash", {"image": pixel | {"mimeType": "image"}}),
        ("with more", {"image": pixel | {"more": 1}}),
        ("without $type", {"image": {key: value for key, value in pixel.items() if key != "$type"}}),
        ("of the old kind", {"image": {"cid": pixel["ref"]["$link"], "mimeType": "image/png"}}),
        ("a text", {"image": "x"}),
        ("null", {"image": None}),
        ("of another type", {"$type": "a.b.c"}),
        ("of its own type", {"$type": "app.bsky.embed.images#image"}),
    ):
        on.put(f"image {name}", pictures(good | change))
    on.put("image without alt", pictures({"image": pixel}))
    on.put("image without image", pictures({"alt": "a"}))
    on.put("images 4", pictures(*[good] * 4))
    on.put("images 5", pictures(*[good] * 5))
    on.put("images none", pictures())
    on.put("images of text", pictures("x"))


def cards(on: Questions) -> None:
    blobs = on.account.blobs
    for name, fields in (
        ("whole", {}),
        ("with thumb", {"thumb": blobs["pixel"]}),
        ("thumb null", {"thumb": None}),
        ("thumb too big", {"thumb": blobs["large"]}),
        ("thumb of words", {"thumb": blobs["words"]}),
        ("without title", {"title": ...}),
        ("without description", {"description": ...}),
        ("without uri", {"uri": ...}),
        ("without words", {"title": "", "description": ""}),
        ("title null", {"title": None}),
        ("uri relative", {"uri": "/x"}),
        ("uri null", {"uri": None}),
        ("title of 5,000", {"title": "x" * 5_000}),
        ("uri with é", {"uri": "http://127.0.0.1:1/x/é1"}),
        ("with more", {"more": 1}),
    ):
        on.put(f"card {name}", card(**fields))


def references(on: Questions) -> None:
    """The records that back a card: `associatedRefs` of app.bsky.embed.external."""
    document = {"uri": f"at://{STRANGER}/site.standard.document/{tid(0)}", "cid": ABSENT}
    for name, refs in (
        ("two", [document, document | {"uri": f"at://{STRANGER}/site.standard.publication/{tid(1)}"}]),
        ("none", []),
        ("null", None),
        ("an object", document),
        ("of null", [None]),
        ("of texts", [document["uri"]]),
        ("without cid", [{"uri": document["uri"]}]),
        ("without uri", [{"cid": ABSENT}]),
        ("with cid null", [document | {"cid": None}]),
        ("with a cid that is none", [document | {"cid": "nonsense"}]),
        ("with a link as cid", [document | {"cid": {"$link": ABSENT}}]),
        ("with a blob's cid", [document | {"cid": NEVER_UPLOADED}]),
        ("by https", [document | {"uri": SITE}]),
        ("by handle", [document | {"uri": f"at://gazette.example/site.standard.document/{tid(0)}"}]),
        ("of an account", [document | {"uri": f"at://{STRANGER}"}]),
        ("of a collection", [document | {"uri": f"at://{STRANGER}/site.standard.document"}]),
        ("with a slash at the end", [document | {"uri": document["uri"] + "/"}]),
        ("with a query", [document | {"uri": document["uri"] + "?a=b"}]),
        ("with a fragment", [document | {"uri": document["uri"] + "#/text"}]),
        ("with a bad fragment", [document | {"uri": document["uri"] + "#text"}]),
        ("with a bad key", [document | {"uri": f"at://{STRANGER}/site.standard.document/a%20b"}]),
        ("with a space", [document | {"uri": document["uri"] + " "}]),
        ("with a bad collection", [document | {"uri": f"at://{STRANGER}/document/{tid(0)}"}]),
        ("of their own type", [document | {"$type": "com.atproto.repo.strongRef"}]),
        ("of another type", [document | {"$type": "a.b.c"}]),
        ("twenty", [document] * 20),
        ("with more", [document | {"more": 1}]),
        ("a second that is wrong", [document, {}]),
    ):
        on.put(f"references {name}", card(associatedRefs=refs))


def records(on: Questions) -> None:
    strong = {"uri": f"at://{STRANGER}/{POSTS}/{tid(0)}", "cid": ABSENT}
    on.put("one more field", record(mine=1))
    on.put("one more fraction", record(mine=1.5))
    on.put("a fraction deep inside", record(mine={"a": [1, {"b c": 2.5}]}))
    on.put("a whole number with a point", record(mine=2.0))
    on.put("a number too large", record(mine=2**53))
    on.put("the largest number", record(mine=2**53 - 1))
    on.put("a cid inside", record(mine={"$link": ABSENT}))
    on.put("bytes inside", record(mine={"$bytes": "aGVsbG8"}))
    on.put("an unknown blob inside", record(mine=on.account.blobs["pixel"] | {"ref": {"$link": NEVER_UPLOADED}}))
    on.put(
        "a blob of the old kind inside",
        record(mine={"cid": on.account.blobs["pixel"]["ref"]["$link"], "mimeType": "image/png"}),
    )
    on.put("another $type", record(**{"$type": "app.bsky.feed.like"}))
    on.put("a $type of 5", record(**{"$type": 5}))
    on.put("a $type of null", record(**{"$type": None}))
    on.put("no $type", record(**{"$type": ...}))
    on.put("validated", record(), validate=True)
    on.put("validated, bad", record(text="x" * 400), validate=True)
    on.put("not validated, bad", record(text="x" * 400), validate=False)
    on.put("not validated, no record", "x", validate=False)
    on.put("not validated, bad key", record(), "hello", validate=False)
    on.put("not validated, fraction", record(mine=1.5), validate=False)
    on.put("validate a text", record(), validate="true")
    on.put("validate null", record(), validate=None)
    on.put("reply", record(reply={"root": strong, "parent": strong}))
    on.put("reply of nothing", record(reply={"root": {}, "parent": {}}))
    on.put("reply without parent", record(reply={"root": strong}))
    on.put("reply with a bad cid", record(reply={"root": strong | {"cid": "x"}, "parent": strong}))
    on.put("reply with an address", record(reply={"root": strong | {"uri": SITE}, "parent": strong}))
    on.put("reply null", record(reply=None))
    on.put("entities", record(entities=[{"index": {"start": 0, "end": 1}, "type": "link", "value": SITE}]))
    on.put("entities without end", record(entities=[{"index": {"start": 0}, "type": "link", "value": SITE}]))
    for body in ([], "x", None, 5, [1, 2, 3], ["a"]):
        on.put(f"record {body!r}", body)
    on.put("record empty", {})
    on.put("no record", ...)
    on.put("no rkey", record(), ...)
    on.put("no repo", record(), repo=...)
    on.put("no collection", record(), collection=...)
    on.put("more fields", record(), more=1)


CHAPTERS = (
    swaps,
    keys,
    repositories,
    texts,
    instants,
    languages,
    facets,
    tags,
    embeds,
    images,
    cards,
    references,
    records,
)
"""The questions by what they are about, in the order in which they are asked."""
