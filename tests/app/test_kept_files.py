"""What rehearsals leave to look at: for one person alone, and not for ever."""

import os
import stat
import time

import pytest

from syndicate.app import kept_files
from syndicate.app.kept_files import WEEK, kept_file, kept_folder


@pytest.fixture
def room(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_files, "place", lambda: tmp_path / "room")
    monkeypatch.setattr(kept_files.tempfile, "tempdir", str(tmp_path))
    return tmp_path / "room"


def test_a_picture_is_kept_once_and_for_its_owner_alone(room):
    first, second = kept_file("a.jpg", b"picture"), kept_file("a.jpg", b"picture")
    assert first == second == room / "a.jpg"
    assert first.read_bytes() == b"picture"
    assert [path.name for path in room.iterdir()] == ["a.jpg"]
    assert stat.S_IMODE(room.stat().st_mode) == 0o700


def test_what_was_kept_a_week_ago_is_removed(room):
    old, folder, new = kept_file("old.jpg", b"1"), kept_folder("sandbox"), kept_file("new.jpg", b"2")
    (folder / "index.html").write_text("page", encoding="utf-8")
    for path in (old, folder):
        os.utime(path, (time.time() - WEEK - 60,) * 2)
    kept_folder("sandbox")
    assert (old.exists(), folder.exists(), new.exists()) == (False, False, True)


def test_a_folder_that_others_can_read_or_that_leads_elsewhere_is_not_used(room, tmp_path):
    room.mkdir(mode=0o755)
    room.chmod(0o755)
    kept = kept_folder("sandbox")
    assert not kept.is_relative_to(room)
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    room.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    room.symlink_to(tmp_path / "elsewhere")
    assert not kept_file("a.jpg", b"picture").is_relative_to(room)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_where_nothing_can_be_written_nothing_is_kept(room):
    room.write_text("a file", encoding="utf-8")
    kept_files.tempfile.tempdir = str(room)
    assert kept_file("a.jpg", b"picture") is None
