"""Whose token it is on LinkedIn: the person or the page, which product the app has, and when the token ends.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/token-introspection and .../community-management/
organizations/organization-access-control-by-role (li-lms-2025-01).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from syndicate.errors import AuthError
from syndicate.model import Identity
from syndicate.platforms import _linkedin_version
from syndicate.platforms._linkedin_calls import (
    NEEDS,
    PAGE,
    PERSON,
    PRODUCT,
    LinkedInApp,
    LinkedInDoors,
    good,
    kind_of,
    of_product,
)
from syndicate.platforms._replies import items, problem, whole
from syndicate.platforms._tokens import SIGN_IN

if TYPE_CHECKING:
    from syndicate.model import Json
    from syndicate.ports import Reply

ROLES = ("ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN", "DIRECT_SPONSORED_CONTENT_POSTER")
"""Roles on a page with which posts are written; the documentation has the second in two spellings."""
_URLS: Mapping[str, str] = {PAGE: "https://www.linkedin.com/company/"}


def identity(app: LinkedInApp, doors: LinkedInDoors, author: str, token: str, held: Json) -> Identity:
    """Whose token it is. Raises AuthError where it has ended, or where it may not post as this author."""
    said = _introspected(app, doors, token)
    scopes = scopes_of(said.get("scope") or held.get("scope"))
    kind = kind_of(author)
    if scopes and NEEDS[kind] not in scopes:
        told = f"linkedin: this token may not post as a {'page' if kind == PAGE else kind} ({NEEDS[kind]} is missing)"
        raise AuthError(told, hint=of_product(kind))
    name, reply = (_page if kind == PAGE else _person)(doors, author, token)
    end = _linkedin_version.note(doors.version, reply.received_at)
    number = author.rpartition(":")[2]
    return Identity(
        id=author,
        name=name,
        url=f"{_URLS[kind]}{number}/" if kind in _URLS else None,
        expires_at=_end_of(said, held),
        scopes=scopes,
        notes=(*_products(kind, scopes), *([end] if end else [])),
    )


def pages(doors: LinkedInDoors, token: str) -> tuple[list[str], Reply]:
    """The pages on which the member has a role that may post. Raises AuthError where the app may not ask."""
    asked = {"q": "roleAssignee", "state": "APPROVED", "count": "100"}
    reply = doors.send("GET", "/rest/organizationAcls", token, params=asked)
    if reply.status == 403 and problem(reply):
        told = f"linkedin: this app may not post for pages: it lacks the product {PRODUCT[PAGE]}"
        raise AuthError(told, hint=of_product(PAGE), status=403)
    found = items(whole(good(reply, "pages")).get("elements"))
    named = [str(each.get("organization") or each.get("organizationTarget") or "") for each in found if _posts(each)]
    return list(dict.fromkeys(filter(None, named))), reply


def name_of_page(doors: LinkedInDoors, token: str, page: str) -> str:
    """The page's name; its URN where that cannot be read."""
    reply = doors.send("GET", f"/rest/organizations/{quote(page.rpartition(':')[2], safe='')}", token)
    return str(problem(reply).get("localizedName") or page) if reply.status == 200 else page


def person(doors: LinkedInDoors, token: str) -> Reply:
    """What LinkedIn says of the person whose token it is (OpenID Connect): `sub` and `name`."""
    return doors.send("GET", "/v2/userinfo", token)


def scopes_of(said: Any) -> tuple[str, ...]:
    """The scopes of an answer; LinkedIn divides them with commas or spaces."""
    return tuple(re.findall(r"[\w.]+", said)) if isinstance(said, str) else ()


def _introspected(app: LinkedInApp, doors: LinkedInDoors, token: str) -> Json:
    """What LinkedIn says of a token of this app; {} where it does not say. Raises AuthError where it has ended."""
    if not (app.client_id and app.client_secret):
        return {}
    form = {"client_id": app.client_id, "client_secret": app.client_secret, "token": token}
    reply = doors.http.call("POST", f"{doors.site}/oauth/v2/introspectToken", data=form, sample={"active": True})
    said = problem(reply) if reply.status == 200 else {}
    if said.get("active") is False:
        state = said.get("status") or "not active"
        raise AuthError(f"linkedin: the token is {state}", hint=SIGN_IN, status=reply.status)
    return said


def _person(doors: LinkedInDoors, author: str, token: str) -> tuple[str, Reply]:
    """The person's name; the author's URN where the app lacks the product that tells it (403)."""
    reply = person(doors, token)
    if reply.status == 403 and problem(reply):
        return author, reply
    said = whole(good(reply, "whose token this is"))
    if author != (found := f"urn:li:person:{said.get('sub')}"):
        raise AuthError(f"linkedin: this is the token of {found}, and not of {author}", hint=SIGN_IN)
    return str(said.get("name") or author), reply


def _page(doors: LinkedInDoors, author: str, token: str) -> tuple[str, Reply]:
    found, reply = pages(doors, token)
    if author not in found:
        told = f"linkedin: whoever made this token has no role that may post on {author}"
        raise AuthError(told, hint="make this person an admin or content admin of the page")
    return name_of_page(doors, token, author), reply


def _posts(acl: Json) -> bool:
    return acl.get("role") in ROLES and acl.get("state", "APPROVED") == "APPROVED"


def _products(kind: str, scopes: tuple[str, ...]) -> list[str]:
    """What the app is known to have, and what it cannot do without the rest."""
    if kind == PERSON and not scopes:
        return []
    said = [f"the app has the product {PRODUCT[kind]}"]
    if scopes and not {"r_organization_social", "r_member_social"} & {*scopes}:
        said.append("it may not read its own posts, so a post that gets no answer waits for you (held)")
    return said


def _end_of(said: Json, held: Json) -> datetime | None:
    """When a person has to sign in again: at the end of the refresh token, else of the token."""
    if named := held.get("refresh_ends") or held.get("expires_at"):
        return datetime.fromisoformat(str(named))
    seconds = said.get("expires_at")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and seconds > 0 else None
