"""What a list, a cache file and one column of a table hold."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from syndicate.errors import ConfigError, SyndicateError
from syndicate.ingestion.seen_file import LONGEST, entries

A, B, C = (f"https://gazette.example/{name}" for name in "abc")


def read(body, name="list.txt", **options):
    raw = body.encode() if isinstance(body, str) else body
    return [*entries(io.BufferedReader(io.BytesIO(raw)), name, **options)]


def texts(body, name="list.txt", **options):
    return [entry.text for entry in read(body, name, **options)]


@pytest.mark.parametrize(
    "body",
    [
        f"{A}\n{B}\n",
        f"{A}\n{B}",
        f"{A}\r\n{B}\r\n",
        f"{A}\r{B}\r",
        f"# announced by hand\n\n  {A}  \n#{C}\n{B}\n\n",
        f'"{A}"\n"{B}"\n',
        b"\xef\xbb\xbf" + f"{A}\n{B}\n".encode(),
        f"{A}\n{B}\n".encode("utf-16"),
        f"\ufeff{A}\n{B}\n".encode("utf-16-be"),
    ],
)
def test_a_list_has_an_entry_on_each_line(body):
    assert texts(body) == [A, B]


def test_each_entry_knows_its_line():
    assert [entry.line for entry in read(f"# head\n\n{A}\n\n{B}\n")] == [3, 5]


def test_the_ids_that_feed2toot_keeps_are_entries_whatever_they_hold():
    ids = ["https://blog.example/?p=17", "tag:blog.example,2020:/17", "17 at https://blog.example", "urn:uuid:4-7"]
    assert texts("".join(f"{one}\n" for one in ids)) == ids
    tags = [f"tag:blog.example,2020:/{number}" for number in range(9)]
    assert texts("\n".join(tags)) == tags


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (f"Date,Text,Link\n2020-01-01,Hello,{A}\n2020-01-02,Well,{B}\n", {}),
        (f"Date;Text;Link\n2020-01-01;Hello, you;{A}\n2020-01-02;Well, well;{B}\n", {}),
        (f"Date\tText\tLink\n2020-01-01\tHello\t{A}\n2020-01-02\tWell\t{B}\n", {}),
        (f"1|Hello you|{A}\n2|Well|{B}\n", {}),
        (f"1,Hello,{A}\n2,Well,{B}\n", {"name": "history.csv"}),
        (f"1,Hello,{A}\n2,Well,{B}\n", {"column": "3"}),
        (f"1,{C},{A}\n2,{C},{B}\n", {"column": "3"}),
        (f"Short,Link\n{C},{A}\n{C},{B}\n", {"column": "link"}),
        (f"Short,Link\n{C},{A}\n{C},{B}\n", {"column": "2"}),
        (f"Link\n{A}\n{B}\n", {"column": "1"}),
        (f"Link\n{A}\n{B}\n", {"name": "one.csv"}),
        (f'Text,Link\n"Two\nlines, and a ""word""",{A}\n"",{B}\n', {}),
        ("Text;Link\nCaf\xe9;".encode("cp1252") + A.encode() + f"\nTwo;{B}\n".encode(), {}),
        (f"Date,Text,Link\n1,Hello,{A}\n2,Well,{B}\n,\n", {"name": "total.csv"}),
        (f"Text,Link,More\nOne,{A},x\nTwo,{B},x\nThree,,x\n,,\n", {}),
    ],
)
def test_a_table_gives_the_column_that_holds_addresses(body, options):
    assert texts(body, **options) == [A, B]


def test_a_row_knows_the_line_it_begins_on():
    assert [entry.line for entry in read(f'Text,Link\n"Two\nlines",{A}\nOne,{B}\n')] == [2, 4]


def test_an_address_with_commas_in_it_is_asked_about():
    body = "".join(f"https://gazette.example/1,{number},story.html\n" for number in range(5))
    with pytest.raises(ConfigError, match=r"is each line one address with ',' in it, or a row of 3 columns\?"):
        read(body)
    assert texts(body, listed=True) == body.split()


@pytest.mark.parametrize(
    ("body", "options", "said", "hint"),
    [
        (f"Short,Link\n{C},{A}\n", {}, "more than one of its columns", "1 'Short', 2 'Link'"),
        ("Date,Text\n1,Hello\n", {"name": "x.csv"}, "none of its columns holds addresses", "--column"),
        (
            f"Text,Link\nHello,{A}\n",
            {"column": "Lnk"},
            r"no column 'Lnk' \(did you mean 'Link'\?\)",
            "1 'Text', 2 'Link'",
        ),
        (f"Text,Link\nHello,{A}\n", {"column": "3"}, "no column '3'", "1 'Text', 2 'Link'"),
        (f"Text,Link\nHello,{A}\n", {"column": "0"}, "no column '0'", "1 'Text', 2 'Link'"),
        (f"{A}\n{B}\n", {"column": "Link"}, "no column 'Link'", "there is: "),
    ],
)
def test_a_column_that_cannot_be_told_is_one_error_that_names_the_columns(body, options, said, hint):
    with pytest.raises(ConfigError, match=said) as raised:
        read(body, **options)
    assert hint in raised.value.hint


def test_what_is_no_text_is_told():
    for body in (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"SQLite format 3\0\x10\0", f"{A}\n\0\n".encode()):
        with pytest.raises(SyndicateError, match=r"cache\.db is not a text file"):
            read(body, "cache.db")
    assert read(b"") == []
    assert read(b"\n# nothing\n\n") == []


def test_lines_that_are_not_understood_say_why_and_stop_nothing():
    found = read(f"{A}\n\x1b[31mred\n{B}\n{'x' * (3 * LONGEST)}\n{C}\n")
    assert [(entry.line, entry.text, entry.fault) for entry in found] == [
        (1, A, None),
        (2, "", "it is not one line of text"),
        (3, B, None),
        (4, "", "too long"),
        (5, C, None),
    ]


def test_a_row_with_a_broken_quote_or_too_few_columns_is_told_and_the_others_are_read():
    rows = "".join(f"{number},Hello,{A}\n" for number in range(30))
    found = read(f'No,Text,Link\n{rows}x,"a"b,{B}\ny,z\n0,Hello, you,{B}\n1,Hello,{C}\n2,"never closed,{C}\n')
    assert [entry.text for entry in found if entry.text][-1] == C
    assert [(entry.line, entry.fault) for entry in found if entry.fault] == [
        (32, "',' expected after '\"'"),
        (33, "it has 2 columns, not 3"),
        (34, "it has 4 columns, not 3"),
        (36, "unexpected end of data"),
    ]


class Endless(io.RawIOBase):
    """So many bytes of a body, again and again, made while they are read."""

    def __init__(self, body, size):
        self.body, self.left = body, size

    def readable(self):
        return True

    def readinto(self, buffer):
        take = min(len(buffer), self.left)
        self.left -= take
        buffer[:take] = (self.body * (take // len(self.body) + 1))[:take]
        return take


@pytest.mark.parametrize("body", [b"x", f"{A}\n".encode()])
def test_a_line_or_a_list_of_any_length_takes_no_more_memory(body):
    tracemalloc.start()
    for _ in entries(io.BufferedReader(Endless(body, 8_000_000)), "long"):
        pass
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
