"""What a dry run keeps of each delivery for people to look at: the post, and the requests that would have left."""

from __future__ import annotations

from dataclasses import dataclass

from syndicate.model import Post, Rendered
from syndicate.net.dry_run import Call


@dataclass(frozen=True, slots=True)
class Recording:
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
