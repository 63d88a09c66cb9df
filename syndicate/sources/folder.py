"""Reads articles from a folder of Markdown files, as Hugo, Jekyll, Eleventy, Astro and others keep them."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from syndicate.errors import SourceError
from syndicate.model import Article, LeftOut, Override, Reading, Validators
from syndicate.net import file_guard
from syndicate.ports import Clock
from syndicate.sources import generators
from syndicate.sources.formats import frontmatter, markdown
from syndicate.sources.formats.frontmatter import Unreadable, Value
from syndicate.sources.formats.markdown import withheld
from syndicate.sources.formats.permalinks import Generator
from syndicate.sources.parsing.overrides import OverrideReader

FILES = 20_000
FILE_BYTES = 2_000_000
NAMED = 20  # files that cannot be read and are named singly; the others are counted

FLAT = "syndicate"
"""The setting that says `false` of a file that is not announced, whatever the source's setting is."""

_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
_ASIDE = frozenset({"_drafts", "node_modules"})
_BARE_IS_NO_POST = ("jekyll", "mkdocs")  # for which a file without metadata is no post
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class FolderSource:
    """ports.Source for a directory. `link` gives its articles' addresses on the web: a base, or a pattern.

    `overrides` names the setting in which an article says how it is announced; "" for none.
    """

    def __init__(
        self,
        name: str,
        path: str,
        *,
        link: str,
        clock: Clock,
        timezone: str = "UTC",
        overrides: str = "",
        words: bool = False,
    ) -> None:
        self.name = name
        self._path = Path(path)
        self._link = link
        self._clock = clock
        self._timezone = timezone
        self._overrides = overrides
        self._words = words

    def fetch(self, validators: Validators) -> Reading:
        """The articles, newest first, unless no file changed. Drafts and expired articles are left out.

        Raises SourceError if the directory does not exist or cannot be read.
        """
        listed = list(_files(self._path))
        generator = generators.detect(self._path, self._link)
        now = self._clock()
        found = [(path, stat.st_mtime_ns, stat.st_size) for path, stat in listed]
        # An article expires without a change of its file, so a new day counts as a change.
        settings = repr((generator, self._overrides, self._words) if self._overrides or self._words else generator)
        state = _digest([self._link, self._timezone, str(now.date()), settings, *map(str, found)])
        if state == validators.body_hash:
            return Reading(validators=validators, modified=False)
        notes = [f"more than {FILES:,} files; the first are read"] if len(listed) == FILES else []
        articles: list[Article] = []
        left_out: list[LeftOut] = []
        for path, _ in listed:
            found_here = self._article(path, now, generator)
            if isinstance(found_here, Article):
                articles.append(found_here)
            else:
                left_out.append(found_here)
        odd = [each for each in left_out if not each.meant]
        notes += [f"{Path(each.place).relative_to(self._path)}: {each.why}" for each in odd[:NAMED]]
        if len(odd) > NAMED:
            notes.append(f"further files that cannot be read: {len(odd) - NAMED}")
        undated = sum(article.published is None for article in articles)
        if undated:
            notes.append(f"articles without a date: {undated}")
        articles.sort(key=lambda article: article.published or _EARLIEST, reverse=True)
        return Reading(
            tuple(articles),
            Validators(body_hash=state),
            entries=len(articles),
            notes=tuple(notes),
            left_out=tuple(left_out),
        )

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self._path

    def file_of(self, url: str) -> Path | None:
        """The file whose article has this address; None if there is none. Raises SourceError, as `fetch`.

        Those that are named after the address are looked into first, then the newest.
        """
        slug = urlsplit(url).path.rstrip("/").rpartition("/")[2].partition(".")[0].casefold()
        generator, now = generators.detect(self._path, self._link), self._clock()

        def is_unlikely(found: tuple[Path, os.stat_result]) -> tuple[bool, int]:
            path, stat = found
            named = f"{path.parent.name}/{path.stem}".casefold()
            return slug not in named, -stat.st_mtime_ns

        for path, _ in sorted(_files(self._path), key=is_unlikely):
            article = self._article(path, now, generator)
            if isinstance(article, Article) and url in (article.url, article.canonical_url):
                return path
        return None

    def _article(self, path: Path, now: datetime, generator: Generator | None) -> Article | LeftOut:
        """The article of a file, or why it is none."""
        try:
            data = file_guard.read(path, (self._path,), FILE_BYTES, cut=True)
            text = data.decode("utf-8", "replace").replace("\0", "")
        except file_guard.RefusedFile as fault:
            return LeftOut(str(path), f"it is {fault.strerror}", meant=False)
        except OSError as fault:
            return LeftOut(str(path), f"it cannot be read ({(fault.strerror or str(fault)).lower()})", meant=False)
        try:
            said, body = frontmatter.split(text)
            why = withheld(said, generator.name if generator else "")
            if why:
                return LeftOut(str(path), why)
            if not said:
                told = "it has no metadata that can be read (title and date between --- lines, for example)"
                return LeftOut(str(path), told, meant=generator is not None and generator.name in _BARE_IS_NO_POST)
            where = PurePosixPath(path.relative_to(self._path).as_posix())
            article = markdown.Reader(self.name, self._link, self._timezone, now, generator, self._words).article(
                said, body, where
            )
        except Unreadable as fault:
            return LeftOut(str(path), str(fault), meant=False)
        if article is not None:
            reader = OverrideReader(article.url, self._timezone, now)
            found = _override(said, reader, self._overrides, lambda key: f"{where}:{frontmatter.line_of(text, key)}")
            article = replace(article, override=found) if found else article
        return article or LeftOut(str(path), "it has expired")


def _override(
    said: Mapping[str, Value], reader: OverrideReader, setting: str, place: Callable[[str], str]
) -> Override | None:
    """What a file says of how it is announced; `syndicate: false` says it whatever the setting's name is."""
    flat = reader.read(said.get(FLAT), place(FLAT)) if FLAT in said else None
    if flat is not None and flat.whole.post is False:
        return flat
    key = setting.lower()
    return reader.read(said[key], place(key)) if key in said else None


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
                stat = _stat(path)
            except OSError:  # a link that leads nowhere, or a file just gone
                continue
            count += 1
            yield path, stat


def _stat(path: Path) -> os.stat_result:
    """The state of a file, by which a change of it is noticed; of a link that leads to itself, its own."""
    try:
        return path.stat()
    except OSError as fault:
        if fault.errno != errno.ELOOP:
            raise
        return path.lstat()


def _raise(fault: OSError) -> None:
    raise SourceError(f"{fault.filename}: {(fault.strerror or str(fault)).lower()}") from fault


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
