"""A config file in a directory of its own, read with adapters that exist only here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from syndicate.config.reader import load
from syndicate.config.schema import Config
from syndicate.errors import ConfigError
from tests.worlds.config_file import find


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def read(write: Callable[[str], Path]) -> Callable[..., Config]:
    def read(text: str, *, fill: bool = False, **environ: str) -> Config:
        return load(write(text), environ, fill=fill, find=find)

    return read


@pytest.fixture
def mistakes(read: Callable[..., Config], tmp_path: Path) -> Callable[..., str]:
    """What is said about a config, without the directory of the file."""

    def mistakes(text: str, *, fill: bool = False, **environ: str) -> str:
        with pytest.raises(ConfigError) as caught:
            read(text, fill=fill, **environ)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return mistakes
