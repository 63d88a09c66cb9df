"""Parses bytes into an XML tree: strictly with expat, else strictly again after a light repair.

For a document that is not a feed, the error says what it is instead.
"""

from __future__ import annotations

import codecs
import re
from html import escape, unescape
from typing import TYPE_CHECKING

from syndicate.errors import SourceError
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern
from syndicate.sources.parsing import html_text
from syndicate.sources.parsing.html_text import ILLEGAL
from syndicate.text import CP1252

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element, ParseError

TAGS = 1_000_000  # more would cost hundreds of megabytes as a tree
ROOTS = ("rss", "RDF", "feed", "channel")

_CHARSET = pattern(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']""")
_DECLARATION = pattern(r"\s*<\?xml\b[^>]{0,200}\?>")
_CODECS = pattern(
    r"utf-?(?:8|16|32)|iso-?8859|latin|cp\d|koi8|mac|windows|win|gb|big5|euc|shift|sjis|ks_c|johab|hz|iso-?2022|(?:us-)?ascii|tis"
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_ROOT = pattern(r"<((?:[A-Za-z_][\w.-]*:)?(?:rss|RDF|feed))(?=[\s>])")
_DOCTYPE_OF_A_PAGE = pattern(r"<!doctype html>\s*<(?:rss|rdf:rdf|feed)[\s>]")  # above a feed, by mistake
_WRAPPED = pattern(r"""<(?:rss\s[^<>]{0,200}version=|feed\s[^<>]{0,200}xmlns=["']http://www\.w3\.org/2005/Atom)""")
_SITEMAP = pattern(r"<(?:urlset|sitemapindex)[\s>]")
_ITEM_END = pattern(r"</(?:[A-Za-z_][\w.-]*:)?(?:item|entry)\s*>")
_BARE = pattern(r"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});)")
_REFERENCE = pattern(r"&(?!(?:amp|lt|gt|quot|apos);)[#\w]{1,33};")
_NUMBERED = pattern(r"&#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}));", re.ASCII)
_HALVES = pattern(r"&#([xX][dD][89abAB][0-9a-fA-F]{2}|5[56][0-9]{3});&#([xX][dD][c-fC-F][0-9a-fA-F]{2}|5[67][0-9]{3});")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_HIGH = bytes(range(0x80, 0x100))
_WHOLE_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True, slots=True)
class Tree:
    """A document as XML. `cut_off`: it ended early, and only its whole items are in the tree."""

    root: Element
    head: str
    cut_off: bool = False


class NotWellFormed(Exception):
    """The document is a feed, but a light repair is not enough; `text` is the repaired text."""

    def __init__(self, text: str, fault: ParseError, *, cut_off: bool) -> None:
        super().__init__(str(fault))
        self.text = text
        self.cut_off = cut_off


def read(body: bytes, *, url: str, content_type: str | None) -> Tree:
    """The tree of a feed. Raises SourceError, which says what a document is that is not a feed; NotWellFormed."""
    from xml.etree.ElementTree import ParseError

    data = _unwrapped(_once(decoded(body, content_type)))
    refuse_strangers(data, url)
    if body.count(b"<") > TAGS:
        raise SourceError(f"{url} has more than {TAGS:,} tags, which no feed needs")
    try:
        return Tree(_parse(data, url), head(data))
    except ParseError:
        pass
    text, cut_off = repaired(data if isinstance(data, str) else _mixed(data))
    if cut_off and not text:
        raise SourceError(f"{url} is cut off before the end of its first entry")
    try:
        return Tree(_parse(text, url), head(text), cut_off)
    except ParseError as fault:
        if not _ROOT.search(text, 0, 100_000):
            found = "sitemap" if _SITEMAP.search(text, 0, 5000) else None
            raise SourceError(f"{url} is not a feed: it is not XML ({fault})", found=found) from fault
        raise NotWellFormed(text, fault, cut_off=cut_off) from fault


def decoded(body: bytes, content_type: str | None) -> bytes | str:
    """The text of a document, or its bytes if they are UTF-8 and declared as nothing else.

    Bytes that are valid UTF-8 are UTF-8 whatever is declared: no text in another encoding is valid by
    chance. Otherwise HTTP's charset counts before the document's own (RFC 7303 §3.2).
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    declared = _DECLARED.match(body[:300])
    said = _CHARSET.search(content_type or "")
    names = [said[1] if said else "", declared[1].decode() if declared else ""]
    known = [codec for codec in map(_codec, names) if codec]
    if all(codec in ("utf-8", "ascii") for codec in known) and not (declared and not _codec(names[1])):
        return body
    for codec in [*(known if _is_stateful(known) else ("utf-8", *known)), "cp1252"]:
        try:
            return body.decode("cp1252" if codec == "iso8859-1" else codec)
        except UnicodeDecodeError:
            continue
    return body.decode("cp1252", "replace")


def _once(data: bytes | str) -> bytes | str:
    """Undo a second encoding of a document that was taken for Windows-1252."""
    if isinstance(data, str):
        return html_text.document(data)
    if data.isascii():
        return data
    first = _BEYOND_ASCII.search(data)
    if first is None or first[0] != b"\xc3":  # what begins a character of UTF-8, encoded once more
        return data
    try:
        said = data.decode()
    except UnicodeDecodeError:
        return data
    once = html_text.document(said)
    return data if once is said else once


def _unwrapped(data: bytes | str) -> bytes | str:
    """A feed that something wrapped into an HTML page, from its root on; a page that only shows a feed escapes it."""
    text = data[:20_000].decode("utf-8", "replace") if isinstance(data, bytes) else data[:20_000]
    if "<html" not in text[:1000].lower():
        return data
    found = _WRAPPED.search(text)
    if found is None:
        return data
    return data[data.find(found[0].encode()) :] if isinstance(data, bytes) else data[found.start() :]


def refuse_strangers(data: bytes | str, url: str) -> None:
    """Raise SourceError for a document that cannot be a feed, saying what it is."""
    text = (data[:5000].decode("utf-8", "replace") if isinstance(data, bytes) else data[:5000]).lstrip("\ufeff \t\r\n")
    if not text:
        raise SourceError(f"{url} is an empty document, not a feed")
    start = re.sub(r"<!--.*?-->|<\?.*?\?>", "", text, flags=re.DOTALL).lstrip()[:100].lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")) and not _DOCTYPE_OF_A_PAGE.match(start):
        raise _page(data, url)


def repaired(text: str) -> tuple[str, bool]:
    """The document with certain errors repaired, as far as that needs no guess, and whether it was cut off.

    Text before and after the root (a server's warnings) and control characters are removed,
    stray ampersands are escaped, HTML's entities become their characters. Of a document
    that ends early only whole items are kept: the last one's address may be half an address.
    """
    text = ILLEGAL.sub("", _undeclared(text))
    root = _ROOT.search(text)
    if root is None:
        return _with_entities(text), False
    prologue = text.rfind("<!DOCTYPE", 0, root.start())
    end = text.rfind(f"</{root[1]}")
    cut_off = end < 0
    start = root.start() if prologue < 0 else prologue
    text = _closed(text[start:], root[1]) if cut_off else text[start : text.find(">", end) + 1 or None]
    return _with_entities(text), cut_off


def tree(body: bytes, *, url: str, content_type: str | None) -> Element:
    """The root of any XML document, repaired if need be. Raises ParseError, SourceError."""
    from xml.etree.ElementTree import ParseError

    data = decoded(body, content_type)
    if body.count(b"<") > TAGS:
        raise SourceError(f"{url} has more than {TAGS:,} tags, which no document needs that we read")
    try:
        return _strict(data, url)
    except ParseError:
        text = ILLEGAL.sub("", _undeclared(data if isinstance(data, str) else _mixed(data)))
        return _strict(_with_entities(text.strip()), url)


def _parse(data: bytes | str, url: str) -> Element:
    """Parse strictly. Raises ParseError, and SourceError if the root is not a feed's."""
    root = _strict(data, url)
    name = root.tag.rpartition("}")[2]
    if name not in ROOTS:
        if name.lower() == "html":
            raise _page(data, url)
        found, words = _KINDS.get(name, (None, f"an XML document <{name}>"))
        raise SourceError(f"{url} is {words}, not a feed", found=found)
    return root


def _strict(data: bytes | str, url: str) -> Element:
    """Parse with expat; entities that could grow are refused before. Raises ParseError, SourceError."""
    from xml.etree.ElementTree import ParseError, XMLParser

    if any((word if isinstance(data, str) else word.encode()) in data for word in _DECLARES):  # type: ignore[operator]
        _refuse_bombs(data, url)
    if isinstance(data, str):
        data = _undeclared(data)
    parser = XMLParser()  # noqa: S314 - entities are looked at before, the size is bounded
    try:
        parser.feed(data)
        return parser.close()
    except (ValueError, LookupError) as fault:  # an encoding expat does not know
        raise ParseError(str(fault)) from fault


def _undeclared(text: str) -> str:
    """The text without its XML declaration, whose encoding is no longer true."""
    declaration = _DECLARATION.match(text)
    return text[declaration.end() :] if declaration else text


_KINDS: dict[str, tuple[str | None, str]] = {
    "urlset": ("sitemap", "a sitemap"),
    "sitemapindex": ("sitemap", "a list of sitemaps"),
    "opml": ("opml", "an OPML list of feeds"),
    "newsItem": ("newsml", "NewsML-G2"),
    "newsMessage": ("newsml", "NewsML-G2"),
    "packageItem": ("newsml", "NewsML-G2"),
}
"""Root elements of documents that are not feeds: what they are, as a word for programs and for people."""


_DECLARES = ("<!ENTITY", "<!ATTLIST")
REFERENCES = 300_000  # more would cost hundreds of megabytes, if each stands for 16 characters


def _refuse_bombs(data: bytes | str, url: str) -> None:
    """Refuse declarations that would make much out of little (entity bombs), before anything expands them.

    These are entities that contain other entities, much text or files, and default attributes.
    """
    from xml.parsers import expat

    parser = expat.ParserCreate()

    def refused(*_: object) -> None:
        raise SourceError(f"{url} declares attributes that no feed needs; it is not read")

    def declared(*entity: str | bool | None) -> None:
        value, system = entity[2], entity[4]
        if not entity[1] and (system or (isinstance(value, str) and (len(value) > 16 or "&" in value[1:]))):
            raise SourceError(f"{url} declares entities that no feed needs; it is not read")
        if data.count("&" if isinstance(data, str) else b"&") > REFERENCES:  # type: ignore[arg-type]
            raise SourceError(f"{url} declares entities and refers to them more often than any feed needs")

    def begun(*_: object) -> None:
        raise StopIteration

    parser.EntityDeclHandler = declared
    parser.AttlistDeclHandler = refused
    parser.StartElementHandler = begun
    try:
        parser.Parse(data, True)
    except (StopIteration, expat.ExpatError, ValueError, LookupError):
        return


def _page(data: bytes | str, url: str) -> SourceError:
    from syndicate.sources.parsing.bot_challenges import HINT, challenger

    body = data.encode("utf-8", "replace") if isinstance(data, str) else data
    who = challenger(body)
    if who:
        return SourceError(f"{url} is a bot check of {who}, not a feed", hint=HINT)
    return SourceError(f"{url} is an HTML page, not a feed", found="page")


def _codec(name: str) -> str | None:
    """Python's name of a text encoding that documents are written in; None for any other."""
    if not _CODECS.match(name.lower()):
        return None
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _is_stateful(codecs_: list[str]) -> bool:
    """Whether an encoding writes everything in seven bits, so that its bytes always look like UTF-8."""
    return any(codec.startswith(("iso2022", "hz")) for codec in codecs_)


def _mixed(body: bytes) -> str:
    """Decode UTF-8 in which some bytes are Windows-1252, or all of it as Windows-1252 if that is more likely."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if 2 * sum(map(len, _WHOLE_UTF8.findall(body))) < len(body) - len(body.translate(None, _HIGH)):
        return body.decode("cp1252", "replace")
    return body.decode("utf-8", CP1252)


def _closed(text: str, root: str) -> str:
    """A document that was cut off, shortened to its last whole item and closed; "" if it has none."""
    end = max((item.end() for item in _ITEM_END.finditer(text)), default=0)
    if not end:
        return ""
    open_channel = text.rfind("<channel", 0, end) > text.rfind("</channel", 0, end)
    return f"{text[:end]}{'</channel>' if open_channel else ''}</{root}>"


def _with_entities(text: str) -> str:
    """Escape stray ampersands and replace HTML's entities, outside of CDATA sections."""
    first, *parts = text.split("<![CDATA[")
    kept = [_mended(first)]
    for part in parts:
        inside, closing, outside = part.partition("]]>")
        kept += [inside, closing, _mended(outside)]
        kept[-3] = f"<![CDATA[{inside}"
    return "".join(kept)


def _mended(text: str) -> str:
    if "&" not in text:
        return text
    return _REFERENCE.sub(_character, _HALVES.sub(_joined, _BARE.sub("&amp;", text)))


def _joined(halves: re.Match[str]) -> str:
    """Join a character that is written as its two UTF-16 surrogates, as Java and JavaScript do."""
    high, low = (int(half[1:], 16) if half[0] in "xX" else int(half) for half in halves.groups())
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return halves[0]
    return chr(0x10000 + (high - 0xD800 << 10) + (low - 0xDC00))


def _character(reference: re.Match[str]) -> str:
    """An HTML entity in XML's spelling; a name that HTML does not know stays text."""
    number = _NUMBERED.fullmatch(reference[0])
    if number and (code := int(number[1] or number[2], 16 if number[1] else 10)) < 0x10000:
        if code < 0x20 and chr(code) not in "\t\n\r":
            return ""
        if 0xD800 <= code < 0xE000:
            return ""
    meant = unescape(reference[0])
    return "&amp;" + reference[0][1:] if meant == reference[0] else escape(ILLEGAL.sub("", meant))


def head(data: bytes | str) -> str:
    """The beginning of a document, where namespaces are declared."""
    return data[:4000].decode("utf-8", "replace") if isinstance(data, bytes) else data[:4000]
