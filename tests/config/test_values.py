import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.config import values


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("0s", 0),
        ("90s", 90),
        ("5m", 300),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("2d", 172_800),
        ("24h", 86_400),
    ],
)
def test_durations_have_units(text, seconds):
    assert values.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "5 minutes", "m", "30m1h", "-5m", "1.5h", "PT5M", "5M", "99999999999999d", "٣m"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError):
        values.duration(text)


def test_a_duration_without_a_unit_says_which_there_are():
    with pytest.raises(ValueError, match="5s, 5m, 5h or 5d"):
        values.duration("5")


@given(days=st.integers(0, 999), hours=st.integers(0, 99), minutes=st.integers(0, 999), seconds=st.integers(0, 9999))
def test_a_duration_is_the_sum_of_its_parts(days, hours, minutes, seconds):
    expected = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert values.duration(f"{days}d{hours}h{minutes}m{seconds}s") == expected


@given(st.text())
def test_any_text_is_a_duration_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert values.duration(text) >= timedelta(0)


@pytest.mark.parametrize("text", ["https://a.example", "http://127.0.0.1:8700/x?y=1#z", "https://münchen.example/ä"])
def test_web_addresses_pass_as_they_are(text):
    assert values.address(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.example",
        "ftp://a.example",
        "https://",
        "https:///x",
        "http://a b/",
        "http://[::1",
        "http://a:99999/",
        "http://:80",
        "javascript:x",
    ],
)
def test_other_addresses_are_refused(text):
    with pytest.raises(ValueError, match="is no web address"):
        values.address(text)


@pytest.mark.parametrize(
    ("text", "origin"),
    [("http://127.0.0.1:8700", "http://127.0.0.1:8700"), ("https://a.example/", "https://a.example")],
)
def test_an_origin_loses_its_slash(text, origin):
    assert values.origin(text) == origin


@pytest.mark.parametrize(
    "text", ["https://a.example/v1", "https://a.example?x=1", "https://u:p@a.example", "a.example"]
)
def test_an_origin_has_no_path(text):
    with pytest.raises(ValueError):
        values.origin(text)


def test_a_user_and_password_in_an_origin_are_not_repeated():
    with pytest.raises(ValueError) as caught:
        values.origin("https://u:sesame@a.example")
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("text", ["Europe/Lisbon", "UTC", "America/Argentina/Buenos_Aires"])
def test_iana_names_are_time_zones(text):
    assert values.timezone(text) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Europe/Lisboa", "Europe/Lisbon"), ("Lisbon", "Europe/Lisbon"), ("europe/new york", "America/New_York")],
)
def test_a_time_zone_that_is_none_brings_the_one_that_was_meant(text, meant):
    with pytest.raises(ValueError, match=f"did you mean '{meant}'"):
        values.timezone(text)


@pytest.mark.parametrize("text", ["", "/etc/passwd", "../UTC", "Europe", "+02:00", "a\0b"])
def test_what_is_no_time_zone_is_refused(text):
    with pytest.raises(ValueError, match="is no time zone"):
        values.timezone(text)


@pytest.mark.parametrize("text", ["10.0.0.0/8", "192.168.1.7", "fd00::/8", "::1", "intern.example", "localhost"])
def test_ranges_addresses_and_hosts_can_be_allowed(text):
    assert values.network(text) == text


@pytest.mark.parametrize("text", ["", "10.0.0.0/33", "300.1.1.1", "http://intern.example", "a b", "-x", "*.example"])
def test_nothing_else_can_be_allowed(text):
    with pytest.raises(ValueError):
        values.network(text)


@pytest.mark.parametrize(("text", "on"), [("true", True), ("Yes", True), ("no", False), ("off", False)])
def test_switches_understand_the_words_of_yaml(text, on):
    assert values.switch(text) is on


@pytest.mark.parametrize("text", ["", "maybe", "2"])
def test_other_words_are_no_switch(text):
    with pytest.raises(ValueError):
        values.switch(text)


@pytest.mark.parametrize("text", ["", "1.5", "three", "0x10", "1_000", "9" * 40])
def test_a_whole_number_is_digits(text):
    with pytest.raises(ValueError):
        values.number(text)


def test_a_pattern_has_to_compile():
    assert values.pattern("(?i)^quiz") == "(?i)^quiz"
    with pytest.raises(ValueError, match="no regular expression"):
        values.pattern("(")
    with pytest.raises(ValueError, match="asks for"):
        values.pattern("a{100000}")
