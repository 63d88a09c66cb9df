"""What a preview says of each delivery, whoever prints it: the post, when it would go out, what to look at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from syndicate.model import Post
from syndicate.rendering.preview.recording import Recording

NEARLY_FULL = 0.9
"""Of a limit: from here on a count is worth a second look."""

_PAUSED = {
    "auth": "waits: the account is paused, its login was refused",
    "person": "waits: the account is paused by a person",
    "all": "waits: everything is paused",
}
_WHEN = {
    "approval": "waits for approval",
    "embargo": "waits for its hour",
    "delay": "waits until the article has stayed unchanged",
    "preflight": "waits until the page and its picture can be reached",
    "burst": "one of too many at once: waits for approval",
    "similar": "much like an earlier story: waits for approval",
    "window": "waits for the account's schedule",
    "budget": "waits: the month's budget is spent",
    "paused": "waits: stories with one of its words are paused",
    "rate_limited": "the network asked us to wait",
    "unavailable": "the network was not reachable",
    "auth": "the account is paused: its login was refused",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One delivery in a preview. `record` is its `--json` line; `due_at` says when, if not now."""

    record: Mapping[str, Any]
    exhibit: Recording | None
    when: str
    due_at: str | None
    warnings: tuple[str, ...]

    @property
    def post(self) -> Post | None:
        """What would be sent, unless it cannot be rendered."""
        return self.exhibit.post if self.exhibit else None

    @property
    def title(self) -> str:
        """The story's headline, else its address."""
        return str((self.post.article.get("title") if self.post else None) or self.record["article"])


def shown(
    records: Sequence[Mapping[str, Any]],
    exhibits: Mapping[str, Recording],
    errors: Mapping[str, str | None],
    dead: Mapping[str, str],
    paused: Mapping[str, str],
) -> list[Shown]:
    """The facts of each delivery, in the order of `records`.

    `errors` are a delivery's own by its key; `dead` says what is wrong with an article's page, by address;
    `paused` says who or what paused an account, by its name.
    """
    repeated = _repeated(records)
    return [
        Shown(
            record,
            exhibit := exhibits.get(record["key"]),
            _when(record, paused.get(record["account"])),
            record["due_at"] if record["state"] == "planned" else None,
            tuple(_warnings(record, exhibit, errors.get(record["key"]), dead.get(record["article"]), repeated)),
        )
        for record in records
    ]


def _repeated(records: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Texts that more than one account of a network would post, with the network."""
    posts = {(record["platform"], record["text"], record["account"]) for record in records if record["text"]}
    counted = Counter((platform, text) for platform, text, _ in posts)
    return {pair for pair, number in counted.items() if number > 1}


def _when(record: Mapping[str, Any], paused: str | None) -> str:
    state, reason = record["state"], record["reason"]
    if reason == "baseline":
        return "only a look: a real first run posts nothing"
    if paused and state in ("planned", "due"):
        return _PAUSED.get(paused, "waits: the account is paused")
    if state == "due" and reason is None:
        return "goes out now"
    return _WHEN.get(reason or "", f"{state}: {reason}" if reason else state)


def _warnings(
    record: Mapping[str, Any],
    exhibit: Recording | None,
    error: str | None,
    page: str | None,
    repeated: set[tuple[str, str]],
) -> list[str]:
    found = list(exhibit.warnings) if exhibit else []
    if exhibit is None or exhibit.post is None:
        found.insert(0, f"cannot be rendered: {error}" if error else "was not rendered")
    elif error and record["text"] is None:
        found.insert(0, error)
    length, limit = record["length"], record["limit"]
    if length and limit and length > limit:
        found.append(f"the text is {length} of {limit}")
    if any(not media["alt"] for media in record["media"]):
        found.append("a picture has no alt text")
    if (record["platform"], record["text"]) in repeated:
        found.append(f"the same text goes to more than one {record['platform']} account")
    if page:
        found.append(page)
    return found


def hour(moment: datetime) -> str:
    """An instant as a preview prints it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
