from __future__ import annotations

import json
from pathlib import Path

import pytest

from syndicate.net.http import RequestsHttp
from syndicate.testing import now
from tests.platforms.described import DescribedDoor

SPECS = Path(__file__).parents[3] / "shared" / "specs"


@pytest.fixture
def sandbox():
    from syndicate.sandbox.server import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def described():
    """A door to a network, by its name, that lets out only what the network describes."""
    doors = []

    def make(network: str) -> DescribedDoor:
        doors.append(RequestsHttp(clock=now))
        return DescribedDoor(network, doors[-1])

    yield make
    for door in doors:
        door.close()


@pytest.fixture(scope="session")
def spec():
    """An official description by its file name; the test is skipped where there is none."""

    def load(name: str):
        path = SPECS / name
        if not path.exists():
            pytest.skip(f"{name} is not here")
        return json.loads(path.read_text())

    return load


@pytest.fixture
def requests_are_valid(spec):
    """Check calls against an OpenAPI description; how many were checked. A multipart body is checked by its parts."""

    def check(name: str, host: str, calls) -> int:
        from openapi_core import Config, OpenAPI
        from openapi_core.testing import MockRequest

        description = spec(name) | {"servers": [{"url": host}]}
        for operation in [each for path in description["paths"].values() for each in path.values()]:
            operation.pop("security", None)  # who signs is checked elsewhere; openapi-core knows no OAuth 1
        if "/api/v1/statuses" in description["paths"]:
            posting = description["paths"]["/api/v1/statuses"]["post"]
            del posting["parameters"]  # a header, described as an object
            body = posting["requestBody"]["content"]["application/json"]["schema"]
            body["anyOf"] = body.pop("oneOf")  # a status with text and pictures is two of them at once
        api = OpenAPI.from_dict(description, config=Config(spec_validator_cls=None))
        for call in calls:
            path = call.url.removeprefix(host)
            body = {"data": json.dumps(call.json).encode(), "content_type": "application/json"} if call.json else {}
            if call.files:
                schema = description["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
                schema = description["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
                parts = {*call.files, *(call.data or {})}
                assert set(schema["required"]) <= parts <= set(schema["properties"])
                continue
            request = MockRequest(host, call.method.lower(), path, args=call.params, headers=dict(call.headers), **body)
            api.validate_request(request)
        return len(calls)

    return check
