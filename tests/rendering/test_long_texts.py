"""Whatever a feed says, and however much of it: a text is read, marked and fitted in a time that grows with its length.

Each text here took seconds, or more than ten times as long when it was four times as long.
"""

import time
from contextlib import suppress

import pytest

from syndicate import text
from syndicate.aliases import aliases
from syndicate.errors import TooLong
from syndicate.model import Article, Image, Limits
from syndicate.platforms import find
from syndicate.rendering import fit as fitting
from syndicate.rendering.fit import fit, mark, may_give_way
from syndicate.rendering.mentions import unmentioned
from syndicate.rendering.repetition import without_address
from syndicate.rendering.view import TEXT, TITLE, view
from syndicate.text import ELLIPSIS, graphemes

LONG = 20_000
SECONDS = 1.0
"""Seconds of processor time: ten times what is needed, and a third of what a quadratic step takes."""
TRIES = 3  # on a busy machine the processor's own time grows as well; the best of them counts
UNITS = (
    *("a", "a ", ".a", "a.a. ", "汉.", "\u202e", "\u2067", "\u202e\u2069", "\u202e\u2066\u2069", "e\u0301", "\u0301"),
    *(
        "👨\u200d",
        "🇩",
        "👩\u200d👩\u200d👧",
        "@a",
        "a@",
        "a@a.b ",
        "/@",
        "a/@",
        "a.de/@",
        "rt@",
        "http://a ",
        "http://a)) ",
    ),
    *("http://)", "https://gazette.example/1 ", "#a", "&", "\n", "a \n ", "ก", "汉", "a.de/( "),
)


def spent(act, *given):
    best = float("inf")
    for _ in range(TRIES):
        begun = time.thread_time()
        act(*given)
        best = min(best, time.thread_time() - begun)
        if best < SECONDS:
            break
    return best


def story(words):
    return Article("news", "https://gazette.example/1", words, words, section=words, categories=(words, words))


def hashtag(words):
    return text.has_hashtag(words, "b")


def own(words):
    return without_address(words, "https://gazette.example/1", "http://a/")


def seen(words):
    return view(story(words), 3)


def fitted(words):
    marked = f"{may_give_way(words)}\n\n{may_give_way(words, drop=True)}\n{mark('link', 'https://gazette.example/1')}"
    with suppress(TooLong):  # an address is never cut
        fit(marked, Limits(text=5_000), len)


def shortened(words):
    return text.cut(words, 300)


STEPS = (text.plain, text.paragraphs, text.addresses, text.breaks, unmentioned, hashtag, own, seen, fitted, shortened)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_no_step_takes_more_than_its_share_of_a_long_text(step):
    step("a é")  # what it loads is not counted
    slow = {unit: took for unit in UNITS if (took := spent(step, (unit * LONG)[:LONG])) > SECONDS}
    assert not slow


CHATS = ("telegram", "discord", "slack", "mattermost", "rocketchat", "googlechat", "teams", "ntfy")
OTHERS = ("instagram", "threads", "linkedin", "micropub", "misskey", *CHATS)


@pytest.mark.parametrize("platform", ["x", "bluesky", "mastodon", "facebook", "folder", "webhook", *OTHERS])
def test_no_network_s_count_does(platform):
    network = object.__new__(find(platform))
    network.measure("a.com é")
    slow = {unit: took for unit in UNITS if (took := spent(network.measure, (unit * 3900)[:3900])) > SECONDS}
    assert not slow


def test_an_address_of_nothing_but_joints_has_its_names_at_once():
    for unit in "&", "?", "%", "/", "www.", "&a", "//":
        address = "http://gazette.example/" + (unit * 8000)[:7900]
        assert spent(aliases, Article("news", address, "A title")) < SECONDS, unit


def test_a_ladder_looks_at_a_text_some_twenty_times_and_not_once_for_each_letter(monkeypatch):
    read = []

    def counted(words):
        read.append(len(words))
        return graphemes(words)

    monkeypatch.setattr(fitting, "graphemes", counted)
    fitted("\u202e" * LONG)
    assert sum(read) < 30 * LONG


@pytest.mark.parametrize("words", ["One two three four five", "汉字汉字汉字汉字汉字汉字", "a b c d e f g h", "One two"])
def test_the_first_form_of_a_part_is_the_first_that_is_worth_reading(words):
    part = fitting.Part("drop", words)
    ladder = fitting._Ladder(part, 1000)
    forms = [ladder.at(level) for level in range(1, ladder.top)]
    ends = [end for end in text.breaks(words) if fitting._worth_reading(words[:end])]
    assert forms == [text.clip(words, end) for end in ends]


def test_a_headline_and_a_text_that_nobody_would_read_to_the_end_are_read_in_part():
    long = view(story("word " * 30_000), 0)
    assert TITLE - 10 < len(long.title) <= TITLE + 1
    assert long.title.endswith(f"word{ELLIPSIS}")
    assert TEXT - 10 < len(long.summary) <= TEXT + 1
    assert long.summary.endswith(f"word{ELLIPSIS}")
    whole = view(Article("news", "https://gazette.example/1", "t" * TITLE, "s" * TEXT), 0)
    assert (whole.title, whole.summary) == ("t" * TITLE, "s" * TEXT)


def test_every_other_text_of_a_story_is_bounded_too():
    long = "x" * 200_000
    found = view(
        Article(
            "news",
            "https://gazette.example/1",
            "A title",
            section=long,
            categories=(long,),
            authors=(long,),
            images=(Image("https://gazette.example/1.jpg", alt=long, credit=long),),
            raw={"dc:rights": long},
        ),
        3,
    )
    assert max(map(len, (found.section, *found.categories, *found.authors))) <= TITLE + 1
    assert max(map(len, (found.images[0].alt, found.images[0].credit, found.raw["dc:rights"]))) <= TEXT + 1


def test_a_text_that_cannot_be_shortened_says_so_at_once():
    def failing(words):
        with pytest.raises(TooLong):
            fit(words, Limits(text=500), len)

    assert spent(failing, "汉." * 50_000) < SECONDS


@pytest.mark.parametrize("unit", ["🇩", "🇩🇪", "🇩🇪\u200d", "a🇩", "👩\u200d👩\u200d👧", "e\u0301", "\r\n", "가\u1161"])
def test_graphemes_are_those_of_unicode_flags_included(unit):
    import regex

    for length in range(12):
        assert graphemes((unit * 12)[:length]) == regex.findall(r"\X", (unit * 12)[:length])
