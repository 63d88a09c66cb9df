"""What a person is told to do, beside what was decided."""

from __future__ import annotations

import pytest

from syndicate.app import advice
from syndicate.ingestion.poll import Polled

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
