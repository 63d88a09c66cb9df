"""What the stand-ins answer is what the networks' own descriptions say, where those are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.worlds.client import png, signed

SPECS = Path(__file__).parents[3] / "shared" / "specs"
TOKEN = {"Authorization": "Bearer one"}


def check(name, schema, value):
    path = SPECS / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    from openapi_schema_validator import OAS30Validator, OAS31Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    description = json.loads(path.read_text("utf-8"))
    kind = OAS31Validator if description["openapi"].startswith("3.1") else OAS30Validator
    registry = Registry().with_resource("urn:spec", Resource.from_contents(description, DRAFT202012))
    kind({"$ref": f"urn:spec#/components/schemas/{schema}"}, registry=registry).validate(value)


def test_mastodon_answers_as_its_description_says(client):
    files = {"file": ("a.png", png(), "image/png")}
    media = client("POST", "/api/v2/media", form={"description": "A"}, files=files, headers=TOKEN).json
    status = {"status": "Read https://gazette.example/a #News", "language": "en"}
    posted = client("POST", "/api/v1/statuses", json=status, headers=TOKEN).json
    pictured = client("POST", "/api/v1/statuses", json=status | {"media_ids": [media["id"]]}, headers=TOKEN).json
    check("mastodon-openapi.json", "MediaAttachment", media)
    check("mastodon-openapi.json", "Status", posted)
    check("mastodon-openapi.json", "Status", pictured)
    me = client("GET", "/api/v1/accounts/verify_credentials", headers=TOKEN).json
    check("mastodon-openapi.json", "CredentialAccount", me)
    check("mastodon-openapi.json", "Instance", client("GET", "/api/v2/instance").json)
    check("mastodon-openapi.json", "V1Instance", client("GET", "/api/v1/instance").json)


def test_x_answers_as_its_description_says(client):
    files = {"media": ("a.png", png(), "image/png")}
    form = {"media_category": "tweet_image"}
    media = client("POST", "/2/media/upload", form=form, files=files, headers=signed()).json
    check("x-api-v2.min.json", "MediaUploadResponse", media)
    alt = {"id": media["data"]["id"], "metadata": {"alt_text": {"text": "A bridge"}}}
    described = client("POST", "/2/media/metadata", json=alt, headers=signed()).json
    check("x-api-v2.min.json", "CreateMediaMetadataResponse", described)
    body = {"text": "Read https://www.gazette.com/a", "media": {"media_ids": [media["data"]["id"]]}}
    posted = client("POST", "/2/tweets", json=body, headers=signed()).json
    check("x-api-v2.min.json", "CreatePostsResponse", posted)
    me = client("GET", "/2/users/me", headers=signed()).json
    query = {"tweet.fields": "created_at,entities,attachments"}
    listing = client("GET", f"/2/users/{me['data']['id']}/tweets", query=query, headers=signed()).json
    check("x-api-v2.min.json", "GetUsersPostsResponse", listing)
    gone = client("DELETE", f"/2/tweets/{posted['data']['id']}", headers=signed()).json
    check("x-api-v2.min.json", "DeletePostsResponse", gone)
