"""The template process: `python -m syndicate.rendering.template_worker SECONDS`. It renders what is not harmless.

It has limits on memory and on the processor time of each text, no secret in its environment, and writes nothing but
its answers. It ends when its parent does.
"""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import NoReturn

from syndicate.errors import RenderError
from syndicate.model import Json
from syndicate.rendering import template_faults  # noqa: F401 - later there may be no memory for it
from syndicate.rendering.cards import wire
from syndicate.rendering.environment import Templates
from syndicate.rendering.harmless import TooSlow

MEMORY = 80_000_000
"""Bytes of address space: three times what Python and jinja2 take. The largest text is 800 kB."""


def main(seconds: float) -> None:
    """Answer messages from standard input on standard output until there are no more.

    A text that takes `seconds` of processor time is an error; after twice as many the process ends, whatever it is
    doing.
    """
    _limit(seconds)
    answers, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # whatever a library prints must not garble the answers
    with contextlib.suppress(wire.Broken):
        while True:
            header, body = wire.read(0)
            answer, text = _answer(header, body, seconds)
            wire.write(answers, answer, text)
            if answer.get("last"):
                return


def _answer(header: Json, body: bytes, seconds: float) -> tuple[Json, bytes]:
    """Do one job. A failure is an answer too; after one that used up the memory, a new process is better."""
    templates = _templates(tuple(header["folders"]))
    signal.setitimer(signal.ITIMER_PROF, 2 * seconds)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        if "compiled" in header:
            line = templates.line(header["path"], header["compiled"])
            return {"shown": templates.shown(header["path"]), "line": line}, b""
        text = templates.render_here(header["name"], pickle.loads(body))  # noqa: S301 - our parent wrote it
        return {}, text.encode("utf-8", "surrogatepass")
    except RenderError as fault:
        _rest()
        late, spent = isinstance(fault.__cause__, TooSlow), isinstance(fault.__cause__, MemoryError)
        return {"fault": str(fault), "hint": fault.hint, "late": late, "last": spent}, b""
    except TooSlow as fault:  # after all was rendered, or right before a fault was told
        return {"fault": f"{templates.shown_name(header.get('name', ''))}: {fault}", "late": True}, b""
    finally:
        _rest()


@functools.cache
def _templates(folders: tuple[str, ...]) -> Templates:
    """Templates that are ready, so that a text's time is its own: the first one waits for Jinja's patterns."""
    made = Templates([Path(folder) for folder in folders])
    made.get_ready()
    return made


def _rest() -> None:
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.setitimer(signal.ITIMER_PROF, 0)


def _limit(seconds: float) -> None:
    """Limit memory, forbid core files, and set what happens when a text takes too long.

    The first signal is an error at the template's line. Python raises it between two of its own steps; if a single one
    takes for ever, the second signal writes to standard error where that is, and ends the process.
    """
    import resource

    def late(*_: object) -> NoReturn:
        raise TooSlow(f"takes longer than {seconds:g} s of processor time")

    signal.signal(signal.SIGVTALRM, late)
    faulthandler.register(signal.SIGPROF, all_threads=False, chain=True)
    with contextlib.suppress(ValueError, OSError):  # some systems do not limit address space
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(float(sys.argv[1]))
