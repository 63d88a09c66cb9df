"""The kinds of run: what each works on, what leaves it, and what is left when it ends."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from syndicate.app.runs import DryRun, RealRun, SandboxRun
from syndicate.config.schema import AccountConfig, Config
from syndicate.errors import ConfigError, LedgerError
from syndicate.model import Account, Site
from syndicate.ports import Reply

MASTO = Account("masto", "mastodon")


@dataclass(frozen=True)
class Fixed:
    """Options of a network that can only be where it is."""

    token: str = "masto-token"


class Door:
    """Remembers what passed through."""

    def __init__(self, clock):
        self.asked, self.clock = [], clock

    def call(self, method, url, **parts):
        self.asked.append(method)
        return Reply(200, {}, b"{}", url, self.clock())


@pytest.fixture
def aside(tmp_path, monkeypatch):
    """Where private folders are made."""
    folder = tmp_path / "aside"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def config(tmp_path):
    return Config(
        Path("config.yaml"),
        Site("Gazette", "https://gazette.example/"),
        database=f"sqlite:///{tmp_path / 'syndicate.db'}",
        accounts={"masto": AccountConfig(MASTO, Fixed())},
    )


@pytest.fixture
def before(config, clock):
    """The ledger, as an earlier run left it: one account, which a person has paused."""
    run = RealRun(config, {}, clock)
    run.ledger.accounts.ensure(MASTO, clock())
    run.ledger.accounts.pause("masto", "person", clock())
    run.close()


def test_a_dry_run_writes_to_a_copy_that_goes_with_it(config, before, aside, clock):
    run = DryRun(config, {})
    run.ledger.sources.ensure("news", "https://gazette.example/rss.xml")
    assert (run.paused, run.ledger.accounts.find("masto").paused) == ({"masto": "person"}, "person")
    assert len(list(aside.iterdir())) == 1
    run.close()
    assert list(aside.iterdir()) == []
    real = RealRun(config, {}, clock)
    assert real.ledger.sources.baseline("news") is None
    assert (real.paused, real.ledger.accounts.find("masto").paused) == ({}, "person")
    real.close()


def test_a_dry_run_before_any_other_makes_no_ledger(config, aside):
    DryRun(config, {}).close()
    assert not config.ledger.exists()
    assert list(aside.iterdir()) == []


def test_only_a_dry_run_keeps_what_would_be_written_from_the_network(config, aside, clock):
    dry, real = DryRun(config, {}), RealRun(config, {}, clock)
    asked = {}
    for run in (dry, real):
        network = Door(clock)
        door = run.door("masto", network)
        door.call("GET", "https://social.example/")
        door.call("POST", "https://social.example/", json={}, sample={})
        asked[run] = network.asked
        run.close()
    assert list(asked.values()) == [["GET"], ["GET", "POST"]]


def test_a_sandbox_run_that_cannot_lead_an_account_away_from_the_world_leaves_nothing(config, before, aside):
    with pytest.raises(ConfigError, match="the sandbox cannot stand in"):
        SandboxRun(config, {}, "http://127.0.0.1:8700")
    assert list(aside.iterdir()) == []


@pytest.mark.parametrize("kind", [DryRun, lambda config, environ: SandboxRun(config, environ, "http://127.0.0.1:8700")])
def test_a_run_on_a_copy_that_cannot_be_made_leaves_nothing(config, aside, kind):
    config.ledger.write_bytes(b"no database at all, but something long enough to be read" * 40)
    with pytest.raises(LedgerError):
        kind(config, {})
    assert list(aside.iterdir()) == []
