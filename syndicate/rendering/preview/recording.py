"""What a dry run keeps of each delivery: the post, and the requests that would have been sent."""

from __future__ import annotations

from syndicate.model import Post, Rendered
from syndicate.model.dataclass import dataclass
from syndicate.net.dry_run import Call


@dataclass(frozen=True, slots=True)
class Recording:
    """One delivery as it would be sent. `rendered` is None if that failed; `calls` contain no secrets."""

    rendered: Rendered | None
    calls: tuple[Call, ...]

    @property
    def post(self) -> Post | None:
        """The post itself, pictures included."""
        return self.rendered.post if self.rendered else None

    @property
    def rest(self) -> tuple[Rendered, ...]:
        """The further posts of its thread."""
        return self.rendered.rest if self.rendered else ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What had to be left out of the post."""
        return self.rendered.warnings if self.rendered else ()
