"""The worker as a process: killed, stopped, starved, lied to; a post never waits for it in vain."""

import io
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE

import pytest
from PIL import Image as Pillow

from syndicate.errors import RenderError
from syndicate.model import Limits
from syndicate.rendering import pixels
from syndicate.rendering.cards import studio as module
from syndicate.rendering.cards import wire
from syndicate.rendering.cards.studio import Studio
from syndicate.rendering.environment import builtin_templates
from syndicate.rendering.preview.rendition import rendition
from tests import processes
from tests.waiting import PATIENCE, wait_for
from tests.worlds.pictures import drawn as photographed
from tests.worlds.pictures import saved

SLOW = (
    "<style>.a { position: absolute; width: 1200px; height: 630px;"
    " background-image: conic-gradient(red, blue) }</style>"
    "<div>{% for n in range(3000) %}<div class=a></div>{% endfor %}</div>"
)
"""Half a minute's work for the engine, and none for its memory."""


@pytest.fixture
def studio(monkeypatch):
    """Makes studios, whose workers may take their time to start, and ends those."""
    monkeypatch.setattr(module, "START_SECONDS", PATIENCE)
    made = []

    def make(*folders, **wishes):
        made.append(Studio([*folders, builtin_templates()], **wishes))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def mine(tmp_path):
    """A publisher's folder with the theme `mine`."""

    def write(html):
        folder = tmp_path / "cards" / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "theme.yaml").write_text("extends: headline\n", encoding="utf-8")
        (folder / "card.html.j2").write_text(html, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def asked(monkeypatch):
    """Calls `act` when the worker has its next order, and waits for its answer no longer than `seconds`, if given."""

    def then(act=lambda: None, seconds=None):
        granted = []

        def read(descriptor, usual, read=wire.read):
            monkeypatch.setattr(wire, "read", read)
            granted.append(usual)
            act()
            return read(descriptor, seconds or usual)

        monkeypatch.setattr(wire, "read", read)
        return granted

    return then


@pytest.fixture
def hurried(asked):
    """The next answer comes too late, however long it may take; gives how long that was."""
    return lambda: asked(seconds=0.2)


def size_of(drawn):
    return Pillow.open(io.BytesIO(drawn.media.data)).size


def test_a_card_comes_from_the_worker_as_it_would_from_here(studio, order, drawn, photo):
    asked = order(photo)
    assert studio().draw(asked, photo).media == drawn(photo)[1].media


def test_a_theme_that_takes_for_ever_gives_the_cropped_photo_and_a_warning(studio, order, photo, mine, hurried):
    desk = studio(mine(SLOW), seconds=PATIENCE)
    desk.draw(order(photo), photo)
    granted = hurried()
    found = desk.draw(order(photo, theme="mine"), photo)
    assert granted == [PATIENCE]
    assert size_of(found) == (1200, 630)
    assert found.warnings == (f"the photo is used instead of the card: took longer than {PATIENCE:g} s",)


def test_a_theme_that_took_too_long_does_not_keep_a_queue_waiting(studio, order, photo, mine, hurried, monkeypatch):
    monkeypatch.setattr(module, "REST", 60 * PATIENCE)
    desk = studio(mine(SLOW), seconds=PATIENCE)
    desk.draw(order(photo), photo)
    hurried()
    desk.draw(order(photo, theme="mine"), photo)
    worker = desk._child.process.pid
    found = desk.draw(order(photo, theme="mine", title="Another"), photo)
    assert f"took longer than {PATIENCE:g} s a moment ago" in found.warnings[0]
    assert desk.draw(order(photo, title="Another theme"), photo).warnings == ()
    assert desk._child.process.pid == worker, "nothing was given up, so nothing was waited for"


def test_without_a_photo_a_broken_theme_gives_no_picture_and_one_line(studio, order, mine):
    with pytest.raises(RenderError, match=r"^no card: cards/mine/card\.html\.j2:1:4: 'nothing' is undefined$"):
        studio(mine("{{ nothing }}")).draw(order(theme="mine"), None)


def test_a_broken_theme_gives_the_cropped_photo(studio, order, photo, mine):
    found = studio(mine("{{ nothing }}")).draw(order(photo, theme="mine", size="x"), photo)
    assert size_of(found) == (1600, 900)
    assert "'nothing' is undefined" in found.warnings[0]


def test_a_theme_that_left_is_no_reason_to_lose_a_post(studio, order, photo):
    found = studio().draw(order(photo, theme="gone"), photo)
    assert found.warnings == ("the photo is used instead of the card: there is no theme 'gone'",)


def test_a_worker_that_was_killed_is_followed_by_another(studio, order, photo):
    desk = studio()
    first = desk.draw(order(photo), photo)
    os.kill(desk._child.process.pid, signal.SIGKILL)
    desk._child.process.wait()
    assert desk.draw(order(photo), photo).media == first.media


def test_a_worker_killed_at_work_costs_the_card_and_not_the_post(studio, order, photo, mine, asked):
    desk = studio(mine(SLOW), seconds=PATIENCE)
    desk.draw(order(photo), photo)
    asked(lambda: os.kill(desk._child.process.pid, signal.SIGKILL))
    found = desk.draw(order(photo, theme="mine"), photo)
    assert size_of(found) == (1200, 630)
    assert found.warnings == ("the photo is used instead of the card: the card worker ended by itself (signal 9)",)


def test_a_card_larger_than_memory_ends_the_worker_and_not_the_post(studio, order, photo, mine):
    huge = "<style>.a { width: 900000000px; height: 900000000px; background-image: linear-gradient(red, blue) }</style>"
    found = studio(mine(huge + '<div class="a">x</div>'), seconds=5).draw(order(photo, theme="mine"), photo)
    assert size_of(found) == (1200, 630)
    assert found.warnings[0].startswith("the photo is used instead of the card: ")


def test_the_workers_memory_has_an_end(studio, order, photo, mine):
    hungry = "{% set ns = namespace(x='x') %}<div>{% for i in range(90000) %}{{ 'y' * 90000 }}{% endfor %}</div>"
    found = studio(mine(hungry)).draw(order(photo, theme="mine"), photo)
    assert size_of(found) == (1200, 630)
    assert len(found.warnings) == 1


def test_no_secret_is_in_the_workers_environment(studio, order, photo, monkeypatch):
    monkeypatch.setenv("MASTODON_TOKEN", "sesame-sesame")
    desk = studio()
    desk.draw(order(photo), photo)
    environ = Path(f"/proc/{desk._child.process.pid}/environ")
    if not environ.exists():
        pytest.skip("no /proc here")
    assert b"sesame" not in environ.read_bytes()


def test_the_worker_leaves_with_its_parent(tmp_path, photo):
    (tmp_path / "photo.jpg").write_bytes(photo)
    script = (
        "import sys; from pathlib import Path; from dataclasses import replace\n"
        "from tests.worlds.cards import ARTICLE, SITE\n"
        "from syndicate.rendering.cards.order import Order\n"
        "from syndicate.rendering.cards.studio import Studio\n"
        "from syndicate.rendering.environment import builtin_templates\n"
        "studio = Studio([builtin_templates()])\n"
        "order = Order(ARTICLE, SITE, None, 'default', None, '', 10**6, ('image/jpeg',))\n"
        "studio.draw(order, Path(sys.argv[1]).read_bytes())\n"
        "print(studio._child.process.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    parent = processes.start(
        [sys.executable, "-c", script, str(tmp_path / "photo.jpg")],
        stdin=PIPE,
        stdout=PIPE,
        text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    pid = parent.stdout.readline()
    assert _alive(int(pid))
    processes.end(parent)
    assert wait_for(lambda: not _alive(int(pid)))


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_making_a_photo_ready_does_not_load_pillow():
    script = (
        "import sys\n"
        "from syndicate.model import Limits\n"
        "from syndicate.rendering.cards.studio import Studio\n"
        "studio = Studio([]); data = sys.stdin.buffer.read()\n"
        "media = studio.encode(data, Limits(text=1), '', max_bytes=10**6); studio.close()\n"
        "print(media.width, *sorted({'PIL', 'numpy', 'jinja2'} & set(sys.modules)))"
    )
    done = processes.run([sys.executable, "-c", script], input=photographed(kind="WEBP"), text=False)
    assert done.stdout.split() == [b"320"]


def test_asking_for_a_card_loads_neither_pillow_nor_the_engine():
    script = (
        "import sys; from datetime import datetime, UTC\n"
        "from syndicate.model import Article, Site\n"
        "from syndicate.rendering.cards.order import Order\n"
        "from syndicate.rendering.cards.studio import Studio\n"
        "from syndicate.rendering.environment import builtin_templates\n"
        "studio = Studio([builtin_templates()])\n"
        "order = Order(Article('s', 'https://a.example/1', 'A story'), Site('G', 'https://a.example/'), None,"
        " 'default', None, '', 10**6, ('image/jpeg',))\n"
        "drawn = studio.draw(order, None); studio.close()\n"
        "print(len(drawn.media.data) > 1000, *sorted({'PIL', 'pytakumi', 'numpy', 'jinja2'} & set(sys.modules)))"
    )
    done = processes.run([sys.executable, "-c", script])
    assert done.stdout.split() == ["True"]


@pytest.mark.parametrize(
    "message",
    [b"", b"\0\0", b"\xff" * 8, b"\0\0\0\4\0\0\0\0nope", b"\0\0\0\2\0\0\0\0[]", b"\0\0\0\2\0\0\0\5{}ab"],
)
def test_what_is_no_message_is_told_as_broken(message):
    there, here = os.pipe()
    try:
        os.write(here, message)
        os.close(here)
        with pytest.raises(wire.Broken):
            wire.read(there, 5)
    finally:
        os.close(there)


def test_a_message_arrives_as_it_was_sent_and_silence_has_an_end():
    there, here = os.pipe()
    try:
        body = saved(Pillow.new("RGB", (20, 20)))
        wire.write(here, {"a": ["ü", 1]}, body)
        assert wire.read(there, 5) == ({"a": ["ü", 1]}, body)
        with pytest.raises(wire.Late):
            wire.read(there, 0.05)
    finally:
        os.close(there)
        os.close(here)


def test_threads_share_one_worker(studio, order, photo):
    desk = studio()
    desk.draw(order(photo), photo)
    worker = desk._child.process.pid
    found = {}

    def work(number):
        found[number] = desk.draw(order(photo, title=f"Story {number}"), photo).media

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({media.file for media in found.values()}) == 8
    assert desk._child.process.pid == worker


LIMITS = Limits(text=500, image_types=("image/jpeg", "image/png"), image_pixels=90_000)


def test_a_photo_is_made_ready_in_the_worker_as_it_would_be_here(studio):
    desk = studio()
    for data in (
        photographed(),
        photographed((800, 600)),
        photographed(kind="PNG"),
        photographed(kind="WEBP"),
        photographed(comment=b"a"),
    ):
        for edge in (None, 200):
            asked = {"max_bytes": 100_000, "edge": edge}
            assert desk.encode(data, LIMITS, "alt", **asked) == pixels.encode(data, LIMITS, "alt", **asked)


def test_accounts_with_the_same_limits_share_one_photo_and_others_do_not(studio):
    desk, data = studio(), photographed((800, 600), kind="WEBP")
    first = desk.encode(data, LIMITS, "one", max_bytes=100_000)
    other = desk.encode(data, LIMITS, "two", max_bytes=100_000)
    assert other.data is first.data
    assert (first.alt, other.alt) == ("one", "two")
    assert desk.encode(data, replace(LIMITS, image_pixels=9_000), "", max_bytes=100_000).width < first.width
    assert len(desk.encode(data, LIMITS, "", max_bytes=4_000).data) <= 4_000


def test_what_is_no_photo_is_refused_by_the_worker_in_one_line(studio):
    desk = studio()
    for ask in (desk.check, lambda data: desk.encode(data, LIMITS, "", max_bytes=100)):
        with pytest.raises(RenderError, match=r"^not a picture we can read \(UnidentifiedImageError\)$"):
            ask(b"<html>")
    desk.check(photographed())
    assert desk.small(b"<html>") is None
    assert desk.small(photographed((1200, 600))) == rendition(photographed((1200, 600)))


def test_a_photo_at_which_the_worker_ends_is_not_tried_again_at_once(studio, asked):
    desk = studio()
    desk.check(photographed())
    os.kill(desk._child.process.pid, signal.SIGSTOP)  # else it may answer before it is ended
    granted = asked(lambda: os.kill(desk._child.process.pid, signal.SIGKILL))
    for words in ("", " a moment ago"):
        with pytest.raises(RenderError, match=rf"^the card worker ended by itself \(signal 9\){words}$"):
            desk.encode(photographed(), LIMITS, "", max_bytes=100_000)
    assert granted == [module.PHOTO_SECONDS]
    desk.check(photographed(kind="PNG"))


def test_a_photo_that_takes_for_ever_is_given_up(studio, hurried, monkeypatch):
    monkeypatch.setattr(module, "PHOTO_SECONDS", PATIENCE)
    desk = studio()
    desk.check(photographed())
    os.kill(desk._child.process.pid, signal.SIGSTOP)
    hurried()
    with pytest.raises(RenderError, match=f"^took longer than {PATIENCE:g} s$"):
        desk.encode(photographed(), LIMITS, "", max_bytes=100_000)
    desk.check(photographed(kind="PNG"))


def test_a_photo_that_kills_the_worker_is_not_the_themes_fault(studio, order, photo, asked):
    desk = studio()
    desk.draw(order(), None)
    os.kill(desk._child.process.pid, signal.SIGSTOP)
    asked(lambda: os.kill(desk._child.process.pid, signal.SIGKILL))
    found = desk.draw(order(photo), photo)
    assert found.warnings == ("the photo is left out of the card: the card worker ended by itself (signal 9)",)
    assert desk.draw(order(theme="headline"), None).warnings == ()


def test_a_worker_that_reads_nothing_keeps_nobody_waiting():
    there, here = os.pipe()
    try:
        os.set_blocking(here, False)
        with pytest.raises(wire.Late):
            wire.write(here, {}, bytes(10_000_000), 0.05)
    finally:
        os.close(there)
        os.close(here)


def test_the_worker_is_ended_before_its_parent_where_the_machine_has_no_memory_left(studio):
    desk = studio()
    desk.check(photographed())
    score = Path(f"/proc/{desk._child.process.pid}/oom_score_adj")
    if not score.exists():
        pytest.skip("no /proc here")
    assert score.read_text().strip() == "1000"


def test_leaving_waits_for_no_picture(studio, order, photo, mine, asked):
    desk = studio(mine(SLOW), seconds=PATIENCE)
    desk.draw(order(photo), photo)
    told, busy = [], threading.Event()
    asked(busy.set)

    def work():
        try:
            desk.draw(order(photo, theme="mine"), photo)
        except RenderError as fault:
            told.append(str(fault))

    thread = threading.Thread(target=work)
    thread.start()
    assert busy.wait(PATIENCE)
    desk.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert told == ["no card: the card worker ended by itself (signal 9); the photo: the run is ending"]
    assert desk._child.process is None
