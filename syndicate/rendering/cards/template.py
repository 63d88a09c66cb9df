"""Renders a theme's `card.html.j2` for an article, and separates and checks its style sheet for the engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicate.errors import RenderError
from syndicate.net import file_guard
from syndicate.rendering.cards.engine import CardEngine
from syndicate.rendering.cards.lines import END
from syndicate.rendering.cards.outside import OWN, outside
from syndicate.rendering.cards.theme import FOLDER, LARGEST, Theme

if TYPE_CHECKING:
    import jinja2

FILE = "card.html.j2"
_BREAK = "\u200b<br>"  # after a Thai word, the engine does not heed `<br>` alone
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_AT_RULES = ("media", "supports", "keyframes", "layer", "property")
_NESTING = ("media", "supports", "layer")


class CardTemplate:
    """One theme's template; read again when its file changes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        path = theme.file(FILE)
        if path is None:
            raise RenderError(f"{FOLDER}/{theme.name} has no {FILE}", hint="or say `extends: headline` in theme.yaml")
        self.path = path
        self.shown = f"{FOLDER}/{path.parent.name}/{FILE}"

    @cached_property
    def _environment(self) -> jinja2.Environment:
        from syndicate.rendering import jinja

        return jinja.environment(self._theme.folders, within=self._theme.within, html=True)

    def print(self, variables: Mapping[str, Any]) -> tuple[str, str]:
        """The card's HTML, and its CSS. Raises RenderError with file, line and column."""
        from syndicate.rendering import jinja

        printed = jinja.run(self._environment, FILE, variables, self._place, column=True)
        html, css = _STYLE.sub("", printed).strip().replace(END, _BREAK), "\n".join(_STYLE.findall(printed))
        if found := outside(html, css):
            raise RenderError(f"{self.shown}: {found} would load something from outside; only {OWN} may be used")
        return html, css

    def unknown(self, css: str, engine: CardEngine) -> list[str]:
        """The parts of a style sheet that the engine does not support, with line and column in the template."""
        declared = list(_declarations(css))
        source = file_guard.read(self.path, self._theme.within, LARGEST).decode("utf-8-sig", "replace")
        strange = [declared[at] for at in engine.unknown(declared)]
        return [
            f"{self.shown}{_position(source, name)}:"
            f" the card engine does not support '{f'{name}: {value}'.rstrip(': ')}'"
            for name, value in strange
        ]

    def _place(self, name: str) -> str:
        return f"{FOLDER}/{Path(name).parent.name or self.path.parent.name}/{Path(name).name}"


def _position(source: str, name: str) -> str:
    """Line and column of a property in the template, whose lines differ from those of the printed CSS."""
    found = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", source)
    if found is None:
        return ""
    return f":{source.count(chr(10), 0, found.start()) + 1}:{found.start() - source.rfind(chr(10), 0, found.start())}"


def _declarations(css: str) -> Iterator[tuple[str, str]]:
    """Every property with its value; something that is not a rule has an empty value."""
    import tinycss2

    yield from _of_rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))


def _of_rules(rules: Any) -> Iterator[tuple[str, str]]:
    import tinycss2

    for rule in rules:
        if rule.type == "error":
            yield "a rule that cannot be read", ""
        elif rule.type == "at-rule" and rule.lower_at_keyword not in _AT_RULES:
            yield f"@{rule.at_keyword}", ""
        elif rule.type == "at-rule" and rule.content is not None and rule.lower_at_keyword in _NESTING:
            yield from _of_rules(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
        elif rule.type == "qualified-rule":
            for each in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
                if each.type == "declaration":
                    yield each.name, tinycss2.serialize(each.value).strip()
                elif each.type == "error":
                    yield "a declaration that cannot be read", ""
