"""The jinja2 sandbox in which templates run. Only this module loads jinja2; `environment` loads it when needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.loaders import split_template_path
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from syndicate.errors import RenderError
from syndicate.model.dataclass import dataclass
from syndicate.net import file_guard
from syndicate.rendering.fit import Mention, Tag, may_give_way
from syndicate.rendering.harmless import MAX_TEMPLATE, SOURCE_BYTES, TooSlow, largest_story
from syndicate.rendering.labels import hashtags
from syndicate.rendering.mentions import as_written
from syndicate.rendering.people import mentioned
from syndicate.rendering.story_sizes import NOTHING, STORIES, Story
from syndicate.rendering.template_parts import part

MAX_OUTPUT = 200_000
"""Characters a template may print: three times the longest post any network takes."""

MAX_STEPS = 100_000
"""Steps all loops over `range` may take together in one rendering."""

MAX_PRODUCT = 100_000
"""The longest text or list that `*` may make."""

MAX_BITS = 1000
"""Binary digits of the largest number that `*` may make."""

NAMES = ("article", "site", "account", "limits", "link", "image")
CARD_NAMES = ("article", "site", "card", "colours")


_SAFE: dict[tuple[type, str], bool] = {}
"""Which attributes of which types a template may read, of those that one asked for."""


class _Missing(StrictUndefined):
    """An undefined name; the error names it and the one that may have been meant."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if name == "part" and self._undefined_obj is missing:
            return "part() is for post.txt.j2, which may become a thread (take it out)"
        if self._undefined_hint:
            return str(self._undefined_hint)
        import difflib

        meant = difflib.get_close_matches(name, _names_in(self._undefined_obj), n=1)
        return f"'{name}' is undefined" + (f" (did you mean '{meant[0]}'?)" if meant else "")

    __slots__ = ()


def _names_in(value: Any) -> list[str]:
    if value is missing:
        return [*NAMES, *CARD_NAMES, "range", "loop", "part"]
    known = value if isinstance(value, Mapping) else dir(value)
    return [str(name) for name in known if not str(name).startswith("_")]


class _Sandbox(ImmutableSandboxedEnvironment):
    """Templates may read and print; they cannot change anything or reach anything else.

    A hint of what is too much comes from here; memory and time are limited by the processes in which templates run,
    but for those that are `harmless`.
    """

    intercepted_binops = frozenset({"*", "**"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        asked = (type(obj), attr)  # what jinja2 decides by
        found = _SAFE.get(asked)
        if found is None:
            found = _SAFE[asked] = super().is_safe_attribute(obj, attr, value)
        return found

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("powers are not available in templates")
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MAX_BITS:
            raise SecurityError("a number is too large")
        sizes = [len(side) if hasattr(side, "__len__") else side for side in (left, right)]
        if any(hasattr(side, "__len__") for side in (left, right)) and sizes[0] * sizes[1] > MAX_PRODUCT:
            raise SecurityError(f"'*' may make at most {MAX_PRODUCT} characters")
        return super().call_binop(context, operator, left, right)


class _Loader(jinja2.FileSystemLoader):
    """Loads templates that are regular files of our folders, after links are resolved."""

    def __init__(self, directories: Sequence[Path], within: Sequence[Path]) -> None:
        super().__init__(directories, encoding="utf-8-sig")
        self._within = within

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        del environment
        parts = split_template_path(template)
        places = (Path(directory, *parts) for directory in self.searchpath)
        path = next((place for place in places if os.path.lexists(place) and not place.is_dir()), None)
        if path is None:
            raise jinja2.TemplateNotFound(template)
        before = _state(path)
        text = file_guard.read(path, self._within, MAX_TEMPLATE).decode(self.encoding)
        return text, str(path), lambda: _state(path) == before


def _state(path: Path) -> tuple[int, ...] | None:
    """What changes when the file does, or when a link leads to another."""
    try:
        state = os.stat(path)  # noqa: PTH116  (asked for each text; a path's own takes longer)
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino, state.st_dev


def environment(
    directories: Sequence[Path], *, within: Sequence[Path] | None = None, html: bool = False
) -> jinja2.Environment:
    """A sandbox that loads templates from `directories` only, and again when a file there changed.

    Links may lead anywhere in the folders `within`, by default `directories`. With `html`, whatever a template
    prints is escaped.
    """
    made = _Sandbox(
        loader=_Loader(directories, within or directories),
        undefined=_Missing,
        autoescape=html,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"fit": may_give_way, "mention": _mention, "hashtag": _hashtag, "people": mentioned}
    if not html:
        made.globals["part"] = part
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
    return _run(lambda: made.get_template(name), made, name, variables, shown, column)


def run_here(made: jinja2.Environment, known: Known, variables: Mapping[str, Any], shown: Callable[[str], str]) -> str:
    """Render a harmless template. Raises RenderError as `run` does."""
    return _run(known.template, made, known.name, variables, shown, False)


@dataclass(frozen=True, slots=True)
class Known:
    """A template as it was judged: with which stories it is harmless, and how it is had then."""

    name: str
    largest: Story
    template: Callable[[], jinja2.Template]
    is_current: Callable[[], bool]


def judged(made: jinja2.Environment, name: str, size: int) -> Known:
    """Read a template of `size` bytes and say whether it is harmless. Nothing of it is compiled or run before.

    Jinja computes what it can while it compiles, so that compiling alone may take for ever.
    """
    assert made.loader is not None
    harmful = Known(name, NOTHING, lambda: made.get_template(name), lambda: False)
    if size > SOURCE_BYTES:
        return harmful
    try:
        source, path, current = made.loader.get_source(made, name)
        tree = made.parse(source, name, path)
        largest = largest_story(tree)
    except (jinja2.TemplateSyntaxError, RenderError):
        return replace(harmful, largest=STORIES[-1])  # to be read again, when its mistake is told
    except (jinja2.TemplateError, ValueError, OSError, RecursionError):
        return harmful

    @cache
    def template() -> jinja2.Template:
        # With a plain dictionary: Jinja's own chain of them is walked anew for each text.
        return jinja2.Template.from_code(made, made.compile(tree, name, path), dict(made.make_globals(None)))

    return Known(name, largest, template, current or harmful.is_current)


def _run(
    template: Callable[[], jinja2.Template],
    made: jinja2.Environment,
    name: str,
    variables: Mapping[str, Any],
    shown: Callable[[str], str],
    column: bool,
) -> str:
    try:
        return _limited(template().generate(**variables, range=_counted_range()))
    except (TooSlow, Exception) as fault:  # a template may fail in any way Python can
        raise _told(fault, made, name, shown, column) from fault


def _told(
    fault: BaseException, made: jinja2.Environment, name: str, shown: Callable[[str], str], column: bool
) -> RenderError:
    from syndicate.rendering.template_faults import told

    with suppress(TooSlow):  # its time may be over just now, which is said once
        return told(fault, made, name, shown, column)
    return told(fault, made, name, shown, column)


def _limited(pieces: Iterator[str]) -> str:
    printed: list[str] = []
    length = 0
    at = cast("Generator[str]", pieces)  # what is thrown there has the template's line in its traceback
    try:
        for piece in pieces:
            printed.append(piece)
            length += len(piece)
            if length > MAX_OUTPUT:
                at.throw(RenderError(f"prints more than {MAX_OUTPUT} characters"))
    except TooSlow as fault:
        at.throw(fault)
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
