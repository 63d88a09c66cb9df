"""Posts of a network on which the post itself says what is a link: short links, and nothing said twice."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from syndicate.errors import TooLong
from syndicate.model import Account, Article, Image, Limits, Site
from syndicate.platforms import find
from syndicate.rendering import pixels
from syndicate.rendering.environment import Templates
from syndicate.rendering.manner import BEFORE
from syndicate.rendering.mentions import JOINER
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer

SITE = Site("The Gazette", "https://gazette.example.com/", language="en")
PHOTO = Image("https://gazette.example.com/photos/ferry.jpg", alt="A white ferry.")
URL = "https://gazette.example.com/2026/ferries/return?desk=harbour"
SHORT = "gazette.example.com/2026/ferries…"
SUMMARY = "The first boat left the pier at dawn with forty passengers."
ARTICLE = Article("news", URL, "Ferries return", SUMMARY, section="News", images=(PHOTO,))
BLUESKY = find("bluesky")


@pytest.fixture
def post(shelf, now):
    def post(article=ARTICLE, limits=BLUESKY.limits, templates=None, manner=None, **account):
        renderer = Renderer(templates or Templates(), Pictures(shelf, lambda: pixels), None, SITE)
        wanted = Account("account", "bluesky", **{"image": "photo", "hashtags": 0} | account)
        adapter = object.__new__(BLUESKY)
        manners = {"manner": manner} if manner else {}
        return renderer.render(article, wanted, adapter, limits, at=now, planned_at=now, **manners)

    return post


def own(tmp_path, source):
    (tmp_path / "default").mkdir(exist_ok=True)
    (tmp_path / "default" / "post.txt.j2").write_text(source, encoding="utf-8")
    (tmp_path / "bluesky").mkdir(exist_ok=True)
    (tmp_path / "bluesky" / "post.txt.j2").write_text(source, encoding="utf-8")
    return Templates([tmp_path])


def test_a_link_in_the_text_is_shown_short_and_leads_to_the_whole_address(post):
    made = post(utm={"medium": "social", "campaign": "a" * 300})
    assert made.post.text == f"Ferries return\n\n{SUMMARY}\n\n{SHORT}"
    (link,) = made.post.spans
    assert (made.post.text[link.start : link.end], link.value) == (SHORT, made.post.link)
    assert link.value.endswith("a" * 300)
    assert made.length == len(made.post.text)


def test_the_link_is_whole_for_everything_else_that_a_template_does_with_it(post, tmp_path):
    made = post(
        templates=own(tmp_path, "{{ link }} {{ link | length }} {{ 'https' in link }} {{ link.startswith('http') }}")
    )
    assert made.post.text == f"{SHORT} {len(URL)} True True"


def test_on_other_networks_the_link_is_whole(shelf, now):
    renderer = Renderer(Templates(), Pictures(shelf, lambda: pixels), None, SITE)
    network, limits = SimpleNamespace(name="mastodon", measure=len), Limits(text=500)
    made = renderer.render(ARTICLE, Account("a", "mastodon", image="photo"), network, limits, at=now, planned_at=now)
    assert URL in made.post.text


def test_a_link_that_fills_the_text_alone_goes_into_the_card(post, tmp_path):
    article = replace(ARTICLE, url=f"https://{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.example/ferries-return-again")
    frame = own(tmp_path, "{{ article.title | fit }} {{ link }} From the newsroom of the Gazette, every day anew")
    made = post(article, templates=frame, link="text")
    assert made.post.text == "Ferries return From the newsroom of the Gazette, every day anew"
    assert made.post.card.url == made.post.link == article.url
    assert made.post.card.thumb is not None
    assert made.post.media == ()
    assert made.warnings == ("the link leaves no room in the text, so the post has a link card, and no picture",)


def test_a_text_that_is_too_long_without_a_link_stays_too_long(post, tmp_path):
    with pytest.raises(TooLong):
        post(templates=own(tmp_path, "x" * 301 + " {{ link }}"))
    with pytest.raises(TooLong):
        post(templates=own(tmp_path, "x" * 301), link="none")


def test_the_card_has_the_summary_and_the_text_has_not(post):
    made = post(link="card").post
    assert (made.text, made.card.title, made.card.description) == ("Ferries return", "Ferries return", SUMMARY)


@pytest.mark.parametrize(
    ("fields", "source", "text", "title", "description"),
    [
        ({"title": ""}, None, SUMMARY, "The Gazette", ""),
        ({"summary": f"FERRIES RETURN: {SUMMARY}"}, None, f"Ferries return: {SUMMARY}", "Ferries return", ""),
        ({}, "{{ article.summary }}", SUMMARY, "Ferries return", ""),
        ({}, "{{ article.summary | fit(drop=true) }}", SUMMARY, "Ferries return", ""),
        (
            {},
            "{{ article.summary[:30] | fit(drop=true) }} {{ article.title }}",
            "Ferries return",
            "Ferries return",
            SUMMARY,
        ),
        ({}, "{{ article.section | fit(drop=true) }}", "News", "Ferries return", SUMMARY),
        (
            {"summary": "See example.com/fares for all."},
            None,
            "Ferries return\n\nSee example.com/fares for all.",
            "Ferries return",
            "",
        ),
        ({"summary": "All about #Ferries."}, None, "Ferries return\n\nAll about #Ferries.", "Ferries return", ""),
        ({"summary": ""}, None, "Ferries return", "Ferries return", ""),
    ],
)
def test_text_and_card_say_nothing_twice(post, tmp_path, fields, source, text, title, description):
    made = post(replace(ARTICLE, **fields), templates=own(tmp_path, source) if source else None, link="card").post
    assert (made.text, made.card.title, made.card.description) == (text, title, description)


def test_tags_and_bare_addresses_in_the_words_are_links(post):
    made = post(replace(ARTICLE, title="Why #MeToo matters", summary="Vote at example.com/vote."), hashtags=1).post
    marked = [(span.kind, made.text[span.start : span.end], span.value) for span in made.spans]
    assert marked == [
        ("tag", "#MeToo", "MeToo"),
        ("link", "example.com/vote", "https://example.com/vote"),
        ("link", SHORT, URL),
        ("tag", "#News", "News"),
    ]


def test_the_words_mention_nobody_but_a_template_may(post, tmp_path):
    article = replace(ARTICLE, title="@council says no", summary="", authors=("@ada.example",))
    made = post(
        article, templates=own(tmp_path, "{{ article.title }} {{ article.authors[0] | mention }} @us {{ link }}")
    )
    assert made.post.text.startswith(f"{JOINER}@{JOINER}council says no @ada.example @us ")
    assert [span.value for span in made.post.spans if span.kind == "mention"] == ["ada.example"]
    assert made.post.article["title"] == "@council says no"
    card = post(article, link="card").post.card
    assert card.title == "@council says no", "nobody looks for mentions in a card"
    undescribed = replace(article, images=(replace(PHOTO, alt=""),))
    assert post(undescribed).post.media[0].alt == "@council says no", "nor in a description"


def test_before_links_were_whole_and_the_default_was_the_picture(post):
    article = replace(ARTICLE, section="Uncategorized", title="Why #MeToo matters to @council")
    made = post(article, hashtags=1, manner=BEFORE).post
    assert made.text == f"Why #MeToo matters to @council\n\n{SUMMARY}\n\n{URL}\n\n#Uncategorized"
    assert [span.kind for span in made.spans] == ["link", "tag"]
    assert len(made.media) == 1
    assert post(link="card", manner=BEFORE).post.text == f"Ferries return\n\n{SUMMARY}"
