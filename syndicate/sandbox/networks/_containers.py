"""The containers of Threads' and Instagram's stand-ins: made, processed, published once or never.

States: Meta, Threads Troubleshooting, and Instagram Content Publishing (as stored 2026-08).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from syndicate.sandbox.board import Board
from syndicate.sandbox.networks._graph import DAY, GraphRefusal, fetched
from syndicate.sandbox.pictures import look

MEBIBYTES_8 = 8 * 1024 * 1024


@dataclass(slots=True)
class Container:
    """One container: whose, what was asked for, its pictures as the board has them, and what became of it."""

    number: str
    member: str
    asked: dict[str, Any]
    media: list[dict[str, Any]]
    made: float
    looks: int = 0
    post: str | None = None


@dataclass(slots=True)
class Containers:
    """All containers of one stand-in.

    `processing`: how many looks say IN_PROGRESS before a container is done; None: all of them. `outcome`: what it is
    then, FINISHED or ERROR. `types`: the MIME types of pictures that are taken.
    """

    board: Board
    clock: Callable[[], float]
    types: tuple[str, ...]
    processing: int | None = 0
    outcome: str = "FINISHED"
    made: dict[str, Container] = field(default_factory=dict)
    pictures: dict[str, bytes | None] = field(default_factory=dict)
    count: int = 0

    def fetch(self, address: str) -> None:
        """Fetch a picture, before the container is made; nobody else waits for it meanwhile."""
        self.pictures[address] = fetched(address)

    def add(self, member: str, asked: dict[str, Any], media: list[dict[str, Any]]) -> Container:
        """A new container, which nobody sees."""
        self.count += 1
        number = f"179{int(self.clock() * 1000)}{self.count:06d}"
        self.made[number] = Container(number, member, asked, media, self.clock())
        return self.made[number]

    def state(self, container: Container) -> str:
        """The state after one more look."""
        container.looks += 1
        if container.post is not None:
            return "PUBLISHED"
        if self.clock() - container.made >= DAY:
            return "EXPIRED"
        if self.processing is None or container.looks <= self.processing:
            return "IN_PROGRESS"
        return self.outcome

    def finished(self, container: Container) -> bool:
        """Whether it may be published now; without a look."""
        done = self.processing is not None and container.looks >= self.processing and self.outcome == "FINISHED"
        return done and container.post is None and self.clock() - container.made < DAY

    def picture(self, address: str, alt: str, ratios: tuple[float, float] | None = None) -> dict[str, Any]:
        """A fetched picture as the board keeps it. Raises GraphRefusal for one that is not to be had or not taken."""
        data = self.pictures.pop(address, None)
        if data is None:
            words = "The media could not be fetched from this uri."
            raise GraphRefusal(9004, f"Only photo or video can be accepted: {words}", error_subcode=2207052)
        seen = look(data)
        if data and (seen is None or seen.mime not in self.types):
            raise GraphRefusal(36001, "The image format is not supported.", error_subcode=2207005)
        if len(data) > MEBIBYTES_8:
            words = "The image is too large to download. It should be less than 8 MiB."
            raise GraphRefusal(36000, words, error_subcode=2207004)
        if data and seen and ratios and not ratios[0] <= seen.width / seen.height <= ratios[1]:
            raise GraphRefusal(36003, "The submitted image's aspect ratio is not supported.", error_subcode=2207009)
        return self.board.keep(data, alt=alt)

    def children(self, named: str, most: int) -> list[dict[str, Any]]:
        """The pictures of a carousel's items. Raises GraphRefusal for too few, too many, or one that is not there."""
        numbers = [number for number in named.split(",") if number]
        if not 2 <= len(numbers) <= most:
            words = f"Param children must have 2 to {most} ids"
            raise GraphRefusal(100, words, error_subcode=2207028)
        items = [self.made.get(number) for number in numbers]
        if any(item is None or item.asked.get("is_carousel_item") != "true" for item in items):
            raise GraphRefusal(100, "Invalid parameter: children")
        if any(item is None or not self.finished(item) for item in items):
            raise GraphRefusal(9007, "Media ID is not available", error_subcode=2207027)
        return [item.media[0] for item in items if item is not None]

    def forget(self, post: str) -> None:
        """Remove the container of a post that was deleted."""
        for number in [number for number, each in self.made.items() if each.post == post]:
            del self.made[number]

    def clear(self) -> None:
        """Forget all of them."""
        self.made.clear()
        self.pictures.clear()
