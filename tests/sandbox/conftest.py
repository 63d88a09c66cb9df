from __future__ import annotations

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds.client import Client


class Time:
    """Seconds since 1970 that stand still until they are moved."""

    def __init__(self):
        self.now = 1_795_430_400.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def sandbox(time):
    with Sandbox(clock=time) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox):
    client = Client(sandbox.url)
    yield client
    client.close()
