"""Which of the things that a page's JSON-LD describes is the page's own story."""

from __future__ import annotations

import json

import pytest

from syndicate.sources.formats.page import parse_page

URL = "https://gazette.example/news/bridge.html"
OWN = {"@type": "NewsArticle", "headline": "The bridge is open", "datePublished": "2025-09-01T10:00:00Z"}
RELATED = {
    "@type": "NewsArticle",
    "headline": "Ferry stops for good",
    "url": "https://gazette.example/ferry",
    "datePublished": "2026-01-01T10:00:00Z",
}
HEAD = '<meta property="og:title" content="The bridge is open"><title>The bridge is open | The Gazette</title>'


def read(*things, head=HEAD, body="", url=URL):
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(thing)}</script>' for thing in things)
    page = f"<!DOCTYPE html><html><head>{head}{scripts}</head><body>{body}</body></html>"
    article = parse_page(page.encode(), source="page", url=url, content_type="text/html")
    return article.title, article.published.year if article.published else None, article.kind


@pytest.mark.parametrize("graph", [False, True], ids=["scripts", "one graph"])
@pytest.mark.parametrize(
    "own",
    [
        OWN,
        OWN | {"url": URL},
        OWN | {"headline": "Drive on!", "url": "/news/bridge.html"},
        OWN | {"headline": "Drive on!", "mainEntityOfPage": {"@type": "WebPage", "@id": f"{URL}#page"}},
        OWN | {"headline": "Drive on!", "@id": f"{URL}#article"},
        OWN | {"headline": "Drive on!", "url": "https://cms.example/news/bridge.html"},  # the path counts
        OWN | {"url": "https://gazette.example/"},  # the site's address says nothing
        OWN | {"url": "https://gaz.example/4711"},  # a short one, under the page's own headline
        OWN | {"headline": "The new bridge is open"},
        OWN | {"headline": "Drive on!", "name": "The bridge is open"},
    ],
)
def test_the_story_whose_address_or_headline_agrees_is_the_pages_whatever_comes_first(own, graph):
    things = [RELATED, RELATED | {"headline": "Trams return", "url": "/trams"}, own]
    _, year, _ = read({"@graph": things}) if graph else read(*things)
    assert year == 2025


@pytest.mark.parametrize(
    "others",
    [
        [RELATED],
        [RELATED, RELATED | {"headline": "Trams return", "url": "/trams"}],
        [{"@type": "NewsArticle", "headline": each, "datePublished": "2026-01-01"} for each in ("Trams", "Ferries")],
        [{"@type": "Review", "name": "Great toaster", "datePublished": "2026-01-01"}],
    ],
    ids=["related", "related twice", "several without address", "review"],
)
def test_what_only_stands_around_the_story_gives_it_neither_headline_nor_date(others):
    assert read(*others) == ("The bridge is open", None, "article")


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ({"@type": "VideoObject", "name": "The bridge is open", "url": URL, "uploadDate": "2026-01-01"}, "article"),
        ({"@type": "Review", "name": "The bridge is open", "datePublished": "2026-01-01"}, "article"),
    ],
)
def test_a_story_comes_before_the_film_or_the_review_that_it_shows(other, kind):
    assert read(other, OWN) == ("The bridge is open", 2025, kind)


def test_a_single_story_that_states_no_address_is_the_pages_under_any_headline():
    assert read(OWN | {"headline": "Drive on!"}) == ("Drive on!", 2025, "article")
    assert read({"@type": "Review", "headline": "The bridge is open", "datePublished": "2025-01-01"})[1] == 2025


@pytest.mark.parametrize(
    ("said", "head", "body", "title"),
    [
        ({"headline": "after two years of work", "name": "The bridge is open"}, HEAD, "", "The bridge is open"),
        ({"headline": "after two years of work"}, HEAD, "<h1>The bridge is open</h1>", "The bridge is open"),
        ({"headline": "after two years of work"}, HEAD, "<h1>The Gazette</h1>", "after two years of work"),
        # For search engines, a page may have another title than its readers see.
        ({"headline": "Drive on!"}, HEAD, "<h1>Drive on!</h1>", "Drive on!"),
        ({"headline": "The bridge is open at last"}, HEAD, "<h1>The bridge is open</h1>", "The bridge is open at last"),
        ({"headline": "橋が開通"}, "<title>橋が開通しました</title>", "<h1>橋が開通しました</h1>", "橋が開通"),
        ({"name": "The Gazette", "headline": "Drive on!"}, HEAD, "", "Drive on!"),
    ],
)
def test_a_headline_that_the_page_contradicts_twice_is_a_tagline(said, head, body, title):
    assert read({"@type": "NewsArticle", "url": URL} | said, head=head, body=body)[0] == title
