"""What a Bluesky text links, and how short an address stands in it: by the rules of the official app."""

from urllib.parse import urlsplit

import pytest

from syndicate.model import Span
from syndicate.platforms._facets import facets, linked, shown


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("https://gazette.example/", "gazette.example"),
        ("https://gazette.example", "gazette.example"),
        ("https://Gazette.example/a", "gazette.example/a"),
        ("https://gazette.example/ferry-fares-12", "gazette.example/ferry-fares-12"),
        ("https://gazette.example/ferry-fares-123", "gazette.example/ferry-fares-…"),
        ("https://www.gazette.example/?utm_source=bluesky", "www.gazette.example/?utm_source=…"),
        ("https://gazette.example/#part", "gazette.example/#part"),
        ("http://gazette.example:8080/2026/ferry-cats", "gazette.example:8080/2026/ferry-c…"),
        ("https://gazette.example/%E6%97%A5%E6%9C%AC", "gazette.example/日本"),
        ("https://gazette.example/" + "%E6%97%A5" * 20, "gazette.example/" + "日" * 12 + "…"),
        ("https://gazette.example/a%20b%20and%20c", "gazette.example/a%20b%20and…"),
        ("https://gazette.example/%FF%FE%FF%FE%FF", "gazette.example/%FF%FE%FF%FE…"),
        ("https://gazette.example/%D8%A7%D9%84", "gazette.example/%D8%A7%D9%84"),
        ("mailto:desk@gazette.example", "mailto:desk@gazette.example"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_an_address_is_shown_as_the_app_shows_it(address, label):
    assert shown(address) == label
    if address.startswith("http") and "[" not in address:
        assert not any(map(str.isspace, label)), "the app would warn of a label with spaces"
        assert urlsplit(f"https://{label}").hostname == urlsplit(address).hostname, "and of one that names another host"


def found(text, spans=()):
    return [(span.kind, text[span.start : span.end], span.value) for span in linked(text, spans)]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Votes at www.example.com/vote until noon.", [("www.example.com/vote", "https://www.example.com/vote")]),
        ("See example.com.", [("example.com", "https://example.com")]),
        ("(example.com/a_(b))", [("example.com/a_(b)", "https://example.com/a_(b)")]),
        ("“example.com”: a name", [("example.com", "https://example.com")]),
        (
            "my-site.co.uk and 20minutes.fr",
            [("my-site.co.uk", "https://my-site.co.uk"), ("20minutes.fr", "https://20minutes.fr")],
        ),
        ("example.com:8080/?a=1,2", [("example.com:8080/?a=1,2", "https://example.com:8080/?a=1,2")]),
        ("Mail jane.me@site.com or desk@site.com", []),
        ("He left.It was late. U.S. v2.0 at 3.14", []),
        ("gazette.example has no such domain", []),
        ("cut at example.com/vot… or example.com…", []),
        ("an.example.comment xexample.com_", []),
        ("/example.com #example.com @example.com", []),
    ],
)
def test_an_address_without_a_scheme_is_a_link_where_its_domain_exists(text, links):
    assert [each[1:] for each in found(text) if each[0] == "link"] == links


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Why #MeToo matters", ["MeToo"]),
        ("#日本 と ＃東京", ["日本", "東京"]),
        ("#MeToo, #B-52! (#no) a#no", ["MeToo", "B-52"]),
        ("#2026 #1 #… # #!", []),
        ("#2026x #C++", ["2026x", "C++"]),
        (f"#{'a' * 64} #{'b' * 65}", ["a" * 64]),
        ("#cut…", []),
        ("#a\u200bb", ["a"]),
    ],
)
def test_hashtags_in_the_text_are_links(text, tags):
    assert [value for kind, _, value in found(text) if kind == "tag"] == tags


def test_what_is_marked_already_is_not_marked_again():
    text = "Ferry example.com/… #News"
    spans = (Span(6, 19, "link", "https://example.com/vote"), Span(20, 25, "tag", "News"))
    assert linked(text, spans) == spans


def test_facets_count_bytes_and_their_addresses_are_ascii():
    text = "é example.com/ñ"
    [facet] = facets(text, linked(text, ()), {})
    assert facet["index"] == {"byteStart": 3, "byteEnd": len(text.encode())}
    assert facet["features"][0]["uri"] == "https://example.com/%C3%B1"


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("https://a.example/34567890123456", "a.example/34567890123456"),
        ("https://a.example/345678901234567", "a.example/345678901234…"),
        ("HTTP://a.example/", "a.example"),
        ("https://desk@a.example/b", "a.example/b"),
        ("https:///b", "https:///b"),
        ("https://a.example/%0A", "a.example/%0A"),
        ("https://a.example/?q=%D7%90", "a.example/?q=%D7%90"),
        ("https://a.example/%E2%80%AEb", "a.example/%E2%80%AEb"),
        ("https://a.example/%D9%A1", "a.example/%D9%A1"),
        ("https://a.example/b%20", "a.example/b%20"),
        ("https://a.example/%20b", "a.example/%20b"),
        ("https://a.example/%C2%A0", "a.example/%C2%A0"),
        ("https://a.example/%C2%ADb", "a.example/%C2%ADb"),
        ("https://a.example/%C3%A9", "a.example/é"),
        ("https://a.example/2345678901%FFx1", "a.example/2345678901…"),
        ("https://a.example/23456789012%FFx", "a.example/23456789012…"),
    ],
)
def test_a_path_is_cut_to_the_letter_and_shown_readably_where_that_is_safe(address, label):
    assert shown(address) == label


@pytest.mark.parametrize(
    ("start", "end", "marked"),
    [(0, 4, 1), (0, 5, 0), (4, 5, 0), (14, 15, 0), (15, 16, 1), (0, 20, 0), (8, 9, 0)],
)
def test_a_link_that_touches_no_other_is_added(start, end, marked):
    text = "See example.com and more"
    spans = (Span(start, end, "link", "https://x.example"),)
    assert len(linked(text, spans)) == 1 + marked


def test_links_come_in_the_order_of_the_text():
    text = "#News example.com https://gazette.example/a #Fog"
    spans = (Span(18, 43, "link", "https://gazette.example/a"),)
    assert linked(text, spans) == (
        Span(0, 5, "tag", "News"),
        Span(6, 17, "link", "https://example.com"),
        spans[0],
        Span(44, 48, "tag", "Fog"),
    )


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("example.com*", "example.com"),
        ("example.com/a)", "example.com/a"),
        ("example.com/(a))", "example.com/(a)"),
        ("example.com/a?!...", "example.com/a"),
        ("example.com’", "example.com"),
        ("12.com", None),
        ("12a.com", "12a.com"),
        ("1.a.com", "1.a.com"),
        ("a.12.com", None),
        ("example.COM", None),
        ("example.com/a…b", None),
        ("example.com/a…", None),
        ("example.com and…", "example.com"),
    ],
)
def test_an_address_without_a_scheme_ends_where_its_sentence_goes_on(text, marked):
    assert [each[1] for each in found(text) if each[0] == "link"] == ([marked] if marked else [])


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#a1 #1a #12 #1-2 #-a", ["a1", "1a", "-a"]),
        ("#a,b #a.b. #a!!", ["a,b", "a.b", "a"]),
        ("#\ufe0fa #a\u2060b", ["a"]),
        ("#" + "é" * 64, ["é" * 64]),
        ("#" + "é" * 65, []),
        ("#a…b #a…", ["a…b"]),
    ],
)
def test_a_hashtag_ends_before_its_closing_punctuation(text, tags):
    assert [value for kind, _, value in found(text) if kind == "tag"] == tags


FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"


@pytest.mark.parametrize(
    ("tag", "count"),
    [("é" * 64, 1), ("é" * 65, 0), (FAMILY * 25 + "a" * 15, 1), (FAMILY * 25 + "a" * 16, 0)],
)
def test_a_tag_is_limited_in_letters_and_in_bytes(tag, count):
    made = facets(f"#{tag}", (Span(0, 1 + len(tag), "tag", tag),), {})
    assert len(made) == count
    if made:
        assert made == [
            {
                "index": {"byteStart": 0, "byteEnd": 1 + len(tag.encode())},
                "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": tag}],
            }
        ]


def test_facets_come_in_the_order_of_the_text_and_only_links_and_tags():
    spans = (Span(6, 8, "tag", "b"), Span(3, 5, "mention", "x"), Span(0, 2, "link", "https://a.example/é!~"))
    one, two = facets("#a #x #b", spans, {})
    assert one["features"] == [{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/%C3%A9!~"}]
    assert (one["index"], two["index"]) == ({"byteStart": 0, "byteEnd": 2}, {"byteStart": 6, "byteEnd": 8})
