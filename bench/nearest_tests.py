"""Which test files can notice a change of a module, the nearest first: from the imports of both."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from bench.import_graph import distances, imported, modules_below

RINGS = ("mirror", "importers", "others")
"""The tests of the module itself; those that import it; those that reach it through other modules."""
LEFT_OUT = ("tests.bench", "tests.servers")
"""Tests of what is here read the source itself, and would notice any change of its text; real servers take minutes to
install, and `make test` does without them.
"""
_NAMED = re.compile(r"\b(?:syndicate|tests)(?:\.\w+)+")


class NearestTests:
    """The modules of `syndicate/` and `tests/` below `root`, and how they reach each other."""

    def __init__(self, root: Path) -> None:
        found = modules_below(root / "syndicate", "syndicate") | modules_below(root / "tests", "tests")
        self._files = {name: path.relative_to(root).as_posix() for name, path in found.items()}
        self._nodes = {name: list(ast.walk(ast.parse(path.read_bytes()))) for name, path in found.items()}
        self._graph = {name: self._imports(name) | self._fixtures(name) for name in found}
        self._reached = {
            name: distances(self._graph, name)
            for name, file in self._files.items()
            if Path(file).name.startswith("test_") and not name.startswith(LEFT_OUT)
        }

    def rings(self, file: str) -> list[list[str]]:
        """Files of tests for each of RINGS, none in two of them."""
        module = next(name for name, found in self._files.items() if found == file)
        near = [(steps[module], self._files[name]) for name, steps in self._reached.items() if module in steps]
        mirror = _mirror(file, near)
        importers = [test for steps, test in sorted(near) if steps == 1 and test not in mirror]
        others = [test for steps, test in sorted(near) if steps > 1 and test not in mirror]
        return [mirror, importers, others]

    def _imports(self, name: str) -> set[str]:
        """What a module imports, loads by name, or runs in a process of its own."""
        statements = [node for node in self._nodes[name] if isinstance(node, ast.Import | ast.ImportFrom)]
        is_package = self._files[name].endswith("__init__.py")
        found = imported(ast.Module([*statements], []), name, self._files, is_package=is_package)
        for node in self._nodes[name]:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named = ["syndicate.__main__"] if node.value == "syndicate" else _NAMED.findall(node.value)
                found |= set(named) & self._files.keys()
            elif getattr(node, "attr", getattr(node, "id", None)) in {"import_module", "iter_modules"}:
                found |= {other for other in self._files if other.startswith(f"{name}.")}
        return found - {name}

    def _fixtures(self, name: str) -> set[str]:
        """The `conftest` modules of which a test module takes a fixture."""
        taken = {node.arg for node in self._nodes[name] if isinstance(node, ast.arg)}
        parts = name.split(".")
        above = {".".join([*parts[:depth], "conftest"]) for depth in range(1, len(parts))} - {name}
        return {other for other in above & self._files.keys() if taken & _functions(self._nodes[other])}


def _mirror(file: str, near: list[tuple[int, str]]) -> list[str]:
    """`tests/a/test_b.py` for `syndicate/a/b.py` and `_b.py`, with `test_b_*.py` and what imports it in `tests/a/`.

    Where no test has its name, all there: first those named like the first word of it (`test_b.py` for `_b_words.py`),
    then those that import it.
    """
    home = Path(re.sub(r"(/__init__)?\.py$", "", file.replace("syndicate", "tests", 1)))
    name, rooms = home.name.lstrip("_"), {home, home.parent} - {Path("tests")}
    ranked = []
    for steps, test in near:
        path = Path(test)
        rank = _rank(path.stem, name) if path.parent == home.parent else _BESIDE
        if rank == _BESIDE and path.parent in rooms and steps == 1:
            rank = _IMPORTS
        if rank < _BESIDE or path.parent in rooms:
            ranked.append((rank, steps, test))
    has_its_name = any(rank <= _PART for rank, *_ in ranked)
    return [test for rank, steps, test in sorted(ranked) if not has_its_name or rank <= _PART or steps == 1]


_OWN, _PART, _FAMILY, _IMPORTS, _BESIDE = range(5)


def _rank(test: str, module: str) -> int:
    """How near a test is to a module by the names of both."""
    family = module.partition("_")[0]
    if test == f"test_{module}":
        return _OWN
    if test.startswith(f"test_{module}_"):
        return _PART
    return _FAMILY if test == f"test_{family}" or test.startswith(f"test_{family}_") else _BESIDE


def _functions(nodes: list[ast.AST]) -> set[str]:
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
