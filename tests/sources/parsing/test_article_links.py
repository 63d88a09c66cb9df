"""Which link of an entry is the article's."""

from __future__ import annotations

import json

import pytest

from syndicate.model import ENCLOSED, UNUSABLE
from syndicate.sources.formats.feed import read_feed
from syndicate.sources.parsing.fields import LinkRule

HOME = "https://gazette.example/"
OWN, OUT = LinkRule(), LinkRule("out")
ELSEWHERE = "<link>https://elsewhere.example/tides</link>"
GUID = '<guid isPermaLink="{}">https://gazette.example/linked/tides</guid>'
FILE = '<enclosure url="https://cdn.example/7.{0}" type="{1}" length="1"/>'
SPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    ' xmlns:feedblitz="http://www.feedblitz.com/feedblitz.rss" xmlns:other="https://other.example/ns"'
)


def rss(item, *, rule=OWN, close="</rss>"):
    body = (
        f'<rss version="2.0" {SPACES}><channel><link>{HOME}</link><item><title>T</title>{item}</item></channel>{close}'
    )
    return read_feed(body.encode(), source="news", url=f"{HOME}feed", rule=rule)


def atom(links, *, rule=OWN, language='xml:lang="de"'):
    body = (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {language}><link href="{HOME}"/>'
        f"<entry><title>T</title><id>tag:1</id>{links}</entry></feed>"
    )
    return read_feed(body.encode(), source="news", url=f"{HOME}feed", rule=rule)


def json_feed(rule=OWN, **item):
    body = {"version": "https://jsonfeed.org/version/1.1", "home_page_url": HOME, "items": [{"title": "T", **item}]}
    return read_feed(json.dumps(body).encode(), source="news", url=f"{HOME}feed", rule=rule)


def url(reading):
    return reading.articles[0].url.removeprefix(HOME)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<link>/a</link>", "a"),
        ('<link rel="enclosure" type="image/jpeg" href="/a.jpg"/><link rel="alternate" href="/a"/>', "a"),
        ('<link rel="self" href="/feed"/><link>/a</link>', "a"),
        ('<atom:link rel="self" href="/feed"/><atom:link rel="enclosure" href="/a.jpg"/><guid>http://a.example/1</guid>',
         "http://a.example/1"),
        ('<atom:link rel="Alternate" href="/a"/>', "a"),
        ('<atom:link rel="http://www.iana.org/assignments/relation/alternate" href="/a"/>', "a"),
        ("<link>https://proxy.example/1</link><feedburner:origLink>/a</feedburner:origLink>", "a"),
        ("<link>https://proxy.example/1</link><feedblitz:origLink>/a</feedblitz:origLink>", "a"),
        ("<link>https://proxy.example/1</link><other:origLink>/a</other:origLink>", "a"),
        ("<link>/a</link><feedburner:origLink>undefined</feedburner:origLink>", "a"),
        ("<link>undefined</link><guid>https://gazette.example/a</guid>", "a"),
        ("<link>https://https://gazette.example/a</link><guid>https://gazette.example/a</guid>", "a"),
        ("<link>//2024/a</link>", "2024/a"),
        ("<link>//cdn.gazette.example/a</link>", "https://cdn.gazette.example/a"),
        ("<link>https://desk:pw@gazette.example/a</link>", "a"),
        (ELSEWHERE + GUID.format("true"), "linked/tides"),
        (ELSEWHERE + GUID.format("false"), "https://elsewhere.example/tides"),
        (f"{ELSEWHERE}<guid>https://third.example/1</guid>", "https://elsewhere.example/tides"),
        ("<link>https://sport.gazette.example/a</link>" + GUID.format("true"), "https://sport.gazette.example/a"),
        ("<link>/a</link>" + GUID.format("true"), "a"),
        (FILE.format("mp3", "audio/mpeg"), "https://cdn.example/7.mp3"),
        (FILE.format("jpg", "image/jpeg"), ""),
        ("<link>/a</link>" + FILE.format("mp3", "audio/mpeg"), "a"),
    ],
)  # fmt: skip
def test_of_an_rss_items_links_one_is_the_articles(item, expected):
    assert url(rss(item)) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<link>/a</link>", "a"),
        ("<link>https://https://gazette.example/a</link><guid>https://gazette.example/a</guid>", "a"),
        ("<link>https://proxy.example/1</link><feedburner:origLink>/a</feedburner:origLink>", "a"),
        ("<guid>https://gazette.example/a</guid>", "a"),
        ('<atom:link rel="alternate" href="/a"/>', "a"),
        (FILE.format("mp3", "audio/mpeg"), "https://cdn.example/7.mp3"),
    ],
)
def test_a_feed_that_is_not_well_formed_gives_the_same_address(item, expected):
    reading = rss(item, close="</rss")
    assert "not well-formed" in reading.notes[0]
    assert url(reading) == expected


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ('<link href="/en" hreflang="en"/><link href="/de" hreflang="de"/>', "de"),
        ('<link href="/en" hreflang="en"/><link href="/de" hreflang="de-AT"/>', "de"),
        ('<link href="/at" hreflang="de-AT"/><link href="/de" hreflang="de"/>', "de"),
        ('<link href="/en" hreflang="en"/><link href="/any"/>', "any"),
        ('<link href="/en" hreflang="en"/><link href="/fr" hreflang="fr"/>', "en"),
        ('<link href="/a.json" type="application/json" hreflang="de"/><link href="/en" hreflang="en"/>', "en"),
        ('<link href="https://elsewhere.example/t"/><link rel="related" href="/t"/>', "t"),
        ('<link href="https://elsewhere.example/t"/><link rel="via" href="/t"/>', "https://elsewhere.example/t"),
        ('<link href="/t"/><link rel="related" href="/other"/>', "t"),
        ('<link rel="enclosure" type="audio/mpeg" href="https://cdn.example/7.mp3"/>', "https://cdn.example/7.mp3"),
    ],
)
def test_of_an_atom_entrys_links_one_is_the_articles(links, expected):
    assert url(atom(links)) == expected


def test_an_entry_without_a_language_has_the_sites():
    links = '<link href="/en" hreflang="en"/><link href="/de" hreflang="de"/>'
    assert url(atom(links, language="", rule=LinkRule(language="de-CH"))) == "de"
    assert url(atom(links, language="")) == "en"


def test_with_links_out_an_entry_is_where_it_leads():
    outside = "https://elsewhere.example/tides"
    assert url(rss(ELSEWHERE + GUID.format("true"), rule=OUT)) == outside
    assert url(rss("<link>/a</link>" + GUID.format("true"), rule=OUT)) == "a"
    assert url(atom(f'<link href="{outside}"/><link rel="related" href="/t"/>', rule=OUT)) == outside
    assert url(atom(f'<link href="/t"/><link rel="related" href="{outside}"/>', rule=OUT)) == outside
    assert url(json_feed(url=f"{HOME}t", external_url=outside, rule=OUT)) == outside
    assert url(json_feed(url=f"{HOME}t", external_url=outside)) == "t"
    assert url(json_feed(url=f"{HOME}t", rule=OUT)) == "t"


def test_an_episode_without_a_page_says_that_its_address_is_a_recording():
    episode = rss(FILE.format("mp3", "audio/mpeg")).articles[0]
    assert (episode.kind, episode.raw[ENCLOSED]) == ("audio", "audio/mpeg")
    attached = {"url": "https://cdn.example/7.mp3", "mime_type": "audio/mpeg"}
    assert ENCLOSED in json_feed(attachments=[attached]).articles[0].raw
    assert ENCLOSED not in rss("<link>/a</link>" + FILE.format("mp3", "audio/mpeg")).articles[0].raw


@pytest.mark.parametrize("link", ["undefined", "https://https://gazette.example/a", "https://{{host}}/a", "#"])
def test_a_link_that_leads_nowhere_is_told_and_kept_as_the_reason(link):
    for reading in (rss(f"<link>{link}</link>"), atom(f'<link href="{link}"/>'), json_feed(url=link)):
        assert reading.articles[0].url == ""
        assert reading.articles[0].raw[UNUSABLE] == link
        assert reading.notes == (f"links that lead nowhere: 1, such as {link!r}",)


def test_where_another_link_is_good_nothing_is_told():
    reading = rss("<link>null</link><guid>https://gazette.example/a</guid>")
    assert (reading.notes, reading.articles[0].raw) == ((), {})
