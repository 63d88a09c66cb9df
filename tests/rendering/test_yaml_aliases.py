"""Aliases may stand for a usual number of values."""

import pytest
from ruamel.yaml import YAML

from syndicate.errors import RenderError
from syndicate.rendering.cards.theme import load
from syndicate.rendering.yaml_aliases import TIMES, USUAL, TooMany, require_bounded

LEVELS = ["&a0 [x, x, x, x, x, x, x, x, x, x]"]
LEVELS += [f"&a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]


def composed(text):
    return YAML(typ="safe", pure=True).compose(text)


def test_a_usual_document_with_anchors_and_merge_keys_passes():
    require_bounded(
        composed("base: &b {a: 1, c: [1, 2]}\n" + "".join(f"n{n}: {{<<: *b, d: *b}}\n" for n in range(900))), 12
    )
    require_bounded(composed("# & *\n"), 12)
    require_bounded(None, 12)


def test_a_large_document_without_aliases_passes():
    require_bounded(composed("\n".join(f"k{n}: [1, 2, 3, 4, 5, 6, 7, 8, 9]" for n in range(300))), 12)


def test_few_lines_that_stand_for_billions_are_refused_at_the_first_that_is_too_many():
    text = "\n".join(f"x{n}: {level}" for n, level in enumerate(LEVELS))
    with pytest.raises(TooMany, match="its aliases stand for more than") as caught:
        require_bounded(composed(text), 12)
    assert (caught.value.line, caught.value.column) == (5, 5)


def test_the_bound_is_exact():
    inner = f"a: &a [{', '.join(['1'] * 98)}]\n"  # 99 values, 103 written in all with the two below
    fits = (USUAL + TIMES * 103) // 99 - 2

    def document(count):
        return composed(inner + f"b: [{', '.join(['*a'] * count)}]")

    require_bounded(document(fits), 12)
    with pytest.raises(TooMany):
        require_bounded(document(fits + 2), 12)


def test_an_alias_inside_of_what_it_stands_for_is_counted_as_deep_as_anybody_goes():
    require_bounded(composed("a: &a [*a]"), 12)
    require_bounded(composed("a: &a {<<: *a}"), 12)
    with pytest.raises(TooMany):
        require_bounded(composed("a: &a [*a, *a, *a]"), 12)
    require_bounded(composed("a: &a [*a, *a, *a]"), 4)


def test_a_theme_is_bounded_too(tmp_path):
    folder = tmp_path / "cards" / "bomb"
    folder.mkdir(parents=True)
    listed = "\n".join(f"  - {level}" for level in LEVELS)
    (folder / "theme.yaml").write_text(f"extends:\n{listed}\n", "utf-8")
    with pytest.raises(RenderError, match=r"^cards/bomb/theme\.yaml:\d:5: its aliases stand for more than"):
        load("bomb", [tmp_path])
