"""Ten runs of which each finds no ledger, and some are killed: each story once, or held where nobody can tell."""

import os

import pytest

from tests.chaos.forgetful import STATE, forgetful


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2] if os.environ.get("SYNDICATE_STEPS") == "all" else [1])
def test_runs_are_killed_and_the_ledger_is_gone_each_time_each_story_once(tmp_path, seed):
    result = forgetful(10, seed, tmp_path, kills=(1, 2, 4, 5, 8))
    told = f"{result.told()}\n{(tmp_path / 'said.log').read_text(encoding='utf-8')[-6000:]}"
    assert result.killed == 5, told
    assert result.wrong() == [], told
    assert set(result.held) <= {"webhook"}, told
    assert '"run"' not in (tmp_path / STATE).read_text(encoding="utf-8"), told
