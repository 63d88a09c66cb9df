"""What is wrong with the daemon: in /healthz, in an alert, and in the log once a minute."""

from syndicate.app.engines.troubles import LASTS, Troubles, seldom


class Passing:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_trouble_is_told_once_when_it_lasts_and_once_when_it_is_over():
    passed, told = Passing(), []
    troubles = Troubles(lambda kind, words: told.append((kind, words)), passed)
    assert troubles.reason() is None
    for passed.now in (0.0, LASTS / 2, LASTS, 2 * LASTS):
        troubles.found("ledger", "the disk is full", "ledger")
    assert troubles.reason() == "the disk is full"
    assert told == [("ledger", "the disk is full")]
    troubles.over("ledger")
    troubles.over("ledger")
    assert troubles.reason() is None
    assert told[1:] == [("ledger", "over: the disk is full")]


def test_what_is_over_at_once_is_not_told():
    told = []
    troubles = Troubles(lambda *words: told.append(words), Passing())
    troubles.found("tick", "a bug")
    troubles.over("tick")
    assert told == []


def test_the_same_failure_is_written_once_a_minute_with_how_often_it_came():
    passed, lines = Passing(), []
    say = seldom(lambda event, **fields: lines.append((passed.now, event, fields.get("repeated"))), passed)
    for passed.now in range(125):
        say("ledger.failed", error="the disk is full")
        say("source.failed", source="news", error="answers 503")
    assert [line for line in lines if line[1] == "ledger.failed"] == [
        (0, "ledger.failed", None),
        (60, "ledger.failed", 59),
        (120, "ledger.failed", 59),
    ]
    assert len(lines) == 6


def test_other_failures_and_all_other_events_are_written_each_time():
    lines = []
    say = seldom(lambda event, **fields: lines.append(event), Passing())
    say("source.failed", source="news", error="answers 503")
    say("source.failed", source="blog", error="answers 503")
    for _ in range(3):
        say("delivery.posted", key="1")
        say("bug", trace="the same")
    assert lines == ["source.failed", "source.failed", "delivery.posted", "bug", "delivery.posted", "delivery.posted"]


def test_what_is_not_found_again_soon_is_told_when_somebody_looks():
    passed, told = Passing(), []
    troubles = Troubles(lambda kind, words: told.append((kind, words)), passed)
    troubles.found("source news", "the disk is full", "ledger")
    passed.now = LASTS - 0.1
    troubles.look()
    assert told == []
    passed.now = LASTS
    troubles.look()
    troubles.look()
    assert told == [("ledger", "the disk is full")]


def test_a_ledger_that_many_meet_is_one_trouble_and_over_when_nobody_meets_it():
    passed, told = Passing(), []
    troubles = Troubles(lambda kind, words: told.append((kind, words)), passed)
    for name in ("source news", "source blog", "account masto"):
        troubles.found(name, f"{name} cannot write", "ledger")
    troubles.found("package", "the program was replaced")
    passed.now = LASTS
    troubles.look()
    assert told == [("ledger", "source news cannot write"), ("daemon", "the program was replaced")]
    for name in ("source news", "account masto", "source blog"):
        assert told[2:] == []
        troubles.over(name)
    assert told[2:] == [("ledger", "over: source blog cannot write")]
    assert troubles.reason() == "the program was replaced"
