"""Finds mistakes in the card themes of a publisher's own templates, before a card is drawn with them."""

from __future__ import annotations

from pathlib import Path

from syndicate.errors import RenderError
from syndicate.rendering.cards import theme
from syndicate.rendering.cards.template import CardTemplate

__all__ = ["mistakes"]


def mistakes(own: Path, builtin: Path) -> list[str]:
    """What is wrong with each theme in the templates `own`, with its file and line. Those there is nothing of are none.

    `builtin` are the templates with what these themes extend.
    """
    folder = own / theme.FOLDER
    branded = [theme.DEFAULT] if (folder / "brand.yaml").is_file() else []  # one that every theme has
    named = [name for name in theme.names([own]) if (folder / name / "theme.yaml").is_file()]
    found = (_mistake(name, [own, builtin]) for name in dict.fromkeys([*branded, *named]))
    return list(dict.fromkeys(filter(None, found)))


def _mistake(name: str, directories: list[Path]) -> str | None:
    try:
        CardTemplate(theme.load(name, directories))
    except RenderError as fault:
        return f"{fault} ({fault.hint})" if fault.hint else str(fault)
    return None
