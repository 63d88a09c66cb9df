"""Reads a document in a child process that has limits on time and memory and can be killed.

Some inputs keep a parser busy for minutes (100,000 attributes on one element: feedparser and lexbor
both take more than 25 s), and a thread cannot be stopped. So a document that is large or not well-formed
is read there; for all others, checking the size is enough.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any

from syndicate.errors import SourceError
from syndicate.model import Article, LeftOut
from syndicate.net.child_environment import child_environment
from syndicate.serialization import instant, load_article
from syndicate.sources.parsing.fields import OWN_LINKS, LinkRule, Parsed

SECONDS = 4.5
"""Seconds of processor time for one document, the start of the process included: a busy machine refuses nothing."""
PATIENCE = 60
"""Seconds on the clock after which the process is killed, should it hang without using the processor."""
MEMORY = 250_000_000
"""Bytes by which the process's memory may grow."""
_CHILD = "import sys; sys.path[:] = sys.argv[1:]; from syndicate.sources.isolated_child import child; child()"


def feed(
    body: bytes,
    *,
    shown: str,
    why: str = "",
    seconds: float = SECONDS,
    memory: int = MEMORY,
    rule: LinkRule = OWN_LINKS,
    **options: Any,
) -> Parsed:
    """As `formats.feed.read_here` with `rescued`. `why` says what is wrong with the feed, if known."""
    failure = f"is not well-formed and could not be repaired: {why}" if why else _TOO_MUCH
    said = _ask("feed", body, options | {"rule": astuple(rule)}, f"{shown} {failure}", seconds, memory)
    interval = said["interval"]
    return Parsed(
        tuple(map(load_article, said["articles"])),
        said["listed"],
        notes=tuple(said["notes"]),
        interval=None if interval is None else timedelta(seconds=interval),
        cut_off=said["cut_off"],
        hub=(said["hub"][0], said["hub"][1]),
        hours=tuple(said["hours"]),
        days=tuple(said["days"]),
        older=said["older"],
        left_out=tuple(LeftOut(*each) for each in said["left_out"]),
    )


def page(body: bytes, *, shown: str, seconds: float = SECONDS, **options: Any) -> Article:
    """As `formats.page.read_here`."""
    return load_article(
        _ask("page", body, options | {"shown": shown}, f"{shown} {_TOO_MUCH}", seconds, MEMORY)["article"]
    )


_TOO_MUCH = "takes more time or memory to read than any feed or page needs"


def _ask(kind: str, body: bytes, options: dict[str, Any], failure: str, seconds: float, memory: int) -> dict[str, Any]:
    """The child process's answer. Raises SourceError: the child's, or `failure` if it gave no answer."""
    now: datetime | None = options["now"]
    request = {"kind": kind, "memory": memory, "seconds": seconds, "options": options | {"now": instant(now)}}
    command = [sys.executable, "-P", "-c", _CHILD, *(path for path in sys.path if path)]
    try:
        given = json.dumps(request).encode() + b"\n" + body
        done = subprocess.run(  # noqa: S603 - our own interpreter and words
            command, input=given, capture_output=True, timeout=PATIENCE, check=True, env=child_environment()
        )
        said: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as fault:
        raise SourceError(failure) from fault
    if "error" in said:
        raise SourceError(said["error"], hint=said["hint"], found=said["found"])
    return said
