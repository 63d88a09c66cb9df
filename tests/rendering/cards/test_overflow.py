"""No line wider than its box, nothing clipped: headlines of many lengths, in each script, at many sizes.

`SYNDICATE_SIZES=60` measures as many sizes as the figure asks for (`make bench` does); the usual run takes two.
"""

import os
from dataclasses import replace
from functools import partial

import pytest

from syndicate.rendering.cards.draw import _Card
from syndicate.rendering.cards.fit import fit
from syndicate.rendering.cards.hyphens import syllables
from syndicate.rendering.cards.theme import Headline, names
from syndicate.rendering.environment import builtin_templates

WORDS = {
    "Latin": "Příliš žluťoučký kůň úpěl ďábelské ódy nad spícím městem a Rindfleischetikettierung gilt weiter",
    "Cyrillic": "В обсерватории снова считают звёзды каждую ночь по тысяче и достопримечательности города ждут",
    "Greek": "Οι γάτες του λιμανιού απέκτησαν δικό τους καφενείο και ηλεκτροεγκεφαλογράφημα για όλους",
    "Arabic": "سوق الكتب القديمة يفتح أبوابه ليلاً بعد سبعة عشر عاماً من الانتظار والمستشفيات تعمل",
    "Hebrew": "מועדון השלגים קיבל חבר חדש בן שמונים ושתיים מחיפה והאוניברסיטאות נפתחות שוב",
    "Devanagari": "आम का पेड़ जिसने पूरे गाँव को सौ साल तक छाया और फल दिए अब विश्वविद्यालय में पढ़ाया जाएगा",
    "Thai": "รถไฟ กลางคืน สู่ชายฝั่ง จะกลับมา ให้บริการ อีกครั้ง ในฤดูใบไม้ผลิ หน้า กรุงเทพมหานคร",
    "Japanese": "紙飛行機 大会、最長 記録は 二十九秒。 優勝は 八十一歳の 元教師 インターナショナル",
    "Chinese": "最晚 的桥 凌晨 三点 守桥人 为最后 一班 渡船 升起 铁桥 人民 代表大会",
    "Korean": "바닷가로 가는 야간열차 봄에 다시 달린다 국립중앙박물관 어린이들이 기다렸다",
}
LANGUAGES = {"Arabic": "ar", "Hebrew": "he", "Devanagari": "hi", "Thai": "th", "Japanese": "ja", "Chinese": "zh"}
SIZES = int(os.environ.get("SYNDICATE_SIZES", "2"))


def headlines(script):
    """Twelve, of one word to sixty."""
    words = WORDS[script].split()
    return [
        " ".join((words * 6)[start : start + count])
        for start, count in enumerate((1, 2, 3, 4, 5, 6, 8, 10, 13, 18, 30, 60))
    ]


@pytest.mark.parametrize("script", WORDS)
@pytest.mark.parametrize("theme", names([builtin_templates()]))
def test_no_line_passes_its_box_and_nothing_is_clipped(ours, order, photo, script, theme):
    ours.learn(photo)
    design = ours._design(theme)
    for number, title in enumerate(headlines(script)):
        size = ("default", "instagram", "pinterest", "x")[number % 4]
        asked = order(photo, title=title, size=size, language=LANGUAGES.get(script, "en"))
        card = _Card(asked, design, ours._engine, ours._fonts, ours._photos[asked.photo])
        for step in range(SIZES):
            largest = 96 - step * 60 // SIZES
            wish = replace(design.theme.headline, largest=largest, smallest=min(largest, 30))
            divide = partial(syllables, language=asked.article.language)
            setting = fit(card._measured, wish, card._width, card._height, card._words.headline, divide)
            html, css = card._printed(setting)
            layout = card._engine.measure(html, css, card._width, card._height)
            assert layout.overhang == 0, (title, setting)
            for run in layout.runs:
                assert run.left >= -0.5, (title, setting, run)
                assert run.left + run.width <= card._width + 0.2 * run.height, (title, setting, run)
                assert run.top >= -0.3 * run.height, (title, setting, run)
                assert run.top + run.height <= card._height + 0.3 * run.height, (title, setting, run)
            natural = card._measured(setting)
            assert natural.height <= card._height + 1, (title, setting)


def test_a_wish_that_is_out_of_order_still_gives_a_headline(ours, order):
    card = _Card(order(), ours._design("quote"), ours._engine, ours._fonts, None)
    setting = fit(card._measured, Headline(largest=20, smallest=40), card._width, card._height)
    assert setting.size in range(20, 41)
