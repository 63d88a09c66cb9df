"""Reads articles from a folder of Markdown files, as Hugo, Jekyll, Eleventy, Astro and others keep them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from syndicate.errors import SourceError
from syndicate.model import Article, Reading, Validators
from syndicate.ports import Clock
from syndicate.sources.formats import frontmatter, markdown
from syndicate.sources.formats.frontmatter import Unreadable

FILES = 20_000
FILE_BYTES = 2_000_000

_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
_ASIDE = frozenset({"_drafts", "node_modules"})
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class FolderSource:
    """ports.Source for a directory. `link` gives its articles' addresses on the web: a base, or a pattern."""

    def __init__(self, name: str, path: str, *, link: str, clock: Clock, timezone: str = "UTC") -> None:
        self.name = name
        self._path = Path(path)
        self._link = link
        self._clock = clock
        self._timezone = timezone

    def fetch(self, validators: Validators) -> Reading:
        """The articles, newest first, unless no file changed. Drafts and expired articles are left out.

        Raises SourceError if the directory does not exist or cannot be read.
        """
        files = list(_files(self._path))
        now = self._clock()
        found = [(path, stat.st_mtime_ns, stat.st_size) for path, stat in files]
        # An article expires without a change of its file, so a new day counts as a change.
        state = _digest([self._link, self._timezone, str(now.date()), *map(str, found)])
        if state == validators.body_hash:
            return Reading(validators=validators, modified=False)
        notes = [f"more than {FILES:,} files; the first are read"] if len(files) == FILES else []
        articles: list[Article] = []
        for path, _ in files:
            try:
                article = self._article(path, now)
            except Unreadable as fault:
                notes.append(f"{path.relative_to(self._path)}: {fault}")
                continue
            if article:
                articles.append(article)
        undated = sum(article.published is None for article in articles)
        if undated:
            notes.append(f"articles without a date: {undated}")
        articles.sort(key=lambda article: article.published or _EARLIEST, reverse=True)
        return Reading(tuple(articles), Validators(body_hash=state), entries=len(articles), notes=tuple(notes))

    def _article(self, path: Path, now: datetime) -> Article | None:
        try:
            text = path.read_bytes()[:FILE_BYTES].decode("utf-8", "replace").replace("\0", "")
        except OSError as fault:
            raise Unreadable(f"it cannot be read ({(fault.strerror or str(fault)).lower()})") from fault
        said, body = frontmatter.split(text)
        if not said or said.get("draft") in (True, "true", "yes") or said.get("published") in (False, "false", "no"):
            return None
        where = PurePosixPath(path.relative_to(self._path).as_posix())
        return markdown.Reader(self.name, self._link, self._timezone, now).article(said, body, where)


def _files(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The Markdown files under a directory, in a fixed order, without hidden files, drafts and section pages."""
    if not root.is_dir():
        raise SourceError(f"{root}: {'not a directory' if root.exists() else 'no such directory'}")
    count = 0
    for folder, inside, names in os.walk(root, onerror=_raise):
        inside[:] = sorted(name for name in inside if not name.startswith(".") and name not in _ASIDE)
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix.lower() not in _SUFFIXES or name.startswith((".", "_")) or name.lower() == "readme.md":
                continue
            if count == FILES:
                return
            try:
                stat = path.stat()
            except OSError:  # a link that leads nowhere, or a file just gone
                continue
            count += 1
            yield path, stat


def _raise(fault: OSError) -> None:
    raise SourceError(f"{fault.filename}: {(fault.strerror or str(fault)).lower()}") from fault


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
