"""Draws one card: from an order and a photo's bytes to an encoded picture. Runs in the worker."""

from __future__ import annotations

import functools
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicate.errors import RenderError
from syndicate.model import StoryWarning
from syndicate.model.dataclass import dataclass
from syndicate.net import file_guard
from syndicate.rendering.cards import fonts, shade
from syndicate.rendering.cards.crop import Photo
from syndicate.rendering.cards.engine import CardEngine, Layout
from syndicate.rendering.cards.fit import fit
from syndicate.rendering.cards.hyphens import syllables
from syndicate.rendering.cards.order import Drawn, Order
from syndicate.rendering.cards.setting import Setting
from syndicate.rendering.cards.template import CardTemplate
from syndicate.rendering.cards.theme import SIZE, Box, Theme, load, shape, stamp
from syndicate.rendering.cards.words import Words, words
from syndicate.rendering.pixels import jpeg, master, png

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_COVER = (1500, 1500)
"""Pixels that a decoded photo has to cover: enough for every size of card."""

_KEPT_PHOTOS = 2
_KEPT_CARDS = 24
_TOO_SMALL = 2.5
"""How many times a photo may be enlarged; a smaller one is left out, since it would be blurred."""

_WHOLE_WORDS = "\n* { overflow-wrap: normal !important }"
"""Added to a theme's CSS while a headline is measured: a word that is too long overflows instead of being broken."""

_NO_LIMIT = 50_000_000

_LARGEST_LOGO = 2_000_000


@dataclass(frozen=True, slots=True)
class _Design:
    """A theme with its template. `strange` caches the parts of a style sheet that the engine does not support."""

    theme: Theme
    template: CardTemplate
    stamp: tuple[Any, ...]
    strange: dict[str, list[str]]

    def unknown(self, css: str, engine: CardEngine) -> list[str]:
        """The parts of the CSS that the engine does not support; asked once for each state of the theme's files."""
        if not self.strange:
            self.strange["css"] = self.template.unknown(css, engine)
        return self.strange["css"]


class Drawer:
    """Draws cards with one engine; keeps the last photos decoded and the last cards encoded."""

    def __init__(self, engine: Callable[[], CardEngine], directories: Sequence[Path]) -> None:
        self._make = engine
        self._directories = directories
        self._photos: OrderedDict[str, Photo | str] = OrderedDict()
        self._cards: OrderedDict[str, Drawn] = OrderedDict()
        self._designs: dict[str, _Design] = {}

    @functools.cached_property
    def _engine(self) -> CardEngine:
        return self._make()

    @functools.cached_property
    def _fonts(self) -> fonts.Fonts:
        return fonts.Fonts(self._engine, self._directories)

    def has(self, photo: str) -> bool:
        """Whether this photo (by SHA-256) is known already."""
        return photo in self._photos

    def learn(self, data: bytes) -> None:
        """Decode a photo; if that fails, remember the reason."""
        try:
            photo = Photo(master(data, _COVER))
            photo.prepare()
            found: Photo | str = photo
        except RenderError as fault:
            found = str(fault)
        self._photos[hashlib.sha256(data).hexdigest()] = found
        while len(self._photos) > _KEPT_PHOTOS:
            self._photos.popitem(last=False)

    def photo(self, order: Order) -> Drawn:
        """The photo alone, cropped as for the card. Raises RenderError."""
        found = self._photos[order.photo]
        if isinstance(found, str):
            raise RenderError(found)
        size = _size_without_theme(order, self._directories)
        picture = found.cropped(size, (0.0, 1.0), order.focus)
        return Drawn(jpeg(picture, order.max_bytes))

    def card(self, order: Order) -> Drawn:
        """The card. Raises RenderError if the theme or the engine fails; a bad photo is left out with a warning."""
        photo = self._photos.get(order.photo)
        design = self._design(order.theme_for(has_photo=isinstance(photo, Photo)))
        best = self._drawn(replace(order, max_bytes=_NO_LIMIT), design, photo)
        return best if len(best.media.data) <= order.max_bytes else self._drawn(order, design, photo)

    def _drawn(self, order: Order, design: _Design, photo: Photo | str | None) -> Drawn:
        """The card, drawn once for all accounts with the same order."""
        key = hashlib.sha256(f"{order.key()}\n{design.stamp}".encode()).hexdigest()
        if key not in self._cards:
            self._cards[key] = _Card(order, design, self._engine, self._fonts, photo).drawn()
            while len(self._cards) > _KEPT_CARDS:
                self._cards.popitem(last=False)
        self._cards.move_to_end(key)
        return self._cards[key]

    def _design(self, name: str) -> _Design:
        """A theme from its current files, read again only when one of them changed."""
        known = self._designs.get(name)
        if known is None or known.stamp != stamp(known.theme.folders):
            theme = load(name, self._directories)
            self._designs[name] = known = _Design(theme, CardTemplate(theme), stamp(theme.folders), {})
        return known


class _Card:
    """One card in the making."""

    def __init__(
        self, order: Order, design: _Design, engine: CardEngine, known: fonts.Fonts, photo: Photo | str | None
    ) -> None:
        self._order = order
        self._design = design
        self._theme = theme = design.theme
        self._engine = engine
        self.warnings: list[str] = []
        self._size = theme.size(order.size)
        self._scale = (self._size[0] * self._size[1] / (SIZE[0] * SIZE[1])) ** 0.5
        self._width, self._height = self._size[0] / self._scale, self._size[1] / self._scale
        if isinstance(photo, str):
            self.warnings.append(StoryWarning(f"the photo is left out of the card: {photo}"))
        self._box = theme.photo.get(shape(self._size)) if isinstance(photo, Photo) else None
        self._photo = self._large_enough(photo) if isinstance(photo, Photo) and self._box else None
        self._words = self._written(known)
        self._logo = self._read_logo()

    def drawn(self) -> Drawn:
        """Fit the headline, crop and shade the photo, draw the overlay, encode."""
        setting = self.fitted()
        html, css = self._printed(setting)
        layout = self._engine.measure(html, css, self._width, self._height)
        self.warnings += self._design.unknown(css, self._engine)
        images = {"asset:logo": self._logo} if self._logo else {}
        overlay = self._engine.draw(html, css, self._size, self._scale, images)
        picture = self._beneath(layout)
        picture.paste(overlay, (0, 0), overlay)
        most = self._order.max_bytes
        if self._theme.format == "png" and "image/png" in self._order.types:
            media = png(picture, most)
        else:
            media = jpeg(picture, most, optimize=False)
        return Drawn(media, tuple(dict.fromkeys(self.warnings)))

    def fitted(self) -> Setting:
        """The headline's setting. Long words may be divided if the article says its language."""
        divide = functools.partial(syllables, language=self._order.article.language)
        return fit(self._measured, self._theme.headline, self._width, self._height, self._words.headline, divide)

    def _large_enough(self, photo: Photo) -> Photo | None:
        width, height = self._pixels(self._box)
        if max(width / photo.picture.width, height / photo.picture.height) <= _TOO_SMALL:
            return photo
        few = f"{photo.picture.width} x {photo.picture.height} pixels are too few"
        self.warnings.append(StoryWarning(f"the photo is left out of the card: {few}"))
        return None

    def _written(self, known: fonts.Fonts) -> Words:
        """The card's words without characters that no font has; also sets the fonts that may be used."""
        order = self._order
        found = words(order.article, order.site, order.language)
        texts = {name: text for name, text in asdict(found).items() if name not in ("dir", "language")}
        self._faces, warnings = known.of(self._theme, "".join(texts.values()))
        self.warnings += warnings
        for role, family in self._theme.fonts.items():
            if role != "emoji" and family not in {face.family for face in self._faces}:
                self.warnings.append(f"the theme '{self._theme.name}' uses the font '{family}', which is missing")
        clean = {name: fonts.without_emoji(text, self._faces) for name, text in texts.items()}
        if lacking := fonts.missing(clean.values(), self._faces):
            shown = ", ".join(lacking[:6]) + (" …" if len(lacking) > 6 else "")
            cure = f"; {fonts.CURE}" if fonts.is_cjk(lacking) else ""
            self.warnings.append(f"no font has {len(lacking)} of the card's characters: {shown}{cure}")
        return replace(found, **clean)  # type: ignore[arg-type]  # neither direction nor language is among them

    def _read_logo(self) -> bytes | None:
        name = self._theme.logo
        if name is None:
            return None
        why = "cannot be read"
        try:
            path = self._theme.file(name)
            data = file_guard.read(path, self._theme.within, _LARGEST_LOGO) if path else b""
        except RenderError as fault:
            data, why = b"", f"cannot be read ({fault})"
        except OSError as fault:
            data, why = b"", f"cannot be read ({fault.strerror})"
        if not data:
            told = f"the logo '{name}' of the theme '{self._theme.name}' {why}"
            self.warnings.append(f"{told}; the card shows the site's name")
            return None
        return data

    def _measured(self, setting: Setting) -> Layout:
        html, css = self._printed(setting)
        return self._engine.measure(html, css + _WHOLE_WORDS if setting.whole else css, self._width)

    def _printed(self, setting: Setting) -> tuple[str, str]:
        """The card's HTML and CSS with this setting of the headline."""
        card = self._fixed["card"] | {
            "size": setting.size,
            "measure": setting.measure,
            "lines": setting.lines or "none",
            "headline": self._words.headline if setting.text is None else setting.text,
        }
        return self._design.template.print(self._fixed | {"card": card})

    @functools.cached_property
    def _fixed(self) -> dict[str, Any]:
        """The template's variables, except those for the headline's setting."""
        from markupsafe import Markup

        said = self._words
        lists = {
            role: Markup(fonts.family_list(self._theme, role, self._faces, said.language))  # noqa: S704 - checked names
            for role in ("headline", "text")
        }
        left, top, width, height = self._box or (0.0, 0.0, 0.0, 0.0)
        card = asdict(said) | {
            "meta": said.meta,
            "tall": said.tall,
            "width": round(self._width),
            "height": round(self._height),
            "shape": shape(self._size),
            "photo": self._photo is not None,
            "photo_box": [
                round(part)
                for part in (left * self._width, top * self._height, width * self._width, height * self._height)
            ],
            "logo": self._logo is not None,
            "fonts": lists,
        }
        return {
            "card": card,
            "colours": self._theme.colours,
            "article": self._order.view,
            "site": self._order.site,
        }

    def _beneath(self, layout: Layout) -> Picture:
        """The picture under the overlay: the photo in its box, shaded under the text."""
        from PIL import Image as Pillow

        paper = shade.colour(self._theme.colours.get("paper", "#ffffff"))
        if self._photo is None or self._box is None:
            return Pillow.new("RGB", self._size, paper)
        width, height = self._pixels(self._box)
        left, top = round(self._box[0] * self._size[0]), round(self._box[1] * self._size[1])
        place = (left, top, left + width, top + height)
        found = shade.zones(layout.runs, self._scale, place)
        clear = shade.clear(found, place, self._theme.shade.edges)
        picture = self._photo.cropped((width, height), clear, self._order.focus)
        if picture.size != self._size:
            whole = Pillow.new("RGB", self._size, paper)
            whole.paste(picture, (left, top))
            picture = whole
        return shade.shaded(picture, found, place, self._theme.shade)

    def _pixels(self, box: Box | None) -> tuple[int, int]:
        assert box is not None
        return max(1, round(box[2] * self._size[0])), max(1, round(box[3] * self._size[1]))


def _size_without_theme(order: Order, directories: Sequence[Path]) -> tuple[int, int]:
    """The size of the card if the theme is broken: the theme's own, if its files can be read at all."""
    try:
        return load(order.theme_for(has_photo=True), directories).size(order.size)
    except RenderError:
        return SIZE
