"""One story through every adapter: it arrives at each stand-in once, and the sandbox's page and the preview show it."""

from __future__ import annotations

import urllib.request

import pytest

from syndicate.platforms import names
from syndicate.sandbox.networks import stand_ins
from tests.worlds.desk import ACCOUNTS, OTHERS


@pytest.fixture
def everywhere(desk):
    """A desk with an account on each network that has a stand-in, and one new story with a photo."""
    config = "\n".join(f"  {name}: {{platform: {name}, {options}}}" for name, options in OTHERS.items())
    desk.config(*ACCOUNTS, extra="defaults: {image: card}\nmedia: {url: 'https://gazette.example/social', folder: out}")
    text = desk.path.read_text(encoding="utf-8")
    desk.path.write_text(text.replace("accounts:\n", f"accounts:\n{config}\n", 1), encoding="utf-8")
    desk.site.publish(1, photo=True)
    return desk


def test_one_story_goes_through_every_adapter_and_is_shown(everywhere, tmp_path):
    run = everywhere("post", "--sandbox", "--json")
    assert run.code == 0, run.err
    assert {row["state"] for row in run.rows} == {"posted"}
    networks = {row["platform"] for row in run.rows}
    assert networks == {*names()} - {"folder"} == {*stand_ins()} & {*names()}
    page = tmp_path / "page.html"
    assert everywhere("preview", "--html", str(page)).code == 0
    html = page.read_text(encoding="utf-8")
    assert "was not rendered" not in html
    assert html.count('<article class="post') == len(run.rows)


def test_the_permalinks_of_a_sandbox_run_lead_to_the_sandbox(everywhere, monkeypatch):
    monkeypatch.setenv("SYNDICATE_SANDBOX_PORT", everywhere.sandbox.url.rpartition(":")[2])
    rows = everywhere("post", "--sandbox", "--json").rows
    links = {row["platform"]: row["permalink"] for row in rows if row["permalink"]}
    assert {"mastodon", "bluesky", "x", "facebook", "discord", "linkedin"} <= {*links}
    for platform, link in links.items():
        assert link.startswith(everywhere.sandbox.url), platform
        with urllib.request.urlopen(link) as page:
            assert "Story 0 of the harbour" in page.read().decode(), platform


def test_a_sandbox_that_runs_gets_no_picture_that_a_real_run_has_no_place_for(desk, monkeypatch):
    monkeypatch.setenv("SYNDICATE_SANDBOX_PORT", desk.sandbox.url.rpartition(":")[2])
    fetching = "".join(f"  {name}: {{platform: {name}, {OTHERS[name]}}}\n" for name in ("threads", "instagram"))
    desk.config("masto", extra="defaults: {image: card}")
    without = desk.path.read_text(encoding="utf-8").replace("accounts:\n", f"accounts:\n{fetching}", 1)
    desk.path.write_text(without, encoding="utf-8")
    desk.site.publish(1)
    assert desk("post", "--sandbox").code == 1
    shown = {post["platform"]: len(post["media"]) for post in desk.sandbox.posts()}
    assert shown == {"mastodon": 1, "threads": 0}  # Instagram takes no post without a picture
    desk.sandbox.clear()
    desk.path.write_text(f"{without}media: {{url: 'https://gazette.example/social', folder: out}}\n", encoding="utf-8")
    run = desk("post", "--sandbox")
    assert run.code == 0, run.err
    assert {post["platform"]: len(post["media"]) for post in desk.sandbox.posts()} == {
        "mastodon": 1,
        "threads": 1,
        "instagram": 1,
    }


@pytest.mark.parametrize("port", ["0", "87oo", "65536", "-1"])
def test_a_port_that_is_none_is_refused(desk, monkeypatch, port):
    monkeypatch.setenv("SYNDICATE_SANDBOX_PORT", port)
    run = desk("post", "--sandbox")
    assert (run.code, run.complaint) == (2, f"SYNDICATE_SANDBOX_PORT: '{port}' is not a port")


def test_the_sandbox_shows_the_boxes_and_pictures_that_networks_received(everywhere):
    url, shown = everywhere.sandbox.url, ("linkedin", "telegram", "discord", "slack", "misskey")
    config = "\n".join(f"  {name}: {{platform: {name}, {OTHERS[name]}, api_url: '{url}'}}" for name in shown)
    everywhere.config("masto", "bsky", extra="defaults: {image: card}")
    text = everywhere.path.read_text(encoding="utf-8")
    everywhere.path.write_text(text.replace("accounts:\n", f"accounts:\n{config}\n", 1), encoding="utf-8")
    everywhere("post")
    everywhere.site.publish(1, photo=True)
    assert everywhere("post").code == 0
    assert {post["platform"] for post in everywhere.sandbox.posts()} == {"mastodon", "bluesky", *shown}
    for address in ("/", "/?static=1"):
        with urllib.request.urlopen(f"{url}{address}") as answer:
            page = answer.read().decode()
        assert page.count("<article") == len(shown) + 2
