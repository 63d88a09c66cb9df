"""What a start asks of the ledger grows with the accounts, and not with their square."""

from __future__ import annotations

import pytest

from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from syndicate.sandbox.server import Sandbox
from tests.worlds.statements import counted

CONFIG = 'site: {{name: Gazette, url: "https://gazette.example/"}}\nsources: {{}}\naccounts:\n{accounts}'
ACCOUNT = "  a{n}: {{platform: mastodon, url: 'https://social.example', token: token-{n}, api_url: '{url}'}}\n"


@pytest.fixture
def asked(tmp_path):
    """How many statements it takes to register so many accounts and to ask their network who each of them is."""

    def run(number):
        path = tmp_path / f"{number}" / "config.yaml"
        path.parent.mkdir()
        with Sandbox() as sandbox:
            path.write_text(
                CONFIG.format(accounts="".join(ACCOUNT.format(n=n, url=sandbox.url) for n in range(number)))
            )
            with App(RealRun(load(path, {}), {})) as app, counted(app.ledger.database) as statements:
                app.lanes.register_all()
                for account in app.config.enabled:
                    assert app.lanes.verify(account.name)
        return len(statements)

    return run


def test_four_times_as_many_accounts_take_four_times_as_many_statements(asked):
    few, many = asked(5), asked(20)
    assert few < many <= 4 * few, "each account that was asked had all the others looked at"
