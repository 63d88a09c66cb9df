"""What runs on a server with Mastodon's API, and what that software does differently.

Read on 2026-11-29: Mastodon and its forks keep a key for an hour (app/services/post_status_service.rb of glitch-soc @
0203da69 and hometown @ 50a376d3). Pleroma and Akkoma keep a whole answer, also a refusal, in memory (pleroma @
820e80bd, lib/pleroma/web/plugs/idempotency_plug.ex). Pixelfed refuses a key that it has seen, whatever became of that
request (pixelfed/pixelfed @ 8aae92d7, ApiV1Controller::statusCreate). GoToSocial (superseriousbusiness/gotosocial @
57cb4fe7), Friendica (friendica/friendica @ a0a8aeb3) and Takahe (jointakahe/takahe @ d45f22c9; two posts of one key
measured on 0.11) read none. All but the first count a text in code points with its addresses in full, as GoToSocial
does in internal/processing/status/common.go.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from urllib.parse import urlsplit

from syndicate.errors import PlatformError, Rejected
from syndicate.model import Certainty, Post
from syndicate.model.dataclass import dataclass
from syndicate.net.status import one_line
from syndicate.platforms._replies import items, problem
from syndicate.ports import Reply

WELL_KNOWN = "/.well-known/nodeinfo"
VISIBILITIES = ("public", "unlisted", "private", "direct")
_SCHEMAS = "http://nodeinfo.diaspora.software/ns/schema/"


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of server does.

    `counts_whole`: its limit is of code points, with each address in full. `formats`: it takes `content_type`, without
    which it may read a text as Markdown. `visibilities` are those that it takes; one that is the server's default
    anyway is left out where it `breaks_on_public`. `note` is for the person who checks the account.
    """

    certainty: Certainty = "lookup"
    counts_whole: bool = True
    formats: bool = False
    visibilities: tuple[str, ...] = VISIBILITIES
    breaks_on_public: bool = False
    needs_picture: bool = False
    note: str = ""

    def visibility(self, wanted: str) -> str | None:
        """What to send for the visibility that an account wants; None for nothing. Raises Rejected."""
        if wanted not in self.visibilities:
            there = ", ".join(self.visibilities)
            raise Rejected(f"this server has no visibility '{wanted}'", hint=f"set visibility to one of {there}")
        return None if self.breaks_on_public and wanted == "public" else wanted

    def limits(self, stated: dict[str, int]) -> dict[str, int]:
        """The limits that a server states, as this software counts."""
        return stated | ({"text_points": stated["text"]} if self.counts_whole and "text" in stated else {})

    def notes(self, software: str) -> tuple[str, ...]:
        """What to tell of a server that runs this."""
        return (f"{software or 'the server'}: {self.note}",) if self.note else ()

    def check(self, post: Post) -> None:
        """Raise Rejected for a post that it takes from nobody."""
        if self.needs_picture and not post.media:
            raise Rejected("this server takes no post without a picture", hint="set image to card or photo")


_LOOKED_UP = "a post without an answer is looked up before it is sent again"
_IGNORES = f"it ignores idempotency keys: {_LOOKED_UP}"
_KEYED = Profile(certainty="keyed", counts_whole=False)
_PLEROMA = Profile(formats=True, note=f"it forgets idempotency keys when it restarts: {_LOOKED_UP}")
PROFILES = {
    "": Profile(counts_whole=False, note=f"it does not say what software it runs: {_LOOKED_UP}"),
    "mastodon": _KEYED,
    "hometown": _KEYED,
    "gotosocial": Profile(formats=True, note=_IGNORES),
    "pleroma": _PLEROMA,
    "akkoma": _PLEROMA,
    "takahe": Profile(note=_IGNORES),
    "friendica": Profile(note=f"{_IGNORES}; it reads a text as Markdown"),
    "pixelfed": Profile(
        visibilities=VISIBILITIES[:3],
        breaks_on_public=True,
        needs_picture=True,
        note=f"it takes no post without a picture; {_LOOKED_UP}",
    ),
}
"""By the name in NodeInfo; "" is a server that gives none. Any other name is a `Profile()`."""
_GLITCH = Profile(certainty="keyed", counts_whole=False, formats=True)
"""glitch-soc calls itself mastodon, with a version such as 4.5.0+glitch, and takes `content_type`."""


def profile(software: str) -> Profile:
    """The profile of a server that runs this (name and version)."""
    name, _, version = software.partition(" ")
    if name == "mastodon" and "glitch" in version:
        return _GLITCH
    return PROFILES.get(name, Profile(note=f"its software, {name}, is not known here: {_LOOKED_UP}"))


def software(ask: Callable[[str], Reply], *hosts: str) -> str:
    """Name and version of what a server runs, by its NodeInfo; "" where it does not say.

    `ask` makes a request to a path of the server. A document that is elsewhere than on one of `hosts` is not read.
    """
    with contextlib.suppress(PlatformError):
        path = _document(ask(WELL_KNOWN), hosts)
        said = problem(ask(path)).get("software") if path else None
        if isinstance(said, dict) and isinstance(said.get("name"), str):
            name = "-".join(said["name"].lower().split())[:40]
            return one_line(f"{name} {str(said.get('version') or '')[:60]}").strip()
    return ""


def _document(reply: Reply, hosts: tuple[str, ...]) -> str | None:
    """The path of the newest document that a server links to."""
    links = [each for each in items(problem(reply).get("links"), "href") if str(each.get("rel")).startswith(_SCHEMAS)]
    for link in sorted(links, key=lambda each: str(each["rel"]), reverse=True):
        parts = _parts(str(link["href"]))
        if parts is not None and parts[0] in hosts:
            return parts[1]
    return None


def _parts(address: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.netloc.lower(), (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
