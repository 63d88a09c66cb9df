"""The list of an article's posts in the front matter of its own file: nothing else in the file changes."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.errors import Rejected, Unavailable
from syndicate.model import Article, Validators
from syndicate.net import whole_file
from syndicate.sources import front_matter
from syndicate.sources.folder import FolderSource
from syndicate.sources.formats import frontmatter
from syndicate.sources.formats.frontmatter import Unreadable
from syndicate.sources.formats.frontmatter_edit import edited
from syndicate.sources.front_matter import FrontMatter

POST = {
    "account": "masto",
    "platform": "mastodon",
    "url": "https://social.example/@g/1",
    "id": "1",
    "at": "2026-11-23T12:00:00Z",
}
OTHER = {
    "account": "bsky",
    "platform": "bluesky",
    "url": "https://bsky.app/profile/g/post/3k",
    "id": "at://did:plc:g/app.bsky.feed.post/3k",
    "at": None,
}
YAML = """syndication:
  - account: "masto"
    platform: "mastodon"
    url: "https://social.example/@g/1"
    id: "1"
    at: "2026-11-23T12:00:00Z"
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\ntitle: A\n---\nBody\n", f"---\ntitle: A\n{YAML}---\nBody\n"),
        ("---\ntitle: A   # mine\n\n# a note\n---\n---\n", f"---\ntitle: A   # mine\n\n# a note\n{YAML}---\n---\n"),
        (f"---\n{YAML}title: A\n---\n", f"---\n{YAML}title: A\n---\n"),
        ("---\nsyndication: []\ntitle: A\n---\n", f"---\n{YAML}title: A\n---\n"),
        (
            "---\nsyndication:\n- account: old\n  url: x\n\n# kept\ntitle: A\n---\n",
            f"---\n{YAML}\n# kept\ntitle: A\n---\n",
        ),
        (
            "---\r\ntitle: A\r\n---\r\nB\r\n",
            f"---\r\ntitle: A\r\n{YAML}---\r\nB\r\n".replace("\n", "\r\n").replace("\r\r", "\r"),
        ),
        ("\ufeff---\ntitle: A\n...\nB", f"\ufeff---\ntitle: A\n{YAML}...\nB"),
        ("---\n---\nB", f"---\n{YAML}---\nB"),
    ],
)
def test_yaml_is_edited_by_lines(before, after):
    assert edited(before, "syndication", [POST]) == after


def test_toml_is_edited_before_its_first_table():
    before = '+++\ntitle = "A"\ndate = 2026-11-23\n\n[params]\nmood = "calm"\n+++\nBody\n'
    after = edited(before, "syndication", [POST, OTHER])
    made = next(line for line in after.splitlines() if line.startswith("syndication = ["))
    assert after.replace(made + "\n", "") == before
    assert after.index(made) < after.index("[params]")
    assert edited(after, "syndication", []) == before
    assert frontmatter.split(after)[0]["syndication"][1] == {name: value for name, value in OTHER.items() if value}


def test_a_list_without_posts_is_taken_out_again():
    before = "---\ntitle: A\ntags: [b]\n---\nBody\n"
    assert edited(edited(before, "syndication", [POST, OTHER]), "syndication", []) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Just words\n", "no front matter"),
        ('{"title": "A"}\nBody', "no front matter"),
        ("---\ntitle: A\n", "not closed"),
        ("---\ntitle: [A\n---\n", "its YAML cannot be read"),
        ('+++\ntitle = "A"\nsyndication = [\n  {account = "a"},\n]\n+++\n', "line by line|its TOML cannot be read"),
    ],
)
def test_what_cannot_be_edited_by_lines_is_left_and_told(text, words):
    with pytest.raises(Unreadable, match=words):
        edited(text, "syndication", [POST])


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(st.dictionaries(st.sampled_from(["title", "mood", "x-y", "tags"]), WORDS, max_size=4), WORDS, st.integers(0, 2))
def test_whatever_stands_there_stays(said, body, count):
    import json

    lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in said.items())
    before = f"---\n{lines}---\n{body}"
    entries = [POST, OTHER][:count]
    try:
        after = edited(before, "syndication", entries)
    except Unreadable:
        return  # left alone
    kept, rest = frontmatter.split(after)
    assert {name: value for name, value in kept.items() if name != "syndication"} == frontmatter.split(before)[0]
    assert rest == frontmatter.split(before)[1]
    assert edited(after, "syndication", []) == before


@pytest.fixture
def folder(tmp_path):
    """Three articles of a blog; the second is the one that was posted."""
    for name in ("first", "second", "third"):
        (tmp_path / f"{name}.md").write_text(f"---\ntitle: The {name} of May\ndate: 2026-05-01\n---\nBody\n")
    return tmp_path


@pytest.fixture
def source(folder):
    return FolderSource("blog", str(folder), link="https://g.example/", clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture
def writer(source):
    return FrontMatter(source, "syndication")


def story(source, title):
    return next(each for each in source.fetch(Validators()).articles if title in each.title)


def test_it_stands_in_the_file_of_its_article(writer, source, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    writer.write_back(story(source, "second"), [POST])
    assert YAML in (folder / "second.md").read_text()
    assert {path.name for path in folder.iterdir()} == set(before)
    assert all((folder / name).read_bytes() == before[name] for name in ("first.md", "third.md"))


def test_its_own_change_is_no_edit_of_the_article(writer, source):
    before = story(source, "second")
    writer.write_back(before, [POST])
    assert story(source, "second") == before


def test_the_same_once_more_writes_nothing(writer, source, folder):
    writer.write_back(story(source, "second"), [POST])
    seen = (folder / "second.md").stat()
    writer.write_back(story(source, "second"), [POST])
    assert (folder / "second.md").stat() == seen


def test_an_article_whose_file_is_gone_has_nothing_to_hear(writer):
    writer.write_back(Article("blog", "https://g.example/gone/", "Gone"), [POST])


def test_a_file_is_found_whatever_it_is_called(writer, source, folder):
    (folder / "third.md").write_text("---\ntitle: Other\nurl: /elsewhere/\n---\nBody\n")
    writer.write_back(story(source, "Other"), [POST])
    assert YAML in (folder / "third.md").read_text()


def test_a_file_that_is_changed_meanwhile_is_read_again_first(writer, source, folder, monkeypatch):
    path, real, came = folder / "second.md", whole_file.replace, []

    def replace(*arguments):
        if not came:  # an editor saves at this moment
            path.write_text(path.read_text().replace("Body", "A better body"))
        came.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(front_matter.whole_file, "replace", replace)
    writer.write_back(story(source, "second"), [POST])
    assert len(came) == 2
    assert YAML in path.read_text()
    assert "A better body" in path.read_text()


def test_a_file_that_never_stands_still_is_told_later(writer, source, folder, monkeypatch):
    monkeypatch.setattr(front_matter.whole_file, "replace", lambda *_: False)
    with pytest.raises(Unavailable, match="written by somebody else"):
        writer.write_back(story(source, "second"), [POST])


def test_a_read_only_file_is_told_and_left(writer, source, folder):
    path = folder / "second.md"
    path.chmod(0o444)
    before = path.read_bytes()
    with pytest.raises(Rejected, match=r"second\.md: it is read-only"):
        writer.write_back(story(source, "second"), [POST])
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert len(list(folder.iterdir())) == 3


def test_mode_and_links_stay(writer, source, folder):
    real = folder / "_kept" / "second.txt"
    real.parent.mkdir()
    (folder / "second.md").rename(real)
    real.chmod(0o640)
    (folder / "second.md").symlink_to(real)
    writer.write_back(story(source, "second"), [POST])
    assert (folder / "second.md").is_symlink()
    assert YAML in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_link_out_of_the_folder_is_not_written_through(writer, source, folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "second.md"
    (folder / "second.md").rename(outside)
    (folder / "second.md").symlink_to(outside)
    before = outside.read_bytes()
    writer.write_back(Article("blog", "https://g.example/second/", "The second of May"), [POST])
    assert outside.read_bytes() == before


def test_bytes_that_are_no_utf8_stay(writer, source, folder):
    path = folder / "second.md"
    path.write_bytes(path.read_bytes() + b"caf\xe9\n")
    writer.write_back(story(source, "second"), [POST])
    assert path.read_bytes().endswith(b"caf\xe9\n")
    assert YAML.encode() in path.read_bytes()
