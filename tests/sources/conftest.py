from __future__ import annotations

import pytest

from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from tests.waiting import PATIENCE
from tests.worlds.servers import OneAnswer


@pytest.fixture
def server():
    running = OneAnswer()
    yield running
    running.close()


@pytest.fixture
def http(server, clock):
    door = RequestsHttp(clock=clock, timeout=PATIENCE, guard=Guard(origins=[server.url]))
    yield door
    door.close()
