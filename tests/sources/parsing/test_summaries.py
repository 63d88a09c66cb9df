from __future__ import annotations

import json

import pytest

from syndicate.sources.formats.feed import read_feed
from syndicate.sources.parsing.html_text import declared_plain
from syndicate.sources.parsing.summaries import OPENING, opening, plain_opening, summary

URL = "https://gazette.example/a/0"
FOOTER = 'The post <a href="/a">Ferry fares frozen</a> appeared first on <a href="/">Gazette</a>.'


@pytest.mark.parametrize(
    ("title", "markup", "said"),
    [
        ("Ferry fares frozen", f"<p>Fares stay.</p><p>{FOOTER}</p>", "Fares stay."),
        ("Ferry fares frozen", f"Fares stay. [&#8230;] {FOOTER}", "Fares stay."),
        ("A newer headline", f"<p>Fares stay.</p>\n<p>{FOOTER}</p>", "Fares stay."),
        ("Fähre bleibt", "Sie bleibt. Der Beitrag Fähre bleibt erschien zuerst auf Gazette.", "Sie bleibt."),
        ("El ferry", "No sube. La entrada El ferry se publicó primero en Gazette.", "No sube."),
        ("Le bac", "Il part. L’article Le bac est apparu en premier sur Gazette.", "Il part."),
        ("O barco", "Ele vai. O post O barco apareceu primeiro em Gazette.", "Ele vai."),
        ("Il ponte", "Aperto. L'articolo Il ponte proviene da Gazette.", "Aperto."),
        ("Prom", "Stoi. Artykuł Prom pochodzi z serwisu Gazette.", "Stoi."),
        ("Köprü açıldı", "Sis. Köprü açıldı yazısı ilk önce Gazete üzerinde ortaya çıktı.", "Sis."),
        ("Мост", "Открыт. Сообщение Мост появились сначала на Газета.", "Открыт."),
        ("霧が来た", "<p>夜。</p><p>投稿 霧が来た は Gazette に最初に表示されました。</p>", "夜。"),
        ("Most", "<p>Mlha.</p><p>Zápis <a href='/a'>Most</a> je odjinud, z <a href='/'>Gazette</a>.</p>", "Mlha."),
        ('Café "Mill" opens', "It did. The post Café &#8220;Mill&#8221; opens first appeared on Gazette.", "It did."),
        (
            "Bakery",
            '<p>One. <a class="more-link" href="/a">Continue reading <span>“Bakery”</span> &rarr;</a></p>',
            "One.",
        ),
        ("Bakery", '<p>One. <a href="/a">Read more</a></p>', "One."),
        ("Bakery", "One. Continue reading “Bakery” →", "One."),
        ("Bakery", "One two… Weiterlesen »", "One two…"),
        ("Bakery", "One two... [Read more...]", "One two..."),
        ("Bakery", "One two (more&hellip;)", "One two"),
        ("Bakery", "<p>One two&hellip;</p><p><a href='/a'>Lire la suite</a></p>", "One two…"),
        ("Bakery", "The boats returned on [&amp;#8230;]".replace("&amp;", "&"), "The boats returned on…"),
        ("Bakery", "The boats returned on [...]", "The boats returned on…"),
        ("Bakery", "The boats returned. [&hellip;]", "The boats returned."),
        ("Bakery", '[caption id="a_1" width="300"]Jo at sea[/caption] It came. [gallery ids="1,2"]', "It came."),
        ("Bakery", "[vc_row][vc_column width=&#8221;1/2&#8221;]It came.[/vc_column][/vc_row]", "It came."),
        ("Bakery", "[su_note]It came.[/su_note] [gallery]", "It came."),
        ("Bakery", "<figure><img src='a'><figcaption>Photo: Ana</figcaption></figure><p>It came.</p>", "It came."),
        ("Bakery", '<div class="wp-caption"><p class="wp-caption-text">Fog</p></div><p>It came.</p>', "It came."),
        ("Bakery", "<p>Photo by Jo Example</p><p>It came.</p>", "It came."),
        ("Bakery", "<img src='a'><br><em>Foto: Jo / Agentur</em><br>Es kam.", "Es kam."),
        ("Bakery", '<p>It came.</p><div style="display: none">Ads <div>and</div> more</div>', "It came."),
        ("Bakery", "<p>It came.<span data-nosnippet> Not this</span></p><p hidden>Nor this</p>", "It came."),
        ("Bakery", "<![CDATA[It came.]]>", "It came."),
        ("Bakery", "&lt;p&gt;It &lt;b&gt;came&lt;/b&gt;.&lt;/p&gt;", "It came."),
        ("Bakery", URL, ""),
        ("Bakery", f"It came. {URL.replace('https', 'http')}/", "It came."),
    ],
)
def test_what_a_system_hangs_onto_a_text_is_left_out(title, markup, said):
    assert summary(markup, title=title, url=URL) == said


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Fog", "The fog appeared first on the river."),
        ("Post office", "It is old. The post office appeared first on Mill Lane."),
        ("Mill Lane", "The post was hers. It appeared first on paper."),
        ("Reading", "Her advice to children? Read more."),
        ("Reading", "They may continue reading and see."),
        ("Reading", "He wants us to read more"),
        ("Words", "He said [sic] it, twice [1]. Watch it [video]"),
        ("Words", "A [where x=1] and arr[my_index] and [gallery of voices] stay."),
        ("Words", "We […] stay, he said."),
        ("Words", "The credit: hers. Photo by photo, the archive grows."),
        ("Words", "See https://gazette.example/a/1"),
        ("Words", f"At {URL} is more of it."),
    ],
)
def test_prose_that_only_looks_like_it_stays(title, text):
    assert summary(text, title=title, url=URL) == text
    assert summary(f"<p>{text}</p>", title=title, url=URL) == text


def test_links_and_tags_of_the_text_itself_stay():
    assert summary('<p>See <a href="/f">Read more about the ferry</a></p>') == "See Read more about the ferry"
    assert summary("<p>Photo by photo, it grows.</p><p>Slowly.</p>") == "Photo by photo, it grows. Slowly."
    assert summary("<p>About &lt;p&gt;x&lt;/p&gt; tags</p>") == "About <p>x</p> tags"
    assert summary("<p class='caption'>Never closed") == "Never closed"


def test_a_caption_is_said_where_nothing_else_is():
    assert opening("<figure><img><figcaption>Fog at dawn</figcaption></figure>") == "Fog at dawn"


def test_the_first_words_of_a_content_keep_its_paragraphs():
    markup = "<h2>Fog</h2>\n<p>It came\nat <b>night</b>.</p><p>One<br>two</p><ul><li>a</li><li>b</li></ul>"
    assert opening(markup) == "Fog\n\nIt came at night.\n\nOne\ntwo\n\na\nb"
    assert plain_opening("Fog.\n\n\nIt came\nat night.") == "Fog.\n\nIt came\nat night."


@pytest.mark.parametrize(
    ("markup", "end"),
    [("<p>" + "word " * 150 + "</p><p>" + "word " * 150 + "</p>", "word"), ("<p>" + "word " * 300 + "</p>", "word…")],
)
def test_the_first_words_are_not_the_whole_content(markup, end):
    said = opening(markup)
    assert OPENING / 2 <= len(said) <= OPENING
    assert said.endswith(end)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dogs &amp; cats &quot;now&quot;", 'Dogs & cats "now"'),
        ("<p>The bridge &amp; the ferry</p>", "The bridge & the ferry"),
        ("It came&nbsp;at night", "It came at night"),
        ("If 3 < 4 and R&D", "If 3 < 4 and R&D"),
        ("A <T> of C", "A <T> of C"),
        ("How to use <b>", "How to use <b>"),
        ("?a=1&copy=2", "?a=1&copy=2"),
    ],
)
def test_plain_text_may_hold_entities_and_html_that_is_closed_again(text, said):
    assert declared_plain(text) == said


RSS = (
    '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item>{}<link>/1</link>'
    "<content:encoded>&lt;p&gt;Fog.&lt;/p&gt;&lt;p&gt;It came.&lt;/p&gt;</content:encoded></item></channel></rss>"
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><entry>{}<id>1</id><link href="/1"/>{}</entry></feed>'
HTML = '<content type="html">&lt;p&gt;Fog.&lt;/p&gt;&lt;p&gt;It came.&lt;/p&gt;</content>'


def json_feed(**item):
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/1", **item}]}
    return json.dumps(feed)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (RSS.format(""), "Fog.\n\nIt came."),
        (RSS.format("<title> </title>"), "Fog.\n\nIt came."),
        (RSS.format("<title>A headline</title>"), ""),
        (RSS.format("<description>In short.</description>"), "In short."),
        (ATOM.format("<title></title>", HTML), "Fog.\n\nIt came."),
        (ATOM.format("<title>A headline</title>", HTML), ""),
        (ATOM.format("", '<content type="image/png">iVBORw0KGgo=</content>'), ""),
        (json_feed(content_html="<p>Fog.</p><p>It came.</p>"), "Fog.\n\nIt came."),
        (json_feed(content_text="Fog.\n\nIt came."), "Fog.\n\nIt came."),
        (json_feed(title="A headline", content_text="Fog."), ""),
        (json_feed(summary="In short.", content_text="Fog."), "In short."),
    ],
)
def test_an_entry_without_title_and_summary_speaks_with_its_content(body, said):
    (article,) = read_feed(body.encode(), source="news", url=URL).articles
    assert article.summary == said


def test_escaped_cdata_is_opened_in_every_element():
    def covered(text):
        return f"&lt;![CDATA[{text}]]&gt;"

    item = "".join(
        f"<{name}>{covered(text)}</{name}>"
        for name, text in (
            ("title", "The bridge"),
            ("link", "https://gazette.example/1"),
            ("description", "It came."),
            ("category", "City"),
            ("pubDate", "Mon, 01 Sep 2025 10:00:00 GMT"),
        )
    )
    (article,) = read_feed(f"<rss><channel><item>{item}</item></channel></rss>".encode(), source="n", url=URL).articles
    assert (article.title, article.url, article.summary) == ("The bridge", "https://gazette.example/1", "It came.")
    assert (article.categories, article.published is not None) == (("City",), True)
