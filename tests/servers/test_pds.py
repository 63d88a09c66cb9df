"""The Bluesky adapter, and the stand-in's answers, against a real PDS."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from syndicate.model import Backing, LinkCard, Secret, StrongRef
from syndicate.platforms.bluesky import Bluesky, Options
from syndicate.testing import KEY, LINK, PlatformContract, linked, post
from tests.servers.bluesky import Server
from tests.worlds import bluesky_asking
from tests.worlds.bluesky_asking import HANDLE, PASSWORD, ask_all
from tests.worlds.bluesky_questions import ABSENT

NAME = "Bluesky PDS"
pytestmark = pytest.mark.servers
start = Server


def test_it_answers_every_question_as_it_is_written_down(tmp_path, server):
    written = json.loads(Path(bluesky_asking.__file__).with_name("bluesky_answers.json").read_text(encoding="utf-8"))
    fresh = Server(tmp_path)
    try:
        answers = ask_all(fresh.url)
    finally:
        fresh.close()
    assert [(a, b) for a, b in zip(written, answers, strict=True) if a != b] == []


class TestBluesky(PlatformContract):
    """The contract of every adapter."""

    secrets = (PASSWORD,)
    has_faults = False
    dead = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkaWQ6cGxjOngifQ.c2lnbmF0dXJl"

    def make(self, http, url, credentials):
        return Bluesky(Options(HANDLE, Secret(PASSWORD), api_url=url), http, credentials)

    @pytest.fixture
    def network(self, server):
        server.reset()
        return server

    def test_a_card_names_the_records_that_back_it(self, platform, network):
        refs = tuple(
            StrongRef(f"at://{network.did}/site.standard.{kind}/3n2lg2pyg2222", ABSENT)
            for kind in ("document", "publication")
        )
        card = LinkCard(LINK, "A bridge", "It opens", backing=Backing(refs))
        self._publish(platform, replace(post(link=LINK), card=card))
        [shown] = network.posts()
        assert shown["external"]["associatedRefs"] == [{"uri": ref.uri, "cid": ref.cid} for ref in refs]

    def test_every_language_that_is_sent_is_taken(self, platform, network):
        for number, tag in enumerate(("EN", "en_US", "zh-Hant-TW", "english", "de-CH-1996", "", None, "x", "pt-br")):
            self._publish(platform, replace(linked(platform), language=tag), f"{number:032x}")
        assert len(network.posts()) == 9

    def test_the_same_record_again_is_the_same_post(self, platform, network):
        draft = platform.prepare(linked(platform), KEY)
        assert platform.commit(draft, KEY) == platform.commit(draft, KEY)
        assert len(network.posts()) == 1
