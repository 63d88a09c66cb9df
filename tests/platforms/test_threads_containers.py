from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from syndicate.errors import (
    NotReady,
    PictureRefused,
    RateLimited,
    Unavailable,
)
from syndicate.model import Receipt
from syndicate.testing import KEY, LINK, illustrated, post
from syndicate.testing.stories import picture
from tests.worlds.threads import (
    AT,
    FINISHED,
    LOST,
    MADE,
    PUBLISHED,
    QUOTA,
    SHOWN,
    adapter,
    draft,
    refusal,
    state,
)


class TestContainers:
    """How a container is waited for, with recorded answers."""

    def test_a_text_with_a_link_has_it_as_a_card(self):
        platform, door = adapter(QUOTA, MADE, FINISHED, PUBLISHED, SHOWN)
        receipt = platform.commit(platform.prepare(post("A bridge opens", link=LINK), KEY), KEY)
        _, made, looked, publish, shown = door.calls
        assert made.data == {"media_type": "TEXT", "text": "A bridge opens", "link_attachment": LINK}
        assert [call.url for call in (made, looked, publish, shown)] == [
            f"{AT}/me/threads",
            f"{AT}/c1",
            f"{AT}/me/threads_publish",
            f"{AT}/p1",
        ]
        assert publish.data == {"creation_id": "c1"}
        assert {call.headers["Authorization"] for call in door.calls} == {"Bearer token-1"}
        assert receipt == Receipt("p1", "https://www.threads.com/@gazette/post/T1")

    def test_a_picture_has_its_description_and_the_link_stays_in_the_text(self):
        platform, door = adapter(QUOTA, MADE, FINISHED)
        shown = replace(picture(), url="https://media.example/a.png")
        platform.prepare(replace(illustrated(), media=(shown,)), KEY)
        assert door.calls[1].data == {
            "media_type": "IMAGE",
            "image_url": "https://media.example/a.png",
            "alt_text": "A bridge in fog",
            "text": f"A bridge opens {LINK}",
        }

    def test_a_carousel_is_made_of_items(self):
        made = [(200, {"id": name}) for name in ("i1", "i2", "c1")]
        looks = [(200, {"id": name, "status": "FINISHED"}) for name in ("i1", "i2", "c1")]
        platform, door = adapter(QUOTA, *made[:2], *looks[:2], made[2], looks[2])
        both = tuple(replace(picture(8 + n), url=f"https://media.example/{n}.png") for n in range(2))
        platform.prepare(post(media=both), KEY)
        assert door.calls[1].data["is_carousel_item"] == "true"
        assert "text" not in door.calls[1].data
        assert door.calls[5].data == {"media_type": "CAROUSEL", "text": "A bridge opens", "children": "i1,i2"}

    @pytest.mark.parametrize(
        ("replies", "control"),
        [
            ("everyone", None),
            ("followers", "followers_only"),
            ("mentioned", "mentioned_only"),
            ("nobody", None),
        ],
    )
    def test_who_may_reply(self, replies, control):
        platform, door = adapter(QUOTA, MADE, FINISHED)
        platform.prepare(post(replies=replies), KEY)
        assert door.calls[1].data.get("reply_control") == control

    @pytest.mark.parametrize("sensitive", [False, True])
    def test_a_sensitive_picture_is_veiled(self, sensitive):
        platform, door = adapter(QUOTA, MADE, FINISHED)
        shown = replace(picture(), url="https://media.example/a.png")
        platform.prepare(post(media=(shown,), sensitive=sensitive), KEY)
        assert door.calls[1].data.get("is_spoiler_media") == ("true" if sensitive else None)

    def test_the_config_s_topic_is_of_every_post(self):
        platform, door = adapter(QUOTA, MADE, FINISHED, topic="Lisbon news")
        platform.prepare(post(), KEY)
        assert door.calls[1].data["topic_tag"] == "Lisbon news"

    def test_a_container_in_progress_is_waited_for_without_a_second_one(self):
        platform, door = adapter(QUOTA, MADE, state("IN_PROGRESS"), FINISHED)
        with pytest.raises(NotReady) as caught:
            platform.prepare(post(), KEY)
        assert caught.value.retry_after == 5
        assert platform.prepare(post(), KEY, caught.value.prepared)["container"] == "c1"
        assert [call.method for call in door.calls] == ["GET", "POST", "GET", "GET"]

    @pytest.mark.parametrize(
        ("media", "kind"),
        [((), Unavailable), ((replace(picture(), url="https://media.example/a.png"),), PictureRefused)],
    )
    def test_a_container_that_never_finishes_is_given_up_after_four_minutes(self, media, kind):
        platform, _ = adapter(QUOTA, MADE, *[state("IN_PROGRESS")] * 8)
        left, waited = None, 0
        for _ in range(7):
            with pytest.raises(NotReady) as caught:
                platform.prepare(post(media=media), KEY, left)
            left, waited = caught.value.prepared, waited + caught.value.retry_after
        assert 200 <= waited <= 300
        with pytest.raises(kind, match="IN_PROGRESS") as ended:
            platform.prepare(post(media=media), KEY, left)
        assert type(ended.value) is kind

    @pytest.mark.parametrize(
        ("media", "kind"),
        [((), Unavailable), ((replace(picture(), url="https://media.example/a.png"),), PictureRefused)],
    )
    def test_a_container_in_error_ends_with_the_network_s_word(self, media, kind):
        platform, _ = adapter(QUOTA, MADE, state("ERROR", error_message="UNKNOWN"))
        with pytest.raises(kind, match="ERROR: UNKNOWN") as caught:
            platform.prepare(post(media=media), KEY)
        assert type(caught.value) is kind

    @pytest.mark.parametrize("gone", [state("EXPIRED"), LOST, refusal(100, 33)])
    def test_a_container_that_expired_is_made_again(self, gone):
        platform, _ = adapter(QUOTA, MADE, gone, (200, {"id": "c2"}), FINISHED)
        with pytest.raises(NotReady) as caught:
            platform.prepare(post(), KEY)
        assert platform.prepare(post(), KEY, caught.value.prepared)["container"] == "c2"

    def test_a_lost_container_is_asked_about_and_its_successor_settles_for_half_a_minute(self):
        platform, door = adapter(LOST, LOST, (200, {"id": "c2"}), FINISHED)
        with pytest.raises(NotReady) as caught:
            platform.commit(draft(), KEY)
        with pytest.raises(NotReady, match="settles") as again:
            platform.prepare(post(), KEY, caught.value.prepared)
        assert again.value.retry_after == 30
        made = platform.prepare(post(), KEY, again.value.prepared)
        assert (made["container"], made["rounds"]) == ("c2", 1)
        assert [call.url.rpartition("/")[2] for call in door.calls] == ["threads_publish", "c1", "threads", "c2"]

    def test_after_three_successors_it_waits_as_for_any_failure(self):
        platform, _ = adapter(LOST)
        with pytest.raises(Unavailable, match="so were 3 others"):
            platform.commit(draft(rounds=3), KEY)

    def test_a_container_may_be_published_for_23_hours(self):
        platform, _ = adapter(QUOTA, MADE, FINISHED)
        story = post()
        ends = datetime.fromisoformat(platform.prepare(story, KEY)["expires_at"])
        assert ends - story.at == timedelta(hours=23)

    def test_a_spent_quota_makes_no_container(self):
        spent = (200, {"data": [{"quota_usage": 250, "config": {"quota_total": 250}}]})
        platform, door = adapter(spent)
        with pytest.raises(RateLimited, match="250 posts in 24 hours") as caught:
            platform.prepare(post(), KEY)
        assert (caught.value.capped, caught.value.retry_after) == (True, 3600)
        assert len(door.calls) == 1

    def test_replies_have_a_quota_of_their_own(self):
        platform, door = adapter((200, {"data": [{"reply_quota_usage": 1}]}), MADE, FINISHED)
        platform.prepare(post(reply_to=Receipt("p0", None)), KEY)
        assert door.calls[0].params == {"fields": "reply_quota_usage,reply_config"}
        assert door.calls[1].data["reply_to_id"] == "p0"

    @pytest.mark.parametrize("answer", [refusal(1, status=500), refusal(100), (200, {"data": []}), (200, {})])
    def test_a_quota_that_nobody_tells_stops_nothing(self, answer):
        platform, _ = adapter(answer, MADE, FINISHED)
        assert platform.prepare(post(), KEY)["container"] == "c1"

    def test_a_picture_without_an_address_asks_for_the_setting(self):
        platform, door = adapter(QUOTA)
        with pytest.raises(PictureRefused, match="public address") as caught:
            platform.prepare(illustrated(), KEY)
        assert (caught.value.smaller, "set media" in caught.value.hint) == (False, True)
        assert len(door.calls) == 1
