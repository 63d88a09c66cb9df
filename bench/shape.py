"""The shape of a source tree in figures: `make shape`, or `python bench/shape.py TREE` for any other.

TREE is the folder of a Python package, or one that contains it. Ours is held against bounds: exit 1 if one is over.

Every `.py` file of the package counts. A function is as long as the lines from its `def` to its end: its docstring
included, its decorators not. `self` and `cls` are no parameters. Imports under TYPE_CHECKING and inside functions
count for loops like all others; what is left without those inside functions is told beside. Of two classes with one
name one counts, of three two.
"""

from __future__ import annotations

import ast
import math
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.import_graph import imported, loops, modules_below

OURS = Path(__file__).parents[1] / "syndicate"
PACKAGES, MODULES = 15, 10  # at the root
NAMESAKES = 6  # classes with a name that another has
MEDIAN, TENTH, LONG, MANY = 8, 20, 60, 8  # lines of a function; its parameters
ADAPTER, ADAPTERS = 220, 130  # lines of a network's adapter: of the longest, and the median
LARGE = 300  # lines of a module: told, without a bound
CLASS_BY_CONTRACT = "Options"  # every platform has one
METHOD_BY_CONTRACT = "call"  # its parameters are those of the port Http
NOT_THE_PACKAGE = {"tests", "test", "testing", "docs", "doc", "examples", "example", "bench", "benchmarks"}


class Function(NamedTuple):
    place: str
    name: str
    lines: int
    parameters: int


class Tree:
    """What there is in the package in `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines: dict[str, int] = {}
        self.functions: list[Function] = []
        self.classes: dict[str, list[str]] = defaultdict(list)
        self.methods: list[tuple[int, str]] = []
        self.imports: dict[str, set[str]] = {}
        self.imports_at_once: dict[str, set[str]] = {}
        self.unreadable: list[str] = []
        self.modules = modules_below(root, root.name)
        for module in self.modules:
            self._read(module)

    def file(self, module: str) -> str:
        return self.modules[module].relative_to(self.root.parent).as_posix()

    def at_the_root(self) -> tuple[list[str], list[str]]:
        """Packages, and modules besides `__init__`."""
        names = [name for name in self.modules if name.count(".") == 1]
        packages = [name for name in names if self.modules[name].name == "__init__.py"]
        return packages, [name for name in names if name not in packages]

    def _read(self, module: str) -> None:
        path = self.modules[module]
        self.imports[module], self.imports_at_once[module] = set(), set()
        try:
            text = path.read_text(encoding="utf-8")
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            self.unreadable.append(self.file(module))
            return
        self.lines[self.file(module)] = len(text.splitlines())
        self.functions += functions(tree, self.file(module))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                place = f"{self.file(module)}:{node.lineno}"
                self.classes[node.name].append(place)
                self.methods.append((sum(map(is_function, node.body)), f"{node.name}  {place}"))
        is_package = path.name == "__init__.py"
        for found, inside in ((self.imports, True), (self.imports_at_once, False)):
            found[module] = imported(tree, module, self.modules, is_package=is_package, in_functions=inside)


def package(folder: Path) -> Path:
    """The folder of the package that `folder` is or contains: of several the one with most modules, tests aside."""
    if (folder / "__init__.py").is_file():
        return folder
    found = [path.parent for pattern in ("*", "src/*") for path in folder.glob(f"{pattern}/__init__.py")]
    found = [path for path in found if path.name not in NOT_THE_PACKAGE] or found
    if not found:
        raise SystemExit(f"{folder} is no Python package and contains none: no __init__.py is there")
    return max(found, key=lambda path: (len(list(path.rglob("*.py"))), path.name))


def is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def functions(tree: ast.AST, file: str, *, in_class: bool = False) -> Iterator[Function]:
    """The functions of a module; one that stands inside another is counted too."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            names = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
            static = any(getattr(item, "id", None) == "staticmethod" for item in node.decorator_list)
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(f"{file}:{node.lineno}", node.name, lines, len(names) - (in_class and not static))
            yield from functions(node, file)
        else:
            yield from functions(node, file, in_class=in_class or isinstance(node, ast.ClassDef))


class Report:
    """Prints figures; where they are held against bounds, `over` counts those that do not keep to them."""

    def __init__(self, *, bounded: bool) -> None:
        self._bounded = bounded
        self.over = 0

    def figure(self, what: str, value: int, bound: int | None = None, details: list[str] | None = None) -> None:
        verdict = "" if bound is None else "ok" if value <= bound else "OVER"
        limit = "" if bound is None else f"≤ {bound}"
        self.over += self._bounded and verdict == "OVER"
        print(f"{verdict:4} {value:>6,} {limit:5} {what}" if self._bounded else f"{value:>6,} {what}")
        for line in details or ():
            print(f"{'':18}{line}" if self._bounded else f"{'':7}{line}")


def report(tree: Tree, say: Report) -> None:
    packages, modules = tree.at_the_root()
    say.figure("packages at the root", len(packages), PACKAGES)
    say.figure("modules at the root, besides __init__", len(modules), MODULES)
    say.figure("modules in all", len(tree.modules))
    _report_loops(tree, say)
    _report_classes(tree, say)
    _report_functions(tree, say)
    large = sorted(((lines, file) for file, lines in tree.lines.items() if lines > LARGE), reverse=True)
    details = [f"{lines:,}  {file}" for lines, file in large]
    say.figure(f"modules over {LARGE} lines", len(large), None, details)
    _report_adapters(tree, say)
    if tree.unreadable:
        say.figure("modules that this Python cannot read, not counted", len(tree.unreadable), None, tree.unreadable)


def _report_adapters(tree: Tree, say: Report) -> None:
    """The modules and packages of `platforms`, but for private ones: of a package its `__init__` is the adapter."""
    named = re.compile(rf"{re.escape(tree.root.name)}\.platforms\.[^_.][^.]*")
    files = [tree.file(module) for module in tree.modules if named.fullmatch(module)]
    lengths = sorted(((tree.lines.get(file, 0), file) for file in files), reverse=True)
    if lengths:
        details = [f"{lines}  {file}" for lines, file in lengths[:5]]
        say.figure("lines: the longest adapter of a network", lengths[0][0], ADAPTER, details)
        median = math.ceil(statistics.median(lines for lines, _ in lengths))
        say.figure("lines: median of the adapters", median, ADAPTERS)


def _report_loops(tree: Tree, say: Report) -> None:
    found = loops(tree.imports)
    details = [f"{len(loop)} files: {' '.join(map(tree.file, loop))}" for loop in found]
    say.figure("import loops", len(found), 0, details)
    say.figure("import loops without the imports inside functions", len(loops(tree.imports_at_once)))


def _report_classes(tree: Tree, say: Report) -> None:
    say.figure("classes", sum(map(len, tree.classes.values())))
    shared = {name: places for name, places in tree.classes.items() if len(places) > 1 and name != CLASS_BY_CONTRACT}
    details = [f"{name}  {' '.join(places)}" for name, places in sorted(shared.items())]
    what = f"classes with a name that another has already, besides {CLASS_BY_CONTRACT}"
    say.figure(what, sum(map(len, shared.values())) - len(shared), NAMESAKES, details)
    most = sorted(tree.methods, key=lambda found: (-found[0], found[1]))[:5]
    if most:
        say.figure("methods of the largest class", most[0][0], None, [f"{count}  {name}" for count, name in most])


def _report_functions(tree: Tree, say: Report) -> None:
    lengths = sorted(function.lines for function in tree.functions) or [0]
    longest = sorted(tree.functions, key=lambda function: (-function.lines, function.place))[:5]
    say.figure("functions", len(tree.functions))
    say.figure("lines: median of the functions", math.ceil(statistics.median(lengths)), MEDIAN)
    say.figure("lines: nine in ten functions have no more", lengths[math.ceil(0.9 * len(lengths)) - 1], TENTH)
    details = [f"{function.lines}  {function.name}  {function.place}" for function in longest]
    say.figure("lines: the longest function", lengths[-1], LONG, details)
    say.figure(f"functions over {LONG} lines", sum(length > LONG for length in lengths), 0)
    many = [function for function in tree.functions if function.parameters > MANY]
    ours = [function for function in many if function.name != METHOD_BY_CONTRACT]
    details = [f"{function.parameters}  {function.name}  {function.place}" for function in ours]
    what = f"functions with more than {MANY} parameters, besides {len(many) - len(ours)} called {METHOD_BY_CONTRACT}"
    say.figure(what, len(ours), 0, details)


def main(arguments: list[str]) -> int:
    root = package(Path(arguments[0] if arguments else OURS).resolve())
    say = Report(bounded=root == OURS)
    print(root)
    report(Tree(root), say)
    return 1 if say.over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
