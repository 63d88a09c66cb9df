"""Reads addresses and guids from a list, from another tool's cache, or from one column of a table. Pure.

feed2toot's cache is such a list: the id of each entry it has announced, one a line (feed2toot 0.17, feedcache.py).
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from syndicate.aliases import urlkey
from syndicate.errors import ConfigError, SyndicateError
from syndicate.model.dataclass import dataclass
from syndicate.text import CP1252

LONGEST = 20_000  # characters of a line; a longer one is not an address, and not kept in memory
SAMPLE = 200  # lines by which the columns are recognised
DELIMITERS = ",;\t|"
_TOO_LONG = "\uffff\n"  # replaces a line that is too long; no text has this character


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, or the cell of one row in the column that counts. `fault`: why it is not understood."""

    line: int
    text: str
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """How to read a table: its delimiter, width, the column that counts, and whether the first row is a header."""

    delimiter: str
    width: int
    column: int
    header: bool


def entries(stream: BinaryIO, name: str, *, column: str | None = None, listed: bool = False) -> Iterator[Entry]:
    """The entries of a file called `name`, without blank lines and comments. Memory use does not grow with its length.

    `column` is a name or a number from 1; `listed`: each line is one entry, even if it looks like a table row.
    Raises SyndicateError: it is not text; ConfigError: it cannot be told which column is meant.
    """
    lines = _lines(stream)
    sample = list(islice(lines, SAMPLE))
    if any("\0" in line for line in sample):
        raise SyndicateError(f"{name} is not a text file", hint="export what it holds as a list or as CSV")
    table = None if listed else _table(sample, name, column)
    whole = chain(sample, lines)
    return _words(whole) if table is None else _cells(whole, table)


def is_address(text: str) -> bool:
    """Whether this is exactly one http(s) address."""
    return len(text.split()) == 1 and bool(urlkey(text))


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Lines with their ends, in UTF-8 or UTF-16; a byte that is not UTF-8 is read as Windows-1252."""
    start = stream.peek(2)[:2] if isinstance(stream, io.BufferedReader) else b""
    wide = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding, errors = ("utf-16", "replace") if wide else ("utf-8-sig", CP1252)
    text = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")
    try:
        while line := text.readline(LONGEST):
            too_long = len(line) == LONGEST and not line.endswith(("\n", "\r"))
            while len(line) == LONGEST and not line.endswith(("\n", "\r")):
                line = text.readline(LONGEST)
            yield _TOO_LONG if too_long else line
    finally:
        text.detach()


def _words(lines: Iterable[str]) -> Iterator[Entry]:
    for number, line in enumerate(lines, 1):
        word = line.strip()
        if word and not word.startswith("#"):
            yield _entry(number, word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word)


def _cells(lines: Iterable[str], table: Table) -> Iterator[Entry]:
    reader = csv.reader(lines, delimiter=table.delimiter, strict=True)
    header = table.header
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield Entry(number, "", str(fault))
            continue
        if not any(cell.strip() for cell in row):
            continue
        if header:
            header = False
        elif len(row) <= table.column or any(row[table.width :]):
            yield Entry(number, "", f"it has {len(row)} columns, not {table.width}")
        elif cell := row[table.column].strip():
            yield _entry(number, cell)


def _entry(number: int, word: str) -> Entry:
    if not word.isprintable() or "\ufffd" in word:
        return Entry(number, "", "too long" if _TOO_LONG.strip() in word else "it is not one line of text")
    return Entry(number, word)


def _table(sample: Sequence[str], name: str, column: str | None) -> Table | None:
    """How to read the text as a table; None if it is a list. Addresses may hold commas, as tag: URIs do."""
    plain = [line for line in sample if line.strip() and not line.startswith("#")]
    called = name.lower().endswith((".csv", ".tsv"))
    divided = _divided(plain, odd=int(called))
    if not plain or (divided is None and not column and not called):
        return None
    delimiter, width = divided or (",", 1)
    rows = _rows(plain, delimiter)
    header = not any(map(is_address, rows[0])) and any(is_address(cell) for row in rows[1:] for cell in row)
    surely = column or header or delimiter == "\t" or called
    if not surely and all(line.startswith("tag:") for line in plain):
        return None
    if not surely and not any(letter in line.strip() for line in plain for letter in ' "'):
        raise ConfigError(
            f"{name}: is each line one address with '{delimiter}' in it, or a row of {width} columns?",
            hint="say --list, or --column NUMBER",
        )
    return Table(delimiter, width, *_column(rows, width, name, column, header=header))


def _divided(lines: Sequence[str], odd: int) -> tuple[str, int] | None:
    """The delimiter by which nearly all rows have the same number of columns, and that number; None if none does.

    So many rows of a short table may be `odd`, such as one with a total.
    """
    found = []
    for delimiter in DELIMITERS:
        widths = Counter(map(len, _rows(lines, delimiter)))
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        if width > 1 and count >= min(0.9 * widths.total(), max(2, widths.total() - odd)):
            found.append((count / widths.total(), width, delimiter))
    return max(found)[2:0:-1] if found else None


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The rows of a sample. The last may be incomplete, which does not change the majority."""
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return []


def _column(
    rows: Sequence[Sequence[str]], width: int, name: str, wanted: str | None, *, header: bool
) -> tuple[int, bool]:
    """Which column counts, and whether the first row is its header. Raises ConfigError, naming the columns."""
    named = [cell.casefold() for cell in rows[0]] if rows else []
    if wanted is not None and wanted.casefold() in named and not wanted.isdecimal():
        return named.index(wanted.casefold()), True
    if wanted is not None and wanted.isdecimal() and 1 <= int(wanted) <= width:
        return int(wanted) - 1, header
    listed = ", ".join(
        f"{number} '{cell[:30]}'" if header or wanted else str(number)
        for number, cell in enumerate(rows[0] if rows else (), 1)
    )
    if wanted is not None:
        near = difflib.get_close_matches(wanted.casefold(), named, n=1)
        hint = f" (did you mean '{rows[0][named.index(near[0])]}'?)" if near else ""
        raise ConfigError(f"{name} has no column '{wanted}'{hint}", hint=f"there is: {listed}")
    holding = [column for column in range(width) if _holds_addresses(rows[header:], column)]
    if len(holding) == 1:
        return holding[0], header
    fault = "more than one of its columns holds addresses" if holding else "none of its columns holds addresses"
    raise ConfigError(f"{name}: {fault}", hint=f"say which one counts with --column: {listed}")


def _holds_addresses(rows: Sequence[Sequence[str]], column: int) -> bool:
    cells = [row[column] for row in rows if column < len(row) and row[column]]
    return sum(map(is_address, cells)) * 2 > len(cells)
