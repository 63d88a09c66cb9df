"""Our short form of the networks' descriptions says what the long ones say, where those are at hand."""

from __future__ import annotations

import re

import pytest

from syndicate.model import Secret
from syndicate.platforms.x import Options, X
from syndicate.testing import KEY, Held, Recorded, post
from tests.platforms.described import DESCRIBED, DescribedDoor, check, endpoint

OPENAPI = {"mastodon": "mastodon-openapi.json", "x": "x-api-v2.min.json"}
ON_PAGES = {
    "POST /2/oauth2/token",  # X describes signing in on pages only
    "GET /.well-known/nodeinfo",  # NodeInfo is no part of Mastodon's API
    "GET /nodeinfo/2.0",
    "GET /.well-known/webfinger",
}
ELSEWHERE = {"tweet.fields", "media_attributes"}  # the one by another name, the other with brackets behind it


def resolved(description, found):
    while "$ref" in found:
        part = description
        for name in found["$ref"].removeprefix("#/").split("/"):
            part = part[name]
        found = part
    return found


def _inner(schema):
    return [each for name in ("oneOf", "allOf", "anyOf") for each in schema.get(name, ())]


def properties(description, schema):
    """All names of a body, whichever of its forms it takes, and those that every form needs."""
    schema = resolved(description, schema)
    forms = [properties(description, each) for each in _inner(schema)]
    names = {*schema.get("properties", ())}.union(*(form[0] for form in forms))
    return names, {*schema.get("required", ())}


@pytest.mark.parametrize(
    ("network", "name"), [(network, name) for network in OPENAPI for name in DESCRIBED[network] if name not in ON_PAGES]
)
def test_names_and_needs_are_those_of_the_long_description(spec, network, name):
    description = spec(OPENAPI[network])
    method, _, path = name.partition(" ")
    operation, ours = description["paths"][path][method.lower()], DESCRIBED[network][name]
    query = {resolved(description, each)["name"] for each in operation.get("parameters", ())}
    assert {*ours.query} - ELSEWHERE <= query
    content = resolved(description, operation.get("requestBody", {})).get("content", {})
    sent = {*ours.json, *ours.form, *ours.files}
    kind = "multipart/form-data" if ours.files else "application/json"
    names, needs = properties(description, content[kind]["schema"]) if sent else (set(), set())
    assert sent - ELSEWHERE <= names
    assert needs == {*ours.needs}


@pytest.mark.parametrize("name", DESCRIBED["bluesky"])
def test_names_and_needs_are_those_of_the_lexicon(spec, name):
    method, _, path = name.partition(" ")
    main = spec(f"atproto-lexicons/{path.removeprefix('/xrpc/').replace('.', '/')}.json")["defs"]["main"]
    ours = DESCRIBED["bluesky"][name]
    assert main["type"] == {"GET": "query", "POST": "procedure"}[method]
    said = main.get("parameters") if method == "GET" else main.get("input", {}).get("schema")
    assert {*ours.query, *ours.json} <= {*(said or {}).get("properties", ())}
    assert {*ours.needs} == {*(said or {}).get("required", ())}


@pytest.mark.parametrize("edge", ["feed", "photos", "published_posts"])
def test_names_are_those_that_meta_lists(spec, edge):
    method = "GET" if edge == "published_posts" else "POST"
    apis = spec("facebook-graph-v25.trim.json")["Page"]["apis"]
    [listed] = [each["params"] for each in apis if (each["method"], each["endpoint"]) == (method, edge)]
    ours = endpoint("facebook", method, f"/v25.0/77/{edge}")
    everywhere = {"fields", "after", "source"}  # of every request; and a file, which the list leaves out
    assert {*ours.query, *ours.form, *ours.files} - everywhere <= {each["name"] for each in listed}


def postman(folder):
    """Method, address without host, and names of the query, of each request in Meta's collection."""
    for each in folder:
        if "item" in each:
            yield from postman(each["item"])
        else:
            address = each["request"]["url"]
            query = {pair["key"] for pair in address.get("query", ())}
            yield each["request"]["method"], "/" + "/".join(address["path"]).strip("/"), query


@pytest.mark.parametrize("name", DESCRIBED["threads"])
def test_names_are_those_of_meta_s_collection(spec, name):
    method, _, path = name.partition(" ")
    bare = re.sub(r"/graph\.threads\.net(/v1\.0)?(?=/)", "", path, count=1)
    known = {}
    for verb, address, names in postman(spec("threads-api.postman_collection.json")["item"]):
        where = re.sub(r"\{\{\w+\}\}", "{id}", address)
        known.setdefault((verb, where), set()).update(names)
    at = [bare] if "{edge}" not in bare else ["/me/threads", "/me/replies"]
    everywhere = {"access_token", "is_spoiler_media"} if "GET" not in name else {"access_token"}
    for each in at:
        ours = DESCRIBED["threads"][name]
        assert {*ours.query, *ours.form} - everywhere <= known[method, each], each


@pytest.mark.parametrize("edge", ["media", "media_publish"])
def test_names_are_those_that_meta_lists_for_instagram(spec, edge):
    apis = spec("facebook-graph-v25.trim.json")["IGUser"]["apis"]
    [listed] = [each["params"] for each in apis if (each["method"], each["endpoint"]) == ("POST", edge)]
    ours = endpoint("instagram", "POST", f"/graph.instagram.com/v25.0/me/{edge}")
    assert {*ours.form} <= {each["name"] for each in listed}


@pytest.mark.parametrize("name", DESCRIBED["discord"])
def test_names_are_those_of_discord_s_description(spec, name):
    description = spec("discord-openapi.json")
    method, _, path = name.partition(" ")
    operation = description["paths"][path.removeprefix("/api/v10")][method.lower()]
    ours = DESCRIBED["discord"][name]
    query = {resolved(description, each)["name"] for each in operation.get("parameters", ())}
    assert {*ours.query} <= query
    if not ours.json:
        return
    for kind in ("application/json", *(("multipart/form-data",) if ours.files else ())):
        named, _ = properties(description, operation["requestBody"]["content"][kind]["schema"])
        assert {*ours.json} <= named
        assert {*ours.files} <= named or kind == "application/json" or "webhooks" in path
    schemas = description["components"]["schemas"]
    parts = {"embeds": "RichEmbed", "attachments": "MessageAttachmentRequest"}
    parts |= {"allowed_mentions": "MessageAllowedMentionsRequest", "message_reference": "MessageReferenceRequest"}
    for field, kind in parts.items():
        if field in ours.json:
            inside = ours.json[field][0] if isinstance(ours.json[field], list) else ours.json[field]
            assert {*inside} <= {*schemas[kind]["properties"]}


UNLISTED = ("getChatMember", "getChatMemberCount")  # which the description at hand leaves out


@pytest.mark.parametrize("name", DESCRIBED["telegram"])
def test_names_and_needs_are_those_of_telegram_s_methods(spec, name):
    description = spec("telegram-bot-api.json")
    method, ours = name.rpartition("/")[2], DESCRIBED["telegram"][name]
    if method in UNLISTED:
        assert method not in description["methods"]
        return
    listed = {each["name"]: each for each in description["methods"][method].get("fields", ())}
    sent = {*ours.query, *ours.json, *ours.form, *(each for each in ours.files if each == "photo")}
    assert sent <= {*listed}
    assert {each for each in listed if listed[each]["required"]} == {*ours.needs}
    parts = {"entities": "MessageEntity", "link_preview_options": "LinkPreviewOptions"}
    for field, kind in (parts | {"caption_entities": "MessageEntity", "reply_parameters": "ReplyParameters"}).items():
        if field in ours.json:
            inside = ours.json[field][0] if isinstance(ours.json[field], list) else ours.json[field]
            assert {*inside} <= {each["name"] for each in description["types"][kind]["fields"]}


@pytest.mark.parametrize(
    "request_",
    [
        {"json": {"text": "x", "texts": "y"}},
        {"json": {"text": 1}},
        {"json": {"text": "x", "media": {"media_ids": [1]}}},
        {"json": {"text": "x"}, "params": {"a": "1"}},
        {"data": {"text": "x"}},
        {"data": b"x"},
    ],
)
def test_a_request_that_is_not_described_fails(request_):
    check("x", "POST", "https://api.x.com/2/tweets", {"json": {"text": "x", "media": {"media_ids": ["1"]}}})
    with pytest.raises(AssertionError):
        check("x", "POST", "https://api.x.com/2/tweets", request_)


def test_an_endpoint_that_nobody_describes_and_a_need_that_is_not_met_fail():
    with pytest.raises(KeyError, match="describes no POST /2/twits"):
        check("x", "POST", "https://api.x.com/2/twits", {})
    with pytest.raises(AssertionError, match="lacks one of"):
        check("x", "POST", "https://api.x.com/2/media/metadata", {"json": {}})


def test_the_door_passes_on_what_is_described():
    door = Recorded((201, {"data": {"id": "1"}}))
    platform = X(Options(*map(Secret, "abcd")), DescribedDoor("x", door), Held())
    assert platform.commit(platform.prepare(post(), KEY), KEY).id == "1"
    assert door.calls[0].json == {"text": "A bridge opens"}
