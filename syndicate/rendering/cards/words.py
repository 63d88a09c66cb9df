"""Makes the words of a card in the article's language: kicker, headline, date, byline, credit."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from syndicate.model import Article, Site
from syndicate.model.dataclass import dataclass
from syndicate.rendering.cards.languages import Language, language_of
from syndicate.rendering.labels import section_label
from syndicate.text import cut, plain

LONGEST_HEADLINE = 300
LONGEST_LINE = 120
"""Graphemes of a headline; nobody reads more on a picture."""

_TALL = re.compile("[\u0600-\u07bf\u08a0-\u0fff\u1000-\u109f\u1780-\u17ff\ufb50-\ufdff\ufe70-\ufefc]")
"""Arabic and its kin, the scripts of India, Thai, Lao, Tibetan, Burmese, Khmer."""

_BOUND = ("be", "bg", "cs", "pl", "ru", "sk", "sr", "uk")
"""Languages in which a word of one letter never ends a line: it stays with the next."""

_SPACELESS = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")

_FIRST_STRONG, _POP = "\u2068", "\u2069"

_PHOTO = {
    "ar": "صورة",
    "bg": "Снимка",
    "cs": "Foto",
    "da": "Foto",
    "de": "Foto",
    "el": "Φωτογραφία",
    "en": "Photo",
    "es": "Foto",
    "fa": "عکس",
    "fi": "Kuva",
    "fr": "Photo",
    "he": "צילום",
    "hi": "फ़ोटो",
    "hu": "Fotó",
    "it": "Foto",
    "ja": "写真",
    "ko": "사진",
    "nl": "Foto",
    "no": "Foto",
    "nb": "Foto",
    "pl": "Fot.",
    "pt": "Foto",
    "ro": "Foto",
    "ru": "Фото",
    "sv": "Foto",
    "th": "ภาพ",
    "tr": "Fotoğraf",
    "uk": "Фото",
    "vi": "Ảnh",
    "zh": "图",
}
_LIVE = {
    "ar": "مباشر",
    "bg": "На живо",
    "cs": "Živě",
    "da": "Live",
    "de": "Live",
    "el": "Ζωντανά",
    "en": "Live",
    "es": "En directo",
    "fa": "زنده",
    "fi": "Suora",
    "fr": "En direct",
    "he": "חי",
    "hi": "लाइव",
    "hu": "Élő",
    "it": "Diretta",
    "ja": "ライブ",
    "ko": "라이브",
    "nl": "Live",
    "no": "Direkte",
    "nb": "Direkte",
    "pl": "Na żywo",
    "pt": "Ao vivo",
    "ro": "Live",
    "ru": "Онлайн",
    "sv": "Live",
    "th": "สด",
    "tr": "Canlı",
    "uk": "Наживо",
    "vi": "Trực tiếp",
    "zh": "直播",
}


@dataclass(frozen=True, slots=True)
class Words:
    """All text of a card; what is missing is ""."""

    headline: str
    kicker: str
    summary: str
    byline: str
    date: str
    credit: str
    label: str
    site: str
    language: str
    dir: Literal["ltr", "rtl"]

    @property
    def tall(self) -> bool:
        """Whether the headline's script has such tall letters that its lines need more room."""
        return _TALL.search(self.headline) is not None

    @property
    def meta(self) -> str:
        """Date and byline on one line; each keeps its own direction."""
        return " · ".join(f"{_FIRST_STRONG}{part}{_POP}" for part in (self.date, self.byline) if part)


def words(article: Article, site: Site, language: str | None) -> Words:
    """The words of a card for `article`, in its language (`language` where it names none)."""
    spoken = article.language or language or site.language or "en"
    written = language_of(spoken)
    title, summary = plain(article.title), plain(article.summary)
    headline = cut(title or summary, LONGEST_HEADLINE)
    leaf = re.split(r"\s*>\s*", section_label(article.section))[-1]
    image = article.image
    return Words(
        headline=breakable(headline, spoken),
        kicker=cut(leaf, LONGEST_LINE // 3),
        summary=cut(summary, LONGEST_HEADLINE) if title else "",
        byline=cut(_byline(article.authors, written), LONGEST_LINE),
        date=_date(article.published, site.timezone, written),
        credit=cut(_credit(plain(image.credit), spoken) if image else "", LONGEST_LINE),
        label=_said(_LIVE, spoken) if article.kind == "live" else "",
        site=plain(site.name),
        language=spoken,
        dir=direction(headline, spoken),
    )


def breakable(text: str, language: str) -> str:
    """The text with possible line breaks (U+200B) between words, in languages without spaces.

    Thai, Japanese and Chinese by BudouX (github.com/google/budoux). No line begins with the sign that
    French sets apart from its word, and none ends with an opening one.
    """
    text = re.sub(r" (?=[:;!?»%–—])|(?<=«) ", "\u00a0", text)
    if language[:2].lower() in _BOUND:
        text = re.sub(r"(?<!\w)(\w) (?=\w)", "\\1\u00a0", text)
    if not _SPACELESS.search(text):
        return text
    import budoux

    tag = language.lower()
    if re.search("[\u0e00-\u0e7f]", text):
        parser = budoux.load_default_thai_parser()
    elif tag.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
        parser = budoux.load_default_traditional_chinese_parser()
    elif tag.startswith("zh"):
        parser = budoux.load_default_simplified_chinese_parser()
    elif re.search("[\u3040-\u30ff]", text) or tag.startswith("ja"):
        parser = budoux.load_default_japanese_parser()
    else:
        return text
    return re.sub("\u200b(?=\\W)|(?<=\\s)\u200b", "", "\u200b".join(parser.parse(text)))


def direction(text: str, language: str) -> Literal["ltr", "rtl"]:
    """The direction of a headline: that of its first strong letter, else of its language."""
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return "rtl" if language[:2].lower() in ("ar", "fa", "he", "ur", "ps", "yi", "dv", "ku") else "ltr"


def _date(published: datetime | None, zone: str, language: Language) -> str:
    return "" if published is None else plain(language.date(published.astimezone(ZoneInfo(zone)).date()))


def _byline(authors: tuple[str, ...], language: Language) -> str:
    return plain(language.listed([name for author in authors if (name := plain(author))]))


def _credit(credit: str, language: str) -> str:
    """The credit with "Photo:" in the language before it, unless it has such a word already."""
    return credit if not credit or ":" in credit else f"{_said(_PHOTO, language)}: {credit}"


def _said(table: dict[str, str], language: str) -> str:
    return table.get(language[:2].lower(), table["en"])
