"""Which test files can notice a change of a module, the nearest first: from the imports of both."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from bench.import_graph import distances, imported, modules_below

RINGS = ("mirror", "importers", "others")
"""The tests of the module itself; those that import it; those that reach it through other modules."""
OURSELVES = "tests.bench"
"""Tests of what is here read the source itself, and would notice any change of its text."""
_NAMED = re.compile(r"\b(?:syndicate|tests)(?:\.\w+)+")


class NearestTests:
    """The modules of `syndicate/` and `tests/` below `root`, and how they reach each other."""

    def __init__(self, root: Path) -> None:
        found = modules_below(root / "syndicate", "syndicate") | modules_below(root / "tests", "tests")
        self._files = {name: path.relative_to(root).as_posix() for name, path in found.items()}
        self._trees = {name: ast.parse(path.read_bytes()) for name, path in found.items()}
        self._graph = {name: self._imports(name) | self._fixtures(name) for name in found}

    def rings(self, file: str) -> list[list[str]]:
        """Files of tests for each of RINGS, none in two of them."""
        module = next(name for name, found in self._files.items() if found == file)
        near = []
        for name, test in self._files.items():
            if Path(test).name.startswith("test_") and not name.startswith(OURSELVES):
                steps = distances(self._graph, name).get(module)
                near += [] if steps is None else [(steps, test)]
        mirror = _mirror(file, near)
        importers = [test for steps, test in sorted(near) if steps == 1 and test not in mirror]
        others = [test for steps, test in sorted(near) if steps > 1 and test not in mirror]
        return [mirror, importers, others]

    def _imports(self, name: str) -> set[str]:
        """What a module imports, loads by name, or runs in a process of its own."""
        tree = self._trees[name]
        found = imported(tree, name, self._files, is_package=self._files[name].endswith("__init__.py"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named = ["syndicate.__main__"] if node.value == "syndicate" else _NAMED.findall(node.value)
                found |= set(named) & self._files.keys()
            elif getattr(node, "attr", getattr(node, "id", None)) in {"import_module", "iter_modules"}:
                found |= {other for other in self._files if other.startswith(f"{name}.")}
        return found - {name}

    def _fixtures(self, name: str) -> set[str]:
        """The `conftest` modules of which a test module takes a fixture."""
        taken = {node.arg for node in ast.walk(self._trees[name]) if isinstance(node, ast.arg)}
        parts = name.split(".")
        above = {".".join([*parts[:depth], "conftest"]) for depth in range(1, len(parts))} - {name}
        return {other for other in above & self._files.keys() if taken & _functions(self._trees[other])}


def _mirror(file: str, near: list[tuple[int, str]]) -> list[str]:
    """`tests/a/test_b.py` for `syndicate/a/b.py`, with `test_b_*.py` and what imports it in `tests/a/`.

    Without any of these, all there.
    """
    home = Path(re.sub(r"(/__init__)?\.py$", "", file.replace("syndicate", "tests", 1)))
    named, parts = home.with_name(f"test_{home.name}.py"), f"test_{home.name}_"
    rooms = {home, home.parent} - {Path("tests")}
    own: list[str] = []
    beside: list[str] = []
    for steps, test in sorted(near):
        path = Path(test)
        if path == named:
            own.insert(0, test)
        elif path.parent in (home, home.parent) and path.name.startswith(parts):
            own.append(test)
        elif path.parent in rooms:
            (own if steps == 1 else beside).append(test)
    return own or beside


def _functions(tree: ast.Module) -> set[str]:
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
