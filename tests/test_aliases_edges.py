"""The names of articles to the last sign: what each is made of, and where two articles are told apart."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from syndicate.aliases import (
    LATER,
    Alias,
    aliases,
    content_hash,
    drop_repeated,
    folded,
    guid_alias,
    is_another,
    is_next,
    resemble,
    site_host,
    urlkey,
    wording,
)
from syndicate.model import Article, Image

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
STORY = Article("news", "https://gazette.example/a", "A Bridge Opens", guid="g1", published=AT)
SECOND = timedelta(seconds=1)


def digest(*said):
    return hashlib.sha256("\n".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def name(kind, scope, value):
    return Alias(kind, digest(kind, scope, value))


def urls(*keys):
    return tuple(name("url", "", key) for key in keys)


def test_each_name_is_made_of_its_kind_scope_and_value():
    story = replace(STORY, guid="https://old.example/a?b", canonical_url="https://www.gazette.example/b")
    dated = "a bridge opens\n2026-11-23T10:00:00+00:00"
    assert aliases(story) == (
        *urls("gazette.example/a", "gazette.example/b"),
        name("guid", "news", "https://old.example/a?b"),
        name("guid_path", "news", "/a?b"),
        name("title_date", "news", dated),
    )
    tokyo = AT.astimezone(timezone(timedelta(hours=9)))
    assert aliases(replace(story, published=tokyo)) == aliases(story)
    assert guid_alias("news", "g1") == name("guid", "news", "g1")
    assert timedelta(hours=12) == LATER


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"guid": None}, ["url", "title_date"]),
        ({"guid": ""}, ["url", "title_date"]),
        ({"guid": "http://a.example/b"}, ["url", "guid", "guid_path", "title_date"]),
        ({"guid": "HTTP://a.example/b"}, ["url", "guid", "title_date"]),
        ({"guid": "a://a/b"}, ["url", "guid", "title_date"]),
        ({"guid": "https://a.example/"}, ["url", "guid", "title_date"]),
        ({"precision": "day"}, ["url", "guid"]),
        ({"precision": "minute"}, ["url", "guid", "title_date"]),
        ({"published": None}, ["url", "guid"]),
        ({"title": ""}, ["url", "guid"]),
        ({"url": ""}, ["guid", "title_date"]),
        ({"url": "mailto:a"}, ["guid", "title_date"]),
        ({"canonical_url": "https://gazette.example/a/"}, ["url", "guid", "title_date"]),
        ({"canonical_url": "https://gazette.example/b"}, ["url", "url", "guid", "title_date"]),
    ],
)
def test_which_names_an_article_has(change, left):
    assert [alias.kind for alias in aliases(replace(STORY, **change))] == left


@pytest.mark.parametrize(
    ("url", "keys"),
    [
        ("https://gazette.example/a?b=1", ["gazette.example/a?b=1"]),
        (" https://gazette.example/a ", ["gazette.example/a"]),
        ("https://gazette.example/a?ref=rss", ["gazette.example/a", "gazette.example/a?ref=rss"]),
        ("https://gazette.example/a?feedname=x&b", ["gazette.example/a?b", "gazette.example/a?b&feedname=x"]),
        ("https://gazette.example/a?ns_fee=x", ["gazette.example/a", "gazette.example/a?ns_fee=x"]),
        ("https://gazette.example/rss?b", ["gazette.example/rss?b"]),
        ("https://gazette.example/é", ["gazette.example/%C3%A9", "gazette.example/é"]),
        (
            "https://gazette.example/é?rss=1",
            ["gazette.example/%C3%A9", "gazette.example/%C3%A9?rss=1", "gazette.example/é?rss=1"],
        ),
        ("https://gazette.example//a", ["gazette.example/a", "gazette.example//a"]),
        ("https://gazette.example/?b& a", ["gazette.example?%20a&b", "gazette.example?a&b"]),
    ],
)
def test_an_address_has_the_keys_of_older_ledgers_too(url, keys):
    assert aliases(Article("news", url, "")) == urls(*keys)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://gazette.example:79/", "gazette.example:79"),
        ("https://gazette.example:80/", "gazette.example"),
        ("https://gazette.example:81/", "gazette.example:81"),
        ("https://gazette.example:442/", "gazette.example:442"),
        ("http://gazette.example:443/", "gazette.example"),
        ("https://gazette.example:444/", "gazette.example:444"),
        ("https://gazette.example./", "gazette.example"),
        ("https://www.www.gazette.example/", "gazette.example"),
        ("https://www.a/", "www.a"),
        ("https://www.a.b/", "a.b"),
        ("https://wwwa.b/", "wwwa.b"),
        ("http://[::1]:81/a", "[::1]:81/a"),
        ("https://gazette.example/?b&&a&", "gazette.example?a&b"),
        ("https://gazette.example/a?utm_x&b=utm_x", "gazette.example/a?b=utm_x"),
        ("https://gazette.example/a//%20", "gazette.example/a/%20"),
        ("https://gazette.example/a/ ?b", "gazette.example/a/%20?b"),
        ("https://gazette.example/A/b/", "gazette.example/A/b"),
        ("https://gazette.example/a+b?c+d", "gazette.example/a+b?c%20d"),
        ("https://gazette.example/%C3%A9%41%2f", "gazette.example/%C3%A9A%2F"),
        ("https://gazette.example/e%CC%81?e%CC%81", "gazette.example/%C3%A9?%C3%A9"),
        ("https://gazette.example/%E9%e9?%e9", "gazette.example/%E9%E9?%E9"),
        ("https://gazette.example/a=%26%2B?%3D%26%2B", "gazette.example/a=&+?%3D%26%2B"),
        ("https://gazette.example/1%", "gazette.example/1%25"),
        ("HTTPS://gazette.example/a#b%20c d", "gazette.example/a"),
        ("https://gazette.example/a\n b", "gazette.example/ab"),
        ("https://gazette.example/[a]", "gazette.example/%5Ba%5D"),
        ("https://gazette.example/a\\b", "gazette.example/a%5Cb"),
        ("https://gazette.example/\ud83da é", "gazette.example/a%20%C3%A9"),
        ("ftp://gazette.example/é", ""),
        ("https:///a", ""),
        ("https://gazette.example:x/a", ""),
        ("https://gazette.example/a?rss", "gazette.example/a"),
        ("https://gazette.example/a?RSS=yes&id=1", "gazette.example/a?id=1"),
        ("https://gazette.example/a?rss=2", "gazette.example/a?rss=2"),
    ],
)
def test_the_key_of_an_address(url, key):
    assert urlkey(url) == key


def test_the_host_of_a_site():
    assert site_host("https://www.gazette.example/") == "gazette.example"
    assert site_host("https://WWW.Zürich.example./") == "xn--zrich-kva.example"
    for url in ("https://./", "https:///a", "a", "https://[a"):
        assert site_host(url) is None


def kept(*articles):
    return [tuple(alias.kind for alias in names) for names in drop_repeated(articles)]


WHOLE, NO_URL = ("url", "guid", "title_date"), ("guid", "title_date")


@pytest.mark.parametrize(
    ("change", "left"),
    [
        # listed twice: as one, whatever guid it has, or whatever headline under guid and instant
        ({}, WHOLE),
        ({"guid": "g2"}, WHOLE),
        ({"title": "A bridge OPENS!"}, WHOLE),
        ({"title": "New"}, WHOLE),
        ({"title": "New", "guid": "g2"}, NO_URL),
        ({"title": "New", "published": AT + SECOND}, ("title_date",)),
        ({"title": "New", "url": "https://gazette.example/b"}, ("url", "title_date")),
        ({"url": "https://gazette.example/b"}, ("url",)),
        ({"url": ""}, ("url",)),
        ({"url": "", "title": "New"}, ("url", "title_date")),
        ({"title": "New", "url": "", "guid": "g2"}, WHOLE),
        ({"source": "other"}, WHOLE),
    ],
)
def test_a_name_that_two_articles_have_names_neither(change, left):
    first, *_ = kept(STORY, replace(STORY, **change))
    assert first == left
    *_, last = kept(replace(STORY, **change), STORY)
    assert last == left


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"published": None}, ("url", "guid", "combined")),
        ({"precision": "day"}, ("url", "guid", "combined")),
        ({"title": ""}, ("url", "guid", "combined")),
        ({"guid": None, "published": None}, ("url", "combined")),
        ({"url": "", "guid": None, "published": None}, ()),
        ({"url": "", "guid": None}, ("title_date",)),
    ],
)
def test_an_article_that_no_date_names_has_a_combined_name(change, left):
    story = replace(STORY, **change)
    assert kept(story) == [left]
    if "combined" in left:
        said = f"{story.guid or ''}\n{story.url}\n{story.title}"
        assert drop_repeated([story])[0][-1] == name("combined", "news", said)


def test_two_stories_are_two_where_headline_or_address_is_missing():
    story = replace(STORY, url="")
    assert kept(story, replace(story, guid="g2")) == [("guid",)] * 2
    story = replace(STORY, title="")
    assert kept(story, replace(story, guid="g2")) == [("guid", "combined")] * 2


def test_an_article_between_two_that_share_all_its_names_has_a_combined_one():
    story = replace(STORY, guid=None)
    others = (replace(story, title="New"), replace(story, url="https://gazette.example/b"))
    assert kept(story, *others)[0] == ("combined",)


def test_two_undated_stories_of_one_page_are_two_even_under_one_guid():
    for change in ({"published": None}, {"precision": "day"}, {"guid": None}):
        story = replace(STORY, **change)
        first, second = drop_repeated([story, replace(story, title="New")])
        assert not {*first} & {*second}


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        ({}, True),
        ({"published": AT + SECOND, "url": "https://gazette.example/b", "title": "New"}, False),
        ({"url": "https://gazette.example/b", "title": "New"}, True),
        ({"published": None, "title": "New", "url": "https://moved.example/a"}, True),
        ({"published": AT + SECOND, "url": "https://gazette.example/b", "title": "a bridge opens!"}, True),
        ({"published": None, "url": "https://gazette.example", "title": ""}, False),
    ],
)
def test_two_articles_resemble_each_other_by_one_thing(change, alike):
    assert resemble(STORY, replace(STORY, **change)) is alike
    assert resemble(replace(STORY, **change), STORY) is alike


def test_two_articles_that_say_nothing_do_not_resemble_each_other():
    empty = Article("news", "https://gazette.example/", "")
    assert not resemble(empty, empty)


def told(title="A", at=AT, summary=""):
    return replace(STORY, title=title, published=at, summary=summary)


@pytest.mark.parametrize(
    ("one", "known", "another"),
    [
        (told("d e f", AT + LATER), told("a b c"), True),
        (told("d e f", AT + LATER - SECOND), told("a b c"), False),
        (told("d e f"), told("a b c", AT + LATER), False),
        (told("d e f", None), told("a b c"), False),
        (told("d e f", AT + LATER), told("a b c", None), False),
        (told("c d", AT + LATER), told("a b c"), True),  # one word of four
        (told("c d", AT + LATER), told("b c"), False),  # one of three
        (told("c", AT + LATER), told("a b c d"), True),
        (told("", AT + LATER), told("a"), False),
        (told("a", AT + LATER), told(""), False),
        (told("", AT + LATER), told(""), False),
        (told("b", AT + LATER, "Said."), told("a", AT, "said"), False),
        (told("b", AT + LATER, "Said."), told("a", AT, "Other"), True),
        (told("b", AT + LATER, ""), told("a", AT, ""), True),
    ],
)
def test_an_article_is_another_half_a_day_later_under_other_words(one, known, another):
    assert is_another(one, known) is another


@pytest.mark.parametrize(
    ("one", "known", "following"),
    [
        (told("d e", AT + SECOND), told("a b"), True),
        (told("d e", AT), told("a b"), False),
        (told("d e", AT - SECOND), told("a b"), False),
        (told("d e", None), told("a b"), True),
        (told("d e", AT), told("a b", None), True),
        (told("a e", None), told("a b"), False),
        (told("v 2", None), told("v 1"), True),
        (told("v 2 1", None), told("1 v 2"), True),
        (told("v 2!", None), told("V 2"), False),
        (told("v 2", None), told("v"), False),
        (told("v", None), told("v 2"), False),
        (told("v 2 b", None), told("v 1"), False),
        (told("v 2", None, "Said."), told("v 1", AT, "Said."), True),
        (told("d", None, "Said."), told("a", AT, "SAID"), False),
        (told("d", None, "Said."), told("a", AT, "Other"), True),
        (told("", None), told("a"), False),
        (told("a", None), told(""), False),
    ],
)
def test_an_article_is_the_next_in_its_place_under_no_word_of_before_or_another_number(one, known, following):
    assert is_next(one, known) is following


def test_what_changes_the_content():
    said = '["A Bridge Opens","https://gazette.example/a","",[]]'
    assert content_hash(STORY) == digest(said)
    assert content_hash(replace(STORY, withdrawn=True)) == digest(said[:-1] + ',"withdrawn"]')
    pictured = replace(STORY, summary="é", images=(Image("u", "a", width=3),))
    images = '[["u","a","","",3,null,null,null]]'
    assert content_hash(pictured) == digest(f'["A Bridge Opens","https://gazette.example/a","é",{images}]')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“A”  Bridge’s… É", "a bridge s é"),
        ("ﬁ ½", "fi 1 2"),
        ("!?", "!?"),
        ("", ""),
        ("STRASSE straße", "strasse strasse"),
    ],
)
def test_the_words_of_a_text(text, words):
    assert folded(text) == words
    assert wording(text) == (digest(words) if text else None)
