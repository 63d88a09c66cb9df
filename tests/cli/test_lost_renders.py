"""A story whose picture ends the process goes out without it the third time; others are not kept from going out."""

import threading

import pytest

from syndicate.delivery.lost_renders import told
from tests.waiting import PATIENCE


@pytest.mark.slow
def test_a_process_that_is_killed_over_a_picture_posts_without_it_the_third_time(desk, site):
    site.publish(1, photo=True)
    desk.config("masto", source=", preflight: off")
    answer, asked, over = site.answer, threading.Event(), threading.Event()

    def deadly(path, *rest):
        if path.endswith(".jpg"):
            asked.set()
            over.wait(PATIENCE)
        return answer(path, *rest)

    site.answer = deadly
    ended = []
    for backfill in (["--backfill", "1"], [], []):
        asked.clear()
        process = desk.start("post", *backfill)
        while process.poll() is None and not asked.wait(0.02):
            pass
        process.kill()
        ended.append((process.wait(), *process.communicate()))
    over.set()
    assert [code for code, *_ in ended] == [-9, -9, 0]
    assert told(2) in ended[2][2]
    assert len(desk.texts()) == 1
    [post] = desk.sandbox.posts()
    assert not post["media"]
