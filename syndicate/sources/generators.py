"""Finds the site generator of a folder of Markdown by the config file in it or above it, and reads its settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from syndicate.model.dataclass import dataclass
from syndicate.net import file_guard
from syndicate.sources.formats import frontmatter
from syndicate.sources.formats.frontmatter import Unreadable, Value
from syndicate.sources.formats.permalinks import Generator

ABOVE = 5
"""Folders above, in which a config file is looked for."""
_READ = 64_000  # characters of a config file
_HUGO = ("hugo", "config")
_CONTENT = {"hugo": "content", "pelican": "content", "nikola": "posts", "mkdocs": "docs", "astro": "src"}
_ADDRESS = {
    "hugo": "baseurl", "jekyll": "url", "pelican": "siteurl", "nikola": "site_url", "hexo": "url", "mkdocs": "site_url",
    "astro": "site",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteOnDisk:
    """A site's generator as its config describes it: where its articles are, its address, language and zone, or ""."""

    generator: str
    content: str
    url: str = ""
    language: str = ""
    zone: str = ""


def find(root: Path) -> SiteOnDisk | None:
    """The site whose generator has its config file in this folder."""
    found = _at(root)
    if found is None:
        return None
    name, settings = found
    places = {"jekyll": "_posts", "hexo": "source/_posts", "eleventy": _text(settings, "input") or "."}
    content = places.get(name) or _CONTENT[name]
    if name == "astro":
        content = next((each for each in ("src/content", "src/pages") if (root / each).is_dir()), content)
    for inner in ("posts", "post", "blog", "news", "content"):
        if name in ("hugo", "eleventy", "astro") and (root / content / inner).is_dir():
            content = f"{content}/{inner}"
            break
    languages = ("languagecode", "defaultcontentlanguage", "lang", "locale", "default_lang", "language")
    language = next((said for each in languages if (said := _text(settings, each))), "")
    zone = _text(settings, "timezone")
    return SiteOnDisk(name, content, _text(settings, _ADDRESS.get(name, "")), language, zone)


def detect(folder: Path, link: str) -> Generator | None:
    """The generator of a folder whose site is at `link`; None if there is none, or `link` is an address of its own.

    `link` counts as the site's address if it has no path, or that of the site in the generator's config, or if it
    ends like the folder's path inside the site's content, as somebody would write it for the folder alone.
    """
    place = folder.resolve()
    for above in [place, *place.parents][: ABOVE + 1]:
        found = _at(above)
        if found is None:
            continue
        name, settings = found
        inside = _inside(place, above, name, settings)
        if inside is None:
            return None
        prefix = _prefix(link, name, settings, inside)
        return None if prefix is None else Generator(name, prefix, inside, settings)
    return None


def _prefix(link: str, name: str, settings: Mapping[str, Value], inside: PurePosixPath) -> str | None:
    if "{" in link:
        return None
    own = urlsplit(_text(settings, _ADDRESS.get(name, "")))
    configured = own.path.rstrip("/") + _text(settings, "baseurl" if name == "jekyll" else "").rstrip("/")
    asked = urlsplit(link)
    path = asked.path.rstrip("/")
    if not path:
        return configured if own.netloc in ("", asked.netloc) else ""
    if path == configured:
        return path
    shown = "/".join(part for part in inside.parts if not part.startswith("_"))
    return path.removesuffix(f"/{shown}") if shown and path.endswith(f"/{shown}") else None


def _at(folder: Path) -> tuple[str, dict[str, Value]] | None:
    """The generator whose config file is in this folder, and its settings."""
    for stem in _HUGO:
        for place in (folder, folder / "config" / "_default"):
            for ending in (".toml", ".yaml", ".yml", ".json"):
                file = place / f"{stem}{ending}"
                if file.is_file():
                    said = _data(file)
                    if stem == "hugo" or "baseurl" in said or (folder / "content").is_dir():
                        return "hugo", said
    jekyll = next((file for file in (folder / "_config.yml", folder / "_config.yaml") if file.is_file()), None)
    if jekyll:
        package = folder / "package.json"
        hexo = (folder / "source" / "_posts").is_dir() or (package.is_file() and '"hexo"' in _words(package))
        return ("hexo" if hexo else "jekyll"), _data(jekyll)
    names = (".eleventy.js", "eleventy.config.js", "eleventy.config.cjs", "eleventy.config.mjs")
    for file in (folder / name for name in names):
        if file.is_file():
            found = re.search(r"""input\s*:\s*["']([^"']+)["']""", _words(file))
            return "eleventy", {"input": found[1]} if found else {}
    package = folder / "package.json"
    if package.is_file() and '"@11ty/eleventy"' in _words(package):
        return "eleventy", {}
    return _of_python_or_others(folder)


def _of_python_or_others(folder: Path) -> tuple[str, dict[str, Value]] | None:
    if (folder / "pelicanconf.py").is_file():
        return "pelican", _assigned(folder / "pelicanconf.py") | _assigned(folder / "publishconf.py")
    if (folder / "conf.py").is_file() and re.search(r"^POSTS\s*=", _words(folder / "conf.py"), re.MULTILINE):
        return "nikola", _assigned(folder / "conf.py")
    for file in (folder / f"astro.config.{ending}" for ending in ("mjs", "js", "ts", "cjs")):
        if file.is_file():
            settings = re.findall(r"""\b(site|base|format)\s*:\s*["']([^"']+)["']""", _words(file))
            return "astro", dict(settings)
    for file in (folder / "mkdocs.yml", folder / "mkdocs.yaml"):
        if file.is_file():
            return "mkdocs", _data(file)
    return None


def _inside(place: Path, root: Path, name: str, settings: dict[str, Value]) -> PurePosixPath | None:
    """Where a folder is inside its site's content; None if it is not in it."""
    content = root
    if name == "eleventy":
        content = root / _text(settings, "input")
    elif name == "hexo":
        content = root / "source" / "_posts"
    elif name == "nikola":
        content = root / (_text(settings, "posts_in") or "posts")
    elif name == "astro":
        collections = root / "src" / "content"
        settings["collection"] = collections in (place, *place.parents)
        content = collections if settings["collection"] else root / "src" / "pages"
    elif name in _CONTENT:
        named = {"hugo": "contentdir", "pelican": "path", "mkdocs": "docs_dir"}[name]
        content = root / (_text(settings, named) or _CONTENT[name])
    content = content.resolve()
    if place.is_relative_to(content):
        return PurePosixPath(place.relative_to(content).as_posix())
    return None


def _text(settings: Mapping[str, Value], name: str) -> str:
    value = settings.get(name)
    return value if isinstance(value, str) else ""


def _words(file: Path) -> str:
    try:
        return file_guard.read(file, None, _READ, cut=True).decode("utf-8", "replace")
    except OSError:
        return ""


def _data(file: Path) -> dict[str, Value]:
    """The settings of a TOML, YAML or JSON file; none if it cannot be read."""
    fence = "+++" if file.suffix == ".toml" else "---"
    text = _words(file)
    if file.suffix != ".json":
        text = f"{fence}\n{text.removeprefix('---')}\n{fence}\n"
    try:
        return frontmatter.split(text)[0]
    except Unreadable:
        return {}


def _assigned(file: Path) -> dict[str, Value]:
    """The plain values that a Python file assigns, without running it; of Nikola's POSTS the Markdown's folders."""
    try:
        tree = ast.parse(_words(file))
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[str, Value] = {}
    for node in tree.body:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        try:
            value = ast.literal_eval(node.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
        name = node.targets[0].id.lower()
        if isinstance(value, str | bool):
            found[name] = value
        elif name == "posts":
            for each in value if isinstance(value, tuple | list) else ():
                if isinstance(each, tuple) and len(each) > 1 and str(each[0]).endswith(".md"):
                    found |= {"posts_in": str(each[0]).rpartition("/")[0], "posts_at": str(each[1])}
    return found
