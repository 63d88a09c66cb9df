"""The text of a state file: one fact in each line, sorted, so that the files of two branches merge. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

Fact: TypeAlias = dict[str, Any]
"""One line. Its first field is its kind, and says what it is about: `{"post": key, …}`."""
Facts: TypeAlias = dict[tuple[str, ...], Fact]
"""Facts by what they are about."""

VERSION = 1
FIRST = "syndicate-state"
LAST = '{"end":"syndicate-state"}'
_SENT = '{"sent":['
CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_MERGE = "keep the lines of both sides and take the marks out; merge=union in .gitattributes does that by itself"
_BACK = "take the file from an earlier commit: what was posted since is asked of the networks"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class UnreadableState(ValueError):
    """Why a text is no state file, in words, and what to do."""

    def __init__(self, said: str, hint: str) -> None:
        super().__init__(said)
        self.hint = hint


def written(facts: Facts) -> str:
    """The text of a state file with these facts."""
    return "\n".join((f'{{"{FIRST}":{VERSION}}}', *sorted(map(line, facts.values())), LAST, ""))


def shortened(facts: Facts, before: datetime) -> Facts:
    """The same, and of posts that were finished before that only what they are known by, and where they are."""
    return {about: _short(fact, before) for about, fact in facts.items()}


def _short(fact: Fact, before: datetime) -> Fact:
    if fact.get("state") not in _FINISHED or datetime.fromisoformat(fact["updated"]) >= before:
        return fact
    kept = {name: value for name, value in fact.items() if name in _LASTING}
    return kept | {name: f"{kept[name][:19]}Z" for name in ("planned", "updated", "posted") if kept.get(name)}


def appended(facts: Iterable[Fact]) -> str:
    """What is written behind such a text for these facts: one line, so that all of them are there or none."""
    return f"{_SENT}{','.join(map(line, facts))}]}}\n"


def line(fact: Fact) -> str:
    """A fact as its line: its kind first, the rest in the order of the names; what is None is left out."""
    kind = next(iter(fact))
    rest = {name: fact[name] for name in sorted(fact) if name != kind and fact[name] is not None}
    return _ENCODER.encode({kind: fact[kind], **rest})


def read(text: str) -> Facts:
    """The facts of a state file, those of both sides where it was merged. Raises UnreadableState.

    After the last line of the sorted part there may be what a run appended that was cut. What it did not finish to
    write, it did not act upon.
    """
    lines = [each.rstrip("\r") for each in text.split("\n")]
    lines = [each for each in lines if each.strip()]
    if LAST in lines[:-1] and not text.endswith("\n") and not _is_whole(lines[-1]):
        del lines[-1]
    for number, each in enumerate(lines, start=1):
        if each.startswith(CONFLICT):
            raise UnreadableState(f"line {number}: conflict marks of a merge", _MERGE)
    _require_known_version(lines)
    if LAST not in lines:
        raise UnreadableState("it is cut off: its last line is missing", _BACK)
    numbered = ((number, each) for number, each in enumerate(lines, start=1) if not _is_frame(each))
    return joined(fact for number, each in numbered for fact in _facts(each, number))


def _is_whole(text: str) -> bool:
    """Whether a line is JSON, and no part of it."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def joined(facts: Iterable[Fact]) -> Facts:
    """All of these facts; of several about the same thing, the one that is safe to keep. In any order, and again."""
    found: Facts = {}
    for fact in facts:
        about = identity(fact)
        found[about] = _MERGED[about[0]](found[about], fact) if about in found else fact
    return found


def identity(fact: Fact) -> tuple[str, ...]:
    """What a fact is about. A source at another address, or an account on another network, is another one."""
    kind = next(iter(fact))
    more = {"source": "check", "account": "platform", "run": "since"}.get(kind)
    return (kind, fact[kind], fact[more]) if more else (kind, fact[kind])


def _require_known_version(lines: list[str]) -> None:
    try:
        version = json.loads(lines[0])[FIRST]
    except (IndexError, ValueError, TypeError, KeyError):
        raise UnreadableState("its first line does not say that it is a state file", _BACK) from None
    if version != VERSION:
        raise UnreadableState(f"it is of a newer version of syndicate ({str(version)[:20]})", "upgrade syndicate here")


def _is_frame(text: str) -> bool:
    return text == LAST or text.startswith(f'{{"{FIRST}":')


def _facts(text: str, number: int) -> list[Fact]:
    """The fact of a line, or those that a run appended in one."""
    try:
        found = json.loads(text)
        facts = found["sent"] if text.startswith(_SENT) else [found]
        for fact in facts:
            fields = _FIELDS[next(iter(fact))]
            if set(fact) - set(fields) or not all(check(fact.get(name)) for name, check in fields.items()):
                raise ValueError  # noqa: TRY301 - what is wrong with it is one thing, and said below
    except (ValueError, TypeError, KeyError, StopIteration, AttributeError, RecursionError):
        raise UnreadableState(f"line {number} is no fact of a state file", _BACK) from None
    return [*map(dict, facts)]


# What a line may have


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _hex(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 32 and not value.strip("0123456789abcdef")


def _at(value: Any) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


def _number(value: Any) -> bool:
    return type(value) is int and abs(value) < 2**62


def _names(value: Any) -> bool:
    return isinstance(value, dict) and value != {} and all(_hex(name) and _text(value[name]) for name in value)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _thread(value: Any) -> bool:
    parts = value.get("parts") if isinstance(value, dict) else None
    return isinstance(parts, list) and all(
        isinstance(each, dict) and _text(each.get("text")) and isinstance(each.get("spans"), list) for each in parts
    )


def _maybe(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


def _one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: value in values


RUNS = ("under way", "told")
_STATES = ("planned", "due", "unknown", "held", "posted", "skipped", "failed")
_FIELDS: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "source": {"source": _text, "check": _text, "since": _at, "entries": _number},
    "account": {"account": _text, "platform": _text, "since": _at},
    "run": {"run": _one_of(*RUNS), "since": _at},
    "doubt": {"doubt": _text, "since": _at, "until": _at},
    "article": {
        "article": _hex,
        "source": _text,
        "names": _names,
        "seen": _at,
        "published": _maybe(_at),
        "url": _maybe(_text),
        "imported": _maybe(_number),
    },
    "words": {"words": _hex, "data": _object},
    "post": {
        "post": _hex,
        "article": _hex,
        "account": _text,
        "platform": _text,
        "state": _one_of(*_STATES),
        "planned": _at,
        "updated": _at,
        "action": _maybe(_one_of("post", "edit", "delete")),
        **dict.fromkeys(("due", "expires", "committed", "posted"), _maybe(_at)),
        **dict.fromkeys(("revision", "part", "attempts", "priority", "cost", "day"), _maybe(_number)),
        **dict.fromkeys(("reason", "id", "permalink", "error", "approved", "waited_for", "again"), _maybe(_text)),
        "data": _maybe(_object),
        "thread": _maybe(_thread),
    },
}
_FINISHED = ("posted", "skipped", "failed")
_LASTING = frozenset(
    ("post", "article", "account", "platform", "state", "reason", "planned", "updated", "posted")
).union(("id", "permalink", "data", "action", "revision", "part"))
"""What is told of a post for ever."""


# Which of two is kept


def _earlier(one: Fact, other: Fact) -> Fact:
    return min(one, other, key=lambda each: (datetime.fromisoformat(each["since"]), line(each)))


def _article(one: Fact, other: Fact) -> Fact:
    """All names of both; the rest as the one that was seen first says it."""
    first, second = sorted((one, other), key=lambda each: (datetime.fromisoformat(each["seen"]), line(each)))
    names = dict(sorted((second["names"] | first["names"]).items()))
    url = min(filter(None, (one.get("url"), other.get("url"))), default=None)
    return first | {"names": names} | ({"url": url} if url else {})


def _doubt(one: Fact, other: Fact) -> Fact:
    """In doubt as long as either says: what was first seen before the last one began may have been sent."""
    since, until = (max(one[name], other[name], key=datetime.fromisoformat) for name in ("since", "until"))
    return one | {"since": since, "until": until}


def _words(one: Fact, other: Fact) -> Fact:
    return max(one, other, key=line)


def outranks(fact: Fact) -> tuple[int, datetime, str]:
    """What is posted beats all; then what may have been sent; then the later one."""
    surely = {"posted": 2, "held": 1, "unknown": 1}.get(fact["state"], 0)
    return surely, datetime.fromisoformat(fact["updated"]), line(fact)


def _post(one: Fact, other: Fact) -> Fact:
    return max(one, other, key=outranks)


_MERGED: Mapping[str, Callable[[Fact, Fact], Fact]] = {
    "source": _earlier,
    "account": _earlier,
    "run": _earlier,
    "doubt": _doubt,
    "article": _article,
    "words": _words,
    "post": _post,
}
