"""The preview as typed: what it shows is what a following post sends."""

import json
import signal
import sys
import threading
from datetime import timedelta
from unittest.mock import ANY

import pytest

from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.desk import ACCOUNTS


def published(desk, **fields):
    """A desk with its baseline taken and new stories out."""
    desk.site.publish(1)
    desk("post")
    return desk.site.publish(2, photo=True, **fields)


@pytest.mark.parametrize("image", ["photo", "card"])
def test_what_the_preview_shows_is_what_post_sends(desk, tmp_path, image):
    desk.config("masto", "bsky", "hook", extra=f"defaults: {{image: {image}, utm: {{medium: social}}}}")
    published(desk)
    page = tmp_path / "page.html"
    run = desk("preview", "--html", str(page))
    assert (run.code, run.out) == (0, "")
    html = page.read_text(encoding="utf-8")
    dry = desk("post", "--dry-run", "--json").rows
    sent = desk("post", "--json").rows
    assert len(sent) == 6
    assert {row["state"] for row in sent} == {"posted"}
    for before, after in zip(dry, sent, strict=True):
        same = ("text", "link", "media", "length", "limit", "account", "article", "key")
        assert {name: before[name] for name in same} == {name: after[name] for name in same}
    for row in sent:
        in_box = row["platform"] == "bluesky" and image == "card"
        assert len(row["media"]) == 1 - in_box
        for media in row["media"]:
            assert media["file"].partition(".")[0] in html
            assert media["alt"] in html
        assert row["text"].splitlines()[0] in html
        assert row["link"].replace("&", "&amp;") in html
    arrived = sorted((each["sha256"], each["alt"]) for post in desk.sandbox.posts() for each in post["media"])
    assert arrived == sorted((media["file"][:64], media["alt"]) for row in dry for media in row["media"])
    boxes = [post["card"]["image"] for post in desk.sandbox.posts() if post["card"]]
    assert len(boxes) == (2 if image == "card" else 0)
    assert all(box["sha256"] in html for box in boxes)
    texts = sorted(post["text"] for post in desk.sandbox.posts())
    assert texts == sorted(row["text"] for row in dry)


def test_the_page_holds_the_requests_and_no_secret(desk, tmp_path):
    desk.config(*ACCOUNTS)
    published(desk)
    page = tmp_path / "page.html"
    assert desk("preview", "--html", str(page)).code == 0
    html = page.read_text(encoding="utf-8")
    assert "/api/v1/statuses" in html
    assert "com.atproto.repo.putRecord" in html
    assert "Idempotency-Key" in html
    for secret in ("masto-token", "bsky-password", "fb-token", "key2", "key4", "hook-secret"):
        assert secret not in html


def test_a_page_that_answers_404_is_warned_of_in_the_terminal_and_on_the_page(desk, tmp_path):
    desk.config("masto")
    published(desk)
    desk.site.raw = None
    gone = desk.site.stories[0]
    desk.site.answer_before = desk.site.answer
    desk.site.answer = lambda path, tag: (
        (404, "text/html", b"gone", None) if gone.slug in path else desk.site.answer_before(path, tag)
    )
    assert "its page answers 404" in " ".join(desk("preview").out.replace("│", "").split())
    desk("preview", "--html", str(tmp_path / "page.html"))
    assert "its page answers 404" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_story_that_waits_for_its_hour_is_shown_whole(desk, tmp_path):
    desk.config("masto", "fb")
    desk.site.publish(1)
    desk("post")
    desk.site.publish(1, ago=timedelta(hours=-3), photo=True)
    rows = desk("post", "--dry-run", "--json").rows
    assert [(row["state"], row["reason"]) for row in rows] == [("planned", "embargo")] * 2
    assert all(row["text"].startswith("Story 1") and row["due_at"] and row["media"] for row in rows)
    page = tmp_path / "page.html"
    assert desk("preview", "--html", str(page)).code == 0
    html = page.read_text(encoding="utf-8")
    assert html.count(f"waits for its publication time, {rows[0]['due_at']}") == 2
    assert "/api/v1/statuses" in html
    assert "not rendered" not in html
    unsent = {"text": None, "length": None, "limit": None, "media": [], "link": None, "planned_at": ANY}
    assert desk("post", "--json").rows == [row | unsent for row in rows]
    assert desk.sandbox.posts() == []


@pytest.mark.parametrize("args", [(), ("--html", "-")])
def test_a_paused_account_is_not_said_to_post_now(desk, args):
    desk.config("masto")
    published(desk)
    desk("accounts", "pause", "masto")
    run = desk("preview", *args)
    assert "waits: the account is paused by a person" in run.out
    assert "goes out now" not in run.out
    assert "harbour" in run.out


def test_a_preview_leaves_the_ledger_alone(desk, tmp_path):
    desk.config("masto")
    published(desk)
    before = sorted((path.name, path.stat().st_mtime_ns) for path in desk.folder.iterdir())
    desk("preview", "--html", str(tmp_path / "elsewhere.html"))
    after = sorted((path.name, path.stat().st_mtime_ns) for path in desk.folder.iterdir() if path.suffix != ".html")
    assert [name for name, _ in after] == [name for name, _ in before]
    assert desk("deliveries", "list", "--json").rows == []


def test_a_place_that_cannot_be_written_is_one_line(desk):
    desk.config("masto")
    desk.site.publish(1)
    run = desk("preview", "--html", "/nowhere/at/all.html")
    assert run.code == 2
    assert "/nowhere/at/all.html cannot be written: no such file or directory" in run.complaint


def test_the_page_on_standard_output(desk):
    desk.config("masto")
    desk.site.publish(1)
    run = desk("preview", "--html", "-")
    assert run.out.startswith("<!doctype html>")
    assert "example only: the first real run posts nothing" in run.out
    assert desk("preview", "--html", "-", "--json").code == 2


def test_a_broken_template_stands_on_the_page_as_a_warning(desk, tmp_path):
    own = desk.folder / "mine" / "mastodon"
    own.mkdir(parents=True)
    (own / "post.txt.j2").write_text("{{ nothing }}", encoding="utf-8")
    desk.config("masto", extra="templates: ./mine")
    published(desk)
    run = desk("preview", "--html", str(tmp_path / "page.html"))
    assert run.code == 1
    assert "cannot be rendered: mine/mastodon/post.txt.j2:1" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_cards_preview_draws_the_themes_that_were_asked_for(desk, tmp_path):
    out = tmp_path / "sheet.html"
    desk.config("masto")
    run = desk("cards", "preview", "--theme", "quote", "--size", "instagram", "--output", str(out))
    assert run.code == 0, run.err
    html = out.read_text(encoding="utf-8")
    assert html.count("<figure>") == html.count('src="data:image/jpeg') == 21
    assert 'id="quote"' in html
    assert 'id="live"' not in html
    assert desk("cards", "preview", "--theme", "quoet").code == 2
    assert desk("cards", "preview", "--size", "myspace").code == 2


def test_cards_preview_tells_a_designer_where_the_mistake_is(desk, tmp_path):
    folder = desk.folder / "mine" / "cards" / "front"
    folder.mkdir(parents=True)
    (folder / "theme.yaml").write_text("extends: quote\n", encoding="utf-8")
    (folder / "card.html.j2").write_text("<div>\n{{ card.hedline }}</div>", encoding="utf-8")
    desk.config("masto", extra="templates: ./mine")
    run = desk("cards", "preview", "--theme", "front", "--size", "default", "--output", str(tmp_path / "sheet.html"))
    assert run.code == 1
    assert "cards/front/card.html.j2:2:9: 'hedline' is undefined (did you mean 'headline'?)" in run.err
    assert json.dumps(run.out) == '""'


def test_a_theme_of_its_own_needs_to_name_no_size(desk, tmp_path):
    folder = desk.folder / "mine" / "cards" / "plain"
    folder.mkdir(parents=True)
    (folder / "theme.yaml").write_text("colours: {ink: '#1d2a2c'}\nphoto: none\n", encoding="utf-8")
    (folder / "card.html.j2").write_text("<h1>{{ card.headline }}</h1>", encoding="utf-8")
    run = desk(
        "cards",
        "preview",
        "--theme",
        "plain",
        "--templates",
        str(folder.parents[1]),
        "--output",
        str(tmp_path / "it.html"),
    )
    assert "drawing plain, default" in run.err
    assert " 0 cards" not in run.err


def test_config_check_tries_the_cards(desk):
    folder = desk.folder / "mine" / "cards" / "front"
    folder.mkdir(parents=True)
    (folder / "card.html.j2").write_text("{{ nothing }}", encoding="utf-8")
    desk.config("masto", extra="templates: ./mine\ndefaults: {image: card, theme: front}")
    run = desk("config", "check")
    assert run.code == 1
    assert "masto: the picture is left out: no card: cards/front/card.html.j2:1:4: 'nothing' is undefined" in run.err


def test_watch_draws_again_when_a_file_changes(desk, tmp_path):
    folder = desk.folder / "mine" / "cards" / "front"
    folder.mkdir(parents=True)
    template = folder / "card.html.j2"
    template.write_text("<div style='width:10px;height:10px'></div>", encoding="utf-8")
    (folder / "theme.yaml").write_text("photo: none\nsizes: {default: 1200x630}\n", encoding="utf-8")
    out = tmp_path / "sheet.html"
    arguments = ("--theme", "front", "--templates", str(desk.folder / "mine"), "--output", str(out), "--watch")
    running = desk.start("cards", "preview", *arguments)
    watchdog = threading.Timer(PATIENCE, running.kill)
    watchdog.start()
    try:
        assert told(running, "21 cards are in")
        first = out.read_text(encoding="utf-8")
        template.write_text("<div style='width:600px;height:400px;background:red'></div>", encoding="utf-8")
        assert told(running, "21 cards are in")
        assert out.read_text(encoding="utf-8") != first
        running.send_signal(signal.SIGINT)
        assert running.wait(PATIENCE) == 0
    finally:
        watchdog.cancel()


def told(running, words):
    return any(words in line for line in iter(running.stderr.readline, ""))


def test_a_post_without_cards_loads_neither_pillow_nor_the_engine(desk):
    desk.config("masto", extra="defaults: {image: none}")
    published(desk)
    script = (
        "import sys\nfrom syndicate.cli import main\n"
        "try:\n    main(['-c', sys.argv[1], 'post'])\nexcept SystemExit as ended:\n    code = ended.code\n"
        "print(code, *sorted({'PIL', 'pytakumi', 'numpy', 'fontTools', 'babel'} & set(sys.modules)))"
    )
    done = processes.run([sys.executable, "-c", script, str(desk.path)])
    assert done.stdout.splitlines()[-1] == "0"
    assert len(desk.sandbox.posts()) == 2
