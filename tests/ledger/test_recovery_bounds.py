"""What a run stores of itself, from when on a gap is a stop, and which accounts have to look: each bound of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from syndicate.ledger.database import EPOCH, micros
from syndicate.ledger.recovery import Noticed, usual_gap
from syndicate.model import Account
from tests.worlds.accounts import MASTO

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
SECOND = 1_000_000
OTHER = Account("second", "mastodon")


@pytest.fixture
def recovery(ledger):
    return ledger.recovery


@pytest.fixture
def run(ledger):
    """Reads columns of what is stored of runs; with values, they are set first."""

    def read(*names, **values):
        if values:
            settings = ", ".join(f"{name} = :{name}" for name in values)
            ledger.database.change(f"UPDATE run SET {settings}", **values)
        row = ledger.database.row("SELECT * FROM run")
        return tuple(row[name] for name in names)

    return read


@pytest.fixture
def beside(ledger):
    """The file beside the ledger."""
    return ledger.database.path.with_name(ledger.database.path.name + ".runs")


@pytest.fixture
def look(ledger, clock):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.ensure(OTHER, clock())
    return lambda name="masto": ledger.database.row("SELECT * FROM look WHERE account = :name", name=name)


def test_what_a_first_run_notices_and_stores(recovery, clock, run, beside):
    left = beside.with_name(f"{beside.name}.{2**30}")
    left.touch()
    assert recovery.begin() == Noticed(None, None)
    assert run("count", "at", "gaps", "alone", "stamped") == (1, micros(clock()), "[]", 0, 1)
    assert json.loads(beside.read_bytes()) == {"count": 1, "at": micros(clock())}
    found = beside.stat()
    assert run("stamp") == (found.st_ctime_ns - found.st_mtime_ns,)
    assert not left.exists()


@pytest.mark.parametrize(
    ("gap", "usual", "stored"),
    [
        (timedelta(0), None, [7]),
        (TICK, None, [7, 1]),
        (-TICK, None, [7]),
        (HOUR, None, [7, 3600 * SECOND]),
        (HOUR, timedelta(seconds=5), [5 * SECOND]),
    ],
)
def test_gaps_between_runs_are_stored(recovery, clock, run, gap, usual, stored):
    recovery.begin()
    run(gaps="[7]")
    clock.now += gap
    recovery.begin(usual=usual)
    assert json.loads(run("gaps")[0]) == stored


def test_twenty_gaps_are_kept(recovery, clock, run):
    recovery.begin()
    run(gaps=json.dumps([*range(100, 125)]))
    clock.now += TICK
    recovery.begin()
    assert json.loads(run("gaps")[0]) == [*range(106, 125), 1]


@pytest.mark.parametrize(("number", "usual"), [(0, None), (1, 0), (9, 8), (10, 9), (20, 18), (19, 17)])
def test_nine_in_ten_gaps_stay_below_the_usual_one(number, usual):
    assert usual_gap([*reversed(range(number))]) == usual


@pytest.mark.parametrize(
    ("gaps", "stop", "why"),
    [
        ([1], HOUR, None),
        ([1], HOUR + TICK, "stopped"),
        ([3600 * SECOND], 3 * HOUR, None),
        ([3600 * SECOND], 3 * HOUR + TICK, "stopped"),
        ([], 99 * HOUR, None),
    ],
)
def test_a_stop(recovery, clock, run, look, gaps, stop, why):
    recovery.begin()
    run(gaps=json.dumps(gaps))
    began = clock()
    clock.now += stop
    assert recovery.begin() == Noticed(why, began)
    if why:
        found = look()
        assert [found[name] for name in ("why", "since", "asked_at", "doubt_at", "doubt_until")] == [
            "stopped", micros(began), micros(clock()), None, None
        ]  # fmt: skip
    else:
        assert look() is None


# A daemon


@pytest.mark.parametrize(
    ("gap", "stored"),
    [
        (20 * SECOND * TICK, True),
        (20 * SECOND * TICK - TICK, False),
        (timedelta(0), False),
        (-TICK, True),  # the clock was set back
    ],
)
def test_a_daemon_stores_that_it_runs_every_twenty_seconds(recovery, clock, run, gap, stored):
    recovery.begin()
    run(alone=1, stamped=0)
    before = clock()
    recovery.written(recovery.count())
    run(count=5)
    clock.now += gap
    assert recovery.keep() is None
    at, gaps = (clock(), [20 * SECOND]) if stored else (before, [])
    assert run("count", "at", "gaps", "alone") == (5, micros(at), json.dumps(gaps), 1)
    assert run("stamped") == (2 if stored else 0,)


@pytest.mark.parametrize("asks", [True, False])
def test_a_daemon_after_a_stop(recovery, clock, look, asks):
    recovery.begin(usual=timedelta(seconds=20))
    began = clock()
    clock.now += 2 * HOUR
    assert recovery.keep(asks=asks) == (Noticed("stopped", began) if asks else None)
    found = look()
    assert (found and (found["why"], found["since"])) == (("stopped", micros(began)) if asks else None)


# The file beside the ledger


def test_a_missing_file_is_asked_about_in_two_runs_each_time(recovery, clock, run, beside):
    recovery.begin()
    found = []
    for _ in range(2):
        for _ in range(3):
            beside.unlink()
            found.append(recovery.begin().why)
        assert run("alone") == (3,)
        assert (recovery.begin().beside, run("alone")) == (None, (0,))
    assert found == ["restored", "restored", None] * 2


def test_a_later_count_beside_the_ledger_is_gone_on_from(recovery, clock, run, beside):
    recovery.begin()
    at = clock() + HOUR
    beside.write_text(json.dumps({"count": 9, "at": micros(at)}))
    assert recovery.begin() == Noticed("restored", clock(), at)
    assert run("count", "alone") == (10, 0)


def test_only_the_file_of_the_count_that_was_stamped_can_be_a_copy(recovery, run):
    recovery.begin()
    run(stamp=0, stamped=0)
    assert recovery.begin() == Noticed(None, recovery._clock())
    run(stamp=0)
    assert recovery.begin().beside == "copied"


def test_a_count_is_stamped_once(recovery, run):
    recovery.begin()
    assert recovery.count() == 2
    recovery.written(2)
    run(stamp=7, stamped=2)
    recovery.stamp()
    assert run("stamp", "stamped") == (7, 2), "a later one has it already"
    recovery.written(1)
    run(stamped=0)
    recovery.stamp()
    assert run("stamped") == (0,), "nothing was written"


def test_switched_off_what_was_asked_for_is_forgotten(recovery, look):
    look()
    recovery.ask("put back")
    recovery.begin(asks=False)
    assert look() is None


# Asking


@pytest.mark.parametrize(
    ("ours", "theirs", "count", "until"),
    [(5, 9, 10, "theirs"), (5, 5, 6, "ours"), (9, 5, 10, "ours"), (5, None, 6, "ours"), (0, None, 1, "ours")],
)
def test_what_is_asked_after_a_restore_that_was_announced(
    recovery, clock, run, beside, look, ours, theirs, count, until
):
    run(count=ours, at=micros(clock() - HOUR), gaps="[3]", alone=1)
    look()
    at = clock() - HOUR / 2
    if theirs is not None:
        beside.write_text(json.dumps({"count": theirs, "at": micros(at)}))
    recovery.ask("put back")
    assert run("count", "at", "gaps", "alone", "stamped") == (count, micros(clock()), "[3]", 0, count)
    assert json.loads(beside.read_bytes())["count"] == count
    found = look()
    wanted = at if until == "theirs" else clock()
    assert [found[name] for name in ("why", "said", "since", "doubt_at", "doubt_until")] == [
        "restored", "put back", micros(clock() - HOUR), micros(clock()), micros(wanted)
    ]  # fmt: skip
    assert look("second")["said"] == "put back"
    assert recovery.wanted("masto").looked_at is None


def test_an_account_that_never_ran_looks_at_all_that_there_is(recovery, run, look):
    look()
    run(at=0)
    recovery.ask_by_hand()
    assert (recovery.wanted("masto").since, recovery.wanted("masto").doubt_until) == (EPOCH, None)
    assert recovery.wanted("nobody") is None


@pytest.mark.parametrize("looked", [True, False])
@pytest.mark.parametrize(("first", "second"), [(3, 5), (5, 3)])
@pytest.mark.parametrize(("before", "kept"), [("restored", "restored"), ("stopped", "asked")])
def test_a_later_reason_reaches_back_as_far_as_one_that_nobody_took(
    recovery, clock, run, look, looked, first, second, before, kept
):
    look()
    run(at=first)
    recovery._ask(before, EPOCH + first * TICK, clock(), clock())
    recovery.later("masto", clock() + HOUR)
    if looked:
        recovery.looked("masto")
    asked = clock()
    clock.move(hours=2)
    run(at=second)
    recovery.ask_by_hand()
    found = look()
    assert (found["why"], found["since"]) == (("asked", second) if looked else (kept, min(first, second)))
    assert (found["asked_at"], found["looked_at"], found["again_at"]) == (micros(clock()), None, 0)
    doubt = micros(asked) if before == "restored" else None
    assert (found["doubt_at"], found["doubt_until"], found["said"]) == (doubt, doubt, None)


def test_each_account_looks_for_itself(recovery, clock, look):
    look()
    recovery.ask("put back")
    recovery.looked("masto")
    recovery.later("second", clock() + HOUR)
    mine, theirs = recovery.wanted("masto"), recovery.wanted("second")
    assert (mine.looked_at, mine.again_at, mine.unlisted) == (clock(), EPOCH, False)
    assert (theirs.looked_at, theirs.again_at, theirs.unlisted) == (None, clock() + HOUR, False)
    recovery.looked("second", unlisted=True)
    assert (recovery.wanted("masto").unlisted, recovery.wanted("second").unlisted) == (False, True)


@pytest.mark.parametrize(
    ("change", "pending"),
    [
        ("UPDATE look SET again_at = :now", True),
        ("UPDATE look SET again_at = :now + 1", False),
        ("UPDATE look SET looked_at = 1", False),
        ("UPDATE account SET paused = 'person'", False),
        ("UPDATE account SET next_at = :now", True),
        ("UPDATE account SET next_at = :now + 1", False),
        ("INSERT INTO pause (word, since) VALUES ('', 1)", False),
        ("INSERT INTO pause (word, since) VALUES ('urgent', 1)", True),
        ("UPDATE delivery SET account = 'second'", False),
        ("UPDATE delivery SET state = 'unknown'", False),
        ("UPDATE delivery SET state = 'planned'", True),
        ("UPDATE delivery SET action = 'update'", False),
    ],
)
def test_an_account_has_to_look_now(recovery, ledger, clock, put, look, change, pending):
    put(1)
    recovery.ask_by_hand()
    ledger.database.change("DELETE FROM look WHERE account <> 'masto'")
    ledger.database.change(change, **({"now": micros(clock())} if ":now" in change else {}))
    assert recovery.pending() == ["masto"] * pending


def test_a_listing_that_costs_nothing_is_no_charge(recovery, ledger, clock):
    recovery.charged("masto", 0)
    assert ledger.database.rows("SELECT * FROM charge") == []
    recovery.charged("masto", 1)
    assert ledger.database.rows("SELECT * FROM charge") == [{"account": "masto", "at": micros(clock()), "cost": 1}]
