"""Questions to a PDS about its calls: bodies, collections, reading, deleting, sessions, uploads, methods."""

from __future__ import annotations

from typing import Any

from tests.worlds.bluesky_questions import (
    ABSENT,
    NOW,
    PIXEL,
    POSTS,
    SITE,
    STRANGER,
    Questions,
    pictures,
    record,
    tid,
)


def bodies(on: Questions) -> None:
    put = "com.atproto.repo.putRecord"
    for text in (
        "{nope",
        "",
        "[]",
        "{}",
        "null",
        "5",
        '"x"',
        "{",
        '{"a":',
        '{"a":1,}',
        "[1,2",
        '{"a" 1}',
        "\ufeff{}",
        "{} x",
        "'a'",
        '{"repo":tru}',
    ):
        on.ask(f"body {text!r}", "POST", put, text.encode())
    on.ask("body not of UTF-8", "POST", put, b'{"repo":"\xff"}')
    on.ask("body of text", "POST", put, b"{}", mime="text/plain")
    on.ask("body of a form", "POST", put, b"a=b", mime="application/x-www-form-urlencoded")
    on.ask("body of JSON with a charset", "POST", put, b"{}", mime="application/json; charset=utf-8")
    on.ask("body of JSON in a strange charset", "POST", put, b"{}", mime="application/json; charset=klingon")
    on.ask("body in capitals", "POST", put, b"{}", mime="Application/JSON")
    on.ask("body of ld+json", "POST", put, b"{}", mime="application/ld+json")
    on.ask("body of no type", "POST", put, b"{}", mime=None)
    on.ask("body of a nonsense type", "POST", put, b"{}", mime="nonsense")
    on.ask("no body and no type", "POST", put, None, mime=None)
    on.ask("compressed nonsense", "POST", put, b"{}", headers={"Content-Encoding": "gzip"})
    on.ask("compressed unknown", "POST", put, b"{}", headers={"Content-Encoding": "klingon"})
    on.put("body of 1.2 MB", record(mine="x" * 1_200_000))
    on.put("body just under 1 MB", record(mine="x" * 999_000))
    large = {"identifier": on.account.handle, "password": "x" * 160_000}
    on.ask("login of 160 kB", "POST", "com.atproto.server.createSession", large, token="none")
    on.put("query beside the body", record())
    on.asked[-1].call += "?repo=x&more=1"


def collections(on: Questions) -> None:
    def put(name: str, collection: Any, rkey: str, made: Any, **more: Any) -> None:
        on.write(
            name, "putRecord", {"repo": on.account.did, "collection": collection, "rkey": rkey, "record": made} | more
        )

    put("a collection that nobody knows", "com.example.thing", "a", {"$type": "com.example.thing", "a": 1})
    put("it, validated", "com.example.thing", "a", {"$type": "com.example.thing", "a": 2}, validate=True)
    put("it, not validated", "com.example.thing", "a", {"$type": "com.example.thing", "a": 2}, validate=False)
    put("it, without type", "com.example.thing", "b", {"a": 1})
    put("it, with a fraction", "com.example.thing", "c", {"a": 1.5})
    document = {"$type": "site.standard.document", "site": SITE, "title": "t", "publishedAt": NOW}
    put("a document", "site.standard.document", tid(0), document)
    put("a document without title", "site.standard.document", "x", {"$type": "site.standard.document"})
    for collection in (
        "x",
        "a.b",
        "a.b.c",
        "a.b.c-d",
        "1a.b.c",
        "a.b.1c",
        "a..c",
        "a.b.c#d",
        "",
        None,
        "A.B.C",
        f"{'a' * 64}.b.c",
    ):
        put(f"collection {str(collection)[:12]!r}", collection, "a", {})
    subject = {"uri": f"at://{STRANGER}/{POSTS}/{tid(0)}", "cid": ABSENT}
    like = {"$type": "app.bsky.feed.like", "subject": subject, "createdAt": NOW}
    put("a like", "app.bsky.feed.like", tid(0), like)
    put("a like of nothing", "app.bsky.feed.like", tid(1), like | {"subject": {}})
    repost = like | {"$type": "app.bsky.feed.repost"}
    put("a repost without instant", "app.bsky.feed.repost", tid(1), {key: repost[key] for key in ("$type", "subject")})
    put(
        "a follow",
        "app.bsky.graph.follow",
        tid(0),
        {"$type": "app.bsky.graph.follow", "subject": "x", "createdAt": NOW},
    )


def creating(on: Questions) -> None:
    def create(name: str, made: Any, **more: Any) -> None:
        body = {"repo": on.account.did, "collection": POSTS, "record": made} | more
        on.write(name, "createRecord", {key: value for key, value in body.items() if value is not ...})

    create("created", record(), rkey=tid(900))
    create("created again", record(), rkey=tid(900))
    create("created with another text", record(text="o"), rkey=tid(900))
    create("created without key", record())
    create("created with an empty key", record(), rkey="")
    create("created under a slug", record(), rkey="slug")
    create("created with a bad record", record(text=5))
    create("created with a wrong commit", record(), swapCommit=ABSENT)
    create("created with swapRecord", record(), swapRecord=ABSENT)
    create("created for a stranger", record(), repo=STRANGER)
    create("created from nothing", ..., record=...)
    create("created unvalidated", record(text="x" * 400), validate=False)


def reading(on: Questions) -> None:
    place = {"repo": on.account.did, "collection": POSTS, "rkey": tid(0)}
    on.read("read", "getRecord", **place)
    on.read("read by handle", "getRecord", **place | {"repo": on.account.handle})
    on.read("read by handle in capitals", "getRecord", **place | {"repo": on.account.handle.upper()})
    on.read("read what is missing", "getRecord", **place | {"rkey": "3n3fsttt5t222"})
    on.read("read a wrong cid", "getRecord", **place, cid=ABSENT)
    on.read("read no cid", "getRecord", **place, cid="x")
    on.read("read an empty cid", "getRecord", **place, cid="")
    for name in place:
        on.read(f"read without {name}", "getRecord", **{key: value for key, value in place.items() if key != name})
    on.read("read of a stranger", "getRecord", **place | {"repo": STRANGER})
    on.read("read of nobody", "getRecord", **place | {"repo": "nobody.test"})
    for repo in ("xx", "", "did:x"):
        on.read(f"read of {repo!r}", "getRecord", **place | {"repo": repo})
    on.read("read a bad collection", "getRecord", **place | {"collection": "x"})
    on.read("read a bad key", "getRecord", **place | {"rkey": "a b"})
    on.read("read a slug", "getRecord", **place | {"rkey": "hello-world"})
    on.read("read with more", "getRecord", **place, more="1")
    on.ask(
        "read with a bad token",
        "GET",
        f"com.atproto.repo.getRecord?repo={on.account.did}&collection={POSTS}&rkey={tid(0)}",
        token="Bearer nonsense",
    )
    on.ask(
        "read twice the key",
        "GET",
        f"com.atproto.repo.getRecord?repo={on.account.did}&collection={POSTS}&rkey={tid(0)}&rkey=x",
        token="none",
    )
    on.ask(
        "read with a body",
        "GET",
        f"com.atproto.repo.getRecord?repo={on.account.did}&collection={POSTS}&rkey={tid(0)}",
        b"{}",
        token="none",
    )


def listing(on: Questions) -> None:
    place = {"repo": on.account.did, "collection": POSTS}
    for limit in (0, 1, 2, 100, 101, -1, "x", "", "1.5", "02"):
        on.read(f"list {limit!r}", "listRecords", **place, limit=limit)
    on.read("list", "listRecords", **place)
    on.read("list backwards", "listRecords", **place, reverse="true", limit=2)
    for reverse in ("false", "1", "TRUE", ""):
        on.read(f"list reverse {reverse!r}", "listRecords", **place, reverse=reverse, limit=1)
    on.read("list after a key", "listRecords", **place, cursor=tid(3), limit=2)
    on.read("list after an end", "listRecords", **place, cursor="0")
    on.read("list after nothing", "listRecords", **place, cursor="", limit=1)
    on.read("list an empty collection", "listRecords", **place | {"collection": "com.example.none"})
    on.read("list a bad collection", "listRecords", **place | {"collection": "x"})
    on.read("list without collection", "listRecords", repo=on.account.did)
    on.read("list without repo", "listRecords", collection=POSTS)
    on.read("list of a stranger", "listRecords", **place | {"repo": STRANGER})
    on.read("list of nobody", "listRecords", **place | {"repo": "nobody.test"})
    on.read("list of nonsense", "listRecords", **place | {"repo": "x"})


def deleting(on: Questions) -> None:
    place = {"repo": on.account.did, "collection": POSTS, "rkey": tid(0)}
    on.write("delete what is missing", "deleteRecord", place | {"rkey": "3n3fsttt5t222"})
    on.write("delete with a wrong cid", "deleteRecord", place | {"swapRecord": ABSENT})
    on.write("delete with no cid", "deleteRecord", place | {"swapRecord": "x"})
    on.write("delete with null", "deleteRecord", place | {"swapRecord": None})
    on.write("delete with a wrong commit", "deleteRecord", place | {"swapCommit": ABSENT})
    on.write("delete", "deleteRecord", place)
    on.write("delete again", "deleteRecord", place)
    on.write("delete again with a wrong cid", "deleteRecord", place | {"swapRecord": ABSENT})
    on.write("delete again with a wrong commit", "deleteRecord", place | {"swapCommit": ABSENT})
    for name in place:
        on.write(f"delete without {name}", "deleteRecord", {key: value for key, value in place.items() if key != name})
    on.write("delete a stranger's", "deleteRecord", place | {"repo": STRANGER})
    on.write("delete a bad key", "deleteRecord", place | {"rkey": "a b"})
    on.write("delete a slug", "deleteRecord", place | {"rkey": "hello"})
    only = pictures({"image": on.account.blobs["unused"], "alt": ""})
    on.put("the only use of a picture", only, tid(800))
    on.write("delete the only use", "deleteRecord", place | {"rkey": tid(800)})
    on.put("its picture again", only, tid(800))


def several(on: Questions) -> None:
    def apply(name: str, *writes: Any, **more: Any) -> None:
        on.write(name, "applyWrites", {"repo": on.account.did, "writes": list(writes)} | more)

    kind = "com.atproto.repo.applyWrites#"
    create = {"$type": f"{kind}create", "collection": POSTS, "rkey": tid(950), "value": record()}
    update = {"$type": f"{kind}update", "collection": POSTS, "rkey": tid(950), "value": record(text="u")}
    delete = {"$type": f"{kind}delete", "collection": POSTS, "rkey": tid(950)}
    apply("apply a creation", create)
    apply("apply it again", create)
    apply("apply an update", update)
    apply("apply a deletion", delete)
    apply("apply it twice", delete)
    apply("apply an update of nothing", update)
    apply("apply two", create, create | {"rkey": tid(951)})
    apply("apply two of one key", create | {"rkey": tid(952)}, create | {"rkey": tid(952)})
    apply("apply nothing")
    apply("apply a bad record", create | {"rkey": tid(953), "value": record(text=5)})
    apply("apply a bad second", create | {"rkey": tid(954)}, create | {"rkey": tid(955), "value": record(text=5)})
    apply("apply an unknown kind", create | {"$type": f"{kind}swap"})
    apply("apply no kind", {"collection": POSTS})
    apply("apply without value", {key: create[key] for key in ("$type", "collection")})
    apply("apply with a bad key", create | {"rkey": "a b"})
    apply("apply with a slug", create | {"rkey": "slug"})
    apply("apply with a wrong commit", create | {"rkey": tid(956)}, swapCommit=ABSENT)
    apply("apply unvalidated", create | {"rkey": tid(957), "value": record(text="x" * 400)}, validate=False)
    apply("apply without key", {key: create[key] for key in ("$type", "collection", "value")})
    apply("apply 201", *[create | {"rkey": tid(2_000 + number)} for number in range(201)])
    apply("apply for a stranger", create, repo=STRANGER)
    on.write("apply a text", "applyWrites", {"repo": on.account.did, "writes": "x"})
    on.write("apply no writes", "applyWrites", {"repo": on.account.did})


def signed(on: Questions) -> None:
    body = {"repo": on.account.did, "collection": POSTS, "rkey": tid(700), "record": record()}
    tokens = {
        "none": "none",
        "nonsense": "Bearer nonsense",
        "three parts": "Bearer a.b.c",
        "refresh": "refresh",
        "Basic": "Basic eDp5",
        "no scheme": "nonsense",
        "empty Bearer": "Bearer ",
        "unknown scheme": "Klingon abc",
        "two words": "Bearer a b",
        "DPoP": "DPoP abc",
        "lower case": "bearer nonsense",
        "unsigned": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJkaWQ6cGxjOngifQ.",
    }
    for name, token in tokens.items():
        on.write(f"put with {name}", "putRecord", body, token=token)
        on.ask(f"session with {name}", "GET", "com.atproto.server.getSession", token=token)
        on.ask(f"upload with {name}", "POST", "com.atproto.repo.uploadBlob", PIXEL, mime="image/png", token=token)
        if name != "refresh":  # a refresh token that was used is another matter
            on.ask(f"refresh with {name}", "POST", "com.atproto.server.refreshSession", token=token, mime=None)
    on.write("put nonsense with none", "putRecord", {}, token="none")
    on.ask("put text with none", "POST", "com.atproto.repo.putRecord", b"{nope", token="none")
    on.ask("a good session", "GET", "com.atproto.server.getSession")
    on.ask("a good session with a query", "GET", "com.atproto.server.getSession?a=b")
    on.ask("refresh with an access token", "POST", "com.atproto.server.refreshSession", mime=None)
    on.ask("refresh with a body", "POST", "com.atproto.server.refreshSession", {}, token="refresh")
    on.ask("refresh", "POST", "com.atproto.server.refreshSession", token="refresh", mime=None)
    on.ask("refresh twice", "POST", "com.atproto.server.refreshSession", token="refresh", mime=None)


def uploading(on: Questions) -> None:
    upload = "com.atproto.repo.uploadBlob"
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"x" * 20
    for name, data, mime in (
        ("a picture", PIXEL, "image/png"),
        ("nothing", b"", "image/png"),
        ("a picture of no type", PIXEL, None),
        ("words of no type", b"hello", None),
        ("a picture as JSON", PIXEL, "application/json"),
        ("JSON", b"{}", "application/json"),
        ("a picture with a charset", PIXEL, "image/png; charset=x"),
        ("a picture of a nonsense type", PIXEL, "nonsense"),
        ("a picture of type png", PIXEL, "png"),
        ("a picture in capitals", PIXEL, "IMAGE/PNG"),
        ("a PNG as JPEG", PIXEL, "image/jpeg"),
        ("a JPEG as PNG", jpeg, "image/png"),
        ("a GIF as words", b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff;", "text/plain"),
        ("a WebP as words", b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x00\x00\x00", "text/plain"),
        ("words as a picture", b"hello", "image/png"),
        ("a PDF as words", b"%PDF-1.7\n", "text/plain"),
        ("as any", PIXEL, "*/*"),
    ):
        on.ask(f"upload {name}", "POST", upload, data, mime=mime)
    on.ask("upload without a body", "POST", upload, None, mime="image/png")
    on.ask("upload by GET", "GET", upload)
    on.ask("upload with a query", "POST", upload + "?a=b", PIXEL, mime="image/png")


def handles(on: Questions) -> None:
    resolve = "com.atproto.identity.resolveHandle"
    handle = on.account.handle
    for name in (
        handle,
        handle.upper(),
        "nobody.test",
        "nobody",
        "",
        "@" + handle,
        "a..b",
        "-a.test",
        "a.1",
        on.account.did,
    ):
        on.ask(
            f"resolve {'our DID' if name.startswith('did:') else repr(name)}",
            "GET",
            f"{resolve}?handle={name}",
            token="none",
        )
    on.ask("resolve none", "GET", resolve, token="none")
    on.ask("resolve by POST", "POST", resolve, {}, token="none")
    on.ask("the server", "GET", "com.atproto.server.describeServer", token="none")
    on.ask("the server by POST", "POST", "com.atproto.server.describeServer", {}, token="none")


def methods(on: Questions) -> None:
    for token in ("none", "access"):
        for call in (
            "com.atproto.nothing.here",
            "com.example.thing.do",
            "com.atproto.repo",
            "nonsense",
            "",
            "a..b",
            "com.atproto.repo.getRecord/",
            "com.atproto.repo.getRecord/x",
            "com.atproto.repo.getrecord",
        ):
            on.ask(f"GET {call!r} with {token}", "GET", call, token=token)
            on.ask(f"POST {call!r} with {token}", "POST", call, {}, token=token)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
        for call in ("com.atproto.repo.putRecord", "com.atproto.repo.getRecord", "com.atproto.nothing.here"):
            on.ask(f"{method} {call}", method, call, token="none", mime=None)
            on.ask(f"{method} {call} signed", method, call, mime=None)
    for call in ("putRecord", "createRecord", "deleteRecord", "applyWrites"):
        on.ask(f"GET {call}", "GET", f"com.atproto.repo.{call}", token="none")
    for call in ("getRecord", "listRecords"):
        on.ask(f"POST {call}", "POST", f"com.atproto.repo.{call}", {}, token="none")
    for call in ("createSession", "refreshSession"):
        on.ask(f"GET {call}", "GET", f"com.atproto.server.{call}", token="none")
    on.ask("POST getSession", "POST", "com.atproto.server.getSession", {})
    on.ask("POST getSession with none", "POST", "com.atproto.server.getSession", {}, token="none")


def sessions(on: Questions) -> None:
    login, handle, password = "com.atproto.server.createSession", on.account.handle, on.account.password
    for name, body in (
        ("well", {"identifier": handle, "password": password}),
        ("in capitals", {"identifier": handle.upper(), "password": password}),
        ("by DID", {"identifier": on.account.did, "password": password}),
        ("wrong", {"identifier": handle, "password": "wrong"}),
        ("with an empty password", {"identifier": handle, "password": ""}),
        ("with a very long password", {"identifier": handle, "password": "wrong" * 200}),
        ("without password", {"identifier": handle}),
        ("without identifier", {"password": password}),
        ("with password null", {"identifier": handle, "password": None}),
        ("with password 5", {"identifier": handle, "password": 5}),
        ("with @", {"identifier": "@" + handle, "password": password}),
        ("with spaces", {"identifier": f" {handle} ", "password": password}),
        ("as nobody", {"identifier": "nobody.test", "password": password}),
        ("as nonsense", {"identifier": "nobody", "password": password}),
        ("as an unknown DID", {"identifier": STRANGER, "password": password}),
        ("as an unknown address", {"identifier": "nobody@gazette.example", "password": password}),
        ("as nothing", {"identifier": "", "password": password}),
        ("with a factor", {"identifier": handle, "password": password, "authFactorToken": "x"}),
        ("with a factor of 5", {"identifier": handle, "password": password, "authFactorToken": 5}),
        ("with more", {"identifier": handle, "password": password, "more": 1}),
        ("with a list", []),
    ):
        on.ask(f"log in {name}", "POST", login, body, token="none")
    on.ask("log in with a bad token", "POST", login, {"identifier": handle, "password": password}, token="Bearer x")
    on.ask("log in as text", "POST", login, b"{}", mime="text/plain", token="none")


CHAPTERS = (
    bodies,
    collections,
    creating,
    reading,
    listing,
    deleting,
    several,
    signed,
    uploading,
    handles,
    methods,
    sessions,
)
"""The questions by what they are about, in the order in which they are asked."""
