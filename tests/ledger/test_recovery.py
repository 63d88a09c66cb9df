"""A ledger that was put back from a copy is noticed, whatever its age and whichever of its files came along."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import timedelta

import pytest

from syndicate.ledger import Ledger, recovery
from syndicate.ledger import database as databases
from syndicate.ledger.sqlite import SqliteDatabase
from tests.worlds.accounts import MASTO

HOUR = timedelta(hours=1)
POST = {"post": {}, "digest": "d", "draft": {}}


@pytest.fixture
def machine(tmp_path, clock):
    return Machine(tmp_path, clock)


class Machine:
    """A folder with a ledger, which runs, is copied, and is put back."""

    def __init__(self, folder, clock):
        self.folder, self.clock = folder / "here", clock
        self.folder.mkdir()

    def run(self, *, posts=0, usual=None, asks=True):
        """One run of so many posts; what it noticed."""
        ledger = self.opened()
        noticed = ledger.recovery.begin(usual=usual, asks=asks)
        for _ in range(posts):
            with ledger.transaction():
                count = ledger.recovery.count()
            ledger.recovery.written(count)
        ledger.close()
        self.clock.move(seconds=10)
        return noticed

    def opened(self):
        ledger = Ledger(SqliteDatabase(self.folder / "ledger.db", durable=False), self.clock, lambda: b"")
        ledger.accounts.ensure(MASTO, self.clock())
        return ledger

    def looks(self):
        ledger = self.opened()
        found = ledger.recovery.wanted("masto")
        ledger.close()
        return found

    def files(self):
        return [each for each in self.folder.iterdir() if each.is_file()]

    def copy(self, *names):
        kept = self.folder / f"copy-{len(list(self.folder.iterdir()))}"
        kept.mkdir()
        for file in self.files():
            if not names or file.name in names:
                shutil.copy2(file, kept)
        return kept

    def put_back(self, copy, *, over=False):
        for file in self.files() if not over else ():
            if not (copy / file.name).exists() and file.name.endswith(".runs"):
                continue
            file.unlink()
        for file in copy.iterdir():
            shutil.copy2(file, self.folder)
            if file.name.endswith(".runs"):  # as if the copy were older than the file system can tell apart
                made = (self.folder / file.name).stat().st_mtime_ns - 10 * recovery.SAME
                os.utime(self.folder / file.name, ns=(made, made))


def test_nothing_is_noticed_while_a_ledger_goes_on(machine):
    assert [machine.run(posts=2).why for _ in range(5)] == [None] * 5
    assert machine.looks() is None


@pytest.mark.parametrize("later", [{"posts": 1}, {"posts": 0}, {"posts": 9}])
def test_a_ledger_put_back_alone_is_noticed_by_its_count(machine, later):
    machine.run(posts=1)
    at = machine.clock()
    copy = machine.copy("ledger.db")
    machine.run(**later)
    last = machine.clock() - timedelta(seconds=10)
    machine.put_back(copy)
    machine.clock.move(days=40)
    noticed = machine.run()
    assert (noticed.why, noticed.at, noticed.until) == ("restored", at - timedelta(seconds=10), last)
    assert machine.looks().doubt_until == last
    assert machine.run().why is None


def test_a_post_of_the_same_run_counts_too(machine):
    """As where the log of the ledger is lost: what ran is in the file, what it sent is not."""
    machine.run()
    ledger = machine.opened()
    ledger.recovery.begin()
    copy = machine.copy("ledger.db", "ledger.db-wal")
    with ledger.transaction():
        count = ledger.recovery.count()
    ledger.recovery.written(count)
    ledger.close()
    machine.put_back(copy)
    assert machine.run().why == "restored"


@pytest.mark.parametrize("over", [False, True], ids=["into an empty folder", "over the files"])
def test_a_ledger_put_back_with_all_its_files_is_noticed_since_they_are_copies(machine, over):
    machine.run(posts=1)
    copy = machine.copy()
    machine.run(posts=3)
    machine.put_back(copy, over=over)
    noticed = machine.run()
    assert (noticed.why, noticed.until, noticed.beside) == ("restored", None, "copied")
    assert machine.looks().doubt_until == machine.clock() - timedelta(seconds=10)
    assert machine.run().why is None


def test_a_file_that_is_gone_may_be_one_more_thing_that_was_put_back(machine):
    machine.run()
    (machine.folder / "ledger.db.runs").unlink()
    noticed = machine.run()
    assert (noticed.why, noticed.beside) == ("restored", "missing")


@pytest.mark.parametrize("half", [b"", b"{", b'{"count": "x", "at": 1}', b"[]", b'{"count": 1}', b"\xff"])
def test_a_file_that_cannot_be_read_counts_as_gone(machine, half):
    machine.run()
    (machine.folder / "ledger.db.runs").write_bytes(half)
    assert machine.run().why == "restored"
    assert machine.run().why is None


def test_a_machine_that_never_keeps_the_file_is_asked_twice_and_then_told(machine):
    machine.run()
    found = []
    for _ in range(4):
        (machine.folder / "ledger.db.runs").unlink()
        found.append((machine.run().why, machine.looks().why))
    assert [why for why, _ in found] == ["restored", "restored", None, None]
    machine.run()
    (machine.folder / "ledger.db.runs").unlink()
    assert machine.run().why == "restored"


def test_a_ledger_of_an_earlier_version_is_no_restored_one(machine, monkeypatch):
    monkeypatch.setattr(databases, "VERSION", 11)
    SqliteDatabase(machine.folder / "ledger.db").close()
    monkeypatch.undo()
    assert machine.run().why is None


def test_a_backup_of_an_earlier_version_is_noticed(machine, monkeypatch):
    monkeypatch.setattr(databases, "VERSION", 11)
    old = SqliteDatabase(machine.folder / "ledger.db")
    old.change("INSERT INTO meta (name, value) VALUES ('clock', '1000000')")
    old.close()
    monkeypatch.undo()
    copy = machine.copy()
    machine.run(posts=1)
    machine.put_back(copy)
    noticed = machine.run()
    assert noticed.why == "restored"
    assert noticed.at.timestamp() == 1


def test_the_file_is_for_its_owner_alone_and_nothing_else_is_left(machine):
    machine.run(posts=3)
    assert stat.S_IMODE((machine.folder / "ledger.db.runs").stat().st_mode) == 0o600
    assert sorted(file.name for file in machine.files()) == ["ledger.db", "ledger.db.runs"]


def test_a_file_that_cannot_be_written_stops_nothing(machine):
    (machine.folder / "ledger.db.runs").mkdir()
    assert machine.run(posts=1).why is None


# A mere stop


@pytest.mark.parametrize(
    ("gaps", "stop", "why"),
    [
        ([1] * 5, 59, None),
        ([1] * 5, 61, "stopped"),
        ([120] * 5, 120, None),
        ([120] * 5, 359, None),
        ([120] * 5, 361, "stopped"),
        ([120] * 6 + [720], 720, None),  # a night
        ([120] * 18 + [5000], 361, "stopped"),  # one stop makes no habit
        ([], 5000, None),
    ],
)
def test_a_stop_is_longer_than_an_hour_and_than_three_usual_gaps(machine, gaps, stop, why):
    machine.run()
    for gap in gaps:
        machine.clock.move(minutes=gap, seconds=-10)
        machine.run()
    machine.clock.move(minutes=stop, seconds=-10)
    assert machine.run().why == why


def test_a_cron_that_runs_every_two_hours_never_looks(machine):
    for _ in range(30):
        assert machine.run(posts=1).why is None
        machine.clock.move(hours=2)
    assert machine.looks() is None


def test_a_daemon_knows_its_usual_gap_from_its_first_start_on(machine):
    machine.run(usual=recovery.KEPT)
    machine.clock.move(minutes=61)
    assert machine.run(usual=recovery.KEPT).why == "stopped"


def test_a_daemon_on_a_machine_that_slept_notices_it(machine):
    ledger = machine.opened()
    ledger.recovery.begin(usual=recovery.KEPT)
    for _ in range(10):
        machine.clock.move(seconds=15)
        assert ledger.recovery.keep() is None
    before = machine.clock()
    machine.clock.move(hours=3)
    assert ledger.recovery.keep().why == "stopped"
    assert ledger.recovery.wanted("masto").since >= before - recovery.KEPT
    assert ledger.recovery.keep() is None
    ledger.close()


def test_a_clock_that_was_set_back_is_no_stop(machine):
    machine.run(usual=recovery.KEPT)
    machine.clock.move(hours=-5)
    assert machine.run(usual=recovery.KEPT).why is None
    machine.clock.move(seconds=30)
    assert machine.run(usual=recovery.KEPT).why is None


# Asking


def test_switched_off_nothing_is_asked_for_and_what_was_is_forgotten(machine):
    machine.run()
    (machine.folder / "ledger.db.runs").unlink()
    machine.run()
    assert machine.looks() is not None
    assert machine.run(asks=False).why is None
    assert machine.looks() is None


def test_a_restore_that_was_announced_is_not_noticed_once_more(machine):
    machine.run(posts=2)
    copy = machine.copy("ledger.db")
    machine.run(posts=5)
    machine.put_back(copy)
    ledger = machine.opened()
    ledger.recovery.ask("put back from night.db")
    found = ledger.recovery.wanted("masto")
    assert (found.why, found.said, found.doubt_until) == (
        "restored",
        "put back from night.db",
        machine.clock() - timedelta(seconds=10),
    )
    ledger.recovery.looked("masto")
    ledger.close()
    assert machine.run().why is None
    assert machine.looks().looked_at is not None


def test_a_later_reason_keeps_what_a_restore_left_in_doubt(machine):
    machine.run()
    ledger = machine.opened()
    ledger.recovery.ask("put back")
    first = ledger.recovery.wanted("masto")
    machine.clock.move(hours=2)
    ledger.recovery.ask_by_hand()
    assert ledger.recovery.wanted("masto").why == "restored"  # nobody has looked yet
    ledger.recovery.looked("masto")
    ledger.recovery.ask_by_hand()
    found = ledger.recovery.wanted("masto")
    assert (found.why, found.looked_at, found.doubt_until) == ("asked", None, first.doubt_until)
    ledger.close()


def test_only_an_account_that_something_waits_for_has_to_look(ledger, clock, put):
    ledger.accounts.ensure(MASTO, clock())
    ledger.recovery.ask("put back")
    assert ledger.recovery.pending() == []
    row = put(state="planned", reason="burst")
    assert ledger.recovery.pending() == ["masto"]
    ledger.recovery.later("masto", clock() + HOUR)
    assert ledger.recovery.pending() == []
    clock.move(hours=1)
    assert ledger.recovery.pending() == ["masto"]
    ledger.decisions.skip(row, clock())
    assert ledger.recovery.pending() == []


def test_what_a_listing_costs_is_spent_like_a_post(ledger, clock):
    ledger.recovery.charged("masto", 510_000)
    assert ledger.deliveries.spent("masto", clock() - HOUR) == 510_000
    assert ledger.deliveries.spent("masto", clock() + HOUR) == 0
    assert ledger.deliveries.spent("other", clock() - HOUR) == 0


def test_each_post_is_counted_before_it_is_sent(ledger, clock, put):
    ledger.recovery.begin()
    row = put(state="due")
    claimed = ledger.claims.claim(row, now=clock(), lease=HOUR)
    before = ledger.database.row("SELECT count FROM run")["count"]
    assert ledger.claims.begin(claimed, {}, "d", {}, now=clock(), lease=HOUR)
    after = ledger.database.row("SELECT count, stamped FROM run")
    assert (after["count"], after["stamped"]) == (before + 1, before), "the stamp comes with what follows"
    assert ledger.recovery.begin().why is None, "also where the run was killed before that"
    assert ledger.database.row("SELECT stamped FROM run") == {"stamped": before + 2}


def test_a_daemons_heartbeat_and_the_end_of_a_run_store_what_knows_the_file_again(ledger, clock):
    ledger.recovery.begin()
    for end in (ledger.recovery.keep, ledger.recovery.stamp):
        with ledger.transaction():
            count = ledger.recovery.count()
        ledger.recovery.written(count)
        clock.move(minutes=1)
        end()
        assert ledger.database.row("SELECT stamped FROM run") == {"stamped": count}
