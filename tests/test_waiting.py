"""Waiting in tests: a condition over what another thread is filling."""

from __future__ import annotations

import pytest

from tests.waiting import wait_for


def test_what_another_thread_fills_while_it_is_read_is_asked_once_more():
    tries = []

    def condition():
        tries.append(1)
        if len(tries) < 3:
            filled = {1: 1}
            for _ in filled:
                filled[len(filled) + 1] = 1
        return True

    assert wait_for(condition)
    assert len(tries) == 3


def test_any_other_error_of_a_condition_is_an_error_of_the_test():
    with pytest.raises(RuntimeError, match="broken"):
        wait_for(_broken)


def _broken():
    raise RuntimeError("broken")
