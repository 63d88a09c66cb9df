"""What an HTTP status means for a post, and how long a server wants us to wait."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.errors import AuthError, RateLimited, Rejected, Unavailable, Uncertain
from syndicate.net.status import blocked, failure, retry_after
from syndicate.ports import Reply

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def reply(status=429, body=b"", **headers):
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, body, "http://a/", NOW)


@pytest.mark.parametrize(
    ("status", "preparing", "committing"),
    [
        (200, None, None),
        (201, None, None),
        (304, None, None),
        (301, Unavailable, Unavailable),
        (302, Unavailable, Unavailable),
        (303, Unavailable, Uncertain),
        (307, Unavailable, Unavailable),
        (400, Rejected, Rejected),
        (401, AuthError, AuthError),
        (403, Rejected, Rejected),
        (404, Rejected, Unavailable),
        (405, Rejected, Unavailable),
        (410, Rejected, Unavailable),
        (407, Unavailable, Unavailable),
        (511, Unavailable, Unavailable),
        (408, Unavailable, Uncertain),
        (422, Rejected, Rejected),
        (425, Unavailable, Uncertain),
        (429, RateLimited, RateLimited),
        (500, Unavailable, Uncertain),
        (503, Unavailable, Uncertain),
        (599, Unavailable, Uncertain),
    ],
)
def test_a_status_stands_for_an_error(status, preparing, committing):
    for commit, kind in ((False, preparing), (True, committing)):
        fault = failure(reply(status), "masto", commit=commit)
        assert type(fault) is (kind or type(None))
        assert fault is None or (fault.status == status and str(fault) == f"masto: HTTP {status}")


@pytest.mark.parametrize(
    ("status", "location", "told"),
    [
        (302, "https://new.example/in/?key=s3cret", "masto: HTTP 302, a redirect to https://new.example/in/"),
        (308, "/in/0123456789abcdef0", "masto: HTTP 308, a redirect to http://a/in/…"),
        (301, "http://[", "masto: HTTP 301"),
        (404, "", "masto: HTTP 404"),
    ],
)
def test_an_address_that_leads_elsewhere_is_told_without_what_may_be_secret(status, location, told):
    fault = failure(reply(status, location=location), "masto", commit=True)
    assert (str(fault), fault.astray, "in the config" in fault.hint) == (told, True, True)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": "Validation failed: Text can\'t be blank"}', "Validation failed: Text can't be blank"),
        (b'{"error": {"message": "Invalid OAuth", "type": "OAuthException", "code": 190}}', "Invalid OAuth"),
        (b'{"title": "Forbidden", "detail": "duplicate content.", "status": 403}', "duplicate content."),
        (b'{"error": "InvalidSwap", "message": "Record was at x"}', "Record was at x"),
        (b'{"ok": false, "description": "Bad Request: chat not found"}', "Bad Request: chat not found"),
        (b'{"errors": [{"code": 187, "message": "Status is a\\n duplicate"}]}', "Status is a duplicate"),
        (b"[1, 2]", ""),
        (b'{"error": null}', ""),
        (b"[" * 100_000, ""),
        (b'{"error": ' * 50 + b'"deep"' + b"}" * 50, ""),
        (b"\xff\xfe", ""),
    ],
)
def test_the_words_of_the_network_are_kept(body, words):
    assert str(failure(reply(400, body), "x: posting")) == "x: posting: HTTP 400" + (f": {words}" if words else "")


@pytest.mark.parametrize("status", [400, 403, 406, 451, 503])
@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>",
        b"\n <!-- edge -->\n<HTML><body>Access denied</body></HTML>",
        b'{"error": "<html><body>Blocked</body></html>"}',
    ],
)
def test_no_page_stands_in_a_message(status, page):
    for commit in (False, True):
        assert "<" not in str(failure(reply(status, page, content_type="text/html"), "x: posting", commit=commit))
        assert "<" not in str(failure(reply(status, page, content_type="text/plain"), "x: posting", commit=commit))


@pytest.mark.parametrize(
    ("answer", "of_a_firewall"),
    [
        (reply(403, b"<!DOCTYPE html><title>Attention Required! | Cloudflare</title>"), True),
        (reply(403, b"<html><head><title>403 Forbidden</title></head></html>"), True),
        (reply(406, b"<html><h1>Not Acceptable!</h1><p>Mod_Security</p></html>"), True),
        (reply(403, b"error code: 1020", content_type="text/plain"), True),
        (reply(403, b"", cf_mitigated="challenge"), True),
        (reply(403, b'{"error": "This action is outside the authorized scopes"}'), False),
        (reply(403, b'{"error": "<b>no</b>"}'), False),
        (reply(403, b"I <3 bridges"), False),
        (reply(403, b""), False),
        (reply(401, b"<html>log in</html>"), False),
        (reply(404, b"<html>not found</html>"), False),
        (reply(413, b"<html>too large</html>"), False),
        (reply(429, b"<html>slow down</html>"), False),
        (reply(502, b"<html>bad gateway</html>"), False),
        (reply(200, b"<html>hello</html>"), False),
    ],
)
def test_a_firewall_is_told_from_the_server_behind_it(answer, of_a_firewall):
    assert blocked(answer) == of_a_firewall
    if of_a_firewall:  # the server never saw the request, so nothing was published
        fault = failure(answer, "x: posting", commit=True)
        assert type(fault) is Unavailable
        assert fault.gateway
        assert "firewall" in str(fault)


def test_plain_text_is_kept_on_one_short_line():
    fault = failure(reply(500, b"no\nroom\x1b[31m " + b"y" * 5000, content_type="text/plain; charset=utf-8"), "a")
    assert str(fault).startswith("a: HTTP 500: no room [31m yyy")
    assert len(str(fault)) < 330


@pytest.mark.parametrize(
    ("got", "seconds"),
    [
        (reply(), None),
        (reply(retry_after="290"), 290),
        (reply(retry_after=" 1.5 "), 1.5),
        (reply(retry_after="Mon, 23 Nov 2026 12:01:00 GMT"), 60),
        (reply(retry_after="Mon, 23 Nov 2026 11:00:00 GMT"), 0),
        (reply(retry_after="-5"), 0),
        (reply(retry_after="soon"), None),
        (reply(retry_after="inf"), None),
        (reply(retry_after="nan"), None),
        (reply(retry_after="9" * 400), None),
        (reply(x_rate_limit_reset=str(int(NOW.timestamp()) + 900)), 900),
        (reply(x_rate_limit_reset=str(int(NOW.timestamp()) + 900), x_rate_limit_remaining="0"), 900),
        (reply(x_rate_limit_reset=str(int(NOW.timestamp()) + 900), x_rate_limit_remaining="3"), None),
        (reply(x_ratelimit_reset="2026-11-23T12:05:00.000Z"), 300),
        (reply(x_ratelimit_reset="2026-11-23T12:05:00"), 300),
        (reply(x_ratelimit_reset=str(NOW.timestamp() + 30.5)), 30.5),
        (reply(x_ratelimit_reset="240"), 240),
        (reply(x_ratelimit_reset_after="2.25"), 2.25),
        (reply(ratelimit_reset=str(int(NOW.timestamp()) + 10)), 10),
        (reply(ratelimit_reset=str(int(NOW.timestamp() * 1000) + 10_000)), 10),
        (reply(body=b'{"retry_after": 0.65}'), 0.65),
        (reply(body=b'{"retry_after_ms": 2500}'), 2.5),
        (reply(body=b'{"ok": false, "parameters": {"retry_after": 35}}'), 35),
        (reply(body=b'{"retry_after": true, "parameters": []}'), None),
        (reply(body=b'{"retry_after": 5}', retry_after="3"), 5),
        (reply(retry_after="3", x_ratelimit_reset="2026-11-23T12:00:02Z"), 3),
    ],
)
def test_the_wait_is_read_in_every_dialect(got, seconds):
    assert retry_after(got) == (None if seconds is None else pytest.approx(seconds))
    fault = failure(got, "a")
    assert isinstance(fault, RateLimited)
    assert fault.retry_after == retry_after(got)


def test_a_server_that_is_down_may_say_for_how_long():
    assert failure(reply(503, retry_after="120"), "a").retry_after == 120


@given(st.text(max_size=40), st.binary(max_size=60))
def test_no_header_and_no_body_breaks_the_reading(text, body):
    got = reply(429, body, retry_after=text, x_ratelimit_reset=text)
    wait = retry_after(got)
    assert wait is None or wait >= 0
    assert "\n" not in str(failure(got, "a"))
