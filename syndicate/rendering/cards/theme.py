"""Reads a theme from its folder: colours, fonts, sizes, the place of the photo and limits of the headline.

The publisher's `theme.yaml` overrides ours of the same name, and their `cards/brand.yaml` overrides every
theme; a theme overrides the one it `extends`. A file the theme lacks is taken from the next folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from syndicate.errors import RenderError
from syndicate.model.dataclass import dataclass
from syndicate.net import file_guard
from syndicate.rendering.yaml_aliases import TooMany, require_bounded

Size: TypeAlias = tuple[int, int]
Box: TypeAlias = tuple[float, float, float, float]
Shape: TypeAlias = Literal["landscape", "square", "portrait"]
Edge: TypeAlias = Literal["top", "bottom"]

FOLDER = "cards"
LARGEST = 1_000_000
"""Bytes of a theme's template or settings."""
DEFAULT = "headline"
SIZE: Size = (1200, 630)
"""The usual size of link cards; a theme's pixels are meant for a card of this area."""

PHOTO = "photo"
"""In place of a shade's colour: one made of the photo's own colours."""

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_SIZE = re.compile(r"(\d{2,4})\s*[x×]\s*(\d{2,4})")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_LONGEST_EDGE = 4096
_DEPTH = 20  # of a theme file
_MOST_PARENTS = 8


@dataclass(frozen=True, slots=True)
class Shade:
    """The colour laid over the photo under text, only as strong as this photo needs.

    `colour` darkens (or lightens) it; PHOTO: a deep tone of the photo's own. `ink` is the colour of the text there,
    `least` the strength (0 to 1) that is always there, `edges` the halves of the card that get one.
    """

    colour: str = "#0b0f1a"
    ink: str = "#ffffff"
    edges: tuple[Edge, ...] = ("bottom", "top")
    least: float = 0.35


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline's font in pixels on a 1200 × 630 card, the share of the height for all text, and its lines."""

    largest: int = 76
    smallest: int = 34
    fill: float = 0.86
    lines: int = 5


@dataclass(frozen=True, slots=True)
class Theme:
    """`photo` is where it lies, by shape, in fractions of the card; None for a shape without one.

    `folders` are searched for its files in this order; links in them may lead anywhere in the folders `within`.
    `fonts` are family names by role.
    """

    name: str
    folders: tuple[Path, ...]
    within: tuple[Path, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)
    fonts: Mapping[str, str] = field(default_factory=dict)
    logo: str | None = None
    photo: Mapping[Shape, Box | None] = field(default_factory=dict)
    shade: Shade = Shade()
    sizes: Mapping[str, Size] = field(default_factory=dict)
    headline: Headline = Headline()
    format: Literal["jpeg", "png"] = "jpeg"

    def size(self, platform: str) -> Size:
        """Pixels of the card for a platform: its own size in the theme, else the default one."""
        return self.sizes.get(platform) or self.sizes.get("default") or SIZE

    def file(self, name: str) -> Path | None:
        """One of the theme's own files, or None; neither a name nor a link can lead outside. Raises RenderError."""
        if not name or Path(name).name != name:
            return None
        found = next((folder / name for folder in self.folders if os.path.lexists(folder / name)), None)
        try:
            return found if found is None or file_guard.check(found, self.within) else None
        except OSError as fault:
            assert found is not None
            raise RenderError(f"{shown(found)} is {_why(fault)}") from fault


def stamp(folders: Sequence[Path]) -> tuple[tuple[str, int, int], ...]:
    """A value that changes when a file in these folders (`Theme.folders`) changes."""
    files = (path for folder in folders for path in (*folder.glob("*"), *folder.glob("fonts/*")))
    found = ((str(path), path.stat()) for path in files if path.is_file())
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in found)


def shape(size: Size) -> Shape:
    """The shape of a card of this size, which its layout is made for."""
    ratio = size[0] / size[1]
    return "landscape" if ratio > 1.15 else "portrait" if ratio < 0.87 else "square"


def names(directories: Sequence[Path]) -> list[str]:
    """The names of all themes, the automatic one first."""
    found = {
        path.parent.name
        for directory in directories
        for path in (directory / FOLDER).glob("*/*")
        if path.name in ("theme.yaml", "card.html.j2") and _NAME.fullmatch(path.parent.name)
    }
    return sorted(found, key=lambda name: (name != DEFAULT, name))


def load(name: str, directories: Sequence[Path]) -> Theme:
    """A theme by its name. Raises RenderError with file, line and column."""
    if not _NAME.fullmatch(name):
        raise RenderError(f"'{name}' is not the name of a theme: lower-case letters, digits, - and _")
    chain = list(_chain(name, directories))
    settings: dict[str, Any] = {} if chain[-1] == DEFAULT else {"colours": _colours(directories)}
    for directory in reversed(directories):
        settings = _laid_over(settings, _read(directory / FOLDER / "brand.yaml", directories))
        for parent in reversed(chain):
            settings = _laid_over(settings, _read(directory / FOLDER / parent / "theme.yaml", directories))
    settings.pop("extends", None)
    settings |= {part: kind(**settings[part]) for part, kind in _PARTS.items() if part in settings}
    homes = [directory / FOLDER / parent for parent in chain for directory in directories]
    homes += [directory / FOLDER for directory in directories]
    folders = tuple(home for home in homes if home.is_dir())
    return Theme(name=name, folders=folders, within=tuple(directories), **settings)


def _colours(directories: Sequence[Path]) -> dict[str, str]:
    """The colours of the automatic theme, which one that extends nothing has unless it says others."""
    found = (_read(directory / FOLDER / DEFAULT / "theme.yaml", directories) for directory in reversed(directories))
    return dict(item for settings in found for item in settings.get("colours", {}).items())


def _chain(name: str, directories: Sequence[Path]) -> Iterator[str]:
    """The theme, what it extends, what that extends."""
    for _ in range(_MOST_PARENTS):
        if not any((directory / FOLDER / name).is_dir() for directory in directories):
            raise RenderError(f"there is no theme '{name}'", hint=f"there are: {', '.join(names(directories))}")
        yield name
        documents = (_read(directory / FOLDER / name / "theme.yaml", directories) for directory in directories)
        parent = next((document["extends"] for document in documents if "extends" in document), None)
        if parent is None:
            return
        name = str(parent)
    raise RenderError(f"the theme '{name}' extends itself")


def _laid_over(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge settings: mappings name by name; any other value replaces the one below."""
    merged = dict(under)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = {**merged[key], **value} if both else value
    return merged


def shown(path: Path) -> str:
    """A theme's file for messages: `cards/mine/theme.yaml`."""
    parts = path.parts
    start = len(parts) - 1 - parts[::-1].index(FOLDER) if FOLDER in parts else len(parts) - 1
    return "/".join(parts[start:])


def _why(fault: OSError) -> str:
    return str(fault.strerror) if isinstance(fault, file_guard.RefusedFile) else f"not to be read ({fault.strerror})"


def _read(path: Path, within: Sequence[Path]) -> dict[str, Any]:
    """One file's settings, checked; {} when there is none."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    named = shown(path)
    try:
        text = file_guard.read(path, within, LARGEST).decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise RenderError(f"{named} is {_why(fault)}") from fault
    except UnicodeDecodeError as fault:
        raise RenderError(f"{named}: not in UTF-8") from fault
    try:
        if "&" in text and "*" in text:
            require_bounded(YAML(typ="safe", pure=True).compose(text), _DEPTH)
        document = YAML(typ="rt").load(text)
    except TooMany as fault:
        raise RenderError(f"{named}:{fault.line}:{fault.column}: {fault}") from fault
    except MarkedYAMLError as fault:
        mark = fault.problem_mark
        place = f"{named}:{mark.line + 1}:{mark.column + 1}" if mark else named
        raise RenderError(f"{place}: {fault.problem or 'not YAML'}") from fault
    return _checked(document, named)


def _checked(document: Any, shown: str) -> dict[str, Any]:
    from ruamel.yaml.comments import CommentedMap

    if document is None:
        return {}
    if not isinstance(document, CommentedMap):
        raise RenderError(f"{shown}:1:1: should hold names and values, such as 'colours:'")
    checked: dict[str, Any] = {}
    for key, value in document.items():
        line, column = document.lc.key(key)
        place = f"{shown}:{line + 1}:{column + 1}: {key}"
        check = _CHECKS.get(str(key))
        if check is None:
            raise RenderError(f"{place} is not a setting of a theme{_meant(str(key), _CHECKS)}")
        try:
            checked[str(key)] = check(value)
        except (ValueError, TypeError) as fault:
            raise RenderError(f"{place}: {fault}") from fault
    return checked


def _meant(word: str, known: Mapping[str, Any]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("should hold names and values")  # noqa: TRY004 - told as a mistake in the file
    return {str(key): item for key, item in value.items()}


def _colour(value: Any) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise ValueError(f"'{value}' is not a colour such as \"#b3132b\" (in quotes)")
    return value


def _tone(value: Any) -> str:
    return PHOTO if value == PHOTO else _colour(value)


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or any(sign in value for sign in "\"'<>;{}\\"):
        raise ValueError(f"'{value}' is not a name")
    return value


def _file(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or Path(value).name != value:
        raise ValueError(f"'{value}' should be the name of a file in the theme's folder")
    return value


def _photo(value: Any) -> dict[Shape, Box | None]:
    shapes: tuple[Shape, ...] = get_args(Shape)
    whole: Box = (0.0, 0.0, 1.0, 1.0)
    if value in ("cover", "none", None):
        return dict.fromkeys(shapes, whole if value == "cover" else None)
    boxes = _mapping(value)
    if unknown := boxes.keys() - set(shapes):
        raise ValueError(f"'{min(unknown)}' is not a shape: {', '.join(shapes)}")
    return {name: _box(boxes[name]) if name in boxes else whole for name in shapes}


def _box(value: Any) -> Box | None:
    if value in (None, "none"):
        return None
    if value == "cover":
        return (0.0, 0.0, 1.0, 1.0)
    left, top, width, height = (float(part) for part in value)
    inside = left >= 0 and top >= 0 and width > 0 and height > 0 and left + width <= 1.0001 and top + height <= 1.0001
    if not inside:
        raise ValueError(f"{list(value)} should be left, top, width and height, in fractions of the card")
    return left, top, width, height


def _sizes(value: Any) -> dict[str, Size]:
    return {name: _size(item) for name, item in _mapping(value).items()}


def _size(value: Any) -> Size:
    found = _SIZE.fullmatch(str(value))
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (min(size) >= 64 and max(size) <= _LONGEST_EDGE):
        raise ValueError(f"'{value}' is not a size such as 1200x630, up to {_LONGEST_EDGE}")
    return size


def _part(kind: type, checks: Mapping[str, Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """A check for a setting that is a small object of its own."""

    def check(value: Any) -> Any:
        given = _mapping(value)
        known = {each.name: None for each in fields(kind)}
        if unknown := given.keys() - known.keys():
            raise ValueError(f"'{min(unknown)}' is unknown{_meant(min(unknown), known)}")
        return {name: checks[name](item) for name, item in given.items()}

    return check


def _within(low: float, high: float, kind: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise ValueError(f"{value} should be a number from {low} to {high}")
        return kind(value)

    return check


def _edges(value: Any) -> tuple[Edge, ...]:
    edges = tuple(value or ())
    if not set(edges) <= {"top", "bottom"}:
        raise ValueError(f"{list(edges)} should be a list of top and bottom")
    return edges


def _format(value: Any) -> str:
    if value not in ("jpeg", "png"):
        raise ValueError(f"'{value}' should be jpeg or png")
    return str(value)


_PARTS: Mapping[str, type] = {"shade": Shade, "headline": Headline}

_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "extends": _word,
    "colours": lambda value: {name: _colour(item) for name, item in _mapping(value).items()},
    "fonts": lambda value: {name: _word(item) for name, item in _mapping(value).items()},
    "logo": _file,
    "photo": _photo,
    "shade": _part(Shade, {"colour": _tone, "ink": _colour, "edges": _edges, "least": _within(0, 1, float)}),
    "sizes": _sizes,
    "headline": _part(
        Headline,
        {
            "largest": _within(12, 400, int),
            "smallest": _within(8, 400, int),
            "fill": _within(0.1, 1, float),
            "lines": _within(1, 12, int),
        },
    ),
    "format": _format,
}
