"""What each page of the documentation takes for given before its commands are typed."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Callable
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests import processes
from tests.waiting import wait_for
from tests.worlds.long_stories import BODY, feed
from tests.worlds.reader import ACCOUNTS, STORIES, Reader
from tests.worlds.transcripts import ROOT

YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VALUES = {
    "TELEGRAM_BOT_TOKEN": "123456789:telegram-token",
    "SLACK_BOT_TOKEN": "xoxb-slack-token",
    "NTFY_TOPIC": "https://ntfy.sh/ntfy/gazette",
    "DISCORD_WEBHOOK": "https://discord.com/api/webhooks/1/webhook-token",
    "SLACK_WEBHOOK": "https://hooks.slack.com/services/T00000000/B00000000/webhooktoken",
}
SIGNED_IN = {"linkedin-page": {"token": "linkedin-token", "author": "urn:li:organization:4711"}}
"""What an account has after the reader has signed in, as the page tells beforehand."""
KEYS = ("52f0482a", "1f3a")  # of the deliveries that the guides show


class Stage:
    """A reader with what a page takes for given."""

    def __init__(self, reader: Reader, request: pytest.FixtureRequest) -> None:
        self.reader, self.request = reader, request
        self.key = KEYS[0]

    def here(self, command: str) -> str:
        """The command with the addresses and the key of this run."""
        for key in KEYS:
            command = command.replace(key, self.key)
        return self.reader.here(command)

    def run(self, command: str, expected: int = 0) -> list[str]:
        """A command that the page takes for given."""
        code, printed = self.reader.types(command)
        assert code == expected, "\n".join([f"$ {command}", *printed])
        return printed

    def file(self, name: str, text: str) -> None:
        """Write a file that the page takes for given."""
        path = self.reader.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def environment(self, text: str) -> None:
        """Set each variable that `text` names, and that is not set, to something that its network takes."""
        patch = self.request.getfixturevalue("monkeypatch")
        for name in re.findall(r"\$\{(\w+)\}", text):
            patch.setenv(name, VALUES.get(name, f"{name.lower()}-value"))

    def fault(self, platform: str, fault: str, **more: object) -> None:
        """The next commit to this network goes wrong."""
        self.reader.sandbox.add_faults([{"platform": platform, "step": "commit", "fault": fault} | more])


def first_run(stage: Stage) -> None:
    """A config with accounts, and a baseline."""
    stage.reader.config()
    stage.run("syndicate post")


def config_alone(stage: Stage) -> None:
    stage.reader.config()


def exported(stage: Stage) -> None:
    """A story that was posted, and the folder of a site's data."""
    one_story(stage)
    (stage.reader.folder / "data").mkdir()


def one_story(stage: Stage) -> None:
    """A story that was posted."""
    stage.reader.config("masto", "bsky")
    stage.run("syndicate post")
    stage.reader.site.write("ferry-cat")
    stage.run("syndicate post")


def config_of_page(page: str) -> Callable[[Stage], None]:
    """The page's own accounts: of each name the config that is shown last, which has a login."""

    def prepare(stage: Stage) -> None:
        text = (ROOT / page).read_text(encoding="utf-8")
        accounts: dict[str, Any] = {}
        for block in YAML_BLOCK.findall(text):
            accounts |= YAML(typ="safe").load(block).get("accounts", {})
        accounts = {name: account | SIGNED_IN.get(name, {}) for name, account in accounts.items()}
        stage.environment(text)
        stage.reader.write_config({"accounts": accounts})

    return prepare


def moving_in(stage: Stage) -> None:
    """What another tool has left: its cache, an export as CSV, a list, a log, and a copy of the new feed."""
    site = stage.reader.site
    links = [site.link(story) for story in site.stories[1:]]
    stage.reader.config()
    stage.file("feed2toot.db", "".join(f"{story.slug}\n" for story in site.stories[1:]))
    stage.file("history.csv", "".join(f"{row}\n" for row in ["Date,Link", *(f"1,{link}" for link in links)]))
    stage.file("export.csv", "".join(f"{row}\n" for row in ["Date,EntryUrl", *(f"1,{link}" for link in links)]))
    stage.file("posted.txt", "".join(f"{link}\n" for link in links))
    stage.file("old-tool.log", "".join(f"12:00 posted {link}\n" for link in links))
    stage.file("new-feed.xml", site.feed())


def articles(stage: Stage) -> None:
    """A feed in JSON, and an item of an agency."""
    stage.reader.config()
    story = stage.reader.site.stories[0]
    item = {"id": story.slug, "url": stage.reader.site.link(story), "title": story.title}
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "items": [item]}
    stage.reader.site.files["/feed.json"] = ("application/feed+json", json.dumps(whole).encode())
    wire = {"uri": "urn:harbour", "headline": "The harbour", "url": item["url"], "type": "text"}
    stage.file("wire/20250901-harbour.json", json.dumps(wire))


def measured(stage: Stage) -> None:
    """The files of the guide on templates."""
    text = (ROOT / "docs/guides/templates.md").read_text(encoding="utf-8")
    stage.file("config.yaml", YAML_BLOCK.findall(text)[0])
    stage.file("templates/x/post.txt.j2", template_of("templates"))
    shutil.copy(ROOT / "tests/docs/night-train.html", stage.reader.folder)


def template_of(guide: str) -> str:
    """The first template that a guide shows."""
    text = (ROOT / f"docs/guides/{guide}.md").read_text(encoding="utf-8")
    template = re.search(r"^```jinja\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert template
    return template[1]


def thread(stage: Stage) -> None:
    """A long story that nobody has posted yet, and a network that does not answer the third post."""
    site = stage.reader.site
    defaults = {"image": "none", "hashtags": 0, "threads": {"posts": 3, "form": "teaser"}}
    site.raw = feed(site)
    sources = {"news": {"url": f"{site.url}/rss.xml", "preflight": "off"}}
    stage.reader.config("masto", defaults=defaults, sources=sources, templates="./templates")
    stage.file("templates/default/post.txt.j2", template_of("threads"))
    shutil.copy(ROOT / "tests/docs/night-train.html", stage.reader.folder)
    stage.run("syndicate post")
    site.raw = feed(site, BODY).replace(b"story-0.html", b"night-train.html")
    stage.fault("mastodon", "drop_after", after=2)


def changed(stage: Stage) -> None:
    """A config with some settings of its own."""
    account = ACCOUNTS["masto"] | {"visibility": "unlisted", "hashtags": 4}
    stage.reader.write_config({"accounts": {"masto": account}, "defaults": {"hashtags": 2}})


def hooked(stage: Stage) -> None:
    """A daemon that listens."""
    port = processes.free_port()
    stage.reader.hooks = f"http://127.0.0.1:{port}"
    stage.reader.config(listen={"address": f"127.0.0.1:{port}", "token": "${LISTEN_TOKEN}"})
    stage.reader.start("daemon")
    with socket.socket() as probe:
        assert wait_for(lambda: probe.connect_ex(("127.0.0.1", port)) == 0)


def faults(stage: Stage) -> None:
    """The plan that the page shows; no sandbox is asked for, and none runs."""
    stage.reader.config("masto")
    stage.request.getfixturevalue("monkeypatch").delenv("SYNDICATE_SANDBOX_PORT")
    text = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
    plan = re.search(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert plan
    stage.file("faults.json", plan[1])


def to_be_approved(stage: Stage) -> None:
    """A story that waits for a yes."""
    stage.reader.config("masto", defaults={"approve": True})
    stage.run("syndicate post")
    stage.reader.site.write("ferry-cat")
    stage.run("syndicate post")
    [line] = stage.run("syndicate deliveries list --state planned --json")
    stage.key = json.loads(line)["key"][:8]


def sitemap(stage: Stage) -> None:
    """A news sitemap with one story."""
    site = stage.reader.site
    stage.reader.config()
    news = "<news:publication_date>2026-11-30T08:00:00Z</news:publication_date><news:title>The harbour</news:title>"
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    entry = f"<url><loc>{site.link(site.stories[0])}</loc><news:news>{news}</news:news></url>"
    site.files["/news-sitemap.xml"] = ("application/xml", f"<urlset {spaces}>{entry}</urlset>".encode())


def held(stage: Stage) -> None:
    """Nothing yet: the page begins with the run after which something is held."""
    stage.reader.config("newsletter", "masto", defaults={"image": "photo"})
    stage.run("syndicate accounts pause masto")
    stage.run("syndicate post")


def goes_wrong(fault: str, ended: int) -> Callable[[Stage], None]:
    """A new story whose post to the newsletter goes wrong; its key is the one that the next command names."""

    def prepare(stage: Stage) -> None:
        left = [slug for slug in STORIES if slug not in {story.slug for story in stage.reader.site.stories}]
        slug = left[0] if left else f"story-{len(stage.reader.site.stories)}"
        stage.reader.site.write(slug) if left else stage.reader.site.publish(1, slug=slug, title=f"Number {slug}")
        stage.fault("webhook", fault)
        printed = stage.run("syndicate post", ended)
        [stage.key] = {
            found
            for line in printed
            if line.startswith(("held ", "failed "))
            for found in re.findall(r"\b[0-9a-f]{8}\b", line)
        }

    return prepare


def held_story(stage: Stage) -> None:
    stage.reader.site.write("ferry-cat")
    stage.fault("webhook", "drop_after")


def key_of_held(stage: Stage) -> None:
    [line] = stage.run("syndicate deliveries list --state held --json")
    stage.key = json.loads(line)["key"][:8]
