"""The renderer of a run: what it makes when, and what it says of the templates it used."""

from pathlib import Path

import pytest

from syndicate.app.renderer import LazyRenderer
from syndicate.delivery.lane import Lane
from syndicate.model import Account, Site
from tests.worlds.newsroom import Network

SITE = Site("Gazette", "https://gazette.example/")


@pytest.fixture
def lane():
    network = Network()
    return Lane(Account("acct", "fake", image="none"), network, lambda: network.limits, None)


@pytest.fixture
def renderer(tmp_path):
    def make(templates: Path | None = None):
        made.append(LazyRenderer(SITE, templates, lambda: None))
        return made[-1]

    made = []
    yield make
    for each in made:
        each.close()


def test_a_folder_of_templates_that_is_not_there_is_told_once_it_would_be_used(renderer, lane, clock, tmp_path):
    made = renderer(tmp_path / "nowhere")
    assert made.notes == []
    assert made.try_templates([lane, lane], clock()) == []
    assert made.notes == [f"templates: {tmp_path / 'nowhere'} is no folder; the built-in texts are used"]


def test_a_template_that_fails_is_told_with_its_account(renderer, lane, clock, tmp_path):
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "post.txt.j2").write_text("{{ article.titel }}")
    [fault] = renderer(tmp_path).try_templates([lane], clock())
    assert fault.startswith("acct: ")
    assert "titel" in fault
