"""What the layout promises: a light start, one door to the network, names in order."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import syndicate
from tests import processes

ROOT = Path(syndicate.__file__).parent
HEAVY = ("requests", "urllib3", "jinja2", "apscheduler", "pydantic", "ruamel", "PIL", "rich", "cryptography", "sqlite3")


def loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sorted(sys.modules)))"
    done = processes.run([sys.executable, "-c", script])
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_click_and_little_else():
    modules = loaded(
        "import contextlib, io\n"
        "from syndicate.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n    main(['--help'])"
    )
    assert "click" in modules
    assert not modules.intersection(HEAVY)


@pytest.mark.parametrize("module", ["app", "delivery", "rendering.post", "sources.feed", "platforms.x", "http"])
def test_a_module_loads_no_more_than_it_needs_at_once(module):
    modules = loaded(f"import syndicate.{module}")
    assert not modules.intersection({"PIL", "jinja2", "requests", "pydantic", "rich", "twitter_text", "feedparser"})


def test_exported_names_are_sorted_and_there():
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                names = [item.value for item in node.value.elts]
                assert names == sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name)), path


def test_every_module_says_what_it_is():
    for path in ROOT.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
