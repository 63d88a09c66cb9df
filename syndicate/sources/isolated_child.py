"""Reads one document in a child process with limits on memory and processor time; `parsing.isolated` starts it."""

from __future__ import annotations

import json
import sys
from dataclasses import astuple
from typing import Any

from syndicate.errors import SourceError
from syndicate.serialization import moment, store_article


def child() -> None:
    """Read a line of JSON and the document from standard input; write a line of JSON to standard output."""
    request = json.loads(sys.stdin.buffer.readline())
    _limit(request["memory"], request["seconds"])
    options = request["options"]
    options["now"] = moment(options["now"])
    try:
        answer = _READERS[request["kind"]](sys.stdin.buffer.read(), options)
    except SourceError as fault:
        answer = {"error": str(fault), "hint": fault.hint, "found": fault.found}
    sys.stdout.write(json.dumps(answer))


def _feed(body: bytes, options: dict[str, Any]) -> dict[str, Any]:
    from syndicate.sources.formats.feed import read_here
    from syndicate.sources.parsing.fields import LinkRule

    reading = read_here(body, rescued=True, **options | {"rule": LinkRule(*options["rule"])})
    return {
        "articles": list(map(store_article, reading.articles)),
        "listed": reading.listed,
        "notes": reading.notes,
        "interval": None if reading.interval is None else reading.interval.total_seconds(),
        "cut_off": reading.cut_off,
        "hub": reading.hub,
        "hours": reading.hours,
        "days": reading.days,
        "older": reading.older,
        "left_out": list(map(astuple, reading.left_out)),
    }


def _page(body: bytes, options: dict[str, Any]) -> dict[str, Any]:
    from syndicate.sources.formats.page import read_here

    return {"article": store_article(read_here(body, **options))}


_READERS = {"feed": _feed, "page": _page}


def _limit(memory: int, seconds: float) -> None:
    """Limit memory growth and processor time, if the system can; it holds even if the parent is gone."""
    try:
        import resource
    except ImportError:
        return
    _end_after(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - pathlib would be loaded for this alone
            held = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (held + memory,) * 2)


def _end_after(seconds: float) -> None:
    """Let the system end the process when it has used `seconds` of processor time since its start."""
    import signal
    import time

    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, max(seconds - time.process_time(), 0.001))
