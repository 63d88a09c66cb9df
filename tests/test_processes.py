"""The helper that starts processes for tests keeps what it promises, and all tests use it."""

from __future__ import annotations

import ast
import os
import signal
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from tests import processes

TESTS = Path(__file__).parent
IGNORING = ["sh", "-c", "trap '' INT TERM HUP; exec \"$@\"", "sh", sys.executable, "-c"]
HEARS = "import signal, sys; sys.exit(any(signal.getsignal(n) is signal.SIG_IGN for n in (2, 15, 1)))"
ASKS = f"""import sys
from tests import processes
{{}}
sys.exit(processes.run([sys.executable, "-c", {HEARS!r}], check=False).returncode)
"""


@pytest.mark.parametrize(("first", "deaf"), [("processes.default_signals_for_children()", 0), ("0", 1)])
def test_a_child_hears_signals_where_the_tests_were_started_deaf(first, deaf):
    """The second: so it would be without the helper."""
    assert processes.run([*IGNORING, ASKS.format(first)], check=False, cwd=TESTS.parent).returncode == deaf


@pytest.mark.parametrize(("first", "left"), [("processes.same_surroundings_for_children()", 0), ("0", 1)])
def test_a_child_meets_no_variable_of_the_machine_that_runs_the_tests(first, left):
    """The second: so it would be without the helper. On CI a login is refused, since the machine forgets it."""
    looks = "import os, sys; sys.exit('CI' in os.environ or 'SYNDICATE_KEY' in os.environ)"
    asks = ASKS.format(first).replace(repr(HEARS), repr(looks))
    here = os.environ | {"CI": "true", "SYNDICATE_KEY": "k"}
    run = processes.run([sys.executable, "-c", asks], check=False, cwd=TESTS.parent, env=here)
    assert run.returncode == left


def test_what_a_test_starts_is_ended_when_it_fails():
    def failing():
        with processes.ended():
            started.append(processes.start([sys.executable, "-c", "input()"], stdin=PIPE))
            raise KeyboardInterrupt

    started = []
    with pytest.raises(KeyboardInterrupt):
        failing()
    assert started[0].poll() == -signal.SIGKILL
    assert started[0].stdin.closed


def test_children_are_seen_while_they_live():
    if not Path("/proc/self/task").exists():
        pytest.skip("no /proc here")
    process = processes.start([sys.executable, "-c", "input()"], stdin=PIPE)
    assert "input()" in processes.children()[process.pid]
    processes.end(process)
    assert process.pid not in processes.children()


def test_no_test_starts_processes_by_itself():
    for path in TESTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    found = "subprocess" in {each.name for each in names}
                case ast.ImportFrom(module="subprocess", names=names):
                    found = {each.name for each in names} & {"call", "check_call", "check_output", "run"}
                case ast.Call(func=ast.Name(id="Popen")):
                    found = True
                case _:
                    found = False
            assert not found or path.name == "processes.py", path
