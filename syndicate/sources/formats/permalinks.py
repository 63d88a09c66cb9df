"""Computes the address that a site generator gives to a file. Each was compared with what the generator builds. Pure.

Hugo (gohugo.io/content-management/urls), Jekyll (jekyllrb.com/docs/permalinks), Eleventy (11ty.dev/docs/permalinks),
Pelican (docs.getpelican.com/en/latest/settings.html#url-settings), Nikola (getnikola.com/handbook.html),
Hexo (hexo.io/docs/permalinks), Astro (docs.astro.build/en/guides/routing), MkDocs (mkdocs.org/user-guide).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from syndicate.model.dataclass import dataclass
from syndicate.sources.formats.frontmatter import Unreadable, Value

_DATED = re.compile(r"\d{4}-\d\d-\d\d-(.+)")
_COLON = re.compile(r":(\w+)")
_BRACE = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_JEKYLL = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}


@dataclass(frozen=True, slots=True)
class Generator:
    """A site's generator: its name, the path of its pages on the host, where the folder is inside its content.

    `settings` are those of its config, by their names in lower case.
    """

    name: str
    prefix: str = ""
    inside: PurePosixPath = field(default_factory=PurePosixPath)
    settings: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """One file: its path inside the generator's content without ending, its metadata, title and local time."""

    path: PurePosixPath
    said: Mapping[str, Value]
    title: str
    day: datetime | None

    def text(self, *names: str) -> str:
        """The first of these settings that is a text."""
        return next((value.strip() for name in names if isinstance(value := self.said.get(name), str) and value), "")

    def of_day(self, shown: str) -> str:
        """A part of its date. Raises Unreadable if it has none."""
        if self.day is None:
            raise Unreadable("it has no date, which its address needs")
        return self.day.strftime(shown)


def path_of(generator: Generator, file: File) -> str:
    """The path of a file's page on the host, percent-encoded. Raises Unreadable, where it cannot be known."""
    path = _PATHS[generator.name](generator, file)
    path = re.sub("/{2,}", "/", f"{generator.prefix}/{path.lstrip('/')}")
    return quote(path.removesuffix("index.html") if path.endswith("/index.html") else path, safe="/%-._~!$&'()*+,;=:@")


def _hugo(generator: Generator, file: File) -> str:
    ugly = generator.settings.get("uglyurls") is True
    stem, tongue = _translated(generator, file.path.name)
    if file.text("url"):
        return file.text("url") if file.text("url").startswith("/") else f"{tongue}/{file.text('url')}"
    bundle = stem.lower() == "index"
    folders = file.path.parent.parts[:-1] if bundle else file.path.parent.parts
    name = file.path.parent.name if bundle else stem
    slug = file.text("slug")
    named = _hugo_slug(slug) if slug else _hugo_slug(name)
    section = file.path.parts[0] if len(file.path.parts) > 1 else ""
    pattern = _hugo_pattern(generator, section)
    if not pattern:
        path = "/".join([tongue, *map(_hugo_slug, folders), named])
        return f"{path}.html" if ugly else f"{path}/"
    filled = {
        "year": "%Y", "month": "%m", "day": "%d", "yearday": "%j", "monthname": "%B", "weekdayname": "%A",
    }  # fmt: skip

    def place(found: re.Match[str]) -> str:
        name = found[1]
        if name in filled:
            return file.of_day(filled[name]).lower() if name.endswith("name") else file.of_day(filled[name])
        values = {
            "section": section,
            "sections": "/".join(map(_hugo_slug, folders)),
            "title": _hugo_slug(file.title),
            "slug": _hugo_slug(slug or file.title),
            "filename": _hugo_slug(file.path.name),
            "contentbasename": _hugo_slug(file.path.parent.name if bundle else file.path.name),
            "slugorfilename": named,
            "slugorcontentbasename": named,
        }
        if name not in values:
            raise Unreadable(f"its address has :{name}, which cannot be computed here")
        return values[name]

    path = f"{tongue}/{_COLON.sub(place, pattern)}"
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"


def _translated(generator: Generator, stem: str) -> tuple[str, str]:
    """A file's name without its language, and the folder of that language, if the site has it beside its main one."""
    languages = generator.settings.get("languages")
    name, _, tongue = stem.rpartition(".")
    if not name or not isinstance(languages, dict) or tongue.lower() not in {each.lower() for each in languages}:
        return stem, ""
    main = _setting(generator, "defaultcontentlanguage") or "en"
    beside = generator.settings.get("defaultcontentlanguageinsubdir") is True or tongue.lower() != main.lower()
    return name, f"/{tongue.lower()}" if beside else ""


def _hugo_pattern(generator: Generator, section: str) -> str:
    said = generator.settings.get("permalinks")
    said = said.get("page", said) if isinstance(said, dict) else None
    found = said.get(section) if isinstance(said, dict) else None
    return found if isinstance(found, str) else ""


def _hugo_slug(text: str) -> str:
    """Lower case, hyphens for spaces, letters and digits of any script."""
    kept = (each for each in text if each.isalnum() or each in " ./\\_-#+~" or unicodedata.category(each) == "Mn")
    return re.sub("-{2,}", "-", "-".join("".join(kept).split())).strip("-").lower()


def _jekyll(generator: Generator, file: File) -> str:
    own = file.text("permalink")
    pattern = own or _setting(generator, "permalink") or "date"
    pattern = pattern if own else _JEKYLL.get(pattern, pattern)
    stem = file.path.name
    dated = _DATED.fullmatch(stem)
    stem = dated[1] if dated else stem
    slug = file.text("slug")
    before = file.path.parts[: file.path.parts.index("_posts")] if "_posts" in file.path.parts else ()
    categories = list(dict.fromkeys([*before, *(label.lower() for label in _jekyll_categories(file))]))
    days = {
        "year": "%Y", "month": "%m", "day": "%d", "short_year": "%y", "y_day": "%j", "i_month": "%-m", "i_day": "%-d",
        "short_month": "%b", "long_month": "%B", "short_day": "%a", "long_day": "%A", "week": "%V", "hour": "%H",
        "minute": "%M", "second": "%S", "w_year": "%G", "w_day": "%u",
    }  # fmt: skip
    values = {
        "categories": "/".join(categories),
        "slugified_categories": "/".join(_slugged(label) for label in categories),
        "title": re.sub(r"\s+", "-", slug) if slug else stem,
        "slug": _slugged(slug or stem),
        "output_ext": ".html",
        "path": "/".join([*file.path.parent.parts, stem]),
        "collection": "posts",
    }

    def place(found: re.Match[str]) -> str:
        name = max((each for each in (*days, *values) if found[1].startswith(each)), key=len, default="")
        if not name:
            return found[0]
        return (file.of_day(days[name]) if name in days else values[name]) + found[1][len(name) :]

    path = re.sub(r":([a-z_]+)", place, pattern)
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}.html"


def _jekyll_categories(file: File) -> list[str]:
    said = file.said.get("categories")
    if isinstance(said, list):
        return [label for label in said if isinstance(label, str)]
    return said.split() if isinstance(said, str) else [label for label in (file.text("category"),) if label]


def _slugged(text: str) -> str:
    return re.sub(r"[^\w]+|_+", "-", text.lower()).strip("-")


def _eleventy(generator: Generator, file: File) -> str:  # noqa: ARG001 - each has the same form
    own = file.text("permalink")
    stem = file.path.name
    dated = _DATED.fullmatch(file.path.parent.name if stem == "index" else stem)
    slug = dated[1] if dated else (file.path.parent.name if stem == "index" else stem)
    own = re.sub(r"\{\{-?\s*page\.fileSlug\s*-?\}\}", slug, own)
    own = re.sub(r"\{\{-?\s*page\.filePathStem\s*-?\}\}", f"/{file.path}", own)
    if "{{" in own or "{%" in own:
        raise Unreadable("its permalink is computed by its template")
    if own:
        return own
    same = stem in ("index", file.path.parent.name)
    return f"{file.path.parent if same else file.path}/".removeprefix("./")


def _pelican(generator: Generator, file: File) -> str:
    own = file.text("url")
    if own:
        return own
    source = _setting(generator, "slugify_source") or "title"
    slug = file.text("slug") or _pelican_slug(file.title if source == "title" else file.path.name)
    category = file.text("category") or (file.path.parent.name or "misc")
    values = {"slug": slug, "category": _pelican_slug(category), "lang": file.text("lang")}

    def place(found: re.Match[str]) -> str:
        if found[1] == "date":
            return file.of_day(found[2] or "%Y-%m-%d")
        if found[1] not in values:
            raise Unreadable(f"its address has {{{found[1]}}}, which cannot be computed here")
        return values[found[1]]

    return _BRACE.sub(place, _setting(generator, "article_url") or "{slug}.html")


def _pelican_slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip()).lower()


def _nikola(generator: Generator, file: File) -> str:
    folder = _setting(generator, "posts_at") or "posts"
    slug = file.text("slug") or _pelican_slug(file.path.name)
    path = "/".join([folder, *file.path.parent.parts, slug])
    return f"{path}.html" if generator.settings.get("pretty_urls") is False else f"{path}/"


def _hexo(generator: Generator, file: File) -> str:
    own = file.text("permalink")
    if own:
        return own
    path = str(file.path)
    days = {"year": "%Y", "month": "%m", "i_month": "%-m", "day": "%d", "i_day": "%-d", "hour": "%H", "minute": "%M"}
    values = {"title": path, "name": file.path.name, "post_title": _slugged(file.title)}

    def place(found: re.Match[str]) -> str:
        if found[1] in days:
            return file.of_day(days[found[1]])
        if found[1] not in values:
            raise Unreadable(f"its address has :{found[1]}, which cannot be computed here")
        return values[found[1]]

    return _COLON.sub(place, _setting(generator, "permalink") or ":year/:month/:day/:title/")


def _astro(generator: Generator, file: File) -> str:
    slug = file.text("slug")
    path = "/".join([*file.path.parent.parts, slug]) if slug else str(file.path)
    if generator.settings.get("collection"):
        path = "/".join(_astro_slug(part) for part in path.split("/"))
    path = path.removesuffix("/index") if path != "index" else ""
    return f"{path}.html" if generator.settings.get("format") == "file" else f"{path}/"


def _astro_slug(text: str) -> str:
    return "".join(each for each in text.lower().replace(" ", "-") if each.isalnum() or each in "-_")


def _mkdocs(generator: Generator, file: File) -> str:
    path = str(file.path)
    index = file.path.name in ("index", "README")
    if index:
        return f"{file.path.parent}/".removeprefix("./")
    return f"{path}.html" if generator.settings.get("use_directory_urls") is False else f"{path}/"


def _setting(generator: Generator, name: str) -> str:
    value = generator.settings.get(name)
    return value if isinstance(value, str) else ""


_PATHS: dict[str, Callable[[Generator, File], str]] = {
    "hugo": _hugo,
    "jekyll": _jekyll,
    "eleventy": _eleventy,
    "pelican": _pelican,
    "nikola": _nikola,
    "hexo": _hexo,
    "astro": _astro,
    "mkdocs": _mkdocs,
}
