"""Every single change that a test should notice, for one module: what `make mutants` takes its sample from.

A change is made in the text, so that all else stays as it was written. Left alone: docstrings, annotations, names of
types, decorators, assertions and f-strings (SQL aside).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
Edit = tuple[int, int, str]
"""From which byte to which, and what stands there instead."""
LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
IGNORED = ("annotation", "returns", "decorator_list", "type_params")
IMMATERIAL = {"strict", "slots"}
"""Keywords that only guard against mistakes of ours (zip, dataclass)."""

SQL = re.compile(r"\b(?:SELECT|UPDATE|INSERT|DELETE|WHERE|AND|ORDER BY)\b")
_WORD = r"(?::?[\w.]+|'[^']*'|\{[^{}]*\})"
_CONDITION = (
    rf"(?:NOT )?{_WORD}(?: (?:=|<>|<=|>=|<|>) {_WORD}(?: [+-] {_WORD})?| IS (?:NOT )?NULL| (?:NOT )?IN \([^()]*\))?"
)
SQL_CHANGES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf" (?:AND|OR) {_CONDITION}(?=[ )\"]|$)"), lambda _: ""),
    (re.compile(rf"(?<=[ (]){_CONDITION} (?:AND|OR) "), lambda _: ""),
    (re.compile(r" (<=|>=|<|>) "), lambda found: f" {found[1][0]} " if "=" in found[1] else f" {found[1]}= "),
    (re.compile(r"\bIS NULL\b"), lambda _: "IS NOT NULL"),
    (re.compile(r"\bIS NOT NULL\b"), lambda _: "IS NULL"),
    (re.compile(r" DESC\b"), lambda _: ""),
    (re.compile(r"(?<=\()'[^']*', "), lambda _: ""),
    (re.compile(r", '[^']*'(?=[,)])"), lambda _: ""),
    (re.compile(rf"(?<=[ \"])\w+ = {_WORD}(?: [+-] {_WORD})?, ?(?=[\"\w])"), lambda _: ""),
    (re.compile(rf", \w+ = {_WORD}(?: [+-] {_WORD})?(?= WHERE)"), lambda _: ""),
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of a module: the bytes from `start` to `end` become `new`."""

    file: str
    scope: str  # the function it is in, with its class
    start: int
    end: int
    new: bytes
    line: int
    before: str  # the lines it touches, as one
    after: str

    @property
    def name(self) -> tuple[str, str, str, str]:
        """What is left of it when lines move."""
        return self.file, self.scope, self.before, self.after

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.new + source[self.end :]

    def __str__(self) -> str:
        return f"{self.file} {self.scope}\n- {self.before}\n+ {self.after}"


def is_change(mutation: Mutation, source: bytes) -> bool:
    """Whether the module can still be read with it, and means something else."""
    try:
        return ast.dump(ast.parse(mutation.apply(source))) != ast.dump(ast.parse(source))
    except SyntaxError:
        return False


def mutations(file: str, source: bytes) -> list[Mutation]:
    """All of a module, in the order of its text."""
    made = {(found.start, found.end, found.new): found for found in _Module(file, source).mutations()}
    return sorted(made.values(), key=lambda found: (found.start, found.end, found.new))


class _Module:
    def __init__(self, file: str, source: bytes) -> None:
        self.file = file
        self.source = source
        self._lines = [0, *(found.end() for found in re.finditer(rb"\n", source))]

    def mutations(self) -> Iterator[Mutation]:
        yield from self._below(ast.parse(self.source), "module")

    def _below(self, node: ast.AST, scope: str) -> Iterator[Mutation]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = node.name if scope == "module" else f"{scope}.{node.name}"
        for start, end, new in self._of(node):
            yield self._mutation(scope, start, end, new)
        if isinstance(node, ast.JoinedStr | ast.Assert) or _names_a_type(node):
            return
        for name, value in ast.iter_fields(node):
            if name not in IGNORED:
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST) and not _is_docstring(child) and not _is_immaterial(child):
                        yield from self._below(child, scope)

    def _mutation(self, scope: str, start: int, end: int, new: str) -> Mutation:
        first = self.source.rfind(b"\n", 0, start) + 1
        last = self.source.find(b"\n", end)
        last = len(self.source) if last < 0 else last
        changed = self.source[first:start] + new.encode() + self.source[end:last]
        before, after = (" ".join(text.decode().split()) for text in (self.source[first:last], changed))
        line = self.source.count(b"\n", 0, start) + 1
        return Mutation(self.file, scope, start, end, new.encode(), line, before, after)

    def _of(self, node: ast.AST) -> Iterator[Edit]:
        """What can be changed at this node itself."""
        kinds: tuple[tuple[Any, Callable[[Any], Iterator[Edit]]], ...] = (
            (ast.Compare, self._compared),
            (ast.BoolOp, self._joined),
            (ast.BinOp | ast.UnaryOp, self._computed),
            (ast.Constant | ast.JoinedStr, self._constant),
            (ast.Call | ast.Dict | ast.List | ast.Set | ast.Tuple, self._listed),
            (ast.If | ast.While | ast.IfExp, self._decided),
            (ast.AST, self._statement),
        )
        return next(changed for kind, changed in kinds if isinstance(node, kind))(node)

    def _compared(self, node: ast.Compare) -> Iterator[Edit]:
        for (left, right), operator in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
            start, end = self._span(left)[1], self._span(right)[0]
            for other in COMPARISONS[type(operator)]:
                yield start, end, f" {other} "

    def _joined(self, node: ast.BoolOp) -> Iterator[Edit]:
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        spans = [self._span(value) for value in node.values]
        parts = [self.source[start:end].decode() for start, end in spans]
        if len(parts) == 2:
            yield from self._swapped(*node.values, word, other)
        else:
            yield spans[0][0], spans[-1][1], f"({f' {other} '.join(parts)})"
        yield spans[0][0], spans[1][0], ""
        for (_, before), (_, end) in pairwise(spans):
            yield before, end, ""

    def _computed(self, node: ast.BinOp | ast.UnaryOp) -> Iterator[Edit]:
        match node:
            case ast.UnaryOp(op=ast.Not()):
                yield self._start(node), self._span(node.operand)[0], ""
            case ast.BinOp(op=ast.Add() | ast.Sub()) if not (_is_text(node.left) or _is_text(node.right)):
                swapped = ("+", "-") if isinstance(node.op, ast.Add) else ("-", "+")
                yield from self._swapped(node.left, node.right, *swapped)

    def _swapped(self, left: ast.expr, right: ast.expr, word: str, other: str) -> Iterator[Edit]:
        start, end = self._span(left)[1], self._span(right)[0]
        yield start, end, self.source[start:end].decode().replace(word, other, 1)

    def _constant(self, node: ast.Constant | ast.JoinedStr) -> Iterator[Edit]:
        match node:
            case ast.Constant(value=bool() as value):
                yield *self._at(node), str(not value)
            case ast.Constant(value=int() | float() as value):
                yield *self._at(node), repr(round(value + 1, 9))
                yield *self._at(node), repr(round(value - 1, 9))
        if self._is_sql(node):
            start, text = self._start(node), self._text(node)
            for pattern, changed in SQL_CHANGES:
                for found in pattern.finditer(text):
                    place = start + len(text[: found.start()].encode())
                    yield place, place + len(found[0].encode()), changed(found)

    def _listed(self, node: ast.Call | ast.Dict | ast.List | ast.Set | ast.Tuple) -> Iterator[Edit]:
        """Without one item; of a call, without one argument that has a name."""
        match node:
            case ast.Call() if not any(map(self._is_sql, node.args)):  # a value that SQL misses is an error anyway
                wanted = [item for item in node.keywords if item.arg and not _is_immaterial(item)]
                yield from (self._dropped(*self._at(item)) for item in wanted)
            case ast.Dict():
                pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key]
                yield from (self._dropped(self._start(key), self._span(value)[1]) for key, value in pairs)
            case ast.List(ctx=ast.Load()) | ast.Set():
                yield from (self._dropped(*self._span(item)) for item in node.elts)
            case ast.Tuple(ctx=ast.Load()) if len(node.elts) == 2 and self._text(node).startswith("("):
                yield from ((*self._at(node), f"({self._text(item)},)") for item in node.elts)
            case ast.Tuple(ctx=ast.Load()) if len(node.elts) > 2:
                yield from (self._dropped(*self._span(item)) for item in node.elts)

    def _decided(self, node: ast.If | ast.While | ast.IfExp) -> Iterator[Edit]:
        test = node.test
        if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING":
            return
        if isinstance(node, ast.If) and isinstance(node.body[-1], LEAVES):
            yield *self._at(test), "False"
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant):
            text = self._text(test)
            yield *self._at(test), f"not {text}" if isinstance(test, ATOMS) else f"not ({text})"

    def _statement(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Return(value=ast.expr() as value) if not _is_none(value):
                yield *self._at(value), "None"
            case (
                ast.Expr(value=ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom())
                | ast.AugAssign()
                | ast.Assign(targets=[ast.Attribute() | ast.Subscript()])
                | ast.Delete()
            ):
                yield *self._at(node), "pass"

    def _is_sql(self, node: ast.expr) -> bool:
        return _is_text(node) and SQL.search(self._text(node)) is not None

    # Places in the text

    def _dropped(self, start: int, end: int) -> Edit:
        """An item of a list of any kind, with the comma that goes with it."""
        after = re.compile(rb"\s*,[ \t]*").match(self.source, end)
        before = re.search(rb",\s*$", self.source[:start])
        if after:
            return start, after.end(), ""
        return (before.start() if before else start), end, ""

    def _start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def _at(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        return self._start(node), self._lines[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    def _text(self, node: ast.expr) -> str:
        start, end = self._at(node)
        return self.source[start:end].decode()

    def _span(self, node: ast.expr) -> tuple[int, int]:
        """With the parentheses around it; only for what stands beside another thing, not alone in those of a call."""
        start, end = self._at(node)
        while True:
            before = self.source[:start].rstrip()
            after = re.compile(rb"\s*\)").match(self.source, end)
            if not (before.endswith(b"(") and after):
                return start, end
            start, end = len(before) - 1, after.end()


def _is_immaterial(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg in IMMATERIAL


def _names_a_type(node: ast.AST) -> bool:
    """Whether nothing but the type checker reads it."""
    return (
        isinstance(node, ast.AnnAssign) and isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias"
    )


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
