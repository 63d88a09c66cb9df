"""Fault plans: rules that make requests fail on purpose, tried in order at every request."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from syndicate.errors import ConfigError
from syndicate.sandbox.refusals import NAMES, PAGES

STEPS = ("login", "read", "upload", "commit", "edit", "delete")
FAULTS = (
    *("refuse", "429", "401", "500", "503", "drop_before"),
    *("drop_after", "500_after", "502_after", "slow"),
    *("late", "drip", "truncate"),
    *PAGES,
    *NAMES,
)


@dataclass(slots=True)
class Rule:
    """One fault. It skips its first `after` matches, then happens `count` times (None: always).

    `platform` and `step` None match any. `retry_after` (seconds) is what a 429 or 503 asks for,
    and `seconds` how long a slow or dripping answer takes, or how late a post is accepted.
    `probability` is drawn with `seed`, so that a run can be repeated.
    """

    fault: str
    platform: str | None = None
    step: str | None = None
    after: int = 0
    count: int | None = 1
    retry_after: float | None = None
    seconds: float = 1.0
    probability: float = 1.0
    seed: int | str | None = None
    matches: int = 0
    done: int = 0
    dice: random.Random = field(default_factory=random.Random, repr=False)

    def happens(self, platform: str, step: str) -> bool:
        """Whether this rule's fault happens now; a request that the rule matches is counted."""
        if self.platform not in (None, platform) or self.step not in (None, step):
            return False
        self.matches += 1
        return (
            self.matches > self.after
            and (self.count is None or self.done < self.count)
            and (self.probability >= 1.0 or self.dice.random() < self.probability)
        )

    def record(self) -> dict[str, Any]:
        """The rule as JSON, with how often it may still happen."""
        names = ("platform", "step", "fault", "after", "count", "retry_after", "seconds", "probability", "seed")
        rest = None if self.count is None else self.count - self.done
        return {name: getattr(self, name) for name in names} | {
            "matches": self.matches,
            "done": self.done,
            "left": rest,
        }


class FaultPlan:
    """The current rules. The first whose fault happens is used; each rule counts its own matches.

    `platforms` are the networks that a rule may name. Raises ConfigError for a rule that makes no sense.
    """

    def __init__(self, platforms: Iterable[str], rules: Iterable[Any] = ()) -> None:
        self._lock = threading.Lock()
        self._platforms = tuple(platforms)
        self._rules = self._read(rules)

    def set(self, rules: Iterable[Any]) -> None:
        """Replace the plan. Raises ConfigError with one line for a rule that makes no sense."""
        fresh = self._read(rules)
        with self._lock:
            self._rules = fresh

    def add(self, rules: Iterable[Any]) -> None:
        """Add rules after the current ones."""
        fresh = self._read(rules)
        with self._lock:
            self._rules += fresh

    def next(self, platform: str, step: str) -> Rule | None:
        """The fault of this request, if it has one."""
        with self._lock:
            happening = [each for each in self._rules if each.happens(platform, step)]
            if not happening:
                return None
            happening[0].done += 1
            return happening[0]

    def records(self) -> list[dict[str, Any]]:
        """The rules that may still happen."""
        with self._lock:
            return [each.record() for each in self._rules if each.count is None or each.done < each.count]

    def _read(self, rules: Iterable[Any]) -> list[Rule]:
        return [rule(data, self._platforms) for data in rules]


def read_plan(body: bytes) -> list[Any]:
    """The rules of a fault plan: a JSON list, or `{"faults": [...]}`. Raises ConfigError."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise ConfigError(f"the fault plan is not JSON: {fault}") from None
    if isinstance(value, dict):
        value = value.get("faults")
    if not isinstance(value, list):
        raise ConfigError('the fault plan is neither a list of rules nor {"faults": [...]}')
    return value


def rule(data: Any, platforms: tuple[str, ...]) -> Rule:
    """One rule from JSON. Raises ConfigError, which says what is wrong and which values are allowed."""
    if not isinstance(data, dict):
        raise ConfigError(f"a rule is an object, not {json.dumps(data)}")
    known = ("platform", "step", "fault", "after", "count", "retry_after", "seconds", "probability", "seed")
    for name in data:
        if name not in known:
            raise ConfigError(f"unknown key '{name}' in a rule (there are {', '.join(known)})")
    _choice(data, "fault", FAULTS, needed=True)
    _choice(data, "platform", platforms)
    _choice(data, "step", STEPS)
    _number(data, "after", 0, None, whole=True)
    _number(data, "count", 1, None, whole=True)
    _number(data, "retry_after", 0, None)
    _number(data, "seconds", 0, None)
    _number(data, "probability", 0, 1)
    if not isinstance(data.get("seed"), int | str | None):
        raise ConfigError("seed is a number or a text")
    kept = {name: value for name, value in data.items() if value is not None or name == "count"}
    return Rule(**kept, dice=random.Random(data.get("seed")))


def _choice(data: dict[str, Any], name: str, choices: tuple[str, ...], *, needed: bool = False) -> None:
    value = data.get(name)
    if value in choices or (value is None and not needed):
        return
    raise ConfigError(f"{name} is {json.dumps(value)}; there are {', '.join(choices)}")


def _number(data: dict[str, Any], name: str, low: float, high: float | None, *, whole: bool = False) -> None:
    value = data.get(name)
    if value is None:
        return
    right = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not right or not low <= value <= (high if high is not None else float("inf")):
        kind = "a whole number" if whole else "a number"
        span = f"from {low} to {high}" if high is not None else f"of at least {low}"
        raise ConfigError(f"{name} is {json.dumps(value)}; it is {kind} {span}")
