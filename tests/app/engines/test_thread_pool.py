"""Threads that are few while work is quick, and more where it waits."""

import threading

from syndicate.app.engines.thread_pool import GrowingPool
from tests.worlds.waiting import wait_for


def test_quick_work_is_done_by_few():
    crew, done = GrowingPool(2, 24, "t"), []
    for number in range(500):
        crew.submit(done.append, number)
    crew.grow()
    assert wait_for(lambda: len(done) == 500)
    crew.grow()
    assert len(crew) <= 4
    crew.close()


def test_work_that_waits_for_others_gets_more_threads_up_to_a_bound():
    crew, free, begun = GrowingPool(2, 8, "t"), threading.Event(), []

    def hang():
        begun.append(1)
        free.wait(10)

    for _ in range(20):
        crew.submit(hang)
    assert wait_for(lambda: len(begun) == 2)
    sizes = []
    for _ in range(4):
        crew.grow()
        sizes.append(len(crew))
    assert sizes == [4, 8, 8, 8]
    assert wait_for(lambda: len(begun) == 8)
    free.set()
    assert wait_for(lambda: len(begun) == 20)
    crew.close()


def test_a_crew_that_is_closed_does_what_was_asked_and_ends():
    crew, done = GrowingPool(2, 4, "t"), []
    for number in range(50):
        crew.submit(done.append, number)
    crew.close()
    assert wait_for(lambda: len(done) == 50)
    assert wait_for(lambda: not any(thread.name.startswith("t-") for thread in threading.enumerate()))
