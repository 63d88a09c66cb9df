import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from syndicate.errors import RenderError, TooLong
from syndicate.model import Account, Article, Image, Limits, LinkCard, Media, Site, Span
from syndicate.rendering import pixels
from syndicate.rendering import post as rendering_post
from syndicate.rendering.cards.order import Drawn, focus_in, load_order
from syndicate.rendering.environment import Templates
from syndicate.rendering.manner import AGAIN
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer
from syndicate.serialization import article_record
from syndicate.text import cut, plain
from tests.worlds.pictures import drawn

SITE = Site("The Gazette", "https://gazette.example.com/", language="en")
PHOTO = Image("https://gazette.example.com/photos/ferry.jpg", alt="A white ferry.", credit="Ada Lind")
URL = "https://gazette.example.com/ferry?a=1#top"
ARTICLE = Article("news", URL, "Ferries return", "The first boat left at dawn.", section="News", images=(PHOTO,))
ACCOUNT = Account("account", "mastodon", image="photo")
TEXT = Limits(text=500, card="text")
CLIENT = Limits(text=300, text_bytes=3000, card="client")
FIELD = Limits(text=5000, card="field")
NO_CARD = Limits(text=500, card="none")
UNCLICKABLE = Limits(text=2200, card="none", clickable=False)
BOTH = Limits(text=5000, card="field", card_with_media=True)


def undrawn(order, photo):
    raise AssertionError("nobody asked for a card")


@pytest.fixture
def post(shelf, now):
    """Renders, by default the article with its photo for an account of a network that reads links in the text."""

    def post(
        article=ARTICLE, limits=TEXT, templates=None, measure=len, name="mastodon", site=SITE, draw=undrawn, **account
    ):
        renderer = Renderer(templates or Templates(), Pictures(shelf, lambda: pixels), draw, site)
        platform = SimpleNamespace(name=name, measure=measure)
        return renderer.render(article, replace(ACCOUNT, **account), platform, limits, at=now, planned_at=now)

    return post


@pytest.mark.parametrize(
    ("limits", "image", "link", "in_text", "media", "card", "beside"),
    [
        (TEXT, "photo", None, True, 1, False, True),
        (TEXT, "none", None, True, 0, False, True),
        (TEXT, "photo", "card", True, 0, False, True),
        (TEXT, "photo", "text", True, 1, False, True),
        (TEXT, "photo", "none", False, 1, False, False),
        (CLIENT, "photo", None, True, 1, False, True),
        (CLIENT, "none", None, False, 0, True, True),
        (CLIENT, "card", None, False, 0, True, True),
        (CLIENT, "card", "text", True, 1, False, True),
        (CLIENT, "card", "none", False, 1, False, False),
        (replace(CLIENT, card_with_media=True), "card", None, False, 1, True, True),
        (TEXT, "card", None, True, 1, False, True),
        (FIELD, "card", None, True, 1, False, True),
        (CLIENT, "photo", "card", False, 0, True, True),
        (CLIENT, "photo", "text", True, 1, False, True),
        (CLIENT, "none", "text", True, 0, False, True),
        (CLIENT, "photo", "none", False, 1, False, False),
        (FIELD, "photo", None, True, 1, False, True),
        (FIELD, "none", None, False, 0, False, True),
        (FIELD, "photo", "card", False, 0, False, True),
        (FIELD, "none", "text", True, 0, False, True),
        (NO_CARD, "photo", "card", True, 1, False, True),
        (BOTH, "photo", None, False, 1, False, True),
        (BOTH, "photo", "card", False, 1, False, True),
        (replace(TEXT, images=0), "photo", None, True, 0, False, True),
        (UNCLICKABLE, "photo", None, False, 1, False, False),
        (UNCLICKABLE, "photo", "bio", False, 1, False, False),
        (UNCLICKABLE, "photo", "text", True, 1, False, True),
        (UNCLICKABLE, "photo", "none", False, 1, False, False),
    ],
)
def test_the_link_stands_where_account_and_network_want_it(post, limits, image, link, in_text, media, card, beside):
    made = post(limits=limits, image=image, link=link, draw=Studio()).post
    assert (URL in made.text) == in_text
    assert [span.value for span in made.spans if span.kind == "link"] == [URL] * in_text
    assert len(made.media) == media
    assert (made.card is not None) == card
    assert made.link == (URL if beside else None)


@pytest.mark.parametrize(
    ("language", "link", "words"),
    [
        ("en", None, "Link in bio"),
        ("en-GB", "bio", "Link in bio"),
        ("de", None, "Link in der Bio"),
        ("ja", None, "リンクはプロフィールから"),
        ("xx", None, "Link in bio"),
        ("en", "none", None),
        ("en", "text", None),
    ],
)
def test_where_nobody_can_follow_an_address_the_caption_says_where_the_link_is(post, language, link, words):
    made = post(replace(ARTICLE, language=language), limits=UNCLICKABLE, link=link, name="instagram").post
    lines = made.text.splitlines()
    assert ("Link in bio" in lines or words in lines) == (words is not None)
    assert words is None or words in lines
    assert (URL in lines) == (link == "text")


def test_a_caption_that_repeats_a_story_says_so_too_and_threads_has_one_topic(shelf, now):
    renderer = Renderer(Templates(), Pictures(shelf, lambda: pixels), undrawn, SITE)
    tagged = replace(ARTICLE, published=now, categories=("Boats", "Travel"))

    def again(name, limits):
        network = SimpleNamespace(name=name, measure=len)
        made = renderer.render(tagged, ACCOUNT, network, limits, at=now, planned_at=now, manner=AGAIN)
        return made.post.text

    caption = again("instagram", UNCLICKABLE)
    assert caption.startswith(f"{now:%Y-%m-%d} · Ferries return\n\nLink in bio\n\n#News #Boats")
    assert URL not in caption
    assert again("threads", TEXT) == f"{now:%Y-%m-%d} · Ferries return\n\n{URL}\n\n#News"
    assert again("mastodon", TEXT).endswith("#News #Boats #Travel")


def test_a_card_of_ours_has_title_description_and_thumb(post):
    card = post(limits=CLIENT, link="card").post.card
    assert card == LinkCard(URL, "Ferries return", "The first boat left at dawn.", card.thumb)
    assert len(card.thumb.data) <= CLIENT.thumb_bytes
    assert post(limits=CLIENT, link="card", image="none").post.card.thumb is None


def test_a_headline_that_is_an_address_is_no_address_with_a_card_beside_it(post):
    listed = replace(ARTICLE, title="https://ferries.example.com/timetable")
    made = post(listed, limits=CLIENT, link="card").post
    assert made.text.splitlines()[:3] == [listed.title, "", "The first boat left at dawn."]
    assert (made.card.title, made.card.description) == ("The Gazette", "")
    assert post(limits=CLIENT, link="card").post.text == "Ferries return\n\n#News"  # the card says the rest


def test_the_link_carries_campaign_parameters_only_if_asked(post):
    assert post().post.link == URL
    tagged = "https://gazette.example.com/ferry?a=1&utm_source=mastodon&utm_medium=social#top"
    made = post(utm={"medium": "social"}).post
    assert made.link == tagged
    assert made.spans[0].value == tagged
    assert "utm_source=own" in post(utm={"source": "own"}).post.link


@pytest.mark.parametrize(("url", "reason"), [("missing", "HTTP 404"), ("down", "gazette.example: refused")])
def test_a_photo_that_cannot_be_had_is_left_out_with_a_warning(post, url, reason):
    image = replace(PHOTO, url=f"https://gazette.example.com/photos/{url}.jpg")
    made = post(replace(ARTICLE, images=(image,)), CLIENT)
    assert made.post.media == ()
    assert made.post.card is not None, "without a picture there is room for a card"
    assert made.post.card.thumb is None
    assert len(made.warnings) == 1
    assert made.warnings[0] == f"the photo is left out: {image.url}: {reason}"


def test_an_article_without_a_photo_needs_no_warning(post):
    made = post(replace(ARTICLE, images=()))
    assert (made.post.media, made.warnings) == ((), ())


@pytest.mark.parametrize(
    ("image", "language", "alt"),
    [
        ({}, "en", "A white ferry. (Photo: Ada Lind)"),
        ({"alt": "", "caption": "The ferry"}, "en", "The ferry (Photo: Ada Lind)"),
        ({"alt": "", "caption": "The ferry | Photo: Ada Lind"}, "en", "The ferry | Photo: Ada Lind"),
        ({"alt": ""}, None, "Ferries return (Photo: Ada Lind)"),
        ({"credit": ""}, "en", "A white ferry."),
        ({"credit": "Foto: Museum"}, "de", "A white ferry. (Foto: Museum)"),
        ({"credit": "Museum"}, "de-AT", "A white ferry. (Foto: Museum)"),
        ({"alt": "Two\nlines\ufdd0"}, "en", "Two lines (Photo: Ada Lind)"),
    ],
)
def test_alt_text_is_description_else_caption_else_headline_then_the_credit(post, image, language, alt):
    article = replace(ARTICLE, images=(replace(PHOTO, **image),), language=language)
    assert post(article).post.media[0].alt == alt


def test_the_picture_of_a_note_is_described_by_its_first_line(post):
    note = replace(ARTICLE, title="", summary="The ferry is late.\n\nIt leaves at nine.", images=(Image(PHOTO.url),))
    assert post(note).post.media[0].alt == "The ferry is late."


def test_a_credit_that_fills_an_alt_text_is_cut_with_a_few_looks_at_it(post, monkeypatch):
    """Its characters are many to one letter, so that no count of letters says where it fits."""
    looks = []
    monkeypatch.setattr(rendering_post, "cut", lambda words, size: looks.append(size) or cut(words, size))
    article = replace(ARTICLE, images=(replace(PHOTO, alt="", credit="e\u0301\u0302 " * 5000),))
    alt = post(article, replace(TEXT, alt=1000)).post.media[0].alt
    assert 900 < len(alt) <= 1000
    assert len(looks) < 20


def test_long_alt_text_is_cut_before_its_credit(post):
    article = replace(ARTICLE, images=(replace(PHOTO, alt="word " * 100),))
    alt = post(article, replace(TEXT, alt=60)).post.media[0].alt
    assert alt == "word word word word word word word word… (Photo: Ada Lind)"
    assert len(post(article, replace(TEXT, alt=10)).post.media[0].alt) <= 10


def test_the_language_is_the_articles_else_the_accounts_else_the_sites(post):
    assert post(replace(ARTICLE, language="pt"), language="es").post.language == "pt"
    assert post(language="es").post.language == "es"
    assert post().post.language == "en"


def test_what_is_printed_twice_is_the_same_post(post):
    assert post() == post()


def test_the_post_keeps_article_and_instants(post, now):
    made = post()
    assert made.post.article == article_record(ARTICLE)
    assert (made.post.at, made.post.planned_at) == (now, now)
    assert (made.length, made.limit) == (len(made.post.text), 500)


def test_hashtags_are_as_many_as_the_account_asks_for(post):
    article = replace(ARTICLE, section="News > Russia", categories=("Ferries", "Boats"))
    assert post(article, hashtags=0).post.text.endswith("#top")
    assert post(article, hashtags=3).post.text.endswith("\n\n#News #Russia #Ferries")


@pytest.mark.parametrize(
    ("title", "summary", "text"),
    [
        ("Ferries return", "Ferries return. At last.", "Ferries return. At last."),
        ("Ferries return", "Ferries return", "Ferries return"),
        ("Ferries ret…", "Ferries return at last", "Ferries return at last"),
        ("", "Untitled words", "Untitled words"),
        ("Ferries return", "", "Ferries return"),
        ("Ferries return", "At last.", "Ferries return\n\nAt last."),
        ("Ferries return", "FERRIES RETURN – at last.", "Ferries return – at last."),
        ("“We stay”, she says", '"We stay", she says: no reason.', "“We stay”, she says: no reason."),
        ("She says “We stay”", 'She says "We stay", again.', "She says “We stay”, again."),
        ("Ferry", "FERRYMEN return.", "Ferry\n\nFERRYMEN return."),
        ("", "Fog.\n\n\nIt came\nat night.", "Fog.\n\nIt came\nat night."),
    ],
)
@pytest.mark.parametrize("name", ["mastodon", "bluesky", "facebook", "linkedin", "threads", "webhook", "telegram"])
def test_a_headline_is_not_said_twice(post, title, summary, text, name):
    article = replace(ARTICLE, title=title, summary=summary, section=None, images=())
    assert post(article, link="none", name=name).post.text == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.one_of(st.just(""), st.text(max_size=30)),
    st.one_of(st.just(""), st.text(max_size=30)),
    st.sampled_from([(), (Image(PHOTO.url),), (PHOTO,)]),
    st.sampled_from(
        [
            "mastodon",
            "bluesky",
            "facebook",
            "linkedin",
            "threads",
            "x",
            "webhook",
            "micropub",
            "misskey",
            "mattermost",
            "teams",
            "ntfy",
        ]
    ),
)
def test_no_text_is_a_link_alone(post, title, summary, images, name):
    article = replace(ARTICLE, title=title, summary=summary, images=images, section=None)
    assume(not article.is_empty and (images or plain(title) or plain(summary)))
    text = post(article, name=name).post.text
    assert text.endswith(URL)
    assert text.removesuffix(URL).strip()


def test_a_picture_without_words_is_posted_with_its_description_else_the_sites_name(post):
    bare = replace(ARTICLE, title="", summary="", section=None)
    assert post(bare).post.text == f"A white ferry.\n\n{URL}"
    assert post(replace(bare, images=(Image(PHOTO.url),))).post.text == f"The Gazette\n\n{URL}"


def own(tmp_path, source):
    (tmp_path / "default").mkdir(exist_ok=True)
    (tmp_path / "default" / "post.txt.j2").write_text(source, encoding="utf-8")
    return Templates([tmp_path])


def test_a_template_without_the_link_is_warned_about(post, tmp_path):
    made = post(templates=own(tmp_path, "{{ article.title }}"))
    assert made.post.link is None
    assert made.warnings == (f"{tmp_path.name}/default/post.txt.j2 does not print the link, so the post has none",)


@pytest.mark.parametrize(
    ("kind", "begins"), [("article", "A b"), ("live", "Live: A b"), ("audio", "Listen: A b"), ("video", "Watch: A b")]
)
def test_a_template_tells_kinds_of_stories_apart_as_the_guide_shows(post, tmp_path, kind, begins):
    guide = Path(__file__).parents[2].joinpath("docs/guides/templates.md").read_text(encoding="utf-8")
    source = guide[guide.index("{% set mark") :].partition("```")[0]
    article = replace(ARTICLE, kind=kind, title="A bridge is open")
    assert post(article, templates=own(tmp_path, source)).post.text.startswith(begins)


def test_beside_a_picture_a_text_may_have_a_limit_of_its_own(post):
    long = replace(ARTICLE, summary="It opened at dawn, and the fog was thick. " * 40)
    limits = replace(FIELD, text_with_media=300)
    pictured, bare = post(long, limits=limits), post(long, limits=limits, image="none")
    assert (pictured.limit, bare.limit) == (300, 5000)
    assert len(pictured.post.media) == 1
    assert 200 < pictured.length <= 300 < bare.length


def test_a_link_that_leaves_no_room_beside_a_picture_takes_its_place(post, tmp_path):
    templates = own(tmp_path, "word " * 70 + "{{ link }} {{ limits.text }}")
    made = post(limits=replace(FIELD, text_with_media=300), templates=templates)
    assert (made.post.media, made.limit, made.post.link) == ((), 5000, URL)
    assert made.post.text.endswith("5000")
    assert made.warnings == ("the link leaves no room in the text, so the post has a link card, and no picture",)


def test_a_network_without_descriptions_takes_a_picture_without_one(post):
    undescribed = replace(ARTICLE, title="", summary="", section=None, images=(Image(PHOTO.url),))
    [media] = post(undescribed, limits=replace(FIELD, alt=0)).post.media
    assert media.alt == ""
    assert post(undescribed, limits=FIELD, site=replace(SITE, name="")).post.media == ()


def test_a_text_that_cannot_fit_names_the_template(post, tmp_path):
    with pytest.raises(TooLong, match=r"default/post\.txt\.j2: the text is 20 of 10 long"):
        post(templates=own(tmp_path, "x" * 20), limits=replace(TEXT, text=10))


def test_a_torn_part_names_the_template(post, tmp_path):
    with pytest.raises(RenderError, match=r"default/post\.txt\.j2: a filter after fit"):
        post(templates=own(tmp_path, "{{ (article.title | fit)[:4] }}"))


def test_a_template_that_prints_nothing_is_an_error(post, tmp_path):
    with pytest.raises(RenderError, match=r"default/post\.txt\.j2: prints nothing"):
        post(replace(ARTICLE, images=()), templates=own(tmp_path, " \n"), link="none")


def test_an_address_that_stands_in_the_headline_is_a_span_too(post):
    made = post(replace(ARTICLE, title="See https://b.example/ now"), link="none", image="none").post
    assert made.spans[0] == Span(4, 22, "link", "https://b.example/")


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://gazette.example.com/記事/A.M.E.R.", "https://gazette.example.com/%E8%A8%98%E4%BA%8B/A.M.E.R%2E"),
        ("https://desk:pw@gazette.example.com/a", "https://gazette.example.com/a"),
        ("https://bücher.example.com/’", "https://xn--bcher-kva.example.com/%E2%80%99"),
        (URL, URL),
    ],
)
@pytest.mark.parametrize(("limits", "place"), [(TEXT, "text"), (CLIENT, "card"), (FIELD, "card")])
def test_every_link_that_leaves_is_one_that_all_networks_link_whole(post, url, link, limits, place):
    made = post(replace(ARTICLE, url=url), limits=limits, image="none", link=place).post
    assert made.link == link
    assert [span.value for span in made.spans if span.kind == "link"] == [link] * (place == "text")
    assert made.card is None or made.card.url == link
    assert "pw@" not in json.dumps(made.article)


def test_campaign_parameters_do_not_end_in_what_a_network_leaves_out(post):
    made = post(replace(ARTICLE, url="https://gazette.example.com/a"), utm={"medium": "v1."}).post
    assert made.link == "https://gazette.example.com/a?utm_source=mastodon&utm_medium=v1%2E"


def test_a_template_may_print_the_address_itself(post, tmp_path):
    story = replace(ARTICLE, url="https://desk:pw@gazette.example.com/記")
    made = post(story, templates=own(tmp_path, "{{ article.url }}"), image="none").post
    assert made.text == "https://gazette.example.com/%E8%A8%98"


def test_an_article_goes_out_under_its_canonical_address_if_that_is_the_same_page(post):
    for canonical, link in (
        (URL, URL),
        ("https://elsewhere.example/ferry", "https://gazette.example.com/amp/ferry?a=1"),
    ):
        story = replace(ARTICLE, url="https://gazette.example.com/amp/ferry?a=1", canonical_url=canonical)
        assert post(story).post.link == link


def test_white_space_in_an_address_cannot_break_it(post):
    made = post(replace(ARTICLE, url="https://gazette.example.com/a b\u00a0c")).post
    assert made.link == "https://gazette.example.com/a%20b%C2%A0c"


class Studio:
    """Draws what it is told to, and remembers what was asked."""

    def __init__(self, *warnings, fault=None):
        self.warnings, self.fault, self.asked = warnings, fault, []

    def __call__(self, order, photo):
        self.asked.append((order, photo))
        if self.fault:
            raise RenderError(self.fault)
        return Drawn(Media(b"card", "image/jpeg", 1200, 630), self.warnings)


def test_a_card_goes_out_with_the_photos_description(post):
    studio = Studio("a glyph is missing")
    rendered = post(image="card", theme="quote", draw=studio)
    (media,) = rendered.post.media
    assert (media.data, media.alt) == (b"card", "A white ferry. (Photo: Ada Lind)")
    assert rendered.warnings == ("a glyph is missing",)
    ((order, photo),) = studio.asked
    assert (order.size, order.theme, order.max_bytes) == ("mastodon", "quote", TEXT.image_bytes)
    assert order.article == ARTICLE
    assert photo[:2] == b"\xff\xd8"


def test_a_story_without_a_photo_gets_a_card_described_by_its_headline(post):
    studio = Studio()
    rendered = post(article=replace(ARTICLE, images=()), image="card", draw=studio)
    assert rendered.post.media[0].alt == "Ferries return"
    assert studio.asked[0][1] is None


def test_a_photo_that_cannot_be_had_is_left_out_of_the_card_and_no_more(post):
    gone = replace(PHOTO, url="https://gazette.example.com/photos/down.jpg")
    studio = Studio()
    rendered = post(article=replace(ARTICLE, images=(gone,)), image="card", draw=studio)
    assert len(rendered.post.media) == 1
    assert studio.asked[0][1] is None
    assert rendered.warnings == (f"the photo is left out of the card: {gone.url}: gazette.example: refused",)


def test_a_card_that_cannot_be_drawn_costs_the_picture_and_not_the_post(post):
    rendered = post(image="card", draw=Studio(fault="no card: took longer than 10 s"))
    assert rendered.post.media == ()
    assert rendered.post.text
    assert rendered.warnings == ("the picture is left out: no card: took longer than 10 s",)


def test_the_thumb_of_a_link_card_is_a_card_of_the_usual_size(post):
    studio = Studio()
    rendered = post(image="card", link="card", limits=CLIENT, name="bluesky", draw=studio)
    assert rendered.post.card.thumb.data == b"card"
    assert (studio.asked[0][0].size, studio.asked[0][0].max_bytes) == ("default", CLIENT.thumb_bytes)


@pytest.mark.parametrize(("wish", "pictures"), [("required", 0), ("optional", 1)])
def test_a_picture_without_a_description_is_left_out_unless_that_is_allowed(post, tmp_path, wish, pictures):
    (tmp_path / "mastodon").mkdir()
    (tmp_path / "mastodon" / "alt.txt.j2").write_text("{{ image.alt }}", encoding="utf-8")
    bare = replace(ARTICLE, images=(replace(PHOTO, alt=""),))
    rendered = post(article=bare, templates=Templates([tmp_path]), alt_text=wish)
    assert len(rendered.post.media) == pictures
    assert len(rendered.warnings) == 1 - pictures


@pytest.mark.parametrize(
    ("url", "focus"),
    [
        ("https://cdn.example/a.jpg?w=1200&fp-x=0.25&fp-y=0.7", (0.25, 0.7)),
        ("https://cdn.example/a.jpg?fp-x=0.25", None),
        ("https://cdn.example/a.jpg?fp-x=left&fp-y=0.5", None),
        ("https://cdn.example/a.jpg?fp-x=3&fp-y=0.5", None),
        ("https://cdn.example/a.jpg", None),
    ],
)
def test_a_photos_address_may_say_where_its_subject_is(post, url, focus):
    assert focus_in(url) == focus
    studio = Studio()
    post(article=replace(ARTICLE, images=(replace(PHOTO, url=url),)), image="card", draw=studio)
    assert studio.asked[0][0].focus == focus


def test_an_order_travels_as_json(post):
    studio = Studio()
    post(article=replace(ARTICLE, images=(replace(PHOTO, focus=(0.1, 0.9)),)), image="card", draw=studio)
    order = studio.asked[0][0]
    assert load_order(json.loads(json.dumps(order.record()))) == order
    assert order.focus == (0.1, 0.9)


COUNTER = replace(PHOTO, url="https://gazette.example.com/photos/counter.gif", alt="")
FEW = f"{COUNTER.url}: 1 x 1 pixels are too few for a photo"


def test_a_picture_that_is_only_a_counter_gives_way_to_the_next_with_its_own_alt_text(post, shelf):
    shelf.answers[COUNTER.url] = drawn((1, 1), kind="GIF")
    made = post(replace(ARTICLE, images=(COUNTER, PHOTO)))
    assert (made.post.media[0].width, made.warnings) == (1600, (f"the photo is left out: {FEW}",))
    assert PHOTO.alt in made.post.media[0].alt


@pytest.mark.parametrize("size", [(1, 1), (3, 2)])
def test_a_lone_counter_is_left_out_in_one_line(post, shelf, size):
    shelf.answers[COUNTER.url] = drawn(size)
    made = post(replace(ARTICLE, images=(COUNTER,)))
    told = f"the photo is left out: {COUNTER.url}: {size[0]} x {size[1]} pixels are too few for a photo"
    assert (made.post.media, made.warnings) == ((), (told,))


def test_a_card_is_drawn_over_the_first_picture_that_is_one(post, shelf):
    shelf.answers[COUNTER.url] = drawn((1, 1), kind="GIF")
    studio = Studio()
    made = post(article=replace(ARTICLE, images=(COUNTER, PHOTO)), image="card", draw=studio)
    assert studio.asked[0][1] == shelf.answers[PHOTO.url]
    assert made.warnings == (f"the photo is left out of the card: {FEW}",)
