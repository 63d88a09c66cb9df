"""The interface to the engine that draws HTML and CSS, and the engine we use. It is small, so we can change engines."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from syndicate.errors import RenderError
from syndicate.model.dataclass import dataclass

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


class EngineMissing(RenderError):
    """The engine is not installed: no card can be drawn, of whatever story."""


@dataclass(frozen=True, slots=True)
class TextRun:
    """A piece of text on one line: its place on the canvas, and how far it overflows its box on either side.

    `block` numbers the elements that it may be in, `room` is the width of this one.
    """

    text: str
    left: float
    top: float
    width: float
    height: float
    overhang: float = 0.0
    block: int = 0
    room: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the text would be, in CSS pixels; `height` is the card's natural height."""

    height: float
    runs: tuple[TextRun, ...]

    @property
    def overhang(self) -> float:
        """CSS pixels by which the worst line overflows its box."""
        return max((run.overhang for run in self.runs), default=0.0)


class CardEngine(Protocol):
    """Lays out and draws a subset of HTML and CSS; never reads a file or an address."""

    def register(self, font: bytes) -> list[str]:
        """Register a font file; return the families in it. Raises RenderError."""

    def measure(self, html: str, css: str, width: float, height: float | None = None) -> Layout:
        """Lay the card out on a canvas of this width; without `height`, as high as it needs to be.

        A part of a pixel is left out, so that no line that fits here is too wide when it is drawn.
        """

    def draw(self, html: str, css: str, size: tuple[int, int], scale: float, images: Mapping[str, bytes]) -> Picture:
        """The card in RGBA, `size` in pixels, `scale` pixels to a CSS pixel. Raises RenderError."""

    def unknown(self, declarations: Sequence[tuple[str, str]]) -> list[int]:
        """Which of these (property, value) pairs the engine does not support, by their index."""


class Takumi:
    """pytakumi: the Rust engine takumi without a browser (docs/decisions/0009)."""

    def __init__(self) -> None:
        import pytakumi

        self._engine = pytakumi
        self._renderer = pytakumi.Renderer(cache_max_bytes=8_000_000)

    def register(self, font: bytes) -> list[str]:
        """As CardEngine."""
        try:
            families = self._renderer.register_font(font)
        except (ValueError, RuntimeError) as fault:
            raise RenderError(f"not a font ({fault})") from fault
        return [str(family["name"]) for family in families]

    def measure(self, html: str, css: str, width: float, height: float | None = None) -> Layout:
        """As CardEngine."""
        high = None if height is None else round(height)
        found = self._renderer.measure(self._tree(html), width=int(width), height=high, stylesheets=[css])
        return Layout(found["height"], tuple(_runs(found, itertools.count())))

    def draw(self, html: str, css: str, size: tuple[int, int], scale: float, images: Mapping[str, bytes]) -> Picture:
        """As CardEngine."""
        from PIL import Image as Pillow

        try:
            pixels = self._renderer.render(
                self._tree(html),
                width=size[0],
                height=size[1],
                device_pixel_ratio=scale,
                format="raw",
                stylesheets=[css],
                images=dict(images),
            )
        except (ValueError, RuntimeError) as fault:
            raise RenderError(f"the card cannot be drawn: {fault}") from fault
        return Pillow.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1)

    def unknown(self, declarations: Sequence[tuple[str, str]]) -> list[int]:
        """As CardEngine. The engine is asked with `@supports`."""
        css = [".probe { width: 10px; height: 1px }"]
        css += [
            f"@supports ({name}: {value}) {{ .p{at} {{ width: 50px }} }}"
            for at, (name, value) in enumerate(declarations)
        ]
        probes = "".join(f'<div class="probe p{at}"></div>' for at in range(len(declarations)))
        found = self._renderer.measure(self._tree(f"<div>{probes}</div>"), width=300, stylesheets=["\n".join(css)])
        return [at for at, child in enumerate(found["children"]) if child["width"] != 50]

    def _tree(self, html: str) -> Any:
        try:
            return self._engine.from_html(html)
        except (ValueError, RuntimeError) as fault:
            raise RenderError(f"the card's HTML cannot be read: {fault}") from fault


_SPACE = 0.2
"""The widest space at the end of a line, as a share of the line's height: it may overflow unseen."""


def _runs(node: Mapping[str, Any], blocks: Iterator[int]) -> list[TextRun]:
    """All text of a measured node and its children; positions in the engine's tree are absolute."""
    block = next(blocks)
    left, top = node["transform"][4], node["transform"][5]
    found = []
    for run in node["runs"]:
        text = run["text"].strip("\u200b\u2068\u2069")
        hanging = _SPACE * run["height"] if text != text.strip() else 0.5
        passes = max(-run["x"], run["x"] + run["width"] - node["width"]) - hanging
        if text.strip():
            place = left + run["x"], top + run["y"], run["width"], run["height"]
            found.append(TextRun(run["text"], *place, max(0.0, passes), block, node["width"]))
    for child in node["children"]:
        found += _runs(child, blocks)
    return found
