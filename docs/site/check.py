"""Checks a built site: every link and anchor leads somewhere, and nothing is asked of another server."""

from __future__ import annotations

import gzip
import posixpath
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {
    "script": "src",
    "img": "src",
    "source": "src",
    "iframe": "src",
    "video": "src",
    "audio": "src",
    "link": "href",
}
SAYS = {"canonical", "prev", "next"}  # links of a page that load nothing
IN_STYLES = re.compile(r"(?:url\(|@import)\s*[\"']?\s*((?:https?:)?//[^\"')\s]+)")
HERE = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?(?:/|$)")
HEADING = re.compile(r"h[1-6]")


class Page(HTMLParser):
    """What a page links to, loads and is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        given = {name: value or "" for name, value in attrs}
        self.ids.add(given.get("id", ""))
        self.loads += IN_STYLES.findall(given.get("style", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif LOADS.get(tag) in given and given.get("rel") not in SAYS:
            self.loads.append(given[LOADS[tag]])
            self.loads += [part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()]
        elif HEADING.fullmatch(tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        """Note what the style sheets in a page load."""
        if self.lasttag == "style":
            self.loads += IN_STYLES.findall(data)


class Site:
    """A folder of built pages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
        self.page = cache(lambda name: Page((folder / name).read_text(encoding="utf-8")))

    def faults(self) -> list[str]:
        """What is wrong, a line each, with the page."""
        found = [f"{name}: {fault}" for name in self.pages for fault in self._of_page(name)]
        for sheet in sorted(self.folder.rglob("*.css")):
            loads, name = IN_STYLES.findall(sheet.read_text(encoding="utf-8")), sheet.relative_to(self.folder)
            found += [f"{name}: {load} is loaded from another server" for load in loads]
        return found

    def weight(self, name: str) -> tuple[int, int]:
        """The bytes of a page with its scripts and style sheets, as they are and as servers compress them."""
        loads = [self._file(name, load) for load in self.page(name).loads if load.endswith((".js", ".css"))]
        sent = [(self.folder / each).read_bytes() for each in (name, *loads)]
        return sum(map(len, sent)), sum(len(gzip.compress(each, 6)) for each in sent)

    def _of_page(self, name: str) -> Iterator[str]:
        page = self.page(name)
        for load in page.loads:
            if _elsewhere(load):
                yield f"{load} is loaded from another server"
            elif not load.startswith("data:") and not (self.folder / self._file(name, load)).is_file():
                yield f"{load} is not there"
        for link in page.links:
            fault = _malformed(link) if _elsewhere(link) else self._dead(name, link)
            if fault:
                yield f"{link} {fault}"
        if page.headings.count(1) != 1:
            yield f"it has {page.headings.count(1)} headings of the first rank"
        for above, below in zip(page.headings, page.headings[1:], strict=False):
            if below > above + 1:
                yield f"a heading of rank {below} follows one of rank {above}"

    def _file(self, name: str, link: str) -> str:
        """The file that a link of a page leads to."""
        path = unquote(urlsplit(link).path)
        whole = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(name), path)
        return name if not path else posixpath.normpath(whole)

    def _dead(self, name: str, link: str) -> str | None:
        file, anchor = self._file(name, link), unquote(urlsplit(link).fragment)
        if not (self.folder / file).is_file():
            return "leads nowhere"
        known = not anchor or not file.endswith(".html") or anchor in self.page(file).ids
        return None if known else f"leads to no part of {file}"


def _elsewhere(link: str) -> bool:
    return bool(re.match(r"[a-z][a-z+.-]*:|//", link)) and not link.startswith("data:")


def _malformed(link: str) -> str | None:
    """What is wrong with the address of another site; whether it answers is not asked."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return "is no address"
    if HERE.match(link) or parts.scheme == "mailto":
        return None
    if parts.scheme != "https":
        return "is not https"
    return (
        None if re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,}", parts.hostname or "") and " " not in link else "is no address"
    )
