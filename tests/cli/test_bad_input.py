"""What a user can cause gets one clear line and a non-zero exit; nothing is lost, nothing marked as done."""

from __future__ import annotations

import os
import resource
import sqlite3
import sys
import threading

import pytest

from syndicate.errors import LedgerError
from syndicate.ledger.sqlite import SqliteDatabase, copy_ledger
from tests import processes


def lines(run):
    return [line for line in run.err.splitlines() if line.strip()]


def test_a_missing_config_names_the_way_to_one(desk):
    desk.path.unlink()
    run = desk("post")
    assert run.code == 2
    assert "config.yaml: no such file" in run.err
    assert "syndicate init" in run.err


def test_every_mistake_of_a_config_is_reported_at_once_with_its_place(desk):
    desk.path.write_text(
        """site: {name: Gazette, url: "https://gazette.example/"}
sources:
  news: {url: "https://gazette.example/rss.xml", evry: 5m}
accounts:
  masto: {platform: mastodon, url: "https://social.example", token: "${NO_SUCH_TOKEN}"}
  old: {platform: googleplus}
  odd: {platform: mastodn, url: "https://social.example"}
  cards: {platform: folder, path: ./out, theme: headlin}
""",
        encoding="utf-8",
    )
    run = desk("post")
    assert (run.code, run.out) == (2, "")
    for words in (
        ":3:",
        "unknown key 'evry' (did you mean 'every'?)",
        ":5:",
        "needs the environment variable NO_SUCH_TOKEN",
        ":6:",
        "Google+ closed on 2 April 2019",
        ":7:",
        "mastodon",
        ":8:",
    ):
        assert words in run.err
    assert "Traceback" not in run.err


def test_wrong_yaml_is_one_line_with_its_place(desk):
    desk.path.write_text("site: {name: [\n", encoding="utf-8")
    run = desk("config", "check")
    assert run.code == 2
    assert f"{desk.path}:1:15: not valid YAML" in run.complaint
    assert run.err.splitlines()[1:] == ["    site: {name: [", "hint: close what was opened with { or ["]


def test_an_unreachable_feed_stops_no_other(desk):
    desk.config("masto")
    text = desk.path.read_text().replace(
        "sources:\n", 'sources:\n  gone: {type: feed, url: "http://127.0.0.1:9/rss.xml"}\n'
    )
    desk.path.write_text(text)
    desk("post")
    desk.site.publish(1)
    run = desk("post", "--json")
    assert run.code == 1
    assert [row["state"] for row in run.rows] == ["posted"]
    assert "gone" in run.err
    assert "refused" in run.err


@pytest.mark.parametrize(
    ("status", "raw", "words"),
    [
        (404, None, "404"),
        (500, None, "500"),
        (200, b"<!doctype html><title>Welcome</title><p>Hello", "HTML page"),
        (200, b"", "empty"),
        (200, b'{"version": "x"}', "JSON"),
    ],
)
def test_what_is_no_feed_is_an_error_and_changes_nothing(desk, status, raw, words):
    desk.site.publish(2)
    desk("post")
    before = desk.site.feed()
    desk.site.status, desk.site.raw = status, raw
    run = desk("post")
    assert run.code == 1
    assert words in run.err
    assert len(lines(run)) <= 2
    desk.site.status, desk.site.raw = 200, before.encode()
    assert desk("post", "--json").rows == []
    desk.site.raw = None
    desk.site.publish(1)
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]


def test_a_feed_that_lost_all_its_entries_is_an_error(desk):
    desk.site.publish(2)
    desk("post")
    stories, desk.site.stories = desk.site.stories, []
    run = desk("post")
    assert run.code == 1
    assert "lists no entries, but had 2 before" in run.err
    desk.site.stories = stories
    assert desk("post").code == 0
    assert desk.sandbox.posts() == []


def test_an_empty_feed_is_a_baseline(desk):
    run = desk("post")
    assert run.code == 0
    desk.site.publish(1)
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]


def test_a_template_with_an_undefined_name_says_where_and_sends_nothing(desk):
    folder = desk.folder / "templates" / "mastodon"
    folder.mkdir(parents=True)
    template = folder / "post.txt.j2"
    template.write_text("{{ article.title }}\n{{ article.titel }} {{ link }}\n", encoding="utf-8")
    desk.config("masto", "fb", extra="templates: ./templates")
    desk("post")
    desk.site.publish(1)
    run = desk("post", "--json")
    assert run.code == 1
    assert {row["account"]: (row["state"], row["reason"]) for row in run.rows} == {
        "masto": ("due", "template"),
        "fb": ("posted", None),
    }
    assert "post.txt.j2:2" in run.err
    assert "titel" in run.err
    template.write_text("{{ article.title }} {{ link }}", encoding="utf-8")
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]


def test_a_locked_ledger_is_named(tmp_path):
    path = tmp_path / "ledger.db"
    SqliteDatabase(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    database = SqliteDatabase(path, busy=0.05)
    with pytest.raises(LedgerError, match="locked by another program"), database.transaction():
        pass
    holder.close()
    database.close()


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path):
    path = tmp_path / "ledger.db"
    database = SqliteDatabase(path)
    database.change("UPDATE meta SET value = '99' WHERE name LIKE 'schema_%'")
    database.close()
    with pytest.raises(LedgerError, match="newer syndicate"):
        SqliteDatabase(path)


def test_what_is_no_ledger_is_named(desk):
    (desk.folder / "syndicate.db").write_bytes(b"not a database, but long enough to be looked at" * 40)
    run = desk("post")
    assert run.code == 1
    assert "is not a syndicate ledger" in run.err


@pytest.mark.parametrize("address", ["http://", "file:///etc/passwd", "http://127.0.0.1:99999/"])
def test_an_address_that_is_none_is_one_line(desk, address):
    for words in (["articles", "--from"], ["post", "--article"], ["preview", "--article"]):
        run = desk(*words, address)
        assert run.code == 1
        assert run.complaint == f"'{address}' is no web address"


@pytest.mark.parametrize(
    "page",
    [
        "<title>Quay opens</title>",
        "<title>Quay opens</title><link rel=canonical href='/quay'>",
        "<title>Quay opens</title><meta property='article:published_time' content='2026-11-01T10:00:00Z'>",
        "<title>Quay opens</title><link rel=canonical href='javascript:x()'>",
    ],
)
def test_a_saved_page_that_states_no_address_is_not_announced(desk, page):
    (desk.folder / "page.html").write_text(f"<html><head>{page}</head><body></body></html>", encoding="utf-8")
    for words in (["post"], ["preview"], ["post", "--dry-run"]):
        run = desk(*words, "--article", str(desk.folder / "page.html"))
        assert run.code == 1
        assert "does not state the address of the article" in run.err
    assert desk("deliveries", "list").out == ""


def test_a_device_that_never_ends_is_no_feed(desk):
    run = desk("articles", "--from", "/dev/zero")
    assert (run.code, "more than 10,000,000 bytes" in run.err) == (1, True)


def test_a_login_in_an_address_is_not_printed(desk):
    desk.site.publish(1)
    address = f"{desk.site.url}/rss.xml".replace("//", "//editor:hunter2@")
    run = desk("articles", "--from", address, "--json")
    assert (run.code, run.err) == (0, "")
    assert "hunter2" not in run.out + run.err


def test_standard_output_may_be_closed(desk):
    for words in ("deliveries list", "--help"):
        command = f"exec {sys.executable} -m syndicate {words} >&-"
        ended = processes.run(["sh", "-c", command], cwd=desk.folder, check=False)
        assert "Traceback" not in ended.stderr


def test_a_damaged_ledger_is_called_one(tmp_path):
    path = tmp_path / "ledger.db"
    SqliteDatabase(path).close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_000)
    with pytest.raises(LedgerError, match="is damaged") as caught:
        SqliteDatabase(path).rows("SELECT * FROM delivery")
    assert "backup" in caught.value.hint


def test_a_ledger_that_was_taken_away_is_not_made_anew(tmp_path):
    path, away = tmp_path / "ledger.db", tmp_path / "away.db"
    database = SqliteDatabase(path)
    database.check()
    path.rename(away)
    with pytest.raises(LedgerError, match="is gone"):
        database.check()
    faults = []

    def elsewhere():
        try:
            database.rows("SELECT 1 FROM delivery")
        except LedgerError as fault:
            faults.append(str(fault))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert faults == [f"{path} cannot be opened"]
    assert not path.exists()
    SqliteDatabase(path).close()
    with pytest.raises(LedgerError, match="another file than when it was opened"):
        database.check()
    away.replace(path)
    database.check()
    database.close()


def test_a_ledger_in_a_folder_that_is_not_there_is_named(desk):
    desk.config("masto", extra="database: sqlite:///nowhere/ledger.db")
    run = desk("post")
    assert run.code == 1
    assert "cannot be opened" in run.err


def test_a_read_only_ledger_is_named(tmp_path):
    path = tmp_path / "ledger.db"
    SqliteDatabase(path).close()
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    child = os.fork()
    if child == 0:  # a child without root's rights, since root may write anything
        try:
            if os.getuid() == 0:
                for parent in [tmp_path, *tmp_path.parents]:
                    if not parent.stat().st_mode & 0o001:
                        parent.chmod(parent.stat().st_mode | 0o011)
                os.setuid(65534)
            with pytest.raises(LedgerError, match=r"read-only|cannot be opened"):
                SqliteDatabase(path).change("CREATE TABLE x (y TEXT)")
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    tmp_path.chmod(0o755)
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_full_disk_loses_nothing(desk):
    desk("post")
    desk.site.publish(3)
    size = (desk.folder / "syndicate.db").stat().st_size

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))

    full = processes.run(
        [sys.executable, "-m", "syndicate", "-c", str(desk.path), "post"], preexec_fn=small, check=False
    )
    assert full.returncode == 1
    assert "cannot be written" in full.stderr
    assert "Traceback" not in full.stderr
    run = desk("post", "--wait", "3m")
    assert run.code == 0
    assert sorted(text.split("\n")[0] for text in desk.texts()) == [f"Story {n} of the harbour" for n in range(3)]


def test_a_copy_of_a_ledger_is_made_without_touching_it(tmp_path):
    path = tmp_path / "ledger.db"
    SqliteDatabase(path).close()
    before = {found.name: found.stat().st_mtime_ns for found in tmp_path.iterdir()}
    copy_ledger(path, tmp_path.parent / f"{tmp_path.name}-copy.db")
    assert {found.name: found.stat().st_mtime_ns for found in tmp_path.iterdir()} == before


def test_a_port_in_use_is_named(desk):
    port = desk.sandbox.url.rsplit(":", 1)[1]
    run = desk("sandbox", "--port", port)
    assert run.code == 2
    assert f"port {port} is in use" in run.err


def test_an_unknown_name_is_answered_with_the_one_that_was_meant(desk):
    for words, near in ((["--account", "mast"], "masto"), (["--source", "nws"], "news")):
        run = desk("post", *words)
        assert run.code == 2
        assert f"did you mean '{near}'?" in run.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["post", "--wait", "soon"], "'soon' is no duration"),
        (["post", "--backfill", "0"], "'--backfill': 0 is not in the range"),
        (["post", "--dry-run", "--sandbox"], "use --dry-run or --sandbox, not both"),
        (["psot"], "did you mean 'post'?"),
        (["measure", "mastodn"], "unknown platform 'mastodn'"),
        (["deliveries", "resolve", "abc"], "either --sent URL or --not-sent"),
        (["articles", "--base", "https://x.example/"], "--base goes with --from FILE"),
        (["init"], "config.yaml already exists"),
    ],
)
def test_wrong_usage_is_2_and_one_line(desk, words, told):
    run = desk(*words)
    assert run.code == 2
    assert told in run.complaint


@pytest.mark.parametrize("another", [False, True])
def test_with_the_key_lost_one_login_is_made_and_told_once(desk, another):
    desk.config("bsky")
    desk("post")
    desk.site.publish(1)
    desk("post")
    key = desk.folder / "syndicate.db.key"
    if another:
        key.write_bytes(b"A" * 43 + b"=")
    else:
        key.unlink()
    said = []
    for _ in range(2):
        desk.site.publish(1)
        run = desk("post")
        assert run.code == 0
        said.append("note: bsky: the stored session cannot be opened with this key; a new one was made" in run.err)
    assert said == [True, False]
    assert len(desk.sandbox.posts()) == 3


@pytest.mark.parametrize("words", [["post", "--dry-run"], ["post", "--sandbox"], ["preview"], ["config", "check"]])
def test_a_rehearsal_leaves_nothing_behind_even_when_it_cannot_begin(desk, monkeypatch, words):
    import tempfile

    aside = desk.folder / "aside"
    aside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    desk.site.publish(1)
    assert desk(*words).code == 0
    (desk.folder / "syndicate.db").write_bytes(b"no database at all, but something long enough to be read" * 40)
    assert desk(*words).code == 1
    desk.path.write_text("site: 1", encoding="utf-8")
    assert desk(*words).code == 2
    assert list(aside.iterdir()) == []
