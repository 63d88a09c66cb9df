"""The short form of the storm; `make chaos` runs the long one, and its last result stands in docs/concepts/chaos.md."""

import pytest

from tests.chaos.networks import ACCOUNTS
from tests.chaos.storm import storm, table


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_whatever_is_killed(tmp_path):
    result = storm(stories=10, kills=12, seed=7, folder=tmp_path, wrath=0.4)
    told = f"{table(result)}\n\n{(tmp_path / 'said.log').read_text(encoding='utf-8')[-4000:]}"
    for network, (certainty, _) in ACCOUNTS.items():
        assert result.duplicates(network) == 0, told
        assert result.lost(network) == set(), told
        posted = {link for name, link in result.posts if name == network}
        assert len(posted | result.held(network) | result.bare(network)) == 10, told
        if certainty != "blind":  # three answers lost in a row are for a person
            assert all(result.rows[network, link]["attempts"] >= 3 for link in result.held(network)), told
