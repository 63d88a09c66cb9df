"""`make mutants`: on a small tree made for the purpose, with real runs of its tests."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bench import mutants
from bench.mutations import mutations
from tests import processes
from tests.waiting import PATIENCE

BENCH = Path(mutants.__file__).parent
WHOLE = pytest.mark.skipif(os.environ.get("SYNDICATE_MUTANTS") != "all", reason="for who changes the tool itself")


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A project with git; `mutants` is about this one instead of ours."""
    root = tmp_path / "project"

    def write(files: dict[str, str]) -> Path:
        for name, text in {"syndicate/__init__.py": "", "tests/__init__.py": "", "equivalent.txt": "", **files}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return root

    write({})
    processes.run(["git", "init", "-q"], cwd=root)
    monkeypatch.setattr(mutants, "ROOT", root)
    monkeypatch.setattr(mutants, "EQUIVALENT", root / "equivalent.txt")
    return write


def judged(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = mutants.main(["--workers", "1", *arguments])
    return code, capsys.readouterr().out


def alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# The list of what makes no difference


def test_every_change_that_makes_no_difference_is_still_one_and_says_why():
    known = mutants.equivalents(mutants.EQUIVALENT.read_text(encoding="utf-8"))
    files = {file for file, *_ in known}
    possible = {found.name for file in files for found in mutations(file, (mutants.ROOT / file).read_bytes())}
    assert [name for name in known if name not in possible] == []
    assert all(len(reason) > 20 for reason in known.values())


def test_a_change_is_listed_as_it_is_printed():
    found = mutations("syndicate/one.py", b"class A:\n    def b(self):\n        return c < d\n")
    text = "".join(f"# A comment.\n\n{mutation}\nbecause {n}\n\n" for n, mutation in enumerate(found))
    assert mutants.equivalents(text) == {mutation.name: f"because {n}" for n, mutation in enumerate(found)}


# The sample


def test_each_group_has_its_share_and_a_module_is_in_one_group(tree):
    tree({
        "syndicate/schedule.py": "a = 1 < 2\n",
        "syndicate/delivery/__init__.py": "",
        "syndicate/delivery/retry_policy.py": "a = 1 < 2\n",
        "syndicate/delivery/gates.py": "a = 1 < 2\n" * 50,
        "syndicate/ledger/claims.py": "a = 1\n" * 2,
    })  # fmt: skip
    assert mutants.grouped() == {
        "deciders": ["syndicate/delivery/retry_policy.py", "syndicate/schedule.py"],
        "ingestion": [],
        "delivery": ["syndicate/delivery/__init__.py", "syndicate/delivery/gates.py"],
        "ledger": ["syndicate/ledger/claims.py"],
        "adapters": [],
    }
    count = {
        group: sum(mutation.file in files for mutation in mutants.sample(1, 15))
        for group, files in mutants.grouped().items()
    }
    assert count == {"deciders": 6, "ingestion": 0, "delivery": 5, "ledger": 4, "adapters": 0}


def test_the_sample_is_the_same_for_the_same_seed_and_another_for_another(tree):
    tree({"syndicate/schedule.py": "a = 1 < 2\n" * 50})
    assert mutants.sample(1, 10) == mutants.sample(1, 10) != mutants.sample(2, 10)
    assert {mutation.file for mutation in mutants.sample(1, 10, "dates.py")} == set()


def test_today_every_group_has_modules():
    assert all(mutants.grouped().values())


# Runs


@WHOLE
@pytest.mark.slow
def test_a_change_is_noticed_by_the_ring_that_has_the_test_and_what_nobody_notices_is_told(tree, capsys):
    names = ("mirror", "importer", "other", "nobody")
    test = "def test_a():\n    seen = []\n    {0}(seen)\n    assert seen == ['{0}']\n"
    tree({
        "syndicate/schedule.py": "\n".join(f"def {name}(seen):\n    seen.append('{name}')\n" for name in names),
        "syndicate/plan.py": "from syndicate.schedule import other\n",
        "tests/test_schedule.py": "from syndicate.schedule import mirror\n" + test.format("mirror"),
        "tests/test_importer.py": "from syndicate.schedule import importer\n" + test.format("importer"),
        "tests/test_other.py": "from syndicate.plan import other\n" + test.format("other"),
    })  # fmt: skip
    code, said = judged("--only", "schedule.py", capsys=capsys)
    told = [line.split() for line in said.splitlines() if "/4 " in line]
    assert code == 1
    assert {words[-1]: words[1] for words in told} == {
        "mirror": "mirror",
        "importer": "importers",
        "other": "others",
        "nobody": "NOT",
    }
    assert "\nnot noticed, line 11:\nsyndicate/schedule.py nobody\n- seen.append('nobody')\n+ pass\n" in said
    assert "LOW  75.0% ≥ 92% of the changes are noticed: 3 of 4, seed 1   (mirror 1, importers 1, others 1;" in said


def test_tests_that_only_reach_a_module_can_be_left_out(tree, capsys):
    tree({
        "syndicate/schedule.py": "def other():\n    act()\n",
        "syndicate/plan.py": "from syndicate.schedule import other\n",
        "tests/test_other.py": "from syndicate import plan\ndef test_a():\n    plan.other()\n",
    })  # fmt: skip
    code, said = judged("--near", "--only", "schedule.py", capsys=capsys)
    assert code == 1
    assert "noticed: 0 of 1" in said


@pytest.mark.slow
def test_what_makes_no_difference_is_named_and_not_counted(tree, capsys):
    root = tree({
        "syndicate/schedule.py": "a = 1\n",
        "tests/test_schedule.py": "import syndicate.schedule as s\ndef test_a():\n    assert s.a < 2\n",
    })  # fmt: skip
    (root / "equivalent.txt").write_text(
        "syndicate/schedule.py module\n- a = 1\n+ a = 0\nany number below two will do\n"
    )
    code, said = judged(capsys=capsys)
    assert code == 0
    assert "makes no difference, not counted: syndicate/schedule.py module\n- a = 1\n+ a = 0\nany number below" in said
    assert "ok   100.0% ≥ 92% of the changes are noticed: 1 of 1, seed 1" in said


@WHOLE
@pytest.mark.slow
def test_a_test_that_fails_anyway_is_not_believed_and_left_out_from_then_on(tree, capsys):
    tree({
        "syndicate/schedule.py": "def act(a):\n    return a == 'b'\n",
        "tests/test_schedule.py": (
            "from syndicate.schedule import act\n"
            "def test_broken():\n    assert act('b') == 5\n"
            "def test_good():\n    assert act('b')\n"
        ),
    })  # fmt: skip
    code, said = judged("--number", "2", capsys=capsys)
    assert code == 0
    assert said.count("failed once, or without the change too: tests/test_schedule.py::test_broken") == 1
    assert "noticed: 2 of 2" in said


@pytest.mark.slow
def test_a_test_that_fails_once_is_not_believed(tree, tmp_path, capsys):
    tree({
        "syndicate/schedule.py": "def act(a):\n    return a == 'b'\n",
        "tests/test_schedule.py": (
            "from pathlib import Path\nfrom syndicate.schedule import act\n"
            f"def test_once():\n    act('b')\n    path = Path({str(tmp_path / 'once')!r})\n"
            "    there = path.exists()\n    path.touch()\n    assert there\n"
        ),
    })  # fmt: skip
    code, said = judged("--number", "1", capsys=capsys)
    assert code == 1
    assert "failed once, or without the change too: tests/test_schedule.py::test_once" in said
    assert "noticed: 0 of 1" in said


@pytest.mark.slow
def test_an_endless_loop_is_noticed_and_what_it_started_is_ended(tree, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(mutants, "TEST_SECONDS", 5)
    tree({
        "syndicate/schedule.py": "def act(a):\n    while a:\n        a = None\n",
        "tests/test_schedule.py": (
            "import subprocess, sys\nfrom pathlib import Path\nfrom syndicate.schedule import act\n"
            "command = [sys.executable, '-c', 'input()']\n"
            "child = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)\n"
            f"Path({str(tmp_path / 'child')!r}).write_text(str(child.pid))\n"
            "def test_a():\n    act([])\n    child.kill()\n    child.wait()\n"
        ),
    })  # fmt: skip
    code, said = judged(capsys=capsys)
    assert code == 0
    assert "noticed: 1 of 1" in said
    assert not alive((tmp_path / "child").read_text())


@pytest.mark.slow
def test_tests_that_start_programs_start_those_of_the_copy(tree, capsys):
    root = tree({
        "syndicate/__main__.py": "from syndicate.schedule import act\nassert act('b') is True\n",
        "syndicate/schedule.py": "def act(a):\n    return a == 'b'\n",
        "tests/test_program.py": (
            "import subprocess, sys, tempfile\nfrom pathlib import Path\ndef test_a():\n"
            "    assert Path(tempfile.gettempdir()).parents[1].stat().st_mode & 1, 'for servers of another user'\n"
            "    subprocess.run([sys.executable, '-m', 'syndicate'], check=True, env={}, cwd='/')\n"
        ),
    })  # fmt: skip
    before = {path: path.read_bytes() for path in root.rglob("*.py")}
    code, said = judged("--number", "1", capsys=capsys)
    assert code == 0
    assert "noticed: 1 of 1" in said
    assert {path: path.read_bytes() for path in root.rglob("*.py")} == before


@WHOLE
@pytest.mark.slow
def test_broken_off_it_leaves_nothing_behind(tmp_path):
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    quick = ["--near", "--only", "planning/likeness.py"]
    command = [sys.executable, str(BENCH / "mutants.py"), "--number", "4", "--workers", "2", *quick]
    process = processes.start(command, env=environment, start_new_session=True)
    while process.poll() is None and not list(tmp_path.glob("*/*/tree/.pytest_cache")):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 143
    assert list(tmp_path.iterdir()) == []
