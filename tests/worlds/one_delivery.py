"""A network that answers each step as told, and one delivery that is taken through its steps."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from syndicate.delivery.lane import Timeouts
from syndicate.model import Limits, Post, Receipt

SETTLE = timedelta(seconds=15)
TERMS = Timeouts(timedelta(seconds=60), timedelta(seconds=30), lambda: 0.5)


class Network:
    """Answers `prepare` and `commit` as told; notes what it was asked."""

    name, key_window, settle, limits = "fake", 3300.0, 15.0, Limits(text=500)

    def __init__(self, certainty="keyed"):
        self.certainty, self.asked, self.faults = certainty, [], {}

    def measure(self, text):
        return len(text)

    def prepare(self, post, key, prepared=None):
        self._step("prepare", post.text, prepared)
        return {"text": post.text}

    def commit(self, draft, key):
        self._step("commit", draft, key)
        return Receipt("9", "https://social.example/9")

    def price(self, post):
        return 15_000

    def edit(self, receipt, post):
        self._step("edit", receipt.id, post.text)
        return Receipt("10", "https://social.example/10")

    def delete(self, receipt):
        self._step("delete", receipt.id)

    def _step(self, name, *what):
        self.asked.append((name, *what))
        if name in self.faults:
            raise self.faults[name]


def render(article, account, platform, limits, *, at, planned_at):
    post = Post(f"{article.title} of {limits.text}", article.url, (), (), None, None, at, planned_at, {})
    return SimpleNamespace(post=post, length=1, limit=limits.text, warnings=("cut",), own_words=None, rest=())


def raises(fault):
    def broken(*_, **__):
        raise fault

    return broken


def left(row, clock):
    wait = row.due_at and (row.due_at - clock()).total_seconds()
    return row.state, row.reason, wait, row.error, row.attempts
