"""How languages write a date and a list of names, by Unicode's CLDR.

`languages.json` has what we need of it for every language, made by `bench/languages.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from syndicate.model.dataclass import dataclass

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """One language, as CLDR describes it: `{0}` and `{1}` in its patterns stand for names."""

    pattern: str
    months: str
    two: str
    start: str
    middle: str
    end: str

    def date(self, day: date) -> str:
        """The date in full: March 5, 2026."""
        month = self.months.split("|")[day.month - 1] if self.months else ""
        return self.pattern.format(y=day.year, month=month, m=day.month, d=day.day, dd=f"{day.day:02}")

    def listed(self, names: Sequence[str]) -> str:
        """The names as a list: A, B and C."""
        if len(names) < 3:
            return self.two.format(*names) if names[1:] else "".join(names)
        said = self.start.format(*names[:2])
        for name in names[2:-1]:
            said = self.middle.format(said, name)
        return self.end.format(said, names[-1])


def language_of(tag: str) -> Language:
    """The language of a tag such as `pt-BR`: of its region, else of the language alone; English for an unknown one."""
    known = _known()
    language, *rest = tag.replace("-", "_").split("_")
    parts = [part.title() if len(part) == 4 and part.isalpha() else part.upper() for part in rest]
    whole = "_".join((language.lower(), *parts))
    found = next((known[name] for name in (whole, language.lower(), ENGLISH) if name in known), "")
    return Language(*json.loads(found))


@cache
def _known() -> dict[str, str]:
    """The description of each language, as JSON text: one card needs only one of them."""
    text = files(__package__).joinpath("languages.json").read_text(encoding="utf-8")
    lines = (line.strip("{}, ").partition(":") for line in text.splitlines())
    return {name: said for names, _, said in lines for name in names.strip('"').split()}
