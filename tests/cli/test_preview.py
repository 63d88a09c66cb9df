"""The preview as typed: what it shows is what a following post sends."""

import hashlib
import json
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from unittest.mock import ANY

import pytest

from syndicate.app import kept_files
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


@pytest.mark.parametrize("dry", [("preview",), ("post", "--dry-run", "--json")])
def test_a_command_that_writes_posts_is_called_and_that_is_said(desk, dry):
    command = "echo call >> calls; echo By hand $(wc -l < calls)"
    desk.config("masto", extra=f"defaults: {{image: none, text: {{command: [sh, -c, '{command}']}}}}")
    published(desk)
    run = desk(*dry)
    assert "By hand 1" in run.out
    assert "note: masto: text.command was called for 2 posts" in run.err
    sent = desk("post", "--json")
    assert len(sent.rows) == 2
    assert "text.command" not in sent.err
    assert all(text.startswith("By hand ") for text in desk.texts())


def test_a_content_warning_is_shown_and_sent_and_counted(desk, tmp_path):
    rule = "[{text: Violence, when: {sections: [Crime]}}, {text: Other news}]"
    desk.config("masto", "hook")
    published(desk)
    before = {row["account"]: row for row in desk("post", "--dry-run", "--json").rows}
    desk.config("masto", "hook", extra=f"defaults: {{image: photo, sensitive: true, warning: {rule}}}")
    assert "hidden behind the warning “Other news”" in desk("preview").out
    page = tmp_path / "page.html"
    desk("preview", "--html", str(page))
    assert "hidden behind the warning" in page.read_text(encoding="utf-8")
    rows = {row["account"]: row for row in desk("post", "--json").rows}
    assert rows["masto"]["length"] == before["masto"]["length"] + len("Other news")
    assert rows["hook"]["length"] == before["hook"]["length"]
    shown = {post["platform"]: post for post in desk.sandbox.posts()}
    assert (shown["mastodon"]["warning"], shown["mastodon"]["sensitive"]) == ("Other news", True)


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
    assert html.count(f'waits for its publication time, <time datetime="{rows[0]["due_at"]}">') == 2
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


@pytest.mark.parametrize("words", [("preview", "--html", "-"), ("post", "--dry-run"), ("post", "--sandbox")])
def test_a_rehearsal_leaves_the_ledger_and_what_lies_beside_it_alone(desk, words):
    desk.config("masto")
    published(desk)
    desk("post")
    desk.site.publish(1)
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in files(desk)}
    assert desk(*words).code == 0
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in files(desk)} == before
    assert len([row for row in desk("deliveries", "list", "--json").rows if row["state"] == "posted"]) == 2


def files(desk):
    return [path for path in desk.folder.iterdir() if path.is_file()]


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


def test_the_page_is_not_for_everybody_and_keeps_the_mode_that_it_was_given(desk, tmp_path):
    desk.config("masto")
    page = tmp_path / "page.html"
    umask = os.umask(0)
    try:
        for bits in (0o640, 0o604):
            assert desk("preview", "--html", str(page)).code == 0
            assert page.stat().st_mode & 0o777 == bits
            page.chmod(0o604)
    finally:
        os.umask(umask)


def test_what_a_folder_gets_others_may_read_and_not_write(desk):
    desk.config(extra="accounts:\n  out: {platform: folder, path: ./sub/posts}")
    umask = os.umask(0)
    try:
        published(desk)
        assert [row["state"] for row in desk("post", "--json").rows] == ["posted", "posted"]
    finally:
        os.umask(umask)
    made = [desk.folder / "sub", *(desk.folder / "sub").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in made} == {0o755, 0o644}
    assert {path.is_dir() for path in made if path.stat().st_mode & 0o777 == 0o755} == {True}


def test_a_key_in_the_address_of_a_webhook_is_shown_nowhere(desk, tmp_path):
    desk.config("hook", extra="")
    text = desk.path.read_text("utf-8").replace("/webhook/in'", "/webhook/in?key=KEY-of-hook&v=2'")
    desk.path.write_text(text, "utf-8")
    published(desk)
    page = tmp_path / "page.html"
    desk.sandbox.add_faults([{"platform": "webhook", "step": "commit", "fault": "500", "count": None}])
    said = [desk("preview", "--html", str(page)), desk("post", "--dry-run", "--json"), desk("post", "-v", "--json")]
    said += [desk("deliveries", "list", "--json"), desk("accounts", "list", "--json"), desk("config", "check")]
    for ended in said:
        assert "KEY-of-hook" not in ended.out + ended.err
    html = page.read_text("utf-8")
    assert "KEY-of-hook" not in html
    assert "/webhook/in?***" in html
    for file in desk.folder.glob("*.db*"):
        assert b"KEY-of-hook" not in file.read_bytes()


@pytest.mark.parametrize(
    ("photos", "told"),
    [(True, "the photo is used instead of the card: "), (False, "the picture is left out: no card: ")],
)
def test_without_the_card_engine_stories_go_with_their_photo_and_one_warning(desk, tmp_path, monkeypatch, photos, told):
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "pytakumi.py").write_text("raise ImportError('No module named pytakumi')\n", "utf-8")
    desk.config("masto", extra="defaults: {image: card, alt_text: optional}")
    desk("post")
    desk.site.publish(2, photo=photos)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hidden"))
    run = desk("post", "--json")
    assert [(row["state"], len(row["media"])) for row in run.rows] == [("posted", int(photos))] * 2
    [said] = [line for line in run.err.splitlines() if "pytakumi" in line]
    assert f"masto: {told}the card engine pytakumi is not installed" in said


def test_a_network_without_descriptions_of_pictures_has_no_warning_of_them(desk, tmp_path):
    desk.site.publish(1)
    desk.config("masto")
    desk("post")
    desk.site.publish(1, photo=True)
    accounts = "  tg: {platform: telegram, bot_token: '123456789:bot-token', chat: '@gazette', api_url: 'URL'}"
    text = desk.path.read_text(encoding="utf-8")
    desk.path.write_text(text.replace("accounts:\n", f"accounts:\n{accounts.replace('URL', desk.sandbox.url)}\n"))
    page = tmp_path / "page.html"
    run = desk("preview", "--account", "tg", "--html", str(page))
    assert run.code == 0
    html = page.read_text(encoding="utf-8")
    assert "has no alt text" not in html
    assert "this network takes none" in html
    assert "(none)" not in desk("preview", "--account", "tg").out


def test_the_terminal_names_each_picture_s_place_and_each_account_once(desk):
    text = desk.path.read_text(encoding="utf-8").replace("masto:", "mastodon:")
    desk.path.write_text(text, encoding="utf-8")
    desk.site.publish(1, photo=True, title="سوق الكتب المستعملة")
    [media] = desk("preview", "--json").rows[0]["media"]
    out = desk("preview").out
    told = "".join(line.strip("│ ") for line in out.splitlines())  # a long place is on two lines
    place = str(kept_files.place() / f"{media['file'][:16]}.jpg")
    assert place in told
    assert hashlib.sha256(Path(place).read_bytes()).hexdigest() == media["file"].partition(".")[0]
    assert "─ mastodon ─" in out
    [headline] = [line for line in out.splitlines() if "سوق" in line and "alt" not in line]
    assert headline.startswith("│     ")
    assert headline.endswith("المستعملة  │")
