import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.errors import RenderError, TooLong
from syndicate.model import Limits, Span
from syndicate.rendering.fit import Hashtags, Link, Mention, Tag, fit, mark, may_give_way, parse
from syndicate.text import addresses, breaks, clip, graphemes, plain

LINK = "https://gazette.example.com/news/1"
TITLE = "The harbour wall will be painted blue after all"
SUMMARY = "The committee met for the first time since 1998 and found that the paint had already been bought."


def fitted(marked, limit, size=len, text_bytes=None, text_points=None):
    return fit(marked, Limits(text=limit, text_bytes=text_bytes, text_points=text_points), size)


def story(title=TITLE, summary=SUMMARY, link=LINK, tags=("#News", "#Harbour")):
    hashtags = Hashtags(map(Tag, tags))
    return f"{may_give_way(title)}\n\n{may_give_way(summary, drop=True)}\n\n{Link(link)}\n\n{hashtags}\n"


def at_23(text):
    """Mastodon's way: graphemes, with every address at 23."""
    shortened, end = [], 0
    for start, stop in addresses(text):
        shortened += [text[end:start], "x" * 23]
        end = stop
    return len(graphemes("".join([*shortened, text[end:]])))


def double(text):
    """X's way, roughly: what is not Latin weighs two."""
    return sum(1 if ord(character) < 0x1100 else 2 for character in text)


def test_text_that_fits_is_left_alone_and_measured_once():
    calls = []
    whole = fitted(story(), 500, lambda text: calls.append(text) or len(text))
    assert whole.text == f"{TITLE}\n\n{SUMMARY}\n\n{LINK}\n\n#News #Harbour"
    assert calls == [whole.text]


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (198, f"{TITLE}\n\n{SUMMARY}\n\n{LINK}\n\n#News #Harbour"),
        (
            197,
            f"{TITLE}\n\n{SUMMARY[:-8]}…\n\n{LINK}\n\n#News #Harbour",
        ),
        (150, f"{TITLE}\n\nThe committee met for the first time since 1998…\n\n{LINK}\n\n#News #Harbour"),
        (119, f"{TITLE}\n\nThe committee met…\n\n{LINK}\n\n#News #Harbour"),
        (114, f"{TITLE}\n\n{LINK}\n\n#News #Harbour"),
        (99, f"{TITLE}\n\n{LINK}\n\n#News #Harbour"),
        (97, f"The harbour wall will be painted blue after…\n\n{LINK}\n\n#News #Harbour"),
        (70, f"The harbour wall…\n\n{LINK}\n\n#News #Harbour"),
        (68, f"The harbour wall will be…\n\n{LINK}\n\n#News"),
        (40, f"The…\n\n{LINK}"),
        (38, f"T…\n\n{LINK}"),
    ],
)
def test_the_droppable_goes_first_then_words_then_hashtags(limit, text):
    assert fitted(story(), limit).text == text


def test_a_link_that_does_not_fit_is_never_cut():
    with pytest.raises(TooLong, match="the text is 38 of 37 long"):
        fitted(story(), 37)
    with pytest.raises(TooLong):
        fitted(str(Link(LINK)), 10)


def test_too_many_bytes_are_reported_as_bytes():
    with pytest.raises(TooLong, match="the text is 9 of 8 bytes long"):
        fitted("日本語", 10, text_bytes=8)


def test_what_the_template_wrote_itself_never_gives_way():
    with pytest.raises(TooLong):
        fitted(f"Read this: {may_give_way('Title')}", 11)


def test_a_headline_is_never_cut_to_nothing():
    with pytest.raises(TooLong):
        fitted(f"{may_give_way('…… @paper')} {Link(LINK)}", len(LINK) + 2)
    assert fitted(f"{may_give_way('…… paper')} {Link(LINK)}", len(LINK) + 6).text == f"…… p… {LINK}"


def test_bytes_are_a_limit_of_their_own():
    text = fitted(may_give_way("日本の首相が新しい経済政策を発表しました"), 300, text_bytes=20).text
    assert text == "日本の首相…"
    assert len(text.encode()) <= 20


def test_code_points_are_a_limit_of_their_own():
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    text = fitted(may_give_way(f"{family} {family} came to the bridge"), 300, text_points=20).text
    assert 10 < len(text) <= 20
    with pytest.raises(TooLong, match="code points"):
        fitted(f"Fog {Link(LINK)}", 300, text_points=10)


def test_parts_give_way_by_priority_and_then_from_the_end():
    one, two = "one two three four", "five six seven eight"
    marked = may_give_way(one, drop=True) + "\n" + may_give_way(two, drop=True)
    assert fitted(marked, 25).text == one
    marked = may_give_way(one, drop=True, priority=1) + "\n" + may_give_way(two, drop=True)
    assert fitted(marked, 25).text == two
    marked = may_give_way(one, priority=1) + "\n" + may_give_way(two, priority=2)
    assert fitted(marked, 36).text == f"one two three…\n{two}"


def test_a_hashtag_goes_whole_and_before_the_headline_is_cut_to_nothing():
    text = fitted(f"{may_give_way(TITLE)} {Hashtags(map(Tag, ['#One', '#Two', '#Three']))}", 27)
    assert text.text == "The harbour wall… #One #Two"
    assert [span.value for span in text.spans] == ["One", "Two"]


def test_spans_say_where_link_tags_and_mentions_stand():
    marked = f"  👩‍👩‍👧 {Mention('@a.example')}  \r\n\r\n\r\n{Link(LINK)}\n\n\n{Tag('#日本')} see https://b.example/x."
    whole = fitted(marked, 500)
    assert whole.text == f"👩‍👩‍👧 @a.example\n\n{LINK}\n\n#日本 see https://b.example/x."
    assert whole.spans == (
        Span(6, 16, "mention", "a.example"),
        Span(18, 52, "link", LINK),
        Span(54, 57, "tag", "日本"),
        Span(62, 81, "link", "https://b.example/x"),
    )
    assert [whole.text[span.start : span.end] for span in whole.spans][3] == "https://b.example/x"


def test_words_that_look_like_hashtags_or_handles_are_no_spans():
    assert fitted("#1 in the charts, says @someone and gazette.example", 500).spans == ()


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ("\n\n a \n \n \n\n b  c \n\n", "a\n\nb c"),
        (f"{may_give_way('')}\n\nlink\n\n{Hashtags()}\n", "link"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\nb", "a\nb"),
        ("", ""),
        ("\u3000a", "a"),
    ],
)
def test_vanished_parts_leave_no_gaps(marked, text):
    assert fitted(marked, 500).text == text


def test_fit_leaves_links_inside_it_whole():
    marked = may_give_way(f"{TITLE} – {Link(LINK)} {Tag('#News')}")
    assert fitted(marked, 60).text == f"The harbour wall… {LINK} #News"


def test_links_and_tags_read_as_plain_text():
    link = Link(LINK)
    assert link == LINK
    assert link.startswith("https://")
    assert f"{Hashtags([Tag('#a'), Tag('#b')])[:1]}" == mark("tag", "#a")
    assert "see " + link == "see " + mark("link", LINK)
    assert link + "!" == mark("link", LINK) + "!"


def test_a_filter_that_tears_a_part_apart_is_a_template_error():
    with pytest.raises(RenderError, match="damaged its marks"):
        parse(may_give_way(TITLE)[:10])


def test_a_priority_is_one_digit():
    with pytest.raises(ValueError, match="0 to 9, not 10"):
        may_give_way("x", priority=10)


@pytest.mark.parametrize(
    ("words", "tags", "kept"),
    [
        ("Why #MeToo matters", ["#MeToo", "#News"], ["News"]),
        ("Why #metoo, matters", ["#MeToo"], []),
        ("Why ＃MeToo matters", ["#MeToo"], []),
        ("Why #MeToo’s matter", ["#MeToo"], []),
        ("Why #MeTooNow matters", ["#MeToo"], ["MeToo"]),
        ("Why a#MeToo matters", ["#MeToo"], ["MeToo"]),
        ("Why MeToo matters", ["#MeToo"], ["MeToo"]),
        ("See https://b.example/#MeToo", ["#MeToo"], ["MeToo"]),
        ("Ferries", ["#News", "#Harbour", "#news"], ["News", "Harbour"]),
    ],
)
def test_a_hashtag_that_the_text_has_is_not_added(words, tags, kept):
    made = fitted(story(words, "", LINK, tags), 500)
    assert [span.value for span in made.spans if span.kind == "tag"] == kept
    assert made.text.endswith(f"{LINK}\n\n{' '.join(f'#{tag}' for tag in kept)}".strip())


def test_a_hashtag_that_was_cut_out_of_the_text_is_added():
    summary = "Everything that is said of it elsewhere, and #News"
    made = fitted(story("Ferries return", summary, LINK, ["#News"]), 80)
    assert made.text.count("#News") == 1
    assert made.text.endswith("#News")


def test_long_hashtags_go_before_a_word_of_the_headline_does():
    title = "Council approves the new ferry terminal after a dispute of three years"
    tags = ["#Sea", "#InternationalOrganisations", "#CouncilOfTheNorthernHarbour"]
    room = len(title) + len(LINK) + 4
    whole = fitted(story(title, "", LINK, tags), room + 100)
    assert [span.value for span in whole.spans if span.kind == "tag"] == [tag[1:] for tag in tags]
    tight = fitted(story(title, "", LINK, tags), room + 32)
    assert tight.text.startswith(f"{title}\n")
    assert [span.value for span in tight.spans if span.kind == "tag"] == ["Sea", "InternationalOrganisations"]
    tighter = fitted(story(title, "", LINK, tags), room + 4)
    assert tighter.text == f"{title}\n\n{LINK}\n\n#Sea"
    cut = fitted(story(title, "", LINK, tags), room)
    assert cut.text.endswith(f"…\n\n{LINK}\n\n#Sea"), "a short one is worth a word"


def test_few_measurements_are_enough_for_a_very_long_text():
    calls = []
    text = fitted(story(summary="word " * 40_000), 5000, lambda text: calls.append(len(text)) or len(text))
    assert 4990 < len(text.text) <= 5000
    assert len(calls) < 30
    assert max(calls) < 30_000


WORDS = st.text(st.sampled_from("ab日本ไทक्षिé👩\u200d👧🇵🇹#@.,… \n"), max_size=120).map(plain)
SIZES = st.sampled_from([len, at_23, double])


@settings(deadline=None)  # the machine may be busy
@given(
    WORDS,
    WORDS,
    st.lists(st.sampled_from(["#News", "#日本", "#Long_Hashtag"]), max_size=3, unique=True),
    SIZES,
    st.integers(30, 200),
    st.one_of(st.none(), st.integers(40, 300)),
)
def test_fitted_text_never_measures_over_the_limit_and_nothing_whole_is_cut(
    title, summary, tags, size, limit, text_bytes
):
    marked = story(title, summary, LINK, tags)
    try:
        whole = fitted(marked, limit, size, text_bytes)
    except TooLong:
        for least in [clip(title, end) for end in breaks(title)] or [title]:
            text = f"{least}\n\n{LINK}".strip()
            assert size(text) > limit or len(text.encode()) > (text_bytes or 10_000)
        return
    assert size(whole.text) <= limit
    assert text_bytes is None or len(whole.text.encode()) <= text_bytes
    assert [span.value for span in whole.spans if span.kind == "link"] == [LINK]
    kept = [f"#{span.value}" for span in whole.spans if span.kind == "tag"]
    assert kept == tags[: len(kept)]
    for span in whole.spans:
        assert whole.text[span.start : span.end].removeprefix("#") == span.value
    assert whole.text == whole.text.strip()
    assert "\n\n\n" not in whole.text
    assert " \n" not in whole.text
    assert fitted(marked, limit, size, text_bytes) == whole


@settings(deadline=None)  # the machine may be busy
@given(WORDS, WORDS, SIZES, st.integers(40, 200))
def test_more_room_never_gives_less_of_the_headline(title, summary, size, limit):
    marked = f"{may_give_way(title)}\n\n{may_give_way(summary, drop=True)}\n\n{Link(LINK)}"
    try:
        short = fitted(marked, limit, size).text
    except TooLong:
        return
    if title:
        assert len(fitted(marked, limit + 7, size).text.partition("\n\n")[0]) >= len(short.partition("\n\n")[0])


@settings(deadline=None)  # the machine may be busy
@given(WORDS, st.integers(0, 200))
def test_one_more_word_would_not_have_fitted(title, limit):
    try:
        short = fitted(may_give_way(title), limit).text
    except TooLong:
        return
    longer = [clip(title, end) for end in breaks(title)] + [title]
    assert all(len(text) <= len(short) or len(text) > limit for text in longer)
