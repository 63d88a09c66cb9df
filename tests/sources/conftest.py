from __future__ import annotations

import pytest

from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from tests.sources.site import Server
from tests.waiting import PATIENCE


@pytest.fixture
def server():
    running = Server()
    yield running
    running.close()


@pytest.fixture
def http(server, clock):
    door = RequestsHttp(clock=clock, timeout=PATIENCE, guard=Guard(origins=[server.url]))
    yield door
    door.close()
