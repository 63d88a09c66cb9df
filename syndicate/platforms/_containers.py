"""Containers of Threads and Instagram: a post is put into one, which the network processes and then publishes.

Nobody sees a container. States and how often to look: Meta, Threads Troubleshooting and Instagram Content Publishing
(as stored 2026-08): IN_PROGRESS, FINISHED, ERROR, EXPIRED after 24 hours, PUBLISHED; once a minute, for 5 minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Literal, TypeAlias

from syndicate.errors import NotReady, PictureRefused, PlatformError, Unavailable, Uncertain
from syndicate.model import Draft, Json, Media, Post, Receipt
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _own_posts
from syndicate.platforms._graph_answers import error, words
from syndicate.platforms._graph_calls import GraphCalls
from syndicate.platforms._replies import field
from syndicate.serialization import instant

LIFE = timedelta(hours=23)
"""How long a container may be published; Meta lets it expire after 24 hours."""
ROUNDS = 3
"""How often a container that the network lost is replaced before the delivery waits as for any failure."""
LOOKS = 8
"""How often a container is looked at, in some four minutes, before it is taken to be stuck."""
SETTLING = 30.0
"""Seconds before a replaced container is published: Meta's page Create Replies (2025-12-22) advises 30."""
HOSTING = (
    "set media, so that pictures are put where everyone can fetch them, and look whether that address is reachable"
)

State: TypeAlias = Literal["IN_PROGRESS", "FINISHED", "ERROR", "EXPIRED", "PUBLISHED", "GONE"]
"""A container's state. GONE: the network does not know it."""
Fate: TypeAlias = Literal["lost", "unready"]
"""Why a container cannot be published: it is not there (any more), or not ready."""


@dataclass(frozen=True, slots=True)
class Maker:
    """How one network makes and looks at containers. Each step gives a container's id.

    `item` makes one of a carousel's pictures, `whole` the post, of these or of its one picture; `state` is a
    container's state, with the network's words. `fate`: what an error object says of a container, if anything.
    """

    network: str
    item: Callable[[Media], str]
    whole: Callable[[Post, list[str]], str]
    state: Callable[[str], tuple[State, str]]
    fate: Callable[[Json], Fate | None]


def drafted(maker: Maker, post: Post, prepared: Json | None) -> Draft:
    """What a draft says of its finished container. Raises as `ready`."""
    work = ready(maker, post, prepared)
    made = {"container": work["whole"], "rounds": work["rounds"], "published": work["published"]}
    return made | {"expires_at": instant(post.at + LIFE)}


def published(maker: Maker, calls: GraphCalls, edge: str, draft: Draft) -> Receipt:
    """Publish a container at this edge; then read the permalink, which the answer lacks, and go without if that fails.

    Raises NotReady where the container is not ready or not there: nothing was published, and `prepare` goes on.
    """
    if draft["published"]:
        raise Uncertain(f"{maker.network}: the container is published already")
    reply = calls.send("POST", edge, data={"creation_id": str(draft["container"])}, sample={"id": "<post id>"})
    said = error(reply)
    match maker.fate(said):
        case "lost":
            raise replaced(maker.network, draft, words(said))
        case "unready":
            raise unready(maker.network, draft, words(said))
    calls.refuse(reply, "post", commit=True)
    number = str(field(reply, "id"))
    return Receipt(number, calls.permalink(number))


def found(
    maker: Maker,
    posts: Iterable[Json],
    draft: Draft,
    ours: Callable[[Draft, Json], bool],
    receipt: Callable[[Json], Receipt],
) -> Receipt | None:
    """Which of these posts is ours. Raises Uncertain where none is although the container says that it is published."""
    seen = _own_posts.found(posts, draft, ours, receipt)
    if seen is None and maker.state(draft["container"])[0] == "PUBLISHED":
        raise Uncertain(f"{maker.network}: the container is published, but the post is not listed yet")
    return seen


def ready(maker: Maker, post: Post, prepared: Json | None) -> Json:
    """A finished container as `whole`, made as far as it was not yet; `published` where it is out already.

    Raises NotReady while the network works on it; PictureRefused, or Unavailable for a text, where it gives up.
    """
    work: Json = {"items": [], "whole": None, "lost": None, "looks": 0, "rounds": 0} | (prepared or {})
    if work["lost"]:
        lost, work["lost"] = work["lost"], None
        if maker.state(lost)[0] == "PUBLISHED":
            return work | {"whole": lost, "published": True}
    if work["whole"] is None:
        _fill(maker, post, work)
    state = _looked_at(maker, work, str(work["whole"]), pictured=bool(post.media))
    return work | {"published": state == "PUBLISHED"}


def replaced(network: str, draft: Draft, words: str) -> PlatformError:
    """What to do where publishing says that there is no such container: make a new one, at most ROUNDS times."""
    rounds = int(draft.get("rounds", 0)) + 1
    told = f"{network}: the container was lost before it was published: {words}"
    if rounds > ROUNDS:
        return Unavailable(f"{told}; so were {ROUNDS} others", retry_after=600.0)
    return NotReady(told, prepared={"lost": draft["container"], "rounds": rounds}, retry_after=5.0)


def unready(network: str, draft: Draft, words: str) -> PlatformError:
    """What to do where publishing says that a container is not ready: look at it again, at most ROUNDS times."""
    rounds = int(draft.get("rounds", 0)) + 1
    told = f"{network}: the container is not ready to be published: {words}"
    if rounds > ROUNDS:
        return Unavailable(f"{told}; so it was {ROUNDS} times before", retry_after=600.0)
    return NotReady(told, prepared={"whole": draft["container"], "rounds": rounds}, retry_after=SETTLING)


def hosted(network: str, media: Media) -> str:
    """The address at which the network fetches a picture. Raises PictureRefused where it has none."""
    if media.url is None:
        told = f"{network} fetches pictures from a public address, and this one has none"
        raise PictureRefused(told, hint=HOSTING, smaller=False)
    return media.url


def _fill(maker: Maker, post: Post, work: Json) -> None:
    """Make the container of a post, first those of a carousel's pictures. A replaced one settles before it goes on."""
    if len(post.media) > 1:
        made = list(work["items"])
        work["items"] = made + [maker.item(media) for media in post.media[len(made) :]]
        for number in work["items"]:
            _looked_at(maker, work, number, pictured=True)
    work["whole"] = maker.whole(post, work["items"])
    if work["rounds"]:
        raise NotReady(f"{maker.network}: a new container settles", prepared=work, retry_after=SETTLING)


def _looked_at(maker: Maker, work: Json, number: str, *, pictured: bool) -> State:
    """FINISHED or PUBLISHED, else the error that the container's state means."""
    state, words = maker.state(number)
    if state in ("FINISHED", "PUBLISHED"):
        return state
    work["looks"] += 1
    stuck = work["looks"] >= LOOKS
    if state in ("EXPIRED", "GONE"):
        work |= {"items": [], "whole": None}
    told = f"{maker.network}: the container is {state}" + (f": {words}" if words else "")
    if state != "ERROR" and not stuck:
        raise NotReady(told, prepared=work, retry_after=min(5.0 * 2 ** (work["looks"] - 1), 60.0))
    if not pictured:
        raise Unavailable(told)
    raise PictureRefused(told, hint=HOSTING, smaller=state == "ERROR")
