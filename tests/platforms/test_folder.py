from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from syndicate.errors import Rejected, Unavailable, Uncertain
from syndicate.platforms.folder import FileDoor, Folder, Options
from syndicate.testing import KEY, LINK, OTHER_KEY, Held, PlatformContract, illustrated, now, post

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)


class Posts:
    """The folder as somebody sees it who knows nothing of us."""

    def __init__(self, root):
        self.root = root
        self.url = root.as_uri()

    def posts(self):
        files = self.root.glob("[!.]*/post.json") if self.root.exists() else []
        return sorted((json.loads(file.read_text()) for file in files), key=lambda one: one["at"])

    def add_faults(self, rules):
        raise AssertionError("a disk is no network")


class TestContract(PlatformContract):
    enforces_length = False
    has_faults = False

    @pytest.fixture
    def network(self, tmp_path):
        return Posts(tmp_path / "out folder é")

    @pytest.fixture
    def http(self, tmp_path):
        return FileDoor(tmp_path / "out folder é", now)

    def make(self, http, url, credentials):
        return Folder(Options(Path(unquote(urlsplit(url).path))), http, credentials)

    def test_a_dry_run_writes_nothing_at_all(self, http, network, credentials):
        self.test_a_dry_run_publishes_nothing_and_shows_its_requests(http, network, credentials)
        assert not network.root.exists()


@pytest.fixture
def root(tmp_path):
    return tmp_path / "posts"


@pytest.fixture
def platform(root):
    return Folder(Options(root), FileDoor(root, now), Held())


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.links, self.images, self.text = [], [], ""
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "a":
            self.links.append(found["href"])
        if tag == "img":
            self.images.append((found["src"], found["alt"]))

    def handle_data(self, data):
        self.text += data


def publish(platform, story, key=KEY):
    return platform.commit(platform.prepare(story, key), key)


def test_a_post_is_a_directory_with_text_data_picture_and_page(platform, root):
    story = illustrated()
    receipt = publish(platform, story)
    assert sorted(path.name for path in (root / KEY).iterdir()) == sorted(
        ["index.html", "post.json", "post.txt", story.media[0].file]
    )
    assert (root / KEY / "post.txt").read_text() == story.text + "\n"
    assert (root / KEY / story.media[0].file).read_bytes() == story.media[0].data
    assert json.loads((root / KEY / "post.json").read_text())["link"] == LINK
    assert receipt.permalink == (root / KEY / "index.html").as_uri()
    assert Page(root / KEY / "index.html").images == [(story.media[0].file, "A bridge in fog")]


def test_the_index_lists_the_newest_first_with_links_that_lead_somewhere(platform, root):
    for number in range(3):
        publish(platform, illustrated(text=f"Story {number}"), f"{number:032x}")
    page = Page(root / "index.html")
    places = [page.text.index(f"Story {number}") for number in (2, 1, 0)]
    assert places == sorted(places)
    local = [link for link in page.links if not link.startswith("https://")] + [src for src, _ in page.images]
    assert len(local) == 6
    assert all((root / path).is_file() for path in local)


def test_what_people_write_is_escaped(platform, root):
    mark = '<!-- end --><script>alert(1)</script> & "quotes" <!-- post 0 -->'
    publish(platform, illustrated(text=mark, alt='"><script>'))
    publish(platform, post("Second"), OTHER_KEY)
    for path in (root / "index.html", root / KEY / "index.html"):
        assert "<script" not in path.read_text()
        assert mark in Page(path).text
    assert "Second" in Page(root / "index.html").text


def test_a_post_that_is_there_is_neither_overwritten_nor_doubled(platform, root):
    publish(platform, post("First words"))
    draft = platform.prepare(post("Other words"), KEY)
    with pytest.raises(Uncertain):
        platform.commit(draft, KEY)
    assert (root / KEY / "post.txt").read_text() == "First words\n"


def test_a_crash_before_the_index_is_mended_by_the_look_up(platform, root):
    draft = platform.prepare(post("Half done"), KEY)
    (root / ".prepared" / KEY).rename(root / KEY)
    assert not (root / "index.html").exists()
    assert platform.find(draft, KEY, SINCE) is not None
    assert "Half done" in Page(root / "index.html").text


def test_a_lost_index_is_made_again_from_the_posts(platform, root):
    for number in range(3):
        at = SINCE + timedelta(minutes=number)
        publish(platform, post(f"Story {number}", at=at), f"{number:032x}")
    (root / "index.html").unlink()
    publish(platform, post("Story 3"), f"{3:032x}")
    text = Page(root / "index.html").text
    places = [text.index(f"Story {number}") for number in (3, 2, 1, 0)]
    assert places == sorted(places)


def test_what_was_prepared_and_then_removed_is_said(platform, root):
    draft = platform.prepare(post(), KEY)
    (root / ".prepared" / KEY / "post.txt").unlink()
    for path in (root / ".prepared" / KEY).iterdir():
        path.unlink()
    (root / ".prepared" / KEY).rmdir()
    with pytest.raises(Rejected, match=rf"somebody removed \.prepared/{KEY}"):
        platform.commit(draft, KEY)


def test_nothing_half_written_is_left_behind(platform, root):
    publish(platform, illustrated())
    assert [path.name for path in root.rglob(".*") if path.name != ".prepared"] == []
    assert list((root / ".prepared").iterdir()) == []


def test_a_path_that_is_a_file_is_one_clear_line(tmp_path):
    root = tmp_path / "posts"
    root.write_text("I am a file")
    platform = Folder(Options(root), FileDoor(root, now), Held())
    with pytest.raises(Unavailable, match=r"folder: Not a directory: .*posts"):
        platform.prepare(post(), KEY)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_clear_line(tmp_path):
    tmp_path.chmod(0o500)
    platform = Folder(Options(tmp_path / "posts"), FileDoor(tmp_path / "posts", now), Held())
    with pytest.raises(Unavailable, match="Permission denied"):
        platform.prepare(post(), KEY)
    tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    "outside",
    ["file:///etc/passwd", "https://gazette.example/", "{root}/../secret", "{root}x/secret", "{root}/%2e%2e/secret"],
)
def test_the_door_opens_only_below_its_root(root, outside):
    door = FileDoor(root, now)
    with pytest.raises(Rejected, match="is not below"):
        door.call("PUT", outside.format(root=root.as_uri()), data=b"x")
    with pytest.raises(Rejected):
        door.call("MOVE", f"{root.as_uri()}/a", headers={"Destination": outside.format(root=root.as_uri())})


def test_the_door_does_nothing_else(root):
    with pytest.raises(Rejected, match="PATCH does not work on files"):
        FileDoor(root, now).call("PATCH", f"{root.as_uri()}/a")


def test_a_root_below_a_hidden_directory_is_as_good_as_any(tmp_path):
    root = tmp_path / ".local" / "posts"
    platform = Folder(Options(root), FileDoor(root, now), Held())
    publish(platform, post())
    assert Page(root / "index.html").text.count("A bridge opens") == 1
