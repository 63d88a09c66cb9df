"""Which tests are run for a module, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.nearest_tests import NearestTests


@pytest.fixture
def tree(tmp_path):
    def write(files: dict[str, str]) -> Path:
        for name in ("syndicate", "tests", *files):
            path = tmp_path / (name if name.endswith(".py") else f"{name}/__init__.py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files.get(name, ""), encoding="utf-8")
        return tmp_path

    return write


def test_the_mirror_comes_first_then_what_imports_it_then_what_reaches_it(tree):
    files = {
        "syndicate/plan.py": "",
        "syndicate/run.py": "from syndicate import plan\n",
        "tests/test_plan.py": "from syndicate.plan import a\n",
        "tests/test_plan_bounds.py": "from syndicate.plan import a\n",
        "tests/test_run.py": "import syndicate.run\n",
        "tests/test_all.py": "import syndicate.run, syndicate.plan\n",
        "tests/test_words.py": "import syndicate\n",
        "tests/words.py": "import syndicate.plan\n",
    }
    assert NearestTests(tree(files)).rings("syndicate/plan.py") == [
        ["tests/test_plan.py", "tests/test_plan_bounds.py"],
        ["tests/test_all.py"],
        ["tests/test_run.py"],
    ]


def test_what_stands_beside_the_mirror_and_imports_the_module_or_has_its_name_goes_with_it(tree):
    files = {
        "syndicate/room": "",
        "syndicate/room/one.py": "",
        "syndicate/room/all.py": "import syndicate.room.one\n",
        "tests/room": "",
        "tests/room/test_one.py": "import syndicate.room.one\n",
        "tests/room/test_two.py": "import syndicate.room.one\n",
        "tests/room/test_one_bounds.py": "import syndicate.room.all\n",
        "tests/room/test_far.py": "import tests.room.test_one\n",
        "tests/test_three.py": "import syndicate.room.one\n",
    }
    assert NearestTests(tree(files)).rings("syndicate/room/one.py") == [
        ["tests/room/test_one.py", "tests/room/test_one_bounds.py", "tests/room/test_two.py"],
        ["tests/test_three.py"],
        ["tests/room/test_far.py"],
    ]


def test_a_module_without_a_mirror_is_mirrored_by_its_room(tree):
    files = {
        "syndicate/room": "import syndicate.room.one\n",
        "syndicate/room/one.py": "",
        "tests/room": "",
        "tests/room/test_room.py": "import syndicate.room\n",
        "tests/test_room.py": "import syndicate.room\n",
    }
    nearest = NearestTests(tree(files))
    assert nearest.rings("syndicate/room/one.py") == [["tests/room/test_room.py"], [], ["tests/test_room.py"]]
    assert nearest.rings("syndicate/room/__init__.py") == [["tests/test_room.py", "tests/room/test_room.py"], [], []]


def test_a_part_of_a_module_is_mirrored_by_its_room_first_by_the_tests_of_the_whole(tree):
    files = {
        "syndicate/room": "",
        "syndicate/room/_net_words.py": "",
        "syndicate/room/net.py": "import syndicate.room._net_words\n",
        "tests/room": "",
        "tests/room/test_all.py": "import syndicate.room.net\n",
        "tests/room/test_net.py": "import syndicate.room.net\n",
        "tests/room/test_net_login.py": "import syndicate.room.net\n",
        "tests/room/test_network.py": "import syndicate.room.net\n",
        "tests/room/test_of_words.py": "import syndicate.room._net_words\n",
    }
    mirror = ["test_net.py", "test_net_login.py", "test_of_words.py", "test_all.py", "test_network.py"]
    nearest = NearestTests(tree(files))
    assert nearest.rings("syndicate/room/_net_words.py") == [[f"tests/room/{name}" for name in mirror], [], []]
    nearest = NearestTests(tree({"tests/room/test_net_words.py": "import syndicate.room.net\n"}))
    assert nearest.rings("syndicate/room/_net_words.py")[0] == [
        "tests/room/test_net_words.py",
        "tests/room/test_of_words.py",
    ]


def test_what_is_loaded_by_name_or_run_as_a_program_is_reached(tree):
    files = {
        "syndicate/__main__.py": "import syndicate.cli\n",
        "syndicate/cli": "import importlib\nload = importlib.import_module\n",
        "syndicate/cli/post.py": "",
        "tests/test_program.py": "run('-m', 'syndicate')\n",
        "tests/test_script.py": "run('-c', 'from syndicate.cli.post import act')\n",
        "tests/test_other.py": "said = 'the syndicate of newspapers'\n",
    }
    assert NearestTests(tree(files)).rings("syndicate/cli/post.py") == [
        [],
        ["tests/test_script.py"],
        ["tests/test_program.py"],
    ]


def test_a_fixture_leads_to_what_its_conftest_imports(tree):
    files = {
        "syndicate/ledger.py": "",
        "tests/conftest.py": "from syndicate import ledger\ndef book(): ...\ndef clock(): ...\n",
        "tests/test_taken.py": "def test_a(book): ...\n",
        "tests/test_not_taken.py": "def test_a(desk): ...\n",
    }
    assert NearestTests(tree(files)).rings("syndicate/ledger.py") == [[], [], ["tests/test_taken.py"]]


def test_tests_that_read_the_source_itself_are_left_out(tree):
    files = {"syndicate/plan.py": "", "tests/bench": "", "tests/bench/test_mutants.py": "import syndicate.plan\n"}
    assert NearestTests(tree(files)).rings("syndicate/plan.py") == [[], [], []]


def test_tests_that_install_servers_are_left_out(tree):
    files = {
        "syndicate/plan.py": "",
        "tests/servers/test_real.py": "import syndicate.plan\n",
        "tests/test_servers.py": "import syndicate.plan\n",
    }
    assert NearestTests(tree(files)).rings("syndicate/plan.py") == [[], ["tests/test_servers.py"], []]
