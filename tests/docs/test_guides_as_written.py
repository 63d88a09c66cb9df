"""The examples of two guides, as they stand there: an article that says how it is announced, and one said again."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from ruamel.yaml import YAML

from tests.worlds.pages import DOCS
from tests.worlds.stage import Stage
from tests.worlds.years import pass_by

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OVERRIDES = (DOCS / "guides" / "overrides.md").read_text(encoding="utf-8")
AGAIN = (DOCS / "guides" / "again.md").read_text(encoding="utf-8")


def shown(page, language):
    """The first block of a language."""
    return next(text for kind, text in BLOCK.findall(page) if kind == language)


@pytest.fixture
def stage(reader, request):
    """A reader with the accounts of the guide's config, where no account leads off this machine."""
    made = Stage(reader, request)

    def begin(page, **sources):
        settings = YAML(typ="safe").load(shown(page, "yaml"))
        made.environment(shown(page, "yaml"))
        made.reader.write_config({"accounts": settings["accounts"]} | ({"sources": sources} if sources else {}))
        made.run("syndicate post")

    made.begin = begin
    return made


def posts(stage):
    return {post["platform"]: (post["text"].split("http")[0].strip(), post) for post in stage.reader.sandbox.posts()}


def test_front_matter_speaks_for_its_article(stage):
    (stage.reader.folder / "content").mkdir()
    stage.begin(OVERRIDES, blog={"type": "folder", "url": "./content", "overrides": "social", "preflight": "off"})
    now = datetime.now(UTC).isoformat()
    stage.file("content/night-train.md", shown(OVERRIDES, "text").replace("2026-11-23", now) + "\nSix carriages.\n")
    stage.run("syndicate post")
    found = posts(stage)
    assert found["bluesky"][0] == "The cat is back."
    assert found["mastodon"][0] == "The cat is back, on the night train:"
    assert "Cats" in json.dumps(found["mastodon"][1])


def test_an_entry_of_a_feed_speaks_for_its_article(stage):
    site = stage.reader.site
    site.files["/atom.xml"] = (
        "application/atom+xml",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title></feed>',
    )
    stage.begin(OVERRIDES, blog={"url": f"{site.url}/atom.xml", "overrides": "social", "preflight": "off"})
    now = datetime.now(UTC).isoformat()
    more = f'<link href="{site.url}/night-train"/><id>n1</id><updated>{now}</updated><published>{now}</published>'
    feed = shown(OVERRIDES, "xml").replace("</title>", f"</title>{more}")
    site.files["/atom.xml"] = ("application/atom+xml", feed.encode())
    stage.run("syndicate post")
    found = posts(stage)
    assert found.keys() == {"mastodon"}
    assert found["mastodon"][0] == "The cat is back:"
    assert f"{site.url}/night-train" in found["mastodon"][1]["text"]


def test_an_item_of_a_json_feed_speaks_for_its_article(stage):
    [said] = re.findall(r'`("_social": \{.*?\})`', OVERRIDES)
    site = stage.reader.site
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "items": []}
    site.files["/feed.json"] = ("application/feed+json", json.dumps(whole).encode())
    stage.begin(OVERRIDES, blog={"url": f"{site.url}/feed.json", "overrides": "_social", "preflight": "off"})
    item = {"id": "n1", "url": f"{site.url}/night-train", "title": "The night train returns"}
    item |= {"date_published": datetime.now(UTC).isoformat()} | json.loads(f"{{{said}}}")
    site.files["/feed.json"] = ("application/feed+json", json.dumps(whole | {"items": [item]}).encode())
    stage.run("syndicate post")
    assert posts(stage).keys() == {"mastodon"}


def test_an_evergreen_is_said_again_by_the_rule(stage):
    stage.begin(AGAIN)
    stage.reader.site.publish(1, slug="old-mill", title="The old mill", categories=("evergreen",))
    stage.run("syndicate post")
    assert len(stage.reader.sandbox.posts()) == 1
    pass_by(stage.reader.folder / "syndicate.db", timedelta(days=91))
    stage.run("syndicate post")
    first, again = stage.reader.sandbox.posts()
    assert first["link"] == again["link"]
    assert first["text"] != again["text"]
