"""A publisher with articles and notes from a feed, a folder and WordPress, each with four photos of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC
from html import escape
from pathlib import Path

from tests.chaos.storm import Gazette
from tests.worlds.notebook import picture
from tests.worlds.site import Story
from tests.worlds.wordpress import WordPress

KINDS = (
    *(("feed", "article"), ("folder", "article"), ("wordpress", "article")),
    *(("feed", "note"), ("folder", "note"), ("wordpress", "note")),
)
"""Source and form of one story after the other."""
PHOTOS = 4
SHIPS = 90
_NUMBER = re.compile(r"[Ss]tory[ -](\d+)")
_SHIP = re.compile(r"Ship (\d+) of story \d+ came in\.")


def number_in(text: str) -> int | None:
    """Which story the words of a post are of."""
    found = _NUMBER.search(text)
    return int(found[1]) if found else None


def ships(text: str) -> list[int]:
    """The numbered sentences of an article that are in a text as a whole, in order."""
    return [int(found) for found in _SHIP.findall(text)]


def paragraphs(number: int) -> list[str]:
    """The words of a story: an article is long, and each of its sentences has a number."""
    if form(number) == "note":
        return [f"Walked to the lighthouse for story {number}. The keeper waved."]
    said = [f"Ship {ship} of story {number} came in." for ship in range(1, SHIPS + 1)]
    return [" ".join(said[start : start + 6]) for start in range(0, SHIPS, 6)]


def source(number: int) -> str:
    return KINDS[number % len(KINDS)][0]


def form(number: int) -> str:
    return KINDS[number % len(KINDS)][1]


class Publisher(Gazette):
    """What is published is in the feed, a file in `content`, or a post of WordPress."""

    def __init__(self, folder: Path) -> None:
        self.wordpress = WordPress(page=lambda path: self.answer(path, None)[:3])
        self.content = folder / "content"
        self.content.mkdir()
        self.originals: dict[int, str] = {}
        super().__init__()

    def close(self) -> None:
        super().close()
        self.wordpress.close()

    def publish(self, count: int = 1, **about: object) -> list[Story]:  # type: ignore[override]
        fresh = super().publish(count, **about)  # type: ignore[arg-type]
        for story in reversed(fresh):
            number = self.number(story)
            places: dict[str, Callable[[int, Story], None]] = {"folder": self._file, "wordpress": self._post}
            if source(number) in places:
                places[source(number)](number, story)
        return fresh

    def link(self, story: Story) -> str:
        return super().link(story).replace(self.url, self._host(self.number(story)))

    def _host(self, number: int) -> str:
        """Where a story and its photos are: WordPress is a site of its own."""
        return self.wordpress.url if source(number) == "wordpress" else self.url

    def number(self, story: Story) -> int:
        return int(story.slug.rpartition("-")[2])

    def file(self, number: int) -> Path:
        return self.content / f"story-{number}.md"

    def photos(self, number: int) -> Iterator[tuple[str, str]]:
        """Address and description of each photo of a story."""
        for each in range(PHOTOS):
            yield f"{self._host(number)}/p/{PHOTOS * number + each}.jpg", f"Photo {each + 1} of story {number}"

    def html(self, number: int) -> str:
        said = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(number))
        return said + "".join(f'<img src="{url}" alt="{alt}">' for url, alt in self.photos(number))

    def item(self, story: Story) -> str:
        number = self.number(story)
        if source(number) != "feed":
            return ""
        said = f'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">{escape(self.html(number))}'
        item = super().item(story).replace("</item>", f"{said}</content:encoded></item>")
        if form(number) == "note":
            item = re.sub(r"<title>.*?</title>|<description>.*?</description>|<category>.*?</category>", "", item)
        return item

    def page(self, story: Story) -> str:
        if form(self.number(story)) == "note":
            return '<!doctype html><html lang="en"><title>A note</title><p>Words</html>'
        return super().page(story)

    def answer(self, path: str, tag: str | None) -> tuple[int, str, bytes, str | None]:
        name = path.removeprefix("/p/").removesuffix(".jpg")
        if name.isdigit():
            return 200, "image/jpeg", picture(int(name)), None
        return super().answer(path, tag)

    def _file(self, number: int, story: Story) -> None:
        """A Markdown file, there as a whole or not at all."""
        head = [f"date: {story.published.isoformat()}"]
        if form(number) == "article":
            head += [f"title: {story.title}", f"description: {story.summary}"]
        said = [*paragraphs(number), *(f"![{alt}]({url})" for url, alt in self.photos(number))]
        text = "\n".join(["---", *head, "---", "\n\n".join(said), ""])
        self.originals[number] = text
        draft = self.content / f".story-{number}"
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.file(number))

    def _post(self, number: int, story: Story) -> None:
        """A post as WordPress's REST API shows it; a note is one by its format."""
        at, note = story.published.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), form(number) == "note"
        guid = f"{self.wordpress.url}/?p={number}"
        self.wordpress.posts[number] = {
            "id": number,
            "slug": story.slug,
            "date": at,
            "date_gmt": at,
            "modified_gmt": at,
            "guid": {"raw": guid, "rendered": guid},
            "link": self.link(story),
            "status": "publish",
            "format": "aside" if note else "standard",
            "title": {"rendered": "" if note else story.title},
            "excerpt": {"rendered": "" if note else f"<p>{story.summary}</p>"},
            "content": {"rendered": self.html(number)},
            "meta": {"syndication_links": []},
        }
