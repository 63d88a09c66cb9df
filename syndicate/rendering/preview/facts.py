"""What every preview says of a delivery: the post, when it would be sent, and warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from syndicate.model import LATER, REASONS, Post, Rendered
from syndicate.model.dataclass import dataclass
from syndicate.rendering.preview.recording import Recording
from syndicate.text import cut, plain

_FIRST_WORDS = 80
"""Letters of a note that stand for a headline."""
NEARLY_FULL = 0.9
"""Share of a limit from which a length is shown as nearly full."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One delivery in a preview, with its whole thread. `record` is its `--json` line; `due_at` says when, if not now.

    `describes`: the network takes descriptions of pictures.
    """

    record: Mapping[str, Any]
    exhibit: Recording | None
    when: str
    due_at: str | None
    warnings: tuple[str, ...]
    describes: bool = True

    @property
    def post(self) -> Post | None:
        """The post that would be sent; None if it cannot be rendered."""
        return self.exhibit.post if self.exhibit else None

    @property
    def rest(self) -> tuple[Rendered, ...]:
        """The further posts of its thread, in their order."""
        return self.exhibit.rest if self.exhibit else ()

    @property
    def backing(self) -> str:
        """What backs the link card, or why it is a plain one; "" where its page names no records."""
        found = self.post.card.backing if self.post and self.post.card else None
        if found is None:
            return ""
        named = ", ".join(ref.uri for ref in found.refs)
        return f"plain link card: {found.why}" if found.why else f"link card with the publication's name: {named}"

    @property
    def title(self) -> str:
        """The article's headline, of a note its first words, else its address."""
        article = self.post.article if self.post else {}
        first = plain(str(article.get("body") or ""))
        return str(article.get("title") or cut(first, _FIRST_WORDS) or self.record["article"])


_REPLIES = {
    "followers": "only followers can reply",
    "mentioned": "only those it mentions can reply",
    "nobody": "nobody can reply",
}


def manners(post: Post | None) -> list[str]:
    """How the post is shown and who may reply, a line for each; what is usual has none."""
    if post is None:
        return []
    warned = [f"hidden behind the warning “{post.warning}”"] if post.warning else []
    return [*warned, *(["pictures veiled"] if post.sensitive else []), *filter(None, [_REPLIES.get(post.replies)])]


def shown(
    records: Sequence[Mapping[str, Any]],
    exhibits: Mapping[str, Recording],
    errors: Mapping[str, str | None],
    dead: Mapping[str, str],
    undescribed: Collection[str] = (),
) -> list[Shown]:
    """The facts of each delivery, in the order of `records`; a thread's further posts are shown with its first one.

    `errors` are a delivery's own by its key; `dead` says what is wrong with an article's page, by address;
    `undescribed` are networks whose pictures have no descriptions.
    """
    repeated = _repeated(records)
    exhibits, records = _in_threads(records, exhibits, errors)
    entries = (
        Shown(
            record,
            exhibits.get(record["key"]),
            _when(record, errors.get(record["key"])),
            record["due_at"] if record["state"] == "planned" or record["reason"] in LATER else None,
            (),
            record["platform"] not in undescribed,
        )
        for record in records
    )
    return [
        replace(entry, warnings=tuple(_warnings(entry, errors.get(entry.record["key"]), dead, repeated)))
        for entry in entries
    ]


def _in_threads(
    records: Sequence[Mapping[str, Any]], exhibits: Mapping[str, Recording], errors: Mapping[str, str | None]
) -> tuple[Mapping[str, Recording], list[Mapping[str, Any]]]:
    """What is shown, with the requests of a thread's further posts at its first one; and whose entries those are.

    A further post has an entry of its own where its first one is not there, or something is wrong with it.
    """
    first = {_thread_of(record): record["key"] for record in records if not record.get("part")}
    joined, alone = dict(exhibits), list[Mapping[str, Any]]()
    for record in records:
        key, part = first.get(_thread_of(record)), record.get("part") or 0
        head = joined.get(key) if key else None
        said = head.rest[part - 1].post.text if head and 0 < part <= len(head.rest) else None
        if key is None or head is None or said is None or said != record["text"] or errors.get(record["key"]):
            alone.append(record)
        elif record["key"] in exhibits:
            joined[key] = replace(head, calls=head.calls + exhibits[record["key"]].calls)
    return joined, alone


def _thread_of(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return record["article"], record["account"], record.get("action"), record.get("revision")


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


def _warnings(entry: Shown, error: str | None, dead: Mapping[str, str], repeated: set[tuple[str, str]]) -> list[str]:
    record, exhibit, page = entry.record, entry.exhibit, dead.get(entry.record["article"])
    found = list(exhibit.warnings) if exhibit else []
    if exhibit is None or exhibit.post is None:
        found.insert(0, f"cannot be rendered: {error}" if error else "was not rendered")
    elif error and record["text"] is None:
        found.insert(0, error)
    length, limit = record["length"], record["limit"]
    if length and limit and length > limit:
        found.append(f"the text is {length} of {limit}")
    found += [
        f"the text of post {number} is {each.length} of {each.limit}"
        for number, each in enumerate(entry.rest, 2)
        if each.limit and each.length > each.limit
    ]
    if entry.describes and any(not media["alt"] for media in record["media"]):
        found.append("a picture has no alt text")
    if (record["platform"], record["text"]) in repeated:
        found.append(f"the same text goes to more than one {record['platform']} account")
    if page:
        found.append(page)
    return found


def hour(moment: datetime) -> str:
    """An instant as previews print it."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"
