"""Pictures get an address at which networks fetch them, and are removed a day later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.app.hosting import Hosting, hosting
from syndicate.config.schema import MediaConfig
from syndicate.errors import Unavailable
from syndicate.model import Media, Post
from syndicate.net.http import RequestsHttp
from tests.worlds.bucket import ACCESS, SECRET, Bucket

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
PICTURES = tuple(Media(data, "image/jpeg", 1, 1, "A bridge") for data in (b"one", b"two"))
POST = Post("A text", None, (), PICTURES, None, "en", NOON, NOON, {})
BASE = "https://gazette.example/social"


class Host:
    """Remembers what it was asked."""

    def __init__(self):
        self.asked, self.fail = [], False

    def put(self, name, data, mime):
        self.asked.append(("put", data))
        if self.fail:
            raise Unavailable("media: it is full")

    def remove(self, name):
        self.asked.append(("remove", name))
        if self.fail:
            raise Unavailable("media: it is down")


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def hosts(host, ledger):
    return Hosting(MediaConfig(f"{BASE}/"), host, ledger)


def test_each_picture_gets_an_address_made_of_its_bytes(hosts):
    urls = [media.url for media in hosts.hosted(POST).media]
    assert urls == [f"{BASE}/{media.file}" for media in PICTURES]


def test_a_picture_is_put_there_once_in_half_a_day(hosts, host, clock):
    hosts.hosted(POST)
    hosts.hosted(POST)
    assert host.asked == [("put", b"one"), ("put", b"two")]
    clock.now += timedelta(hours=13)
    hosts.hosted(POST)
    assert len(host.asked) == 4


def test_a_picture_that_could_not_be_put_there_is_put_again(hosts, host):
    host.fail = True
    with pytest.raises(Unavailable, match="full"):
        hosts.hosted(POST)
    host.fail = False
    hosts.hosted(POST)
    assert host.asked == [("put", b"one"), ("put", b"one"), ("put", b"two")]


def test_pictures_are_removed_after_a_day_also_where_the_first_time_fails(hosts, host, clock):
    hosts.hosted(POST)
    host.asked.clear()
    hosts.sweep()
    clock.now += timedelta(hours=25)
    host.fail = True
    with pytest.raises(Unavailable, match="down"):
        hosts.sweep()
    host.fail = False
    host.asked.clear()
    hosts.sweep()
    hosts.sweep()
    assert sorted(host.asked) == sorted(("remove", media.file) for media in PICTURES)


def test_a_picture_that_is_used_again_stays_a_day_longer(hosts, host, clock):
    hosts.hosted(POST)
    clock.now += timedelta(hours=20)
    hosts.hosted(POST)
    clock.now += timedelta(hours=5)
    host.asked.clear()
    hosts.sweep()
    assert host.asked == []


def test_a_dry_run_knows_the_addresses_and_puts_nothing_anywhere(ledger):
    dry = hosting(MediaConfig(BASE, folder=Path("/nowhere")), ledger, lambda: None, real=False)
    assert [media.url for media in dry.hosted(POST).media] == [f"{BASE}/{media.file}" for media in PICTURES]
    dry.sweep()


def test_without_the_setting_there_is_nothing(ledger):
    assert hosting(None, ledger, lambda: None, real=True) is None


@pytest.fixture
def bucket():
    opened = Bucket()
    yield opened
    opened.close()


@pytest.fixture
def http():
    door = RequestsHttp(clock=lambda: datetime.now(UTC))
    yield door
    door.close()


def of_a_bucket(bucket, ledger, http, url):
    from syndicate.config.schema import Bucket as Settings

    settings = MediaConfig(url, s3=Settings(f"{bucket.url}/", "gazette", ACCESS, SECRET, prefix="/social/"))
    return hosting(settings, ledger, lambda: http, real=True)


def test_a_check_puts_fetches_and_removes_a_picture_each_time(bucket, ledger, http):
    for _ in range(2):
        of_a_bucket(bucket, ledger, http, f"{bucket.url}/gazette/social").check(http)
    assert (bucket.objects, bucket.refused) == ({}, [])


def test_a_check_says_where_it_looked_in_vain_and_still_removes_the_picture(bucket, ledger, http):
    with pytest.raises(Unavailable, match=r"media: .*/elsewhere/\w+\.png answers 404") as caught:
        of_a_bucket(bucket, ledger, http, f"{bucket.url}/elsewhere").check(http)
    assert "media.url" in caught.value.hint
    assert bucket.objects == {}
