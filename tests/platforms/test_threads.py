from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.errors import (
    AuthError,
    NotReady,
    PictureRefused,
    Rejected,
    Unavailable,
    Uncertain,
)
from syndicate.model import Secret
from syndicate.platforms.threads import Options, Threads
from syndicate.testing import KEY, LINK, PlatformContract, illustrated, linked, post
from syndicate.testing.contract import OTHER_KEY
from syndicate.testing.stories import picture
from tests.worlds.picture_host import PictureHost


class Hosted(Threads):
    """Threads with the pictures of its posts on a web server of this machine, as `media` puts them."""

    host: PictureHost

    def prepare(self, post, key, prepared=None):
        return super().prepare(self.host.hosted(post), key, prepared)


class TestAgainstTheSandbox(PlatformContract):
    secrets = ("token-1",)

    def make(self, http, url, credentials):
        return Hosted(Options(token=Secret("token-1"), api_url=url), http, credentials)

    @pytest.fixture(autouse=True)
    def _host(self):
        Hosted.host = PictureHost()
        yield
        Hosted.host.close()

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("threads")

    def test_no_session_is_an_auth_error_and_a_dead_one_is_renewed(self, platform, network, credentials):
        """The token of the config takes the place of one that the ledger lost; a refused one is an AuthError."""
        credentials.value = {"token": "dead"}
        with pytest.raises(AuthError):
            self._publish(platform, illustrated())
        with pytest.raises(AuthError):
            platform.refresh(credentials.value)
        credentials.value = platform.refresh({})
        assert credentials.value["token"] != "token-1"
        with pytest.raises(Unavailable, match="not 24 hours old"):
            platform.refresh(credentials.value)
        self._publish(platform, illustrated())
        assert len(network.posts()) == 1

    def test_a_container_that_is_lost_is_replaced_three_times_and_posts_once(self, platform, network):
        story, left = linked(platform), None
        self._fail(network, platform, "unprocessed", count=3)
        for _ in range(3):
            made = self._settled(platform, story, left)
            with pytest.raises(NotReady) as caught:
                platform.commit(made, KEY)
            left = caught.value.prepared
        platform.commit(self._settled(platform, story, left), KEY)
        assert len(network.posts()) == 1

    def test_a_container_that_was_published_after_all_is_looked_up(self, platform, network, since):
        """Publishing it again is answered as if it were not there; a new container would make a second post."""
        made = platform.prepare(linked(platform), KEY)
        receipt = platform.commit(made, KEY)
        with pytest.raises(NotReady) as caught:
            platform.commit(made, KEY)
        again = platform.prepare(linked(platform), KEY, caught.value.prepared)
        with pytest.raises(Uncertain, match="published already"):
            platform.commit(again, KEY)
        assert platform.find(again, KEY, since) == receipt
        assert len(network.posts()) == 1

    def test_a_reply_hangs_below_its_post_and_is_found_among_replies(self, platform, network, since):
        first = self._publish(platform, linked(platform))
        answer = post("The second part", reply_to=first, replies="followers")
        made = platform.prepare(answer, OTHER_KEY)
        receipt = platform.commit(made, OTHER_KEY)
        assert platform.find(made, OTHER_KEY, since) == receipt
        shown = network.posts()[1]
        assert (shown["reply_to"], shown["replies"]) == (first.id, "followers")

    def test_the_card_of_a_text_leads_to_its_link(self, platform, network):
        self._publish(platform, linked(platform))
        assert network.posts()[0]["card"]["url"] == LINK

    def test_six_links_are_too_many(self, platform, network):
        many = " ".join(f"https://gazette.example/{number}" for number in range(6))
        with pytest.raises(Rejected, match="LINK_LIMIT") as caught:
            self._publish(platform, post(many))
        assert "five" in caught.value.hint

    def test_a_picture_that_cannot_be_fetched_is_refused_with_what_to_look_at(self, platform, network):
        lost = replace(picture(), url=f"{Hosted.host.url}/not-there.png")
        with pytest.raises(PictureRefused, match="could not be fetched") as caught:
            Threads.prepare(platform, post(media=(lost,)), KEY)
        assert "set media" in caught.value.hint

    def _settled(self, platform, story, left):
        """Prepare as often as the network asks for."""
        while True:
            try:
                return platform.prepare(story, KEY, left)
            except NotReady as wait:
                left = wait.prepared
