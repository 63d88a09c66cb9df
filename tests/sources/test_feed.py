from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.errors import SourceError
from syndicate.model import Image
from syndicate.sources.formats.feed import parse_feed, read_feed
from tests.waiting import little_work

FEEDS = Path(__file__).parent.parent / "feeds"
SEED = Path(__file__).parents[3] / "shared" / "seed"
URL = "https://gazette.example/feeds/news.xml"
TEN = datetime(2025, 9, 1, 10, tzinfo=UTC)


def read(name, **options):
    return read_feed((FEEDS / name).read_bytes(), source="news", url=URL, **options)


def rss(items, *, head="", attributes=""):
    return f'<rss version="2.0"{attributes}><channel>{head}{items}</channel></rss>'.encode()


def one(inside, **options):
    """The only article of a feed with one item."""
    reading = read_feed(rss(f"<item>{inside}</item>", **options), source="news", url=URL)
    assert len(reading.articles) == 1
    return reading.articles[0]


def title(text):
    return one(f"<title>{text}</title><link>https://gazette.example/1</link>").title


def test_rss_2_says_all_it_can():
    reading = read("rss20.xml")
    cafe, second = reading.articles
    assert cafe.title == "Café reopens on the quay"
    assert cafe.summary == "The old café is back. It opens at nine."
    assert (cafe.url, cafe.guid) == ("https://gazette.example/news/cafe", "cafe")
    assert (cafe.published, cafe.precision, cafe.updated) == (TEN, "second", None)
    assert cafe.authors == ("Ana Lima", "Rui Sousa")
    assert cafe.categories == ("News", "Food & Drink")
    assert (cafe.language, cafe.kind, cafe.section) == ("en-gb", "article", None)
    assert cafe.raw == {"itunes:duration": "12:30"}
    assert cafe.image == Image(
        "https://gazette.example/cafe.jpg", "The café at dusk", "", "Photo desk", 1600, 1200, "image/jpeg"
    )
    assert [image.url.rpartition("/")[2] for image in cafe.images] == ["cafe.jpg", "cafe-wide.png", "cafe-thumb.jpg"]
    assert (second.title, second.images, second.summary) == ("Second story", (), "")
    assert (reading.listed, reading.notes, reading.interval) == (2, (), timedelta(minutes=30))


def test_atom_whose_root_alone_lacks_its_prefix():
    entry = "<atom:title>Quay opens</atom:title><atom:id>quay</atom:id><atom:link href='/quay'/>"
    body = f'<feed xmlns:atom="http://www.w3.org/2005/Atom"><atom:entry>{entry}</atom:entry></feed>'.encode()
    (article,) = read_feed(body, source="news", url=URL).articles
    assert (article.title, article.guid, article.url) == ("Quay opens", "quay", "https://gazette.example/quay")


def test_atom_decodes_each_text_as_its_type_says():
    german, english, plain = read("atom10.xml").articles
    assert german.title == "Brücke <offen> heute"
    assert english.title == "Bridge open"
    assert plain.title == "a <T> & b"
    assert german.summary == "Plain & simple"
    assert english.summary == "One. Two < three."


def entry(inside):
    """The only article of an Atom feed in German with one entry."""
    body = f'<feed {ATOM} xml:lang="de"><entry><id>1</id>{inside}</entry></feed>'.encode()
    return read_feed(body, source="news", url=URL).articles[0]


@pytest.mark.parametrize(
    ("attributes", "summary"),
    [("", "“Quay” opens"), (' type="text"', "“Quay” opens")],
)
def test_an_atom_summary_may_be_html_though_its_type_does_not_say_so(attributes, summary):
    said = "&lt;p&gt;&amp;ldquo;Quay&amp;rdquo; &lt;b&gt;opens&lt;/b&gt;&lt;/p&gt;"
    assert entry(f"<title>t</title><summary{attributes}>{said}</summary>").summary == summary


def test_an_atom_entrys_language_may_be_that_of_its_title():
    assert entry('<title xml:lang="en-gb">Quay opens</title>').language == "en-gb"
    assert entry("<title>Der Kai</title>").language == "de"


def test_atom_says_all_it_can():
    german, english, plain = read("atom10.xml").articles
    assert german.url == "https://gazette.example/de/bruecke"
    assert german.guid == "tag:gazette.example,2025:bruecke"
    assert (german.published, german.updated) == (TEN, datetime(2025, 9, 2, 10, tzinfo=UTC))
    assert (german.authors, german.categories) == (("Jo Meier",), ("Stadt",))
    assert (german.kind, german.language) == ("audio", "de")
    assert german.image == Image("https://gazette.example/bruecke.jpg", alt="Die Brücke")
    assert (english.language, english.url) == ("en", "https://gazette.example/de/en/bridge")
    assert (english.published, english.updated) == (None, german.updated)
    assert plain.published is None


def test_atom_03_is_read_too():
    (article,) = read("atom03.xml").articles
    assert (article.title, article.summary, article.authors) == ("Salt & vinegar", "Crisps.", ("Ann Author",))
    assert article.published == datetime(2003, 12, 13, 12, 29, 29, tzinfo=UTC)
    assert article.updated == datetime(2003, 12, 13, 18, 30, 2, tzinfo=UTC)


def test_rss_1_is_read_too():
    (article,) = read("rss10.rdf").articles
    assert (article.title, article.summary) == ("Le pont est ouvert", "Enfin.")
    assert (article.guid, article.url) == ("https://gazette.example/fr/1",) * 2
    assert (article.published, article.language) == (TEN, "fr")
    assert (article.authors, article.categories) == (("Léa Petit",), ("Ville",))


def test_the_oldest_forms_are_read_too():
    assert [article.title for article in read("rss090.rdf").articles] == [
        "First of the old ones",
        "Second of the old ones",
    ]
    (article,) = read("rss091.xml").articles
    assert (article.title, article.summary, article.language) == ("Café e pão", "O café volta.", "pt-pt")
    assert article.url == "https://gazette.example/pt/cafe"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bare_ampersand.xml", "Salt & vinegar & AT&T"),
        ("undeclared_entities.xml", "Hello\xa0World…"),
        ("undeclared_entities_with_doctype.xml", "Café World"),
        ("cp1252_as_utf8.xml", "Café – “open”"),
        ("cp1252_inside_utf8.xml", "Café “open”"),
        ("utf8_as_latin1.xml", "Café – “open”"),
        ("control_characters.xml", "Hello World"),
        ("utf16.xml", "Café World"),
        ("utf8_as_utf16.xml", "Café World"),
        ("utf32.xml", "Café World"),
        ("shift_jis.xml", "橋が開通"),
        ("php_warning.xml", "Hello World"),
        ("blank_line_first.xml", "Hello World"),
        ("junk_after.xml", "Hello World"),
        ("cdata_with_ampersand.xml", "Hello & World"),
    ],
)
def test_a_light_repair_keeps_every_letter(name, expected):
    reading = read(name)
    assert [article.title for article in reading.articles] == [expected]
    assert reading.articles[0].published == TEN
    assert (reading.cut_off, reading.notes) == (False, ())


@pytest.mark.parametrize("name", ["undeclared_prefix.xml", "crossed_tags.xml"])
def test_what_is_beyond_repair_is_read_in_a_process_of_its_own(name):
    reading = read(name)
    (article,) = reading.articles
    assert (article.title, article.url) == ("Hello World", "https://gazette.example/news/bridge")
    assert (article.guid, article.published) == ("bridge", TEN)
    assert "not well-formed" in reading.notes[0]


def test_beyond_repair_pictures_are_those_of_the_article_too():
    portrait = '<media:content url="https://0.gravatar.com/avatar/1" medium="image"/>'
    cover = '<itunes:image href="/cover.jpg"/>'
    (article,) = read_feed(rss(f"<item><title>t</title>{portrait}{cover}</item>"), source="news", url=URL).articles
    assert article.images == (Image("https://gazette.example/cover.jpg"),)


def test_beyond_repair_and_out_of_time_is_an_error():
    with pytest.raises(SourceError, match=r"not well-formed and could not be repaired: mismatched tag"):
        read("crossed_tags.xml", seconds=0.001)


@pytest.mark.parametrize("name", ["truncated.xml", "truncated_atom.xml"])
def test_of_a_document_that_was_cut_off_only_whole_entries_are_read(name):
    reading = read(name)
    assert [article.title for article in reading.articles] == ["Whole story"]
    assert reading.cut_off
    assert "cut off" in reading.notes[0]


def test_a_document_cut_off_before_its_first_entry_is_an_error():
    with pytest.raises(SourceError, match="cut off"):
        read_feed(b"<rss><channel><title>Gazette</title><item><title>Half", source="news", url=URL)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is an empty document, not a feed"),
        (b" \n\t", "is an empty document, not a feed"),
        (b'{"error": "no"}', "is a JSON document, not a feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "is a JSON Feed without a list of items"),
        (b"<newsItem/>", "is NewsML-G2, not a feed"),
        (b"<!DOCTYPE html><html><title>x</title></html>", "is an HTML page, not a feed"),
        (b"<!-- cached --><HTML><body>", "is an HTML page, not a feed"),
        (
            b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head/></html>',
            "is an HTML page, not a feed",
        ),
        (b'<?xml version="1.0"?><urlset></urlset>', "is a sitemap, not a feed"),
        (b'<?xml version="1.0"?><note/>', "is an XML document <note>, not a feed"),
        (b"Service unavailable", "is not a feed: it is not XML"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not a feed: it is not XML"),
        (b"<", "is not a feed: it is not XML"),
    ],
)
def test_what_is_no_feed_is_called_by_its_name(body, words):
    with pytest.raises(SourceError) as caught:
        read_feed(body, source="news", url=URL)
    assert str(caught.value).startswith(f"{URL} {words}")


def test_a_feed_below_the_doctype_of_a_page_is_a_feed():
    body = f'<?xml version="1.0"?>\n<!DOCTYPE html><feed {ATOM}><entry><title>Quay</title></entry></feed>'.encode()
    assert [article.title for article in read_feed(body, source="news", url=URL).articles] == ["Quay"]


def test_a_page_that_names_its_feed_gives_the_hint():
    with pytest.raises(SourceError) as caught:
        read("page.html")
    assert caught.value.hint.startswith("the page names this feed: https://gazette.example/rss.xml (if yours moved")


@pytest.mark.parametrize("name", ["entity_bomb.xml", "external_entity.xml"])
def test_entities_that_grow_or_reach_out_are_refused(name):
    with pytest.raises(SourceError, match="declares entities that no feed needs"):
        read(name)


def test_a_small_entity_of_the_documents_own_is_read():
    body = b'<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>' + rss("<item><title>a&nbsp;b</title></item>")
    assert parse_feed(body, source="news", url=URL, content_type=None)[0][0].title == "a\xa0b"


def test_a_feed_without_entries_is_a_feed():
    reading = read_feed(rss(""), source="news", url=URL)
    assert (reading.articles, reading.listed) == ((), 0)


def test_only_the_first_2000_entries_are_read():
    body = rss("".join(f"<item><title>{number}</title></item>" for number in range(2005)))
    reading = read_feed(body, source="news", url=URL)
    assert (len(reading.articles), reading.listed) == (2000, 2005)
    assert reading.notes == ("2005 entries; the newest 2000 are read",)


def test_of_a_long_list_that_begins_with_its_oldest_the_last_are_read():
    start = datetime(2025, 9, 1, tzinfo=UTC)
    items = [
        f"<item><title>{n}</title><pubDate>{format_datetime(start + timedelta(minutes=n))}</pubDate></item>"
        for n in range(2005)
    ]
    reading = read_feed(rss("".join(items)), source="news", url=URL)
    assert (reading.articles[0].title, reading.articles[-1].title) == ("5", "2004")
    reading = read_feed(rss("".join(reversed(items))), source="news", url=URL)
    assert (reading.articles[0].title, reading.articles[-1].title) == ("2004", "5")


@pytest.mark.parametrize(
    ("body", "words"), [(b"<rss>" + b" " * 10_000_000, "10,000,000 bytes"), (b"<a>" * 1_000_001, "1,000,000 tags")]
)
def test_a_document_without_bounds_is_refused(body, words):
    with pytest.raises(SourceError, match=words):
        read_feed(body, source="news", url=URL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AT&amp;amp;T", "AT&T"),
        ("AT&amp;T", "AT&T"),
        ("Ukraine&#8217;s", "Ukraine’s"),
        ("Ukraine&amp;#8217;s", "Ukraine’s"),
        ("&lt;b&gt;Bold&lt;/b&gt; words", "Bold words"),
        ("<![CDATA[<em>Fish</em> &amp; chips]]>", "Fish & chips"),
        ("Hello <b>World</b>", "Hello World"),
        ("Map&lt;T&gt; in a &lt; b", "Map<T> in a < b"),
        ("One&lt;br/&gt;Two", "One Two"),
        ("  two\n  lines\t here ", "two lines here"),
        ("&#146;quoted&#146;", "’quoted’"),
        ("Cafe&#769;", "Café"),
        ("?a=1&amp;copy=2", "?a=1&copy=2"),
        ("R&amp;amp;amp;D", "R&amp;D"),
        ("Grupo FÃ³rmula", "Grupo Fórmula"),
        ("Â¿Pensando? AquÃ\xad hay 7", "¿Pensando? Aquí hay 7"),
        ("Itâ€™s â€œopenâ€\x9d", "It’s “open”"),
        ("Ð\x9cÐ¾Ñ\x81Ñ‚", "Мост"),
        ("Spaß… und Spaß–Faktor", "Spaß… und Spaß–Faktor"),
        ("AMANHÃ…", "AMANHÃ…"),
        ("Â«On rejoue!Â»", "«On rejoue!»"),
        ("NoÃ«lle", "Noëlle"),
        ("AMANHÃ»", "AMANHÃ»"),
        ("FÃ³rmula – Москва", "FÃ³rmula – Москва"),
        ("Ça va, Ö¼ über", "Ça va, Ö¼ über"),
        ("&#x1F680; up", "🚀 up"),
    ],
)
def test_a_title_is_plain_one_line_and_decoded_once(text, expected):
    assert title(text) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_encoded_twice_is_read_whatever_it_spells_with_numbers(encoding):
    once = rss("<item><title>Österreich wählt &#8211; &#8220;Ö&#8221; à la carte </title></item>").decode()
    body = once.encode().decode("cp1252").encode(encoding)
    (article,) = read_feed(body, source="news", url=URL).articles
    assert article.title == "Österreich wählt – “Ö” à la carte"


@pytest.mark.parametrize("words", ["Ö¼ ist kein ü", "é, Ã¼", "Ã¼ – Москва"])
def test_a_document_encoded_once_stays_as_it_is(words):
    (article,) = read_feed(rss(f"<item><title>{words}</title></item>"), source="news", url=URL).articles
    assert article.title == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<![CDATA[<p>One.</p><p>Two</p>]]>", "One. Two"),
        ("<![CDATA[One<script>alert('<p>')</script> two<!-- <p>three</p> -->]]>", "One two"),
        ('<![CDATA[<img src="a.jpg" alt="a > b"> words]]>', "words"),
        ("<![CDATA[<a title=it's>link</a> text]]>", "link text"),
        ("a &lt; b &amp;lt; c", "a < b < c"),
        ("<p>Not escaped <b>at</b> all</p>", "Not escaped at all"),
        ("<![CDATA[AT&T &amp; co&hellip;]]>", "AT&T & co…"),
    ],
)
def test_a_summary_is_the_words_of_its_markup(text, expected):
    assert one(f"<title>t</title><description>{text}</description>").summary == expected


def test_a_summary_that_is_the_whole_article_is_cut_at_a_word():
    summary = one(f"<title>t</title><description>{'word ' * 3000}</description>").summary
    assert 4900 < len(summary) <= 5000
    assert summary.endswith(" word")


def test_what_podcasts_and_videos_say_of_themselves_is_their_summary():
    namespace = ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    said = "<itunes:summary>About salt.</itunes:summary>"
    assert one(f"<title>t</title>{said}", attributes=namespace).summary == "About salt."
    assert one(f"<title>t</title><description>Salt.</description>{said}", attributes=namespace).summary == "Salt."
    assert read("youtube.xml").articles[0].summary == "The storm."


ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
FEEDBURNER = 'xmlns="http://rssnamespace.org/feedburner/ext/1.0"'


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ("<link>https://gazette.example/a?utm_source=rss#top</link>", "https://gazette.example/a?utm_source=rss#top"),
        ("<link> \n/a\n </link>", "https://gazette.example/a"),
        ("<link>https://gazette.example/a?b=1&amp;amp;c=2&amp;#038;d</link>", "https://gazette.example/a?b=1&c=2&d"),
        ("<link>a</link>", "https://gazette.example/feeds/a"),
        ("<link>gazette.example/a</link>", "https://gazette.example/a"),
        ("<link>www.gazette.example/a</link>", "https://www.gazette.example/a"),
        ("<link>other.example/a</link>", "https://gazette.example/feeds/other.example/a"),
        ("<link>https://gazette.example/a b</link>", "https://gazette.example/a%20b"),
        ("<link>https://gazette.example/caf\u00e9</link>", "https://gazette.example/café"),
        ("<link/><guid>https://gazette.example/g</guid>", "https://gazette.example/g"),
        ('<guid isPermaLink="false">https://gazette.example/g</guid>', ""),
        ("<guid>12</guid>", ""),
        ("<link>javascript:alert(1)</link>", ""),
        ("<link>https://</link>", ""),
        ("<link>https://[x</link>", ""),
        (
            f'<link {ATOM} rel="self" href="/self"/><link {ATOM} href="/there"/>',
            "https://gazette.example/there",
        ),
        (
            f"<link>https://feeds.example/x</link><origLink {FEEDBURNER}>https://gazette.example/o</origLink>",
            "https://gazette.example/o",
        ),
    ],
)
def test_an_address_is_absolute_and_otherwise_as_given(inside, url):
    assert one(f"<title>t</title>{inside}").url == url


def test_a_json_feed_is_plain_text_but_for_entities():
    item = {"id": "1", "title": "&#8216;R&amp;D&#x2019; <b>", "summary": "It&#8217;s"}
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}).encode()
    (article,) = read_feed(body, source="news", url=URL).articles
    assert (article.title, article.summary) == ("‘R&D’ <b>", "It’s")


def test_relative_links_belong_to_the_channel_then_to_xml_base():
    link = "<item><title>t</title><link>a</link></item>"
    channel = rss(link, head="<link>https://www.gazette.example/x/</link>")
    assert read_feed(channel, source="news", url=URL).articles[0].url == "https://www.gazette.example/x/a"
    based = rss(link, attributes=' xml:base="https://base.example/y/"')
    assert read_feed(based, source="news", url=URL).articles[0].url == "https://base.example/y/a"


@pytest.mark.parametrize(
    ("inside", "published", "updated"),
    [
        ("<pubDate>Mon, 01 Sep 2025 10:00:00 GMT</pubDate>", TEN, None),
        ("<pubDate>whenever</pubDate><dc:date>2025-09-01T10:00:00Z</dc:date>", TEN, None),
        ("<atom:published>2025-09-01T10:00:00Z</atom:published>", TEN, None),
        ("<atom:updated>2025-09-01T10:00:00Z</atom:updated>", None, TEN),
        ("<pubDate>01/09/2025 10:00</pubDate>", None, None),
        ("", None, None),
    ],
)
def test_published_is_what_was_said_and_never_updated(inside, published, updated):
    attributes = ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
    article = one(f"<title>t</title>{inside}", attributes=attributes)
    assert (article.published, article.updated) == (published, updated)


def test_dates_that_cannot_be_read_are_noted():
    reading = read_feed(rss("<item><title>t</title><pubDate>01/09/2025</pubDate></item>"), source="news", url=URL)
    assert reading.notes == ("dates that cannot be read: 1, such as '01/09/2025'",)


def test_a_date_without_zone_is_the_sources_own():
    body = rss("<item><title>t</title><pubDate>2025-09-01</pubDate></item>")
    (article,) = read_feed(body, source="news", url=URL, timezone="Asia/Tokyo").articles
    assert (article.published, article.precision) == (datetime(2025, 8, 31, 15, tzinfo=UTC), "day")
    assert article.tz_assumed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<author>ann@gazette.example (Ann Author)</author>", ("Ann Author",)),
        ("<author>Ann Author &lt;ann@gazette.example&gt;</author>", ("Ann Author",)),
        ("<author>Ann Author (mailto:ann@gazette.example)</author>", ("Ann Author",)),
        ("<author>ann@gazette.example</author>", ()),
        ("<author>@ann</author>", ("@ann",)),
        ("<author>Ann (mailto:&amp;#97;nn&amp;#64;gazette.example)</author>", ("Ann",)),
        ("<author>By ANN AUTHOR</author>", ("ANN AUTHOR",)),
        ("<author>Baby Author</author>", ("Baby Author",)),
        (
            "<author>\n<name>Ann Author</name>\n<title>Editor</title><email>ann@gazette.example</email></author>",
            ("Ann Author",),
        ),
        ("<author>Ann Author</author>", ("Ann Author",)),
        ("", ()),
    ],
)
def test_authors_are_names_without_addresses(text, names):
    assert one(f"<title>t</title>{text}").authors == names


def test_categories_may_stand_in_a_list():
    said = "<category>News</category><categories><category>City</category><category>news</category></categories>"
    assert one(f"<title>t</title>{said}").categories == ("News", "City")


def test_an_item_without_title_and_address_is_left_out_and_counted():
    body = rss("<item><description>x</description></item><item><title>t</title></item>")
    reading = read_feed(body, source="news", url=URL)
    assert (len(reading.articles), reading.listed, reading.left_out) == (1, 2, ()), "it has no name either"
    assert reading.notes == ("entries left out, without title and address: 1",)


MEDIA = ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'


@pytest.mark.parametrize(
    ("inside", "files"),
    [
        ('<enclosure url="/a.jpg" type="image/jpeg"/><media:content url="/b.jpg" medium="image"/>', ["b.jpg", "a.jpg"]),
        (
            '<media:content url="/a.png" width="9"/><media:content url="/b.jpg" medium="image" width="800"/>',
            ["b.jpg", "a.png"],
        ),
        ('<media:content url="/a.mp4" type="video/mp4"><media:thumbnail url="/a.jpg"/></media:content>', ["a.jpg"]),
        ('<media:content url="/a.png"/><media:content url="/a.html"/>', ["a.png"]),
        (
            '<media:group><media:content medium="video"><media:thumbnail url="/a.jpg"/></media:content></media:group>',
            ["a.jpg"],
        ),
        ('<link href="/a"><media:content><media:thumbnail url="/a.jpg"/></media:content></link>', ["a.jpg"]),
        ('<media:content url="/a.mp4" type="video/mp4" medium="image"/>', []),
        (
            '<media:content url="https://0.gravatar.com/avatar/1" medium="image"/><media:thumbnail url="/a.jpg"/>',
            ["a.jpg"],
        ),
        ('<content:encoded><![CDATA[<p><img src="/a.jpg"></p>]]></content:encoded>', ["a.jpg"]),
        ('<content:encoded><![CDATA[<img src="/i.gif" width="1"><IMG SRC=/a.jpg>]]></content:encoded>', ["a.jpg"]),
        ('<content:encoded><![CDATA[<img src="data:x" data-src="/a.jpg">]]></content:encoded>', ["a.jpg"]),
        ('<content:encoded><![CDATA[<img src="/blank.png" data-lazy-src="/a.jpg">]]></content:encoded>', ["a.jpg"]),
        ('<description>&lt;img src="/a.jpg"/&gt;</description>', ["a.jpg"]),
        ('<enclosure url="/a.mp3" type="audio/mpeg"/>', []),
        ('<media:content url="/a.jpg" medium="image"/><media:thumbnail url="/a.jpg"/>', ["a.jpg"]),
    ],
)
def test_pictures_come_in_the_order_of_their_worth(inside, files):
    images = one(f"<title>t</title>{inside}", attributes=MEDIA).images
    assert [image.url.rpartition("/")[2] for image in images] == files


@pytest.mark.parametrize(
    ("link", "base", "picture"),
    [
        ("https://gazette.example/2025/quay/", "", "https://gazette.example/2025/quay/a.jpg"),
        ("https://www.gazette.example/2025/quay/", "", "https://www.gazette.example/2025/quay/a.jpg"),
        ("https://elsewhere.example/2025/quay/", "", "https://gazette.example/feeds/a.jpg"),
        ("https://gazette.example/quay/", ' xml:base="/img/"', "https://gazette.example/img/a.jpg"),
    ],
)
def test_a_picture_in_a_text_lies_where_the_article_does(link, base, picture):
    text = "&lt;img src='undefined'&gt;&lt;img src='a.jpg'&gt;"
    item = f"<title>t</title><link>{link}</link><description{base}>{text}</description>"
    assert one(item).images == (Image(picture),)
    assert entry(f'<link href="{link}"/><content type="html"{base}>{text}</content>').images == (Image(picture),)


@pytest.mark.parametrize(
    "ornament",
    [
        "https://avatars3.githubusercontent.com/u/1?s=60",
        "https://s0.wp.com/wp-content/mu-plugins/wpcom-smileys/twemoji/2/72x72/1f609.png",
        "https://s0.wp.com/latex.php?latex=x",
        "http://feeds.feedburner.com/~ff/gazette?d=yIl2AUoC8zA",
        "http://rss.gazette.example/~c/gazette?i=dJ24JB",
        "http://da.feedsportal.com/r/1/a2.img",
        "http://feedads.googleadservices.com/~a/SHH21F/i",
        "http://gazette.example/plugins/flattr/img/flattr-badge-large.png",
        "http://images.pheedo.com/images/mm/facebook.gif",
        "https://static.addtoany.com/buttons/share_save_120_16.png",
        "https://media.gazette.example/include/images/tracking/rss-pixel.png?story=1",
        "https://ads.example/display-ad/7-11",
        "https://gazette.example/themes/1/icon-share.svg",
        '/smile.png" class="emoji wp-smiley',
    ],
)
def test_an_ornament_is_no_picture_of_the_article(ornament):
    content = f'<content:encoded><![CDATA[<img src="{ornament}"><img src="/a.jpg">]]></content:encoded>'
    images = one(f"<title>t</title>{content}", attributes=MEDIA).images
    assert [image.url.rpartition("/")[2] for image in images] == ["a.jpg"]


@pytest.mark.parametrize(
    ("inside", "alt", "credit"),
    [
        ("<media:description>A bridge</media:description><media:title>Bridge</media:title>", "A bridge", ""),
        ("<media:title>The old bridge</media:title>", "The old bridge", ""),
        ("<media:title>IMG_2231.jpg</media:title>", "", ""),
        ('<media:credit role="photographer">Ann &amp;amp; Co</media:credit>', "", "Ann & Co"),
    ],
)
def test_a_pictures_alt_text_is_said_or_empty_but_no_file_name(inside, alt, credit):
    content = f'<media:content url="/a.jpg" medium="image">{inside}</media:content>'
    image = one(f"<title>t</title>{content}", attributes=MEDIA).image
    assert image is not None
    assert (image.alt, image.credit) == (alt, credit)


@pytest.mark.parametrize(("mime", "kind"), [("audio/mpeg", "audio"), ("video/mp4", "video"), ("image/png", "article")])
def test_what_is_enclosed_says_what_kind_of_article_it_is(mime, kind):
    assert one(f'<title>t</title><enclosure url="/x" type="{mime}"/>').kind == kind


def test_extensions_stay_for_templates_under_their_prefix():
    article = one("<title>t</title><g:price>5 EUR</g:price>", attributes=' xmlns:g="https://shop.example/ns"')
    assert article.raw == {"g:price": "5 EUR"}


def test_nul_never_comes_through():
    body = rss("<item><title>a\0b</title><link>https://gazette.example/\0x</link><guid>g\0</guid></item>")
    (article,) = read_feed(body, source="news", url=URL).articles
    assert (article.title, article.url, article.guid) == ("ab", "https://gazette.example/x", "g")


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item><title>t</title><description>"
        + b"&lt;" * 300_000
        + b"</description></item></channel></rss>",
        b"<rss><channel><item><title>" + b"&amp;lt;b " * 300_000 + b"</title></item></channel></rss>",
        b"<rss><channel><item><title>t</title>" + b"<![CDATA[" * 200_000 + b"</item></channel></rss>",
        b"<rss><channel><item><title>t" + b"<!--" * 200_000 + b"</title></item></channel></rss>",
        b"<rss " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b"><channel/></rss>",
        b"<rss><channel><item><title>t</title><description>"
        + b"&nbsp;" * 300_000
        + b"</description></item></channel></rss>",
        b"<rss><channel>" + b"<i>" * 300_000 + b"</i>" * 300_000 + b"</channel></rss>",
    ],
    ids=["angles", "entities", "cdata", "comments", "attributes", "spaces", "depth"],
)
def test_hostile_documents_cost_seconds_at_most(body):
    with little_work(5), suppress(SourceError):
        read_feed(body, source="news", url=URL, seconds=1.0)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_feed_or_a_source_error(body):
    try:
        read_feed(body, source="news", url=URL)
    except SourceError as fault:
        assert str(fault).startswith(URL)  # noqa: PT017 - either outcome is right


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="<>&\ufffe\uffff"), max_size=40)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_whatever_an_item_says_gives_plain_values(head, link, date, category):
    body = rss(
        f"<item><title>{head}</title><link>{link}</link><pubDate>{date}</pubDate><category>{category}</category></item>"
    )
    for article in read_feed(body, source="news", url=URL).articles:
        assert article.url == "" or article.url.startswith(("http://", "https://"))
        assert "\n" not in article.title
        assert article.published is None or article.published.tzinfo is UTC


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not here")
def test_the_article_the_project_began_with_is_understood():
    url = "http://127.0.0.1:8000/rss/news.xml"
    (article,), notes = parse_feed((SEED / "rss.xml").read_bytes(), source="news", url=url, content_type=None)
    assert notes == ()
    assert article.title == "Putin and Biden Discuss Geneva Agreements on Ukraine’s Conflict"
    assert article.summary.startswith("Russian President Vladimir Putin and his U.S counterpart")
    assert article.url.endswith("/news/Putin-and-Biden-Discuss-Geneva-Agreements-20211203-0009.html")
    assert (article.guid, article.language) == ("20211203-0009", "en")
    assert article.published == datetime(2021, 12, 3, 19, 42, tzinfo=UTC)
    assert article.categories == ("News", "Russia")
    assert article.image == Image(
        "http://127.0.0.1:8000/photo.jpg",
        alt="Meeting between Russia's President and his U.S counterpart.",
        credit="Twitter/@lopezdoriga",
        width=2400,
        height=1600,
        type="image/jpeg",
    )
