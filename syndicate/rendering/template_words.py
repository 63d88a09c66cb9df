"""The methods, filters and tests whose results cannot be much larger than what they are given. Read by `harmless`."""

from __future__ import annotations

from jinja2 import nodes

from syndicate.model.dataclass import dataclass

METHODS = {
    **dict.fromkeys(("startswith", "endswith", "removeprefix", "removesuffix", "partition"), 1),
    **dict.fromkeys(("count", "find", "index", "get", "keys", "values", "items"), 1),
    **dict.fromkeys(("isdigit", "isupper", "islower", "isalpha", "isalnum", "isspace", "istitle"), 1),
    **dict.fromkeys(("date", "time", "isoformat", "weekday"), 1),
    **dict.fromkeys(("upper", "lower", "title", "capitalize", "casefold", "swapcase"), 3),
    **dict.fromkeys(("split", "splitlines"), 20),
}
"""Methods, and how many times larger than the text their result may be: one letter has three capitals, and one entry of
a list takes as much memory as twenty characters."""

SEARCHING = ("strip", "lstrip", "rstrip", "rsplit", "rpartition")
"""Methods whose work grows with the length of their argument."""

VIEWS = ("keys", "values", "items")
"""Methods whose result has as many entries as the mapping."""

FILTERS = {
    **dict.fromkeys(("trim", "default", "d", "first", "last", "string", "truncate", "mention"), 1),
    **dict.fromkeys(("length", "count", "wordcount"), 1),
    **dict.fromkeys(("fit", "hashtag"), 2),
    **dict.fromkeys(("upper", "lower", "title", "capitalize"), 3),
    **dict.fromkeys(("list", "reverse", "unique", "sort", "people"), 20),
    "urlencode": 12,
}
"""Filters, and how many times larger than what they are given their result may be."""

SLOW = {"hashtag": 100, "mention": 10, "fit": 10, "title": 10, "sort": 20, "urlencode": 5, "wordcount": 5}
"""Filters that take more than a moment for each character."""

COUNTING = ("length", "count", "wordcount")
LISTING = ("list", "reverse", "unique", "sort")
"""Filters whose result has as many entries as what they are given."""

WITHOUT_ARGUMENTS = ("trim", "string", *COUNTING, *LISTING)
"""Filters whose arguments could make them do more."""

MAPPED = ("upper", "lower", "title", "capitalize", "trim", "hashtag", "mention", "string", "length")
"""Filters that `map` may name."""

TESTS = frozenset(
    (
        *("defined", "undefined", "none", "string", "number", "mapping", "iterable", "sequence", "boolean"),
        *("true", "false", "odd", "even", "sameas", "lower", "upper", "in", "divisibleby"),
        *("eq", "equalto", "==", "ne", "!=", "lt", "lessthan", "<", "le", "<=", "gt", "greaterthan", ">", "ge", ">="),
    )
)


@dataclass(frozen=True, slots=True)
class Value:
    """The greatest size of a value, in characters and elements, and how many entries it has to loop over."""

    size: int
    entries: int
    number: bool = False


class Harmful(Exception):
    """A part of a template for which no bound is known."""


def growing(method: str, base: Value, given: list[nodes.Expr], arguments: list[Value]) -> Value:
    """`replace` with written words, `join` of a list that is known, `strftime` with a written format."""
    if method == "join" and len(arguments) == 1:
        size = arguments[0].size + base.size * arguments[0].entries
    elif method == "replace" and len(given) in (2, 3):
        size = base.size * (max(lengths(given[:2])) + 1)
    elif method == "strftime" and len(given) == 1:
        size = 256 * sum(lengths(given))  # Python gives up on a longer one
    else:
        raise Harmful
    return Value(size, size)


def lengths(written: list[nodes.Expr]) -> list[int]:
    """The lengths of words that stand in the template itself. Raises Harmful for others, and for long ones."""
    lengths = []
    for each in written:
        if not isinstance(each, nodes.Const) or not isinstance(each.value, str) or len(each.value) > 100:
            raise Harmful
        lengths.append(max(len(each.value), 1))
    return lengths


def mapped(node: nodes.Filter) -> str:
    """The filter that `map` applies to each entry, if it needs nothing else. Raises Harmful."""
    match node.args:
        case [nodes.Const(value=str(name))] if name in MAPPED and not node.kwargs:
            return name
    raise Harmful
