"""The names (aliases) by which an article is known: it is new only if none of them is known. Pure.

Feeds change guids, hosts, schemes and addresses; each change affects some of the names, hardly ever all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, timedelta
from string import ascii_letters, digits
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from syndicate.model import Article

# Parameters that say where a reader came from, never which article it is.
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|at)_\w+|_hs(?:enc|mi)|__hs\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid"
    r"|ysclid|twclid|ttclid|li_fat_id|igshid|igsh|mc_[ce]id|mkt_tok|oly_(?:anon|enc)_id|vero_(?:conv|id)|_g[al]"
    r"|ref_(?:src|url)|cmpid|xtor|ocid|smid|wt_mc|s_cid|wickedid|rb_clickid|epik|srsltid",
    re.IGNORECASE | re.ASCII,
)
_ADDRESS = re.compile(
    r"(?P<scheme>https?://)(?P<host>[^/?#]*)(?P<path>[^?#]*)(?P<query>[^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL
)
_ESCAPED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE | re.ASCII)
_LETTERS = re.compile(r"(?:%[89a-f][0-9a-f])+", re.IGNORECASE | re.ASCII)
_ODD = re.compile(r"[%+]|[^:]//")
# Characters that mean the same with and without percent encoding; a slash, a question mark, & = + # and % do not.
_PLAIN = {f"%{ord(letter):02X}": letter for letter in f"{ascii_letters}{digits}-._~!$'()*,;:@"}
LATER = timedelta(hours=12)
"""When one article is listed again, its dates usually differ by less."""
_WORD = re.compile(r"\w+")
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # `json.dumps` would make one for each article


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of an article: kind "url", "guid", "guid_path", "title_date" or "combined"; 32 hex digits."""

    kind: str
    hash: str


def aliases(article: Article) -> tuple[Alias, ...]:
    """All names of an article, the most lasting first; () if it has none.

    Addresses belong to the whole site, so that two sources that list one article share them; the other
    names belong to their source.
    """
    places = (article.url, article.canonical_url)
    keys = dict.fromkeys(key for place in places if place for key in _keys(place) if key)
    found = [_alias("url", "", key) for key in keys]
    if article.guid:
        found.append(guid_alias(article.source, article.guid))
        path = _path(article.guid)
        if path:
            found.append(_alias("guid_path", article.source, path))
    if article.title and article.published and article.precision != "day":
        instant = article.published.astimezone(UTC).isoformat()
        found.append(_alias("title_date", article.source, f"{folded(article.title)}\n{instant}"))
    return tuple(found)


def guid_alias(source: str, guid: str) -> Alias:
    """The alias of a guid, which belongs to its source."""
    return _alias("guid", source, guid)


def drop_repeated(articles: Sequence[Article]) -> tuple[tuple[Alias, ...], ...]:
    """The usable names of each article of one reading, in order.

    A name that two different articles have is left out of this reading. The same article listed twice
    is no such case, even if its headline was changed in between. An article without any name left gets
    the combination of all its fields as its name; so does one without title and date, whose other names
    may be repeated in the next reading.
    """
    named = [aliases(article) for article in articles]
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


def site_host(url: str) -> str | None:
    """The host of an address, without www; None where there is none."""
    with contextlib.suppress(ValueError):
        return (urlsplit(url).hostname or "").removeprefix("www.") or None
    return None


def urlkey(url: str) -> str:
    """A form of an address that is the same for all its variants; "" for what is not an http(s) address.

    The host in lower case without `www.`, the path without a slash at its end, and what the query
    says apart from tracking, in order; no scheme, login, default port or fragment. A letter is the same
    whether it is written as such or in percent signs (RFC 3986 §6.2.2), a host in Punycode or not.
    """
    return _as_written(_spelled(url.strip()))


def _keys(url: str) -> tuple[str, ...]:
    """The key of an address, and the one in older ledgers where that may differ."""
    url = url.strip()
    spelled = _spelled(url)
    return (_as_written(spelled),) if spelled == url else (_as_written(spelled), _as_written(url))


def _spelled(url: str) -> str:
    """An address with each character in one spelling: as itself where that is allowed, else percent-encoded."""
    found = None if url.isascii() and _ODD.search(url) is None else _ADDRESS.fullmatch(url)
    if found is None:
        return url
    host, path, query = found["host"], re.sub("/{2,}", "/", found["path"]), found["query"].replace("+", "%20")
    host = unquote(host) if "%" in host else host
    if not host.isascii():
        import idna

        with contextlib.suppress(idna.IDNAError):
            host = idna.encode(host, uts46=True).decode()
    path, query = (_composed(part) for part in (path, query))
    rest = quote(path + query, safe="%/?#[]@!$&'()*+,;=:~", errors="surrogatepass")
    return found["scheme"] + host + _ESCAPED.sub(lambda each: _PLAIN.get(each[0].upper(), each[0].upper()), rest)


def _composed(text: str) -> str:
    """Letters composed with their accents (NFC), whether percent-encoded or not."""

    def spelled_out(run: re.Match[str]) -> str:
        try:
            return unquote(run[0], errors="strict")
        except UnicodeDecodeError:  # in another encoding
            return run[0]

    bare = _LETTERS.sub(spelled_out, text)
    return text if bare.isascii() else unicodedata.normalize("NFC", bare)


def _as_written(url: str) -> str:
    """The spelling in older ledgers, which left letters as they were."""
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
    return host + re.sub(r"[/\s]+$", "", parts.path) + ("?" + "&".join(said) if said else "")


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
    """A hash of title, address, summary and pictures, by which changes are noticed: 32 hex digits."""
    said: list[Any] = [article.title, article.url, article.summary, [astuple(image) for image in article.images]]
    said += ["withdrawn"] if article.withdrawn else []
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
