"""The labels of metrics hold what sources and networks said, on one line and without what acts on a terminal."""

from types import SimpleNamespace

import pytest

from syndicate.control_characters import ACTING

pytest.importorskip("prometheus_client")


def test_a_label_acts_on_no_terminal():
    from syndicate.app.monitoring.metrics import text

    evil = "a\x1b]0;x\x07\x9b\u202e\u2028\n"
    two, three = [(evil, evil, 1.0)], [(evil, evil, evil, 1.0)]
    facts = dict.fromkeys(("deliveries", "paused", "attempts", "dropped"), two) | {"alerts": three}
    facts |= {name: [(evil, 1.0)] for name in ("oldest", "failures", "source_failures", "polled")}
    ledger = SimpleNamespace(now=lambda: None, overview=lambda _: SimpleNamespace(**facts))
    said = text(ledger).decode()
    assert not ACTING.search(said)
    assert said.count('account="a\\\\x1b]0;x\\\\x07\\\\x9b\\\\u202e\\\\u2028\\\\n"') == 6
