"""Makes the contact sheet for designers, one HTML page: every theme in every size with the sample articles."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from syndicate.errors import RenderError
from syndicate.model import Site
from syndicate.model.dataclass import dataclass
from syndicate.rendering.cards.order import Order
from syndicate.rendering.cards.studio import Studio
from syndicate.rendering.cards.theme import load, names
from syndicate.rendering.preview.rendition import data_uri
from syndicate.rendering.preview.samples import Sample, photo

_HERE = Path(__file__).parent
_MAX_BYTES = 1_000_000
_TYPES = ("image/jpeg", "image/png")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`faults` are lines for the designer: mistakes in a theme's files, each once."""

    html: str
    cards: int
    faults: tuple[str, ...]


def sheet(
    directories: Sequence[Path],
    stories: Sequence[Sample],
    site: Site,
    studio: Studio,
    *,
    themes: Sequence[str] = (),
    sizes: Sequence[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Sheet:
    """Draw all of it, or the named themes and sizes. In place of a card that cannot be drawn, its message is shown."""
    import jinja2
    from markupsafe import Markup

    wanted = themes or names(directories)
    shown = [_theme(name, directories, stories, site, studio, sizes, progress) for name in wanted]
    cells = [cell for theme in shown for size in theme["sizes"] for cell in size["cells"]]
    faults = [theme["fault"] for theme in shown if theme["fault"]] + [
        line for cell in cells for line in cell["warnings"]
    ]
    css = (_HERE / "sheet.css").read_text("utf-8")
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    html = made.get_template("sheet.html.j2").render(
        themes=shown,
        faults=list(dict.fromkeys(faults)),
        css=Markup(css),  # noqa: S704 - our own style sheet
        style_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        cards=sum(cell["src"] is not None for cell in cells),
    )
    return Sheet(html, sum(cell["src"] is not None for cell in cells), tuple(dict.fromkeys(faults)))


def _theme(
    name: str,
    directories: Sequence[Path],
    stories: Sequence[Sample],
    site: Site,
    studio: Studio,
    wanted: Sequence[str],
    progress: Callable[[str], None],
) -> dict[str, Any]:
    try:
        theme = load(name, directories)
    except RenderError as fault:
        return {"name": name, "fault": str(fault), "sizes": []}
    shown = []
    sizes = {"default": theme.size("default"), **theme.sizes}  # which a theme need not name
    for size, pixels in sizes.items():
        if wanted and size not in wanted:
            continue
        progress(f"{name}, {size}")
        cells = [
            _cell(story, Order(story.article, site, None, size, name, "", _MAX_BYTES, _TYPES), studio)
            for story in stories
        ]
        shown.append({"name": size, "pixels": f"{pixels[0]} × {pixels[1]}", "cells": cells})
    return {"name": name, "fault": None, "sizes": shown}


def _cell(story: Sample, order: Order, studio: Studio) -> dict[str, Any]:
    cell: dict[str, Any] = {"story": story.name, "title": story.article.title, "src": None, "warnings": [], "bytes": 0}
    try:
        drawn = studio.draw(order, photo(story.photo) if story.photo else None)
    except RenderError as fault:
        return cell | {"warnings": [str(fault)]}
    small = studio.small(drawn.media.data)
    if small is None:
        return cell | {"warnings": ["no small copy can be made of it"]}
    (width, height), source = small[1], data_uri(small[0])
    size = {"width": width, "height": height, "bytes": len(drawn.media.data)}
    return cell | size | {"src": source, "warnings": list(drawn.warnings)}
