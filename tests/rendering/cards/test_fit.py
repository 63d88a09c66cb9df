import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.rendering.cards.engine import Layout, TextRun
from syndicate.rendering.cards.fit import NARROWEST, fit
from syndicate.rendering.cards.theme import Headline


def setter(words, *, wide=(), log=None):
    """An engine of the simplest kind: letters half as wide as high; at sizes in `wide`, a line passes its box."""

    def measure(setting):
        width = min(setting.measure, 1000)
        lines, used = 1, 0.0
        for letters in words:
            size = letters * setting.size / 2
            if used and used + size > width:
                lines, used = lines + 1, 0.0
            used += size + setting.size / 2
        lines = min(lines, setting.lines or lines)
        over = 5.0 if setting.size in wide else 0.0
        if log is not None:
            log.append(setting)
        return Layout(lines * setting.size * 1.2, (TextRun("x", 0, 0, 1, 1, over),))

    return measure


def test_a_short_headline_takes_the_largest_size_at_once():
    log = []
    assert fit(setter([4, 3], log=log), Headline(80, 30), 1000, 600).size == 80
    assert [setting.size for setting in log].count(80) == len(log)


def test_lines_are_evened_out_without_one_more():
    setting = fit(setter([6, 6, 6, 6, 2]), Headline(60, 30), 1000, 600)
    assert setting.measure < 1000
    assert setter([6, 6, 6, 6, 2])(setting).height == setter([6, 6, 6, 6, 2])(type(setting)(60, 1000)).height


@given(
    st.lists(st.integers(1, 14), min_size=1, max_size=60),
    st.frozensets(st.integers(30, 90), max_size=30),
    st.integers(200, 900),
)
def test_nothing_passes_its_box_or_its_share_unless_even_the_smallest_does(words, wide, height):
    wish = Headline(90, 30, fill=0.8, lines=6)
    measure = setter(words, wide=wide)
    setting = fit(measure, wish, 1000, height)
    layout = measure(setting)
    assert wish.smallest <= setting.size <= wish.largest
    assert NARROWEST * 1000 - 1 <= setting.measure <= 1000
    if setting.lines is None:
        assert layout.height <= 0.8 * height
        assert layout.overhang == 0
    else:
        assert setting.size == wish.smallest
        assert layout.height <= height or setting.lines == 1


def test_a_size_at_which_a_line_passes_its_box_is_stepped_over():
    for wide in ({80}, {80, 79, 78}, set(range(70, 81))):
        setting = fit(setter([5, 5], wide=wide), Headline(80, 30), 1000, 600)
        assert setting.size == max(size for size in range(30, 81) if size not in wide)


@pytest.mark.parametrize("lines", [1, 3, 6])
def test_what_never_fits_is_cut_to_lines_that_do(lines):
    setting = fit(setter([9] * 400), Headline(80, 30, lines=lines), 1000, 120)
    assert setting.lines is not None
    assert setting.lines <= lines
    assert setter([9] * 400)(setting).height <= 120
