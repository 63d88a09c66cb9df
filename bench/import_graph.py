"""Which module of a source tree imports which: read from the syntax alone, nothing is imported.

An import counts for the module that it names: `from a.b import c` for `a.b.c` if there is such a module, else for
`a.b`. That a package is loaded along with its module is not counted, as in import-linter.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

Graph = Mapping[str, set[str]]


def modules_below(folder: Path, name: str) -> dict[str, Path]:
    """The modules of the package in `folder`, by their dotted names; a package has the name of its folder."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if all(part.isidentifier() for part in parts):
            found[".".join((name, *(parts[:-1] if parts[-1] == "__init__" else parts)))] = path
    return found


def statements(tree: ast.AST, *, in_functions: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports of a module, those under TYPE_CHECKING with them; those inside functions if they are wanted."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif in_functions or not isinstance(node, FUNCTIONS):
            yield from statements(node, in_functions=in_functions)


def imported(
    tree: ast.AST, module: str, known: Mapping[str, object], *, is_package: bool, in_functions: bool = True
) -> set[str]:
    """The modules among `known` that the module `module` imports."""
    found = set()
    for node in statements(tree, in_functions=in_functions):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            continue
        base = node.module or ""
        if node.level:
            parts = module.split(".")
            base = ".".join([*parts[: len(parts) - node.level + is_package], *([base] if base else [])])
        for alias in node.names:
            whole = f"{base}.{alias.name}"
            found.add(whole if whole in known else base)
    return {name for name in found if name in known and name != module}


def loops(graph: Graph) -> list[list[str]]:
    """Every set of modules that reach each other (Tarjan's strongly connected components), the largest first."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    found: list[list[str]] = []

    def enter(node: str) -> tuple[str, Iterator[str]]:
        order[node] = lowest[node] = len(order)
        open_.append(node)
        return node, iter(sorted(graph[node]))

    for start in sorted(graph):
        work = [] if start in order else [enter(start)]
        while work:  # not by recursion: a chain of imports may be longer than Python's stack
            node, following = work[-1]
            for other in following:
                if other not in order:
                    work.append(enter(other))
                    break
                if other in open_:
                    lowest[node] = min(lowest[node], order[other])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == order[node]:
                    place = open_.index(node)
                    found.append(sorted(open_[place:]))
                    del open_[place:]
    return sorted((loop for loop in found if len(loop) > 1), key=lambda loop: (-len(loop), loop))


def distances(graph: Graph, start: str) -> dict[str, int]:
    """How many imports away each module is from `start`, for those that it reaches."""
    reached = {start: 0}
    edge: Sequence[str] = [start]
    while edge:
        edge = sorted({other for node in edge for other in graph[node]} - reached.keys())
        reached |= dict.fromkeys(edge, max(reached.values()) + 1)
    return reached
