"""Explains what is wrong with a text that is no YAML: where, in which line, and how to mend it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from syndicate.addresses import passwords_in, secrets_in
from syndicate.model.dataclass import dataclass

__all__ = ["Mistake", "explained", "harmless", "unprintable"]

_SECRET = re.compile(r"((?:\w*(?:token|secret|pass|key|hook|proxy)\w*|urls)[\"']?\s*:\s*)(?!\s*$)(.*)", re.IGNORECASE)
_REFERENCES = re.compile(r"[\s\"'{}\[\],#]*(\$\{\w+\}[\s\"'{}\[\],]*)*")
_ADDRESS = re.compile(r"[\w+.-]+://[^\s\"',}\]]+")
_UNQUOTED = re.compile(r"(?<![\"'\w])\$\{\w+\}")
_TWO_COLONS = re.compile(r"\s*-?\s*([\w-]+):\s+(?![\"'{\[|>&*!])(.*?:(?:\s.*)?)$")
_USUAL = "put quotes around texts with any of : # { } [ ] , & * ! | > ' \" % @ in them"


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, with line and column from 1, and the cure."""

    line: int
    column: int
    message: str
    hint: str


def explained(fault: Any, text: str) -> Mistake:
    """The mistake that ruamel.yaml found in `text` (a MarkedYAMLError)."""
    opened = "quoted scalar" in str(fault.context) and fault.context_mark
    mark = fault.context_mark if opened else fault.problem_mark or fault.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    while line > 0 and (line >= len(lines) or not lines[line].strip()):  # the end of the file: show what is before it
        line -= 1
        column = len(lines[line]) if line < len(lines) else 0
    problem = _problem(fault)
    written = lines[line] if line < len(lines) else ""
    hint = next(filter(None, (cure(problem, written, lines[:line]) for cure in _CURES)), _USUAL)
    if fault.context_mark and hint in _OPENED:
        hint = f"{hint} (it begins on line {fault.context_mark.line + 1})"
    return Mistake(line + 1, column + 1, f"not valid YAML: {problem}", hint)


def unprintable(position: int, text: str) -> Mistake:
    """A character that no YAML text may hold, at this position."""
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return Mistake(line, column, "not valid YAML: a control character", "remove it; editors show it as a box or ^A")


def harmless(line: str) -> str:
    """A line of a config as it may be printed, without what may be a secret: what is no YAML has no settings yet."""
    found = _SECRET.search(line)
    if found and not _REFERENCES.fullmatch(found[2]):
        line = f"{line[: found.start(2)]}***"
    return _ADDRESS.sub(_without_secrets, line)


def _without_secrets(found: re.Match[str]) -> str:
    address = found[0]
    if not address.startswith(("http:", "https:", "sqlite:", "postgres:", "postgresql:")):
        return f"{address.partition('://')[0]}://***"
    for secret in sorted({*secrets_in(address), *passwords_in(address)}, key=len, reverse=True):
        address = address.replace(secret, "***")
    return address


def _problem(fault: Any) -> str:
    problem = str(fault.problem or fault.context or "cannot be read").split("\n", 1)[0]
    context = str(fault.context or "").split("\n", 1)[0]
    if "quoted scalar" in context and "unexpected end" in problem:
        return "these quotes are never closed"
    if problem.startswith("expected <block end>") and problem.endswith("'<scalar>'"):
        return "text after the end of a value"
    return next((plain for words, plain in _PLAIN.items() if words in problem), problem)


def _for_tabs(problem: str, _line: str, _before: list[str]) -> str | None:
    return "indent with spaces" if problem.startswith("a tab") else None


def _for_references(_problem: str, line: str, _before: list[str]) -> str | None:
    unquoted = _UNQUOTED.search(line) if "{" in line.replace("${", "") else None
    return f'put quotes around it: "{unquoted[0]}"' if unquoted else None


def _for_colons(problem: str, line: str, before: list[str]) -> str | None:
    if not problem.startswith("mapping values"):
        return None
    two = _TWO_COLONS.match(line)
    if two:
        return f"put quotes around what follows {two[1]}:, since it has a colon in it"
    last = next((each.strip() for each in reversed(before) if each.strip() and not each.strip().startswith("#")), "")
    if last and ":" not in last:
        return "the line before has no colon: write name: value"
    return "give this line as many spaces in front as the other settings of its section"


def _for_words(problem: str, _line: str, _before: list[str]) -> str | None:
    return next((hint for words, hint in _WORDS.items() if words in problem), None)


_PLAIN = {
    "'\\t'": "a tab where only spaces are allowed",
    "expected <block end>": "this line stands further in or out than those it belongs to",
    "could not find expected ':'": "a name without a colon",
    "another document": "a second document begins here",
}
"""Problems in plain words, by words of the parser."""

_WORDS = {
    "text after": "put quotes around the whole value",
    "never closed": "close them, with the same sign as they begin with",
    "further in or out": "give it as many spaces in front as the other settings of its section",
    "name without a colon": "write name: value, with a colon and a space",
    "cannot start any token": "put quotes around the value",
    "undefined alias": "put quotes around the value: a * in front stands for something named before",
    "expected ',' or '}'": "close the { with a }, put a comma after each setting, and quotes around colons",
    "expected ',' or ']'": "close the [ with a ], and put a comma after each value",
    "unknown escape": "use '…' instead of \"…\", or write \\\\ for each \\",
    "second document": "a file holds one config: remove the line with ---",
    "expected the node content": "close what was opened with { or [",
}
"""Cures by words of the problem."""

_OPENED = [hint for words, hint in _WORDS.items() if "expected ',' or" in words]
"""Cures of what was opened on another line, perhaps."""

_CURES: tuple[Callable[[str, str, list[str]], str | None], ...] = (
    _for_tabs,
    _for_references,
    _for_colons,
    _for_words,
)
