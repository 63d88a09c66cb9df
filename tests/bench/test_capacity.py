"""`bench/capacity.py`: a tiny real measurement, and the arithmetic by another way."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, replace

import pytest
from cryptography.fernet import Fernet

from bench import capacity, capacity_page
from bench.capacity_measure import TINY, connected, costs, opened
from bench.capacity_model import Assumed, Ledger, Measured, Range, names, needs
from bench.capacity_sizes import sizes
from bench.capacity_world import spent

WORKS = ("unchanged", "whole", "new", "delivery")

ROUND = Ledger(
    **dict.fromkeys(names(Ledger), 0.0)
    | {"unchanged_cpu": 0.002, "whole_cpu": 0.005, "new_cpu": 0.010, "delivery_cpu": 0.020}
    | {"unchanged_server": 0.001, "whole_server": 0.001, "new_server": 0.004, "delivery_server": 0.003}
    | {"unchanged_held": 0.001, "whole_held": 0.002, "new_held": 0.005, "delivery_held": 0.006}
    | {"article_bytes": 3000, "delivery_bytes": 2000, "shelved_article_bytes": 1000, "shelved_delivery_bytes": 500}
    | {"article_rows": 5, "delivery_rows": 2, "shelved_article_rows": 4, "shelved_delivery_rows": 1}
)
COMMON = Measured(
    card_cpu=0.1,
    photo_cpu=0.2,
    unchanged_bytes=500,
    whole_bytes=30_000,
    page_bytes=10_000,
    post_bytes=1000,
    handshake_bytes=2000,
    memory_base=30e6,
    memory_per_source=1000,
    memory_per_account=2000,
    start_base=0.2,
    start_per_source=0.0001,
    start_per_account=0.0002,
    connections_base=1,
    connections_per_thread=1,
)
SMALL = Assumed(
    accounts=100,
    posts=20,
    feeds=10,
    every=600,
    accounts_per_story=4,
    years=1,
    peak=3,
    validated=0.5,
    poll_seconds=2,
    delivery_seconds=4,
    threads=8,
    cores=2,
    busy=0.5,
    room=2,
    on_x=0.25,
    photo_bytes=100_000,
    card_bytes=50_000,
)


@pytest.fixture(autouse=True)
def own_key(monkeypatch):
    """The command sets a key where there is none; with this one, other tests find none afterwards."""
    monkeypatch.setenv("SYNDICATE_KEY", Fernet.generate_key().decode())


def test_the_arithmetic_of_a_small_newsroom_by_hand():
    found = needs(SMALL, COMMON, ROUND, server=True)
    assert (found.polls, found.deliveries, found.stories) == (1440, 2000, 500)
    quiet = 1440 - 500  # polls that find nothing: half of them 304
    reading = quiet / 2 * (0.002 + 0.005)
    telling = 500 * 0.010 + 2000 * 0.020 + 500 * 0.2 + 2000 * 0.1
    assert found.cores == pytest.approx((reading + telling) / 86_400)
    assert found.cores_peak == pytest.approx((reading + 3 * telling) / 86_400)
    assert found.server_cores_peak == pytest.approx((quiet * 0.001 + 3 * (500 * 0.004 + 2000 * 0.003)) / 86_400)
    assert found.held_peak == pytest.approx((quiet / 2 * 0.003 + 3 * (500 * 0.005 + 2000 * 0.006)) / 86_400)
    assert found.at_once == pytest.approx((1440 * 2 + 2000 * 3 * 4) / 86_400)
    assert (found.processes, found.machines, found.ledgers) == (2, 3, 1)
    assert found.connections == 2 * (1 + 8)
    assert found.memory == 30e6 + 10 * 1000 + 100 * 2000
    assert found.start == pytest.approx(0.2 + 0.001 + 0.02)
    assert found.fresh_bytes == pytest.approx(2 * 45 * (500 * 3000 + 2000 * 2000))
    assert found.shelved_bytes == pytest.approx(2 * 320 * (500 * 1000 + 2000 * 500))
    assert found.fresh_rows == 45 * (500 * 5 + 2000 * 2)
    assert found.shelved_rows == 320 * (500 * 4 + 2000 * 1)
    whole = quiet / 2 + 500
    received = quiet / 2 * 500 + whole * 30_000 + 500 * 110_000 + (1440 + 2 * 500) * 2000
    assert found.received == pytest.approx(received)
    assert found.sent == pytest.approx(2000 * (1000 + 2000 + 50_000))
    disk, leaving = (found.fresh_bytes + found.shelved_bytes) / 1e9, found.sent * 30 / 1e9
    assert found.money.least == pytest.approx(6 * 5 + disk * 0.05)
    assert found.money.most == pytest.approx(6 * 40 + disk * 0.25 + leaving * 0.09)
    assert found.on_x == Range(2000 * 30 * 0.25 * 0.2, 2000 * 30 * 0.25 * 0.2)


def test_a_ledger_that_is_full_needs_others_and_many_jobs_need_processes():
    busy = needs(replace(SMALL, accounts=100_000), COMMON, ROUND, server=True)
    assert busy.ledgers == 2  # half a second of writing, and a little, in each second; half a second is planned
    assert busy.processes > 30
    assert busy.machines > busy.processes / 2


def test_a_ledger_in_a_file_is_for_one_process_of_one_machine():
    found = needs(SMALL, COMMON, ROUND, server=False)
    assert (found.processes, found.machines, found.connections) == (1, 1, 0)
    assert found.cores == needs(SMALL, COMMON, ROUND, server=True).cores


def test_no_stories_and_no_cards_cost_nothing():
    none = needs(replace(SMALL, posts=0, cards=0), COMMON, ROUND, server=True)
    assert (none.stories, none.sent, none.fresh_bytes) == (0, 0, 0)
    plain = needs(replace(SMALL, cards=0), COMMON, ROUND, server=True)
    assert plain.cores < needs(SMALL, COMMON, ROUND, server=True).cores / 5


def stored(docs, **parts):
    machine = {"cores": 2, "processor": "A", "memory_gb": 8, "system": "Linux", "python": "3", "sqlite": "3"}
    found = {
        "at": "2026-01-02T03:04:05+00:00",
        "load": 0.5,
        "rounds": 1,
        "times": 1,
        "machine": machine,
        "measured": asdict(COMMON),
    }
    text = json.dumps(found | {"sqlite": asdict(ROUND), "postgresql": asdict(ROUND)} | parts)
    (docs / "capacity.json").write_text(text, encoding="utf-8")


def test_a_reader_puts_in_their_own_numbers(tmp_path, capsys):
    stored(tmp_path)
    assert capacity.main(["--accounts", "100", "--posts", "20", "--core-month", "1", "2"], tmp_path) == 0
    said = dict(line.rsplit("  ", 1) for line in capsys.readouterr().out.splitlines())
    said = {name.strip(): value.strip() for name, value in said.items()}
    expected = needs(replace(Assumed(), accounts=100, posts=20, core_month=Range(1, 2)), COMMON, ROUND, server=True)
    assert said["posts a day"] == "2,000"
    assert said["money for machines, disk and traffic, a month"] == capacity_page.money(expected.money)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--accounts", "many"], "'many' is not a number"),
        (["--posts", "-3"], "-3 is not a number from 0 up"),
        (["--every", "0"], "--every has to be more than 0"),
        (["--feeds", "nan"], "nan is not a number from 0 up"),
    ],
)
def test_what_is_no_number_is_refused_in_one_line(tmp_path, capsys, words, said):
    stored(tmp_path)
    with pytest.raises(SystemExit) as ended:
        capacity.main(words, tmp_path)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("text", ["", "{}", '{"measured": {"card_cpu": 1}}', "[1]"])
def test_a_file_that_is_not_what_was_measured_is_refused_with_the_cure(tmp_path, text):
    (tmp_path / "capacity.json").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit, match="measure again, with --measure"):
        capacity.main([], tmp_path)
    (tmp_path / "capacity.json").unlink()
    with pytest.raises(SystemExit, match="measure first, with --measure"):
        capacity.main([], tmp_path)


def test_the_page_is_made_of_what_was_measured():
    found = capacity.known() if (capacity.HERE / "capacity.json").exists() else {}
    text = (capacity.HERE / "capacity.md").read_text(encoding="utf-8")
    assert text == capacity_page.page(found), "run python bench/capacity.py --page"


def test_every_assumption_is_explained_and_every_option_is_one():
    assert [*capacity_page.WORDS] == names(Assumed)


def test_a_tiny_measurement_fills_every_number():
    found = capacity.tidied(capacity.measured(TINY, None))
    measured, ledger = Measured(**found["measured"]), Ledger(**found["sqlite"])
    assert min(measured.photo_cpu, measured.card_cpu, measured.memory_base, measured.start_base) > 0
    assert 300 < measured.unchanged_bytes < 2000 < measured.whole_bytes
    assert 1500 < measured.handshake_bytes < 6000
    assert measured.page_bytes > 1000
    assert 0 < ledger.unchanged_cpu < ledger.new_cpu
    assert ledger.delivery_held > 0
    assert (ledger.unchanged_server, ledger.delivery_server) == (0, 0)
    assert ledger.article_rows == pytest.approx(4, abs=2)
    assert 1000 < ledger.delivery_bytes < 5000
    assert ledger.shelved_delivery_bytes < ledger.delivery_bytes / 2
    assert "postgresql" not in found
    assert capacity_page.page(found).startswith("# How large a machine")


def test_on_a_server_the_same_is_measured_and_its_connections_are_counted(postgres, tmp_path, monkeypatch):
    monkeypatch.setenv("SYNDICATE_KEY", Fernet.generate_key().decode())
    assert connected(postgres) == (1, 1)
    with contextlib.closing(opened(tmp_path, postgres)) as bench:
        work = costs(bench, TINY)
        assert {name: len(rounds) for name, rounds in work.items()} == dict.fromkeys(WORKS, 1)
        assert all(each.cpu > 0 and each.held > 0 for [each] in work.values())
        spent_there = spent(postgres.process.pid)
        bench.app.ledger.database.rows("SELECT COUNT(*) AS number FROM generate_series(1, 1000000)")
        assert spent(postgres.process.pid) > spent_there
    _, remote = sizes((20, 60), postgres)
    assert remote["delivery_bytes"] > 1000
    assert remote["delivery_rows"] == pytest.approx(2, abs=0.2)
