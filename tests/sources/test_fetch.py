from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.errors import SourceError
from syndicate.model import PollHints, Validators
from syndicate.sources.feed import FeedSource

FEED = b"<rss><channel><item><title>One</title><link>/1</link></item></channel></rss>"
HASH = hashlib.sha256(FEED).hexdigest()
ETAG = 'W/"odd, but ours"'
MODIFIED = "Thu, 01 Jan 1970 00:00:00 +0100 or so"


@pytest.fixture
def feed(server, http):
    return FeedSource("news", f"{server.url}/rss.xml", http)


def test_the_first_visit_asks_without_conditions_and_says_what_it_reads(feed, server):
    server.answer = (200, {"ETag": ETAG, "Last-Modified": MODIFIED}, FEED)
    fetched = feed.fetch(Validators())
    assert "if-none-match" not in server.asked[0]
    assert "if-modified-since" not in server.asked[0]
    assert server.asked[0]["accept"].startswith("application/rss+xml, application/atom+xml")
    assert replace(fetched.validators, place=None) == Validators(ETAG, MODIFIED, HASH)
    assert (fetched.modified, fetched.entries) == (True, 1)
    assert fetched.articles[0].url == f"{server.url}/1"


def test_validators_go_back_exactly_as_they_came(feed, server):
    server.answer = (304, {}, b"")
    fetched = feed.fetch(Validators(ETAG, MODIFIED, HASH))
    assert (server.asked[0]["if-none-match"], server.asked[0]["if-modified-since"]) == (ETAG, MODIFIED)
    assert (fetched.modified, fetched.articles) == (False, ())
    assert fetched.validators == Validators(ETAG, MODIFIED, HASH)


def test_an_answer_of_unchanged_may_bring_newer_validators(feed, server):
    server.answer = (304, {"ETag": '"new"'}, b"")
    assert feed.fetch(Validators(ETAG, MODIFIED, HASH)).validators == Validators('"new"', MODIFIED, HASH)


def test_unchanged_without_having_been_asked_is_an_error(feed, server):
    server.answer = (304, {}, b"")
    with pytest.raises(SourceError, match="answers 304"):
        feed.fetch(Validators())


def test_the_same_body_again_is_not_modified(feed, server):
    server.answer = (200, {"ETag": '"2"'}, FEED)
    fetched = feed.fetch(Validators('"1"', None, HASH))
    assert (fetched.modified, fetched.articles) == (False, ())
    assert replace(fetched.validators, place=None) == Validators('"2"', None, HASH)


def test_validators_of_what_is_no_feed_are_never_learnt(feed, server):
    server.answer = (200, {"ETag": '"page"'}, b"<!doctype html><title>Be right back</title>")
    with pytest.raises(SourceError, match="is an HTML page, not a feed"):
        feed.fetch(Validators(ETAG, MODIFIED, HASH))


@pytest.mark.parametrize(
    ("body", "words", "hint"),
    [
        (b'{"error": "no"}', "a JSON document", "give the address of the feed"),
        (b'{"posts": [], "meta": {}}', "Ghost's list of posts", "use it as a source of type ghost"),
        (b'[{"title": {"rendered": "x"}}]', "WordPress's list of posts", "use it as a source of type wordpress"),
        (b'{"uri": "urn:1", "headline": "x"}', "ninjs", "use it as a source of type ninjs"),
        (b'{"url": "https://gazette.example/1"}', "a list of articles", "use it as a source of type jsonl"),
    ],
)
def test_json_that_is_no_feed_is_called_by_its_name(feed, server, body, words, hint):
    server.answer = (200, {"Content-Type": "application/json"}, body)
    with pytest.raises(SourceError) as caught:
        feed.fetch(Validators())
    assert (str(caught.value), caught.value.hint) == (f"{server.url}/rss.xml is {words}, not a feed", hint)


def test_a_document_that_was_cut_off_keeps_the_old_validators(feed, server):
    server.answer = (200, {"ETag": '"half"'}, FEED[: FEED.index(b"</channel>")] + b"<item><title>Tw")
    before = Validators('"whole"', None, HASH)
    fetched = feed.fetch(before)
    assert [article.title for article in fetched.articles] == ["One"]
    assert fetched.validators == before


def test_a_feed_without_entries_is_no_error_here(feed, server):
    server.answer = (200, {}, b"<rss><channel/></rss>")
    fetched = feed.fetch(Validators())
    assert (fetched.modified, fetched.entries, fetched.articles) == (True, 0, ())


def test_a_redirect_that_never_ends_is_an_error(feed, server):
    server.answer = (302, {"Location": "/elsewhere/rss.xml"}, b"")
    with pytest.raises(SourceError):
        feed.fetch(Validators())


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "answers 401 (Unauthorized)"),
        (403, "answers 403 (Forbidden)"),
        (404, "answers 404 (Not Found)"),
        (418, "answers 418"),
        (500, "answers 500 (Internal Server Error)"),
        (502, "answers 502 (Bad Gateway)"),
        (204, "answers 204 (No Content)"),
        (599, "answers 599"),
    ],
)
def test_every_other_status_is_said_in_words(feed, server, status, words):
    server.answer = (status, {"Retry-After": "60"}, b"")
    with pytest.raises(SourceError) as caught:
        feed.fetch(Validators())
    assert str(caught.value).startswith(f"{server.url}/rss.xml {words}")
    assert (caught.value.gone, caught.value.retry_after) == (False, None)


def test_gone_for_good_says_so(feed, server):
    server.answer = (410, {}, b"")
    with pytest.raises(SourceError) as caught:
        feed.fetch(Validators())
    assert caught.value.gone


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("header", "seconds"), [("120", 120.0), ("Mon, 23 Nov 2026 12:01:00 GMT", 60.0), (None, None)])
def test_a_server_says_when_to_come_again(feed, server, status, header, seconds):
    server.answer = (status, {"Retry-After": header} if header else {}, b"")
    with pytest.raises(SourceError) as caught:
        feed.fetch(Validators())
    assert caught.value.retry_after == seconds


def test_no_answer_is_a_source_error(feed, server):
    server.answer = None
    with pytest.raises(SourceError, match="cannot be read"):
        feed.fetch(Validators())


def test_an_unreachable_server_is_a_source_error(http, server):
    url = server.url
    source = FeedSource("news", f"{url}/rss.xml", http)
    server.close()
    with pytest.raises(SourceError, match="cannot be read"):
        source.fetch(Validators())


def test_a_login_in_the_address_is_not_shown(http, server):
    server.answer = (404, {}, b"")
    address = server.url.replace("http://", "http://me:secret@")
    with pytest.raises(SourceError) as caught:
        FeedSource("news", f"{address}/rss.xml", http).fetch(Validators())
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "interval"),
    [
        ({"Cache-Control": "public, max-age=600"}, timedelta(minutes=10)),
        ({"Cache-Control": "max-age=600", "Expires": "Mon, 23 Nov 2026 13:00:00 GMT"}, timedelta(minutes=10)),
        ({"Expires": "Mon, 23 Nov 2026 13:00:00 GMT"}, timedelta(hours=1)),
        ({"Expires": "Mon, 23 Nov 2026 11:00:00 GMT"}, None),
        ({"Expires": "0"}, None),
        ({"Cache-Control": "no-cache", "Expires": "Mon, 23 Nov 2026 13:00:00 GMT"}, None),
        ({"Cache-Control": "max-age=0"}, None),
        ({"Cache-Control": "max-age=999999999"}, timedelta(days=1)),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_stays_good(feed, server, headers, interval):
    server.answer = (200, headers, FEED)
    assert feed.fetch(Validators()).interval == interval
    server.answer = (304, headers, b"")
    assert feed.fetch(Validators(ETAG)).interval == interval


@pytest.mark.parametrize(
    ("said", "interval"),
    [
        ("<ttl>30</ttl>", timedelta(minutes=30)),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", timedelta(days=1)),
        (
            "<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(minutes=15),
        ),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        ("<ttl>999999</ttl>", timedelta(days=1)),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", timedelta(days=1)),
    ],
)
def test_how_often_a_feed_wants_to_be_asked(feed, server, said, interval):
    body = f'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>{said}</channel></rss>'
    server.answer = (200, {}, body.encode())
    assert feed.fetch(Validators()).interval == interval


def test_the_longer_wish_counts(feed, server):
    server.answer = (200, {"Cache-Control": "max-age=600"}, b"<rss><channel><ttl>30</ttl></channel></rss>")
    assert feed.fetch(Validators()).interval == timedelta(minutes=30)


def test_http_says_what_the_characters_are(feed, server):
    body = "<rss><channel><item><title>мост</title></item></channel></rss>".encode("koi8-r")
    server.answer = (200, {"Content-Type": "text/xml; charset=koi8-r"}, body)
    assert feed.fetch(Validators()).articles[0].title == "мост"


def test_what_another_address_gave_is_not_believed_and_forgotten(feed, server):
    """Its validators are of the place that it redirected to; now it answers itself."""
    server.answer = (304, {}, b"")
    fetched = feed.fetch(Validators(ETAG, MODIFIED, HASH, place="of another"))
    assert (fetched.modified, fetched.validators) == (False, Validators(body_hash=HASH))


def test_hours_and_days_without_news_are_read(feed, server):
    skip = "<skipHours><hour>0</hour><hour>24</hour><hour>23</hour><hour>x</hour></skipHours>"
    skip += "<skipDays><day>Sunday</day><day>saturday</day><day>Caturday</day></skipDays><ttl>30</ttl>"
    server.answer = (200, {"Cache-Control": "max-age=60"}, f"<rss><channel>{skip}</channel></rss>".encode())
    wish = PollHints(timedelta(minutes=1), timedelta(minutes=30), hours=(0, 23), days=(5, 6))
    assert feed.fetch(Validators()).wish == wish


SECOND = "Mon, 01 Sep 2025 10:00:{:02} GMT"


@pytest.mark.parametrize(
    ("changed", "sent", "kept"),
    [(0, 0, ""), (1, 0, ""), (0, 1, SECOND.format(0)), (0, 59, SECOND.format(0)), (0, None, SECOND.format(0))],
)
def test_a_last_modified_of_this_very_second_is_not_sent_back(feed, server, changed, sent, kept):
    headers = {"Last-Modified": SECOND.format(changed)} | ({} if sent is None else {"Date": SECOND.format(sent)})
    server.answer = (200, headers, FEED)
    validators = feed.fetch(Validators()).validators
    assert validators.last_modified == kept
    feed.fetch(validators)
    assert server.asked[-1].get("if-modified-since", "") == kept


def test_a_document_that_a_proxy_changed_on_its_way_is_read(feed, server):
    server.answer = (203, {}, FEED)
    assert feed.fetch(Validators()).entries == 1


def test_a_feed_may_be_compressed_without_saying_so(feed, server):
    packed = gzip.compress(FEED)
    server.answer = (200, {}, packed)
    fetched = feed.fetch(Validators())
    assert (fetched.entries, fetched.validators.body_hash) == (1, hashlib.sha256(packed).hexdigest())
    server.answer = (200, {}, packed[:-9])
    with pytest.raises(SourceError, match="is cut off: its compressed data end early"):
        feed.fetch(Validators())
    server.answer = (200, {}, gzip.compress(b" " * 10_000_001))
    with pytest.raises(SourceError, match="has more than 10,000,000 bytes once it is unpacked"):
        feed.fetch(Validators())
