"""What every preview says of a delivery: the post, when it would be sent, and warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from syndicate.model import LATER, REASONS, Post
from syndicate.rendering.preview.recording import Recording

NEARLY_FULL = 0.9
"""Share of a limit from which a length is shown as nearly full."""


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
        """The post that would be sent; None if it cannot be rendered."""
        return self.exhibit.post if self.exhibit else None

    @property
    def title(self) -> str:
        """The article's headline, else its address."""
        return str((self.post.article.get("title") if self.post else None) or self.record["article"])


def shown(
    records: Sequence[Mapping[str, Any]],
    exhibits: Mapping[str, Recording],
    errors: Mapping[str, str | None],
    dead: Mapping[str, str],
) -> list[Shown]:
    """The facts of each delivery, in the order of `records`.

    `errors` are a delivery's own by its key; `dead` says what is wrong with an article's page, by address.
    """
    repeated = _repeated(records)
    return [
        Shown(
            record,
            exhibit := exhibits.get(record["key"]),
            _when(record, errors.get(record["key"])),
            record["due_at"] if record["state"] == "planned" or record["reason"] in LATER else None,
            tuple(_warnings(record, exhibit, errors.get(record["key"]), dead.get(record["article"]), repeated)),
        )
        for record in records
    ]


def _repeated(records: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Texts that more than one account on a network would post, with the network's name."""
    posts = {(record["platform"], record["text"], record["account"]) for record in records if record["text"]}
    counted = Counter((platform, text) for platform, text, _ in posts)
    return {pair for pair, number in counted.items() if number > 1}


def _when(record: Mapping[str, Any], error: str | None) -> str:
    """When it would be sent, in words."""
    state, reason = record["state"], record["reason"]
    if reason == "baseline":
        return "example only: the first real run posts nothing"
    if state == "due" and reason is None:
        return "goes out now"
    words = REASONS.get(reason, str(state))
    return f"waits: {error}" if reason == "paused" and error else words


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
    """An instant as previews print it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
