"""The renderer of a run: what it makes when, and what it says of the templates it used."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.app.renderer import LazyRenderer
from syndicate.delivery.lane import Lane
from syndicate.model import Account, Article, Site
from syndicate.platforms import find
from syndicate.rendering.manner import BEFORE
from syndicate.serialization import freeze
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


LINK = "https://gazette.example/2026/a-new-ferry-for-the-northern-harbour"
STORY = Article("news", LINK, "A new ferry for @harbour", "It sails in May.", section="Uncategorized")
NETWORK = object.__new__(find("bluesky"))


@pytest.mark.parametrize("setting", [None, "text", "card"])
@pytest.mark.parametrize("title", ["A new ferry", "A new #ferry for @harbour"])
def test_what_was_approved_before_posts_were_made_as_now_goes_out_as_approved(renderer, clock, setting, title):
    made, account = renderer(), Account("acct", "bluesky", image="none", link=setting)
    wanted = (replace(STORY, title=title), account, NETWORK, NETWORK.limits)
    moments = {"at": clock(), "planned_at": clock()}
    today = freeze(made.render(*wanted, **moments))
    before = freeze(made._renderer().render(*wanted, **moments, manner=BEFORE))
    assert before != today

    def approved(digest):
        return freeze(made.approved(SimpleNamespace(approved=digest, again=None))(*wanted, **moments))

    assert approved(before[1]) == before
    assert approved(today[1]) == today
    assert approved(None) == today
    assert approved("0" * 64) == today, "what changed since it was approved is shown as it is now, and asked for again"
