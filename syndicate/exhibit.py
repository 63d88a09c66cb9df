"""What a dry run keeps of each delivery, for people to look at: the post, and the requests that would have left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from syndicate.delivery import Render, Rendered
from syndicate.dry import Call, DryHttp
from syndicate.model import Delivery, LinkCard, Media, Post


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One delivery as it would go out. `rendered` is None where that failed; `calls` hold no secrets."""

    rendered: Rendered | None
    calls: tuple[Call, ...]

    @property
    def post(self) -> Post | None:
        """The very post, pictures and all."""
        return self.rendered.post if self.rendered else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What had to be left out."""
        return self.rendered.warnings if self.rendered else ()


@dataclass(slots=True)
class Gallery:
    """Exhibits by the key of their delivery. A picture that several accounts send is kept once."""

    exhibits: dict[str, Exhibit] = field(default_factory=dict)
    _pictures: dict[str, Media] = field(default_factory=dict)

    def watch(self, delivery: Delivery, door: DryHttp, render: Render, deliver: Callable[[Render], Any]) -> Any:
        """Let `deliver` run, and keep what it rendered and what it would have asked of `door`."""
        kept: list[Rendered] = []

        def watched(*article: Any, **moments: Any) -> Rendered:
            rendered = render(*article, **moments)
            kept.append(_Seen(self._shared(rendered.post), rendered.length, rendered.limit, rendered.warnings))
            return rendered

        before = len(door.calls)
        answer = deliver(watched)
        self.exhibits[delivery.key] = Exhibit(kept[-1] if kept else None, tuple(door.calls[before:]))
        return answer

    def _shared(self, post: Post) -> Post:
        card: LinkCard | None = post.card
        if card and card.thumb:
            card = replace(card, thumb=self._kept(card.thumb))
        return replace(post, media=tuple(map(self._kept, post.media)), card=card)

    def _kept(self, media: Media) -> Media:
        known = self._pictures.setdefault(media.file, media)
        return replace(media, data=known.data)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A Rendered whose pictures are shared with others."""

    post: Post
    length: int
    limit: int
    warnings: tuple[str, ...]
