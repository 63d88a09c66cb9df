"""Records what a dry run rendered and would have sent, so that it can be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from syndicate.ledger.delivery_keys import delivery_key
from syndicate.model import Delivery, Json, LinkCard, Media, Post, Rendered
from syndicate.model.dataclass import dataclass
from syndicate.net.dry_run import DryHttp
from syndicate.rendering.preview.recording import Recording
from syndicate.serialization import article_record, delivery_record, freeze, part_post

if TYPE_CHECKING:
    from syndicate.delivery.lane import Render
    from syndicate.model import Article

T = TypeVar("T")


@dataclass(slots=True)
class Recorder:
    """Keeps the recordings by the key of their delivery. A picture that several accounts send is kept once."""

    recordings: dict[str, Recording] = field(default_factory=dict)
    _pictures: dict[str, Media] = field(default_factory=dict)

    def record(self, delivery: Delivery, door: DryHttp, render: Render, deliver: Callable[[Render], T]) -> T:
        """Run `deliver`, and keep what it rendered and the requests that it gave to `door`. Returns its answer."""
        kept: list[Rendered] = []

        def watched(*article: Any, **moments: Any) -> Rendered:
            rendered = render(*article, **moments)
            kept.append(replace(rendered, post=self._shared(rendered.post)))
            return rendered

        before = len(door.calls)
        answer = deliver(watched)
        self.recordings[delivery.key] = Recording(kept[-1] if kept else None, tuple(door.calls[before:]))
        return answer

    def _shared(self, post: Post) -> Post:
        card: LinkCard | None = post.card
        if card and card.thumb:
            card = replace(card, thumb=self._kept(card.thumb))
        return replace(post, media=tuple(map(self._kept, post.media)), card=card)

    def _kept(self, media: Media) -> Media:
        known = self._pictures.setdefault(media.file, media)
        return replace(media, data=known.data)


def unplanned(record: Json, delivery: Delivery, recording: Recording | None) -> list[Json]:
    """The records of the further posts that a delivery's thread would have, as they would be planned: as its own."""
    if recording is None or recording.rendered is None or delivery.action != "post":
        return []
    shown = {name: record[name] for name in ("state", "reason", "due_at")}
    found = []
    for part, post in enumerate(recording.rendered.rest, 1):
        key = delivery_key(delivery.anchor, delivery.account, "post", delivery.revision, part)
        further = replace(delivery, key=key, part=part, post=freeze(post)[0], remote_id=None, permalink=None)
        found.append(delivery_record(further) | shown)
    return found


def of_part(delivery: Delivery, article: Article, recording: Recording) -> Recording:
    """What a preview shows of a further post of a thread, which is never rendered: its words are stored."""
    stored = delivery.post
    if not delivery.part or stored is None or recording.rendered is not None:
        return recording
    post = part_post(stored, article_record(article), at=delivery.planned_at, planned_at=delivery.planned_at)
    return replace(recording, rendered=Rendered(post, stored.get("length") or 0, stored.get("limit") or 0))
