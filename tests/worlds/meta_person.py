"""A person who signs in: opens the page of a stand-in, allows it or not, and gives the address to which it leads."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from urllib.parse import urlsplit

from syndicate.model import Choose, Json, Question, Visit
from syndicate.ports import SigningIn


def led(address: str, *, allow: str = "yes", member: str = "gazette") -> str:
    """Where the page at an address leads once a member has answered it."""
    parts = urlsplit(f"{address}&allow={allow}&as={member}")
    line = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    try:
        line.request("GET", f"{parts.path}?{parts.query}")
        return str(line.getresponse().getheader("Location"))
    finally:
        line.close()


def signed_in(flow: SigningIn, answer: Callable[[Question], str]) -> Json:
    """The credentials that a conversation ends with, and every question answered by `answer`."""
    try:
        question = next(flow)
        while True:
            question = flow.send(answer(question))
    except StopIteration as ended:
        return dict(ended.value)


def person(*, allow: str = "yes", member: str = "gazette", chosen: str = "") -> Callable[[Question], str]:
    """Somebody who visits each page as a member, and takes the choice whose words contain `chosen`."""

    def answer(question: Question) -> str:
        if isinstance(question, Visit):
            return led(question.address, allow=allow, member=member)
        assert isinstance(question, Choose)
        return next(value for value, words in question.choices if chosen in words)

    return answer
