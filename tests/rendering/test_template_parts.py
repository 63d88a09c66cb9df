"""Templates that part their text with `part()`: which posts come out, on which accounts, and what no story can do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate.errors import RenderError, TooLong
from syndicate.model import Account, Article, Image, Note, Override, PostOverride, Site, ThreadRules
from syndicate.platforms import find
from syndicate.rendering import jinja, pixels
from syndicate.rendering.environment import Templates
from syndicate.rendering.fit import PART
from syndicate.rendering.manner import AGAIN, NOW
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer
from syndicate.rendering.repetition import says_something
from tests.worlds.pictures import NOW as TIME
from tests.worlds.pictures import Shelf, drawn

SITE = Site("The Gazette", "https://gazette.example/", language="en")
URL = "https://gazette.example/2026/ferry-returns-to-the-northern-harbour.html"
LONG = "The first boat left at dawn. The fog was thick. Nobody was late. " * 12
ARTICLE = Article("news", URL, "Ferries return", "The first boat left at dawn.", section="News", content=LONG)
THREE = "{{ article.title | fit }}{{ part() }}{{ article.summary | fit(drop=true) }}{{ part() }}More: {{ link }}"
TWO = "{{ article.title | fit }}{{ part() }}{{ article.summary | fit }}\n\n{{ link }}"


@pytest.fixture
def made(tmp_path):
    """Renders an article with this template, by default for an account of Mastodon with threads of up to four posts."""
    templates = Templates([tmp_path / "templates"])

    def render(source, article=ARTICLE, name="mastodon", manner=NOW, file="post", **settings):
        folder = tmp_path / "templates" / "default"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{file}.txt.j2").write_text(source, encoding="utf-8")
        account = replace(Account("desk", name, image="none", threads=ThreadRules(4, "teaser")), **settings)
        adapter = find(name)
        platform = adapter.__new__(adapter)
        renderer = Renderer(templates, Pictures(Shelf({}), lambda: pixels), drawn, SITE)
        return renderer.render(article, account, platform, adapter.limits, at=TIME, planned_at=TIME, manner=manner)

    render.folder = tmp_path / "templates" / "default"
    yield render
    templates.close()


def posts(rendered):
    return [each.post for each in (rendered, *rendered.rest)]


def texts(rendered):
    return [each.text for each in posts(rendered)]


def test_each_piece_is_a_post_and_the_link_is_that_of_the_one_that_prints_it(made):
    thread = made(THREE)
    assert texts(thread) == ["Ferries return", "The first boat left at dawn.", f"More: {URL}"]
    assert [each.link for each in posts(thread)] == [None, None, URL]
    assert [(span.kind, span.value) for span in posts(thread)[2].spans] == [("link", URL)]
    assert thread.warnings == ()
    assert thread.rest[1].length == find("mastodon").measure(None, thread.rest[1].post.text)


@pytest.mark.parametrize("mark", ["{{ part() }}", "{{ part }}", " {{ part() }}\n", "\n\n{{- part() -}}\n"])
def test_however_the_mark_is_written(made, mark):
    assert texts(made(f"One thing{mark}another, {{{{ link }}}}")) == ["One thing", f"another, {URL}"]


def test_an_account_without_threads_has_paragraphs_and_so_has_a_story_that_is_repeated_and_a_note(made):
    one = f"Ferries return\n\nThe first boat left at dawn.\n\nMore: {URL}"
    assert texts(made(THREE, threads=None)) == [one]
    assert texts(made(THREE, name="facebook", threads=None, link="text")) == [one]
    assert texts(made(THREE, manner=AGAIN, file="again")) == [one]
    note = replace(ARTICLE, title="", note=Note("Fog at noon."), summary="Fog at noon.")
    shown = made("{{ article.body | fit }}{{ part() }}{{ link }}", note, file="note", note_link="always")
    assert texts(shown) == [f"Fog at noon.\n\n{URL}"]


def test_pieces_that_print_nothing_are_left_out_and_one_piece_is_no_thread(made):
    bare = replace(ARTICLE, summary="")
    assert texts(made(THREE, bare)) == ["Ferries return", f"More: {URL}"]
    alone = "{{ part() }} {{ article.title | fit }} {{ link }}\n{{ part() }}{{ article.summary }}{{ part() }}\n"
    assert texts(made(alone, bare)) == [f"Ferries return {URL}"]


def test_what_the_template_parts_is_neither_followed_by_a_teaser_nor_filled_with_the_text(made):
    for form in ("teaser", "whole"):
        assert len(texts(made(THREE, threads=ThreadRules(25, form)))) == 3
        assert len(texts(made("{{ article.title }} {{ link }}", threads=ThreadRules(25, form)))) > 1


def test_no_post_is_a_link_alone(made):
    found = texts(made("{{ article.title }}{{ part() }}{{ article.summary }}{{ part() }}{{ link }}"))
    assert found == ["Ferries return", f"The first boat left at dawn.\n\n{URL}"]
    assert texts(made("{{ link }}{{ part() }}{{ article.title }}")) == [f"{URL}\n\nFerries return"]


def test_pieces_beyond_the_limit_stand_in_the_last_post_and_a_warning_says_so(made):
    thread = made(THREE, threads=ThreadRules(2, "teaser"))
    assert texts(thread) == ["Ferries return", f"The first boat left at dawn.\n\nMore: {URL}"]
    [told] = thread.warnings
    assert told == (
        "templates/default/post.txt.j2 parts its text into 3 posts, and threads.posts is 2: the last one has the rest"
    )


def test_each_piece_is_fitted_by_itself_and_one_that_cannot_be_says_which_it_is(made):
    source = (
        "{{ article.title }}{{ part() }}{{ article.summary | fit(drop=true) }}\n\n{{ link }} {{ article.hashtags }}"
    )
    thread = made(source, replace(ARTICLE, summary=LONG * 3), hashtags=2)
    assert thread.rest[0].post.text.endswith(f"…\n\n{URL} #News")
    assert 450 < thread.rest[0].length <= 500
    with pytest.raises(TooLong, match=r"default/post\.txt\.j2: post 2 of its thread: the text is \d+ of 500 long"):
        made("{{ article.title }}{{ part() }}" + "word " * 120)


def test_a_text_beside_a_picture_has_its_own_limit_and_the_posts_below_have_the_usual_one(made):
    photo = replace(ARTICLE, images=(Image("https://gazette.example/a.jpg", alt="A ferry"),))
    thread = made("{{ article.title }} {{ link }}{{ part() }}" + "word " * 400, photo, "telegram", image="none")
    assert len(thread.rest[0].post.text) > 1024


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("It left at dawn. It was late.", ["Ferries return", "It left at dawn.", "It was late."]),
        ("It left at dawn", ["Ferries return\n\nIt left at dawn"]),
    ],
)
def test_on_bluesky_there_are_three_or_one(made, summary, expected):
    thread = made(TWO, replace(ARTICLE, summary=summary), "bluesky")
    assert texts(thread) == expected
    assert thread.post.card.url == URL
    assert len(texts(made(TWO, replace(ARTICLE, summary=summary), "bluesky", threads=ThreadRules(2, "teaser")))) == 1
    assert len(texts(made(TWO, replace(ARTICLE, summary=summary), "bluesky", link="reply"))) == 3


def test_on_bluesky_a_short_link_stays_a_link_where_its_post_is_parted(made):
    story = replace(ARTICLE, summary="It left at dawn. It was late, says")
    thread = made("{{ article.title }}{{ part() }}{{ article.summary }} {{ link }}", story, "bluesky", link="text")
    assert len(texts(thread)) == 3
    last = posts(thread)[2]
    [span] = last.spans
    assert (span.value, last.link, last.text[span.start : span.end][:17]) == (URL, URL, "gazette.example/2")


def test_on_bluesky_two_posts_that_cannot_be_one_are_two_and_a_warning_says_so(made):
    thread = made("word " * 50 + "{{ part() }}" + "another " * 30, name="bluesky")
    assert len(texts(thread)) == 2
    assert [told for told in thread.warnings if "hidden" in told]


def test_a_link_in_a_reply_comes_after_the_posts_of_the_template(made):
    thread = made("One{{ part() }}Two{{ link }}", link="reply")
    assert [each.link for each in posts(thread)] == [None, None, URL]
    assert texts(thread) == ["One", "Two", URL]


@pytest.mark.parametrize(
    ("file", "settings"), [("reply", {"link": "reply"}), ("alt", {"image": "photo"}), ("post", {})]
)
def test_where_nothing_can_be_parted_the_mark_is_an_error_that_names_the_file(made, file, settings):
    source = "Read {{ (article.title ~ part()) | fit }}" if file == "post" else "Read {{ part() }}it"
    photo = replace(ARTICLE, images=(Image("https://gazette.example/a.jpg"),))
    made("{{ article.title | fit }}")
    told = rf"default/{file}\.txt\.j2.*: part\(\) is for post\.txt\.j2, and not inside .*: take it out"
    with pytest.raises(RenderError, match=told):
        made(source, photo, file=file, **settings)


def test_on_a_card_the_mark_is_an_error_too(tmp_path):
    (tmp_path / "card.html.j2").write_text("<p>\n{{ part() }}</p>", encoding="utf-8")
    with pytest.raises(RenderError, match=r"card\.html\.j2:2: part\(\) is for post\.txt\.j2"):
        jinja.run(jinja.environment([tmp_path], html=True), "card.html.j2", {}, str)


def test_what_is_rendered_by_the_process_with_limits_is_parted_as_well(made):
    source = "{% macro cut() %}{{ part() }}{% endmacro %}One{{ cut() }}{% include 'default/more.txt.j2' %}"
    with pytest.raises(RenderError, match=r"more\.txt\.j2"):
        made(source)
    (made.folder / "more.txt.j2").write_text("two{{ part() }}three {{ link }}", encoding="utf-8")
    assert texts(made(source)) == ["One", "two", f"three {URL}"]


def test_a_template_may_have_a_name_of_its_own_that_is_called_part(made):
    source = "{% for part in article.section.split('e') %}{{ part }}{% endfor %} {{ article.title }} {{ link }}"
    assert texts(made(source, threads=None)) == [f"Nws Ferries return {URL}"]


SLY = st.sampled_from([PART, f"a{PART}b", f"\ufdd0{PART}\ufddf", "{{ part() }}", f"Fog{PART}{PART}light"])
ALL = (
    "{{ article.title }} {{ article.summary | fit }} {{ article.section }} {{ article.categories | join }}"
    "{{ article.authors | people }}{{ article.raw.x }}{{ article.body }}{{ article.hashtags }} {{ link }}"
    "{% for image in article.images %}{{ image.alt }}{{ image.caption }}{{ image.credit }}{% endfor %}"
    "{{ article.language }}{{ article.source }}{{ article.url }}{{ article.raw.x | hashtag }}"
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SLY, st.sampled_from(["mastodon", "bluesky"]), st.booleans())
def test_a_story_cannot_part_its_post(made, words, name, says_it_itself):
    article = Article(
        words, f"{URL}?{words}", f"T {words}", f"S {words}", section=words, categories=(words,), authors=(words,),
        raw={"x": words}, language=words, images=(Image(URL, alt=words, caption=words, credit=words),),
    )  # fmt: skip
    if says_it_itself:
        article = replace(article, override=Override("a.md:1", whole=PostOverride(text=f"Own {words}")))
    thread = made(ALL, article, name)
    assert len(texts(thread)) == 1
    assert PART not in thread.post.text


PIECES = st.lists(
    st.sampled_from(["{{ article.title | fit }}", "{{ link }}", "", " \n", "Words. More words.", "👇", "Fog"]),
    min_size=1,
    max_size=6,
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    PIECES, st.sampled_from(["mastodon", "bluesky", "x", "threads"]), st.integers(2, 5), st.sampled_from(["text", None])
)
def test_whatever_a_template_parts_each_post_says_something_and_no_link_is_lost(made, pieces, name, most, link):
    source = "{{ part() }}".join(["Begin {{ article.title }}", *pieces])
    try:
        thread = made(source, name=name, threads=ThreadRules(most, "teaser"), link=link)
    except TooLong:  # which is told, and nothing is sent
        assert pieces.count("{{ link }}") > 2
        return
    assert len(texts(thread)) <= most
    for each in posts(thread):
        links = [each.text[span.start : span.end] for span in each.spans if span.kind == "link"]
        left = each.text
        for shown in links:
            left = left.replace(shown, "")
        assert says_something(left)
    counted = sum(span.kind == "link" for each in posts(thread) for span in each.spans)
    printed = pieces.count("{{ link }}") if thread.post.card is None and (link == "text" or name != "threads") else 0
    assert counted == printed
    if name == "bluesky":
        assert len(texts(thread)) != 2
