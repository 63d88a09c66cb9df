"""Notes as posts: whole where they fit, cut nowhere but between words, and never a link alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate.errors import Unavailable
from syndicate.model import Account, Article, Image, Note, Site
from syndicate.platforms import find
from syndicate.rendering import pixels
from syndicate.rendering.environment import Templates
from syndicate.rendering.mentions import JOINER, as_written
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer
from syndicate.text import ELLIPSIS, addresses, graphemes, paragraphs
from tests.worlds.pictures import NOW, Shelf, drawn

SITE = Site("The Gazette", "https://gazette.example.com/", language="en")
URL = "https://gazette.example.com/notes/17"
CAFE = "https://harbour.example.com/cafe"
PHOTOS = tuple(Image(f"https://gazette.example.com/p/{number}.jpg", alt=f"Picture {number}") for number in range(6))
NETWORKS = ("mastodon", "bluesky", "x", "threads", "telegram", "facebook")
TEMPLATES = Templates()


def rendered(note, network="mastodon", *, images=(), shelf=None, templates=TEMPLATES, limits=None, **account):
    adapter = object.__new__(find(network))
    article = Article("notes", URL, "", note.body[:100], images=images, note=note)
    renderer = Renderer(templates, Pictures(shelf, lambda: pixels), None, SITE)
    wanted = Account("account", network, **account)
    return renderer.render(article, wanted, adapter, limits or adapter.limits, at=NOW, planned_at=NOW)


def shelf(*broken):
    held = {image.url: drawn((640, 400 + number)) for number, image in enumerate(PHOTOS)}
    return Shelf(held | {PHOTOS[number].url: Unavailable("no answer") for number in broken})


@pytest.mark.parametrize("network", NETWORKS)
def test_a_note_that_fits_is_exactly_its_words(network):
    made = rendered(Note("Fog, then light.\nGulls.\n\nAnd *stars* with _no_ markup: a < b & `c`."), network).post
    assert made.text == "Fog, then light.\nGulls.\n\nAnd *stars* with _no_ markup: a < b & `c`."
    assert (made.link, made.card, made.spans) == (None, None, ())


def test_words_carry_a_link_where_the_network_shows_that_and_else_the_address_stands_behind_them():
    note = Note(f"Here we go: @keeper says here ({CAFE}) is coffee.", (("here", CAFE),))
    bluesky, telegram, mastodon = (rendered(note, name).post for name in ("bluesky", "telegram", "mastodon"))
    for post in (bluesky, telegram):
        assert as_written(post.text) == "Here we go: @keeper says here is coffee."
        [span] = post.spans
        assert (post.text[span.start : span.end], span.value) == ("here", CAFE)
        assert post.text.index("says here") + 5 == span.start
    assert as_written(mastodon.text) == note.body
    assert [span.value for span in mastodon.spans] == [CAFE]


def test_a_link_whose_words_were_cut_leads_on_from_what_is_left():
    words = "the very long story of a lighthouse that moved away"
    note = Note("Fog. " * 46 + f"Read {words} ({CAFE}) now. " + "Rain. " * 40, ((words, CAFE),))
    post = rendered(note, "bluesky").post
    [carried, own] = post.spans
    assert (carried.value, own.value) == (CAFE, URL)
    shown = post.text[carried.start : carried.end]
    assert len(shown) > 5
    assert words.startswith(shown)


def test_a_card_of_bluesky_is_of_the_first_page_elsewhere_never_of_its_own():
    note = Note(f"See {URL} and {CAFE}?a=1 too.")
    assert rendered(note, "bluesky").post.card.url == f"{CAFE}?a=1"
    assert rendered(Note(f"See {URL}."), "bluesky").post.card is None
    assert rendered(note, "bluesky", link="text").post.card is None
    assert rendered(note, "bluesky", images=PHOTOS[:1], shelf=shelf()).post.card is None


def test_a_note_takes_its_photos_and_never_the_drawn_card():
    made = rendered(Note("Six."), images=PHOTOS, shelf=shelf(1), image="card")
    assert [media.alt for media in made.post.media] == [f"Picture {number}" for number in (0, 2, 3, 4)]
    assert made.post.text == "Six."
    assert len(made.warnings) == 1
    assert rendered(Note("Six."), images=PHOTOS, shelf=shelf(), image="none").post.media == ()


def test_an_account_may_want_fewer_photos_and_a_broken_one_does_not_count():
    made = rendered(Note("Six."), images=PHOTOS, shelf=shelf(1), photos=2)
    assert [media.alt for media in made.post.media] == ["Picture 0", "Picture 2"]
    many = rendered(Note("Six."), images=PHOTOS, shelf=shelf(), photos=9)
    assert len(many.post.media) == 4  # as many as the network takes


def test_a_note_whose_photos_cannot_be_had_has_its_link():
    made = rendered(Note("One."), images=PHOTOS[:1], shelf=shelf(0)).post
    assert made.text == f"One.\n\n{URL}"
    assert rendered(Note(""), images=PHOTOS[:1], shelf=shelf(0)).post.text == f"Picture 0\n\n{URL}"


def test_what_the_source_gave_only_in_part_has_its_link_unless_that_is_never_wanted():
    assert rendered(Note("A beginning…", whole=False)).post.text == f"A beginning…\n\n{URL}"
    assert rendered(Note("A beginning…", whole=False), note_link="never").post.text == "A beginning…"
    assert rendered(Note("All."), note_link="always").post.text == f"All.\n\n{URL}"
    assert rendered(Note("A beginning…", whole=False), link="none").post.link is None


def test_a_template_that_says_less_gets_the_link(tmp_path):
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "note.txt.j2").write_text("A new note. {{ link }}", encoding="utf-8")
    assert rendered(Note("All."), templates=Templates([tmp_path])).post.text == f"A new note. {URL}"


def test_as_an_article_it_is_what_it_was():
    note = Note("Fog.\n\nThen light.")
    assert rendered(note, notes="link", image="none", hashtags=0).post.text == f"Fog.\n\nThen light.\n\n{URL}"


def test_the_caption_of_a_photo_is_shorter_than_a_text_alone():
    adapter = find("telegram")
    assert adapter.limits.text_with_media == 1024
    note = Note("Fog. " * 300 + "End")
    assert rendered(note, "telegram").post.text == note.body
    made = rendered(note, "telegram", images=PHOTOS[:1], shelf=shelf())
    assert made.post.text.endswith(f"…\n\n{URL}")
    assert made.length <= made.limit == 1024


SIGNS = (
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "👩‍👩‍👧",
    "é",
    "e\u0301",
    "漢字",
    "ไทย",
    "🇵🇹🇪🇸",
    "नमस्ते",
    "العربية",
    "*",
    "_",
    "<b>",
    "&amp;",
    "#tag",
    "@name",
)
WORD = st.one_of(
    st.sampled_from(SIGNS),
    st.text(alphabet="abcdefghij.,'-", min_size=1, max_size=30),
    st.sampled_from(
        ("https://a.example.com/x?y=1&z=(2)", "https://b.example.org/" + "p" * 60, "name@mail.example.com")
    ),
)
BODY = st.lists(WORD, min_size=1, max_size=160).map(
    lambda words: paragraphs(" ".join(f"{word}\n\n" if at % 17 == 16 else word for at, word in enumerate(words)))
)


@given(BODY, st.sampled_from(NETWORKS), st.booleans(), st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_cut_in_a_grapheme_a_link_or_a_mention_and_no_post_is_a_link_alone(body, network, linked, pictured):
    words = next((word for word in body.split() if word.isalnum()), "")
    note = Note(body)
    if linked and words:
        note = Note(body.replace(words, f"{words} ({CAFE})", 1), ((words, CAFE),))
    adapter = object.__new__(find(network))
    images, held = (PHOTOS[:1], shelf()) if pictured else ((), None)
    made = rendered(note, network, images=images, shelf=held)
    text = made.post.text
    assert adapter.measure(text) <= adapter.limits.beside(made.post.media).text
    own = [span for span in made.post.spans if span.value == URL]
    said = text[: own[-1].start].rstrip() if own else text
    whole = as_written(text) in (note.body, body)
    assert whole == (made.post.link is None)
    assert re.search(r"\w|[^\x00-\x7f]", said.replace(JOINER, "")) or made.post.media or body == said
    bare = as_written(said)
    kept = bare if whole else bare.removesuffix(ELLIPSIS)
    source = next(each for each in (note.body, body) if each.startswith(kept))
    assert graphemes(source)[: len(graphemes(kept))] == graphemes(kept)
    places = {source[slice(*each)] for each in addresses(source)}
    assert {kept[slice(*each)] for each in addresses(kept)} <= places
    if not whole:
        assert source[len(kept) :][:1] in ("", " ", "\n", *source[len(kept) :][:1][:1]) or not kept
        assert not re.search(r"[@#]\w*\Z", kept) or re.match(r"\W|\Z", source[len(kept) :])


def test_an_article_without_words_stays_an_article():
    article = Article("notes", URL, "", images=PHOTOS[:1])
    renderer = Renderer(TEMPLATES, Pictures(shelf(), lambda: pixels), None, SITE)
    adapter = object.__new__(find("mastodon"))
    post = renderer.render(
        article, Account("a", "mastodon", image="photo"), adapter, adapter.limits, at=NOW, planned_at=NOW
    ).post
    assert post.text == f"Picture 0\n\n{URL}"
    assert replace(article, note=Note("x")).form == "note"
