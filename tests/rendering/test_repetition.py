import pytest

from syndicate.rendering.fit import Tag, may_give_way
from syndicate.rendering.repetition import led_by, says, unsaid, without_address

URL = "https://gazette.example/ferry"


@pytest.mark.parametrize(
    ("headline", "summary", "made"),
    [
        ("Mayor Resigns", "MAYOR RESIGNS – He gave no reason.", "Mayor Resigns – He gave no reason."),
        ("“We stay”, says mayor", '"We stay", says mayor: no reason.', "“We stay”, says mayor: no reason."),
        ("Mayor: “We stay”", "Mayor: 'We stay' – no reason.", "Mayor: “We stay” – no reason."),
        ("Élection à Paris", "ELECTION A PARIS : le résultat", "Élection à Paris : le résultat"),
        ("Is it over?", "IS IT OVER? Not yet.", "Is it over? Not yet."),
        ("Ferries return", "FERRIES RETURN.", "Ferries return"),
        ("フェリー再開", "フェリー再開。来春から。", "フェリー再開。来春から。"),
    ],
)
def test_a_summary_that_begins_with_the_headline_begins_with_it_as_written(headline, summary, made):
    assert led_by(headline, summary) == made
    assert made.startswith(headline.rstrip("….!? "))


@pytest.mark.parametrize(
    ("headline", "summary"),
    [
        ("Vote", "Voters decide in May."),
        ("Mayor resigns", "The mayor resigns."),
        ("Ferries return", "Ferries return at last."),
        ("Ferries return", ""),
        ("", "Ferries return"),
        ("!!!", "!!! Ferries"),
        ("A very long headline", "A very"),
    ],
)
def test_any_other_summary_stays_as_it_is(headline, summary):
    assert led_by(headline, summary) == summary


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (URL, ""),
        (f"Fares are frozen. {URL}", "Fares are frozen."),
        ("Read it: http://www.gazette.example/ferry/?utm_source=rss", "Read it:"),
        (f"{URL} Fares are frozen.", "Fares are frozen."),
        (f"First {URL} and then more", f"First {URL} and then more"),
        ("Fares: https://gazette.example/fares", "Fares: https://gazette.example/fares"),
        ("No address", "No address"),
    ],
)
def test_the_articles_own_address_does_not_begin_or_end_its_words(words, left):
    assert without_address(words, URL, None) == left


def test_a_droppable_part_that_is_said_elsewhere_is_left_out():
    summary = "Fares stay put until the spring of next year."
    marked = f"{may_give_way('Ferry')} {may_give_way(summary, drop=True)} {Tag('#News')}"
    assert "Fares" not in unsaid(marked, summary)
    assert "Fares" not in unsaid(marked.replace(" of next year.", ""), summary)
    assert unsaid(marked, "") == marked
    assert unsaid(marked, "Something else") == marked
    firm = f"{may_give_way(summary)} {Tag('#News')}"
    assert unsaid(firm, summary) == firm


def test_a_text_says_words_whatever_their_case_and_however_they_were_cut():
    assert says("Ferry: FARES stay put.", "Fares stay…")
    assert not says("Ferry: fares rise.", "Fares stay put")
    assert not says("Ferry", "")
