"""Records what a dry run rendered and would have sent, so that it can be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from syndicate.model import Delivery, LinkCard, Media, Post, Rendered
from syndicate.model.dataclass import dataclass
from syndicate.net.dry_run import DryHttp
from syndicate.rendering.preview.recording import Recording

if TYPE_CHECKING:
    from syndicate.delivery.lane import Render

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
