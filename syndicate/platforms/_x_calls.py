"""Requests to X's API: signed with the four keys of OAuth 1.0a, or with the access token of OAuth 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syndicate.platforms import _x_answers
from syndicate.platforms._x_login import access

if TYPE_CHECKING:
    from syndicate.platforms._x_options import Options
    from syndicate.ports import Credentials, Http, Reply


class XCalls:
    """Calls the API for one account."""

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._http = http
        self._credentials = credentials
        self._base = (options.api_url or "https://api.x.com").rstrip("/")

    def call(self, method: str, path: str, what: str, *, commit: bool = False, **request: Any) -> Reply:
        """A good answer. Raises what another means."""
        reply = self.send(method, path, **request)
        refuse(reply, what, commit=commit)
        return reply

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Any answer."""
        if self._options.keys is not None:
            return self._http.call(method, self._base + path, auth=self._options.keys, **request)
        bearer = {"Authorization": f"Bearer {access(self._options, self._credentials.current())}"}
        return self._http.call(method, self._base + path, headers=bearer, **request)


def refuse(reply: Reply, what: str, *, commit: bool = False) -> None:
    """Raise the error that an answer means, if any."""
    fault = _x_answers.what(reply, what, commit=commit)
    if fault is not None:
        raise fault
