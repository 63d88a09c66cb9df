"""A person who signs in: who opens the page, allows it or not, and answers what else is asked."""

from __future__ import annotations

from urllib.parse import urlencode

from syndicate.model import Choose, Visit
from tests.worlds.client import Client

REDIRECT = "http://127.0.0.1:8799/callback"


def visited(address: str, **said: str) -> str:
    """Where the page leads if the person allows it; `allow="no"` and `as_` say otherwise."""
    answers = {"allow": "yes"} | {name.rstrip("_"): value for name, value in said.items()}
    origin, _, rest = address.partition("://")[2].partition("/")
    client = Client(f"http://{origin}")
    try:
        got = client("GET", f"/{rest}&{urlencode(answers)}")
    finally:
        client.close()
    assert got.status == 302, got.body
    return got.headers["location"]


def signed_in(conversation, choices=(), **said):
    """The credentials that a conversation returns; `choices` are the answers to its other questions, in order."""
    left = list(choices)
    question = next(conversation)
    while True:
        match question:
            case Visit():
                answer = visited(question.address, **said)
            case Choose():
                answer = left.pop(0)
                assert answer in dict(question.choices)
            case _:
                answer = left.pop(0)
        try:
            question = conversation.send(answer)
        except StopIteration as done:
            assert not left
            return done.value
