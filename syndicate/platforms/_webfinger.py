"""Asks a server of the fediverse whether somebody there has a handle: WebFinger, which needs no login.

https://docs.joinmastodon.org/spec/webfinger/ and RFC 7033. 404 where there is nobody, 410 where the account was
suspended for good (mastodon/mastodon, app/controllers/well_known/webfinger_controller.rb, read 2026-12-01). The search
of the account's own server would need the scope `read:search`, and its lookup (`/api/v1/accounts/lookup`) knows only
people whom that server has met.
"""

from __future__ import annotations

from syndicate.errors import Unavailable
from syndicate.platforms._replies import problem
from syndicate.ports import Http

_NOBODY = (404, 410)
_PATH = "/.well-known/webfinger"


def has_account(http: Http, handle: str, instead: str | None = None) -> bool:
    """Whether somebody has the handle `@user@host`. `instead` is asked in place of each host, where it is set.

    Raises Unavailable where the host does not say it, and what any call raises.
    """
    name = handle.removeprefix("@")
    host = name.rpartition("@")[2].lower()
    base = (instead or f"https://{host}").rstrip("/")
    reply = http.call(
        "GET",
        base + _PATH,
        params={"resource": f"acct:{name}"},
        headers={"Accept": "application/jrd+json, application/json"},
    )
    if reply.status in _NOBODY:
        return False
    if reply.status == 200 and problem(reply).get("subject"):
        return True
    raise Unavailable(f"{host} does not say whether somebody has {handle} (HTTP {reply.status})", status=reply.status)
