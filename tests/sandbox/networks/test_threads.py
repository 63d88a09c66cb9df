from __future__ import annotations

import pytest

from syndicate.sandbox import Sandbox
from syndicate.testing.stories import picture
from tests.worlds.client import Client
from tests.worlds.picture_host import PictureHost

TOKEN = {"Authorization": "Bearer token"}
AT = "/graph.threads.net/v1.0"
LINK = "https://gazette.example/a"


@pytest.fixture
def make(client):
    def call(text="A bridge opens", headers=TOKEN, **fields):
        form = {"media_type": "TEXT", "text": text} | fields
        return client("POST", f"{AT}/me/threads", form=form, headers=headers)

    return call


@pytest.fixture
def publish(client):
    def call(number):
        return client("POST", f"{AT}/me/threads_publish", form={"creation_id": number}, headers=TOKEN)

    return call


@pytest.fixture
def host():
    made = PictureHost()
    yield made
    made.close()


def state(client, number):
    query = {"fields": "id,status,error_message"}
    return client("GET", f"{AT}/{number}", query=query, headers=TOKEN).json


def code(got):
    return got.status, got.json["error"]["code"], got.json["error"].get("error_subcode")


def test_a_container_is_not_seen_before_it_is_published(client, sandbox, make, publish):
    number = make(link_attachment=LINK).json["id"]
    assert sandbox.posts() == []
    assert state(client, number) == {"id": number, "status": "FINISHED"}
    posted = publish(number).json["id"]
    [shown] = sandbox.posts()
    assert (shown["id"], shown["text"], shown["card"]["url"]) == (posted, "A bridge opens", LINK)
    assert state(client, number)["status"] == "PUBLISHED"


def test_a_container_is_published_once(sandbox, make, publish):
    number = make().json["id"]
    publish(number)
    assert code(publish(number)) == (400, 24, 4279009)
    assert len(sandbox.posts()) == 1


def test_a_container_that_is_still_processed_is_not_found_while_publishing(time):
    with Sandbox(clock=time, quirks={"threads": {"processing": 2}}) as sandbox:
        client = Client(sandbox.url)
        form = {"media_type": "TEXT", "text": "A"}
        number = client("POST", f"{AT}/me/threads", form=form, headers=TOKEN).json["id"]
        publishing = {"form": {"creation_id": number}, "headers": TOKEN}
        assert code(client("POST", f"{AT}/me/threads_publish", **publishing)) == (400, 24, 4279009)
        assert [state(client, number)["status"] for _ in range(3)] == ["IN_PROGRESS", "IN_PROGRESS", "FINISHED"]
        assert client("POST", f"{AT}/me/threads_publish", **publishing).status == 200
        client.close()


def test_a_container_in_error_says_so_and_cannot_be_published(time):
    with Sandbox(clock=time, quirks={"threads": {"outcome": "ERROR"}}) as sandbox:
        client = Client(sandbox.url)
        form = {"media_type": "TEXT", "text": "A"}
        number = client("POST", f"{AT}/me/threads", form=form, headers=TOKEN).json["id"]
        assert state(client, number) == {"id": number, "status": "ERROR", "error_message": "UNKNOWN"}
        publishing = {"form": {"creation_id": number}, "headers": TOKEN}
        assert code(client("POST", f"{AT}/me/threads_publish", **publishing)) == (400, 24, 4279009)
        client.close()


def test_a_container_expires_after_a_day(client, make, publish, time):
    number = make().json["id"]
    time.now += 86_400
    assert state(client, number)["status"] == "EXPIRED"
    assert code(publish(number)) == (400, 24, 4279009)


@pytest.mark.parametrize(("text", "status"), [("é" * 250, 200), ("é" * 250 + "a", 400), ("“" * 167, 400)])
def test_a_text_has_500_bytes(make, text, status):
    assert make(text).status == status


@pytest.mark.parametrize(("links", "status"), [(5, 200), (6, 400)])
def test_a_text_has_five_links(make, links, status):
    text = " ".join(f"https://a.example/{number}" for number in range(links))
    assert make(text).status == status
    assert make(f"{text} https://a.example/0").status == status  # the same one again counts once


@pytest.mark.parametrize(
    "fields",
    [
        {"text": ""},
        {"media_type": "STORY"},
        {"reply_control": "nobody"},
        {"topic_tag": "a.b"},
        {"topic_tag": "x" * 51},
        {"link_attachment": "gazette"},
        {"reply_to_id": "1"},
        {"media_type": "CAROUSEL", "children": "1"},
        {"media_type": "CAROUSEL", "children": "1,2"},
    ],
)
def test_what_threads_does_not_take_is_refused(make, fields):
    assert make(**{"text": "A"} | fields).status == 400


def test_a_picture_is_fetched_from_its_address(sandbox, make, publish, host):
    shot = host.put(picture(12))
    form = {"media_type": "IMAGE", "image_url": shot.url, "alt_text": "A bridge"}
    publish(make(**form).json["id"])
    [shown] = sandbox.posts()[0]["media"]
    assert (shown["width"], shown["alt"], shown["bytes"]) == (12, "A bridge", len(shot.data))
    assert code(make(**form | {"image_url": f"{host.url}/lost.png"})) == (400, 9004, 2207052)


def test_a_picture_elsewhere_is_believed(make):
    assert make(media_type="IMAGE", image_url="https://media.example/a.png").status == 200


def test_the_quota_is_of_24_hours(client, make, publish, time):
    numbers = [make(f"Story {each}").json["id"] for each in range(251)]
    assert {publish(number).status for number in numbers[:250]} == {200}
    assert code(publish(numbers[250])) == (400, 9, 2207042)
    query = {"fields": "quota_usage,config,delete_quota_usage"}
    [said] = client("GET", f"{AT}/me/threads_publishing_limit", query=query, headers=TOKEN).json["data"]
    assert (said["quota_usage"], said["config"]["quota_total"], said["delete_quota_usage"]) == (250, 250, 0)
    time.now += 86_400
    assert publish(make("Tomorrow").json["id"]).status == 200


def test_a_post_can_be_deleted_once_and_is_gone_with_its_container(client, sandbox, make, publish):
    container = make().json["id"]
    number = publish(container).json["id"]
    assert client("DELETE", f"{AT}/{number}", headers=TOKEN).json == {"success": True, "deleted_id": number}
    assert code(client("DELETE", f"{AT}/{number}", headers=TOKEN)) == (400, 24, 4279009)
    assert sandbox.posts() == []
    assert code(client("GET", f"{AT}/{container}", headers=TOKEN)) == (400, 24, 4279009)


def test_without_a_token_the_code_is_104_and_a_dead_one_is_190(make):
    assert code(make(headers={}))[:2] == (400, 104)
    assert code(make(headers={"Authorization": "Bearer dead"})) == (400, 190, 463)
