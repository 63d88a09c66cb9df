"""The figures of `make shape`, on small trees made for the purpose."""

from __future__ import annotations

import ast
from pathlib import Path

import grimp
import pytest

from bench import shape
from bench.import_graph import imported, loops, modules_below


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in ({"__init__.py": ""} | files).items():
        path = folder / "small" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def told(capsys: pytest.CaptureFixture[str], tree: Path) -> str:
    assert shape.main([str(tree)]) == 0
    return capsys.readouterr().out


def test_a_loop_under_type_checking_is_found_with_its_files(tmp_path, capsys):
    lazy = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from small.two import Two\n"
    said = told(capsys, written(tmp_path, {"one.py": lazy, "two.py": "from small import one\n", "three.py": ""}))
    assert " 1 import loops\n       2 files: small/one.py small/two.py\n" in said
    assert " 1 import loops without the imports inside functions" in said


def test_a_loop_by_an_import_inside_a_function_is_found_and_told_apart(tmp_path, capsys):
    inside = "def act():\n    import small.two\n"
    said = told(capsys, written(tmp_path, {"one.py": inside, "two.py": "import small.one\n"}))
    assert " 1 import loops\n" in said
    assert " 0 import loops without the imports inside functions" in said


def test_relative_imports_lead_where_python_would_go(tmp_path, capsys):
    files = {"room/__init__.py": "from . import one\n", "room/one.py": "from ..room import name\n", "two.py": ""}
    said = told(capsys, written(tmp_path, files))
    assert "2 files: small/room/__init__.py small/room/one.py\n" in said


def test_modules_in_a_row_are_no_loop_and_two_loops_that_meet_are_one():
    assert loops({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert loops({"a": {"b"}, "b": {"a", "c"}, "c": {"b", "d"}, "d": set()}) == [["a", "b", "c"]]
    assert loops({"a": {"b"}, "b": {"a"}, "c": {"d", "a"}, "d": {"c"}}) == [["a", "b"], ["c", "d"]]


def test_our_imports_are_those_that_import_linter_sees():
    modules = modules_below(shape.OURS, "syndicate")
    graph = grimp.build_graph("syndicate", cache_dir=None)
    assert graph.modules == modules.keys()
    seen = shape.Tree(shape.OURS).imports
    assert {name: graph.find_modules_directly_imported_by(name) for name in graph.modules} == seen


def test_two_classes_with_a_name_are_named_and_the_options_of_a_platform_are_not(tmp_path, capsys):
    files = {
        "one.py": "class Answer: ...\nclass Options: ...\n",
        "two.py": "\n\nclass Answer: ...\nclass Options: ...\n",
    }
    said = told(capsys, written(tmp_path, files))
    assert " 1 classes with a name that another has already, besides Options\n" in said
    assert " Answer  small/one.py:1 small/two.py:3\n" in said
    assert " 4 classes\n" in said


def test_a_function_of_nine_parameters_is_named_and_self_is_none(tmp_path, capsys):
    nine, eight = "a, b, /, c, d, *e, f, g, h, **i", "a, b, c, d, e, f, g, h"
    text = (
        f"def many({nine}): ...\ndef few({eight}): ...\n"
        f"class Door:\n    def call(self, {nine}): ...\n    def few(self, {eight}): ...\n"
        f"    @staticmethod\n    def bare({nine}): ...\n"
    )
    said = told(capsys, written(tmp_path, {"one.py": text}))
    assert " 2 functions with more than 8 parameters, besides 1 called call\n" in said
    assert " 9  many  small/one.py:1\n" in said
    assert " 9  bare  small/one.py:7\n" in said
    assert "few" not in said.partition("8 parameters")[2]


def test_a_function_is_as_long_as_from_its_def_to_its_end(tmp_path, capsys):
    longest = '@decorated\nasync def long():\n    """What it does."""\n' + "    act()\n" * 60
    short = "".join(f"def short{number}(): ...\n" for number in range(8))
    ten = "class Large:\n    def ten(self):\n" + "        act()\n" * 9
    said = told(capsys, written(tmp_path, {"one.py": short, "two.py": longest + ten}))
    assert " 10 functions\n" in said
    assert " 1 lines: median of the functions\n" in said
    assert " 10 lines: nine in ten functions have no more\n" in said
    assert " 62 lines: the longest function\n       62  long  small/two.py:2\n       10  ten  small/two.py:65\n" in said
    assert " 1 functions over 60 lines\n" in said
    assert " 1 methods of the largest class\n       1  Large  small/two.py:64\n" in said


def test_what_stands_at_the_root_and_what_is_large_is_counted(tmp_path, capsys):
    files = {"one.py": "x = 1\n" * 301, "two.py": "x = 1\n" * 300, "room/__init__.py": "", "room/far/__init__.py": ""}
    said = told(capsys, written(tmp_path, files))
    assert " 1 packages at the root\n" in said
    assert " 2 modules at the root, besides __init__\n" in said
    assert " 5 modules in all\n" in said
    assert " 1 modules over 300 lines\n       301  small/one.py\n" in said


def test_the_adapters_of_networks_are_measured_without_what_is_private_to_them(tmp_path, capsys):
    files = {
        "platforms/__init__.py": "x = 1\n" * 500,
        "platforms/_shared.py": "x = 1\n" * 400,
        "platforms/one.py": "x = 1\n" * 10,
        "platforms/two.py": "x = 1\n" * 31,
        "platforms/far/__init__.py": "x = 1\n" * 20,
        "platforms/far/deep.py": "x = 1\n" * 300,
    }
    said = told(capsys, written(tmp_path, files))
    assert " 31 lines: the longest adapter of a network\n       31  small/platforms/two.py\n       20  small" in said
    assert " 20 lines: median of the adapters\n" in said


def test_a_package_is_found_in_its_project_beside_its_tests(tmp_path):
    package = tmp_path / "src" / "small"
    for folder in (package, tmp_path / "tests"):
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
    (tmp_path / "tests" / "test_one.py").touch()
    assert shape.package(tmp_path) == shape.package(package) == package


def test_a_folder_without_a_package_is_refused_in_one_line(tmp_path):
    with pytest.raises(SystemExit, match="contains none: no __init__"):
        shape.main([str(tmp_path)])


def test_a_module_that_cannot_be_read_is_named_and_the_others_count(tmp_path, capsys):
    said = told(capsys, written(tmp_path, {"old.py": "print 'old'\n", "new.py": "def act(): ...\n"}))
    assert " 1 modules that this Python cannot read, not counted\n       small/old.py\n" in said
    assert " 1 functions\n" in said


def test_our_own_tree_is_held_against_bounds(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(shape, "OURS", written(tmp_path, {"one.py": "import small.two\n", "two.py": ""}) / "small")
    assert shape.main([]) == 0
    assert "OVER" not in capsys.readouterr().out
    written(tmp_path, {"two.py": "import small.one\n"})
    assert shape.main([]) == 1
    said = capsys.readouterr().out
    assert "OVER      1 ≤ 0   import loops\n" in said
    assert "ok        2 ≤ 10  modules at the root, besides __init__\n" in said


def test_an_import_of_another_package_is_none_of_the_tree():
    tree = ast.parse("import os\nfrom small import name\nfrom large.one import name\n")
    assert imported(tree, "small.two", {"small": 1, "small.two": 1}, is_package=False) == {"small"}
