"""What each file of tests/feeds says, written by hand: what is not named here has to be missing there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

SITE = "https://gazette.example"
TEN = datetime(2025, 9, 1, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Fact:
    title: str
    url: str = ""
    guid: str | None = None
    published: datetime | None = None
    image: str | None = None
    section: str | None = None
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str | None = None
    kind: str = "article"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


def bridge(title: str = "Hello World", **facts: object) -> list[Fact]:
    """The one story of the files that differ in how they are written, not in what they say."""
    return [Fact(title, f"{SITE}/news/bridge", "bridge", TEN, **facts)]  # type: ignore[arg-type]


def numbered(*facts: Fact, start: int = 1) -> list[Fact]:
    """Stories whose addresses count up."""
    from dataclasses import replace

    return [replace(fact, url=f"{SITE}/{number}") for number, fact in enumerate(facts, start)]


WHOLE = [Fact("Whole story", f"{SITE}/news/whole", "whole", TEN)]
DATES: list[tuple[str, datetime | None]] = [
    ("Mon, 01 Sep 2025 10:00:00 GMT", TEN),
    ("Mon, 01 Sep 2025 12:00:00 +0200", TEN),
    ("Mon, 1 Sep 2025 12:00:00 CEST", TEN),
    ("Mon, 01 Sep 2025 11:00:00 BST", TEN),
    ("Mon, 01 Sep 2025 06:00:00 EDT", TEN),
    ("1 Sep 25 10:00:00 GMT", TEN),
    ("Monday, September 1, 2025 10:00 AM", TEN),
    ("2025-09-01T10:00:00Z", TEN),
    ("2025-09-01T12:00:00+0200", TEN),
    ("2025-09-01 10:00:00", TEN),
    ("2025/9/1 10:00:00", TEN),
    ("20250901T100000Z", TEN),
    ("1756720800", TEN),
    ("1756720800000", TEN),
    ("lun, 01 sep 2025 10:00:00 GMT", TEN),
    ("Lunes, 1 de septiembre de 2025 10:00 GMT", TEN),
    ("seg, 01 set 2025 10:00:00 GMT", TEN),
    ("lundi 1 septembre 2025 10:00 GMT", TEN),
    ("Mo, 01 Sep 2025 12:00:00 MESZ", TEN),
    ("1. September 2025 12:00 CEST", TEN),
    ("lunedì 1 settembre 2025 10:00 GMT", TEN),
    ("maandag 1 september 2025 10:00 GMT", TEN),
    ("mié, 03 dic 2025 10:00:00 GMT", at(2025, 12, 3, 10)),
    ("Mon, 01 Sep 2025 10:00:00 UT", TEN),
    ("Mon, 01 Sep 2025 12:00:00 GMT+2", TEN),
    ("Mon, 01 Sep 2025 12:00:00 GMT+0200 (CEST)", TEN),
    ("Mon Sep 1 10:00:00 2025", TEN),
    ("Tue, 01 Sep 2025 10:00:00 GMT", TEN),  # the weekday is wrong
    ("Mon, 01 Sep 2025 24:00:00 GMT", None),
    ("Mon, 31 Feb 2025 10:00:00 GMT", None),
    ("Mon, 01 Sep 2025 10:00:60 GMT", None),
    ("Mon, 01 Sep 2025 10:00:00 +2500", None),
    ("Mon, 01 Sep 2025 10:00:00 IST", None),  # Israel, India or Ireland
    ("01/09/2025 10:00", None),  # the first of September, or the ninth of January
    ("0000-00-00 00:00:00", None),
    ("1970-01-01T00:00:00Z", None),
    ("yesterday", None),
    ("Sep 2025", None),
    ("dimanche 7 septembre 2025", at(2025, 9, 7)),
    ("2025-09-01", at(2025, 9, 1)),
    ("Mon, 01 Sep 2025", at(2025, 9, 1)),
    ("Thu, 01 Jan 1970 00:00:00 +0000", None),
    ("10:00", None),
    ("2025-13-01T10:00:00Z", None),
    ("Mon, 01 Sep 2099 10:00:00 GMT", None),
]

FACTS: dict[str, list[Fact]] = {
    # As the systems that publishers use write them
    "wordpress.xml": [
        Fact(
            "Ukraine’s harbour & the long winter – part\xa02",
            f"{SITE}/2025/09/harbour/",
            f"{SITE}/?p=4711",
            TEN,
            f"{SITE}/wp-content/uploads/harbour.jpg?w=1024",
            categories=("World", "Ports & ships"),
            authors=("Ana Lima",),
            language="en-US",
        )
    ],
    "feedburner.xml": [
        Fact(
            "The mayor speaks",
            f"{SITE}/mayor?utm_source=feedburner&utm_medium=feed",
            f"{SITE}/?p=12",
            TEN,
        )
    ],
    "podcast.xml": [
        Fact(
            "Episode 7: Salt",
            f"{SITE}/podcast/7",
            f"{SITE}/podcast/7",
            TEN,
            f"{SITE}/salt.jpg",
            authors=("Rui Sousa",),
            language="pt",
            kind="audio",
        ),
        Fact("Film", f"{SITE}/podcast/film", "film", at(2025, 8, 31, 10), language="pt", kind="video"),
    ],
    "youtube.xml": [
        Fact(
            'Storm "Ana" – live',
            "https://www.youtube.com/watch?v=abc",
            "yt:video:abc",
            TEN,
            "https://i2.ytimg.com/vi/abc/hqdefault.jpg",
            authors=("Gazette TV",),
            kind="video",
        )
    ],
    "blogger.xml": [
        Fact(
            "A ponte & o rio",
            f"{SITE}/2025/09/ponte.html",
            "tag:blogger.com,1999:blog-1.post-2",
            TEN,
            f"{SITE}/s320/ponte.jpg",
            categories=("Pontes", "Rio"),
            authors=("Ana Lima",),
        )
    ],
    "ghost.xml": [
        Fact(
            "R&D gets 3 < 4 million",
            f"{SITE}/rd/",
            "64f1c0ffee",
            TEN,
            f"{SITE}/content/images/rd.jpg",
            categories=("Economy",),
            authors=("Ana Lima",),
        )
    ],
    "substack.xml": [
        Fact(
            "The week in review",
            f"{SITE}/p/week",
            f"{SITE}/p/week",
            TEN,
            f"{SITE}/cdn/image/fetch/w.png",
            authors=("Ana Lima",),
            language="en",
        )
    ],
    "drupal.xml": [
        Fact("Council votes on A&E", f"{SITE}/node/5", f"5 at {SITE}", TEN, authors=("admin",)),
    ],
    "reddit.xml": [
        Fact(
            "Is AT&T down?",  # escaped twice
            "https://www.reddit.com/r/gazette/comments/1abc/a/",
            "t3_1abc",
            TEN,
            "https://b.thumbs.example/x.jpg?width=140&s=1",
            categories=("r/gazette",),
            authors=("/u/ana",),
        )
    ],
    "google_news.xml": [
        Fact("Bridge opens - The Example Gazette", "https://news.google.com/rss/articles/CBM?oc=5", "CBM", TEN)
    ],
    "mastodon_tag.xml": [
        Fact(
            "",
            "https://social.example/@ana/1",
            "https://social.example/@ana/1",
            TEN,
            "https://files.example/1.png",
            categories=("boats",),
        )
    ],
    # Every version of the formats
    "rss090.rdf": [
        Fact("First of the old ones", f"{SITE}/old/1"),
        Fact("Second of the old ones", f"{SITE}/old/2"),
    ],
    "rss091.xml": [Fact("Café e pão", f"{SITE}/pt/cafe", language="pt-pt")],
    "rss092.xml": [
        Fact("", f"{SITE}/2002/1", language="en"),
        Fact("With a file", f"{SITE}/2002/2", categories=("Music",), language="en", kind="audio"),
    ],
    "rss10.rdf": [
        Fact(
            "Le pont est ouvert",
            f"{SITE}/fr/1",
            f"{SITE}/fr/1",
            TEN,
            categories=("Ville",),
            authors=("Léa Petit",),
            language="fr",
        )
    ],
    "rdf_dublin_core.rdf": [
        Fact(
            "Fähre fährt",
            f"{SITE}/1?ref=rss",
            f"{SITE}/1",
            at(2025, 9, 1),
            f"{SITE}/f.jpg",
            "Chronik",
            ("Verkehr", "Wien"),
            ("Jo Meier", "Ana Lima"),
            "de-AT",
        )
    ],
    "rdf_prefixed.rdf": [Fact("Prefixed", f"{SITE}/1", f"{SITE}/1", TEN)],
    "rss20.xml": [
        Fact(
            "Café reopens on the quay",
            f"{SITE}/news/cafe",
            "cafe",
            TEN,
            f"{SITE}/cafe.jpg",
            categories=("News", "Food & Drink"),
            authors=("Ana Lima", "Rui Sousa"),
            language="en-gb",
        ),
        Fact("Second story", f"{SITE}/news/second", "second", TEN, language="en-gb"),
    ],
    "userland_namespace.xml": [Fact("In a namespace", f"{SITE}/1", "n1", TEN, authors=("Ana Lima",))],
    "items_outside_channel.xml": [Fact("Outside", f"{SITE}/out", published=TEN)],
    "atom03.xml": [
        Fact(
            "Salt & vinegar",
            f"{SITE}/salt",
            "tag:gazette.example,2003:salt",
            at(2003, 12, 13, 12, 29, 29),
            authors=("Ann Author",),
            language="en",
        )
    ],
    "atom03_modes.xml": [
        Fact("Bold move", f"{SITE}/1", "1", at(2004, 5, 4, 12), categories=("City",), authors=("Ana Lima",)),
        Fact("Plain & simple", f"{SITE}/2", "2"),
    ],
    "atom10.xml": [
        Fact(
            "Brücke <offen> heute",
            f"{SITE}/de/bruecke",
            "tag:gazette.example,2025:bruecke",
            TEN,
            f"{SITE}/bruecke.jpg",
            categories=("Stadt",),
            authors=("Jo Meier",),
            language="de",
            kind="audio",
        ),
        Fact("Bridge open", f"{SITE}/de/en/bridge", "tag:gazette.example,2025:bridge", language="en"),
        Fact("a <T> & b", f"{SITE}/de/generic", "tag:gazette.example,2025:generic", language="de"),
    ],
    "atom_xhtml.xml": [
        Fact(
            "Le pont <enfin>",
            f"{SITE}/1",
            "1",
            TEN,
            f"{SITE}/pont.jpg",
            authors=("Léa Petit", "Jo Meier"),
            language="fr",
        ),
        Fact("Brücke & Fluss", f"{SITE}/2", "2", TEN, categories=("Stadt & Land", "fluss"), language="de"),
    ],
    "atom_source.xml": [Fact("Collected", f"{SITE}/1", "1", TEN, authors=("Ana Lima",))],
    # Addresses and names
    "atom_links.xml": numbered(
        Fact("Page before PDF", guid="1"),
        Fact("Related is not it", guid="2"),
        Fact("Enclosed", guid="3", kind="audio"),
        Fact("By its id", guid=f"{SITE}/4"),
        Fact("IANA", guid="5"),
        Fact("Content elsewhere", guid="6", image=f"{SITE}/6b.jpg"),
    ),
    "atom_links_as_text.xml": [
        Fact("As in RSS", f"{SITE}/1", "1", TEN),
        Fact("Loud", "http://gazette.example/2", "HTTP://gazette.example/2", TEN),
    ],
    "xml_base.xml": [
        Fact("Nested", f"{SITE}/a/b/c", "1", TEN, f"{SITE}/a/b/pic.jpg"),
        Fact("On the link", "https://other.example/d", "2", TEN),
        Fact("Plain", f"{SITE}/e", "3", TEN),
    ],
    "relative_links.xml": [
        Fact("Root", "https://www.gazette.example/a/b?x=1&y=2"),
        Fact("Beside", "https://www.gazette.example/city/c.html"),
        Fact("Up", "https://www.gazette.example/d"),
        Fact("No scheme", f"{SITE}/e"),
        Fact("Query", "https://www.gazette.example/city/?id=7"),
        Fact("Broken over lines", f"{SITE}/very/long"),
        Fact("Spaces and letters", f"{SITE}/ção%20e%20mais"),
        Fact("No web", guid="m"),
    ],
    "guids.xml": [
        Fact("By its guid", f"{SITE}/by-guid", f"{SITE}/by-guid", TEN),
        Fact("Permalink said", f"{SITE}/said", f"{SITE}/said", TEN),
        Fact("No permalink", "", f"{SITE}/no", TEN),
        Fact("Number", f"{SITE}/n", "12345", TEN),
        Fact("Empty", f"{SITE}/e", None, TEN),
        Fact("CDATA", f"{SITE}/c?a=1&b=2", "c", TEN),
        Fact("Urn", f"{SITE}/u", "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", TEN),
    ],
    "same_guid.xml": [
        Fact("One", f"{SITE}/1", "x", TEN),
        Fact("Two", f"{SITE}/2", "x", TEN),
        Fact("Three", f"{SITE}/", "3"),
        Fact("Four", f"{SITE}/", "4"),
    ],
    "ampersand_in_address.xml": [Fact("Hello World", f"{SITE}/news?id=1&amp=2&page=3&copy=4", "bridge", TEN)],
    # Titles, people, sections, languages, pictures, dates
    "titles.xml": numbered(
        Fact('AT&T and "us"'),
        Fact("Fish & chips"),
        Fact("Café – open"),
        Fact("AT&T & friends"),
        Fact("Map<String, T> explained"),
        Fact("5 < 6 && 7 > 3"),
        Fact("One and two"),
        Fact("Over three lines"),
        Fact("Strong words"),
        Fact("R&D ’25"),
        Fact("Smile 😀 🚢"),
        Fact("Pair 😀 of halves"),
        Fact("Quote “bad” dash —"),
        Fact("Softhyphen and nbsp\xa0here"),
        Fact(""),
        Fact("Plain markup unescaped"),
    ),
    "people.xml": numbered(
        Fact("1", authors=("Ana Lima",)),
        Fact("2", authors=("Ana Lima",)),
        Fact("3"),
        Fact("4", authors=("Ana Lima", "Rui Sousa")),
        Fact("5", authors=("Léa Petit",)),
        Fact("6", authors=("Jo O’Neil",)),
        Fact("7", authors=("Rui Sousa",)),
    ),
    "sections.xml": numbered(
        Fact("1", categories=("Bridge", "Salt & pepper")),
        Fact("2", section="Sport", categories=("Football", "Cup")),
        Fact("3", categories=("News/World",)),
    ),
    "languages.xml": numbered(
        Fact("Channel", language="pt-BR"),
        Fact("Le pont", language="fr"),
        Fact("Die Brücke", language="de-AT"),
        Fact("Nonsense", language="pt-BR"),
    ),
    "pictures.xml": numbered(
        Fact("Enclosure", image=f"{SITE}/1.jpg"),
        Fact("Enclosure without type", image=f"{SITE}/2.PNG?x=1"),
        Fact("Counter first", image=f"{SITE}/3.jpg"),
        Fact("Lazy", image=f"{SITE}/4.jpg"),
        Fact("Widest content", image=f"{SITE}/5l.jpg"),
        Fact("In an image element", image=f"{SITE}/6.jpg"),
        Fact("None"),
    ),
    "media_group.xml": [
        Fact("Bridge in pictures", f"{SITE}/bridge", "b1", image=f"{SITE}/b-1600.jpg"),
        Fact("Only a thumbnail", f"{SITE}/thumb", "b2", image=f"{SITE}/t.jpg"),
    ],
    "dates.xml": numbered(*(Fact(text, published=instant) for text, instant in DATES)),
    "date_elements.xml": numbered(
        Fact("Lower case", published=TEN),
        Fact("CDATA", published=TEN),
        Fact("Only updated"),
        Fact("Two dates", published=TEN),
        Fact("Undated"),
        Fact("Empty"),
    ),
    # Encodings
    "windows1251.xml": bridge("Мост открыт – «наконец»"),
    "windows1256.xml": bridge("افتتاح الجسر"),
    "koi8r.xml": bridge("Мост открыт"),
    "iso8859_2.xml": bridge("Most otwarty: żółć"),
    "iso8859_15.xml": bridge("Prix : 5 € à l'œuvre"),
    "gb2312.xml": bridge("桥开通了"),
    "big5.xml": bridge("橋開通了"),
    "shift_jis.xml": bridge("橋が開通"),
    "euc_jp.xml": bridge("橋が開通"),
    "iso2022_jp.xml": bridge("橋が開通"),
    "euc_kr.xml": bridge("다리가 열렸다"),
    "utf16.xml": bridge("Café World"),
    "utf16_be_no_mark.xml": bridge("Café"),
    "utf32.xml": bridge("Café World"),
    "utf8_as_utf16.xml": bridge("Café World"),
    "utf8_as_latin1.xml": bridge("Café – “open”"),
    "cp1252_as_utf8.xml": bridge("Café – “open”"),
    "cp1252_inside_utf8.xml": bridge("Café “open”"),
    "latin1_undeclared.xml": bridge("Café à l'eau"),
    "unknown_encoding.xml": bridge("Café"),
    "encoded_twice.xml": numbered(Fact("Grupo Fórmula", categories=("Política",)), Fact("It’s open"), Fact("Spaß…")),
    "two_byte_order_marks.xml": bridge("\u200fمرحبا"),
    # Not well-formed
    "bare_ampersand.xml": [Fact("Salt & vinegar & AT&T", f"{SITE}/news/salt", "salt", TEN)],
    "cdata_with_ampersand.xml": bridge("Hello & World"),
    "undeclared_entities.xml": bridge("Hello\xa0World…"),
    "undeclared_entities_with_doctype.xml": bridge("Café World"),
    "doctype_inside.xml": bridge("Hello\xa0World’s"),
    "control_characters.xml": bridge(),
    "nul_bytes.xml": bridge(),
    "surrogate_reference.xml": bridge("Hello 😀 World"),
    "blank_line_first.xml": bridge(),
    "php_warning.xml": bridge(),
    "html_around.xml": bridge(),
    "inside_a_page.xml": bridge(),
    "junk_after.xml": bridge(),
    "no_root.xml": bridge(),
    "tags_in_other_case.xml": bridge(),
    "truncated.xml": WHOLE,
    "truncated_atom.xml": WHOLE,
    "cut_in_a_character.xml": bridge(),
    "undeclared_prefix.xml": bridge(),
    "crossed_tags.xml": bridge(),
    "unclosed_tags.xml": bridge(),
    "cdata_unclosed.xml": bridge(),
    "unquoted_attributes.xml": bridge(kind="audio"),
    "angle_in_title.xml": bridge("Hello < World"),
}
REFUSED = {"entity_bomb.xml", "external_entity.xml", "page.html"}
