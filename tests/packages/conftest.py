"""The wheel and the source archive, built once; what installs them runs only for `-m packages`."""

from __future__ import annotations

import pytest

from tests.worlds.hatch import build
from tests.worlds.pages import ROOT


def pytest_collection_modifyitems(config, items):
    """Leave out what needs a registry, unless it is asked for."""
    if "packages" in (config.option.markexpr or ""):
        return
    left = [item for item in items if item.get_closest_marker("packages")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The source archive and the wheel."""
    found = build(ROOT, tmp_path_factory.mktemp("dist"), "sdist", "wheel")
    wheel, archive = sorted(found, key=lambda path: path.suffix, reverse=True)
    assert (archive.suffix, wheel.suffix) == (".gz", ".whl")
    return archive, wheel
