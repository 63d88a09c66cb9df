"""What every format says of entries that it leaves out, and of addresses that lead nowhere."""

from __future__ import annotations

import json

import pytest

from syndicate.model import UNUSABLE
from syndicate.sources import ghost, wordpress
from syndicate.sources.formats import jsonl, newsml, ninjs
from syndicate.sources.formats.feed import read_feed
from syndicate.sources.parsing.document import NAMES, Document
from syndicate.sources.parsing.fields import Namespaces, ParseContext, noted

URL = "https://gazette.example/feed"
NOWHERE = ["https://https://gazette.example/a", "undefined", "https://undefined/a", "https://{{host}}/a"]
NAMELESS = "it has neither a title nor an address"


def of_feed(body):
    return read_feed(body.encode(), source="news", url=URL)


def of_list(read, data):
    context = ParseContext("news", URL, "UTC", None, Namespaces("", ""))
    return noted(read(data, context, url=URL), context)


def of_document(read, body):
    context = ParseContext("news", URL, "UTC", None, NAMES)
    return noted(read(Document(body.encode(), "x"), context), context)


def rss(link, title, guid, *, end="</rss>"):
    item = f"<title>{title}</title><guid isPermaLink='false'>{guid}</guid>" + (f"<link>{link}</link>" if link else "")
    return of_feed(f"<rss version='2.0'><channel><item>{item}</item></channel>{end}")


def broken(link, title, guid):
    return rss(link, title, guid, end="<b>&nbsp;<b></rss>")


def atom(link, title, guid):
    said = f"<title>{title}</title><id>{guid}</id>" + (f"<link href='{link}'/>" if link else "")
    return of_feed(f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{said}</entry></feed>")


def json_feed(link, title, guid):
    items = [{"id": guid, "url": link, "title": title}]
    return of_feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))


def of_wordpress(link, title, guid):
    post = {"id": 1, "link": link, "title": {"rendered": title}, "guid": {"rendered": guid}, "status": "publish"}
    return of_list(wordpress.read, [post])


def of_ghost(link, title, guid):
    return of_list(ghost.read, {"posts": [{"id": guid, "url": link, "title": title, "status": "published"}]})


def of_ninjs(link, title, guid):
    item = {"uri": guid, "type": "text", "versioncreated": "2025-09-01T10:00:00Z", "headline": title, "url": link}
    return of_document(ninjs.parse, json.dumps(item))


def of_newsml(link, title, guid):
    page = f"<link rel='irel:webPage' href='{link}'/>" if link else ""
    meta = f"<itemMeta><itemClass qcode='ninat:text'/>{page}</itemMeta>"
    head = f"<contentMeta><headline>{title}</headline></contentMeta>"
    return of_document(newsml.parse, f"<newsItem guid='{guid}'>{meta}{head}</newsItem>")


FORMATS = [rss, broken, atom, json_feed, of_wordpress, of_ghost, of_ninjs, of_newsml]


def odd(reading):
    """Its notes, but for the one of a feed that is not well-formed."""
    return [note for note in reading.notes if "well-formed" not in note]


@pytest.mark.parametrize("link", NOWHERE)
@pytest.mark.parametrize("form", FORMATS)
def test_a_link_that_leads_nowhere_is_told_once_and_kept_as_the_reason(form, link):
    reading = form(link, "Bridge", "b-1")
    (article,) = reading.articles
    assert (article.url, article.raw[UNUSABLE]) == ("", link)
    assert odd(reading) == [f"links that lead nowhere: 1, such as {link!r}"]
    assert reading.left_out == ()


@pytest.mark.parametrize("form", FORMATS)
def test_a_login_is_told_to_nobody(form):
    reading = form("https://desk:pw@undefined/a", "Bridge", "b-1")
    assert "pw" not in repr(reading)
    assert "pw" not in repr(form("https://desk:pw@undefined/a", "", ""))


@pytest.mark.parametrize("form", FORMATS)
def test_a_good_link_and_none_at_all_are_as_they_were(form):
    for link, url in (("https://gazette.example/b", "https://gazette.example/b"), ("", "")):
        reading = form(link, "Bridge", "b-1")
        assert [article.url for article in reading.articles] == [url]
        assert UNUSABLE not in reading.articles[0].raw
        assert (odd(reading), reading.left_out) == ([], ())


@pytest.mark.parametrize("form", FORMATS)
def test_an_entry_without_title_and_address_is_left_out_by_its_guid(form):
    reading = form("", "", "b-1")
    assert [(each.place, each.why, each.meant) for each in reading.left_out] == [("b-1", NAMELESS, False)]
    assert (reading.articles, odd(reading)) == ((), [])


@pytest.mark.parametrize("form", FORMATS)
def test_with_a_link_that_leads_nowhere_that_is_the_reason(form):
    reading = form("undefined", "", "b-1")
    why = "it has no title, and its link leads nowhere: 'undefined'"
    assert [(each.place, each.why, each.meant) for each in reading.left_out] == [("b-1", why, False)]
    assert (reading.articles, odd(reading)) == ((), [])
    assert [each.place for each in form("undefined", "", "").left_out] == ["undefined"]


@pytest.mark.parametrize("form", FORMATS)
def test_one_that_has_no_name_at_all_is_counted_in_a_note(form):
    reading = form("", "", "")
    assert (reading.articles, reading.left_out) == ((), ())
    assert odd(reading) == ["entries left out, without title and address: 1"]


def test_what_is_odd_in_a_draft_is_not_told():
    draft = {"link": "undefined", "date": "yesterday", "title": {"rendered": "Soon"}, "status": "draft"}
    reading = of_list(wordpress.read, [draft])
    assert ([each.place for each in reading.left_out], reading.notes) == (["Soon"], ())


def test_no_terminal_is_controlled_by_a_guid():
    assert [each.place for each in json_feed("", "", "b\x1b[2J\x9b1").left_out] == ["b[2J1"]


def test_a_line_with_a_name_is_known_by_it_and_told_in_its_note():
    lines = [
        '{"url": "undefined", "title": "A", "guid": "g"}',
        '{"guid": "g", "kind": "novel"}',
        '{"title": "B"}',
        "[]",
    ]
    reading = of_document(jsonl.parse, "\n".join(lines))
    assert [(each.place, each.meant, each.noted) for each in reading.left_out] == [
        ("undefined", False, True),
        ("g", False, True),
    ]
    assert [note.partition(":")[0] for note in reading.notes] == ["line 1", "line 2", "line 4"]
    assert [article.title for article in reading.articles] == ["B"]


def test_a_relative_page_of_an_item_is_no_address_that_leads_nowhere():
    item = {"uri": "urn:1", "type": "text", "versioncreated": "2025-09-01T10:00:00Z", "headline": "One"}
    item["renditions"] = {"page": {"href": "one.html", "mimetype": "text/html"}}
    context = ParseContext("news", "", "UTC", None, NAMES)
    reading = ninjs.parse(Document(json.dumps(item).encode(), "x"), context)
    assert UNUSABLE not in reading.articles[0].raw
