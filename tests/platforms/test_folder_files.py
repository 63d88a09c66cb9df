"""What a folder of posts has on disk, to the byte, and how its door answers."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.errors import Rejected, Unavailable, Uncertain
from syndicate.model import Receipt
from syndicate.platforms import folder
from syndicate.platforms.folder import FileDoor, Folder, Options
from syndicate.platforms.folder import door as files
from syndicate.platforms.folder.pages import entry, index, listed, page
from syndicate.ports import Sender
from syndicate.testing import KEY, LINK, OTHER_KEY, Held, illustrated, now, post

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "posts"


@pytest.fixture
def platform(root):
    return Folder(Options(root), FileDoor(root, now), Held())


@pytest.fixture
def door(root):
    return FileDoor(root, now)


def publish(platform, story, key=KEY):
    return platform.commit(platform.prepare(story, key), key)


def shown(root):
    return list(listed((root / "index.html").read_text(encoding="utf-8")))


def test_who_a_folder_is(tmp_path):
    options = Options(tmp_path / "a b")
    identity = Folder(options, None, Held()).verify()
    uri = (tmp_path / "a b").as_uri()
    assert (identity.id, identity.name, identity.url) == (uri, "a b", f"{uri}/index.html")
    assert Folder.whose(options) == (str(tmp_path / "a b"),)
    assert options.redirected("http://x", tmp_path / "c", "desk") == Options(tmp_path / "c")
    assert Folder(options, None, Held()).measure("é\N{GRINNING FACE}") == 2
    assert isinstance(Folder.door(options, now), FileDoor)


def test_an_edit_writes_words_link_and_page_again_and_keeps_the_rest(platform, root):
    story = replace(illustrated(text="Öffnet"), language="de", at=AT)
    receipt = publish(platform, story)
    publish(platform, post("Second"), OTHER_KEY)
    before = json.loads((root / KEY / "post.json").read_text(encoding="utf-8"))
    new = post(
        "Ist offen", link="https://gazette.example/b", language="en", article={"url": "https://gazette.example/b"}
    )
    assert platform.edit(receipt, new) is receipt
    said = {"text": "Ist offen", "link": new.link, "language": "en", "article": new.article}
    written = (root / KEY / "post.json").read_text(encoding="utf-8")
    assert written == json.dumps(before | said, ensure_ascii=False, indent=2)
    assert (root / KEY / "post.txt").read_text(encoding="utf-8") == "Ist offen\n"
    assert (root / KEY / "index.html").read_text(encoding="utf-8") == page(before | said)
    whole = (root / "index.html").read_text(encoding="utf-8")
    assert listed(whole)[KEY] == entry(before | said, KEY)
    assert list(listed(whole)) == [OTHER_KEY, KEY]


def test_an_edit_of_what_the_index_no_longer_lists_leaves_the_index_alone(platform, root):
    receipt = publish(platform, post())
    (root / "index.html").write_text("mine", encoding="utf-8")
    platform.edit(receipt, post("New"))
    assert (root / "index.html").read_text(encoding="utf-8") == "mine"


def test_an_edit_of_what_is_gone_is_refused(platform):
    with pytest.raises(Rejected, match=f"^folder: somebody removed {KEY}$") as caught:
        platform.edit(Receipt(KEY, None), post())
    assert caught.value.status == 404


def test_a_deletion_removes_directory_and_entry_and_may_come_twice(platform, root):
    receipt = publish(platform, post())
    publish(platform, post("Second"), OTHER_KEY)
    platform.delete(receipt)
    assert not (root / KEY).exists()
    assert shown(root) == [OTHER_KEY]
    before = (root / "index.html").stat().st_mtime_ns
    platform.delete(receipt)
    assert (root / "index.html").stat().st_mtime_ns == before
    with pytest.raises(Rejected, match=r"https://a\.example/b is not a post in this folder"):
        platform.delete(Receipt("https://a.example/b", None))


def test_a_look_up_finds_the_directory_and_lists_it_once(platform, root):
    draft = platform.prepare(post(), KEY)
    assert platform.find(draft, KEY, AT) is None
    assert not (root / "index.html").exists()
    receipt = platform.commit(draft, KEY)
    before = (root / "index.html").read_bytes()
    assert platform.find(draft, KEY, AT) == receipt == Receipt(KEY, (root / KEY / "index.html").as_uri())
    assert (root / "index.html").read_bytes() == before


def test_the_index_lists_so_many_posts(platform, root, monkeypatch):
    assert folder.SHOWN == 1000
    monkeypatch.setattr(folder, "SHOWN", 2)
    keys = [f"{number:032x}" for number in range(3)]
    for key in keys:
        publish(platform, post(key), key)
    assert shown(root) == [keys[2], keys[1]]
    assert (root / keys[0] / "post.json").exists()


def test_the_index_is_kept_as_it_is_though_posts_are_removed_by_hand(platform, root):
    publish(platform, post())
    publish(platform, post("Second"), OTHER_KEY)
    (root / KEY / "post.json").unlink()
    third = "f" * 32
    publish(platform, post("Third"), third)
    assert shown(root) == [third, OTHER_KEY, KEY]


def test_an_index_with_broken_letters_keeps_its_entries(platform, root):
    publish(platform, post())
    path = root / "index.html"
    path.write_bytes(path.read_bytes() + b"\xff")
    publish(platform, post("Second"), OTHER_KEY)
    assert shown(root) == [OTHER_KEY, KEY]


def test_a_lost_index_is_made_of_what_can_be_read_newest_first(platform, root):
    keys = [f"{number:032x}" for number in range(4)]
    for key, minute in zip(keys, (2, 1, 1, 3), strict=True):
        publish(platform, post(key, at=AT.replace(minute=minute)), key)
    (root / keys[0] / "post.json").unlink()
    (root / "index.html").unlink()
    third = "f" * 32
    publish(platform, post("Third", at=AT), third)
    assert shown(root) == [third, keys[3], keys[2], keys[1]]


def test_what_is_there_and_what_was_removed_is_said_with_its_status(platform, root):
    draft = platform.prepare(post(), KEY)
    platform.commit(draft, KEY)
    platform.prepare(post(), KEY)
    with pytest.raises(Uncertain, match=r"^folder: this post is there already$") as caught:
        platform.commit(draft, KEY)
    assert caught.value.status == 412
    with pytest.raises(Rejected, match=rf"somebody removed \.prepared/{OTHER_KEY} before it was moved") as caught:
        platform.commit(draft, OTHER_KEY)
    assert caught.value.status == 404
    assert shown(root) == [KEY]


def test_the_door_answers_as_a_server_does(door, root):
    at = root.as_uri()

    def call(method, path, **more):
        reply = door.call(method, f"{at}{path}", **more)
        assert reply.url == f"{at}{path}"
        assert reply.headers == {}
        assert abs((now() - reply.received_at).total_seconds()) < 60
        return reply.status, reply.body

    assert call("GET", "/") == (404, b"")
    assert call("GET", "/a/b") == (404, b"")
    assert call("PUT", "/a/b", data=b"x") == (201, b"{}")
    assert call("PUT", "/.c", data=b"") == (201, b"{}")
    assert call("PUT", "/a/a", data=b"y") == (201, b"{}")
    assert call("GET", "/a/b") == (200, b"x")
    assert call("GET", "/a") == (200, b'["a", "b"]')
    assert call("GET", "/") == (200, b'["a"]')
    assert call("MOVE", "/a", headers={"Destination": f"{at}/d"}) == (201, b"{}")
    assert call("MOVE", "/a", headers={"Destination": f"{at}/e"}) == (404, b"")
    assert call("PUT", "/a/b", data=b"z") == (201, b"{}")
    assert call("MOVE", "/a", headers={"Destination": f"{at}/d"}) == (412, b"")
    assert call("GET", "/d/b") == (200, b"x")
    assert call("DELETE", "/a") == (204, b"{}")
    assert call("DELETE", "/d/b") == (204, b"{}")
    assert call("DELETE", "/d/b") == (404, b"")
    assert sorted(path.name for path in root.rglob("*")) == [".c", "a", "d"]


@pytest.mark.parametrize(("method", "data"), [("POST", b"x"), ("PUT", {"a": "b"}), ("PUT", None)])
def test_the_door_takes_nothing_else(door, root, method, data):
    with pytest.raises(Rejected, match=f"folder: {method} does not work on files"):
        door.call(method, f"{root.as_uri()}/a", data=data)


def test_what_the_disk_refuses_is_told_with_its_place(door, root):
    door.call("PUT", f"{root.as_uri()}/a", data=b"x")
    with pytest.raises(Unavailable, match=r"^folder: Not a directory: .*/posts/a/b$") as caught:
        door.call("PUT", f"{root.as_uri()}/a/b/c", data=b"x")
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize(("path", "lasting"), [("/a", True), ("/.prepared/a", False), ("/a/.b", False), ("/a/b", True)])
def test_what_readers_see_survives_a_power_cut(door, root, path, lasting, monkeypatch):
    settled = []
    monkeypatch.setattr(files, "_settle", lambda place: settled.append(place.is_dir()))
    door.call("PUT", f"{root.as_uri()}{path}", data=b"x")
    assert settled == ([False, True] if lasting else [])


def test_what_is_moved_into_place_survives_a_power_cut(door, root, monkeypatch):
    for name in ("a", "b"):
        door.call("PUT", f"{root.as_uri()}/.p/{name}", data=b"x")
    settled = []
    monkeypatch.setattr(files, "_settle", lambda place: settled.append(place.relative_to(root).as_posix()))
    door.call("MOVE", f"{root.as_uri()}/.p", headers={"Destination": f"{root.as_uri()}/d"})
    assert sorted(settled[:2]) == [".p/a", ".p/b"]
    assert settled[2:] == [".p", "."]


def test_settling_leaves_no_file_open(root, monkeypatch):
    root.mkdir()
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    files._settle(root)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.close(*synced)


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(door, root, monkeypatch):
    at = f"{root.as_uri()}/a"
    door.call("PUT", at, data=b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_settle", full)
    with pytest.raises(Unavailable, match=r"^folder: No space left on device: .*/posts/a$"):
        door.call("PUT", at, data=b"new")
    with pytest.raises(Unavailable, match="No space left"):
        door.call("MOVE", f"{root.as_uri()}", headers={"Destination": f"{root.as_uri()}/b"})
    assert [(path.name, path.read_bytes()) for path in root.iterdir()] == [("a", b"old")]


DRAFT = {
    "text": f'One <b> "é"\n\n\n\nTwo {LINK}',
    "link": LINK,
    "language": 'd"e',
    "at": "2026-11-23T10:00:05+02:00",
    "article": {"url": LINK},
    "media": [{"file": "a.png", "mime": "image/png", "width": 8, "height": 6, "alt": '"A" & b'}],
}
ESCAPED = LINK.replace("&", "&amp;")
PLACE = LINK.removeprefix("https://").partition("?")[0]
PICTURE = 'alt="&quot;A&quot; &amp; b" width="8" height="6" loading="lazy">\n'
MOMENT = '<time datetime="2026-11-23T10:00:05+02:00">23 Nov 2026, 08:00 UTC</time>'
LANGUAGE = 'dir="auto" lang="d&quot;e"'


def article(beside, moment):
    return (
        f"<article>\n<p {LANGUAGE}>One &lt;b&gt; &quot;é&quot;\n\nTwo</p>\n"
        f'<img src="{beside}a.png" {PICTURE}<footer>{moment} · <bdi><a href="{ESCAPED}" rel="noopener noreferrer">'
        f"{PLACE}</a></bdi></footer>\n</article>"
    )


def test_a_post_on_its_own_page_and_in_the_index():
    assert entry(DRAFT, "k") == article("k/", f'<a href="k/index.html">{MOMENT}</a>')
    made = page(DRAFT)
    assert article("", MOMENT) + "\n</main>" in made
    assert '<h1 dir="auto">gazette.example</h1>\n<p class="sum"><a href="../index.html">All posts</a></p>' in made
    assert made.startswith('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    assert "<title>One &lt;b&gt; &quot;é&quot;</title>" in made


def test_the_headline_leads_to_the_article_and_is_not_said_twice():
    told = DRAFT | {"text": f"A <bridge>\n\nIt opens. {LINK}", "article": {"url": LINK, "title": "A <bridge>"}}
    link = f'<a href="{ESCAPED}" rel="noopener noreferrer">A &lt;bridge&gt;</a>'
    assert f"<article>\n<h2 {LANGUAGE}>{link}</h2>\n<p {LANGUAGE}>It opens.</p>\n<img" in entry(told, "k")
    assert f"</a> · <bdi>{PLACE}</bdi></footer>" in entry(told, "k")
    other = told | {"text": "In other words", "link": None}
    assert f"{link}</h2>\n<p {LANGUAGE}>In other words</p>" in entry(other, "k")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<b>", "file:///etc/passwd"])
def test_what_is_no_address_of_the_web_is_no_link(url):
    for title in ("A bridge", ""):
        told = DRAFT | {"text": "Words", "link": url, "article": {"url": url, "title": title}}
        assert entry(told, "k").count("<a ") == 1  # to the post's own page


def test_the_pages_say_whose_posts_these_are(root):
    door = FileDoor(root, now)
    door.sender = Sender("The <Gazette>", "archive")
    publish(Folder(Options(root), door, Held()), post())
    for path in (root / "index.html", root / KEY / "index.html"):
        made = path.read_text(encoding="utf-8")
        assert '<p class="kind">Posts in a folder, account archive</p>\n<h1 dir="auto">The &lt;Gazette&gt;</h1>' in made


def test_a_post_without_words_link_picture_or_language():
    bare = {"text": "", "link": None, "language": None, "at": "2026-11-23T10:00:05Z", "media": []}
    made = page(bare)
    assert "<title>Post</title>" in made
    assert '<h1 dir="auto">Posts</h1>' in made
    assert "<article>\n<footer><time" in made


def test_the_index_gives_its_entries_back_in_order():
    entries = {OTHER_KEY: "<p>\none</p>", KEY: "two"}
    made = index(entries)
    assert list(listed(made).items()) == list(entries.items())
    assert "<title>Posts</title>" in made
    assert "2 posts, newest first" in made
    assert listed("nothing") == {}
