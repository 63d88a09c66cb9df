from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.aliases import (
    aliases,
    content_hash,
    drop_repeated,
    is_same_page,
    public_address,
    site_host,
    urlkey,
)
from syndicate.model import Article, Image

STORY = Article(
    source="news",
    url="https://gazette.example/news/bridge.html",
    title="A Bridge Opens",
    guid="https://gazette.example/?p=12",
    published=datetime(2026, 11, 23, 10, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Gazette.example:8443/a?b#c", "gazette.example"),
        ("http://user:word@gazette.example/", "gazette.example"),
        ("https://[2001:db8::1]/a", "2001:db8::1"),
        ("/a", None),
        ("", None),
        ("https://[", None),
    ],
)
def test_the_site_of_an_address_is_its_host_without_www(url, host):
    assert site_host(url) == host


def kinds(article):
    return [alias.kind for alias in aliases(article)]


def met(one, other):
    return {alias.kind for alias in set(aliases(one)) & set(aliases(other))}


def test_an_article_has_its_names_in_order():
    assert kinds(STORY) == ["url", "guid", "guid_path", "title_date"]
    assert kinds(replace(STORY, canonical_url="https://gazette.example/bridge")) == [
        "url",
        "url",
        "guid",
        "guid_path",
        "title_date",
    ]
    assert kinds(replace(STORY, canonical_url="http://www.gazette.example/news/bridge.html/#top")) == kinds(STORY)


def test_a_hash_is_made_of_kind_scope_and_value():
    expected = hashlib.sha256(b"url\n\ngazette.example/news/bridge.html").hexdigest()[:32]
    assert aliases(STORY)[0].hash == expected
    expected = hashlib.sha256(b"guid\nnews\nhttps://gazette.example/?p=12").hexdigest()[:32]
    assert aliases(STORY)[1].hash == expected


def test_what_says_nothing_has_no_name():
    assert aliases(Article(source="news", url="", title="")) == ()
    assert aliases(Article(source="news", url="mailto:a@b.example", title="Untitled")) == ()


@pytest.mark.parametrize(
    ("change", "shared"),
    [
        ({"guid": "http://www.gazette.example/?p=12"}, {"url", "guid_path", "title_date"}),
        ({"guid": "something-else"}, {"url", "title_date"}),
        ({"url": "https://gazette.example/moved"}, {"guid", "guid_path", "title_date"}),
        ({"url": STORY.url + "?utm_source=rss&fbclid=x"}, {"url", "guid", "guid_path", "title_date"}),
        ({"title": "Another headline"}, {"url", "guid", "guid_path"}),
        ({"title": "a “bridge” opens!"}, {"url", "guid", "guid_path", "title_date"}),
        ({"published": STORY.published + timedelta(hours=1)}, {"url", "guid", "guid_path"}),
        ({"updated": datetime(2027, 1, 1, tzinfo=UTC)}, {"url", "guid", "guid_path", "title_date"}),
        ({"source": "other"}, {"url"}),
    ],
)
def test_a_changed_article_is_still_known_by_its_other_names(change, shared):
    assert met(STORY, replace(STORY, **change)) == shared


@pytest.mark.parametrize(
    "change", [{"precision": "day"}, {"published": None}, {"title": ""}], ids=["day", "undated", "untitled"]
)
def test_title_and_date_only_name_an_article_together_and_to_the_minute(change):
    assert "title_date" not in kinds(replace(STORY, **change))


def test_a_guid_that_is_no_address_or_only_a_host_has_no_path():
    assert "guid_path" not in kinds(replace(STORY, guid="tag:gazette.example,2026:12"))
    assert "guid_path" not in kinds(replace(STORY, guid="https://gazette.example/"))
    assert "guid_path" not in kinds(replace(STORY, guid="https://gazette.example"))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://Gazette.Example/News/a.html", "gazette.example/News/a.html"),
        ("http://www.gazette.example:80/a/", "gazette.example/a"),
        ("https://gazette.example:443/a#part", "gazette.example/a"),
        ("https://gazette.example:8443/a", "gazette.example:8443/a"),
        ("https://me:secret@gazette.example/a", "gazette.example/a"),
        ("https://gazette.example", "gazette.example"),
        ("https://gazette.example/", "gazette.example"),
        ("https://gazette.example/?p=12", "gazette.example?p=12"),
        ("https://gazette.example/a?b=2&a=1&utm_source=x&UTM_Medium=y&fbclid=z", "gazette.example/a?a=1&b=2"),
        ("https://gazette.example/a?utm_source=x", "gazette.example/a"),
        ("https://gazette.example/a?id=1&amp=1", "gazette.example/a?amp=1&id=1"),
        ("https://www.com/", "www.com"),
        ("https://[2001:DB8::1]/a", "[2001:db8::1]/a"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000/a"),
        ("ftp://gazette.example/a", ""),
        ("/a", ""),
        ("https://", ""),
        ("https://[broken/a", ""),
        ("https://gazette.example:port/a", ""),
        ("", ""),
    ],
)
def test_an_address_keeps_what_tells_articles_apart(url, key):
    assert urlkey(url) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://gazette.example/caf%C3%A9", "https://gazette.example/café"),
        ("https://gazette.example/caf%C3%A9", "https://gazette.example/caf%c3%a9"),
        ("https://gazette.example/caf%C3%A9", "https://gazette.example/cafe%CC%81"),
        ("https://gazette.example/caf\u00e9", "https://gazette.example/cafe\u0301"),
        ("https://gazette.example/caf%E9", "https://gazette.example/caf%e9"),
        ("https://gazette.example/a%7Eb%2C12", "https://gazette.example/a~b,12"),
        ("https://gazette.example/a?q=b+c", "https://gazette.example/a?q=b%20c"),
        ("https://gazette.example//2026//a", "https://gazette.example/2026/a"),
        ("https://bücher.example/1", "https://xn--bcher-kva.example/1"),
        ("https://bücher.example/1", "https://b%C3%BCcher.example/1"),
        ("https://straße.example/1", "https://xn--strae-oqa.example/1"),
        ("https://gazette.example/a?utm%5Fsource=x", "https://gazette.example/a"),
        ("https://gazette.example/a?b[]=1|2", "https://gazette.example/a?b%5B%5D=1%7C2"),
        ("https://gazette.example/a=&b", "https://gazette.example/a%3D%26b"),
        ("https://gazette.example/100%-sure", "https://gazette.example/100%25-sure"),
        ("https://💩.example/1", "https://xn--ls8h.example/1"),
        ("https://gazette.example/a?ref=rss", "https://gazette.example/a"),
        ("https://gazette.example/a?source=rss----1a2b---4", "https://gazette.example/a"),
        ("https://gazette.example/a?partner=rssnyt&emc=rss", "https://gazette.example/a"),
        ("https://gazette.example/a?id=1&Source=RSS", "https://gazette.example/a?id=1"),
    ],
)
def test_an_address_has_one_key_however_it_is_spelled(one, other):
    assert urlkey(one) == urlkey(other)


@pytest.mark.parametrize(
    "one", ["a/b", "a%2fb", "a?b", "a%3Fb", "a?b=c%26d", "a?b=c&d", "a+b", "a%20b", "a%25b", "A/b"]
)
def test_what_a_server_may_tell_apart_stays_apart(one):
    others = {"a/b", "a%2fb", "a?b", "a%3Fb", "a?b=c%26d", "a?b=c&d", "a+b", "a%20b", "a%25b", "A/b"} - {one}
    assert urlkey(f"https://gazette.example/{one}") not in {
        urlkey(f"https://gazette.example/{each}") for each in others
    }


@pytest.mark.parametrize(
    "query",
    ["ref=front", "source=agency", "ref=rss2", "source=feeding", "emc=edit", "feed=rss", "from=2026", "type=rss"],
)
def test_what_may_tell_articles_apart_is_no_word_of_a_feed(query):
    assert urlkey(f"https://gazette.example/a?{query}") == f"gazette.example/a?{query}"


@pytest.mark.parametrize("rest", ["?ref=rss", "?source=rss----1a2b---4&id=7", "?b[]=1", "100%-sure"])
def test_a_ledger_from_before_knows_an_address_by_the_key_that_it_had(rest):
    story = replace(STORY, url=f"https://gazette.example/a{rest}", guid=None)
    said = "&".join(sorted(rest[1:].split("&"))) if rest.startswith("?") else ""
    key = f"gazette.example/a?{said}" if said else f"gazette.example/a{rest}"
    assert hashlib.sha256(f"url\n\n{key}".encode()).hexdigest()[:32] in {alias.hash for alias in aliases(story)}


SAME_PAGE = [
    ("/2?source=rss----99aa---4", "/2"),
    ("/2?partner=rss&emc=rss&id=4", "/2?id=4"),
    ("/2?ref=front", "/2"),
    ("/2?utm_source=rss", "/2"),
    ("/amp/2", "/2"),
    ("/news/amp/2", "/news/2"),
    ("/2/amp/", "/2/"),
    ("/2.amp.html", "/2.html"),
    ("/2?outputType=amp", "/2"),
    ("/m/bridge", "/bridge"),
    ("/A/Bridge", "/a/bridge/"),
    ("/sport/bridge", "/news/bridge"),
    ("/story/12345", "/sport/12345"),
    ("/2026/br%C3%BCcke", "/news/brücke"),
]
OTHER_PAGE = [
    ("/2", "/another"),
    ("/story?id=2", "/story?id=7"),
    ("/story?id=2", "/story"),
    ("/x?id=AbC", "/x?id=abc"),
    ("/news/index.html", "/index.html"),
    ("/2026/11", "/2025/11"),
    ("/x/page/2", "/x"),
    ("/x", "/"),
    ("/", "/x"),
    ("/live#two", "/other"),
]


@pytest.mark.parametrize(("url", "canonical"), SAME_PAGE)
def test_a_page_may_name_itself_a_little_differently(url, canonical):
    article = replace(STORY, url=f"https://gazette.example{url}", canonical_url=f"https://gazette.example{canonical}")
    assert is_same_page(article.url, article.canonical_url)
    assert public_address(article) == article.canonical_url


@pytest.mark.parametrize(("url", "canonical"), OTHER_PAGE)
def test_another_page_is_another_page(url, canonical):
    article = replace(STORY, url=f"https://gazette.example{url}", canonical_url=f"https://gazette.example{canonical}")
    assert not is_same_page(article.url, article.canonical_url)
    assert public_address(article) == article.url


@pytest.mark.parametrize(
    ("url", "canonical", "same"),
    [
        ("https://m.gazette.example/2", "https://www.gazette.example/2", True),
        ("https://amp.gazette.example/2", "https://gazette.example/2", True),
        ("http://gazette.example/2", "https://gazette.example/2", True),
        ("https://gazette.example/2", "http://gazette.example/2", False),
        ("https://gazette.example/2", "https://elsewhere.example/2", False),
        ("https://m.example/2", "https://example/2", False),
        ("mailto:desk", "https://gazette.example/2", False),
    ],
)
def test_a_site_for_phones_is_the_same_site(url, canonical, same):
    assert is_same_page(url, canonical) is same


def test_two_addresses_have_two_keys_where_only_their_page_says_that_they_are_one():
    """A key alone joins stories for ever; so letter case, section and AMP never count in it."""
    for url, canonical in (("/a/Bridge", "/a/bridge"), ("/sport/bridge", "/news/bridge"), ("/amp/2", "/2")):
        assert urlkey(f"https://gazette.example{url}") != urlkey(f"https://gazette.example{canonical}")


def test_a_ledger_from_before_that_knows_an_address_as_it_was_written():
    story = replace(STORY, url="https://gazette.example/café", guid=None)
    before = hashlib.sha256("url\n\ngazette.example/café".encode()).hexdigest()[:32]
    assert before in {alias.hash for alias in aliases(story)}


HOSTS = st.from_regex(r"(www\.){0,2}[a-zA-Z0-9-]{1,8}(\.[a-z]{2,5}){0,2}\.?(:\d{1,4})?", fullmatch=True)
REST = st.text(alphabet="ab/?&=#%.;:@~+ 0123456789ABCDEFutm_sourcé", max_size=30)


@given(HOSTS, REST)
def test_the_key_of_a_key_is_itself(host, rest):
    key = urlkey(f"https://{host}/{rest}")
    assert urlkey(f"http://{key}") == key


@given(st.text())
def test_any_text_has_a_key_without_fragment_and_without_a_slash_at_the_end_of_its_path(text):
    assert urlkey(f"mailto:{text}") == ""
    for url in (text, f"https://{text}"):
        key = urlkey(url)
        assert key == "" or "://" in url
        assert "#" not in key
        assert not key.partition("?")[0].endswith("/")


def test_a_name_two_articles_bear_is_dropped_for_both():
    one = replace(STORY, guid="1", url="https://gazette.example/")
    two = replace(STORY, guid="2", url="https://gazette.example/", title="Another")
    first, second = drop_repeated([one, two])
    assert [alias.kind for alias in first] == ["guid", "title_date"]
    assert [alias.kind for alias in second] == ["guid", "title_date"]
    assert not set(first) & set(second)


def test_the_same_guid_on_all_leaves_their_addresses():
    one, two = (replace(STORY, guid="same", url=f"https://gazette.example/{n}", title=n) for n in "ab")
    assert [[alias.kind for alias in names] for names in drop_repeated([one, two])] == [["url", "title_date"]] * 2


def test_one_article_listed_twice_keeps_its_names():
    first, second = drop_repeated([STORY, STORY])
    assert first == second == aliases(STORY)


def test_one_article_listed_twice_with_its_headline_before_and_after_a_change_keeps_its_names():
    changed = replace(STORY, title="The bridge is open")
    assert drop_repeated([changed, STORY]) == (aliases(changed), aliases(STORY))
    ticker = replace(changed, published=STORY.published + timedelta(minutes=4))
    first, second = drop_repeated([ticker, STORY])
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    "same", [{"guid": None}, {"published": None}, {"precision": "day"}], ids=["no guid", "no date", "a day"]
)
def test_two_stories_of_one_page_are_two_unless_guid_and_instant_say_that_they_are_one(same):
    """A live page: the address alone names none of them."""
    story = replace(STORY, **same)
    first, second = drop_repeated([story, replace(story, title="Another")])
    assert first
    assert second
    assert not set(first) & set(second)


def test_two_stories_without_an_address_are_two_though_guid_and_instant_are_the_same():
    story = replace(STORY, url="")
    first, second = drop_repeated([story, replace(story, title="Another")])
    assert first
    assert second
    assert not set(first) & set(second)


def test_articles_that_lose_every_name_keep_the_combination():
    one, two = (replace(STORY, guid="same", title=title, published=None) for title in ("One", "Two"))
    first, second = drop_repeated([one, two])
    assert [alias.kind for alias in (*first, *second)] == ["combined", "combined"]
    assert first != second


def test_an_article_alone_is_later_known_among_others_that_share_its_address():
    one, two = (replace(STORY, guid=None, title=title, published=None) for title in ("One", "Two"))
    alone = set(drop_repeated([one])[0])
    together, other = drop_repeated([one, two])
    assert alone & set(together)
    assert not alone & set(other)


def test_what_has_no_name_gets_none():
    assert drop_repeated([Article(source="news", url="", title="")]) == ((),)


def test_only_what_people_see_changes_the_content():
    picture = Image("https://gazette.example/a.jpg", alt="A bridge")
    for change in ({"title": "B"}, {"url": "https://x.example"}, {"summary": "s"}, {"images": (picture,)}):
        assert content_hash(replace(STORY, **change)) != content_hash(STORY)
    for change in ({"updated": STORY.published}, {"guid": "2"}, {"categories": ("News",)}):
        assert content_hash(replace(STORY, **change)) == content_hash(STORY)
