"""What `make mutants` changes, and what it leaves alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench.mutations import is_change, mutations

ROOT = Path(__file__).parents[2]


def changed(text: str) -> set[str]:
    """The lines that stand in a module instead, one change at a time."""
    source = text.encode()
    found = mutations("one.py", source)
    assert all(is_change(mutation, source) for mutation in found)
    return {mutation.after for mutation in found}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a < b", {"a <= b", "a >= b"}),
        ("a >= b", {"a > b", "a < b"}),
        ("a == b", {"a != b"}),
        ("a is None", {"a is not None"}),
        ("a is not None", {"a is None"}),
        ("a not in b", {"a in b"}),
        ("(a) < (b)", {"(a) <= (b)", "(a) >= (b)"}),
        ("a < b < c", {"a <= b < c", "a >= b < c", "a < b <= c", "a < b >= c"}),
        ("a and b", {"a or b", "a", "b"}),
        ("a or (b and c)", {"a and (b and c)", "a", "(b and c)", "a or (b or c)", "a or (b)", "a or (c)"}),
        ("a and b and c", {"(a or b or c)", "b and c", "a and c", "a and b"}),
        ("not (a or b)", {"(a or b)", "not (a and b)", "not (a)", "not (b)"}),
        ("a + b - c", {"a - b - c", "a + b + c"}),
        ("name + 'text'", set()),
        ("[10, True]", {"[11, True]", "[9, True]", "[10, False]", "[True]", "[10]"}),
        ("0.9", {"1.9", "-0.1"}),
        ("f(a, b=c, d=e)", {"f(a, d=e)", "f(a, b=c)"}),
        ("f(b=c)", {"f()"}),
        ("f(b=c,)", {"f()"}),
        ("zip(a, b, strict=c)", set()),
        ("{a: b, c: (d)}", {"{c: (d)}", "{a: b}"}),
        ("{**a, b: c}", {"{**a}"}),
        ("a in {b, c}", {"a not in {b, c}", "a in {c}", "a in {b}"}),
        ("a in (b, c)", {"a not in (b, c)", "a in (b,)", "a in (c,)"}),
        ("(a, b, c)", {"(b, c)", "(a, c)", "(a, b)"}),
        ("a if b else c", {"a if not b else c"}),
        ("a if (b := c) else d", {"a if (not (b := c)) else d"}),
    ],
)
def test_what_an_expression_becomes(text, wanted):
    assert {after.removeprefix("x = ") for after in changed(f"x = {text}\n")} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("act()", {"pass"}),
        ("await act()", {"pass"}),
        ("yield 'a'", {"pass"}),
        ("self.a = b", {"pass"}),
        ("a['b'] = c", {"pass"}),
        ("a += b", {"pass"}),
        ("del a", {"pass"}),
        ("a = b", set()),
        ("return a", {"return None"}),
        ("return (\n        a\n    )", {"None"}),
        ("return None", set()),
        ("return", set()),
        ("if a:\n        return", {"if False:", "if not a:"}),
        ("if a:\n        b = c", {"if not a:"}),
        ("while a:\n        b = c", {"while not a:"}),
        ("assert a == 1", set()),
        ('"""What 1 and 2 are."""', set()),
        ("a: f(b=1)", set()),
        ("raise Refused(f'{a + 1} of 2', after=b)", {"raise Refused(f'{a + 1} of 2')"}),
    ],
)
def test_what_a_statement_becomes(text, wanted):
    assert changed(f"async def act(a, b, c):\n    {text}\n") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "SELECT a FROM b WHERE c = :c AND d <= :d",
            {"WHERE d <= :d", "WHERE c = :c", "WHERE c = :c AND d < :d"},
        ),
        ("SELECT a FROM b WHERE c > 1", {"WHERE c >= 1"}),
        ("SELECT a FROM b WHERE c IS NULL", {"WHERE c IS NOT NULL"}),
        ("SELECT a FROM b WHERE c IS NOT NULL", {"WHERE c IS NULL"}),
        ("SELECT a FROM b WHERE (c IS NULL OR d = 'e')", {
            "WHERE (c IS NOT NULL OR d = 'e')", "WHERE (d = 'e')", "WHERE (c IS NULL)",
        }),
        ("SELECT a FROM b WHERE c IN ('d', 'e', 'f')", {
            "WHERE c IN ('e', 'f')", "WHERE c IN ('d', 'f')", "WHERE c IN ('d', 'e')",
        }),
        ("SELECT a FROM b WHERE c ORDER BY d DESC, e", {"WHERE c ORDER BY d, e"}),
        ("UPDATE b SET c = NULL, d = d + 1, e = :e WHERE f = g", {
            "SET d = d + 1, e = :e WHERE f = g",
            "SET c = NULL, e = :e WHERE f = g",
            "SET c = NULL, d = d + 1 WHERE f = g",
        }),
    ],
)  # fmt: skip
def test_what_a_statement_of_sql_becomes(text, wanted):
    start = text.partition(" WHERE" if "SELECT" in text else " SET")[0]
    assert changed(f'asked = "{text}"\n') == {f'asked = "{start} {after}"' for after in wanted}


def test_sql_is_changed_where_it_is_put_together_of_several_strings():
    text = 'rows(\n    "UPDATE a SET b = NULL, "\n    f"c = :c WHERE {among} AND d = 1", c=c)\n'
    assert changed(text) == {"pass", '"UPDATE a SET "', 'f"c = :c WHERE {among}", c=c)', 'f"c = :c WHERE d = 1", c=c)'}


def test_a_condition_in_words_for_people_is_no_sql():
    assert changed('said = "this and that, 3 <= 4, or nothing"\n') == set()


def test_what_only_types_or_decorators_say_is_left_alone():
    text = (
        "@decorated(frozen=True)\nclass A(Base):\n    b: Literal[1, 2]\n\n    def c(self, d: Literal[1]) -> D[2]: ...\n"
    )
    assert changed(text) == set()
    assert changed('State: TypeAlias = Literal["due", "sent", "held"]\n') == set()


def test_a_default_is_changed():
    assert changed("def act(a=1, *, b: int = True): ...\n") == {
        "def act(a=2, *, b: int = True): ...",
        "def act(a=0, *, b: int = True): ...",
        "def act(a=1, *, b: int = False): ...",
    }


def test_a_change_knows_its_line_and_the_function_it_is_in():
    source = "x = 'ä'\n\n\nclass A:\n    def b(self):\n        return 'ö' in self\n".encode()
    found = {str(mutation): mutation.line for mutation in mutations("syndicate/one.py", source)}
    assert found == {
        "syndicate/one.py A.b\n- return 'ö' in self\n+ return 'ö' not in self": 6,
        "syndicate/one.py A.b\n- return 'ö' in self\n+ return None": 6,
    }


@pytest.mark.parametrize("name", ["ledger/deliveries.py", "platforms/x.py"])
def test_a_change_of_a_module_of_ours_can_be_read_and_means_something_else(name):
    source = (ROOT / "syndicate" / name).read_bytes()
    found = mutations(name, source)
    assert len(found) > 100
    plain = ast.dump(ast.parse(source))
    assert all(ast.dump(ast.parse(mutation.apply(source))) != plain for mutation in found[::9])


def test_a_change_that_cannot_be_read_is_none():
    source = b"x = a < b\n"
    good = mutations("one.py", source)[0]
    assert is_change(good, source)
    assert not is_change(good, b"y: a += b\n")
