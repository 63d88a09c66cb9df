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
    [facet] = facets(text, linked(text, ()))
    assert facet["index"] == {"byteStart": 3, "byteEnd": len(text.encode())}
    assert facet["features"][0]["uri"] == "https://example.com/%C3%B1"
