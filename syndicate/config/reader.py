"""Reads and checks a config file: gives a `Config`, or every mistake at once, each with its line and column."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicate.config.accounts import Find
from syndicate.config.document import Node, Problems, parse, written
from syndicate.config.installation import INSTALLATION, installation
from syndicate.config.schema import NOT_BUILT, Config
from syndicate.config.site import SITE, one_site
from syndicate.config.typed import Typed

if TYPE_CHECKING:
    from syndicate.ports import Platform

__all__ = ["load"]


def load(path: Path | str, environ: Mapping[str, str], *, fill: bool = False, find: Find | None = None) -> Config:
    """Read and check a config file. With `fill`, a secret that is not set gets a stand-in and is no mistake.

    A folder is a config of many sites: one in each of its files. `find` gives the adapter of a platform's name
    (default: `platforms.find`). Raises ConfigError, whose message has every mistake.
    """
    path, find = Path(path), find or _found
    if path.is_dir():
        from syndicate.config.sites import in_folder

        return in_folder(path, environ, fill=fill, find=find)
    text = written(path)
    problems = Problems(str(path), text)
    top = parse(text, problems, str(path))
    typed = Typed(problems, path.absolute().parent, environ, fill)
    if "sites" in top:
        from syndicate.config.sites import many

        return many(path, top, typed, find)
    config: Config = _config(path, top, typed, find)
    problems.check()
    return config


def _found(name: str) -> type[Platform]:
    from syndicate.platforms import find

    return find(name)


def _config(path: Path, top: dict[str, Node], typed: Typed, find: Find) -> Any:
    typed.known("", top, (*SITE, *INSTALLATION, "sites"), NOT_BUILT[""])
    shared, own = installation(top, typed), one_site(top, typed, find)
    if shared is None or own is None:
        return None
    problems = typed.problems
    secrets = tuple(sorted(problems.secrets, key=lambda secret: (-len(secret), secret)))
    filled, notes = frozenset(problems.filled), tuple(problems.notes)
    return Config(path=path, **shared, **own, secrets=secrets, filled=filled, notes=notes, files=(path,))
