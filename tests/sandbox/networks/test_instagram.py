from __future__ import annotations

import pytest

from syndicate.sandbox import Sandbox
from syndicate.testing.stories import picture
from tests.worlds.client import Client
from tests.worlds.instagram import jpeg
from tests.worlds.picture_host import PictureHost

TOKEN = {"Authorization": "Bearer token"}
AT = "/graph.instagram.com/v25.0"
SHOT = "https://media.example/a.jpg"


@pytest.fixture
def make(client):
    def call(caption="A bridge opens", headers=TOKEN, **fields):
        form = {"image_url": SHOT, "caption": caption} | fields
        return client("POST", f"{AT}/me/media", form=form, headers=headers)

    return call


@pytest.fixture
def publish(client):
    def call(number):
        return client("POST", f"{AT}/me/media_publish", form={"creation_id": number}, headers=TOKEN)

    return call


@pytest.fixture
def host():
    made = PictureHost()
    yield made
    made.close()


def state(client, number):
    return client("GET", f"{AT}/{number}", query={"fields": "status_code"}, headers=TOKEN).json["status_code"]


def code(got):
    return got.status, got.json["error"]["code"], got.json["error"].get("error_subcode")


def test_a_container_is_not_seen_before_it_is_published_and_once(client, sandbox, make, publish):
    number = make().json["id"]
    assert sandbox.posts() == []
    assert state(client, number) == "FINISHED"
    posted = publish(number).json["id"]
    assert code(publish(number)) == (400, 9007, 2207027)
    assert [shown["id"] for shown in sandbox.posts()] == [posted]
    assert state(client, number) == "PUBLISHED"


def test_a_container_in_progress_is_not_ready(time):
    with Sandbox(clock=time, quirks={"instagram": {"processing": None}}) as sandbox:
        client = Client(sandbox.url)
        number = client("POST", f"{AT}/me/media", form={"image_url": SHOT}, headers=TOKEN).json["id"]
        assert {state(client, number) for _ in range(9)} == {"IN_PROGRESS"}
        publishing = {"form": {"creation_id": number}, "headers": TOKEN}
        assert code(client("POST", f"{AT}/me/media_publish", **publishing)) == (400, 9007, 2207027)
        client.close()


def test_a_container_that_is_not_there_or_has_expired(client, make, publish, time):
    assert code(publish("1")) == (400, 24, 2207008)
    number = make().json["id"]
    time.now += 86_400
    assert state(client, number) == "EXPIRED"
    assert code(publish(number)) == (400, 9007, 2207027)


@pytest.mark.parametrize(
    ("caption", "status"),
    [
        ("ü" * 2200, 200),
        ("ü" * 2201, 400),
        (" ".join(["#a"] * 30), 200),
        (" ".join(["#a"] * 31), 400),
        (" ".join(["@a"] * 20), 200),
        (" ".join(["@a"] * 21), 400),
    ],
)
def test_a_caption_has_its_limits(make, caption, status):
    assert make(caption).status == status


def test_a_post_needs_a_picture(make):
    assert make(image_url="").status == 400


def test_a_picture_is_a_jpeg_of_a_shape_between_4_to_5_and_1_91_to_1(sandbox, make, publish, host):
    publish(make(image_url=host.put(jpeg(picture())).url, alt_text="A bridge").json["id"])
    [shown] = sandbox.posts()[0]["media"]
    assert (shown["mime"], shown["alt"]) == ("image/jpeg", "A bridge")
    assert code(make(image_url=host.put(picture()).url)) == (400, 36001, 2207005)
    assert code(make(image_url=f"{host.url}/lost.jpg")) == (400, 9004, 2207052)


def test_a_carousel_has_its_items_pictures(sandbox, make, publish):
    items = [make(is_carousel_item="true", caption="", alt_text=alt).json["id"] for alt in "ab"]
    whole = make(media_type="CAROUSEL", children=",".join(items), image_url="").json["id"]
    publish(whole)
    assert [each["alt"] for each in sandbox.posts()[0]["media"]] == ["a", "b"]
    assert code(publish(items[0])) == (400, 24, 2207008)


def test_the_quota_is_read_and_kept(time):
    with Sandbox(clock=time, quirks={"instagram": {"quota": 1}}) as sandbox:
        client = Client(sandbox.url)

        def posted():
            number = client("POST", f"{AT}/me/media", form={"image_url": SHOT}, headers=TOKEN).json["id"]
            return client("POST", f"{AT}/me/media_publish", form={"creation_id": number}, headers=TOKEN)

        assert posted().status == 200
        assert code(posted()) == (400, 9, 2207042)
        [said] = client("GET", f"{AT}/me/content_publishing_limit", headers=TOKEN).json["data"]
        assert (said["quota_usage"], said["config"]["quota_total"]) == (1, 1)
        client.close()


def test_a_comment_is_listed_below_its_post(client, make, publish):
    number = publish(make().json["id"]).json["id"]
    said = client("POST", f"{AT}/{number}/comments", form={"message": "More"}, headers=TOKEN).json["id"]
    query = {"fields": "id,text"}
    listed = client("GET", f"{AT}/{number}/comments", query=query, headers=TOKEN).json["data"]
    assert listed == [{"id": said, "text": "More"}]
    assert client("POST", f"{AT}/1/comments", form={"message": "More"}, headers=TOKEN).status == 400
