"""What a server runs is remembered with the account, and the adapter gets it back."""

from __future__ import annotations

import pytest

from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from syndicate.sandbox.server import Sandbox

CONFIG = """site: {{name: Gazette, url: "https://gazette.example/", language: en}}
sources: {{news: {{url: "https://gazette.example/rss.xml"}}}}
accounts: {{masto: {{platform: mastodon, url: 'https://social.example', token: token-1, api_url: '{url}'}}}}
"""


@pytest.mark.parametrize(("software", "certainty"), [("mastodon", "keyed"), ("takahe", "lookup")])
def test_an_account_is_as_sure_as_the_software_of_its_server(tmp_path, software, certainty):
    path = tmp_path / "config.yaml"
    with Sandbox(quirks={"mastodon": {"software": software}}) as sandbox:
        path.write_text(CONFIG.format(url=sandbox.url))
        with App(RealRun(load(path, {}), {})) as app:
            app.lanes.register("masto")
            lane = app.lanes.of("masto")
            assert lane.platform.certainty == "lookup", "nobody has asked yet"
            limits = lane.limits()
            assert lane.platform.certainty == certainty
            assert limits.text_points == (None if software == "mastodon" else 500)
    with App(RealRun(load(path, {}), {})) as app:  # another process, and the server is gone
        assert app.lanes.of("masto").platform.certainty == certainty
        assert app.ledger.accounts.find("masto").identity.software.startswith(f"{software} ")
