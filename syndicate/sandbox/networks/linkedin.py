"""The stand-in for LinkedIn: Posts, Images and Comments API, signing in, and the pages of members.

Bodies: LinkedIn's pages of these APIs (li-lms-2026-05); errors as seen in Arisamiga/Linkedin-RSS#5 (a duplicate, which
names the first post), gitroomhq/postiz-app#2005 (2026-09, a version that ended), Automattic/wp-calypso#32007 (limits).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import unquote

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant
from syndicate.sandbox.networks._linkedin_comments import Comments
from syndicate.sandbox.networks._linkedin_images import Images
from syndicate.sandbox.networks._linkedin_members import PAGES, ROLES, Members, may_post_as
from syndicate.sandbox.networks._linkedin_refusals import (
    LinkedInGate,
    LinkedInRefusal,
    body_of,
    check_length,
    check_version,
    field,
)
from syndicate.sandbox.networks._linkedin_text import shown

MAX_IMAGES = 20
REMEMBERED = 86_400
"""Seconds for which a deleted post still makes a duplicate of the next (ComposioHQ/composio#2710: a day or two)."""
FIELDS = {
    *("author", "commentary", "visibility", "distribution", "lifecycleState", "isReshareDisabledByAuthor", "content"),
    *("contentCallToActionLabel", "contentLandingPage", "adContext", "reshareContext"),
}


class LinkedInStandIn:
    """A fake of LinkedIn. `products` are the app's: "share" for persons, "community" for pages.

    With `slow`, a picture is ready at the second look. Without "community", posts cannot be listed.
    """

    title: ClassVar[str] = "LinkedIn"
    colours: ClassVar[tuple[str, str]] = ("#0b5cad", "#75b9f2")

    def __init__(
        self,
        board: Board,
        clock: Callable[[], float],
        url: str,
        *,
        products: tuple[str, ...] = ("share", "community"),
        slow: bool = False,
    ) -> None:
        self._board = board
        self._clock = clock
        self._url = url
        self._count = 0
        self.members = Members(clock, products)
        self._gate = LinkedInGate(self.members)
        self._images = Images(board, self._gate, url, self._number, slow=slow)
        self._comments = Comments(board, self._gate, clock, self._number, self._found)
        self._table = Table(
            ("GET", "/oauth/v2/authorization", "login", self.members.authorization),
            ("POST", "/oauth/v2/accessToken", "login", self.members.token),
            ("POST", "/oauth/v2/introspectToken", "login", self.members.introspection),
            ("GET", "/v2/userinfo", "read", self._user),
            ("GET", "/rest/organizationAcls", "read", self._roles),
            ("GET", "/rest/organizations/*", "read", self._page),
            ("POST", "/rest/posts", "commit", self._post),
            ("GET", "/rest/posts", "read", self._list),
            ("GET", "/rest/posts/*", "read", self._show),
            ("POST", "/rest/posts/*", "edit", self._edit),
            ("DELETE", "/rest/posts/*", "delete", self._delete),
            ("POST", "/rest/images", "upload", self._images.begin),
            ("PUT", "/dms-uploads/*", "upload", self._images.receive),
            ("GET", "/rest/images/*", "upload", self._images.state),
            ("POST", "/v2/socialActions/*/comments", "commit", self._comments.post),
            ("GET", "/v2/socialActions/*/comments", "read", self._comments.list),
            ("DELETE", "/v2/socialActions/*/comments/*", "delete", self._comments.delete),
        )
        self.clear()

    def clear(self) -> None:
        """Forget posts, comments and pictures."""
        self._posts: dict[str, dict[str, Any]] = {}
        self._said: dict[tuple[str, str, str], tuple[str, float]] = {}
        self._images.clear()
        self._comments.clear()

    def route(self, method: str, path: str) -> Route | None:
        """Routes for all below /rest/, and for LinkedIn's own words below /v2/ and /oauth/v2/."""
        found = self._table.find(method, path)
        if found is None and not path.startswith("/rest/"):
            return None
        step, operation = found or ("read", _nothing)
        return Route("linkedin", step, lambda request: self._run(operation, request))

    def _run(self, operation: Callable[[Received], Answer], request: Received) -> Answer:
        try:
            if request.path.startswith("/rest/"):
                check_version(request.headers.get("linkedin-version", ""))
            return operation(request)
        except LinkedInRefusal as fault:
            return answer(fault.status, fault.body)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            words = f"Invalid param. Please see errorDetails for more information: {fault}"
            return answer(400, {"status": 400, "code": "INVALID_PARAM", "message": words})

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure in LinkedIn's words, which state no wait; one that is asked for is said as a gateway would."""
        bodies: dict[str, dict[str, Any]] = {
            "401": {
                "serviceErrorCode": 65_601,
                "code": "REVOKED_ACCESS_TOKEN",
                "message": "The token has been revoked",
            },
            "429": {
                "serviceErrorCode": 101,
                "message": "Resource level throttle limit for calls to this resource is reached.",
            },
            "503": {"message": "Service Unavailable"},
        }
        body = {"status": int(fault)} | bodies.get(fault, {"message": "Internal Server Error"})
        waits = fault == "429" and retry_after is not None
        return answer(int(fault), body, {"Retry-After": str(-int(-(retry_after or 0) // 1))} if waits else {})

    def _user(self, request: Received) -> Answer:
        session = self._gate.need(request, "userinfo.GET.NO_VERSION", "openid", "profile")
        return answer(200, {"sub": session.member, "name": session.member.capitalize(), "email_verified": True})

    def _roles(self, request: Received) -> Answer:
        what = "organizationAcls.FINDER-roleAssignee"
        session = self._gate.need(request, what, "r_organization_admin", "rw_organization_admin")
        person = f"urn:li:person:{session.member}"
        found = [
            {
                "role": role,
                "roleAssignee": person,
                "state": "APPROVED",
                "organization": f"urn:li:organization:{page}",
            }
            for page, role in ROLES.get(session.member, {}).items()
        ]
        return answer(200, {"paging": {"start": 0, "count": 100}, "elements": found})

    def _page(self, request: Received, number: str) -> Answer:
        self._gate.need(request, "organizations.GET", "r_organization_admin", "rw_organization_admin")
        if number not in PAGES:
            raise LinkedInRefusal(404, "NOT_FOUND", f"Organization {number} does not exist")
        return answer(200, {"id": int(number), "localizedName": PAGES[number]})

    def _post(self, request: Received) -> Answer:
        session, body = self._gate.session(request), body_of(request)
        if unknown := sorted(body.keys() - FIELDS):
            raise field(unknown[0], "unrecognized field found but not allowed")
        author, written = str(body["author"]), str(body.get("commentary", ""))
        self._gate.check_author(session, author)
        if body.get("visibility") not in ("PUBLIC", "CONNECTIONS", "LOGGED_IN"):
            raise field("visibility", "is not one of [PUBLIC, CONNECTIONS, LOGGED_IN]")
        if body.get("lifecycleState") != "PUBLISHED" or body.get("distribution", {}).get("feedDistribution") is None:
            raise field("lifecycleState", "this sandbox takes published posts with a distribution only")
        check_length(written)
        content = body.get("content") or {}
        pictures = self._pictures(content, author)
        self._refuse_twice(author, written, content)
        urn = f"urn:li:share:{self._number()}"
        self._posts[urn] = self._made(urn, body | {"content": content}, pictures)
        self._said[_key(author, written, content)] = (urn, float("inf"))
        return answer(201, {}, {"x-restli-id": urn, "x-linkedin-id": urn})

    def _refuse_twice(self, author: str, written: str, content: dict[str, Any]) -> None:
        """Refuse the same text with the same link, also for a day after the first post was deleted."""
        first, until = self._said.get(_key(author, written, content), ("", 0.0))
        if not first or until < self._clock():
            return
        words = f"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of {first}"
        wrong = {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
        raise LinkedInRefusal(422, "UNPROCESSABLE_ENTITY", words, errorDetails={"inputErrors": [wrong]})

    def _pictures(self, content: dict[str, Any], author: str) -> list[dict[str, Any]]:
        """What the content shows, its pictures with their alt texts; one kind of content only."""
        if len(content) > 1 or content.keys() - {"media", "multiImage", "article"}:
            raise field("content", "union with more than one member")
        if "article" in content:
            article = content["article"]
            if not addresses(str(article["source"])) or not str(article["title"]).strip():
                raise field("content/article", "needs a source and a title")
            return [self._images.of(article["thumbnail"], author)] if "thumbnail" in article else []
        if "multiImage" in content:
            listed = content["multiImage"]["images"]
            if not 2 <= len(listed) <= MAX_IMAGES:
                raise field("content/multiImage/images", f"must have between 2 and {MAX_IMAGES} images")
        else:
            listed = [content["media"]] if content else []
        return [self._images.of(each["id"], author) | {"alt": str(each.get("altText", ""))} for each in listed]

    def _made(self, urn: str, body: dict[str, Any], pictures: list[dict[str, Any]]) -> dict[str, Any]:
        article, text = body["content"].get("article"), shown(str(body["commentary"]))
        card = None
        if article:
            parts = {"url": article["source"], "title": article["title"], "description": article.get("description", "")}
            card = parts | {"image": pictures[0] if pictures else None}
        self._board.put(
            "linkedin",
            urn,
            account=body["author"],
            text=text,
            link=article["source"] if article else next(iter(addresses(text)), None),
            media=[] if article else pictures,
            card=card,
            permalink=f"{self._url}/feed/update/{urn}",
            visibility=body["visibility"].lower(),
            at=instant(self._clock()),
        )
        now = int(self._clock() * 1000)
        return body | {"id": urn, "createdAt": now, "publishedAt": now, "lastModifiedAt": now}

    def _list(self, request: Received) -> Answer:
        """An author's posts, the last changed first; the app of a person may not have them."""
        if request.query.get("q") != "author" or request.headers.get("x-restli-method", "FINDER") != "FINDER":
            raise LinkedInRefusal(400, "ILLEGAL_ARGUMENT", "only q=author is known")
        author = request.query["author"]
        scope = "r_member_social" if author.startswith("urn:li:person:") else "r_organization_social"
        self._gate.need(request, "partnerApiPostsExternal.FINDER-author", scope)
        start, count = int(request.query.get("start", "0")), int(request.query.get("count", "10"))
        if not 1 <= count <= 100:
            raise LinkedInRefusal(400, "ILLEGAL_ARGUMENT", "count is not between 1 and 100")
        mine = [post for post in reversed(self._posts.values()) if post["author"] == author]
        mine.sort(key=lambda post: post["lastModifiedAt"], reverse=True)
        page = list(islice(mine, start, start + count))
        return answer(200, {"paging": {"start": start, "count": count, "links": []}, "elements": page})

    def _show(self, request: Received, name: str) -> Answer:
        self._gate.need(request, "partnerApiPostsExternal.GET", "r_organization_social", "r_member_social")
        return answer(200, self._found(name))

    def _edit(self, request: Received, name: str) -> Answer:
        post = self._changed(request, name, "PARTIAL_UPDATE")
        change = body_of(request)["patch"]["$set"]
        if {*change} != {"commentary"}:
            raise field("patch", "only commentary can be changed")
        written = str(change["commentary"])
        check_length(written)
        post |= {"commentary": written, "lastModifiedAt": int(self._clock() * 1000)}
        self._board.change("linkedin", post["id"], text=shown(written), edited_at=instant(self._clock()))
        return Answer(204)

    def _delete(self, request: Received, name: str) -> Answer:
        """Delete a post; it is deleted however often that is asked."""
        if unquote(name) not in self._posts:
            self._gate.session(request)
            return Answer(204)
        post = self._changed(request, name, "DELETE")
        del self._posts[post["id"]]
        key = _key(post["author"], post["commentary"], post["content"])
        self._said[key] = (f"urn:li:share:{self._number()}", self._clock() + REMEMBERED)
        self._board.remove("linkedin", post["id"], instant(self._clock()))
        return Answer(204)

    def _changed(self, request: Received, name: str, verb: str) -> dict[str, Any]:
        session, post = self._gate.session(request), self._found(name)
        if request.headers.get("x-restli-method") != verb:
            raise LinkedInRefusal(400, "ILLEGAL_ARGUMENT", f"X-RestLi-Method is not {verb}")
        if not may_post_as(session, post["author"]):
            raise LinkedInRefusal(403, "ACCESS_DENIED", "Not enough permissions to access: posts.UPDATE")
        return post

    def _found(self, name: str) -> dict[str, Any]:
        post = self._posts.get(unquote(name))
        if post is None:
            raise LinkedInRefusal(404, "NOT_FOUND", f"Could not find entity {unquote(name)}")
        return post

    def _number(self) -> str:
        """A new number: milliseconds since 1970 and 22 bits, as in LinkedIn's own."""
        self._count += 1
        return str((int(self._clock() * 1000) << 22) + self._count)


def _key(author: str, written: str, content: dict[str, Any]) -> tuple[str, str, str]:
    return author, written, str((content.get("article") or {}).get("source", ""))


def _nothing(request: Received) -> Answer:
    raise LinkedInRefusal(404, "RESOURCE_NOT_FOUND", f"No virtual resource found at {request.path}")


network = LinkedInStandIn
