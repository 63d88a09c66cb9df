"""The Mastodon adapter against mastodon_mock, which is somebody else's idea of a Mastodon server."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest

from syndicate.model import Secret
from syndicate.platforms.mastodon import Mastodon, Options
from syndicate.testing import PlatformContract
from tests.servers.installing import Missing
from tests.worlds.mastodon_mock import Mock

NAME = "mastodon_mock"
pytestmark = pytest.mark.servers


def start(_folder):
    try:
        found = version("mastodon_mock")
    except PackageNotFoundError as fault:
        raise Missing("mastodon_mock is not installed") from fault
    running = Mock()
    running.version = found
    return running


class TestMastodon(PlatformContract):
    """The contract of every adapter."""

    secrets = ("mock_token",)

    def make(self, http, url, credentials):
        return Mastodon(Options(url, Secret("mock_token")), http, credentials)

    @pytest.fixture
    def network(self, server):
        server.reset()
        return server
