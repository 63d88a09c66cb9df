"""Makes plain text of the HTML and entities in feeds: one line, NFC, decoded exactly once.

Every text is scanned once, so unclosed tags cannot make it slow.
"""

from __future__ import annotations

import re
import unicodedata

from syndicate.model.pattern import pattern
from syndicate.text import plain

SUMMARY = 5_000  # characters; some feeds put the whole article into the summary
LOOKED_AT = 20_000  # characters of a text in which HTML is looked for that should not be there
MOST = 200_000  # characters of a text without its tags that are decoded; none that is shown is as long

ATTRIBUTES = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+"""
_INLINE_NAMES = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|span|strike"
    "|strong|sub|sup|time|tt|u|var|wbr"
)
_BLOCK_NAMES = (
    "address|article|aside|blockquote|br|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr"
    "|iframe|img|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul|video"
)


def _tags(names: str) -> re.Pattern[str]:
    """A pattern for tags with these names, whatever their prefix, even with a stray quote."""
    start = rf"</?(?:[a-z0-9]+:)?({names})(?![a-z0-9:-])"
    return pattern(rf"{start}(?:{ATTRIBUTES}>|[^<>]*+>)", re.IGNORECASE)


_INLINE, _BLOCK = _tags(_INLINE_NAMES), _tags(_BLOCK_NAMES)
_LINES = frozenset(["br", "li", "dt", "dd", "tr"])
_NO_LINES = frozenset(["td", "th", "thead", "tbody", "tfoot", "img", "iframe", "video"])
_PAIRED = pattern(
    rf"<((?:{_INLINE_NAMES}|{_BLOCK_NAMES})(?![a-z0-9:-]))[^<>]*+>.*</\1\s*>|<br\s*/?>", re.IGNORECASE | re.DOTALL
)
"""HTML that is closed again: a text on HTML names its tags one by one."""
_ALL_MARKUP = pattern(
    rf"\s*<(?:{_BLOCK_NAMES})(?![a-z0-9:-])[^<>]*+>.*<(?:/(?:{_BLOCK_NAMES})|(?:br|img)[^<>]*+)\s*/?>\s*",
    re.IGNORECASE | re.DOTALL,
)
"""Blocks of HTML from the beginning to the end."""
_CDATA = "<![CDATA["
_WHITE = pattern("[ \t\r\n\f]+")
_ANY = pattern(rf"<[a-zA-Z/!?](?:{ATTRIBUTES}>|[^<>]*+>)")
_HIDDEN = pattern(r"<!--|<(script|style|template|noscript)(?![a-z0-9-])", re.IGNORECASE)
_ENTITY = pattern(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_IMG = pattern(rf"<(?:img|source)(?=[\s/]){ATTRIBUTES}>", re.IGNORECASE)
_ATTRIBUTE = pattern(r"""(?<![\w:-])([\w:-]++)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
ILLEGAL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What no XML may hold (https://www.w3.org/TR/xml/#charsets), and JSON can spell: controls, halves of characters."""
# Bytes of Windows-1252 that were declared Latin-1, where they are control characters nobody means.
_CP1252 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
# UTF-8 that was taken for Windows-1252 and encoded once more: a character that begins a sequence, and its rest.
_BACK = {ord(character): code for code, character in _CP1252.items() if character != "\ufffd"}
_REST = "\x80-\xbf" + "".join(map(chr, _BACK))
_TWICE = pattern(rf"[\xc2-\xdf][{_REST}]|[\xe0-\xef][{_REST}]{{2}}|[\xf0-\xf4][{_REST}]{{3}}")
_BEYOND_ASCII = pattern("[^\x00-\x7f]")
_OPENED = ("\xc2\xab", "\xc2\xbb", "\xc3\xab")  # «, » and ë
_PUNCTUATION = frozenset("…–—‘’“”‹›«»·•")  # noqa: RUF001 - these are what is meant


def line(text: str) -> str:
    """Plain text as one line, without superfluous white space."""
    if not text.isascii():
        text = _once(text)
    if not text.isprintable() or "  " in text:
        text = plain(text.translate(_CP1252))
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def document(text: str) -> str:
    """A whole document as by `_once`; its numbered characters do not hide that all the rest was encoded twice.

    It is left alone if more than a few pairs in it ("Spaß…") are not such sequences.
    """
    first = _BEYOND_ASCII.search(text)
    if first is None or not _TWICE.match(text, first.start()):
        return text
    sequences = _TWICE.findall(text)
    odd = sum(each[0] not in "\xc2\xc3" and _PUNCTUATION.issuperset(each[1:]) for each in sequences)
    if 100 * odd > len(sequences):
        return text
    return _once(text).removeprefix("\ufeff")


def _once(text: str) -> str:
    """Undo a second UTF-8 encoding ("FÃ³rmula" for "Fórmula"), if the whole text has it.

    A letter before a mark ("Spaß…") could be such a sequence by chance, so one has to be none of those;
    no word ends in "Â", and none in "Ã" before a quotation is opened, so there it is none either.
    """
    sequences = _TWICE.findall(text)
    if not sequences or all(each not in _OPENED and _PUNCTUATION.issuperset(each[1:]) for each in sequences):
        return text
    try:
        return text.translate(_BACK).encode("latin-1").decode()
    except UnicodeError:
        return text


def title(text: str) -> str:
    """A title without a declared type: HTML's tags and entities are markup, everything else is text.

    So `AT&amp;amp;T` in a document gives "AT&T", and "a <T> b" keeps its brackets.
    """
    if "<" in text:
        text = _INLINE.sub("", _BLOCK.sub(" ", uncovered(text)))
    return line(unescape(text[:MOST]))


def declared_plain(text: str) -> str:
    """A text that is declared plain, as one line: entities are decoded, and tags removed if they are closed again.

    Nobody writes `&nbsp;` into plain text, but editors do where a space is meant.
    """
    if "<" in text:
        text = uncovered(text)
        if _PAIRED.search(text[:LOOKED_AT]):
            text = _INLINE.sub("", _BLOCK.sub(" ", text))
    return line(unescape(text[:MOST].replace("&nbsp;", " ")))


def as_markup(text: str) -> str:
    """A text that is declared plain, as HTML: escaped, unless it is HTML all the same."""
    from html import escape

    if "<" in text and _PAIRED.search(text[:LOOKED_AT]):
        return text
    return escape(unescape(uncovered(text)[:MOST]), quote=False)


def text(markup: str) -> str:
    """The text of a piece of HTML; a space separates blocks. HTML that was escaped once too often is read as well."""
    if "<" in markup:
        markup = uncovered(markup)
    elif "&lt;" in markup and _ALL_MARKUP.fullmatch(unescape(markup[:LOOKED_AT])):
        markup = unescape(markup)
    if "<" in markup:
        if _HIDDEN.search(markup):
            markup = _without_hidden(markup)
        markup = _ANY.sub("", _BLOCK.sub(" ", markup))
    return line(unescape(markup[:MOST]))


def paragraphs(markup: str) -> str:
    """The text of a piece of HTML, with blank lines between its paragraphs, and lines where it breaks them."""
    if "<" in markup:
        if _HIDDEN.search(markup):
            markup = _without_hidden(markup)
        markup = _WHITE.sub(" ", markup)
        markup = _ANY.sub("", _BLOCK.sub(_gap, markup))
    return lines(unescape(markup[:MOST]))


def _gap(tag: re.Match[str]) -> str:
    """What stands for a block's tag between words: a blank line, a new line, or a space."""
    name = tag[1].lower()
    if name in _LINES:
        return " " if tag[0].startswith("</") and name != "br" else "\n"
    return " " if name in _NO_LINES else "\n\n"


def lines(text: str) -> str:
    """Plain text with its lines: each as by `line`, at most one blank line between two."""
    kept: list[str] = []
    for each in text.splitlines():
        said = line(each)
        if said or (kept and kept[-1]):
            kept.append(said)
    return "\n".join(kept).strip()


def uncovered(text: str) -> str:
    """What is in a CDATA section that was escaped, so that its brackets are in the text."""
    if _CDATA not in text[:200]:
        return text
    bare = text.strip()
    return bare.removeprefix(_CDATA).removesuffix("]]>") if bare.startswith(_CDATA) else text


def summary(markup: str) -> str:
    """`text` of a description, shortened, since it may be a whole article."""
    return shortened(text(markup))


def shortened(words: str) -> str:
    """At most SUMMARY characters, cut at a word."""
    return words if len(words) <= SUMMARY else words[:SUMMARY].rpartition(" ")[0] or words[:SUMMARY]


def unescape(text: str) -> str:
    """Decode entities once, and only those that end in a semicolon: `?a=1&copy=2` has no ©."""
    if "&" not in text:
        return text
    from html import unescape as decode

    return _ENTITY.sub(lambda found: decode(found[0]), text)


def pictures(markup: str) -> list[dict[str, str]]:
    """The attributes of the first `<img>` and `<source>` tags, in order; the tag's own name is one of them."""
    found: list[dict[str, str]] = []
    for tag in _IMG.finditer(markup):
        if len(found) == 20:
            break
        if len(tag[0]) <= 8192:
            parts = _ATTRIBUTE.findall(tag[0])
            found.append({name.lower(): unescape(a or b or c) for name, a, b, c in reversed(parts)})
    return found


def _without_hidden(markup: str) -> str:
    """The HTML without comments, scripts and styles; an unclosed one hides the rest."""
    kept: list[str] = []
    position = 0
    while opened := _HIDDEN.search(markup, position):
        kept.append(markup[position : opened.start()])
        closing = "-->" if opened[1] is None else rf"</{opened[1]}\s*>"
        closed = re.compile(closing, re.IGNORECASE).search(markup, opened.end())
        if closed is None:
            return "".join(kept)
        position = closed.end()
    return "".join([*kept, markup[position:]])
