"""Says what a template did wrong: its file and line, and what. Loaded by the first template that fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType

import jinja2
from jinja2.compiler import CodeGenerator
from jinja2.nodes import Node
from jinja2.parser import Parser

from syndicate.errors import RenderError
from syndicate.net import file_guard
from syndicate.rendering.harmless import MAX_TEMPLATE, TooSlow


def told(
    fault: BaseException, made: jinja2.Environment, name: str, shown: Callable[[str], str], column: bool
) -> RenderError:
    """What the template `name` did wrong, with file, line (and `column`); `shown` makes a path one for messages."""
    if isinstance(fault, jinja2.TemplateSyntaxError):
        words = " ".join((fault.message or "").split())
        where = _column(fault.filename or "", fault.lineno, words) if column else ""
        return RenderError(f"{shown(fault.filename or name)}:{fault.lineno}{where}: {words}")
    if isinstance(fault, RecursionError):
        return RenderError(f"{shown(name)}: is nested too deep, or includes itself without an end")
    if isinstance(fault, file_guard.RefusedFile):
        return RenderError(f"{shown(fault.filename)} is {fault.strerror}")
    place = _place(fault, made, name, shown, column)
    if isinstance(fault, RenderError):
        return RenderError(f"{place}: {fault}", hint=fault.hint)
    return RenderError(f"{place}: {_words(fault)}")


def _words(fault: BaseException) -> str:
    if isinstance(fault, jinja2.TemplateNotFound):
        return f"there is no template '{fault.name}'"
    if isinstance(fault, MemoryError):
        return "needs more memory than a text may take"
    text = " ".join(str(fault).split()) or type(fault).__name__
    return (
        text if isinstance(fault, (jinja2.TemplateError, OverflowError, TooSlow)) else f"{type(fault).__name__}: {text}"
    )


def _place(fault: BaseException, made: jinja2.Environment, name: str, shown: Callable[[str], str], column: bool) -> str:
    """The file and line of the innermost template, from the traceback; for one that came while another fault was
    handled, from that one's.
    """
    loader = made.loader
    assert isinstance(loader, jinja2.FileSystemLoader)
    place, step = None, fault.__traceback__
    while step:
        path, line = step.tb_frame.f_code.co_filename, _line(step)
        if any(Path(path).is_relative_to(directory) for directory in loader.searchpath):
            place = f"{shown(path)}:{line}"
            place += _column(path, line, _words(fault)) if column else ""
        place = _compiled_place(step.tb_frame, shown) or place
        step = step.tb_next
    if place is None and fault.__context__ is not None:
        return _place(fault.__context__, made, name, shown, column)
    return place or shown(name)


def _line(step: TracebackType) -> int:
    """The line of a template's source; a traceback that Jinja has not rewritten has those of what is compiled."""
    template = step.tb_frame.f_globals.get("__jinja_template__")
    return template.get_corresponding_lineno(step.tb_lineno) if template is not None else step.tb_lineno


def _compiled_place(frame: FrameType, shown: Callable[[str], str]) -> str | None:
    """The file and line that are being parsed or compiled in a frame; None for one of anything else."""
    at_work, node = frame.f_locals.get("self"), frame.f_locals.get("node")
    line = None
    if isinstance(at_work, Parser) and hasattr(at_work, "stream"):
        line = at_work.stream.current.lineno
    elif isinstance(at_work, CodeGenerator) and isinstance(node, Node):
        line = node.lineno
    file = getattr(at_work, "filename", None)  # which one that was just begun has not yet
    return f"{shown(file)}:{line}" if file and line else None


def _column(path: str, line: int, words: str) -> str:
    """The likely column of a mistake: where its line has what the message quotes, since jinja keeps only the line."""
    try:
        text = file_guard.read(Path(path), None, MAX_TEMPLATE).decode("utf-8").splitlines()[line - 1]
    except (OSError, ValueError, IndexError):
        return ""
    quoted = re.findall(r"'([^']+)'", words)
    marks = (text.find(mark) for mark in (*quoted, "{{", "{%", "{#"))
    return f":{next((at for at in marks if at >= 0), len(text) - len(text.lstrip())) + 1}"
