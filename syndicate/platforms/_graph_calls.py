"""Requests to Meta's Graph APIs, which Facebook, Instagram and Threads share: answers, listings, containers, quotas.

What error answers mean is in `_graph_answers`, and each network's own codes in its table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from syndicate.errors import AuthError, PlatformError, RateLimited, Unsupported
from syndicate.platforms import _graph_answers
from syndicate.platforms._answers import Row, of_a_picture
from syndicate.platforms._replies import field, items, problem, whole

if TYPE_CHECKING:
    from syndicate.model import Json
    from syndicate.ports import Http, Reply

_PAGES = 10
"""Pages of a listing that are read at most."""


class GraphCalls:
    """Calls the API at `base` for one account; `token` gives the one to call with, `table` says what errors mean."""

    def __init__(self, network: str, table: Iterable[Row], http: Http, base: str, token: Callable[[], str]) -> None:
        self._network = network
        self._table = table
        self._http = http
        self._base = base
        self.token = token

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Any answer. The token goes in a header, so that it is never part of an address."""
        bearer = {"Authorization": f"Bearer {self.token()}"}
        return self._http.call(method, f"{self._base}/{path}", headers=bearer, **request)

    def call(self, method: str, path: str, what: str, *, commit: bool = False, **request: Any) -> Reply:
        """A good answer. Raises what another means."""
        reply = self.send(method, path, **request)
        self.refuse(reply, what, commit=commit)
        return reply

    def refuse(self, reply: Reply, what: str, *, commit: bool = False) -> None:
        """Raise the error that an answer means, if any."""
        fault = _graph_answers.what(self._network, self._table, reply, what, commit=commit)
        if fault is not None:
            raise fault

    def permalink(self, number: str) -> str | None:
        """A post's permalink; None where it cannot be read now."""
        asked, sample = {"fields": "id,permalink"}, {"id": number, "permalink": "<permalink>"}
        try:
            return problem(self.call("GET", number, "permalink", params=asked, sample=sample)).get("permalink")
        except PlatformError:
            return None

    def pages(self, edge: str, fields: str, what: str = "own posts", *, each: int = 50) -> Iterator[list[Json]]:
        """A listing page by page, newest first. Raises Unsupported after too many."""
        asked = {"limit": str(each), "fields": fields}
        for _ in range(_PAGES):
            said = whole(self.call("GET", edge, what, params=asked))
            found = items(said.get("data"), "id")
            yield found
            paging = said.get("paging") or {}
            following = (paging.get("cursors") or {}).get("after")
            if not found or not following or "next" not in paging:
                return
            asked["after"] = following
        raise Unsupported(f"{self._network}: too many posts since then to search them all")

    def container(self, edge: str, form: dict[str, str | None], step: str, *, pictured: bool) -> str:
        """A new container. A refusal that names nothing of the text is one of its picture."""
        given = {name: value for name, value in form.items() if value}
        reply = self.send("POST", edge, data=given, sample={"id": "<container id>"})
        if pictured and not _graph_answers.is_of_the_text(self._table, reply):
            with of_a_picture():
                self.refuse(reply, step)
        self.refuse(reply, step)
        return str(field(reply, "id"))

    def within_quota(self, edge: str, kind: str = "") -> None:
        """Raise RateLimited where the posts of 24 hours are spent. Without an answer, publishing will tell."""
        asked = {"fields": f"{kind}quota_usage,{kind}config"}
        reply = self.send("GET", edge, params=asked, sample={"data": []})
        fault = _graph_answers.what(self._network, self._table, reply, "quota")
        if isinstance(fault, AuthError | RateLimited):
            raise fault
        _graph_answers.within_quota(self._network, problem(reply), kind)
