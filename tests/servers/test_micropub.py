"""Micropub against django-indieweb, which checks tokens and requests as the protocol asks."""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path
from subprocess import DEVNULL
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from syndicate.errors import AuthError
from syndicate.model import Secret
from syndicate.platforms.micropub import Micropub, Options
from syndicate.testing import KEY, PlatformContract, illustrated, post
from tests import processes
from tests.servers.installing import Missing, pip
from tests.waiting import PATIENCE, wait_for
from tests.worlds.waiting import accepts

NAME = "django-indieweb (a Micropub server)"
VERSION = "0.6.2"
TOKEN = "token-of-a-test-0123456789abcdef"
pytestmark = pytest.mark.servers


class Server:
    """The site's process. A `PlatformContract` sees it as a network."""

    version = VERSION

    def __init__(self, folder: Path) -> None:
        python = pip("indieweb", [f"django-indieweb=={VERSION}"], mark="indieweb")
        port = processes.free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.endpoint = f"{self.url}/indieweb/micropub/"
        script = Path(__file__).with_name("indieweb_site.py")
        with (folder / "site.log").open("w", encoding="utf-8") as log:
            command = [str(python), str(script), str(port), str(folder), TOKEN]
            self._process = processes.start(command, stdin=DEVNULL, stdout=log, stderr=log)
        if not wait_for(lambda: accepts(port) or self._process.poll() is not None) or self._process.poll() is not None:
            raise Missing(f"it does not start: {(folder / 'site.log').read_text()[-200:]}")

    def call(self, method: str, path: str, body: bytes | None = None, token: str = TOKEN) -> tuple[int, dict, bytes]:
        request = Request(self.url + path, body, {"Authorization": f"Bearer {token}"}, method=method)
        try:
            with urlopen(request, timeout=PATIENCE) as reply:
                return reply.status, dict(reply.headers), reply.read()
        except HTTPError as fault:
            return fault.code, dict(fault.headers), fault.read()

    def posts(self) -> list[dict]:
        found = json.loads(self.call("GET", "/_posts")[2])["posts"]
        return [_shown(each) for each in found]

    def add_faults(self, _rules: object) -> None:
        pytest.skip("a real server fails only when it wants")

    def reset(self) -> None:
        self.call("DELETE", "/_posts")

    def close(self) -> None:
        processes.end(self._process)


def _shown(properties: dict) -> dict:
    """Its words and pictures; alt texts stand beside the addresses, since it takes no others."""
    alts = properties.get("mp-photo-alt") or []
    media = [{"alt": alt} for _, alt in zip_longest(properties.get("photo") or [], alts, fillvalue="")]
    return {"text": str(properties["content"][0]), "media": media}


start = Server


def test_it_takes_a_post_for_its_token_alone(server):
    server.reset()
    entry = urlencode({"h": "entry", "content": "A ferry comes"}).encode()
    status, _, _ = server.call("POST", "/indieweb/micropub/", entry, token="wrong")
    assert status in (401, 403)
    status, headers, _ = server.call("POST", "/indieweb/micropub/", entry)
    assert status == 201
    assert headers["Location"].startswith("http")
    assert [post["text"] for post in server.posts()] == ["A ferry comes"]


class TestMicropub(PlatformContract):
    """The contract of every adapter."""

    secrets = (TOKEN,)
    has_faults = False
    enforces_length = False

    def make(self, http, url, credentials):
        return Micropub(Options(f"{url}/indieweb/micropub/", Secret(TOKEN)), http, credentials)

    @pytest.fixture
    def network(self, server):
        server.reset()
        return server

    def test_no_session_is_an_auth_error_and_a_dead_one_is_renewed(self, platform, network, credentials):
        """A token of the config needs no session, and is not renewed."""
        credentials.value = {}
        self._publish(platform, illustrated())
        with pytest.raises(AuthError, match="cannot be renewed"):
            platform.refresh({"token": TOKEN})
        assert len(network.posts()) == 1

    def test_a_refused_token_is_an_auth_error(self, http, network, credentials):
        stranger = Micropub(Options(network.endpoint, Secret("wrong")), http, credentials)
        for ask in (stranger.verify, lambda: stranger.commit(stranger.prepare(post(), KEY), KEY)):
            with pytest.raises(AuthError):
                ask()
        assert network.posts() == []
