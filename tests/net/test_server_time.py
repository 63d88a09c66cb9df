"""What time servers say it is, and what is left of it when our own clock is set."""

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.net.server_time import ServerTimes, server, stated

SENT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "later"),
    [
        ({"date": DATE}, 0),
        ({"date": DATE, "age": "3600"}, 3600),
        ({"date": DATE, "age": " 60 "}, 60),
        ({"date": DATE, "age": "-1"}, 0),
        ({"date": DATE, "age": "1" * 40}, 0),
        ({"date": DATE, "age": "soon"}, 0),
        ({"date": "Mon, 23 Nov 2026 13:00:00 +0100"}, 0),
        ({"date": "Mon, 23 Nov 2026 12:00:00 -0000"}, 0),
        ({}, None),
        ({"date": "yesterday"}, None),
        ({"date": "Mon, 99 Nov 2026 12:00:00 GMT"}, None),
        ({"date": "Fri, 31 Dec 9999 23:59:59 GMT", "age": "999999999"}, None),
    ],
)
def test_an_answer_says_when_it_was_sent_and_how_long_a_cache_kept_it(headers, later):
    assert stated(headers) == (None if later is None else SENT + timedelta(seconds=later))


def test_what_a_server_said_goes_on_with_the_time_that_passes():
    passed = [0.0]
    times = ServerTimes(lambda: passed[0])
    assert times.recent(600) == {}
    times.heard("https://me:secret@Site.example:8443/rss.xml", {"date": DATE})
    passed[0] = 90.0
    assert times.recent(90) == {"site.example:8443": SENT + timedelta(seconds=90)}
    assert times.recent(89) == {}
    assert times.heard_since(0.0)
    assert not times.heard_since(0.1)


def test_a_server_is_its_host_and_port():
    assert server("https://me:secret@Site.example:8443/a?b") == "site.example:8443"
