"""The ledger on a real file: claims, lanes, planning, credentials, and what outlives a process."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE

import pytest

from syndicate.errors import AuthError, Unavailable
from syndicate.ingestion.poll import PollRules, poll
from syndicate.ledger import Ledger, claimant
from syndicate.ledger.credentials import Session, key_beside
from syndicate.ledger.database import VERSION, from_micros, micros
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Account, Filter, Reading, Receipt, Validators
from syndicate.planning.apply import announce
from tests import processes
from tests.waiting import PATIENCE

LEASE = timedelta(seconds=60)
MASTO, FACE = Account("masto", "mastodon"), Account("fb", "facebook")


class Listing:
    """A source that says what it is told."""

    name = "news"

    def __init__(self, *articles, entries=None):
        self.articles, self.entries = articles, entries

    def fetch(self, validators):
        return Reading(
            tuple(self.articles),
            Validators(etag=f"{len(self.articles)}"),
            entries=len(self.articles) if self.entries is None else self.entries,
        )


def read(ledger, *articles, accounts=(MASTO,), **options):
    state = ledger.sources.ensure("news", "https://gazette.example/rss")
    return poll(Listing(*articles), state, accounts, ledger, PollRules(**options))


def test_of_a_story_that_is_listed_twice_the_first_words_count(ledger, article):
    top, below = replace(article(1), guid="g1", title="As edited"), replace(article(1), guid="g2", title="As filed")
    for listed in ([article(2)], [article(2), below], [article(2), top]):
        read(ledger, *listed)
    for _ in range(3):
        read(ledger, top, below, article(2))
        assert "As edited" in [known.article.title for known in ledger.articles.newest("news", 2)]


def planned(ledger, article, number=1, account=MASTO):
    anchor = announce(article(number), [account], ledger)
    return ledger.deliveries.find(delivery_key(anchor, account.name))


def test_instants_are_kept_to_the_microsecond(clock):
    moment = clock.now + timedelta(microseconds=123457)
    assert from_micros(micros(moment)) == moment


def test_a_key_is_made_of_anchor_account_action_revision_and_part():
    from hashlib import sha256

    expected = sha256(b"abc\nmasto\npost\n0\n0").hexdigest()[:32]
    assert delivery_key("abc", "masto") == expected
    assert len({delivery_key("abc", "masto", part=part) for part in range(3)}) == 3


def test_the_first_reading_records_what_is_there_and_plans_nothing(ledger, article):
    polled = read(ledger, article(1), article(2))
    assert (polled.baseline, polled.seen, polled.keys) == (True, 2, ())
    assert ledger.deliveries.search() == []


def test_a_second_reading_plans_what_is_new_in_the_order_of_its_dates(ledger, article, clock):
    read(ledger, article(1))
    clock.move(minutes=10)
    fresh = [article(3), article(2, published=clock.now - timedelta(minutes=8)), article(1)]
    keys = read(ledger, *fresh).keys
    assert [ledger.deliveries.find(key).article[-1] for key in keys] == ["2", "3"]
    assert read(ledger, *fresh).keys == ()


def test_a_story_known_by_any_of_its_names_is_not_new(ledger, article, clock):
    read(ledger)
    read(ledger, article(1))
    clock.move(minutes=1)
    moved = article(1, url="https://www.gazette.example/one/", published=clock.now)
    renamed = article(1, guid="another", title="Another", published=clock.now)
    tracked = article(1, url="http://gazette.example/1?utm_source=rss#top", guid=None, published=clock.now)
    assert read(ledger, moved).keys == ()
    assert read(ledger, renamed).keys == ()
    assert read(ledger, tracked).keys == ()


def test_two_sources_that_list_one_story_give_one_delivery(ledger, article, clock):
    read(ledger)
    other = Listing()
    other.name = "sport"

    def listed():
        state = ledger.sources.ensure("sport", "https://gazette.example/sport")
        return poll(other, state, [MASTO], ledger, PollRules())

    listed()
    clock.move(minutes=1)
    assert len(read(ledger, article(1, published=clock.now)).keys) == 1
    other.articles = (article(1, source="sport", guid="sport-1", published=clock.now),)
    assert listed().keys == ()


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_another_source_brought_is_planned_unless_it_is_withdrawn_by_now(ledger, article, clock, withdrawn):
    """The other source saw it in its own first run, so that no account was asked about it."""
    read(ledger)
    clock.move(minutes=1)
    other = Listing(article(1, source="sport", published=clock.now))
    other.name = "sport"
    sport = ledger.sources.ensure("sport", "https://gazette.example/sport")
    assert poll(other, sport, [MASTO], ledger, PollRules()).baseline
    listed = article(1, published=clock.now, withdrawn=withdrawn)
    assert len(read(ledger, listed).keys) == (0 if withdrawn else 1)
    assert read(ledger, listed).keys == ()


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_another_source_listed_first_is_let_in_unless_it_is_withdrawn_by_now(ledger, article, clock, withdrawn):
    picky = Account("picky", "mastodon", only=Filter(sources=("sport",)))
    other = Listing()
    other.name = "sport"
    sport = ledger.sources.ensure("sport", "https://gazette.example/sport")
    poll(other, sport, [picky], ledger, PollRules())
    read(ledger, accounts=[picky])
    clock.move(minutes=1)
    [key] = read(ledger, article(1, published=clock.now), accounts=[picky]).keys
    assert ledger.deliveries.find(key).reason == "filtered"
    other.articles = (article(1, source="sport", published=clock.now, withdrawn=withdrawn),)
    sport = ledger.sources.ensure("sport", "https://gazette.example/sport")
    assert poll(other, sport, [picky], ledger, PollRules()).keys == (() if withdrawn else (key,))
    assert ledger.deliveries.find(key).state == ("skipped" if withdrawn else "due")


@pytest.mark.parametrize(
    ("taken", "own"),
    [
        ({"url": "https://gazette.example/2"}, {"guid": "guid-1"}),  # an address the other had, its own guid
        ({"guid": "guid-2"}, {"url": "https://gazette.example/1"}),  # a guid the other had, its own address
    ],
    ids=["address", "guid"],
)
def test_of_two_known_stories_the_one_is_retold_whose_name_it_still_is(ledger, article, clock, taken, own):
    """The second has moved on to another address and guid, and the first took one of those it left."""
    read(ledger)
    read(ledger, article(1), article(2))
    anchors = {known.article.title: known.anchor for known in ledger.articles.newest("news", 2)}
    moved = article(2, url="https://gazette.example/2-b", title="Story 2, told anew")
    read(ledger, article(1), moved)
    read(ledger, article(1), article(2, url=moved.url, title="Story 2, told again", guid="guid-2-b"))
    clock.move(hours=1)
    read(ledger, article(1, title="Story 1, told anew", published=clock.now, **(taken | own)))
    told = [ledger.articles.find(anchors[title]).article.title for title in ("Story 1", "Story 2")]
    assert told == ["Story 1, told anew", "Story 2, told again"]


def test_a_new_address_of_a_source_is_a_new_baseline(ledger, article, clock):
    read(ledger, article(1))
    clock.move(hours=1)
    fresh = article(2, published=clock.now)
    state = ledger.sources.ensure("news", "https://new.example/rss")
    polled = poll(Listing(fresh), state, [MASTO], ledger, PollRules())
    assert (polled.baseline, polled.keys) == (True, ())


def test_an_account_that_joins_later_gets_only_what_comes_later(ledger, article, clock):
    read(ledger, article(1))
    clock.move(minutes=10)
    late = article(2, published=clock.now - timedelta(minutes=5))
    keys = read(ledger, late, article(1), accounts=(MASTO, FACE)).keys
    states = {found.account: (found.state, found.reason) for found in map(ledger.deliveries.find, keys)}
    assert states == {"masto": ("due", None), "fb": ("skipped", "baseline")}


def test_an_empty_feed_may_begin_but_not_become_empty(ledger, article):
    from syndicate.errors import SourceError

    assert read(ledger).baseline
    read(ledger, article(1))
    with pytest.raises(SourceError, match="lists no entries, but had 1 before"):
        read(ledger)
    assert ledger.sources.ensure("news", "https://gazette.example/rss").validators.etag == "1"


def test_one_lane_for_each_account(ledger, article, clock):
    first, second = planned(ledger, article, 1), planned(ledger, article, 2)
    other = planned(ledger, article, 3, FACE)
    assert ledger.claims.claim(first, now=clock(), lease=LEASE).state == "sending"
    assert ledger.claims.claim(second, now=clock(), lease=LEASE) is None
    assert ledger.claims.claim(first, now=clock(), lease=LEASE) is None
    assert ledger.claims.claim(other, now=clock(), lease=LEASE) is not None
    assert ledger.deliveries.find(second.key) == second


def test_a_lane_is_free_again_when_its_delivery_leaves(ledger, article, clock):
    first, second = planned(ledger, article, 1), planned(ledger, article, 2)
    claimed = ledger.claims.claim(first, now=clock(), lease=LEASE)
    assert ledger.outcomes.posted(claimed, Receipt("1", "https://social.example/1"), now=clock())
    assert ledger.claims.claim(second, now=clock(), lease=LEASE)


def test_a_persons_pause_outlives_a_change_of_login(ledger, article, clock):
    row = planned(ledger, article)
    ledger.accounts.ensure(MASTO, clock(), "one")
    ledger.accounts.pause("masto", "person", clock(), until=clock.now + timedelta(days=1))
    state = ledger.accounts.ensure(MASTO, clock(), "two")
    assert state.paused == "person"
    assert ledger.accounts.lapsed(clock.now + timedelta(days=2)) == ["masto"]
    left = ledger.deliveries.find(row.key)
    assert (left.state, left.reason, left.error) == (
        "skipped",
        "baseline",
        "the account now leads to another login",
    )
    ledger.accounts.pause("masto", "auth", clock())


@pytest.mark.parametrize("stop", ["pause", "wait"])
def test_a_paused_or_waiting_account_claims_nothing(ledger, article, clock, stop):
    delivery = planned(ledger, article)
    if stop == "pause":
        ledger.accounts.pause("masto", "person", clock())
    else:
        ledger.accounts.wait("masto", clock() + timedelta(seconds=30))
    assert ledger.claims.claim(delivery, now=clock(), lease=LEASE) is None
    assert ledger.deliveries.find(delivery.key).attempts == 0


def test_a_dead_claim_without_a_draft_is_due_again_and_one_with_a_draft_unknown(ledger, article, clock):
    first, second = planned(ledger, article, 1), planned(ledger, article, 2, FACE)
    ledger.claims.claim(first, now=clock(), lease=LEASE)
    claimed = ledger.claims.claim(second, now=clock(), lease=LEASE)
    assert ledger.claims.begin(claimed, {"text": "x"}, "digest", {"a": 1}, now=clock(), lease=LEASE)
    assert ledger.claims.sweep(clock(), lambda _: timedelta(seconds=9)) == 0
    clock.move(seconds=61)
    assert ledger.claims.sweep(clock(), lambda _: timedelta(seconds=9)) == 2
    assert ledger.deliveries.find(first.key).state == "due"
    unknown = ledger.deliveries.find(second.key)
    assert (unknown.state, unknown.due_at, unknown.unknowns) == ("unknown", clock() + timedelta(seconds=9), 1)


def test_who_lost_the_claim_can_neither_begin_nor_record(ledger, article, clock):
    claimed = ledger.claims.claim(planned(ledger, article), now=clock(), lease=LEASE)
    clock.move(seconds=61)
    ledger.claims.sweep(clock(), lambda _: timedelta(0))
    again = ledger.claims.claim(ledger.deliveries.find(claimed.key), now=clock(), lease=LEASE)
    assert not ledger.claims.begin(claimed, {}, "", {}, now=clock(), lease=LEASE)
    assert not ledger.outcomes.failed(claimed, "rejected", error="no", now=clock())
    assert not ledger.outcomes.posted(claimed, Receipt("1", None), now=clock())
    assert ledger.deliveries.find(again.key).state == "sending"


def test_the_claim_of_a_killed_process_is_free_at_once(tmp_path, ledger, article, clock):
    delivery = planned(ledger, article)
    script = (
        "import os, sys\n"
        "from datetime import datetime, timedelta\n"
        "from pathlib import Path\n"
        "from syndicate.ledger import Ledger\n"
        "from syndicate.ledger.sqlite import SqliteDatabase\n"
        "now = datetime.fromisoformat(sys.argv[3])\n"
        "ledger = Ledger(SqliteDatabase(Path(sys.argv[1])), lambda: now, lambda: b'')\n"
        "delivery = ledger.deliveries.find(sys.argv[2])\n"
        "assert ledger.claims.claim(delivery, now=now, lease=timedelta(hours=1))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    path = str(ledger.database.path)
    ended = processes.run([sys.executable, "-c", script, path, delivery.key, clock().isoformat()], check=False)
    assert ended.returncode == -9
    assert ledger.deliveries.find(delivery.key).state == "sending"
    assert ledger.claims.sweep(clock(), lambda _: timedelta(0)) == 1
    assert ledger.claims.claim(ledger.deliveries.find(delivery.key), now=clock(), lease=LEASE)


def test_a_living_claimant_is_never_called_dead():
    assert not claimant.dead(claimant.me())
    assert not claimant.dead(None)
    process = processes.start([sys.executable, "-c", "input()"], stdin=PIPE)
    theirs = claimant._of(process.pid)
    assert not claimant.dead(theirs)
    process.communicate(b"\n")
    assert claimant.dead(theirs)


def test_another_hosts_claim_is_never_called_dead():
    import json

    foreign = json.dumps(json.loads(claimant._of(os.getpid())) | {"host": "elsewhere", "pid": 1, "started": "0"})
    assert not claimant.dead(foreign)


def test_sixteen_threads_claim_each_delivery_once(ledger, article, clock):
    accounts = [Account(f"a{number}", "mastodon") for number in range(4)]
    keys = [planned(ledger, article, number, account).key for number, account in enumerate(accounts)]
    won: list[str] = []
    barrier = threading.Barrier(16)

    def race():
        barrier.wait()
        for key in keys:
            delivery = ledger.deliveries.find(key)
            if delivery.state == "due" and ledger.claims.claim(delivery, now=clock(), lease=LEASE):
                won.append(key)

    threads = [threading.Thread(target=race) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == sorted(keys)


def test_alerts_are_raised_once_for_each_change_and_given_up_after_three_tries(ledger, article, clock):
    delivery = planned(ledger, article)
    assert ledger.waiting.fails(delivery, "too_long", error="612 of 500", now=clock())
    [(found, state, fence)] = ledger.alerts.waiting()
    assert (found.key, state) == (delivery.key, "failed")
    for _ in range(3):
        ledger.alerts.told(delivery.key, state, fence, now=clock(), heard=False)
    assert ledger.alerts.waiting() == []


def test_a_migration_half_done_is_done_again_whole(tmp_path, clock):
    path = tmp_path / "ledger.db"
    database = SqliteDatabase(path)
    tables = {row["name"] for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"source", "article", "alias", "account", "credential", "delivery", "attempt", "alert"} <= tables
    database.close()
    reopened = SqliteDatabase(path)
    assert reopened.row("SELECT value FROM meta WHERE name = 'schema_version'") == {"value": str(VERSION)}
    reopened.close()


def test_credentials_are_sealed_and_never_overwritten_by_an_empty_token(ledger):
    assert ledger.credentials.load("bsky") == (0, {})
    ledger.credentials.renew("bsky", 0, lambda current: current | {"accessJwt": "very-secret"}, clock=ledger.now)
    assert Session(ledger.credentials, "bsky").current() == ({"accessJwt": "very-secret"}, "")
    stored = ledger.database.row("SELECT data FROM credential")["data"]
    assert "very-secret" not in stored
    with pytest.raises(Unavailable, match="empty token"):
        ledger.credentials.renew("bsky", 1, lambda _: {"accessJwt": ""}, clock=ledger.now)
    assert ledger.credentials.load("bsky") == (1, {"accessJwt": "very-secret"})


def test_a_session_is_refreshed_by_one_and_the_others_wait_for_it(ledger):
    refreshed = []
    started, go = threading.Event(), threading.Event()

    def slowly(_):
        refreshed.append(threading.get_ident())
        started.set()
        go.wait(PATIENCE)
        return {"accessJwt": f"token {len(refreshed)}"}

    def renew():
        ledger.credentials.renew("bsky", 0, slowly, clock=ledger.now)

    threads = [threading.Thread(target=renew) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert started.wait(PATIENCE)
    go.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(refreshed) == 1
    assert ledger.credentials.load("bsky") == (1, {"accessJwt": "token 1"})


def test_a_refresh_that_fails_lets_the_next_one_try(ledger):
    def refused(_):
        raise AuthError("no")

    with pytest.raises(AuthError):
        ledger.credentials.renew("bsky", 0, refused, clock=ledger.now)
    ledger.credentials.renew("bsky", 0, lambda _: {"accessJwt": "new"}, clock=ledger.now)
    assert ledger.credentials.load("bsky")[0] == 1


def test_the_key_beside_the_database_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "ledger.db"
    first = key_beside(path)
    assert key_beside(path) == first
    assert (tmp_path / "ledger.db.key").stat().st_mode & 0o777 == 0o600


def test_a_second_ledger_on_the_file_sees_the_first_ones_work(tmp_path, clock, article):
    path = tmp_path / "shared.db"
    one = Ledger(SqliteDatabase(path), clock, lambda: key_beside(path))
    two = Ledger(SqliteDatabase(path), clock, lambda: key_beside(path))
    delivery = planned(one, article)
    assert one.claims.claim(delivery, now=clock(), lease=LEASE)
    assert two.claims.claim(two.deliveries.find(delivery.key), now=clock(), lease=LEASE) is None
    one.close()
    two.close()


def test_a_ledger_of_the_first_version_keeps_what_it_knows(tmp_path, clock):
    """As the first version wrote it: a story that is out, one that waits, an account that is paused."""
    import sqlite3
    from contextlib import closing

    from syndicate.ledger.database import MIGRATIONS

    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript((MIGRATIONS / "001.sql").read_text(encoding="utf-8"))
        old.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        old.execute("INSERT INTO meta VALUES ('schema_version', '1')")
        old.execute("INSERT INTO source VALUES ('news', 'hash', 'e', NULL, NULL, 5, 7, 0, 0, 3, NULL)")
        old.execute("INSERT INTO account VALUES ('masto', 'mastodon', '', 5, 'person', 0, NULL, 0, NULL, NULL)")
        for key, state in (("a" * 32, "posted"), ("b" * 32, "due")):
            data = '{"source":"news","url":"https://g.example/1","title":"T","published":null,"updated":null}'
            full = data[:-1] + ',"authors":[],"categories":[],"images":[]}'
            old.execute("INSERT INTO article VALUES (?, 'news', 'https://g.example/1', ?, 'h', 5, 6, 0)", (key, full))
            columns = "key, anchor, account, platform, action, revision, part, state, planned_at, due_at, attempts,"
            columns += " fence, lease_until, unknowns, absent, updated_at"
            values = (key, key, "masto", "mastodon", "post", 0, 0, state, 6, 6, 1, 1, 0, 0, 0, 6)
            marks = ", ".join("?" * len(values))
            old.execute(f"INSERT INTO delivery ({columns}) VALUES ({marks})", values)
        old.commit()
    ledger = Ledger(SqliteDatabase(path, durable=False), clock, lambda: b"")
    rows = {row.key[0]: row for row in ledger.deliveries.search()}
    assert {key: row.state for key, row in rows.items()} == {"a": "posted", "b": "due"}
    assert (rows["b"].priority, rows["b"].expires_at, rows["b"].approved) == (1, None, None)
    assert ledger.accounts.find("masto").paused == "person"
    assert ledger.resume(MASTO) == (True, 0)
    assert ledger.claims.claim(rows["b"], now=clock(), lease=LEASE) is not None
    assert ledger.sources.baseline("news") is not None
    ledger.close()


def test_the_next_poll_of_each_source_is_taken_once_and_only_when_it_is_due(ledger, clock):
    for name in ("a", "b", "c"):
        ledger.sources.ensure(name, f"https://gazette.example/{name}")
    later = clock.now + timedelta(minutes=5)
    assert sorted(ledger.sources.reserve(["a", "b", "gone"], now=clock.now, next_poll_at=later)) == ["a", "b"]
    assert ledger.sources.reserve(["a", "b", "c"], now=clock.now, next_poll_at=later) == ["c"]
    assert ledger.sources.due(clock.now) == {}
    assert len(ledger.sources.reserve(["a", "b", "c"], now=later, next_poll_at=later + timedelta(minutes=5))) == 3


def test_threads_that_ended_leave_no_connection(ledger):
    """A daemon starts one every few seconds, and may have a thousand files open."""

    def held():
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    before = held()
    for _ in range(20):
        thread = threading.Thread(target=ledger.database.rows, args=("SELECT 1",))
        thread.start()
        thread.join()
    assert held() <= before + 3
