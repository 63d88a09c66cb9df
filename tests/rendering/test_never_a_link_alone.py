"""Whatever an article has, says of itself, and is printed by: what goes out says something beside its link.

Articles of which this cannot be are never planned (`Article.is_empty`).
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from syndicate.errors import RenderError, TooLong
from syndicate.model import Account, Article, Image, Note, Override, PostOverride, Site
from syndicate.platforms import find
from syndicate.rendering import pixels
from syndicate.rendering.environment import Templates
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer
from syndicate.sources.parsing.overrides import OverrideReader
from tests.worlds.pictures import NOW, Shelf, drawn

SITE = Site("The Gazette", "https://gazette.example.com/", language="en")
URL = "https://gazette.example.com/notes/17"
PHOTO = Image("https://gazette.example.com/p/1.jpg", alt="The quay at noon")
NETWORKS = ("mastodon", "bluesky", "x", "threads", "telegram", "facebook", "linkedin", "slack", "webhook", "ntfy")
HOUSE = (
    None,
    ("{{ article.title | fit }} {{ link }}", None),
    ("{{ link }}\n{{ article.title | fit }}", "{{ link }}\n{{ article.body | fit }}"),
    ("{{ article.title | fit }}\n{{ article.summary | fit(drop=true) }}\n{{ link }}", "{{ article.body | fit }}"),
    ("{{ link }} {{ article.hashtags }} {{ article.title | fit }}", "Note: {{ article.body | fit }} {{ link }}"),
)
"""The templates of a house, for articles and for notes (None: the built-in one). Each prints words: a template that
prints nothing but a link says so itself.
"""
PRINT_ALL = (0, 3)
"""Those that print more than the headline: a template for articles that prints only that says nothing without one."""
SAID = ("", " ", "Fog", "Fog, then light. Gulls.", "漢字", "…", "?!", "https://other.example.com/", URL)
WORDS = st.sampled_from(SAID)
BODIES = st.one_of(WORDS, st.just("Walked out to the lighthouse before breakfast. " * 60))


def house(texts, folder):
    """The templates of a house."""
    (folder / "default").mkdir(parents=True)
    for name, text in zip(("post", "note"), texts, strict=True):
        if text is not None:
            (folder / "default" / f"{name}.txt.j2").write_text(text, encoding="utf-8")
    return Templates([folder])


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    folder = tmp_path_factory.mktemp("houses")
    return [Templates() if each is None else house(each, folder / str(at)) for at, each in enumerate(HOUSE)]


@given(
    title=WORDS,
    summary=WORDS,
    body=BODIES,
    note=st.booleans(),
    pictured=st.booleans(),
    own=st.one_of(st.none(), st.sampled_from(("Fog again", "{link} Fog again", "Fog {hashtags}"))),
    network=st.sampled_from(NETWORKS),
    number=st.integers(0, len(HOUSE) - 1),
    notes=st.sampled_from(("whole", "link")),
    note_link=st.sampled_from(("when cut", "always", "never")),
    image=st.sampled_from(("photo", "photos", "none")),
)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_no_post_is_a_link_alone(
    houses, title, summary, body, note, pictured, own, network, number, notes, note_link, image
):
    article = Article(
        "notes",
        URL,
        "" if note else title,
        body[:100] if note else summary,  # as readers give it
        images=(PHOTO,) if pictured else (),
        note=Note(body) if note and body.strip() else None,
        override=Override("here", PostOverride(text=own)) if own is not None else None,
    )
    assume(not article.is_empty)
    assume(image != "none" or not replace(article, images=()).is_empty)  # all it has is what the account leaves out
    assume(number in PRINT_ALL or (note and notes == "whole") or (title.strip() and "://" not in title and not note))
    adapter = object.__new__(find(network))
    renderer = Renderer(houses[number], Pictures(Shelf({PHOTO.url: drawn((640, 400))}), lambda: pixels), None, SITE)
    account = Account("account", network, notes=notes, note_link=note_link, image=image)
    try:
        post = renderer.render(article, account, adapter, adapter.limits, at=NOW, planned_at=NOW).post
    except (RenderError, TooLong):
        return  # told, and not sent
    says = post.text.replace(post.link or URL, "").strip()
    shown = post.card is not None and post.card.description  # a headline that is but an address is in its card
    assert says or post.media or shown, (number, post.text, post.card, article)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("title", [URL, f"{URL}/?utm_source=feed", f" {URL.replace('https', 'http')} "])
def test_an_article_whose_headline_is_its_own_address_says_its_summary(houses, network, title):
    article = Article("notes", URL, title, "Fog, then light.")
    adapter = object.__new__(find(network))
    renderer = Renderer(houses[0], Pictures(Shelf({}), lambda: pixels), None, SITE)
    account = Account("account", network, image="photo")
    post = renderer.render(article, account, adapter, adapter.limits, at=NOW, planned_at=NOW).post
    assert post.text.replace(post.link or URL, "").strip() == "Fog, then light."


@pytest.mark.parametrize("blank", ["", " ", "\n \t"])
def test_a_field_for_its_own_words_that_has_none_says_nothing(blank):
    reader = OverrideReader(URL, "UTC", NOW)
    assert reader.read({"text": blank, "post": True}, "here").whole == PostOverride(post=True)
