"""What counts as a note, and its words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.model import Article, Note
from syndicate.sources.parsing import notes
from syndicate.sources.parsing.document import NAMES
from syndicate.sources.parsing.fields import LinkRule, ParseContext
from tests.worlds.pictures import NOW

URL = "https://gazette.example/notes/17"


def words(markup):
    return notes.body(markup, URL, URL)


def told(
    title, body="", *, headlines="auto", said=False, links="own", home="https://gazette.example/", url=URL, **more
):
    reader = ParseContext("notes", home, "UTC", NOW, NAMES, rule=LinkRule(links, None, headlines), home=home)
    article = Article("notes", url, title, **more)
    return notes.told(article, reader, lambda: [body], said=said)


@pytest.mark.parametrize(
    ("markup", "body"),
    [
        ("<p>One.<br>Two.</p><p>Three &amp; four.</p>", "One.\nTwo.\n\nThree & four."),
        ("One &lt;b&gt; stays", "One <b> stays"),
        ('See <a href="https://a.example/x">this</a>.', "See this (https://a.example/x)."),
        ('See <a href="/about">us</a>', "See us (https://gazette.example/about)"),
        ('<a href="https://a.example/x">https://a.example/x</a>', "https://a.example/x"),
        (
            '<a href="https://www.a.example/long/path/y">a.example/long/pa…</a> ok',
            "https://www.a.example/long/path/y ok",
        ),
        (f'Words. <a href="{URL}">∞</a>', "Words."),
        (f'Words <a href="{URL}#fn1">1</a>', "Words 1"),
        ('<a href="https://a.example/tags/sea">#sea</a>', "#sea"),
        ('<a href="https://a.example/@ada">@ada</a> hi', "@ada (https://a.example/@ada) hi"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ('<a href="https://a.example/b.jpg"><img src="s.jpg"></a>Words', "Words"),
        ('open <a href="https://a.example/x">never closed', "open never closed"),
        (
            '<a href="https://a.example/1">one</a> <a href="https://a.example/2">two</a>',
            "one (https://a.example/1) two (https://a.example/2)",
        ),
        ("<figure><img src='a.jpg'><figcaption>By Ada</figcaption></figure><p>Words</p>", "Words"),
    ],
)
def test_the_words_of_a_note_with_its_links(markup, body):
    assert words(markup).body == body


def test_a_note_knows_which_words_are_a_link():
    assert words('<p><a href="https://a.example/x">this and that</a></p>').links == (
        ("this and that", "https://a.example/x"),
    )


@pytest.mark.parametrize("end", ["[…]", "[...]", "[&hellip;]", "<p>[&#8230;]</p>"])
def test_a_beginning_is_not_whole(end):
    assert not words(f"<p>So it began {end}</p>").whole
    assert words("<p>So it began…</p>").whole


def test_six_thousand_characters_are_cut_at_a_word_and_never_in_an_address():
    long = "<p>" + "The tide came in. " * 330 + '<a href="https://a.example/x">end</a></p>'
    found = words(long)
    assert notes.BODY - 20 < len(found.body) <= notes.BODY
    assert found.body.endswith(("came in…", "came…", "tide…", "The…"))
    assert (found.whole, found.links) == (False, ())
    place = "https://a.example/" + "x" * 400
    assert place not in words("<p>" + "a " * 2400 + place + "</p>").body
    assert "https" not in words("<p>" + "a " * 2400 + place + "</p>").body


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='<>a"=/ hrefp:.#&;x\n\U0010fff0\U0010fff11', max_size=300))
def test_whatever_stands_there_gives_clean_words(markup):
    found = words(markup)
    assert not {"\U0010fff0", "\U0010fff1", "\U0010fff2"} & {*found.body}
    assert found.body == found.body.strip()


@pytest.mark.parametrize(
    "title", ["2026-11-28", "20261128143300", "2026-11-28 14:33", "28.11.2026", "(Untitled)", "Untitled"]
)
def test_a_date_in_digits_is_no_headline(title):
    made = told(title, "<p>Fog.</p>")
    assert (made.form, made.title, made.body) == ("note", "", "Fog.")
    assert told(title).form == "article"
    assert told(title, "<p>Fog.</p>", headlines="always").form == "article"


@pytest.mark.parametrize("title", ["1984", "Fog", "Budget 2026", "Fog on the river", "28 things"])
def test_a_headline_is_one(title):
    [made] = notes.settled([told(title, "<p>All else.</p>")])
    assert (made.form, made.title) == ("article", title)


def test_an_entry_without_a_title_is_a_note_unless_its_page_is_elsewhere_or_it_is_a_recording():
    assert told("", "<p>Fog.</p>").note == Note("Fog.")
    assert told("", "<p>Fog.</p>", url="https://other.example/story").form == "article"
    assert told("", "<p>Fog.</p>", links="out").form == "article"
    assert told("", "<p>Fog.</p>", kind="audio").form == "article"


@pytest.mark.parametrize(
    ("pairs", "form"),
    [
        ([("Fog lay on the…", "Fog lay on the river."), ("Rain.", "Rain.")], "note"),
        (
            [("Fog lay on the", "Fog lay on the river."), ("Rain fell", "Rain fell again."), ("A gull", "A gull.")],
            "note",
        ),
        ([("Fog lay on the", "Fog lay on the river.")], "article"),
        (
            [("Fog on the river", "Fog on the river. It stayed."), ("Rain", "Rain. It fell."), ("Sun", "Sun: at last")],
            "article",
        ),
        ([("Fog lay on the…", "Fog lay on the river."), ("Weather", "It rains.")], "article"),
        ([("Same words", "Same words"), ("And these", "And these"), ("All of it", "All of it")], "article"),
        ([("17", "Fog."), ("18", "Rain.")], "article"),
        ([("1017", "Fog."), ("1018", "Rain.")], "note"),
        ([("November 28, 2026", "Fog."), ("November 29, 2026", "Rain.")], "note"),
    ],
)
def test_titles_count_as_none_only_where_all_are_cut_from_the_words(pairs, form):
    made = notes.settled([told(title, f"<p>{body}</p>") for title, body in pairs])
    assert {each.form for each in made} == {form}
    assert [each.title for each in made] == ([""] * len(pairs) if form == "note" else [title for title, _ in pairs])


def test_what_the_source_calls_a_note_keeps_the_words_of_its_title():
    assert told("Sunset at the pier", "", said=True).body == "Sunset at the pier"
    assert told("A thought", "<p>Fog.</p>", said=True).body == "A thought\n\nFog."
    assert told("Fog.", "<p>Fog. Then light.</p>", said=True).body == "Fog. Then light."


def test_without_headlines_titles_are_left_out():
    assert told("Note 17", "<p>Fog.</p>", headlines="never").body == "Fog."
    assert told("Note 17", headlines="never").body == "Note 17"
