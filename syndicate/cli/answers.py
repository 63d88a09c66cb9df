"""Gets a person's answers to the questions of signing in: typed, pasted, or given to a page on this machine."""

from __future__ import annotations

import os
import queue
import select
import sys
from typing import TYPE_CHECKING

import click

from syndicate.errors import SyndicateError
from syndicate.model import Ask, Choose, Visit

if TYPE_CHECKING:
    from syndicate.model import Question
    from syndicate.web.sign_in_door import SignInDoor

ENDED = "the input ended before there was an answer; nothing was stored"
_LOOK = 0.1  # seconds between looks at the door, while a line may be typed


class Lines:
    """Lines of standard input, read so that something else can be waited for meanwhile."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._read = b""
        self.ended = False

    def next(self, seconds: float | None = None) -> str | None:
        """The next line, without its end; None if none came in time, or the input has ended."""
        while b"\n" not in self._read and not self.ended:
            if not select.select([self._descriptor], [], [], seconds)[0]:
                return None
            part = os.read(self._descriptor, 65_536)
            self._read += part
            self.ended = not part
        if not self._read:
            return None
        line, _, self._read = self._read.partition(b"\n")
        return line.decode(errors="replace").strip()


class Person:
    """Asks on standard error, and reads from standard input, or from `door`. Raises SyndicateError where that ends."""

    def __init__(self, door: SignInDoor | None, *, browser: bool) -> None:
        self._door = door
        self._browser = browser
        self._lines = Lines(sys.stdin.fileno())

    def answer(self, question: Question) -> str:
        """The answer to a question."""
        match question:
            case Visit():
                return self._visited(question)
            case Choose():
                return self._chosen(question)
            case Ask():
                return self._asked(question)

    def confirms(self, words: str) -> bool:
        """Whether a person says yes; no where there is nobody to ask."""
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        click.echo(f"{words} [y/N] ", nl=False, err=True)
        return (self._lines.next() or "").lower() in ("y", "yes")

    def _asked(self, question: Ask) -> str:
        if question.secret and sys.stdin.isatty():
            return str(click.prompt(question.words, hide_input=True, err=True))
        click.echo(f"{question.words}: ", nl=not sys.stdin.isatty(), err=True)
        return self._line()

    def _chosen(self, question: Choose) -> str:
        click.echo(question.words if question.words.endswith("?") else f"{question.words}:", err=True)
        for number, (_, words) in enumerate(question.choices, 1):
            click.echo(f"  {number}. {words}", err=True)
        while True:
            click.echo("its number: ", nl=not sys.stdin.isatty(), err=True)
            said = self._line()
            if said.isdecimal() and 1 <= int(said) <= len(question.choices):
                return question.choices[int(said) - 1][0]
            click.echo(f"type a number from 1 to {len(question.choices)}", err=True)

    def _visited(self, question: Visit) -> str:
        click.echo(f"{question.words}: open this address\n\n  {question.address}\n", err=True)
        if self._door is None:
            click.echo("then paste the address to which it leads, or the code:", err=True)
            return self._line()
        click.echo("and wait; or paste the address to which it leads, or the code:", err=True)
        if self._browser and sys.stdin.isatty():
            click.launch(question.address)
        return self._heard(self._door)

    def _heard(self, door: SignInDoor) -> str:
        """What the door took, or the next line that is not empty, whichever comes first."""
        while True:
            try:
                return door.answers.get(timeout=_LOOK if self._lines.ended else 0.01)
            except queue.Empty:
                line = None if self._lines.ended else self._lines.next(_LOOK)
                if line:
                    return line

    def _line(self) -> str:
        line = self._lines.next()
        if line is None:
            raise SyndicateError(ENDED)
        return line
