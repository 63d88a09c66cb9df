"""Dates and lists are written as Unicode's CLDR says, for every language that it knows."""

from datetime import date

import pytest
from babel import Locale, localedata
from babel.dates import format_date
from babel.lists import format_list

from syndicate.rendering.cards.languages import language_of

KNOWN = sorted(localedata.locale_identifiers())
ALWAYS = ["en", "en_GB", "de", "de_AT", "fr", "es", "pt_PT", "ar", "ar_SY", "fa", "he", "hi", "th", "ja", "ko", "zh"]
ALWAYS += ["zh_Hant_TW", "ru", "uk", "pl", "cs", "eu", "hu", "fi", "lt", "lv", "sr_Latn_RS", "ca_ES_VALENCIA"]
NAMES = ["A", "B", "C", "D"]


@pytest.mark.parametrize("tag", [*ALWAYS, *KNOWN[::31]])
def test_each_language_writes_as_babel_has_it(tag):
    locale, language = Locale.parse(tag), language_of(tag.replace("_", "-"))
    for month in range(1, 13):
        day = date(2026, month, 5)
        assert language.date(day) == format_date(day, "long", locale=locale)
    for count in range(1, 5):
        assert language.listed(NAMES[:count]) == format_list(NAMES[:count], style="standard", locale=locale)


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("zh-TW", "2026年3月5日"),
        ("PT-br", "5 de março de 2026"),
        ("de-XX", "5. März 2026"),
        ("en-US-x-house", "March 5, 2026"),
        ("xx", "March 5, 2026"),
        ("", "March 5, 2026"),
        ("no", "5. mars 2026"),
        ("sr-latn-rs", "5. mart 2026."),
    ],
)
def test_a_tag_means_its_region_else_its_language_else_english(tag, written):
    assert language_of(tag).date(date(2026, 3, 5)) == written


def test_nobody_is_no_list():
    assert language_of("en").listed([]) == ""
