from dataclasses import replace

import pytest

from syndicate.rendering.cards.words import breakable, direction, words
from tests.worlds.cards import ARTICLE, SITE


@pytest.mark.parametrize(
    ("language", "date", "byline", "credit"),
    [
        ("en", "November 23, 2026", "Inês and Tom", "Photo: Ana"),
        ("en-GB", "23 November 2026", "Inês and Tom", "Photo: Ana"),
        ("pt-PT", "23 de novembro de 2026", "Inês e Tom", "Foto: Ana"),
        ("de", "23. November 2026", "Inês und Tom", "Foto: Ana"),
        ("ru", "23 ноября 2026\u202fг.", "Inês и Tom", "Фото: Ana"),
        ("he", "23 בנובמבר 2026", "Inês וTom", "צילום: Ana"),
        ("ja", "2026年11月23日", "Inês、Tom", "写真: Ana"),
        ("xx", "November 23, 2026", "Inês and Tom", "Photo: Ana"),
    ],
)
def test_date_byline_and_credit_speak_the_articles_language(language, date, byline, credit):
    image = replace(ARTICLE.images[0], credit="Ana")
    said = words(replace(ARTICLE, language=language, authors=("Inês", "Tom"), images=(image,)), SITE, None)
    assert said.date.replace("\u00a0", " ") in (date, date.replace("\u202f", " "))
    assert said.byline == byline
    assert said.credit == credit


def test_the_date_is_that_of_the_sites_zone():
    late = replace(ARTICLE, published=ARTICLE.published.replace(hour=23, minute=30))
    assert words(late, replace(SITE, timezone="Asia/Tokyo"), None).date == "November 24, 2026"


def test_a_kicker_is_the_leaf_of_the_section_and_what_is_missing_is_empty():
    assert words(ARTICLE, SITE, None).kicker == "Travel"
    bare = words(replace(ARTICLE, section=None, published=None, authors=(), images=()), SITE, None)
    assert words(replace(ARTICLE, section="Non classé"), SITE, None).kicker == "", "a default category is no section"
    assert words(replace(ARTICLE, section="Uncategorized > Ferries"), SITE, None).kicker == "Ferries"
    assert (bare.kicker, bare.date, bare.byline, bare.credit, bare.meta, bare.label) == ("", "", "", "", "", "")


def test_a_live_story_says_so_in_its_language():
    assert words(replace(ARTICLE, kind="live", language="pt"), SITE, None).label == "Ao vivo"


def test_date_and_byline_keep_their_own_direction():
    assert words(ARTICLE, SITE, None).meta == "\u2068November 23, 2026\u2069 · \u2068Inês Prado\u2069"


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [("12 שלום", "en", "rtl"), ("Hello שלום", "he", "ltr"), ("2026", "ar", "rtl"), ("2026", "en", "ltr")],
)
def test_a_direction_is_that_of_the_first_strong_letter_else_of_the_language(text, language, told):
    assert direction(text, language) == told


def test_languages_without_spaces_get_places_to_break():
    assert breakable("最長記録は二十九秒。", "ja") == "最長記録は\u200b二十九秒。"
    assert "\u200b" in breakable("รถไฟกลางคืน", "th")
    assert "\u200b" in breakable("最晚的桥", "zh-Hans")
    assert breakable("The night train", "en") == "The night train"


def test_no_line_begins_with_a_sign_that_belongs_to_the_word_before():
    assert breakable("Le phare : un « oui » !", "fr") == "Le phare\u00a0: un «\u00a0oui\u00a0»\u00a0!"
    assert not any(part.startswith("，") for part in breakable("凌晨三点，守桥人", "zh").split("\u200b"))


def test_a_headline_of_ten_thousand_letters_is_cut():
    assert len(words(replace(ARTICLE, title="word " * 2000), SITE, None).headline) <= 301
