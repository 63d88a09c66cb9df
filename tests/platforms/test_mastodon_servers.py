"""The less usual of Mastodon's servers: pictures that take long, limits not stated, edits and deletions refused."""

from __future__ import annotations

import pytest

from syndicate.errors import AuthError, NotReady, PictureRefused, Rejected, Unavailable, Uncertain
from syndicate.model import Receipt, Secret
from syndicate.platforms import mastodon
from syndicate.testing import KEY, LINK, Held, Recorded, illustrated, picture, post

STATUS = (200, {"id": "1", "url": "u"})


def masto(*replies, **options):
    door = Recorded(*replies)
    return mastodon.Mastodon(mastodon.Options("https://social.example", Secret("s"), **options), door, Held()), door


@pytest.mark.parametrize(
    ("looks", "wait"), [(None, 5), (1, 10), (2, 20), (3, 40), (4, 80), (5, 120), (8, 120), (9, None), (10, None)]
)
def test_a_picture_in_the_works_is_looked_at_after_twice_the_time_ten_times(looks, wait):
    story = illustrated()
    name = f"{story.media[0].file} A bridge in fog"
    left = {"media": {name: {"id": "5", "ready": False}}} | ({"looks": looks} if looks else {})
    platform, _ = masto((206, {"id": "5"}))
    with pytest.raises(NotReady if wait else PictureRefused) as caught:
        platform.prepare(story, KEY, left)
    if wait:
        assert caught.value.retry_after == wait
        assert caught.value.prepared == left | {"looks": (looks or 0) + 1}
        assert str(caught.value) == "mastodon: a picture is still being processed"
    else:
        assert caught.value.smaller
        assert str(caught.value) == "mastodon: a picture is not processed by the server, look after look"


@pytest.mark.parametrize(("looks", "kind"), [(None, NotReady), (9, NotReady), (10, PictureRefused)])
def test_a_status_that_finds_its_picture_unprocessed_goes_on_counting_looks(looks, kind):
    draft = masto()[0].prepare(post(), KEY) | {"media_ids": ["5"], "uploads": {"f a": "5"}}
    draft = {name: value for name, value in draft.items() if name != "looks"} | ({"looks": looks} if looks else {})
    platform, _ = masto((422, {"error": "has not been processed"}))
    with pytest.raises(kind) as caught:
        platform.commit(draft, KEY)
    if kind is NotReady:
        assert caught.value.prepared == {"media": {"f a": {"id": "5", "ready": False}}, "looks": looks or 1}


@pytest.mark.parametrize(
    ("replies", "paths", "outcome"),
    [
        ([(200, {"id": 5})], ["v2"], "5"),
        ([(404, ""), (200, {"id": "5"})], ["v2", "v1"], "5"),
        ([(405, ""), (200, {"id": "5"})], ["v2", "v1"], "5"),
        ([(404, ""), (405, "")], ["v2", "v1"], PictureRefused),
        ([(406, {"error": "no"})], ["v2"], PictureRefused),
        ([(403, {"error": "no"})], ["v2"], AuthError),
        ([(200, {})], ["v2"], Uncertain),
    ],
)
def test_a_picture_goes_to_the_second_version_of_uploads_else_to_the_first(replies, paths, outcome):
    platform, door = masto(*replies)
    if isinstance(outcome, str):
        assert platform.prepare(illustrated(), KEY)["media_ids"] == [outcome]
    else:
        with pytest.raises(outcome):
            platform.prepare(illustrated(), KEY)
    assert [call.url for call in door.calls] == [f"https://social.example/api/{path}/media" for path in paths]


@pytest.mark.parametrize(("status", "ready"), [(200, True), (201, True), (206, False), (202, True)])
def test_an_upload_is_ready_unless_the_server_says_otherwise(status, ready):
    story = illustrated()
    left = {"media": {f"{story.media[0].file} A bridge in fog": {"id": "5", "ready": False}}, "looks": 1}
    platform, _ = masto((status, {"id": "5"}))
    if ready:
        assert platform.prepare(story, KEY, left)["media_ids"] == ["5"]
    else:
        with pytest.raises(NotReady):
            platform.prepare(story, KEY, left)


@pytest.mark.parametrize(("media", "kind"), [(["5"], PictureRefused), ([], Unavailable)])
def test_a_status_that_is_not_found_misses_its_uploads(media, kind):
    platform, _ = masto((404, {"error": "Record not found"}))
    with pytest.raises(kind) as caught:
        platform.commit(masto()[0].prepare(post(), KEY) | {"media_ids": media}, KEY)
    assert type(caught.value) is kind


def test_two_pictures_are_told_apart_by_bytes_and_description():
    platform, door = masto((200, {"id": "5"}), (200, {"id": "6"}), (200, {"id": "7"}))
    story = post(media=(picture(1, alt="a"), picture(1, alt="b"), picture(2, alt="a")))
    assert platform.prepare(story, KEY)["media_ids"] == ["5", "6", "7"]
    assert [call.data for call in door.calls] == [{"description": each} for each in "aba"]


@pytest.mark.parametrize(
    ("replies", "urls", "limits"),
    [
        ([(200, {"configuration": {"statuses": {"max_characters": 9}}})], ["v2"], {"text": 9}),
        ([(200, {"configuration": {"statuses": {"max_characters": "9"}}})], ["v2"], {}),
        ([(200, {"configuration": {"statuses": None, "media_attachments": None}})], ["v2"], {}),
        ([(200, {"configuration": []})], ["v2"], {}),
        ([(200, {})], ["v2"], {}),
        ([(404, ""), (404, {"configuration": {"statuses": {"max_characters": 9}}})], ["v2", "v1"], {}),
        ([(201, {}), (200, {"configuration": {"media_attachments": {"image_size_limit": 5}}})], ["v2", "v1"], 5),
        ([(401, "")], ["v2"], AuthError),
        ([(429, "")], ["v2"], Exception),
        ([(200, {"configuration": {"statuses": {"characters_reserved_per_url": 30}}})], ["v2"], {}),
    ],
)
def test_a_server_states_its_limits_as_far_as_it_does(replies, urls, limits):
    platform, door = masto((200, {"id": 7, "acct": "g"}), *replies, (404, ""))
    if isinstance(limits, type):
        with pytest.raises(limits, match="instance: HTTP 4"):
            platform.verify()
    else:
        found = platform.verify()
        assert found.limits == ({"image_bytes": 5} if limits == 5 else limits)
        assert (found.id, found.name, found.url) == ("7", "@g", None)
    stated = [call for call in door.calls[1:] if "nodeinfo" not in call.url]
    assert [call.url for call in stated] == [f"https://social.example/api/{each}/instance" for each in urls]
    assert {call.headers["Authorization"] for call in stated} == {"Bearer s"}


@pytest.mark.parametrize(("reserved", "text"), [(22, 500), (23, 500), (24, 499), (None, 500), ("30", 500)])
def test_an_address_that_counts_more_leaves_less_for_words(reserved, text):
    statuses = {"max_characters": 500, "characters_reserved_per_url": reserved}
    platform, _ = masto((200, {"id": 7, "acct": "g"}), (200, {"configuration": {"statuses": statuses}}), (404, ""))
    assert platform.verify().limits == {"text": text}


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ({"media_attachments": None}, {}),
        ({"spoiler_text": "", "sensitive": False}, {}),
        ({"spoiler_text": "Bridges", "sensitive": True}, {"spoiler_text": "Bridges", "sensitive": True}),
        (
            {"media_attachments": [{"id": "5", "description": "d"}, {"id": None}]},
            {"media_ids": ["5"], "media_attributes": [{"id": "5", "description": "d"}]},
        ),
    ],
)
def test_an_edit_says_what_the_status_has(said, sent):
    platform, door = masto((200, said), STATUS)
    receipt = Receipt("1", "old", {"a": 1})
    assert platform.edit(receipt, post("New", language=None)) == Receipt("1", "u", {"a": 1})
    assert door.calls[1].json == {"status": "New"} | sent
    platform, _ = masto((200, said), (200, {"id": "1"}))
    assert platform.edit(receipt, post("New")).permalink == "old"


@pytest.mark.parametrize("step", [0, 1])
def test_an_edit_that_is_refused_is_told(step):
    platform, _ = masto(*[STATUS] * step, (404, {"error": "Record not found"}))
    with pytest.raises(Rejected, match=["status: HTTP 404", "editing a status: HTTP 404"][step]):
        platform.edit(Receipt("1", None), post())


@pytest.mark.parametrize(
    ("address", "api_url", "number"),
    [
        ("https://social.example/@g/12", None, "12"),
        ("https://social.example/@g/12/?a=b", None, "12"),
        ("http://127.0.0.1:8/@g/12", "http://127.0.0.1:8", "12"),
        ("https://social.example/@g/12", "http://127.0.0.1:8", "12"),
        ("https://other.example/@g/12", None, None),
        ("https://social.example/@g/12a", None, None),
        ("https://social.example/@g/12/embed", None, None),
    ],
)
def test_a_number_is_read_from_an_address_of_this_server(address, api_url, number):
    platform, door = masto((200, {}), api_url=api_url)
    if number:
        platform.delete(Receipt(address, None))
        assert door.calls[0].url.endswith(f"/api/v1/statuses/{number}")
    else:
        with pytest.raises(Rejected, match=r"does not say which status it is; change it on the server itself"):
            platform.delete(Receipt(address, None))


def test_a_deletion_that_is_refused_is_told():
    for reply in ((403, {"error": "no"}), (500, "")):
        platform, _ = masto(reply)
        with pytest.raises(Exception, match=r"refuses the token|removing a status: HTTP 500"):
            platform.delete(Receipt("1", None))


def test_a_draft_without_pictures_lasts_for_ever_and_its_link_is_what_is_in_the_text():
    assert "expires_at" not in masto()[0].prepare(post(), KEY)
    for text, link, kept in ((f"A {LINK}", LINK, LINK), ("A", LINK, None), ("A", None, None), ("A", "", None)):
        assert masto()[0].prepare(post(text, link=link), KEY)["link"] == kept
