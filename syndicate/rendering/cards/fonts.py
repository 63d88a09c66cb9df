"""Loads the fonts a card may use: ours, the theme's, the CJK extra's, an emoji font; never the system's."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from syndicate.errors import RenderError
from syndicate.model.dataclass import dataclass
from syndicate.net import file_guard
from syndicate.rendering.cards.coverage import coverage
from syndicate.rendering.cards.engine import CardEngine
from syndicate.rendering.cards.theme import FOLDER, Theme
from syndicate.text import graphemes

KINDS = (".ttf", ".otf", ".ttc", ".woff", ".woff2")
CJK_PACKAGE = "manimgx_fonts_cjk"
CURE = "pip install 'syndicate-social[cjk]' brings fonts for Chinese, Japanese and Korean"
_NO_NAME = frozenset("\"'<>{};\\\n")
_LARGEST = 40_000_000
_INVISIBLE = re.compile("[\\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
_EMOJI = re.compile(
    "[\u203c\u2049\u20e3\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)

_CJK_ORDER = {"ja": "JP", "ko": "KR", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "HK", "zh-mo": "HK"}
"""The form of shared CJK characters for a language; Simplified Chinese for all others."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font that was registered: its family, and every code point it can draw."""

    family: str
    covers: frozenset[int]


class Fonts:
    """Fonts known to one engine. Files are read once; a theme's own when the theme is first drawn."""

    def __init__(self, engine: CardEngine, directories: Sequence[Path]) -> None:
        self._engine = engine
        self._directories = directories
        self._faces: dict[Path, tuple[Face, ...]] = {}
        self._warned: dict[Path, str] = {}
        self._packaged: list[Path] = []  # the folders of an installed package, whose files may be links to a cache

    def of(self, theme: Theme, text: str) -> tuple[list[Face], list[str]]:
        """The faces a theme may use for `text`, its own first, and warnings about font files."""
        own = [path for folder in theme.folders for path in _files(folder / "fonts")]
        shared = [path for directory in self._directories for path in _files(directory / FOLDER / "fonts")]
        paths = list(dict.fromkeys([*own, *shared]))
        warnings: list[str] = []
        faces = [face for path in paths for face in self._load(path, warnings)]
        if emoji := theme.fonts.get("emoji"):
            faces += self._emoji(theme, emoji, warnings)
        if _CJK.search(text) and not _covered(_CJK.findall(text), faces):
            faces += self._cjk(warnings)
        return faces, warnings

    def _load(self, path: Path, warnings: list[str]) -> tuple[Face, ...]:
        if path not in self._faces:
            self._faces[path] = ()
            try:
                self._faces[path] = tuple(self._registered(path))
            except (RenderError, OSError) as fault:
                why = f"it is {fault.strerror}" if isinstance(fault, file_guard.RefusedFile) else str(fault)
                self._warned[path] = f"the font {path.parent.parent.name}/fonts/{path.name} is left out: {why}"
        if path in self._warned:
            warnings.append(self._warned[path])
        return self._faces[path]

    def _registered(self, path: Path) -> Iterator[Face]:
        within = None if path.parent in self._packaged else self._directories
        data = file_guard.read(path, within, _LARGEST)
        covers = _coverage(data)
        for family in self._engine.register(data):
            if set(family) & _NO_NAME:
                raise RenderError(f"its name, {family!r}, cannot be used in a style sheet")
            yield Face(family, covers)

    def _emoji(self, theme: Theme, name: str, warnings: list[str]) -> tuple[Face, ...]:
        try:
            path = theme.file(name)
        except RenderError as fault:
            warnings.append(f"the emoji font '{name}' is left out: {fault}")
            return ()
        if path is None:
            warnings.append(f"the emoji font '{name}' is not in the theme's folder")
            return ()
        return self._load(path, warnings)

    def _cjk(self, warnings: list[str]) -> list[Face]:
        found = importlib.util.find_spec(CJK_PACKAGE)
        self._packaged = [Path(place) for place in found.submodule_search_locations or ()] if found else []
        return [face for place in self._packaged for path in _files(place) for face in self._load(path, warnings)]


def family_list(theme: Theme, role: str, faces: Iterable[Face], language: str) -> str:
    """A CSS `font-family`: the theme's choice for this role, then all other fonts as substitutes."""
    families = list(dict.fromkeys(face.family for face in faces))
    wanted = [name for name in (theme.fonts.get(role), theme.fonts.get("text")) if name in families]
    rest = sorted((name for name in families if name not in wanted), key=lambda name: _rank(name, language))
    return ", ".join(f'"{name}"' for name in [*wanted, *rest])


def missing(texts: Iterable[str], faces: Iterable[Face]) -> str:
    """The characters that no font has, each once."""
    faces = list(faces)
    characters = dict.fromkeys(letter for text in texts for letter in _INVISIBLE.sub("", text))
    return "".join(letter for letter in characters if not _covered(letter, faces))


def is_cjk(text: str) -> bool:
    """Whether any of these characters is Chinese, Japanese or Korean."""
    return _CJK.search(text) is not None


def without_emoji(text: str, faces: Iterable[Face]) -> str:
    """The text without the emoji that no font has: nothing reads better than an empty box."""
    if not _EMOJI.search(text):
        return text
    faces = list(faces)
    kept = [each for each in graphemes(text) if not _EMOJI.search(each) or _covered(_INVISIBLE.sub("", each), faces)]
    return re.sub(r" (?=[.,;:!?…])", "", re.sub(r"\s{2,}", " ", "".join(kept))).strip()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in KINDS) if folder.is_dir() else []


def _covered(letters: Iterable[str], faces: Iterable[Face]) -> bool:
    faces = list(faces)
    return all(any(ord(letter) in face.covers for face in faces) for text in letters for letter in text)


def _rank(family: str, language: str) -> tuple[int, str]:
    """The order of substitutes: sans before serif, CJK last, and of those the language's form first."""
    if "CJK" not in family:
        return (0 if "Sans" in family else 1, family)
    tag = language.lower()
    form = next((form for start, form in _CJK_ORDER.items() if tag.startswith(start)), "SC")
    return (2 if family.endswith(form) else 3, family)


def _coverage(data: bytes) -> frozenset[int]:
    try:
        return coverage(data)
    except ValueError as fault:
        raise RenderError(f"not a font ({fault})") from fault
