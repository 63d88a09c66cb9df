from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate import sources
from syndicate.errors import SourceError
from syndicate.model import Image, Validators
from syndicate.sources.folder import FolderSource
from syndicate.sources.formats import frontmatter
from syndicate.sources.formats.frontmatter import Unreadable
from syndicate.sources.formats.markdown import Reader

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
TEN = datetime(2025, 9, 1, 10, tzinfo=UTC)
BASE = "https://gazette.example/"


def fetch(path, link=BASE, validators=None, now=NOW, timezone="UTC"):
    source = FolderSource("blog", str(path), link=link, clock=lambda: now, timezone=timezone)
    return source.fetch(validators or Validators())


def article(text, *, name="city/bridge.md", link=BASE, timezone="UTC"):
    said, body = frontmatter.split(text)
    return Reader("blog", link, timezone, NOW).article(said, body, PurePosixPath(name))


def yaml(lines, body=""):
    return f"---\n{lines}\n---\n{body}"


WHOLE = {
    "yaml": """---
title: "Bridge opens: at last"
date: 2025-09-01T12:00:00+02:00
lastmod: 2025-09-02 10:00:00 +0000
slug: The Bridge
tags: [bridge, River]
categories:
  - City
description: The &amp; bridge.
authors: [Ana Lima, {name: Rui Sousa}]
cover: {image: /bridge.jpg, alt: The bridge at dawn, caption: At dawn, credit: Photo desk}
language: no
id: 17
teaser: ours
---
Text.
""",
    "toml": """+++
title = "Bridge opens: at last"
date = 2025-09-01T12:00:00+02:00
lastmod = 2025-09-02T10:00:00Z
slug = "The Bridge"
tags = ["bridge", "River"]
categories = ["City"]
description = "The &amp; bridge."
authors = ["Ana Lima", {name = "Rui Sousa"}]
language = "no"
id = 17
teaser = "ours"
[cover]
image = "/bridge.jpg"
alt = "The bridge at dawn"
caption = "At dawn"
credit = "Photo desk"
+++
Text.
""",
    "json": """{
"title": "Bridge opens: at last", "date": "2025-09-01T12:00:00+02:00", "lastmod": "2025-09-02T10:00:00Z",
"slug": "The Bridge", "tags": ["bridge", "River"], "categories": ["City"], "description": "The &amp; bridge.",
"authors": ["Ana Lima", {"name": "Rui Sousa"}], "language": "no", "id": 17, "teaser": "ours",
"cover": {"image": "/bridge.jpg", "alt": "The bridge at dawn", "caption": "At dawn", "credit": "Photo desk"}
}
Text.
""",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_file_says_all_it_can_in_three_languages(text, ends):
    found = article(text.replace("\n", ends))
    assert (found.title, found.summary) == ("Bridge opens: at last", "The & bridge.")
    assert (found.published, found.updated) == (TEN, datetime(2025, 9, 2, 10, tzinfo=UTC))
    assert (found.precision, found.tz_assumed) == ("second", False)
    assert found.url == "https://gazette.example/city/the-bridge/"
    assert (found.section, found.categories) == ("City", ("City", "bridge", "River"))
    assert (found.authors, found.language, found.guid) == (("Ana Lima", "Rui Sousa"), "no", "17")
    assert found.images == (Image("https://gazette.example/bridge.jpg", "The bridge at dawn", "At dawn", "Photo desk"),)
    assert found.raw == {"teaser": "ours"}


@pytest.mark.parametrize(
    ("lines", "name", "link", "url"),
    [
        ("title: t", "bridge.md", BASE, "bridge/"),
        ("title: t", "Über uns.md", BASE, "%C3%BCber-uns/"),
        ("title: t", "posts/bridge/index.md", BASE, "posts/bridge/"),
        ("title: t", "posts/bridge/index.pt.md", BASE, "posts/bridge/"),
        ("title: t", "_posts/2025-09-01-bridge.md", BASE, "bridge/"),
        (
            "title: t",
            "_posts/2025-09-01-bridge.md",
            BASE + "{year}/{month}/{day}/{slug}.html",
            "2025/09/01/bridge.html",
        ),
        ("title: t\nslug: a/b", "bridge.md", BASE, "a/b/"),
        ("title: t\nurl: /x/y.html", "bridge.md", BASE + "blog", "x/y.html"),
        ("title: t\nurl: https://gazette.example/z", "bridge.md", BASE, "z"),
        ("title: t\npermalink: /:year/:title/", "bridge.md", BASE, "bridge/"),
        ("title: t\ncanonical: https://gazette.example/c", "bridge.md", BASE, "c"),
        ("title: t", "city/bridge.md", BASE + "blog/", "blog/city/bridge/"),
        ("title: t\nsection: World News", "bridge.md", BASE + "{section}/{slug}", "world-news/bridge"),
        ("title: t\nlang: pt", "a/bridge.md", BASE + "{language}/{path}", "pt/a/bridge"),
    ],
)
def test_an_address_is_the_files_own_or_the_pattern(lines, name, link, url):
    assert article(yaml(lines), name=name, link=link).url == BASE + url


def test_a_pattern_that_cannot_be_filled_is_said():
    with pytest.raises(Unreadable, match=r"has no value for \{year\} in its address"):
        article(yaml("title: t"), link=BASE + "{year}/{slug}")


def test_a_pattern_counts_days_where_the_site_is():
    text = yaml("title: t\ndate: 2025-08-31T23:30:00Z")
    assert article(text, link=BASE + "{day}/{slug}", timezone="Europe/Lisbon").url == BASE + "01/bridge"


@pytest.mark.parametrize(
    ("lines", "published", "precision"),
    [
        ("date: 2025-09-01T10:00:00Z", TEN, "second"),
        ("date: 2025-09-01", datetime(2025, 8, 31, 22, tzinfo=UTC), "day"),
        ("date: 2025-09-01 12:00", TEN, "minute"),
        ("date: '2025-09-01 12:00:00 +0200'", TEN, "second"),
        ("date: 2025-08-01\npublishDate: 2025-09-01T10:00:00Z", TEN, "second"),
        ("date: 2026-01-01T10:00:00Z", datetime(2026, 1, 1, 10, tzinfo=UTC), "second"),
        ("date: soon", None, "second"),
        ("date: 01/09/2025", None, "second"),
        ("lastmod: 2025-09-01T10:00:00Z", None, "second"),
    ],
)
def test_a_date_is_what_was_typed(lines, published, precision):
    found = article(yaml(f"title: t\n{lines}"), timezone="Europe/Berlin")
    assert (found.published, found.precision) == (published, precision)


def test_toml_dates_are_what_was_typed():
    found = article("+++\ntitle = 't'\ndate = 2025-09-01\n+++\n", timezone="Europe/Berlin")
    assert (found.published, found.precision) == (datetime(2025, 8, 31, 22, tzinfo=UTC), "day")


@pytest.mark.parametrize(
    ("lines", "body", "images"),
    [
        ("image: a.jpg", "", [Image(f"{BASE}city/bridge/a.jpg")]),
        ("image: /a.jpg\nimage_alt: A bridge", "", [Image(f"{BASE}a.jpg", alt="A bridge")]),
        ("images: [/a.jpg, /b.jpg, /a.jpg]", "", [Image(f"{BASE}a.jpg"), Image(f"{BASE}b.jpg")]),
        (
            "image: {src: /a.jpg, alt: A}",
            "![x](/b.jpg)",
            [Image(f"{BASE}a.jpg", alt="A"), Image(f"{BASE}b.jpg", alt="x")],
        ),
        ("tags: []", 'Text ![A bridge](/b.jpg "title") more', [Image(f"{BASE}b.jpg", alt="A bridge")]),
        ("image: 'javascript:a'", "", []),
    ],
)
def test_pictures_are_found(lines, body, images):
    assert list(article(yaml(f"title: t\n{lines}", body)).images) == images


@pytest.mark.parametrize("kind", ["live", "audio", "video"])
def test_a_kind_is_said(kind):
    assert article(yaml(f"title: t\nkind: {kind}")).kind == kind


def test_a_title_may_stand_in_the_text():
    assert article(yaml("date: 2025-09-01", "\n# The *bridge* & river #\n")).title == "The *bridge* & river"
    with pytest.raises(Unreadable, match="it has no title"):
        article(yaml("date: 2025-09-01"))


def test_a_canonical_address_elsewhere_is_the_address_and_never_ours():
    found = article(yaml("title: t\nurl: /b/\ncanonical: https://other.example/b"))
    assert (found.url, found.canonical_url) == (f"{BASE}b/", None)
    assert article(yaml("title: t\nurl: /b/\ncanonical: /c/")).canonical_url == f"{BASE}c/"


EIGHT = "[" + ",".join(["*{0}"] * 8) + "]"
BOMB = "---\na: &a [1, 1]\n" + "".join(
    f"{name}: &{name} {EIGHT.format(last)}\n" for last, name in zip("abcd", "bcde", strict=True)
)
BOMB += "---\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\ntitle: t\n", "the --- at its head is not closed"),
        ("---\ntitle: [t\n---\n", "its YAML cannot be read"),
        ("---\n- a\n---\n", "not a list of `name: value`"),
        ("---\n" + "a: [" + "[" * 3000 + "\n---\n", "its YAML"),
        (BOMB, "is larger than any article needs"),
        ("---\na: !!python/object/apply:os.system [id]\n", "not closed"),
        ("+++\ntitle = \n+++\n", "its TOML cannot be read"),
        ("+++\na = " + "[" * 3000 + "\n+++\n", "its TOML cannot be read"),
        ('{"title": ', "its JSON cannot be read"),
        ("[" * 30, None),
        ('{"a":' * 30_000, "its JSON cannot be read"),
    ],
)
def test_front_matter_that_cannot_be_read_is_said(text, words):
    if words is None:
        assert frontmatter.split(text) == ({}, text)
        return
    with pytest.raises(Unreadable, match=words):
        frontmatter.split(text)


def test_tags_of_yaml_make_no_objects():
    said, _ = frontmatter.split("---\na: !!python/object/apply:os.system [id]\n---\n")
    assert said == {"a": ["id"]}


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200), st.sampled_from(["---", "+++", "{", ""]))
def test_any_text_is_an_article_or_a_fault_of_ours(text, fence):
    try:
        found = article(f"{fence}\n{text}\n{fence}\n")
    except Unreadable:
        return
    assert found is None or ((found.title or found.body) and "\n" not in found.title)


def test_a_folder_gives_its_articles_newest_first(tmp_path):
    files = {
        "a.md": yaml("title: Older\ndate: 2025-08-01T10:00:00Z"),
        "deep/er/b.markdown": yaml("title: Newer\ndate: 2025-09-01T10:00:00Z"),
        "c.md": yaml("title: Undated"),
        "draft.md": yaml("title: Draft\ndraft: true"),
        "jekyll.md": yaml("title: Draft\npublished: false"),
        "over.md": yaml("title: Over\nexpiryDate: 2025-09-01T11:00:00Z"),
        "plain.md": "no front matter",
        "broken.md": yaml("title: [t"),
        "README.md": yaml("title: Read me"),
        "_index.md": yaml("title: A section"),
        "_drafts/d.md": yaml("title: Draft"),
        ".git/e.md": yaml("title: Hidden"),
        "f.txt": yaml("title: No Markdown"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "link.md").symlink_to(tmp_path / "nowhere")
    fetched = fetch(tmp_path)
    assert [one.title for one in fetched.articles] == ["Newer", "Older", "Undated"]
    assert fetched.entries == 3
    assert [note.partition(":")[0] for note in fetched.notes] == ["broken.md", "plain.md", "articles without a date"]
    assert [(left.place.rpartition("/")[2], left.meant) for left in fetched.left_out] == [
        ("broken.md", False),
        ("draft.md", True),
        ("jekyll.md", True),
        ("over.md", True),
        ("plain.md", False),
    ]


def test_what_is_no_file_of_the_folder_is_told_and_not_read(tmp_path):
    """A device that never ends, a pipe at which a reader would wait, a file elsewhere, a link to itself."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text(yaml("title: One"), encoding="utf-8")
    (tmp_path / "secret.md").write_text(yaml("title: A secret"), encoding="utf-8")
    os.mkfifo(content / "pipe.md")
    (content / "device.md").symlink_to("/dev/zero")
    (content / "loop.md").symlink_to("loop.md")
    (content / "secret.md").symlink_to("../secret.md")
    (content / "twin.md").symlink_to("a.md")
    fetched = fetch(content)
    assert [one.title for one in fetched.articles] == ["One", "One"]
    assert fetched.notes == (
        "device.md: it is a link that leads out of its folder",
        "loop.md: it is a link that leads to itself",
        "pipe.md: it is no regular file",
        "secret.md: it is a link that leads out of its folder",
        "articles without a date: 2",
    )
    assert [(left.place.rpartition("/")[2], left.meant) for left in fetched.left_out] == [
        ("device.md", False),
        ("loop.md", False),
        ("pipe.md", False),
        ("secret.md", False),
    ]
    assert not fetch(content, validators=fetched.validators).modified


def test_of_a_file_that_grew_to_gigabytes_the_beginning_is_read(tmp_path):
    file = tmp_path / "a.md"
    file.write_text(yaml("title: One\ndate: 2025-09-01"), encoding="utf-8")
    with file.open("r+b") as opened:
        opened.truncate(30_000_000_000)
    assert [one.title for one in fetch(tmp_path).articles] == ["One"]


def test_a_generators_config_that_is_a_pipe_is_not_waited_for(tmp_path):
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text(yaml("title: One"), encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "hugo.toml").symlink_to("pipe")
    (tmp_path / "conf.py").symlink_to("/dev/zero")
    assert [one.title for one in fetch(content).articles] == ["One"]


def test_an_unchanged_folder_is_not_read_again(tmp_path):
    file = tmp_path / "a.md"
    file.write_text(yaml("title: One"), encoding="utf-8")
    kept = fetch(tmp_path).validators
    assert not fetch(tmp_path, validators=kept).modified
    assert fetch(tmp_path, validators=kept, link=f"{BASE}x/").modified
    file.write_text(yaml("title: Another"), encoding="utf-8")
    assert [one.title for one in fetch(tmp_path, validators=kept).articles] == ["Another"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="nowhere: no such directory"):
        fetch(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="file: not a directory"):
        fetch(tmp_path / "file")


def test_a_file_is_recognised():
    fetched = sources.parse(WHOLE["yaml"].encode(), source="bridge.md", url=BASE, now=NOW)
    assert [one.url for one in fetched.articles] == [f"{BASE}the-bridge/"]
    with pytest.raises(SourceError, match=r"bridge\.md: it has no title"):
        sources.parse(b"---\ndate: 2025-09-01\n---\n", source="bridge.md", url=BASE, now=NOW)
