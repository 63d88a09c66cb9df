"""In which order accounts with work get a thread: one of each site after the other, so that no site is first with all
of its own. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import zip_longest

from syndicate.model import site_of


def in_turn(names: Iterable[str]) -> list[str]:
    """The names, the first of each site before the second of any."""
    sites = defaultdict[str, list[str]](list)
    for name in names:
        sites[site_of(name)].append(name)
    return [name for row in zip_longest(*sites.values()) for name in row if name is not None]
