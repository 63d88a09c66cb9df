"""The stand-in for the Graph API of Facebook Pages: feed, photos, published posts.

Parameters: facebook/facebook-business-sdk-codegen @ ad2b0b6 (v25.0); error envelope: "Handling Errors";
code 506 and the throttling codes as the reference page names them (2026-11-23).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlencode

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant
from syndicate.sandbox.networks._facebook_login import NAMES, FacebookLogin, Refused
from syndicate.sandbox.networks._graph import Envelope, GraphRefusal
from syndicate.sandbox.pictures import look

MAX_MESSAGE = 63_206
PHOTO_BYTES = 4_194_304
VERSION = re.compile(r"/v\d+\.\d+(/.*)")
DIALOG = re.compile(r"/www\.facebook\.com/v\d+\.\d+/dialog/oauth")
DEFAULT_FIELDS = {"id", "created_time", "message"}


class FacebookStandIn:
    """A fake Graph API. Any token may write on any Page; a Page is made when it is first named."""

    title: ClassVar[str] = "Facebook"
    colours: ClassVar[tuple[str, str]] = ("#1559b7", "#86b3ff")

    def __init__(self, board: Board, clock: Callable[[], float], url: str) -> None:
        self._board = board
        self._clock = clock
        self._url = url
        self._count = 0
        self._envelope = Envelope(clock)
        self._login = FacebookLogin(clock)
        self._table = Table(
            ("GET", "/oauth/access_token", "login", self._token),
            ("GET", "/me/permissions", "login", self._permissions),
            ("GET", "/me/accounts", "login", self._accounts),
            ("POST", "/*/feed", "commit", self._post),
            ("POST", "/*/comments", "commit", self._comment),
            ("GET", "/*/comments", "read", self._comments),
            ("POST", "/*/photos", "upload", self._upload),
            ("GET", "/*/published_posts", "read", self._list),
            ("GET", "/*/feed", "read", self._list),
            ("GET", "/*/posts", "read", self._list),
            ("POST", "/*", "edit", self._edit),
            ("DELETE", "/*", "delete", self._delete),
            ("GET", "/*", "read", self._show),
        )
        self.clear()

    def clear(self) -> None:
        """Forget posts and photos."""
        self._posts: dict[str, dict[str, Any]] = {}
        self._photos: dict[str, dict[str, Any]] = {}

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under a version such as /v25.0/."""
        if DIALOG.fullmatch(path) and method == "GET":
            return Route("facebook", "login", self._login.dialog)
        found = VERSION.fullmatch(path)
        if found is None:
            return None
        step, operation = self._table.find(method, found[1]) or ("read", _nothing)
        return Route("facebook", step, lambda request: self._envelope.run(operation, request))

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure as Graph reports it: both a refused token and too many requests are a 400."""
        return self._envelope.failure(fault, retry_after)

    def _inputs(self, request: Received) -> tuple[dict[str, Any], dict[str, Any]]:
        """Fields of query and body together, and the files; without a token, code 104."""
        given, files = self._envelope.inputs(request)
        del given["access_token"]
        return given, files

    def _token(self, request: Received) -> Answer:
        return _allowed(lambda: self._login.token(request.query))

    def _permissions(self, request: Received) -> Answer:
        return _allowed(lambda: self._login.permissions(request.bearer or request.query.get("access_token", "")))

    def _accounts(self, request: Received) -> Answer:
        return _allowed(lambda: self._login.pages(request.bearer or request.query.get("access_token", "")))

    def _post(self, request: Received, page: str) -> Answer:
        given, _ = self._inputs(request)
        message, link = str(given.get("message") or ""), given.get("link") or None
        photos = [self._photo(page, each) for each in _attached(given)]
        if not message and not link and not photos:
            raise GraphRefusal(100, "(#100) Requires one of the params: message, link, place, attached_media")
        if len(message) > MAX_MESSAGE:
            raise GraphRefusal(100, f"(#100) Message is too long: {len(message)} of {MAX_MESSAGE} characters")
        if link and not addresses(str(link)):
            raise GraphRefusal(100, "(#100) link URL is not properly formatted")
        self._refuse_twice(page, message, link, photos)
        post = self._made(page, message, link, photos)
        self._posts[post["id"]] = post
        return answer(200, _chosen(post, given.get("fields") or "id"))

    def _comment(self, request: Received, parent: str) -> Answer:
        """Comment on a post, as its Page."""
        given, _ = self._inputs(request)
        post, message = self._posts.get(parent), str(given.get("message") or "")
        if post is None:
            raise self._missing(parent)
        if not message:
            raise GraphRefusal(100, "(#100) Requires one of the params: message, attachment_id, attachment_url")
        number = f"{parent.rpartition('_')[2]}_{self._number()}"
        permalink = f"{post['permalink_url']}?comment_id={number.rpartition('_')[2]}"
        self._board.put(
            "facebook",
            number,
            account=post["_page"],
            text=message,
            link=next(iter(addresses(message)), None),
            permalink=permalink,
            at=instant(self._clock()),
            reply_to=parent,
        )
        made = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        self._posts[number] = {
            "id": number,
            "message": message,
            "created_time": made,
            "permalink_url": permalink,
            "attachments": {"data": []},
            "_page": None,
            "_parent": parent,
        }
        return answer(200, _chosen(self._posts[number], given.get("fields") or "id"))

    def _comments(self, request: Received, parent: str) -> Answer:
        given, _ = self._inputs(request)
        if parent not in self._posts:
            raise self._missing(parent)
        mine = (each for each in self._posts.values() if each.get("_parent") == parent)
        return answer(200, {"data": [_chosen(each, given.get("fields") or "") for each in mine], "paging": {}})

    def _refuse_twice(self, page: str, message: str, link: str | None, photos: list[dict[str, Any]]) -> None:
        """Refuse a post with the same message and link as the Page's last one."""
        last = next((post for post in reversed(self._posts.values()) if post["_page"] == page), None)
        if last and last["_said"] == (message, link, tuple(photo["_board"]["sha256"] for photo in photos)):
            raise GraphRefusal(
                506,
                "(#506) Duplicate status message",
                error_user_title="Duplicate Status Update",
                error_user_msg="This status update is identical to the last one you posted. Try posting something "
                "different, or delete your previous update.",
                is_transient=False,
            )

    def _made(self, page: str, message: str, link: str | None, photos: list[dict[str, Any]]) -> dict[str, Any]:
        number = f"{page}_{self._number()}"
        permalink = f"{self._url}/{page}/posts/{number.rpartition('_')[2]}"
        attachments = [{"type": "photo", "unshimmed_url": f"{self._url}/photo/{photo['id']}"} for photo in photos]
        card = None
        if link and not photos:
            attachments = [{"type": "share", "unshimmed_url": link, "url": link}]
            card = {"url": link, "title": "", "description": "", "image": None}
        self._board.put(
            "facebook",
            number,
            account=page,
            text=message,
            link=link or next(iter(addresses(message)), None),
            media=[photo["_board"] for photo in photos],
            card=card,
            permalink=permalink,
            at=instant(self._clock()),
        )
        return {
            "id": number,
            "message": message,
            "created_time": datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "permalink_url": permalink,
            "attachments": {"data": attachments},
            "is_published": True,
            "_page": page,
            "_number": int(number.rpartition("_")[2]),
            "_at": int(self._clock()),
            "_said": (message, link, tuple(photo["_board"]["sha256"] for photo in photos)),
        }

    def _photo(self, page: str, number: str) -> dict[str, Any]:
        photo = self._photos.get(number)
        if photo is None or photo["_page"] != page:
            raise GraphRefusal(100, f"(#100) Invalid parameter: attached_media {number} does not exist")
        return photo

    def _upload(self, request: Received, page: str) -> Answer:
        """Upload an unpublished photo, to be attached to a post; published ones are refused, as nobody needs them."""
        given, files = self._inputs(request)
        if str(given.get("published", "true")).lower() not in ("false", "0"):
            raise GraphRefusal(100, "(#100) this sandbox takes photos with published=false only")
        if "source" not in files:
            raise GraphRefusal(324, "(#324) Missing or invalid image file")
        data = files["source"].data
        seen = look(data)
        if seen is None or seen.mime not in ("image/jpeg", "image/png", "image/gif", "image/webp"):
            raise GraphRefusal(324, "(#324) Missing or invalid image file")
        if len(data) > PHOTO_BYTES:
            words = "Your photos couldn't be uploaded. Photos should be smaller than 4 MB and saved as JPG or PNG"
            raise GraphRefusal(100, words, error_subcode=1366046)
        number = self._number()
        shown = self._board.keep(data, alt=str(given.get("alt_text_custom") or ""))
        self._photos[number] = {"id": number, "_page": page, "_board": shown}
        return answer(200, {"id": number})

    def _list(self, request: Received, page: str) -> Answer:
        """List posts, newest first, `limit` of them (25, at most 100), from `since` on, after the cursor `after`."""
        given, _ = self._inputs(request)
        limit = min(int(given.get("limit", 25)), 100)
        since = _since(given.get("since"))
        before = int(given.get("after") or 1 << 63)
        mine = (
            post
            for post in reversed(self._posts.values())
            if post["_page"] == page and post["_at"] >= since and post["_number"] < before
        )
        posts = list(islice(mine, limit))
        paging: dict[str, Any] = {}
        if posts:
            after = str(posts[-1]["_number"])
            paging = {"cursors": {"before": str(posts[0]["_number"]), "after": after}}
            if next(mine, None):
                fields = urlencode({"limit": limit, "fields": given.get("fields") or "", "after": after})
                paging["next"] = f"{self._url}{request.path}?{fields}"
        data = [_chosen(post, given.get("fields") or "") for post in posts]
        return answer(200, {"data": data, "paging": paging})

    def _show(self, request: Received, number: str) -> Answer:
        given, _ = self._inputs(request)
        fields = given.get("fields") or ""
        if number in self._posts:
            return answer(200, _chosen(self._posts[number], fields))
        if number in self._photos:
            return answer(200, {"id": number})
        if "_" in number or not (number == "me" or number.isdecimal()):
            raise self._missing(number)
        page = {"id": "100000000000001" if number == "me" else number, "name": NAMES.get(number, f"Page {number}")}
        page["link"] = f"{self._url}/{page['id']}"
        wanted = set(fields.split(",")) | {"id"} if fields else {"id", "name"}
        return answer(200, {name: value for name, value in page.items() if name in wanted})

    def _edit(self, request: Received, number: str) -> Answer:
        given, _ = self._inputs(request)
        post, message = self._posts.get(number), str(given.get("message") or "")
        if post is None:
            raise self._missing(number)
        if not message and not post["attachments"]["data"]:
            raise GraphRefusal(100, "(#100) Requires one of the params: message, link, place, attached_media")
        if len(message) > MAX_MESSAGE:
            raise GraphRefusal(100, f"(#100) Message is too long: {len(message)} of {MAX_MESSAGE} characters")
        post["message"] = message
        self._board.change("facebook", number, text=message, edited_at=instant(self._clock()))
        return answer(200, {"success": True})

    def _delete(self, request: Received, number: str) -> Answer:
        self._inputs(request)
        if self._posts.pop(number, None) is None:
            raise self._missing(number)
        self._board.remove("facebook", number, instant(self._clock()))
        return answer(200, {"success": True})

    def _missing(self, number: str) -> GraphRefusal:
        words = (
            f"Unsupported get request. Object with ID '{number}' does not exist, cannot be loaded due to missing "
            "permissions, or does not support this operation."
        )
        return GraphRefusal(100, words, kind="GraphMethodException", error_subcode=33)

    def _number(self) -> str:
        self._count += 1
        return str(int(self._clock() * 1000) * 1000 + self._count)


def _allowed(step: Callable[[], Answer]) -> Answer:
    try:
        return step()
    except Refused as fault:
        raise GraphRefusal(fault.code, str(fault)) from fault


def _attached(given: dict[str, Any]) -> list[str]:
    """Photo ids of `attached_media` as a JSON list, or of `attached_media[0]`, `[1]` … as form fields."""
    value = given.get("attached_media") or [
        given[name] for name in sorted(given) if re.fullmatch(r"attached_media\[\d+\]", name)
    ]
    listed = json.loads(value) if isinstance(value, str) else value
    parts = [json.loads(each) if isinstance(each, str) else each for each in listed]
    return [str(part["media_fbid"]) for part in parts]


def _chosen(post: dict[str, Any], fields: str) -> dict[str, Any]:
    """The fields asked for (`attachments{unshimmed_url}` counts as attachments), or the default ones."""
    bare = re.sub(r"\{[^{}]*\}", "", fields)
    wanted = {"id", *(name.strip() for name in bare.split(","))} if fields else DEFAULT_FIELDS
    return {name: value for name, value in post.items() if name in wanted and not name.startswith("_")}


def _since(value: Any) -> float:
    """The `since` parameter in seconds since 1970; it may be a number or a date."""
    if value is None:
        return 0.0
    text = str(value)
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else datetime.fromisoformat(text).timestamp()


def _nothing(request: Received) -> Answer:
    raise GraphRefusal(2500, f"Unknown path components: {request.path}", status=400)


network = FacebookStandIn
