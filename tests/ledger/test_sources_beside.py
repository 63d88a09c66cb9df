"""Each condition on a source, with one beside it that does not fit; to the column."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.sources import FLOOR
from syndicate.model import PollHints, Validators

ADDRESS = "https://gazette.example/rss"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
SAID = {
    "etag": "e",
    "last_modified": "m",
    "body_hash": "b",
    "place": "p",
    "polled_at": 1,
    "hinted_at": 2,
    "fails": 3,
    "entries": 4,
    "error": "down",
    "gone": 1,
    "gap_at": 5,
    "baseline_at": 6,
    "moved_to": "https://new.example/",
    "moved_at": 7,
    "address": "https://old.example/",
}


@pytest.fixture
def both(ledger, clock):
    """Two sources whose columns all say something; gives the row of one by name."""
    columns = SAID | {"next_poll_at": micros(clock()), "retry_at": micros(clock() + MINUTE)}
    for name in ("news", "other"):
        ledger.sources.ensure(name, ADDRESS)
    ledger.database.change(f"UPDATE source SET {', '.join(f'{name} = :{name}' for name in columns)}", **columns)
    return lambda name="news": ledger.database.row("SELECT * FROM source WHERE name = :name", name=name)


WRITES = {
    "ensure": lambda sources, now: sources.ensure("news", f"{ADDRESS}?2"),
    "read": lambda sources, now: sources.read("news", Validators(), baseline_at=now, entries=1, next_poll_at=now),
    "failed": lambda sources, now: sources.failed("news", "x", next_poll_at=now, retry_at=None),
    "moving": lambda sources, now: sources.moving("news", ADDRESS, now),
    "settle": lambda sources, now: sources.settle("news", ADDRESS),
    "reserve": lambda sources, now: sources.reserve(["news"], now=now, next_poll_at=now + MINUTE),
    "forget": lambda sources, now: sources.forget("news"),
    "hint": lambda sources, now: (sources.advance("news", now + 5 * MINUTE), sources.hint(["news"], now)),
    "relent": lambda sources, now: sources.relent("news", now),
    "advance": lambda sources, now: sources.advance("news", now + SECOND),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_to_one_source_leaves_the_others(ledger, clock, both, write):
    mine, other = both(), both("other")
    WRITES[write](ledger.sources, clock())
    assert both() != mine
    assert both("other") == other


@pytest.mark.parametrize("polled", [None, -1])
def test_a_good_reading_says_when_it_was_and_forgets_the_failures(ledger, clock, both, polled):
    at = clock() if polled is None else clock() - SECOND
    times = {"baseline_at": clock(), "next_poll_at": clock() + MINUTE}
    ledger.sources.read("news", Validators("f"), entries=9, **times, **({"polled_at": at} if polled else {}))
    row = both()
    assert {name: row[name] for name in ("polled_at", "fails", "error", "gone", "retry_at", "entries")} == {
        "polled_at": micros(at),
        "fails": 0,
        "error": None,
        "gone": 0,
        "retry_at": 0,
        "entries": 9,
    }
    assert (row["baseline_at"], row["gap_at"], row["wish"]) == (6, None, None)


@pytest.mark.parametrize(
    ("hinted", "planned", "retry", "polled"),
    [
        (None, 60, None, 60),
        (30, 60, None, 30),
        (30, 60, 40, 40),
        (30, 60, 20, 30),
        (60, 60, 70, 60),
        (70, 60, None, 60),
    ],
)
def test_a_hint_is_kept_over_a_failure_and_waits_as_the_server_asked(
    ledger, clock, both, hinted, planned, retry, polled
):
    def at(seconds):
        return None if seconds is None else clock() + seconds * SECOND

    ledger.database.change("UPDATE source SET hinted_at = :at", at=micros(at(hinted)))
    ledger.sources.failed("news", "x", next_poll_at=at(planned), retry_at=at(retry))
    assert both()["next_poll_at"] == micros(at(polled))
    assert both()["retry_at"] == (micros(at(retry)) or 0)
    assert (both()["gone"], both()["fails"], both()["error"]) == (0, 4, "x")


@pytest.mark.parametrize(("ahead", "relents"), [(1, True), (0, False), (-1, False)])
def test_a_long_wait_is_made_shorter_and_never_longer(ledger, clock, both, ahead, relents):
    until = clock() + MINUTE - ahead * SECOND
    ledger.sources.relent("news", until)
    assert both()["retry_at"] == micros(until if relents else clock() + MINUTE)
    assert both()["next_poll_at"] == micros(until if relents else clock())


@pytest.mark.parametrize(
    ("polled", "retry", "planned", "hinted", "told", "kept"),
    [
        (None, -60, 60, None, 0, 0),
        (-5, -60, 60, None, 5, 5),
        (-10, -60, 60, None, 0, 0),
        (-60, 20, 60, None, 20, 20),
        (-60, -60, 0, None, 0, 0),
        (0, -60, 5, None, 5, 10),  # it is polled before
        (0, -60, -5, None, 0, 10),
        (-60, -60, 60, 3, 0, 3),  # the first hint stays
    ],
)
def test_when_a_hint_has_a_source_polled(ledger, clock, both, polled, retry, planned, hinted, told, kept):
    def at(seconds):
        return None if seconds is None else micros(clock() + seconds * SECOND)

    ledger.database.change(
        "UPDATE source SET polled_at = :polled, retry_at = :retry, next_poll_at = :planned, hinted_at = :hinted",
        polled=at(polled),
        retry=at(retry),
        planned=at(planned),
        hinted=at(hinted),
    )
    assert timedelta(seconds=10) == FLOOR
    assert ledger.sources.hint(["news"], clock()) == {"news": clock() + told * SECOND}
    assert both()["hinted_at"] == at(kept)
    assert both()["next_poll_at"] == min(at(planned), at(min(planned, told)))


def test_a_source_that_nobody_knows_gets_no_hint(ledger, clock, both):
    assert ledger.sources.hint(["nobody", "news"], clock()).keys() == {"news"}
    assert ledger.sources.hint([], clock()) == {}


@pytest.mark.parametrize(("hinted", "until", "moves"), [(None, 1, True), (None, 0, False), (2, 1, False)])
def test_a_poll_is_put_off_unless_it_is_later_or_hinted(ledger, clock, both, hinted, until, moves):
    ledger.database.change("UPDATE source SET hinted_at = :at", at=hinted)
    before = both("other")
    ledger.sources.postpone("news", clock() + until * SECOND)
    assert both()["next_poll_at"] == micros(clock() + (until if moves else 0) * SECOND)
    assert both("other") == before


def test_a_poll_that_is_taken_forgets_the_hint_and_says_when(ledger, clock, both):
    assert ledger.sources.reserve(["news"], now=clock(), next_poll_at=clock() + MINUTE) == ["news"]
    row = both()
    assert (row["hinted_at"], row["polled_at"], row["next_poll_at"]) == (
        None,
        *map(micros, (clock(), clock() + MINUTE)),
    )
    assert ledger.sources.reserve(["news"], now=clock(), next_poll_at=clock() + MINUTE) == []


@pytest.mark.parametrize(
    "wish",
    [
        PollHints(),
        PollHints(served=MINUTE),
        PollHints(said=MINUTE),
        PollHints(hours=(0, 23)),
        PollHints(days=("Sunday",)),
        PollHints(MINUTE, 2 * MINUTE, (1,), ("Monday", "Sunday")),
    ],
)
def test_what_a_publisher_wishes_is_kept(ledger, clock, both, wish):
    times = {"baseline_at": clock(), "next_poll_at": clock()}
    ledger.sources.read("news", Validators(), entries=None, wish=wish, **times)
    assert ledger.sources.ensure("news", ADDRESS).wish == wish
    assert (both()["wish"] is None) is (wish == PollHints())


def test_the_state_of_a_source_is_read_to_the_column(ledger, clock, both):
    state = ledger.sources.ensure("news", ADDRESS)
    assert (state.name, state.url, state.validators) == ("news", ADDRESS, Validators("e", "m", "b", "p"))
    assert (state.fails, state.entries, state.error, state.gone) == (3, 4, "down", True)
    assert (state.address, state.moved_to) == ("https://old.example/", "https://new.example/")
    instants = ("baseline_at", "moved_at", "gap_at", "next_poll_at", "retry_at")
    assert [micros(getattr(state, name)) for name in instants] == [6, 7, 5, micros(clock()), micros(clock() + MINUTE)]
    assert ADDRESS not in repr(state)
    [health] = ledger.sources.known(["news", "nobody"])
    assert (health.name, health.fails, health.error, health.gone) == ("news", 3, "down", True)


def test_only_a_good_source_has_an_appointment(ledger, clock, both):
    for name, fails, ahead in (("news", 0, 1), ("other", 1, 1)):
        ledger.database.change(
            "UPDATE source SET fails = :fails, next_poll_at = :at WHERE name = :name",
            name=name,
            fails=fails,
            at=micros(clock() + ahead * SECOND),
        )
    assert ledger.sources.appointments(clock()) == [("news", clock() + SECOND)]
    assert ledger.sources.appointments(clock() + SECOND) == []
    assert ledger.sources.due(clock()) == {}
    assert ledger.sources.due(clock() + SECOND).keys() == {"news", "other"}
