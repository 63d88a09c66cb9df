"""Finds the template of a platform. Loads jinja2 with the first rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import syndicate
from syndicate.errors import RenderError

if TYPE_CHECKING:
    import jinja2


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
    """

    def __init__(self, directories: Sequence[Path] = ()) -> None:
        self._directories = tuple(dict.fromkeys((*directories, builtin_templates())))

    @cached_property
    def _environment(self) -> jinja2.Environment:
        from syndicate.rendering import jinja

        return jinja.environment(self._directories)

    def find(self, platform: str, file: str) -> Path:
        """The path of the template that is used for `platform`."""
        places = (directory / folder / file for directory in self._directories for folder in (platform, "default"))
        try:
            found = next((path for path in places if path.is_file()), None)
        except OSError as fault:
            raise RenderError(f"{fault.filename}: {fault.strerror}") from fault
        if found is None:
            raise RenderError(f"there is no template default/{file}")
        return found

    def shown(self, path: Path | str) -> str:
        """A template's path for messages: `templates/mastodon/post.txt.j2`."""
        for directory in self._directories:
            if Path(path).is_relative_to(directory):
                return (Path(directory.resolve().name) / Path(path).relative_to(directory)).as_posix()
        return str(path)

    def render(self, platform: str, file: str, variables: Mapping[str, Any]) -> str:
        """Render the platform's template; the text has marks for `fit`. Raises RenderError."""
        from syndicate.rendering import jinja

        path = self.find(platform, file)
        name = f"{path.parent.name}/{file}"
        return jinja.run(self._environment, name, variables, self._shown_name)

    def _shown_name(self, name: str) -> str:
        """`shown` for a path, or for a template's name as the environment knows it."""
        known = (directory / name for directory in self._directories)
        return self.shown(next((path for path in known if path.is_file()), Path(name)))
