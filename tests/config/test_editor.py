from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from syndicate import platforms
from syndicate.config.editor import json_schema
from syndicate.config.starter import example
from syndicate.config.typed import hints
from tests.worlds.config_file import SITE


@pytest.fixture(scope="module")
def schema():
    return json_schema()


def complaints(schema, text):
    return [error.message for error in Draft202012Validator(schema).iter_errors(YAML(typ="safe", pure=True).load(text))]


def test_the_schema_is_a_json_schema(schema):
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


def test_the_example_fits_the_schema(schema):
    assert complaints(schema, example()) == []


@pytest.mark.parametrize(
    "text",
    [
        SITE + "sources:\naccounts:\ndefaults:\n",
        SITE + "sources: {a: {url: 'https://a.example', similar: ask}, b: {url: 'https://b.example', similar: hold}}\n",
        SITE + "lease: 2m\nnetwork: {allow: 10.0.0.0/8, timeout: 1m 30s}\nalerts: {command: notify}\n",
        SITE + "defaults: {hashtags: '${N}', settle: 0, max_age: 1h30m, enabled: no, only: {tags: a, sections: [b]}}\n",
        SITE + "accounts: {a: {platform: facebook, page_id: 123, page_token: '${T}', utm: {source: x}}}\n",
        SITE + "accounts: {a: {platform: twitter, api_key: a, api_secret: b, access_token: c, access_secret: d}}\n",
    ],
)
def test_what_loads_fits(schema, text):
    assert complaints(schema, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "database: sqlite:///x.db",
        SITE + "leas: 2m",
        SITE + "lease: 5",
        SITE + "lease: soon",
        SITE + "sources: {my news: {url: 'https://a.example'}}",
        SITE + "sources: {news: {type: feed}}",
        SITE + "sources: {news: {url: 'https://a.example', burst: 0}}",
        SITE + "defaults: {image: foto}",
        SITE + "defaults: {hashtags: many}",
        SITE + "defaults: {schedule: {spacing: soon}}",
        SITE + "defaults: {only: {tagz: a}}",
        SITE + "defaults: {utm: {utm_medium: a}}",
        SITE + "accounts: {a: {token: x}}",
        SITE + "accounts: {a: {platform: googleplus}}",
        SITE + "accounts: {a: {platform: webhook}}",
        SITE + "accounts: {a: {platform: mastodon, url: 'https://a.example', token: t, page_id: 1}}",
        SITE + "accounts: {a: {platform: mastodon, url: 'https://a.example', token: t, visibility: publik}}",
    ],
)
def test_what_does_not_load_does_not_fit(schema, text):
    assert complaints(schema, text)


def test_every_setting_is_described(schema):
    def bare(node, where):
        if isinstance(node, dict):
            for name, child in node.get("properties", {}).items():
                if isinstance(child, dict) and not {"description", "const"} & child.keys():
                    yield f"{where}.{name}"
            for name, child in node.items():
                yield from bare(child, f"{where}/{name}")
        elif isinstance(node, list):
            for child in node:
                yield from bare(child, where)

    assert list(bare(schema, "")) == []


def test_every_platform_has_its_options(schema):
    cases = schema["properties"]["accounts"]["additionalProperties"]["allOf"]
    offered = {case["if"]["properties"]["platform"]["const"]: set(case["then"]["properties"]) for case in cases}
    for name in (*platforms.names(), *platforms.ALIASES):
        assert offered[name] >= set(hints(platforms.find(name).options_type))
