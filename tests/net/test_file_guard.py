"""Regular files within their folder are read; links that lead out, pipes, devices and sockets are not."""

import os
import socket
from pathlib import Path

import pytest

from syndicate.net.file_guard import WORDS, RefusedFile, check, read


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "outside.env").write_text("SECRET=1")
    inside = tmp_path / "folder"
    (inside / "deep").mkdir(parents=True)
    (inside / "deep" / "a.txt").write_text("words")
    return inside


def refusal(path, within, most=100, **options):
    with pytest.raises(RefusedFile) as caught:
        read(path, within, most, **options)
    assert (caught.value.strerror, caught.value.filename) == (WORDS[caught.value.why], str(path))
    return caught.value.why


def test_a_file_and_a_link_that_stays_inside_are_read(folder):
    (folder / "b.txt").symlink_to("deep/a.txt")
    (folder / "deep" / "c.txt").symlink_to("../b.txt")
    (folder / "d").symlink_to(folder / "deep", target_is_directory=True)
    for name in ("deep/a.txt", "b.txt", "deep/c.txt", "d/a.txt", "deep/../b.txt"):
        assert read(folder / name, [folder], 100) == b"words"
        assert check(folder / name, [folder]) == (folder / "deep" / "a.txt").resolve()


def test_a_volume_whose_files_are_links_to_the_data_of_the_day_is_read(folder):
    day = folder / "..2026_11_29"
    day.mkdir()
    (day / "post.txt.j2").write_text("of today")
    (folder / "..data").symlink_to(day.name)
    (folder / "post.txt.j2").symlink_to("..data/post.txt.j2")
    assert read(folder / "post.txt.j2", [folder], 100) == b"of today"


def test_the_folder_itself_may_be_a_link(folder, tmp_path):
    current = tmp_path / "current"
    current.symlink_to(folder, target_is_directory=True)
    assert read(current / "deep" / "a.txt", [current], 100) == b"words"
    assert refusal(current / ".." / "outside.env", [current]) == "outside"


@pytest.mark.parametrize("target", ["../outside.env", "/etc/passwd", "/dev/zero", "..", "deep/../../outside.env"])
def test_a_link_that_leads_out_is_not_followed(folder, target):
    (folder / "x").symlink_to(target)
    assert refusal(folder / "x", [folder]) == "outside"
    (folder / "y").symlink_to("x")
    assert refusal(folder / "y", [folder]) == "outside"


def test_a_folder_that_leads_out_is_not_followed(folder, tmp_path):
    (folder / "all").symlink_to(tmp_path, target_is_directory=True)
    assert refusal(folder / "all" / "outside.env", [folder]) == "outside"


def test_a_folder_whose_name_begins_alike_is_another(folder, tmp_path):
    other = tmp_path / "folder2"
    other.mkdir()
    (other / "a.txt").write_text("x")
    (folder / "x").symlink_to(other / "a.txt")
    assert refusal(folder / "x", [folder]) == "outside"
    assert read(folder / "x", [folder, other], 100) == b"x"


def test_what_is_no_regular_file_is_neither_read_nor_waited_for(folder):
    os.mkfifo(folder / "pipe")
    (folder / "to-pipe").symlink_to("pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(folder / "socket"))
        for name in ("pipe", "to-pipe", "socket", "deep"):
            assert refusal(folder / name, [folder]) == "irregular"
            assert refusal(folder / name, None) == "irregular"
    assert refusal(Path("/dev/zero"), None) == "irregular"


def test_a_file_that_became_a_pipe_after_the_look_is_not_waited_for(folder, monkeypatch):
    path = folder / "deep" / "a.txt"

    def opened(real, flags, open_it=os.open):
        real.unlink()
        os.mkfifo(real)
        return open_it(real, flags)

    monkeypatch.setattr(os, "open", opened)
    assert refusal(path, [folder]) == "irregular"


def test_links_without_an_end_and_links_to_nothing_are_told(folder):
    (folder / "x").symlink_to("y")
    (folder / "y").symlink_to("x")
    (folder / "z").symlink_to("nowhere")
    assert refusal(folder / "x", [folder]) == "loop"
    assert refusal(folder / "z", [folder]) == "nowhere"
    with pytest.raises(FileNotFoundError):
        read(folder / "nowhere", [folder], 100)


def test_no_more_is_read_than_was_asked_for(folder):
    path = folder / "large"
    with path.open("wb") as file:
        file.truncate(20_000_000_000)
    assert refusal(path, [folder], 10) == "large"
    assert read(path, [folder], 10, cut=True) == bytes(10)
    path.write_bytes(b"0123456789")
    assert read(path, [folder], 10) == b"0123456789"
    assert refusal(path, [folder], 9) == "large"


def test_without_a_folder_a_link_may_lead_anywhere(folder):
    (folder / "x").symlink_to("../outside.env")
    assert read(folder / "x", None, 100) == b"SECRET=1"
