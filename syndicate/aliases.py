"""The names (aliases) by which an article is known: it is new only if none of them is known. Pure.

Feeds change guids, hosts, schemes and addresses; each change affects some of the names, hardly ever all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from datetime import UTC, timedelta
from functools import lru_cache
from string import ascii_letters, digits
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from syndicate.addresses import BARE_PERCENT, BREAK, ascii_host
from syndicate.model import Article
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern

# Parameters that say where a reader came from, never which article it is.
_TRACKING = pattern(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|at)_\w+|_hs(?:enc|mi)|__hs\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid"
    r"|ysclid|twclid|ttclid|li_fat_id|igshid|igsh|mc_[ce]id|mkt_tok|oly_(?:anon|enc)_id|vero_(?:conv|id)|_g[al]"
    r"|ref_(?:src|url)|cmpid|xtor|ocid|smid|wt_mc|s_cid|wickedid|rb_clickid|epik|srsltid",
    re.IGNORECASE | re.ASCII,
)
# Parameters that say that a reader came from a feed: some names alone, others only with the word (Medium: rss----1a2b).
_FEED = pattern(
    r"(?:ref|source)=(?:rss|feed)(?:-{2,}.*)?"
    r"|(?:partner|emc|cmp|dcmp|mod|mbid|ncid|cid|src|sc_src|from|via|origin)=(?:rss(?:nyt|[-_.].*)?|feed)"
    r"|(?:wprss|feedtype|feedname|ns_(?:mchannel|source|campaign|linkname|fee))=.*|rss=(?:1|yes|true)?|rss",
    re.IGNORECASE | re.ASCII,
)
_FEED_WORD = pattern(r"[^?&]*[?&].*?(?:rss|feed|ns_)", re.IGNORECASE | re.ASCII | re.DOTALL)  # few have one
# Parts of an address that mark a variant for phones, and parts that many pages of a site have as their last.
_MOBILE = ("m", "mobile", "touch")
_VARIANT = pattern(
    r"amp(?:=1|=true)?|(?:outputtype|output|format|view)=amp|(?:m|mobile)=1"
    r"|(?:ref|referrer|source|src|partner|emc|cmp|campaign|medium|rss)=.*",
    re.IGNORECASE | re.ASCII,
)
_AMP_FILE = pattern(r"[.-]amp(\.html?)?\Z")
_BEGINNING = 200  # characters of a note that name it, with its date, as a headline would
_NAMELESS = pattern(r"(?:index|default|home|amp)(?:\.\w+)?|\d{1,2}")
_ADDRESS = pattern(
    r"(?P<scheme>https?://)(?P<host>[^/?#]*)(?P<path>[^?#]*)(?P<query>[^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL
)
_ESCAPED = pattern(r"%[0-9a-f]{2}", re.IGNORECASE | re.ASCII)
_LETTERS = pattern(r"(?:%[89a-f][0-9a-f])+", re.IGNORECASE | re.ASCII)
_ODD = pattern(r"""[%+\s\x00-\x1f\x7f"<>\[\]\\^`{|}]|[^:]//""")
# Characters that mean the same with and without percent encoding; a slash, # and % do not, & = + only in the path, and
# a question mark only in the query.
_PLAIN = {f"%{ord(letter):02X}": letter for letter in f"{ascii_letters}{digits}-._~!$'()*,;:@"}
_PLAIN_IN_QUERY = _PLAIN | {"%3F": "?"}
_PLAIN_IN_PATH = _PLAIN | {f"%{ord(letter):02X}": letter for letter in "&=+"}
LATER = timedelta(hours=12)
"""When one article is listed again, its dates usually differ by less."""
_WORD = pattern(r"\w+")
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # `json.dumps` would make one for each article


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of an article: kind "url", "guid", "guid_path", "title_date" or "combined"; 32 hex digits."""

    kind: str
    hash: str


def aliases(article: Article, site: str = "") -> tuple[Alias, ...]:
    """All names of an article, the most lasting first; () if it has none.

    Addresses belong to the whole `site`, so that two of its sources that list one article share them; the other
    names belong to their source.
    """
    places = (article.url, article.canonical_url)
    keys = dict.fromkeys(key for place in places if place for key in _keys(place) if key)
    found = [_alias("url", site, key) for key in keys]
    if article.guid:
        found.append(guid_alias(article.source, article.guid))
        path = _path(article.guid)
        if path:
            found.append(_alias("guid_path", article.source, path))
    said = article.title or article.body[:_BEGINNING]
    if said and article.published and article.precision != "day":
        instant = article.published.astimezone(UTC).isoformat()
        found.append(_alias("title_date", article.source, f"{folded(said)}\n{instant}"))
    return tuple(found)


def guid_alias(source: str, guid: str) -> Alias:
    """The alias of a guid, which belongs to its source."""
    return _alias("guid", source, guid)


def drop_repeated(articles: Sequence[Article], site: str = "") -> tuple[tuple[Alias, ...], ...]:
    """The usable names of each article of one reading, in order.

    A name that two different articles have is left out of this reading. The same article listed twice
    is no such case, even if its headline was changed in between. An article without any name left gets
    the combination of all its fields as its name; so does one without title and date, whose other names
    may be repeated in the next reading.
    """
    named = [aliases(article, site) for article in articles]
    bearers: dict[str, tuple[str, tuple[Alias, ...]]] = {}
    listed: dict[Any, tuple[str, tuple[Alias, ...]]] = {}
    repeated: set[str] = set()
    for article, names in zip(articles, named, strict=True):
        # The same address under the same headline is one article, whatever guids it is listed with.
        places = tuple(alias for alias in names if alias.kind == "url")
        bearer = (folded(article.title), places) if places and article.title else (article.title, names)
        if places and article.guid and article.published and article.precision != "day":
            bearer = listed.setdefault((places, article.guid, article.published), bearer)
        for alias in names:
            if bearers.setdefault(alias.hash, bearer) != bearer:
                repeated.add(alias.hash)
    return tuple(_usable(article, names, repeated) for article, names in zip(articles, named, strict=True))


@lru_cache(maxsize=1000)  # asked several times for each story
def site_host(url: str) -> str | None:
    """The host of an address in ASCII, without www; None where there is none."""
    with contextlib.suppress(ValueError):
        return ascii_host(urlsplit(url).hostname or "").rstrip(".").removeprefix("www.") or None
    return None


def urlkey(url: str) -> str:
    """A form of an address that is the same for all its variants; "" for what is not an http(s) address.

    The host in lower case without `www.`, the path without a slash at its end, and what the query
    says apart from tracking, in order; no scheme, login, default port or fragment. A letter is the same
    whether it is written as such or in percent signs (RFC 3986 §6.2.2), a host in Punycode or not.
    """
    return _as_written(_spelled(url.strip()))


def _keys(url: str) -> tuple[str, ...]:
    """The key of an address, and those in older ledgers where they may differ."""
    url = url.strip()
    spelled = _spelled(url)
    if spelled == url and _FEED_WORD.match(url) is None:
        return (_as_written(spelled),)
    return (_as_written(spelled), _as_written(spelled, feeds=False), _as_written(url, feeds=False))


def _spelled(url: str) -> str:
    """An address with each character in one spelling: as itself where that is allowed, else percent-encoded."""
    found = None if url.isascii() and _ODD.search(url) is None else _ADDRESS.fullmatch(BREAK.sub("", url))
    if found is None:
        return url
    path, query = re.sub("/{2,}", "/", found["path"]), found["query"].replace("+", "%20")
    spelled = found["scheme"] + ascii_host(found["host"])
    for part, same in ((path, _PLAIN_IN_PATH), (query, _PLAIN_IN_QUERY)):
        rest = quote(_composed(BARE_PERCENT.sub("%25", part)), safe="%/?@!$&'()*+,;=:~", errors="surrogateescape")
        spelled += _unescaped(rest, same)
    return spelled


def _unescaped(text: str, plain: Mapping[str, str]) -> str:
    return _ESCAPED.sub(lambda each: plain.get(each[0].upper(), each[0].upper()), text)


def _composed(text: str) -> str:
    """Letters composed with their accents (NFC), whether percent-encoded or not."""
    # Bytes that are no UTF-8, as of another encoding, become halves of characters, and bytes again in `quote`.
    bare = _LETTERS.sub(lambda run: unquote(run[0], errors="surrogateescape"), text)
    return text if bare.isascii() else unicodedata.normalize("NFC", bare)


def _as_written(url: str, *, feeds: bool = True) -> str:
    """The key without another spelling of its letters, as in older ledgers, whose keys have the words of `feeds`."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    if ":" in host:
        host = f"[{host}]"
    if port not in (None, 80, 443):
        host += f":{port}"
    pairs = [pair.strip() for pair in parts.query.split("&")]
    said = sorted(pair for pair in pairs if pair and not _TRACKING.fullmatch(pair.partition("=")[0]))
    if feeds and _FEED_WORD.match(url):
        said = [pair for pair in said if not _FEED.fullmatch(pair)]
    return host + re.sub(r"[/\s]+$", "", parts.path) + ("?" + "&".join(said) if said else "")


def public_address(article: Article) -> str:
    """The address under which an article goes out: its canonical one if that is the same page's, else its own."""
    canonical = article.canonical_url
    return canonical if canonical and is_same_page(article.url, canonical) else article.url


def is_same_page(url: str, canonical: str) -> bool:
    """Whether a page that is read at `url` may name `canonical` as its own address and be the same page still.

    So it is if they differ by tracking, scheme, letter case, a slash or a variant for phones (AMP, a mobile site), or
    if only the section differs: the last part of the path and the query are the same. Not if https would be given up.
    """
    if url.lower().startswith("https:") and not canonical.lower().startswith("https:"):
        return False
    mine, theirs = _page_key(url), _page_key(canonical)
    if mine is None or theirs is None or mine[0] != theirs[0] or mine[2] != theirs[2]:
        return False
    return mine[1] == theirs[1] or (
        mine[1][-1:] == theirs[1][-1:] and len(theirs[1]) > 0 and _NAMELESS.fullmatch(mine[1][-1]) is None
    )


def _page_key(url: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Host, parts of the path and query of an address, without what marks a variant; None for no http(s) address."""
    place, _, query = urlkey(url).partition("?")
    host, _, path = place.partition("/")
    if not host:
        return None
    parts = [part for part in path.casefold().split("/") if part and part != "amp"]
    if parts and parts[0] in _MOBILE:
        del parts[0]
    if parts:
        parts[-1] = _AMP_FILE.sub(r"\1", parts[-1])
    said = tuple(pair for pair in query.split("&") if pair and not _VARIANT.fullmatch(pair))
    label, _, rest = host.partition(".")
    return rest if label in (*_MOBILE, "amp") and "." in rest else host, tuple(parts), said


def resemble(one: Article, other: Article) -> bool:
    """Whether two articles share their date, their headline or the path of their address."""
    mine, theirs = ((each.published, folded(each.title), urlkey(each.url).partition("/")[2]) for each in (one, other))
    return any(said == told for said, told in zip(mine, theirs, strict=True) if said)


def is_another(one: Article, known: Article) -> bool:
    """Whether an article is not the known one that has one of its names: dated at least half a day later, under a
    headline of other words.
    """
    if one.published is None or known.published is None or one.published - known.published < LATER:
        return False
    words, others = ({*folded(each.title).split()} for each in (one, known))
    shared = len(words & others) / max(1, len(words | others))
    same_summary = bool(one.summary) and folded(one.summary) == folded(known.summary)
    return bool(words and others) and shared < 1 / 3 and not same_summary


def is_next(one: Article, known: Article) -> bool:
    """Whether an article under the address of the known one, with another guid, is the next that stands there.

    It is not dated earlier or the same, and the headlines have no word in common, or differ in a number, as those of
    two versions of a program.
    """
    if one.published is not None and known.published is not None and one.published <= known.published:
        return False
    words, others = ({*folded(each.title).split()} for each in (one, known))
    same_summary = bool(one.summary) and folded(one.summary) == folded(known.summary)
    numbers = [{word for word in each if re.search(r"\d", word)} for each in (words, others)]
    numbered = all(numbers) and folded(one.title) != folded(known.title) and words - numbers[0] == others - numbers[1]
    return bool(words and others) and (numbered or (not words & others and not same_summary))


def content_hash(article: Article) -> str:
    """A hash of what is announced, by which changes are noticed: 32 hex digits.

    Title, address, summary, a note's words, those kept for threads, pictures, and what the article says itself of how
    it is announced.
    """
    said: list[Any] = [article.title, article.url, article.summary, [astuple(image) for image in article.images]]
    said += ["withdrawn"] if article.withdrawn else []
    said += [astuple(article.note)] if article.note else []
    said += [{"content": article.content}] if article.content else []
    said += [repr(replace(article.override, place=""))] if article.override else []
    return _digest(_JSON.encode(said))


def _usable(article: Article, names: tuple[Alias, ...], repeated: set[str]) -> tuple[Alias, ...]:
    kept = tuple(alias for alias in names if alias.hash not in repeated)
    if not names or (kept and any(alias.kind == "title_date" for alias in names)):
        return kept
    said = "\n".join((article.guid or "", article.url, article.title))
    return (*kept, _alias("combined", article.source, said))


def _alias(kind: str, scope: str, value: str) -> Alias:
    return Alias(kind, _digest(f"{kind}\n{scope}\n{value}"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _path(guid: str) -> str:
    """The path of a guid that is an address, since scheme and host change when a site moves. "" if nothing is left."""
    if not guid.startswith(("http://", "https://")):
        return ""
    path = guid.partition("://")[2].partition("/")[2]
    return f"/{path}" if path else ""


def folded(text: str) -> str:
    """The words of a title or a summary, for comparison: case, punctuation and the shape of quotes do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(plain)) or plain


def wording(text: str) -> str | None:
    """A hash of the words, the same if only punctuation or case is corrected: 32 hex digits; None for no text."""
    return _digest(folded(text)) if text else None
