"""Writes into an article's Markdown file where it was posted: a list in its front matter, for the site's own pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from syndicate.errors import Rejected, SourceError, Unavailable
from syndicate.model import Article, Json
from syndicate.net import whole_file
from syndicate.sources.folder import FILE_BYTES, FolderSource
from syndicate.sources.formats import frontmatter_edit
from syndicate.sources.formats.frontmatter import Unreadable

TRIES = 5
"""How often a file is read again that somebody else is writing."""


class FrontMatter:
    """ports.WritesBack for the files of a folder; `key` is the setting in the front matter that is the list's."""

    def __init__(self, source: FolderSource, key: str) -> None:
        self._source = source
        self._key = key

    def write_back(self, article: Article, posts: Sequence[Json]) -> None:
        """Set the list. A file that is changed meanwhile is read again first; one that is gone has nothing to hear."""
        try:
            path = self._source.file_of(article.url)
            for _ in range(TRIES):
                if path is None or self._is_set(path, posts):
                    return
        except SourceError as fault:
            raise Unavailable(str(fault)) from fault
        except FileNotFoundError:  # removed just now
            return
        except OSError as fault:
            raise Rejected(f"{path}: {(fault.strerror or str(fault)).lower()}") from fault
        except Unreadable as fault:
            raise Rejected(f"{path}: {fault}") from fault
        raise Unavailable(f"{path} is written by somebody else all the time")

    def _is_set(self, path: Path, posts: Sequence[Json]) -> bool:
        """Set the list; False where the file was changed meanwhile."""
        before = whole_file.read(path, self._source.folder, FILE_BYTES)
        text = before.decode("utf-8", "surrogateescape")
        after = frontmatter_edit.edited(text, self._key, posts).encode("utf-8", "surrogateescape")
        return after == before or whole_file.replace(path, after, before)
