"""X's count works where there is no setuptools, as in environments of pipx, uv and Python 3.12."""

from __future__ import annotations

import sys

import pytest

from tests import processes

COUNT = """\
import sys
sys.modules["pkg_resources"] = None  # as if it were not installed
from syndicate.platforms._x_counting import links_by_itself, weighted_length
print(weighted_length("\\U0001F468\\u200D\\U0001F469\\u200D\\U0001F467 at the fair"))
print(links_by_itself("see gazette.com"))
print(sys.modules["pkg_resources"])
"""


def test_x_is_counted_without_setuptools():
    done = processes.run([sys.executable, "-c", COUNT])
    assert done.stdout.splitlines() == ["14", "True", "None"]


@pytest.mark.parametrize("begin", ["", "import pkg_resources; "])
def test_whoever_wants_setuptools_gets_the_real_one(begin):
    pytest.importorskip("pkg_resources")
    later = "from syndicate.platforms._twitter_text import twitter_text; twitter_text(); import pkg_resources"
    done = processes.run([sys.executable, "-W", "ignore", "-c", f"{begin}{later}; print(pkg_resources.__file__)"])
    assert done.stdout.strip().endswith("__init__.py")
