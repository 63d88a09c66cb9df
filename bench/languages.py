"""Writes `rendering/cards/languages.json`: how each language writes a date and a list, of Unicode's CLDR by babel.

Run it after a new babel: `.venv/bin/python bench/languages.py`. A test compares every language with babel.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global
from babel.dates import get_era_names, get_month_names

TARGET = Path(__file__).parents[1] / "syndicate" / "rendering" / "cards" / "languages.json"
_PART = re.compile(r"'(?:[^']|'')*'|G+|M+|d+|y+|[^'GMdy]+")


def main() -> None:
    tags = {*localedata.locale_identifiers(), *get_global("language_aliases")}
    for tag in tags:  # zh_Hant_TW is meant by zh_TW
        language, *rest = tag.split("_")
        if len(rest) == 2 and len(rest[0]) == 4:
            tags.add(f"{language}_{rest[1]}")
    known = {tag: said for tag in sorted(tags) if (said := described(tag)) is not None}
    kept = {tag: said for tag, said in known.items() if "_" not in tag or said != known.get(tag.split("_")[0])}
    alike: dict[str, list[str]] = {}
    for tag, said in kept.items():
        alike.setdefault(json.dumps(said, ensure_ascii=False, separators=(",", ":")), []).append(tag)
    lines = [f'"{" ".join(sorted(tags))}":{said}' for said, tags in alike.items()]
    TARGET.write_text("{" + ",\n".join(sorted(lines)) + "}\n", encoding="utf-8")


def described(tag: str) -> list[Any] | None:
    """Of one language: the pattern of a date, the names of months, and the patterns of a list."""
    try:
        locale = Locale.parse(tag)
    except (ValueError, UnknownLocaleError, TypeError):
        return None
    pattern, months = "", ""
    for part in _PART.findall(locale.date_formats["long"].pattern):
        if part.startswith("'"):
            pattern += part[1:-1].replace("''", "'") or "'"
        elif part[0] == "G":
            pattern += get_era_names("abbreviated", locale)[1]
        elif part in ("MMM", "MMMM"):
            width = "wide" if part == "MMMM" else "abbreviated"
            months = "|".join(get_month_names(width, "format", locale)[number] for number in range(1, 13))
            pattern += "{month}"
        else:
            pattern += {"M": "{m}", "d": "{d}", "dd": "{dd}", "y": "{y}"}.get(part, part)
    listed = locale.list_patterns["standard"]
    return [pattern, months, *(listed[name] for name in ("2", "start", "middle", "end"))]


if __name__ == "__main__":
    main()
