"""Which stand-ins a sandbox has, and how they come into it."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from syndicate import platforms
from syndicate.errors import ConfigError
from syndicate.ports import OwnDoor
from syndicate.sandbox import Sandbox, networks
from syndicate.sandbox.networks.webhook import WebhookStandIn

OURS = sorted(path.stem for path in Path(networks.__file__).parent.glob("[!_]*.py"))


@pytest.fixture
def brought(monkeypatch):
    """Lets another package bring stand-ins: names to what they name."""

    def bring(**entries):
        found = [EntryPoint(name, value, networks.GROUP) for name, value in entries.items()]
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group: found if group == networks.GROUP else [])
        networks._plugins.cache_clear()

    yield bring
    networks._plugins.cache_clear()


def test_every_module_is_a_stand_in_and_they_are_asked_in_the_order_of_their_names():
    assert list(networks.stand_ins()) == OURS


def test_every_network_has_its_stand_in():
    on_the_net = [name for name in platforms.names() if not issubclass(platforms.find(name), OwnDoor)]
    assert set(on_the_net) <= set(networks.stand_ins())


def test_another_package_brings_a_stand_in_but_cannot_take_the_place_of_ours(brought):
    path = "syndicate.sandbox.networks"
    brought(
        zebra=f"{path}.webhook:WebhookStandIn",
        another=f"{path}.webhook:WebhookStandIn",
        mastodon=f"{path}.webhook:WebhookStandIn",
    )
    found = networks.stand_ins()
    assert list(found) == [*OURS, "another", "zebra"]
    assert found["another"] is WebhookStandIn
    assert found["mastodon"] is not WebhookStandIn


def test_a_fault_can_be_planned_for_any_network_that_is_there(brought, time):
    brought(another="syndicate.sandbox.networks.webhook:WebhookStandIn")
    with Sandbox(clock=time, faults=[{"fault": "503", "platform": "another"}]) as sandbox:
        assert sandbox.faults.records()[0]["platform"] == "another"
        with pytest.raises(ConfigError, match=r'platform is "folder"; there are .*, x, another$'):
            sandbox.add_faults([{"fault": "503", "platform": "folder"}])


def test_a_stand_in_that_does_not_load_is_named(brought):
    brought(example="not_there:Network")
    with pytest.raises(ConfigError, match=r"^the stand-in for 'example' \(not_there:Network\) does not load: No mod"):
        Sandbox()


def test_quirks_of_a_network_that_is_not_there_are_refused():
    with pytest.raises(ConfigError, match=r"^the sandbox has no stand-in for mastadon \(there are bluesky, "):
        Sandbox(quirks={"mastadon": {"max_characters": 50}})
