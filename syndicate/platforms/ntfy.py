"""ntfy, at ntfy.sh or a server of one's own: one notification to a topic.

Facts: docs.ntfy.sh/publish and /subscribe/api (binwiederhier/ntfy @ 01d21165, docs/subscribe/api.md, read 2026-11-29):
every header may be a parameter of the address, a picture is sent as the body with `filename`, a message over 4,096
bytes becomes a file, and `json?poll=1&since=` lists what the server still has, for 12 hours unless changed. Errors:
@ 01fd4754, server/errors.go.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime
from typing import Annotated, Any, ClassVar

from syndicate.errors import AuthError, Rejected, Unsupported
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt, Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _hooks
from syndicate.platforms._answers import Row
from syndicate.platforms._incoming import Incoming, identity, whose
from syndicate.platforms._ntfy_notifications import listed, ours, polled, receipt, worded
from syndicate.ports import Credentials, Http, Reply

REFUSED = (
    Row("picture", ("40014", "41301", "42905")),
    Row("cap", ("42908",)),
    Row("login", ("40101", "40301", "401", "403"), hint="the topic is reserved: set token, or take another topic"),
    Row("login", ("40009", "40010"), hint="url ends in a topic's name: letters, digits, _ and -"),
)


@dataclass(frozen=True, slots=True)
class Options(Incoming):
    """The topic, which is its own password unless the server reserves it."""

    url: Annotated[Secret, "The topic's address, such as https://ntfy.sh/topic; whoever has it can post and read."]
    token: Annotated[Secret | None, "An access token, for a topic that is reserved."] = None
    api_url: str | None = None

    path: ClassVar[str] = "/ntfy/{}"


class Ntfy:
    """One topic. What it received is looked up among the notifications that the server still has."""

    name: ClassVar[str] = "ntfy"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "lookup"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 10.0
    limits = Limits(text=4096, images=1, image_bytes=2_000_000, card="field", card_with_media=True)
    look: ClassVar[Look] = Look("ntfy", "n", colour="#22705f", tint=("#22705f", "#6fd0b9"), box="A tap opens the link.")

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - the token never changes
        self._options, self._http = options, http
        self._url = options.address.rstrip("/")

    whose = staticmethod(whose)

    def measure(self, text: str) -> int:
        """UTF-8 bytes."""
        return len(text.encode("utf-8", "surrogatepass"))

    def verify(self) -> Identity:
        """Read the topic's latest notifications; a token that may only write cannot, and is taken at its word."""
        reply = self._send("GET", f"{self._url}/json", params={"poll": "1", "since": "1m"})
        found = _hooks.what(reply, self.name, REFUSED, commit=False)
        if found is not None and reply.status != 403:
            raise found
        return identity(self._options, self.name)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - nothing is uploaded
        """Fix title, message and link, and the picture, which is sent with them."""
        said = worded(post.text) | ({"click": post.link} if post.link else {})
        picture = post.media[0] if post.media else None
        data = b64encode(picture.data).decode() if picture else None
        return {"said": said, "picture": data, "file": picture.file if picture else None, "text": post.text}

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - ntfy takes no key
        """Send the notification; without a picture its message is the body."""
        said, sample = dict(draft["said"]), {"id": "<id>", "event": "message"}
        if draft["picture"] is None:
            body = said.pop("message").encode()
            reply = self._send("POST", self._url, params=said, data=body, sample=sample)
        else:
            asked = said | {"filename": draft["file"]}
            reply = self._send("PUT", self._url, params=asked, data=b64decode(draft["picture"]), sample=sample)
        return receipt(_hooks.answered(reply, self.name, REFUSED, lambda said: said.get("id") and said.get("event")))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - there is no key
        """Look for the same link, else the same words, among the notifications since then."""
        known = draft.get("others", ())
        return next(
            (receipt(each) for each in self._since(since) if each["id"] not in known and ours(draft, each)), None
        )

    def recent(self, since: datetime) -> list[ListedPost]:
        """The topic's notifications since then, newest first, as far as the server still has them."""
        return [listed(each) for each in reversed(self._since(since))]

    def _since(self, since: datetime) -> list[Json]:
        """The topic's notifications since an instant. Raises Unsupported where the topic may not be read."""
        asked = {"poll": "1", "since": str(int(since.timestamp()))}
        reply = self._send("GET", f"{self._url}/json", params=asked)
        found = _hooks.what(reply, self.name, REFUSED, commit=False)
        if reply.status == 403 and isinstance(found, AuthError | Rejected):
            raise Unsupported("ntfy: the token may write to this topic, but not read it", status=403)
        if found is not None:
            raise found
        return polled(reply, since)

    def _send(self, method: str, url: str, **request: Any) -> Reply:
        bearer = {"Authorization": f"Bearer {self._options.token}"} if self._options.token else {}
        return self._http.call(method, url, headers=bearer, **request)


platform = Ntfy
