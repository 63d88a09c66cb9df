"""Parses a Markdown file into an article, with the front matter of Hugo, Jekyll, Astro and others."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import quote, urlsplit

from syndicate.dates import Moment, parse
from syndicate.errors import SourceError
from syndicate.model import Article, Image
from syndicate.model.dataclass import dataclass
from syndicate.sources.formats import frontmatter
from syndicate.sources.formats.frontmatter import Unreadable, Value
from syndicate.sources.formats.permalinks import File, Generator, path_of
from syndicate.sources.parsing import html_text, notes, summaries
from syndicate.sources.parsing.document import NAMES
from syndicate.sources.parsing.fields import EXTRAS, LinkRule, ParseContext, address, distinct, identity, language
from syndicate.sources.parsing.picture_choice import MOST

PLACES = ("year", "month", "day", "slug", "path", "section", "language")
"""The places in braces that `link` may have."""

_DATED = re.compile(r"(\d{4}-\d\d-\d\d)-(.+)")  # Jekyll's names
_LANGUAGE = re.compile(r"(.+)\.([a-z]{2,3}(?:-[a-zA-Z]{2,4})?)")  # Hugo's translations
_PLACE = re.compile(r"\{(\w*)\}")
_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_PICTURE = re.compile(r"!\[([^\[\]]{0,1000})\]\(\s*<?([^\s()<>]{1,2000})>?(?:\s+\"[^\"]{0,1000}\")?\s*\)")
_NO_TITLES = LinkRule(headlines="never")
_CANONICAL = ("canonical", "canonical_url", "canonicalurl")
READ = frozenset({
    "title", "date", "publishdate", "pubdate", "lastmod", "updated", "modified", "last_modified_at", "draft",
    "published", "expirydate", "url", "permalink", "canonical", "canonical_url", "canonicalurl", "slug", "tags",
    "keywords", "categories", "category", "section", "summary", "description", "excerpt", "image", "images", "cover",
    "featured_image", "thumbnail", "lang", "language", "author", "authors", "guid", "id", "uuid", "kind", "layout",
    "type", "form", "image_alt", "imagealt", "image_description", "syndicate",
})  # fmt: skip
"""The settings that articles are made of."""


def read_file(data: bytes, *, source: str, url: str, timezone: str, now: datetime) -> Article:
    """The article of one file, whose site is at `url`. Raises SourceError if its front matter cannot be read."""
    try:
        said, body = frontmatter.split(data.decode("utf-8", "replace").replace("\0", ""))
        article = Reader(source, url, timezone, now).article(said, body, PurePosixPath(source))
    except Unreadable as fault:
        raise SourceError(f"{source}: {fault}") from fault
    if article is None:
        raise SourceError(f"{source}: it has expired")
    return article


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the files of one folder: their source, address pattern, time zone and date; `words`: for threads too."""

    source: str
    link: str
    timezone: str
    now: datetime
    generator: Generator | None = None
    words: bool = False

    def article(self, said: dict[str, Value], body: str, where: PurePosixPath) -> Article | None:
        """The article; None if it has expired. Raises Unreadable if it has no address, or neither title nor words."""
        expires = self._date(said, "expirydate")
        if expires and expires.instant <= self.now:
            return None
        name, tongue, day = _named(where)
        title = _text(said, "title") or html_text.title(next(iter(_HEADING.findall(body[:5000])), ""))
        is_note = not title or notes.says_nothing(title) or _is_note(said)
        is_jekylls = self.generator.name == "jekyll" if self.generator else bool(day)
        if not title and is_jekylls and day:  # as Jekyll calls a post without a title
            title = " ".join(word.capitalize() for word in name.split("-"))
            is_note = not any(map(str.isalpha, title))
        # `publishDate` is when it may appear, if both are there (gohugo.io/content-management/front-matter).
        published = self._date(said, "publishdate", "pubdate", "date") or self._stated(day)
        updated = self._date(said, "lastmod", "updated", "modified", "last_modified_at")
        said = _parted(said, self.generator.name if self.generator else "jekyll" if day else "")
        section = _section(said)
        spoken = language(_first(said, "language", "lang") or tongue)
        if self.generator:
            url = self._built(self.generator, said, where, title or name, published)
        else:
            url = self._url(said, where, name, published, section, spoken)
        article = Article(
            source=self.source,
            url=url,
            title=title,
            summary=html_text.shortened(_text(said, "summary", "description", "excerpt")),
            guid=identity(_first(said, "guid", "id", "uuid")),
            canonical_url=self._canonical(said, url),
            published=published.instant if published else None,
            precision=published.precision if published else "second",
            tz_assumed=published.tz_assumed if published else False,
            updated=updated.instant if updated else None,
            authors=distinct(map(html_text.title, _names(said.get("authors")) or _names(said.get("author")))),
            section=section,
            categories=distinct(
                map(html_text.title, (*_labels(said, "categories", "category"), *_labels(said, "tags", "keywords")))
            ),
            images=tuple(_images(said, body, url)),
            language=spoken,
            kind=_kind(_first(said, "kind")),
            raw=_extras(said),
        )
        if self.words and not is_note:
            from syndicate.sources.formats.markdown_words import as_html

            article = replace(article, content=summaries.content([as_html(body)], "", url=url))
        if is_note:
            article = self._noted(article, body, said=bool(title) and _is_note(said))
        if not article.title and article.is_empty:
            raise Unreadable("it has no title and no words")
        return article

    def _noted(self, article: Article, body: str, *, said: bool) -> Article:
        """As a note, in the words of the file."""
        from syndicate.sources.formats.markdown_words import as_html

        context = ParseContext(self.source, article.url, self.timezone, self.now, NAMES, rule=_NO_TITLES)
        html = as_html(body)
        return notes.told(article, context, lambda: [html], lambda: [article.summary], said=said)

    def _date(self, said: dict[str, Value], *names: str) -> Moment | None:
        return next((moment for name in names if (moment := self._stated(_first(said, name)))), None)

    def _stated(self, text: str) -> Moment | None:
        return parse(text, timezone=self.timezone, now=self.now) if text else None

    def _url(
        self,
        said: dict[str, Value],
        where: PurePosixPath,
        name: str,
        published: Moment | None,
        section: str | None,
        spoken: str | None,
    ) -> str:
        """The file's own `url` or `permalink`, else the pattern filled in. Raises Unreadable."""
        own = _first(said, "url", "permalink") or _first(said, *_CANONICAL)
        is_computed = "{{" in own or "{%" in own
        if (
            not is_computed and own.startswith(("/", "http://", "https://")) and "/:" not in own
        ):  # those are Jekyll's patterns
            return address(own, _PLACE.split(self.link)[0])
        if is_computed:
            raise Unreadable("its permalink is computed by its template")
        slug = _first(said, "slug") or name
        folders = [part for part in where.parent.parts if not part.startswith("_")]
        if where.stem.partition(".")[0].lower() == "index" and folders:
            folders.pop()
        path = "/".join(map(_segment, [*folders, slug]))
        if not _PLACE.search(self.link):
            return address(f"{self.link.rstrip('/')}/{path}/", "")
        day = _local(published, self.timezone) if published else None
        parts = {"slug": _segment(slug), "path": path, "section": _segment(section or ""), "language": spoken or ""}
        if day:
            parts |= {"year": f"{day.year:04}", "month": f"{day.month:02}", "day": f"{day.day:02}"}
        missing = [place for place in _PLACE.findall(self.link) if not parts.get(place)]
        if missing:
            raise Unreadable(f"it has no value for {{{missing[0]}}} in its address")
        return address(_PLACE.sub(lambda found: parts[found[1]], self.link), "")

    def _built(
        self, generator: Generator, said: dict[str, Value], where: PurePosixPath, title: str, published: Moment | None
    ) -> str:
        """The address that the site's generator gives to a file. Raises Unreadable."""
        file = File(
            path=generator.inside / where.with_suffix(""),
            said=said,
            title=title,
            day=_local(published, self.timezone) if published else None,
        )
        there = address(path_of(generator, file), self.link)
        if not there:
            raise Unreadable("its address cannot be computed")
        return there

    def _canonical(self, said: dict[str, Value], url: str) -> str | None:
        """The canonical address, if it is on this site: elsewhere it is another site's article."""
        there = address(_first(said, *_CANONICAL), url)
        return there if there and urlsplit(there).netloc == urlsplit(url).netloc else None


def _named(where: PurePosixPath) -> tuple[str, str, str]:
    """Slug, language and day from a file's name; for an index file, from its folder's name."""
    stem, tongue, day = where.stem, "", ""
    translated = _LANGUAGE.fullmatch(stem)
    if translated:
        stem, tongue = translated.groups()
    if stem.lower() == "index":
        stem = where.parent.name
    dated = _DATED.fullmatch(stem)
    if dated:
        day, stem = dated.groups()
    return stem, tongue, day


def _parted(said: dict[str, Value], generator: str) -> dict[str, Value]:
    """The metadata, with labels parted by spaces where the generator reads them so: Jekyll its tags and categories.

    Where nobody knows the generator, tags without commas and capitals.
    """
    parted = dict(said)
    names = {"jekyll": ("tags", "categories"), "": ("tags",)}.get(generator, ())
    for name in names:
        value = said.get(name)
        if isinstance(value, str) and "," not in value and (generator or value == value.lower()):
            parted[name] = [*value.split()]
    return parted


def _segment(text: str) -> str:
    """A part of an address: lower case, hyphens for spaces; slashes stay, since a slug may have some."""
    return quote("-".join(text.lower().split()).strip("/"), safe="/-._~")


def _local(moment: Moment, zone: str) -> datetime:
    from zoneinfo import ZoneInfo

    return moment.instant if zone == "UTC" else moment.instant.astimezone(ZoneInfo(zone))


def _first(said: dict[str, Value], *names: str) -> str:
    """The first of these settings that is a text."""
    return next((value.strip() for name in names if isinstance(value := said.get(name), str) and value.strip()), "")


def _text(said: dict[str, Value], *names: str) -> str:
    return html_text.title(_first(said, *names))


def _labels(said: dict[str, Value], *names: str) -> list[str]:
    """Labels from a list, or from one text with commas."""
    found: list[str] = []
    for name in names:
        value = said.get(name)
        if isinstance(value, str):
            found += [label.strip() for label in value.split(",")]
        elif isinstance(value, list):
            found += [label.strip() for label in value if isinstance(label, str)]
    return found


def _section(said: dict[str, Value]) -> str | None:
    """`section`, else the first category: tags are a separate setting, so categories name the section."""
    return _text(said, "section") or html_text.title(next(iter(_labels(said, "categories", "category")), "")) or None


def _names(value: Value) -> list[str]:
    if isinstance(value, list):
        return [name for one in value for name in _names(one)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    return [value] if isinstance(value, str) else []


def _is_note(said: dict[str, Value]) -> bool:
    """Whether the front matter calls it a note."""
    return any(str(said.get(name)).casefold() == "note" for name in ("form", "kind", "type", "layout"))


def _images(said: dict[str, Value], body: str, url: str) -> list[Image]:
    """The pictures that the front matter names, then those in the text."""
    found: dict[str, Image] = {}
    for name in ("image", "cover", "featured_image", "images", "thumbnail"):
        value = said.get(name)
        for one in value if isinstance(value, list) else [value]:
            image = _image(one, said, url)
            if image:
                found.setdefault(image.url, image)
    for alt, place in _PICTURE.findall(body[:200_000])[:MOST]:
        if there := address(place, url):
            found.setdefault(there, Image(there, alt=html_text.line(alt)))
    return list(found.values())[:MOST]


def _image(value: Value, said: dict[str, Value], url: str) -> Image | None:
    if isinstance(value, str):
        alt, place = _text(said, "image_alt", "imagealt", "image_description"), value
        return Image(there, alt=alt) if (there := address(place, url)) else None
    if not isinstance(value, dict):
        return None
    there = address(_first(value, "url", "src", "image", "path"), url)
    alt, caption, credit = _text(value, "alt"), _text(value, "caption", "title"), _text(value, "credit")
    return Image(there, alt=alt, caption=caption, credit=credit) if there else None


def _kind(text: str) -> Literal["article", "live", "audio", "video"]:
    match text:
        case "live" | "audio" | "video":
            return text
        case _:
            return "article"


def _extras(said: dict[str, Value]) -> dict[str, str]:
    """The publisher's own settings, for templates."""
    own = [(name, value) for name, value in said.items() if isinstance(value, str) and name not in READ]
    return {name: value[:1000] for name, value in own[:EXTRAS]}


def withheld(said: dict[str, Value], generator: str) -> str | None:
    """Why a file is no article that its generator builds and lists; None if it is one."""
    no, yes = (False, "false", "no"), (True, "true", "yes")
    if said.get("draft") in yes or str(said.get("status")).lower() in ("draft", "hidden", "private", "skip"):
        return "it is a draft"
    if said.get("published") in no or (generator == "nikola" and "draft" in _labels(said, "tags")):
        return "it is not published"
    built = next((value for name in ("build", "_build") if isinstance(value := said.get(name), dict)), {})
    if said.get("permalink") in no or built.get("render") in (*no, "never", "link"):
        return "its page is not built (permalink: false, or build.render)"
    if said.get("headless") in yes and generator in ("hugo", ""):
        return "its page is not built (headless)"
    return None
