"""The jinja2 sandbox in which templates run. Only this module loads jinja2; `environment` loads it when needed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from syndicate.errors import RenderError
from syndicate.rendering.fit import Mention, Tag, may_give_way
from syndicate.rendering.labels import hashtags
from syndicate.rendering.mentions import as_written

MAX_OUTPUT = 200_000
"""Characters a template may print: three times the longest post any network takes."""

MAX_STEPS = 100_000
"""Steps all loops over `range` may take together in one rendering."""

MAX_PRODUCT = 100_000
"""The longest text or list that `*` may make."""

NAMES = ("article", "site", "account", "limits", "link", "image")
CARD_NAMES = ("article", "site", "card", "colours")


class _Missing(StrictUndefined):
    """An undefined name; the error names it and the one that may have been meant."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_hint:
            return str(self._undefined_hint)
        meant = difflib.get_close_matches(name, _names_in(self._undefined_obj), n=1)
        return f"'{name}' is undefined" + (f" (did you mean '{meant[0]}'?)" if meant else "")

    __slots__ = ()


def _names_in(value: Any) -> list[str]:
    if value is missing:
        return [*NAMES, *CARD_NAMES, "range", "loop"]
    known = value if isinstance(value, Mapping) else dir(value)
    return [str(name) for name in known if not str(name).startswith("_")]


class _Sandbox(ImmutableSandboxedEnvironment):
    """Templates may read and print; they cannot change anything, reach anything else, or use up memory and time."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("powers are not available in templates")
        sizes = [len(side) if hasattr(side, "__len__") else side for side in (left, right)]
        if any(hasattr(side, "__len__") for side in (left, right)) and sizes[0] * sizes[1] > MAX_PRODUCT:
            raise SecurityError(f"'*' may make at most {MAX_PRODUCT} characters")
        return super().call_binop(context, operator, left, right)


def environment(directories: Sequence[Path], *, html: bool = False) -> jinja2.Environment:
    """A sandbox that loads templates from `directories` only, and again when a file there changed.

    With `html`, whatever a template prints is escaped.
    """
    made = _Sandbox(
        loader=jinja2.FileSystemLoader(directories, encoding="utf-8-sig"),
        undefined=_Missing,
        autoescape=html,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"fit": may_give_way, "mention": _mention, "hashtag": _hashtag}
    return made


def _printed(value: Any) -> Any:
    return "" if value is None else value


def _mention(handle: str) -> Mention | str:
    """The `mention` filter: a handle that is never cut, and whose position the adapters get."""
    handle = as_written(handle).removeprefix("@")
    return Mention(f"@{handle}") if handle else ""


def _hashtag(name: str) -> Tag | str:
    """The `hashtag` filter: any words as one hashtag, "" when nothing is left of them."""
    tags = hashtags(None, [name.replace(">", " ")])
    return Tag(f"#{tags[0]}") if tags else ""


def run(
    made: jinja2.Environment,
    name: str,
    variables: Mapping[str, Any],
    shown: Callable[[str], str],
    *,
    column: bool = False,
) -> str:
    """Render the template `name`. `shown` turns a file's path into the one for messages.

    Raises RenderError with file, line (and `column`) and what is wrong, whatever a template does.
    """
    try:
        return _limited(made.get_template(name).generate(**variables, range=_counted_range()))
    except jinja2.TemplateSyntaxError as fault:
        words = " ".join((fault.message or "").split())
        where = _column(fault.filename or "", fault.lineno, words) if column else ""
        raise RenderError(f"{shown(fault.filename or name)}:{fault.lineno}{where}: {words}") from fault
    except RecursionError as fault:
        raise RenderError(f"{shown(name)}: includes itself without an end") from fault
    except RenderError as fault:
        raise RenderError(f"{_place(fault, made, name, shown, column)}: {fault}", hint=fault.hint) from fault
    except Exception as fault:  # a template may fail in any way Python can
        raise RenderError(f"{_place(fault, made, name, shown, column)}: {_words(fault)}") from fault


def _words(fault: Exception) -> str:
    if isinstance(fault, jinja2.TemplateNotFound):
        return f"there is no template '{fault.name}'"
    text = " ".join(str(fault).split()) or type(fault).__name__
    return text if isinstance(fault, (jinja2.TemplateError, OverflowError)) else f"{type(fault).__name__}: {text}"


def _place(fault: Exception, made: jinja2.Environment, name: str, shown: Callable[[str], str], column: bool) -> str:
    """The file and line of the innermost template, from the traceback that jinja rewrites."""
    loader = made.loader
    assert isinstance(loader, jinja2.FileSystemLoader)
    place = shown(name)
    step = fault.__traceback__
    while step:
        path = step.tb_frame.f_code.co_filename
        if any(Path(path).is_relative_to(directory) for directory in loader.searchpath):
            place = f"{shown(path)}:{step.tb_lineno}"
            place += _column(path, step.tb_lineno, _words(fault)) if column else ""
        step = step.tb_next
    return place


def _column(path: str, line: int, words: str) -> str:
    """The likely column of a mistake: where its line has what the message quotes, since jinja keeps only the line."""
    try:
        text = Path(path).read_text("utf-8").splitlines()[line - 1]
    except (OSError, ValueError, IndexError):
        return ""
    quoted = re.findall(r"'([^']+)'", words)
    marks = (text.find(mark) for mark in (*quoted, "{{", "{%", "{#"))
    return f":{next((at for at in marks if at >= 0), len(text) - len(text.lstrip())) + 1}"


def _limited(pieces: Iterable[str]) -> str:
    printed: list[str] = []
    length = 0
    for piece in pieces:
        printed.append(piece)
        length += len(piece)
        if length > MAX_OUTPUT:
            raise RenderError(f"prints more than {MAX_OUTPUT} characters")
    return "".join(printed)


def _counted_range() -> Callable[..., Iterator[int]]:
    left = MAX_STEPS

    def steps(*bounds: int) -> Iterator[int]:
        nonlocal left
        for number in range(*bounds):
            left -= 1
            if left < 0:
                raise OverflowError(f"loops take more than {MAX_STEPS} steps")
            yield number

    return steps
