"""Finds the template of a platform. Loads jinja2 with the first rendering."""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import syndicate
from syndicate.errors import RenderError
from syndicate.model.pattern import compiled_late
from syndicate.net import file_guard
from syndicate.rendering.story_sizes import weighed

if TYPE_CHECKING:
    import jinja2

    from syndicate.rendering.jinja import Known
    from syndicate.rendering.template_process import TextProcess


_PATTERNS = ("jinja2.utils", "jinja2.filters")
"""Modules with patterns of filters that few templates use."""

_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def builtin_templates() -> Path:
    """The folder of the built-in templates: in the package if installed from a wheel, else next to it."""
    package = Path(syndicate.__file__).resolve().parent
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "default" / "post.txt.j2").is_file():
            return folder
    raise RenderError(f"the built-in templates are missing from {package}", hint="install syndicate-social again")


class Templates:
    """The publisher's templates and, after them, the built-in ones.

    All of the publisher's come first: their `default/post.txt.j2` is used for every platform
    they have no folder for, before any built-in one. Files are read again when they change.
    Harmless ones are rendered here, others by a process with limits: our own, which `close` ends, or a `shared` one.
    """

    def __init__(
        self,
        directories: Sequence[Path] = (),
        process: TextProcess | None = None,
        shared: Callable[[], TextProcess] | None = None,
    ) -> None:
        self._directories = tuple(dict.fromkeys((*directories, builtin_templates())))
        self._known: dict[Path, Known] = {}
        self._places: dict[tuple[str, str], list[Path]] = {}
        self._process = process
        self._shared = shared
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the process that renders templates, if there is one."""
        if self._process is not None:
            self._process.close()

    @cached_property
    def _environment(self) -> jinja2.Environment:
        with compiled_late(() if "jinja2" in sys.modules else _PATTERNS):
            from syndicate.rendering import jinja

        return jinja.environment(self._directories)

    def find(self, platform: str, file: str) -> Path:
        """The path of the template that is used for `platform`."""
        places = self._places.get((platform, file))
        if places is None:
            folders = [directory / folder for directory in self._directories for folder in (platform, "default")]
            places = self._places[platform, file] = [folder / file for folder in folders]
        try:
            found, kind = next(((path, kind) for path in places if (kind := _kind(path)) is not None), (None, 0))
            if found is None:
                raise RenderError(f"there is no template default/{file}")
            if not stat.S_ISREG(kind) and not found.is_file():
                file_guard.check(found, self._directories)
        except file_guard.RefusedFile as fault:
            raise RenderError(f"{self.shown(fault.filename)} is {fault.strerror}") from fault
        except OSError as fault:
            raise RenderError(f"{fault.filename}: {fault.strerror}") from fault
        return found

    def shown(self, path: Path | str) -> str:
        """A template's path for messages: `templates/mastodon/post.txt.j2`."""
        for directory in self._directories:
            if Path(path).is_relative_to(directory):
                return (Path(directory.resolve().name) / Path(path).relative_to(directory)).as_posix()
        return str(path)

    def render(self, platform: str, file: str, variables: Mapping[str, Any]) -> str:
        """Render the platform's template; the text has marks for `fit`. Raises RenderError."""
        made, path = self._environment, self.find(platform, file)
        from syndicate.rendering import jinja

        name = f"{path.parent.name}/{file}"
        known = self._known.get(path)
        if known is None or not known.is_current():
            known = self._known[path] = jinja.judged(made, name, _size(path))
        if weighed(variables) in known.largest:
            return jinja.run_here(made, known, variables, self.shown_name)
        return self._apart().render(self._directories, name, self.shown_name(name), variables)

    def get_ready(self) -> None:
        """Do now what the first template would wait for."""
        self._environment.parse("{{ 0 }}")

    def render_here(self, name: str, variables: Mapping[str, Any]) -> str:
        """Render a template in this process, whatever it does: for the process with limits. Raises RenderError."""
        from syndicate.rendering import jinja

        return jinja.run(self._environment, name, variables, self.shown_name)

    def line(self, path: str, compiled: int) -> int:
        """The line of a template to which a line of its compiled form belongs."""
        name = next(Path(path).relative_to(each) for each in self._directories if Path(path).is_relative_to(each))
        return self._environment.get_template(name.as_posix()).get_corresponding_lineno(compiled)

    def shown_name(self, name: str) -> str:
        """`shown` for a path, or for a template's name as the environment knows it."""
        known = (directory / name for directory in self._directories)
        return self.shown(next((path for path in known if path.is_file()), Path(name)))

    def _apart(self) -> TextProcess:
        from syndicate.rendering.template_process import TemplateProcess

        if self._shared is not None:
            return self._shared()
        with self._lock:
            if self._process is None:
                self._process = TemplateProcess()
            return self._process


def _kind(path: Path) -> int | None:
    """The mode of what has this path, be it a link that leads nowhere; None where nothing has it."""
    try:
        return os.lstat(path).st_mode
    except OSError as fault:
        if fault.errno in _NOT_THERE:
            return None
        raise


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
