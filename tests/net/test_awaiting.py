"""Work that is done while a server makes its answer."""

from __future__ import annotations

import pytest

from syndicate.net.awaiting import awaited, meanwhile


def test_it_is_done_once_and_when_the_first_request_has_left():
    done = []
    with meanwhile(lambda: done.append("work")):
        done.append("asked")
        awaited()
        done.append("answered")
        awaited()
    awaited()
    assert done == ["asked", "work", "answered"]


def test_where_no_request_leaves_it_is_done_at_the_end_and_after_a_fault_not_at_all():
    done = []
    with meanwhile(lambda: done.append("work")):
        done.append("said")
    with pytest.raises(ValueError, match="no"), meanwhile(lambda: done.append("work")):
        raise ValueError("no")
    awaited()
    assert done == ["said", "work"]


def test_what_it_does_asks_for_nothing_itself():
    done = []

    def work():
        awaited()
        done.append("work")

    with meanwhile(work):
        awaited()
    assert done == ["work"]
