"""The short form of the storm of everything; `make chaos` runs the long one."""

import pytest

from tests.chaos.everything import everything, table
from tests.chaos.reckoning import PARTS


@pytest.mark.slow
def test_whatever_is_killed_every_post_is_out_once_and_every_place_was_told_what_happened(tmp_path):
    found = everything(stories=6, kills=8, seed=7, folder=tmp_path, wrath=0.4)
    said = (tmp_path / "said.log").read_text(encoding="utf-8")[-4000:]
    told = "\n".join((table(found), *found.made.complaints, said))
    assert not found.made.complaints, told
    for network in PARTS:
        column = found.made.columns[network]
        assert (column.duplicates, column.lost) == (0, 0), told
        assert column.posted + column.held + column.behind >= found.stories, told
    assert {name for name, place in found.made.places.items() if place.told} == {
        *("webhook", "command", "file", "front_matter", "wordpress")
    }, told
    assert all((place.never, place.untrue, place.disordered) == (0, 0, 0) for place in found.made.places.values()), told
