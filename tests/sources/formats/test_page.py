from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.errors import SourceError
from syndicate.model import Image, Validators
from syndicate.sources.formats.page import claims, find_feeds, parse_page, site_name
from syndicate.sources.page import PageSource

SEED = Path(__file__).parents[4] / "shared" / "seed"
URL = "https://gazette.example/news/bridge.html"
TEN = datetime(2025, 9, 1, 10, tzinfo=UTC)


def read(head="", *, body="", url=URL, content_type="text/html", lang="en"):
    page = f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'
    return parse_page(page.encode(), source="page", url=url, content_type=content_type)


def told(data, head=""):
    """A page whose JSON-LD says this."""
    return read(f'<title>Fallback</title>{head}<script type="application/ld+json">{json.dumps(data)}</script>')


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


def test_json_ld_says_all_it_can():
    article = told(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": "Bridge opens &#8211; at last",
            "description": "The &amp; bridge.",
            "datePublished": "2025-09-01T12:00:00+02:00",
            "dateModified": "2025-09-02T10:00:00Z",
            "author": [{"@type": "Person", "name": "Ana Lima"}, "Rui Sousa", "https://social.example/ana"],
            "articleSection": ["News", "City"],
            "keywords": ["Bridge", "bridge", "River"],
            "inLanguage": "en-GB",
            "image": {
                "@type": "ImageObject",
                "url": "/bridge.jpg",
                "width": "1600px",
                "height": 900,
                "caption": "The bridge",
                "creditText": "Photo desk",
            },
        }
    )
    assert (article.title, article.summary) == ("Bridge opens – at last", "The & bridge.")
    assert (article.published, article.updated) == (TEN, datetime(2025, 9, 2, 10, tzinfo=UTC))
    assert article.authors == ("Ana Lima", "Rui Sousa")
    assert (article.section, article.categories) == ("News > City", ("Bridge", "River"))
    assert (article.language, article.kind, article.guid) == ("en-GB", "article", None)
    assert article.images == (Image("https://gazette.example/bridge.jpg", "", "The bridge", "Photo desk", 1600, 900),)


def test_a_graph_with_references_is_followed():
    article = told(
        {
            "@graph": [
                {"@type": "WebPage", "@id": "#page", "name": "Not this"},
                {
                    "@type": ["Article", "NewsArticle"],
                    "headline": "This",
                    "author": {"@id": "#ana"},
                    "image": {"@id": "#photo"},
                },
                {"@type": "Person", "@id": "#ana", "name": "Ana Lima"},
                {"@type": "ImageObject", "@id": "#photo", "contentUrl": "https://gazette.example/a.jpg"},
            ]
        }
    )
    assert (article.title, article.authors) == ("This", ("Ana Lima",))
    assert article.images == (Image("https://gazette.example/a.jpg"),)


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ([{"@type": "Organization"}, {"@type": "BlogPosting", "headline": "In a list"}], "In a list"),
        ({"@type": "WebPage", "mainEntity": {"@type": "Article", "headline": "Inside"}}, "Inside"),
        ({"@type": "https://schema.org/NewsArticle", "headline": "By address"}, "By address"),
        ({"@type": "NewsArticle", "headline": ["First", "Second"]}, "First"),
        ({"@type": "NewsArticle", "headline": {"@value": "Value"}}, "Value"),
        ({"@type": "NewsArticle", "headline": None}, "Fallback"),
        ({"@type": "NewsArticle", "headline": {"x": []}, "name": 7}, "7"),
        ({"@type": "Organization", "name": "Gazette"}, "Fallback"),
        ("text", "Fallback"),
        ([[[[]]]], "Fallback"),
        ({"@graph": {"@graph": {"@type": "Article", "headline": "Deep"}}}, "Deep"),
    ],
)
def test_the_article_is_found_wherever_it_stands(data, title):
    assert told(data).title == title


@pytest.mark.parametrize(
    "script",
    [
        "{broken",
        "",
        "[" * 100_000,
        '<!-- {"@type": "NewsArticle", "headline": "Wrapped"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Wrapped"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Wrapped\n"};',
        '{"@type": "NewsArticle", "headline": "Wrapped\\u0000\\ud800"}',
    ],
)
def test_json_ld_may_be_broken_or_wrapped(script):
    article = read(f'<title>Fallback</title><script type="application/ld+json">{script}</script>')
    assert article.title == ("Wrapped" if "Wrapped" in script else "Fallback")


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (meta("og:title", "Open &amp;amp; Graph") + "<title>Title | Gazette</title>", "Open & Graph"),
        ("<title>\n Title &amp; more\n </title>", "Title & more"),
        ("<title></title><svg><title>Icon</title></svg>" + meta("og:title", "Open"), "Open"),
    ],
)
def test_the_title_is_open_graphs_then_the_pages(head, title):
    assert read(head).title == title


def test_a_page_without_title_is_no_article():
    with pytest.raises(SourceError, match=f"{URL} is a page without a title"):
        read()


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"", "text/html", "is an empty document"),
        (b'{"a": 1}', "application/json", r"is not an HTML page \(application/json\)"),
        (b"%PDF-1.7", "application/pdf", r"is not an HTML page \(application/pdf\)"),
        (b"plain words", "text/html", "is not an HTML page"),
        (b'<?xml version="1.0"?><rss><channel><title>x</title></channel></rss>', "text/html", "is a feed, not a page"),
    ],
)
def test_what_is_no_page_is_called_by_its_name(body, kind, words):
    with pytest.raises(SourceError, match=words):
        parse_page(body, source="page", url=URL, content_type=kind)


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        ("/news/bridge", "https://gazette.example/news/bridge"),
        ("https://www.gazette.example/news/bridge#top", "https://www.gazette.example/news/bridge"),
        ("http://gazette.example:80/news/bridge", "http://gazette.example:80/news/bridge"),
        ("https://elsewhere.example/news/bridge", None),
        ("https://gazette.example:8443/news/bridge", None),
        ("https://gazette.example/", None),
        ("https://gazette.example:x/", None),
        ("javascript:void(0)", None),
    ],
)
def test_a_canonical_address_counts_on_the_same_site_only(href, canonical):
    article = read(f'<title>t</title><link rel="canonical" href="{href}">')
    assert (article.canonical_url, article.url) == (canonical, URL)


@pytest.mark.parametrize(
    ("page", "canonical", "counts"),
    [
        ("https://m.gazette.example/news/bridge", "https://www.gazette.example/news/bridge", True),
        ("https://amp.gazette.example/news/bridge", "https://gazette.example/news/bridge", True),
        ("https://m.gazette.example/news/bridge", "https://gazette.example/another", False),
        ("https://blog.gazette.example/news/bridge", "https://gazette.example/news/bridge", False),
    ],
)
def test_a_site_for_phones_may_name_the_site_itself(page, canonical, counts):
    body = f'<title>t</title><link rel="canonical" href="{canonical}">'.encode()
    assert claims(body, page, "text/html") == ([], canonical if counts else None, {})


DOCUMENT = "at://did:plc:abc/site.standard.document/3n2lg2pyg2222"
PUBLICATION = "at://did:plc:abc/site.standard.publication/3n2lg2pyg2223"


@pytest.mark.parametrize(
    ("links", "records"),
    [
        (f'<link rel="site.standard.document" href="{DOCUMENT}">', {"site.standard.document": DOCUMENT}),
        (
            (
                f"<link rel='alternate Site.Standard.Document' href=' {DOCUMENT} '>"
                f"<link rel='site.standard.publication' href='{PUBLICATION}'>"
            ),
            {"site.standard.document": DOCUMENT, "site.standard.publication": PUBLICATION},
        ),
        (
            f'<link rel="site.standard.document" href="{DOCUMENT}"><link rel="site.standard.document" href="at://x">',
            {"site.standard.document": DOCUMENT},
        ),
        ('<link rel="site.standard.document" href="https://gazette.example">', {}),
        ('<link rel="site.standard.document">', {}),
        (f'<link rel="site.standard.theme" href="{DOCUMENT}">', {}),
        (f'<a rel="site.standard.document" href="{DOCUMENT}">x</a>', {}),
    ],
)
def test_a_page_may_name_its_records(links, records):
    assert claims(f"<title>t</title>{links}".encode(), URL, "text/html")[2] == records


def test_open_graphs_address_stands_in_for_the_canonical_one():
    assert read("<title>t</title>" + meta("og:url", "/bridge")).canonical_url == "https://gazette.example/bridge"


@pytest.mark.parametrize(
    ("said", "section"),
    [
        (["News", "Russia"], "News > Russia"),
        ("News>Russia", "News > Russia"),
        ("News &gt; Russia", "News > Russia"),
        ("News", "News"),
        ([], None),
        (["", " > "], None),
    ],
)
def test_a_section_is_a_path_however_it_is_written(said, section):
    assert told({"@type": "NewsArticle", "headline": "t", "articleSection": said}).section == section


def test_what_html_a_description_was_filled_with_is_decoded():
    said = "&lt;p&gt;It&amp;#8217;s open:&amp;nbsp;the &lt;b&gt;bridge&lt;/b&gt;&lt;/p&gt;"
    head = meta("og:title", "It&amp;#039;s &lt;main&gt;") + meta("og:description", "") + meta("description", said)
    article = read(head)
    assert (article.title, article.summary) == ("It's <main>", "It’s open:\xa0the bridge")


def test_tags_may_stand_in_one():
    assert read("<title>t</title>" + meta("article:tag", "City,River")).categories == ("City", "River")
    two = meta("article:tag", "Bridges, old") + meta("article:tag", "River")
    assert read(f"<title>t</title>{two}").categories == ("Bridges, old", "River")
    keywords = meta("news_keywords", "a; b") + meta("keywords", "c, d")
    assert read(f"<title>t</title>{keywords}").categories == ("a", "b", "c", "d")


def test_meta_tags_stand_in_for_json_ld():
    article = read(
        "<title>t</title>"
        + meta("article:section", "News &gt; City")
        + meta("article:tag", "Bridge")
        + meta("article:tag", "River, wide")
        + meta("article:published_time", "2025-09-01T12:00:00+02:00")
        + meta("article:modified_time", "2025-09-02T10:00:00Z")
        + meta("article:author", "https://social.example/ana")
        + meta("author", "Ana Lima")
        + meta("og:description", "What &lt;happened&gt;")
        + meta("og:locale", "pt_PT"),
        lang="",
    )
    assert (article.section, article.categories) == ("News > City", ("Bridge", "River, wide"))
    assert (article.published, article.updated) == (TEN, datetime(2025, 9, 2, 10, tzinfo=UTC))
    assert (article.authors, article.summary, article.language) == (("Ana Lima",), "What <happened>", "pt-PT")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"keywords": "a, b,a"}, ("a", "b")),
        ({"keywords": "a;b, c;d"}, ("a", "b, c", "d")),
        ({"keywords": [{"@type": "DefinedTerm", "name": "a"}, "b, c"]}, ("a", "b, c")),
        ({"keywords": None}, ("x", "y")),
    ],
)
def test_keywords_become_categories(data, expected):
    article = told({"@type": "NewsArticle", "headline": "t"} | data, meta("keywords", "x,y"))
    assert article.categories == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("LiveBlogPosting", "live"), ("VideoObject", "video"), ("PodcastEpisode", "audio"), ("NewsArticle", "article")],
)
def test_the_type_says_what_kind_of_article_it_is(kind, expected):
    assert told({"@type": kind, "headline": "t"}).kind == expected


@pytest.mark.parametrize(("name", "kind"), [("Bridge, the film", "article"), ("Bridge opens", "video")])
def test_a_film_in_an_article_is_not_the_article(name, kind):
    head = meta("og:type", "article") + meta("og:title", "Bridge opens | Gazette")
    article = told({"@type": "VideoObject", "name": name}, head)
    assert (article.kind, article.title == name) == (kind, kind == "video")


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("By Ana Lima", ("Ana Lima",)),
        ("www.social.example/ana", ()),
        ("social.com/ana", ()),
        ("ana@gazette.example", ()),
    ],
)
def test_an_author_is_a_name(said, names):
    assert read("<title>t</title>" + meta("author", said)).authors == names
    assert told({"@type": "Article", "headline": "t", "author": said}).authors == names


def test_pictures_for_sharing_come_first_and_are_described_by_both():
    article = told(
        {
            "@type": "NewsArticle",
            "headline": "t",
            "image": [
                {"url": "https://gazette.example/a.jpg?w=90", "caption": "A bridge", "creditText": "Desk", "width": 90},
                "https://gazette.example/c.jpg",
            ],
        },
        meta("og:image", "http://gazette.example/a.jpg")
        + meta("og:image:secure_url", "https://gazette.example/a.jpg")
        + meta("og:image:alt", "Bridge at dusk")
        + meta("og:image:width", "1200")
        + meta("og:image", "/b.jpg"),
    )
    assert article.images == (
        Image("https://gazette.example/a.jpg", "Bridge at dusk", "A bridge", "Desk", 1200),
        Image("https://gazette.example/b.jpg"),
        Image("https://gazette.example/c.jpg"),
    )


@pytest.mark.parametrize(
    ("head", "body", "image"),
    [
        (
            meta("twitter:image", "/t.jpg") + meta("twitter:image:alt", "T"),
            "",
            Image("https://gazette.example/t.jpg", "T"),
        ),
        (
            "",
            '<img src="/logo.png"><article><img src="/i.gif" width="1"><img src="/a.jpg" alt="A"></article>',
            Image("https://gazette.example/a.jpg", "A"),
        ),
        ("", '<img src="/logo.png">', None),
    ],
)
def test_other_pictures_stand_in(head, body, image):
    assert read(f"<title>t</title>{head}", body=body).image == image


OWN = '<time pubdate datetime="2025-09-01T10:00:00Z"></time>'
OTHER = '<time itemprop="datePublished" datetime="2025-09-03T10:00:00Z"></time>'


@pytest.mark.parametrize(
    ("body", "published"),
    [
        (f"<article><h2>Bridge</h2>{OWN}</article>", TEN),
        (f"<a>{OTHER}</a><main><div><h1>Bridge</h1></div><p>{OWN}</p><li>{OTHER}</li></main>", TEN),
        (f"<article><h1>Bridge</h1>{OWN}<article>{OTHER}</article></article>", TEN),
        (f"<main><h1>Bridge</h1><article>{OTHER}</article><article>{OWN}</article></main>", None),
        (f"<h1>Bridge</h1><ul><li>{OTHER}</li><li>{OWN}</li></ul>", None),
    ],
)
def test_the_date_of_a_teaser_or_a_comment_is_not_the_articles(body, published):
    assert read("<title>Bridge</title>", body=body).published == published


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", f'<article><h1>Bridge</h1><meta itemprop="datePublished" content="2025-09-01T10:00Z">{OTHER}</article>'),
        ('<meta name="dc.date.issued" content="2025-09-01T10:00Z">', f"<ul><li>{OTHER}<li>{OWN}</ul>"),
        ('<meta itemprop="datePublished" content="1988">', f"<li>{OWN}</li>"),
        ('<meta name="dc.date.issued" content="2025-09-02">', f"<p>{OWN}</p>"),
        (
            '<meta property="article:published_time" content="2025-09-01T10:00Z">',
            '<meta itemprop="datePublished" content="2025-09-03T10:00Z">',
        ),
    ],
)
def test_what_the_page_says_of_itself_comes_before_what_stands_in_it(head, body):
    assert read(f"<title>Bridge</title>{head}", body=body).published == TEN


def test_a_blank_picture_for_sharing_is_none():
    image = meta("og:image", "https://s0.wp.com/i/blank.jpg")
    assert read(f"<title>t</title>{image}").images == ()
    body = '<article><img src="/bridge.jpg"></article>'
    assert read(f"<title>t</title>{image}", body=body).images == (Image("https://gazette.example/bridge.jpg"),)


def test_a_date_that_cannot_be_read_is_no_date():
    article = read("<title>t</title>" + meta("article:published_time", "01/09/2025"), body="<p>3 December 2021</p>")
    assert article.published is None


@pytest.mark.parametrize(
    ("page", "content_type"),
    [
        ('<meta charset="windows-1252"><title>Café “open”</title>'.encode("cp1252"), "text/html"),
        ("<title>Café “open”</title>".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        ("<title>Café “open”</title>".encode("cp1252"), None),
        ('<meta charset="iso-8859-1"><title>Café “open”</title>'.encode(), "text/html"),
        (b"<!--" + b" " * 20_000 + "--><meta charset=cp1252><title>Café “open”</title>".encode("cp1252"), "text/html"),
        ("<title>Café “open”</title>".encode("utf-16"), "text/html"),
        ("<title>Café “open”</title>\0".encode(), "text/html; charset=utf-8"),
    ],
)
def test_characters_are_read_as_they_were_meant(page, content_type):
    assert parse_page(page, source="page", url=URL, content_type=content_type).title == "Café “open”"


def test_feeds_are_found_with_title_address_and_type():
    page = b"""<title>The Gazette</title><base href="/blog/">
    <link rel="alternate" type="application/rss+xml" title="All &amp; sundry" href="rss.xml">
    <link rel="ALTERNATE feed" type="application/atom+xml" href="https://other.example/atom">
    <link rel="alternate" type="application/rss+xml" href="rss.xml">
    <link rel="alternate" type="text/html" href="/pt"><link rel="stylesheet" href="x.css">"""
    assert find_feeds(page, "https://gazette.example/") == [
        ("All & sundry", "https://gazette.example/blog/rss.xml", "application/rss+xml"),
        ("", "https://other.example/atom", "application/atom+xml"),
    ]
    assert site_name(page, "https://gazette.example/") == "The Gazette"
    assert site_name(b"<p>", "https://gazette.example/") == "gazette.example"


def test_a_page_is_fetched_and_then_only_if_it_changed(server, http):
    server.answer = (200, {"Content-Type": "text/html", "ETag": '"1"'}, b"<title>Bridge opens</title>")
    source = PageSource("page", f"{server.url}/bridge.html", http)
    fetched = source.fetch(Validators())
    assert [(article.title, article.url) for article in fetched.articles] == [
        ("Bridge opens", f"{server.url}/bridge.html")
    ]
    assert (fetched.entries, fetched.modified, fetched.validators.etag) == (1, True, '"1"')
    assert not source.fetch(fetched.validators).modified
    server.answer = (404, {"Content-Type": "text/html"}, b"<title>Not here</title>")
    with pytest.raises(SourceError, match=r"bridge.html answers 404 \(Not Found\)"):
        source.fetch(Validators())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["text/html", "text/html; charset=utf-16", "text/plain", None]))
def test_any_bytes_are_a_page_or_a_source_error(body, content_type):
    try:
        parse_page(b"<title>t</title>" + body, source="page", url=URL, content_type=content_type)
        parse_page(body, source="page", url=URL, content_type=content_type)
    except SourceError as fault:
        assert str(fault).startswith(URL)  # noqa: PT017 - either outcome is right


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "@graph", "headline", "author", "image", "name", "url", "keywords", "width"]
            ),
            inner | st.sampled_from(["Article", "/a.jpg"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_whatever_json_ld_says_the_page_is_read(data):
    text = json.dumps(data).replace("</", "<\\/")
    article = read(f'<title>t</title><script type="application/ld+json">{text}</script>')
    assert all(image.url.startswith(("http://", "https://")) for image in article.images)
    assert "\n" not in article.title


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not here")
def test_the_article_the_project_began_with_is_understood():
    url = "http://127.0.0.1:8000/news/Putin-and-Biden-Discuss-Geneva-Agreements-20211203-0009.html"
    page = (SEED / "article.html").read_bytes()
    article = parse_page(page, source="page", url=url, content_type="text/html")
    assert article.title == "Putin and Biden Discuss Geneva Agreements on Ukraine’s Conflict"
    assert article.summary.startswith("Russian President Vladimir Putin and his U.S counterpart")
    assert (article.url, article.canonical_url) == (url, url)
    assert article.published == datetime(2021, 12, 3, 19, 42, tzinfo=UTC)
    assert article.updated == datetime(2021, 12, 3, 19, 58, tzinfo=UTC)
    assert article.section == "News > Russia"
    assert article.categories == ("Russia", "United States", "Ukraine", "Geneva")
    caption = "Meeting between Russia's President and his U.S counterpart."
    assert article.images == (
        Image("http://127.0.0.1:8000/photo.jpg", caption, caption, "Twitter/@lopezdoriga", 2400, 1600),
    )
    assert find_feeds(page, url) == [("News", "http://127.0.0.1:8000/rss/news.xml", "application/rss+xml")]


def test_half_a_character_in_json_ld_is_left_out_everywhere():
    from syndicate.serialization import store_article

    thing = r'{"@type":"NewsArticle","headline":"a\ud800b","image":{"url":"https://a.example/\ud800.jpg"}}'
    page = f'<!doctype html><title>x</title><script type="application/ld+json">{thing}</script>'.encode()
    article = parse_page(page, source="news", url="https://gazette.example/", content_type=None)
    assert (article.title, article.image.url) == ("ab", "https://a.example/.jpg")
    assert store_article(article).encode("utf-8")
