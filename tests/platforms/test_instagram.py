from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.errors import AuthError, NotReady, PictureRefused, Rejected, Unavailable, Uncertain
from syndicate.model import Secret
from syndicate.platforms.instagram import Instagram, Options
from syndicate.ports import Deletable, Editable
from syndicate.testing import KEY, PlatformContract, illustrated, linked, post
from syndicate.testing.contract import OTHER_KEY
from syndicate.testing.stories import picture
from tests.worlds.instagram import jpeg
from tests.worlds.picture_host import PictureHost


class Hosted(Instagram):
    """Instagram with a picture for each post, as JPEG, on a web server of this machine, as `media` puts them."""

    host: PictureHost

    def prepare(self, post, key, prepared=None):
        media = tuple(jpeg(each) for each in post.media or (() if post.reply_to else (picture(alt=""),)))
        return super().prepare(self.host.hosted(replace(post, media=media)), key, prepared)


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
        return described("instagram")

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

    def test_it_fetches_pictures_and_neither_edits_nor_deletes(self):
        assert Instagram.fetches_pictures
        assert not issubclass(Instagram, Deletable)
        assert not issubclass(Instagram, Editable)

    def test_a_container_that_is_not_ready_is_published_later_and_once(self, platform, network):
        made = platform.prepare(linked(platform), KEY)
        self._fail(network, platform, "unprocessed", count=2)
        for rounds in (1, 2):
            with pytest.raises(NotReady) as caught:
                platform.commit(made, KEY)
            again = platform.prepare(linked(platform), KEY, caught.value.prepared)
            assert (again["container"], again["rounds"]) == (made["container"], rounds)
            made = again
        platform.commit(made, KEY)
        assert len(network.posts()) == 1

    def test_a_container_that_was_published_after_all_is_looked_up(self, platform, network, since):
        made = platform.prepare(linked(platform), KEY)
        receipt = platform.commit(made, KEY)
        with pytest.raises(NotReady) as caught:
            platform.commit(made, KEY)
        again = platform.prepare(linked(platform), KEY, caught.value.prepared)
        with pytest.raises(Uncertain, match="published already"):
            platform.commit(again, KEY)
        assert platform.find(again, KEY, since) == receipt
        assert len(network.posts()) == 1

    def test_the_first_comment_hangs_below_its_post_and_is_found_there(self, platform, network, since):
        first = self._publish(platform, linked(platform))
        made = platform.prepare(post("More of it: gazette.example", reply_to=first), OTHER_KEY)
        assert platform.find(made, OTHER_KEY, since) is None
        receipt = platform.commit(made, OTHER_KEY)
        assert platform.find(made, OTHER_KEY, since) == receipt
        assert receipt.data == {"comment": True}
        assert network.posts()[1]["reply_to"] == first.id

    def test_a_post_without_a_picture_says_what_is_missing(self, platform):
        with pytest.raises(Rejected, match="needs a picture") as caught:
            Instagram.prepare(platform, post(), KEY)
        assert "image: card" in caught.value.hint

    @pytest.mark.parametrize(
        ("width", "height", "words"),
        [(100, 200, "aspect ratio"), (400, 200, "aspect ratio")],
    )
    def test_a_picture_of_another_shape_is_refused(self, platform, width, height, words):
        from io import BytesIO

        from PIL import Image

        made = BytesIO()
        Image.new("RGB", (width, height)).save(made, "JPEG")
        shot = Hosted.host.put(replace(picture(), data=made.getvalue(), mime="image/jpeg"))
        with pytest.raises(PictureRefused, match=words) as caught:
            Instagram.prepare(platform, post(media=(shot,)), KEY)
        assert "4:5" in caught.value.hint

    def test_a_picture_that_is_no_jpeg_or_not_there_is_refused(self, platform):
        with pytest.raises(PictureRefused, match="format is not supported"):
            Instagram.prepare(platform, post(media=(Hosted.host.put(picture()),)), KEY)
        lost = replace(picture(), url=f"{Hosted.host.url}/not-there.jpg")
        with pytest.raises(PictureRefused, match="could not be fetched") as caught:
            Instagram.prepare(platform, post(media=(lost,)), KEY)
        assert "set media" in caught.value.hint

    @pytest.mark.parametrize(("sign", "most"), [("#tag", 30), ("@name", 20)])
    def test_thirty_hashtags_and_twenty_mentions_are_the_most(self, platform, sign, most):
        self._publish(platform, post(" ".join(f"{sign}{number}" for number in range(most))))
        with pytest.raises(Rejected) as caught:
            self._publish(platform, post(" ".join(f"{sign}{number}" for number in range(most + 1))), OTHER_KEY)
        assert str(most) in caught.value.hint
