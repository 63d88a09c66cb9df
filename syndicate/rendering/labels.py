"""Which sections and categories of an article say something, for hashtags and for a card's label. Pure.

Filters see all of them; only what readers see leaves some out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from urllib.parse import unquote

from syndicate.model.pattern import pattern
from syndicate.text import hashtags as tags_of
from syndicate.text import plain

_DEFAULT = """
    Uncategorized, Uncategorised, No category, Unclassified
    Allgemein, Nicht kategorisiert, Unkategorisiert, Ohne Kategorie, Geen categorie, Ongecategoriseerd
    Niet gecategoriseerd, Non classé, Non catégorisé, Sans catégorie, Sin categoría, Sin categorizar, Sin clasificar
    Sem categoria, Não categorizado, Senza categoria, Non categorizzato, Sense categoria, Sen categoría
    Sailkatu gabea, Kategoriarik gabe, Fără categorie, Necategorizat
    Ikke kategoriseret, Ukategoriseret, Ukategorisert, Ikke kategorisert, Okategoriserade, Okategoriserad
    Óflokkað, Yleinen, Luokittelematon, Kategoriaton, Määratlemata, Rubriigita, Be kategorijos, Bez kategorijas
    Bez kategorii, Nezařazené, Nezařazeno, Nezaradené, Egyéb, Nem kategorizált, Kategorizálatlan
    Nekategorizirano, Nekategorisano, Nekategorizovano, Brez kategorije, Nerazvrščeno, Pa kategori
    Без рубрики, bez-rubriki, Без категории, bez-kategorij, Без категорії, Без рубрыкі
    Некатегоризовано, Некатегоризирано, Некатегоризирани, Без категория,
    Αταξινόμητα, Χωρίς κατηγορία, Μη κατηγοριοποιημένο, Genel, Kategorisiz, Kategorilenmemiş
    Sınıflandırılmamış, Kateqoriyasız
    غير مصنف, دسته‌بندی نشده, زمره بندی نہیں, כללי, ללא קטגוריה, ללא סיווג, अवर्गीकृत, অশ্রেণীভুক্ত
    ไม่มีหมวดหมู่, Không phân loại, Chưa được phân loại, Chưa phân loại, Tak Berkategori, Tidak terkategori
    Tanpa kategori, Tidak dikategorikan, Hindi naka-kategorya, Walang Uri, 未分類, 未分类, 미분류, 분류되지 않음
    კატეგორიის გარეშე, Չդասակարգված, Sen kategorio, Heb gategori
"""  # noqa: RUF001  (these very letters are meant)
"""What WordPress calls the category of posts that have none, in its languages; it makes the slug of the name.

"Uncategorized" in the files admin-*.po of WordPress's language packs; some of the rarer ones from memory.
"""

_ADDRESS = pattern(
    r"\S*://\S*|www\.\S+|(?:urn|tag|mailto|acct|doi|tel|at|did):\S+|[^\s@]+@[^\s@]+\.[^\s@]+"
    r"|(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?[/?#]\S*",
    re.IGNORECASE,
)
_LANGUAGE = pattern(r"(?<=\w)(?:\s*@|-)\s*[a-z]{2}\Z")


def _folded(name: str) -> str:
    """A form that is the same for a name and for the slug made of it: no case, accents, hyphens or joiners.

    Translation plug-ins add a language: "Uncategorized @fr", `uncategorized-fr`.
    """
    bare = unicodedata.normalize("NFKD", unquote(_LANGUAGE.sub("", name)).casefold())
    kept = "".join(" " if sign in "-_\u200c" else sign for sign in bare if unicodedata.category(sign) != "Mn")
    return " ".join(kept.split())


@cache
def _defaults() -> frozenset[str]:
    return frozenset(_folded(name) for line in _DEFAULT.splitlines() for name in line.split(",") if name.strip())


def says_something(name: str) -> bool:
    """Whether a section or category tells a reader anything: it is no CMS's default category, and no address."""
    name = name.strip()
    return bool(name) and _folded(name) not in _defaults() and _ADDRESS.fullmatch(name) is None


@lru_cache(maxsize=1000)  # stories of one site have the same few
def section_label(section: str | None) -> str:
    """The section's path without the parts that say nothing."""
    parts = (section or "").split(">")
    said = [part for part in parts if says_something(part)]
    return plain(section or "" if len(said) == len(parts) else " > ".join(part.strip() for part in said))


def hashtags(section: str | None, categories: Iterable[str]) -> tuple[str, ...]:
    """The hashtags of an article, without `#`: of its section and categories, apart from those that say nothing."""
    return _hashtags(section, tuple(categories))


@lru_cache(maxsize=1000)  # stories of one site have the same few
def _hashtags(section: str | None, categories: tuple[str, ...]) -> tuple[str, ...]:
    said = [name for name in categories if _ADDRESS.fullmatch(name.strip()) is None]
    return tags_of(section_label(section), [label for name in said if (label := section_label(name))])
