"""The queues of a fleet, and what is put into them."""

from __future__ import annotations

from collections.abc import Mapping

from syndicate.model.dataclass import dataclass

POLLS, POSTS, PICTURES, ERRANDS = QUEUES = ("polls", "posts", "pictures", "errands")
"""`pictures`: the posts of accounts with `image: card`, which are drawn where they are sent."""
DISPATCH = "dispatch"
"""The queue of the job that enqueues the others: each worker holds it, whatever else it holds."""
URGENT, USUAL = 1, 0


@dataclass(frozen=True, slots=True)
class Job:
    """A job that is to be enqueued: not while an equal one waits, by `once`; not run while one of its `lock` is."""

    task: str
    queue: str
    arguments: Mapping[str, str]
    once: str
    lock: str
    priority: int = USUAL
