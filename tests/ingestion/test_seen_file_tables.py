"""How it is told whether a file is a list or a table, by what divides it, and which column counts: each bound of it."""

from __future__ import annotations

import io

import pytest

from syndicate.errors import ConfigError
from syndicate.ingestion.seen_file import LONGEST, SAMPLE, Entry, entries, is_address

A, B, C = (f"https://gazette.example/{name}" for name in "abc")


def read(body, name="list.txt", **options):
    raw = body.encode() if isinstance(body, str) else body
    return [*entries(io.BufferedReader(io.BytesIO(raw)), name, **options)]


def texts(body, name="list.txt", **options):
    return [entry.text for entry in read(body, name, **options)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (A, True),
        (f" {A} ", True),
        (f"{A} {B}", False),
        ("", False),
        ("tag:x,2020:/1", False),
        ("ftp://a.example/", False),
    ],
)
def test_one_address_and_no_more_is_an_address(text, address):
    assert is_address(text) is address


def test_a_table_of_empty_lines_has_nothing():
    assert read(" \n\n \n", "seen.csv") == []


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        (f'"{A}"', Entry(1, A)),
        ('""', Entry(1, "")),
        ('"', Entry(1, '"')),
        (f'"{A}', Entry(1, f'"{A}')),
        (f"'{A}'", Entry(1, f"'{A}'")),
        ("a\x07b", Entry(1, "", "it is not one line of text")),
        ("a\ufffdb", Entry(1, "", "it is not one line of text")),
    ],
)
def test_a_line_of_a_list(line, entry):
    assert read(f"{line}\n") == [entry]


@pytest.mark.parametrize(("length", "kept"), [(LONGEST - 1, True), (LONGEST, False), (2 * LONGEST, False)])
def test_a_line_that_is_too_long_is_not_kept(length, kept):
    found = read(f"{'x' * length}\n{A}\n")
    assert LONGEST == 20_000
    assert found == [Entry(1, "x" * length) if kept else Entry(1, "", "too long"), Entry(2, A)]


def test_a_line_that_fits_with_its_end_is_kept():
    whole = "x" * (LONGEST - 1)
    assert texts(f"{whole}\r{A}\n", listed=True) == [whole, A]
    assert texts(whole) == [whole]


@pytest.mark.parametrize(
    ("body", "options", "found"),
    [
        (f"{A},1\n{B},2\n", {"name": "x.csv"}, [A, B]),
        (f"{A},1\n{B},2\n", {"name": "X.CSV"}, [A, B]),
        (f"{A}\t1\n{B}\t2\n", {"name": "x.tsv"}, [A, B]),
        (f"{A}\t1\n{B}\t2\n", {}, [A, B]),
        (f"Link,No\n{A},1\n", {}, [A]),
        (f"{A},1\n{B},2\n", {"column": "1"}, [A, B]),
        (f'"{A}",1\n"{B}",2\n', {}, [A, B]),
        (f"{A}, 1\n{B}, 2\n", {}, [A, B]),
        (f"{A},1\n{B},2\n", {"listed": True}, [f"{A},1", f"{B},2"]),
        (f"{A}\n{B}\n", {"name": "x.csv"}, [A, B]),
        (f"{A}\n{B}\n", {"column": "1"}, [A, B]),
        (f"# what was sent\n{A}\t1\n#\t2\t3\n{B}\t2\n", {}, [A, B]),
    ],
)
def test_a_list_and_a_table_are_told_apart(body, options, found):
    assert [text for text in texts(body, **options) if text.startswith("http")] == found


@pytest.mark.parametrize("rows", [9, 10, 19, 20])
@pytest.mark.parametrize("odd", [1, 2, 3])
@pytest.mark.parametrize("name", ["x.txt", "x.csv"])
def test_so_many_rows_may_be_odd_in_a_table(rows, odd, name):
    """One in ten, and in a short table with a name of its kind one; so it is no table else, or of one column."""
    body = "".join(f"one {n}\t{A}{n}\n" for n in range(rows - odd)) + "a line\n" * odd
    table = rows - odd >= min(0.9 * rows, max(2, rows - (name == "x.csv")))
    if table:
        found = read(body, name)
        assert [entry.text for entry in found if not entry.fault] == [f"{A}{n}" for n in range(rows - odd)]
        assert [entry.fault for entry in found if entry.fault] == ["it has 1 columns, not 2"] * odd
    elif name == "x.txt":
        assert len(read(body, name)) == rows
    else:
        with pytest.raises(ConfigError, match="none of its columns holds addresses"):
            read(body, name)


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        (["one", "two", A], False),
        ([A, "one"], False),  # not more than half
        (["one", A, B], True),
        (["", "", A], True),  # empty ones do not count
        ([A], True),
        (["one"], False),
    ],
)
def test_a_column_counts_where_most_of_its_cells_are_addresses(cells, counts):
    body = "".join(f"{number}\t{cell}\n" for number, cell in enumerate(cells))
    if counts:
        assert [text for text in texts(body) if text.startswith("http")] == [cell for cell in cells if "http" in cell]
    else:
        with pytest.raises(ConfigError, match="none of its columns holds addresses") as told:
            read(body, "x.tsv")
        assert told.value.hint == "say which one counts with --column: 1, 2" or "'" in told.value.hint


@pytest.mark.parametrize(
    ("head", "row", "wanted", "hint"),
    [
        ("No\tLink", f"1\t{A}", "Links", "there is: 1 'No', 2 'Link'"),
        ("1\tone", f"2\t{A}", "3", "there is: 1 '1', 2 'one'"),
    ],
)
def test_a_column_that_is_not_there_is_told_with_those_that_are(head, row, wanted, hint):
    with pytest.raises(ConfigError, match=f"has no column '{wanted}'") as told:
        read(f"{head}\n{row}\n", column=wanted)
    assert told.value.hint == hint


@pytest.mark.parametrize(("wanted", "found"), [("1", ["7", "8"]), ("2", [A, B]), ("LINK", [A, B]), ("No", ["7", "8"])])
def test_a_column_is_named_by_its_head_or_its_number(wanted, found):
    assert texts(f"No\tLink\n7\t{A}\n8\t{B}\n", column=wanted) == found


def test_a_head_that_is_a_number_is_that_number():
    assert texts(f"2\t1\n7\t{A}\n", column="2") == [A]


def test_two_columns_of_addresses_are_asked_about_by_number_without_a_head():
    with pytest.raises(ConfigError, match="more than one of its columns holds addresses") as told:
        read(f"{A}\t{B}\n{B}\t{C}\n")
    assert told.value.hint == "say which one counts with --column: 1, 2"


def test_a_long_head_is_cut():
    with pytest.raises(ConfigError) as told:
        read(f"{'n' * 40}\tLink\tMore\n1\t{A}\t{B}\n")
    assert told.value.hint == f"say which one counts with --column: 1 '{'n' * 30}', 2 'Link', 3 'More'"


def test_the_columns_are_told_by_the_first_lines_and_all_are_read():
    body = "".join(f"{n}\t{A}{n}\n" for n in range(SAMPLE + 50))
    assert texts(body) == [f"{A}{n}" for n in range(SAMPLE + 50)]
    assert len(read(body.replace(f"{SAMPLE + 1}\t", "", 1))) == SAMPLE + 50


@pytest.mark.parametrize(("row", "fault"), [(f"1\t{A}\t", None), (f"1\t{A}\tmore", 3), ("1", 1), ("\t", None)])
def test_a_row_with_more_or_fewer_cells(row, fault):
    found = read("".join(f"{n}\t{B}\n" for n in range(12)) + f"{row}\n")
    faults = [entry.fault for entry in found if entry.fault]
    assert faults == ([] if fault is None else [f"it has {fault} columns, not 2"])
    assert found[-1].line == (12 if row == "\t" else 13)


def test_tags_with_commas_are_a_list():
    tags = [f"tag:gazette.example,2020:{n}" for n in range(3)]
    assert texts("\n".join(tags)) == tags
    assert texts("\n".join(tags), column="2") == [f"2020:{n}" for n in range(3)]


@pytest.mark.parametrize(("body", "delimiter"), [("a,b;c\n" * 3, ";"), ("a;b,c,d\n" * 3, ","), ("a|b,c\n" * 3, "|")])
def test_of_two_that_divide_it_the_one_with_more_columns_counts(body, delimiter):
    with pytest.raises(ConfigError, match=f"one address with '\\{delimiter}' in it"):
        read(body)
