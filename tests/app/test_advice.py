"""What a person is told to do, beside what was decided."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.app import advice
from syndicate.app.advice import recovery_notes
from syndicate.ingestion.poll import Polled
from syndicate.ledger.recovery import Noticed

GAP = "announce one with syndicate post --article URL, and let the feed list more entries"
BATCH = "syndicate deliveries approve --reason {} --source news, or skip with the same options"


@pytest.mark.parametrize(
    ("kind", "helps"),
    [
        ("login", "; run syndicate accounts check news"),
        ("source_gap", f"; {GAP}"),
        ("approval", f"; {BATCH.format('approval')}"),
        ("burst", f"; {BATCH.format('burst')}"),
        ("similar", f"; {BATCH.format('similar')}"),
        ("source_failing", "; run syndicate articles --source news"),
        ("source_gone", "; run syndicate articles --source news"),
        ("source_quiet", "; run syndicate articles --source news"),
        ("token_expiring", "; run syndicate accounts check news"),
        ("source_waits", ""),
    ],
)
def test_a_notice_comes_with_what_helps_where_something_does(kind, helps):
    assert advice.message(kind, "news", "it happened") == f"it happened{helps}"


def test_a_poll_is_told_in_lines_with_the_command_for_each_batch():
    polled = Polled(
        "news",
        ("entries without a date: 2",),
        baseline=False,
        seen=20,
        new=13,
        keys=(),
        missing="stories may be missing: why",
        waiting={"burst": 12, "similar": 1},
    )
    assert advice.notes(polled) == [
        "entries without a date: 2",
        f"stories may be missing: why; {GAP}",
        f"12 articles new at once, waiting for your approval: {BATCH.format('burst')}",
        f"1 article like an earlier one, waiting for your approval: {BATCH.format('similar')}",
    ]


def test_an_account_and_a_delivery_go_on_with_one_command():
    assert advice.command("check", account="masto") == "syndicate accounts check masto"
    assert advice.command("resume", account="masto") == "syndicate accounts resume masto"
    assert advice.command("resume_all", account="masto") == "syndicate accounts resume --all"
    assert advice.command("approve", key="0123456789abcdef") == "syndicate deliveries approve 01234567"


AT, UNTIL = datetime(2026, 11, 29, 2, 0, 4, 5, tzinfo=UTC), datetime(2026, 11, 29, 13, 5, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("noticed", "told"),
    [
        (Noticed(None, AT), []),
        (Noticed(None, AT, beside="copied"), []),
        (Noticed(None, AT, beside="missing"), ["s.db.runs is gone again: keep it beside s.db"]),
        (
            Noticed("restored", AT, UNTIL),
            ["s.db was put back from a copy: it last ran at 2026-11-29T02:00:04Z, and"],
        ),
        (Noticed("restored", AT, UNTIL), ["another one ran until 2026-11-29T13:05:11Z; each network is asked"]),
        (Noticed("restored", AT, beside="copied"), ["s.db was moved here or put back from a copy: it last ran at"]),
        (Noticed("restored", None, beside="missing"), ["s.db.runs is gone, so s.db may be an older copy: it is new"]),
        (Noticed("stopped", AT), ["nothing ran for long: it last ran at 2026-11-29T02:00:04Z; each network is asked"]),
    ],
)
def test_what_a_run_noticed_of_its_ledger_is_told_in_a_line(noticed, told):
    said = recovery_notes(noticed, "s.db")
    assert len(said) == len(told)
    assert all(part in line for part, line in zip(told, said, strict=True))
