"""The pages of the docs, and the script that makes some of them."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def generator() -> ModuleType:
    if str(DOCS) not in sys.path:  # it has a part in a file of its own
        sys.path.append(str(DOCS))
    found = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert found
    assert found.loader
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def site_script(name: str) -> ModuleType:
    """A script of docs/site, which makes the pages into a site: `pages` or `check`."""
    if str(DOCS / "site") not in sys.path:
        sys.path.append(str(DOCS / "site"))
    return importlib.import_module(name)
