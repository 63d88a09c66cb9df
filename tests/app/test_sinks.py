"""The places that hear what became of deliveries: a file, a command, a webhook; each as it really is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import stat
import sys
from datetime import timedelta

import pytest

from syndicate.app import sinks
from syndicate.app.sinks import CommandSink, FileSink, WebhookSink
from syndicate.delivery import permalinks
from syndicate.delivery.write_back import write_back
from syndicate.errors import Rejected, Unavailable, Uncertain
from syndicate.ledger.follow_ups import Word
from syndicate.model import Account, Receipt
from syndicate.net.address_guard import Guard, origin_of
from syndicate.net.http import RequestsHttp
from tests.worlds.listener import Listener

LINE = {"event": "posted", "key": "abc", "article": "https://g.example/a", "text": "Über\u2028alles"}


def word(clock, line=LINE, sink="webhook"):
    return Word("id-1", sink, "anchor", "key", "posted", clock.now, line, 0, None)


# The file


@pytest.fixture
def file(ledger, tmp_path):
    ledger.follow_ups.sinks = ("file",)
    return FileSink("file", tmp_path / "data" / "syndication.json", ledger)


@pytest.fixture
def post(ledger, put, clock):
    """A story with this number is posted on an account, under this id."""

    def one(number, account="masto", platform="mastodon", remote=None, **columns):
        row = put(
            number, account=Account(account, platform), state="sending", fence=1, committed_at=clock.now, **columns
        )
        receipt = Receipt(remote or f"{account}-{number}", f"https://{account}.example/{number}")
        ledger.outcomes.posted(row, receipt, now=clock.now)
        return ledger.deliveries.find(row.key)

    return one


def read(file):
    return json.loads(file._path.read_text(encoding="utf-8"))


def tell(file, ledger):
    return write_back(file, ledger, lambda: True)


def test_the_file_has_all_posts_by_article_in_a_stable_order(file, post, ledger):
    for account, number in (("masto", 2), ("bsky", 2), ("masto", 1)):
        post(number, account)
    assert tell(file, ledger).told == 3
    one, two = "https://gazette.example/1", "https://gazette.example/2"
    assert {article: [each["account"] for each in posts] for article, posts in read(file).items()} == {
        one: ["masto"],
        two: ["bsky", "masto"],
    }
    assert read(file)[one] == [
        {
            "account": "masto",
            "platform": "mastodon",
            "url": "https://masto.example/1",
            "id": "masto-1",
            "at": "2026-11-23T12:00:00Z",
        }
    ]
    assert list(read(file)) == [one, two]
    lines = file._path.read_text().splitlines()
    assert sum('"account"' in line for line in lines) == 3  # a line each, so that branches merge


def test_both_addresses_of_a_bluesky_post_are_there(file, post, ledger, put, clock):
    post(1, "bsky", "bluesky", remote="at://did:plc:g/app.bsky.feed.post/3k")
    row = put(2, account=Account("bsky", "bluesky"), state="held", fence=1)
    by_hand = "https://bsky.app/profile/g.example/post/3z"
    ledger.outcomes.posted(row, Receipt(by_hand, by_hand), now=clock.now)
    tell(file, ledger)
    found = {post["url"]: post["id"] for posts in read(file).values() for post in posts}
    assert found == {
        "https://bsky.example/1": "at://did:plc:g/app.bsky.feed.post/3k",
        by_hand: "at://g.example/app.bsky.feed.post/3z",
    }


def test_what_was_deleted_is_gone_and_what_the_ledger_does_not_know_stays(file, post, ledger, clock):
    file._path.parent.mkdir()
    file._path.write_text(json.dumps({"https://old.example/": [{"account": "x", "url": "u"}]}))
    row = post(1)
    tell(file, ledger)
    assert len(read(file)) == 2
    ledger.database.change("UPDATE delivery SET reason = 'deleted' WHERE key = :key", key=row.key)
    ledger.follow_ups.note(row, "posted", clock.now + timedelta(seconds=1))
    tell(file, ledger)
    assert list(read(file)) == ["https://old.example/"]


@pytest.mark.parametrize("broken", ["", "<<<<<<< HEAD\n{}\n=======\n", "[]", '{"a": 1}', "\x00"])
def test_a_file_that_is_none_of_ours_is_written_anew(file, post, ledger, broken):
    post(1)
    tell(file, ledger)
    good = file._path.read_bytes()
    file._path.write_text(broken)
    post(1, "bsky")
    tell(file, ledger)
    assert len(read(file)["https://gazette.example/1"]) == 2
    assert good != file._path.read_bytes()


def test_it_is_whole_at_any_moment_and_readable_by_a_web_server(file, post, ledger, monkeypatch):
    post(1)
    tell(file, ledger)
    before = file._path.read_bytes()

    def killed(*_):
        raise KeyboardInterrupt

    post(2)
    with monkeypatch.context() as now:
        now.setattr(sinks.whole_file.Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            tell(file, ledger)
    assert file._path.read_bytes() == before
    assert ledger.follow_ups.has_owed()
    tell(file, ledger)
    assert len(read(file)) == 2
    assert stat.S_IMODE(file._path.stat().st_mode) & 0o444 == 0o444
    assert [each.name for each in file._path.parent.iterdir()] == ["syndication.json"]


def test_what_changes_nothing_writes_nothing(file, post, ledger, clock):
    row = post(1)
    tell(file, ledger)
    seen = file._path.stat()
    ledger.follow_ups.note(row, "failed", clock.now + timedelta(seconds=1))
    assert tell(file, ledger).told == 1
    assert file._path.stat() == seen


def test_a_file_that_must_not_be_written_is_told(file, post, ledger):
    post(1)
    tell(file, ledger)
    file._path.chmod(0o444)
    post(2)
    [fault] = tell(file, ledger).faults
    assert "syndication.json cannot be written: it is read-only" in str(fault)
    file._path.chmod(0o644)
    assert write_back(file, ledger, lambda: True, early=True).told == 1


def test_the_text_is_read_as_it_was_written():
    posts = {"https://b.example/ü": [{"account": "a", "id": None}], "https://a.example/": [{"account": '"'}]}
    assert permalinks.from_text(permalinks.as_text(posts)) == posts
    assert permalinks.from_text(permalinks.as_text({})) == {}


# The command


def script(tmp_path, code, name="tell"):
    path = tmp_path / name
    path.write_text(f"#!{sys.executable}\n{code}\n")
    path.chmod(0o755)
    return path


def test_a_command_gets_one_line_and_no_secret(tmp_path, clock, monkeypatch):
    script(
        tmp_path,
        "import os, sys\nopen('said', 'wb').write(sys.stdin.buffer.read())\n"
        "open('env', 'w').write(str(dict(os.environ)))",
    )
    monkeypatch.setenv("MASTODON_TOKEN", "sesame")
    monkeypatch.setenv("HOME", "/home/gazette")
    CommandSink("command", ["./tell"], tmp_path).tell([word(clock)])
    said = (tmp_path / "said").read_bytes()
    assert json.loads(said) == LINE
    assert said.count(b"\n") == 1
    environment = (tmp_path / "env").read_text()
    assert "sesame" not in environment
    assert "/home/gazette" in environment


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("import sys; sys.exit('the CMS says no')", Rejected, "tell ended with status 1: the CMS says no"),
        ("import os; os.kill(os.getpid(), 9)", Rejected, "tell ended with status -9"),
        ("raise SystemExit(0)", None, ""),
    ],
)
def test_how_a_command_ends_is_what_became_of_it(tmp_path, clock, code, kind, words):
    script(tmp_path, code)
    sink = CommandSink("command", ["./tell"], tmp_path)
    if kind is None:
        sink.tell([word(clock)])
        return
    with pytest.raises(kind, match=words):
        sink.tell([word(clock)])


def test_a_command_that_is_not_there_is_told_with_what_helps(tmp_path, clock):
    with pytest.raises(Unavailable, match="no such file") as told:
        CommandSink("command", ["./nobody"], tmp_path).tell([word(clock)])
    assert "executable" in told.value.hint


def test_a_command_that_hangs_is_ended_and_told_again_later(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(sinks, "PATIENCE", 0.1)
    script(tmp_path, "import time\ntime.sleep(600)")
    with pytest.raises(Unavailable, match="took longer than 0 s, and was ended"):
        CommandSink("command", ["./tell"], tmp_path).tell([word(clock)])


def test_a_command_that_reads_nothing_has_heard(tmp_path, clock):
    script(tmp_path, "")
    CommandSink("command", ["./tell"], tmp_path).tell([word(clock, LINE | {"text": "x" * 200_000})])


# The webhook


@pytest.fixture
def listener():
    running = Listener()
    yield running
    running.close()


def hook(listener, ledger, secret="sesame-open", **door):
    return WebhookSink("webhook", f"{listener.url}/social", secret, RequestsHttp(clock=ledger.now, **door), ledger)


def test_a_webhook_is_signed_as_standard_webhooks_asks(listener, ledger, clock):
    hook(listener, ledger).tell([word(clock)])
    [heard] = listener.heard
    assert heard.json == LINE
    at, given = heard.headers["webhook-timestamp"], heard.headers["webhook-signature"]
    signed = f"id-1.{at}.".encode() + heard.body
    assert given == "v1," + base64.b64encode(hmac.new(b"sesame-open", signed, hashlib.sha256).digest()).decode()
    assert int(at) == int(clock.now.timestamp())
    assert heard.headers["webhook-id"] == "id-1"


def test_without_a_secret_it_is_not_signed(listener, ledger, clock):
    hook(listener, ledger, None).tell([word(clock)])
    assert "webhook-signature" not in listener.heard[0].headers


@pytest.mark.parametrize(
    ("status", "kind"), [(500, Uncertain), (404, Unavailable), (302, Unavailable), (422, Rejected), (204, None)]
)
def test_what_a_webhook_answers_is_what_became_of_it(listener, ledger, clock, status, kind):
    listener.statuses = [status]
    if kind is None:
        hook(listener, ledger).tell([word(clock)])
        return
    with pytest.raises(kind):
        hook(listener, ledger).tell([word(clock)])


def test_only_the_address_of_the_config_may_be_a_private_one(listener, ledger, clock):
    guarded = RequestsHttp(clock=ledger.now, guard=Guard())
    with pytest.raises(Unavailable, match="private address"):
        WebhookSink("webhook", listener.url, None, guarded, ledger).tell([word(clock)])
    trusted = guarded.trusting(frozenset({origin_of(listener.url)}))
    WebhookSink("webhook", listener.url, None, trusted, ledger).tell([word(clock)])
    assert len(listener.heard) == 1
