"""Sample articles for the contact sheet: many scripts, long and short headlines, bright, dark and no photos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import syndicate
from syndicate.errors import RenderError
from syndicate.model import Article, Image, Site
from syndicate.model.dataclass import dataclass

SITE = Site("The Example Gazette", "https://gazette.example/", language="en", timezone="Europe/Lisbon")
_PUBLISHED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """An article under a name, and the file of its photo ("" without one)."""

    name: str
    article: Article
    photo: str = ""


def samples() -> list[Sample]:
    """All samples, the usual ones first."""
    return [Sample(name, _article(name, *rest), rest[4]) for name, *rest in _STORIES]  # type: ignore[arg-type]


def photo(file: str) -> bytes:
    """A sample photo's bytes: from the package if installed from a wheel, else from the examples."""
    package = Path(syndicate.__file__).resolve().parent
    for folder in (package / "rendering" / "preview" / "photos", package.parent / "examples" / "site" / "photos"):
        if (folder / file).is_file():
            return (folder / file).read_bytes()
    raise RenderError(f"the sample photo {file} is missing from {package}", hint="install syndicate-social again")


def _article(
    name: str,
    language: str,
    section: str,
    title: str,
    authors: Sequence[str],
    photo: str,
    credit: str = "",
    kind: Literal["article", "live"] = "article",
) -> Article:
    return Article(
        source="samples",
        url=f"https://gazette.example/{name.replace(' ', '-')}",
        title=title,
        published=_PUBLISHED,
        authors=tuple(authors),
        section=section or None,
        images=(Image(f"https://gazette.example/photos/{photo}", alt=title, credit=credit),) if photo else (),
        language=language,
        kind=kind,
    )


_LONG = (
    "After nineteen months of hearings, four hundred witnesses and one resignation, the commission finds that the"
    " bridge was sound, the tender was not, and that nobody in the ministry had read the report before the ribbon was"
    " cut in the rain last May."
)

_STORIES: Sequence[Sequence[object]] = (
    (
        "usual",
        "en",
        "News > Travel",
        "The night train to the coast returns in spring",
        ["Inês Prado"],
        "harbour.jpg",
        "Ana Sousa",
    ),
    ("two words", "en", "Sport", "Gazette wins", ["Tom Reed"], "lighthouse.jpg", "Ana Sousa"),
    ("245 letters", "en", "Politics", _LONG, ["Inês Prado", "Tom Reed"], "town.jpg", "Ana Sousa"),
    ("no photo", "en", "Opinion", "What the tide leaves behind is ours to read", ["Maria do Carmo Vasconcelos"], ""),
    (
        "live",
        "en",
        "News",
        "Storm reaches the coast: bridges closed, trains stopped, schools shut",
        ["Our reporters"],
        "mountains.jpg",
        "Ana Sousa",
        "live",
    ),
    ("live without photo", "en", "News", "Election night: the count, district by district", [], "", "", "live"),
    (
        "bright",
        "pt",
        "Ciência",
        "A duna que anda treze metros por ano já chegou à estrada",
        ["João Ávila"],
        "dunes.jpg",
        "Rui Tavares",
    ),
    (
        "dark",
        "cs",
        "Věda",
        "Příliš žluťoučký kůň úpěl ďábelské ódy nad spícím městem",
        ["Žofie Říhová"],
        "night.jpg",
        "Jiří Šťastný",
    ),
    (
        "busy",
        "fr",
        "Culture > Livres",
        "La librairie qui n’a jamais fermé fête ses cent cinquante ans",
        ["Zoé Lefèvre"],
        "books.jpg",
        "Éric Noël",
    ),
    (
        "68 letters",
        "de",
        "Verkehr",
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzestext",
        ["Jörg Weiß"],
        "viaduct.jpg",
        "Käthe Groß",
    ),
    (
        "Cyrillic",
        "ru",
        "Наука",
        "В обсерватории снова считают звёзды: каждую ночь по тысяче",
        ["Анна Щербакова"],
        "night.jpg",
        "Фёдор Жуков",
    ),
    (
        "Greek",
        "el",
        "Ελλάδα",
        "Οι γάτες του λιμανιού απέκτησαν δικό τους καφενείο",
        ["Ελένη Παππά"],
        "harbour.jpg",
        "Νίκος Ρήγας",
    ),
    (
        "Arabic",
        "ar",
        "ثقافة",
        "سوق الكتب القديمة يفتح أبوابه ليلاً بعد سبعة عشر عاماً",
        ["ليلى حداد"],
        "books.jpg",
        "سامي نصر",
    ),
    (
        "Hebrew",
        "he",
        "חדשות",
        "מועדון השלגים קיבל חבר חדש: בן שמונים ושתיים, מחיפה",
        ["נועה לוי"],
        "mountains.jpg",
        "דן כהן",
    ),
    (
        "Hindi",
        "hi",
        "समाचार",
        "आम का पेड़ जिसने पूरे गाँव को सौ साल तक छाया और फल दिए",
        ["मीरा शर्मा"],
        "town.jpg",
        "रवि वर्मा",
    ),
    ("Thai", "th", "ข่าว", "รถไฟกลางคืนสู่ชายฝั่งจะกลับมาให้บริการอีกครั้งในฤดูใบไม้ผลิหน้า", ["สมชาย ใจดี"], "lighthouse.jpg", "มาลี"),
    (
        "Japanese",
        "ja",
        "社会",
        "紙飛行機大会、最長記録は二十九秒。優勝は八十一歳の元教師",
        ["佐藤 葵"],
        "mountains.jpg",
        "田中 実",
    ),
    (
        "Chinese",
        "zh-Hans",
        "城市",
        "最晚的桥：凌晨三点，守桥人为最后一班渡船升起铁桥",
        ["李 明"],
        "harbour.jpg",
        "王 芳",
    ),
    ("Korean", "ko", "사회", "바닷가로 가는 야간열차, 봄에 다시 달린다", ["김서연"], "lighthouse.jpg", "박준호"),
    (
        "emoji",
        "en",
        "Life",
        "Ferries are back 🛳️🇵🇹 and the queue is twelve families 👨‍👩‍👧 long",
        ["Tom Reed"],
        "harbour.jpg",
        "Ana Sousa",
    ),
    (
        "long byline",
        "es",
        "Economía y Hacienda",
        "El faro cambia de traje",
        ["Francisca Javiera del Valle y Montoya", "Inmaculada Concepción Fernández de Córdoba"],
        "lighthouse.jpg",
        "Agencia Fotográfica del Atlántico Norte / María José Etxebarria",
    ),
)
