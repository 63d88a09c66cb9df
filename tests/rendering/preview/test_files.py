import os
import stat
import threading

import pytest

from syndicate.errors import ConfigError
from syndicate.rendering.preview.files import spare, write
from tests.waiting import PATIENCE


@pytest.fixture
def umask():
    before = os.umask(0o027)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_page_is_for_whom_new_files_are(tmp_path, umask):
    write(tmp_path / "page.html", "new")
    assert mode(tmp_path / "page.html") == 0o640


@pytest.mark.parametrize(("mask", "bits"), [(0, 0o640), (0o022, 0o640), (0o077, 0o600)])
def test_a_new_page_is_never_for_everybody(tmp_path, umask, mask, bits):
    os.umask(mask)
    write(tmp_path / "page.html", "stories of tomorrow")
    assert mode(tmp_path / "page.html") == bits


def test_a_page_that_was_there_keeps_its_readers(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("old", encoding="utf-8")
    page.chmod(0o600)
    write(page, "new")
    assert (page.read_text(encoding="utf-8"), mode(page)) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [page]


def test_a_page_without_a_place_is_for_one_person(umask):
    page = spare("syndicate-test-")
    try:
        write(page, "stories of tomorrow")
        assert mode(page) == 0o600
    finally:
        page.unlink()


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.html").write_text("old", encoding="utf-8")
    link = tmp_path / "link.html"
    link.symlink_to("real.html")
    write(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real.html").read_text(encoding="utf-8") == "new"


def test_a_pipe_is_written_into_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard = []
    listener = threading.Thread(target=lambda: heard.append(pipe.read_text(encoding="utf-8")))
    listener.start()
    write(pipe, "new")
    listener.join(PATIENCE)
    assert heard == ["new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    loop = tmp_path / "loop.html"
    loop.symlink_to("loop.html")
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "folder", tmp_path / "none" / "page.html", loop):
        with pytest.raises(ConfigError, match="cannot be written"):
            write(place, "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "loop.html"]
