"""The requests of one login at one Micropub server: with its token, to its endpoint, about its blog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urljoin

from syndicate.errors import AuthError, PictureRefused, Rejected, Uncertain, Unsupported
from syndicate.platforms import _micropub_answers
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._elsewhere import elsewhere, in_the_clear
from syndicate.platforms._micropub_answers import ABSENT
from syndicate.platforms._micropub_entries import LISTING
from syndicate.platforms._replies import items, problem, whole
from syndicate.platforms._tokens import SIGN_IN, token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syndicate.model import Json, Media, Secret
    from syndicate.ports import Credentials, Http, Reply


class Given(Protocol):
    """The options that say where, as whom, and to which blog."""

    @property
    def endpoint(self) -> str | None: ...
    @property
    def token(self) -> Secret | None: ...
    @property
    def media_endpoint(self) -> str | None: ...
    @property
    def destination(self) -> str | None: ...
    @property
    def api_url(self) -> str | None: ...


class MicropubSite:
    """One login. It keeps nothing: token and endpoint are those that the ledger has now, else the config's."""

    def __init__(self, options: Given, http: Http, credentials: Credentials) -> None:
        self._options, self._http, self._credentials = options, http, credentials

    @property
    def endpoint(self) -> str:
        """Where posts are taken, as the config or the site itself says. Raises AuthError where neither does yet."""
        found = self._options.endpoint or self._credentials.current().get("endpoint")
        if not found:
            raise AuthError("micropub: nobody has signed in yet", hint=SIGN_IN)
        return str(found)

    @property
    def chosen(self) -> dict[str, str]:
        """The blog, as a field of its own: so micro.blog takes it."""
        return {"mp-destination": self._options.destination} if self._options.destination else {}

    def send(self, method: str, *, url: str | None = None, **request: Any) -> Reply:
        """One request to the endpoint, or to another address of the server."""
        bearer = token(self._options.token, self._credentials.current())
        headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
        where = url or elsewhere(self.endpoint, self._options.api_url)
        return self._http.call(method, where, headers=headers, **request)

    def configuration(self, sample: Json | None = None) -> Json:
        """What the server says of itself; {} where it lacks `q=config`, which is only a should (3.7.1)."""
        reply = self.send("GET", params={"q": "config"}, sample=sample)
        fault = _micropub_answers.what(reply, "configuration")
        if fault is not None and not isinstance(fault, Rejected | Unsupported):
            raise fault
        return problem(reply) if fault is None else {}

    def blog(self) -> Json:
        """The blog that is posted to, of those of this login; {} where the server names none."""
        blogs, wanted = items(self.configuration().get("destination"), "uid"), self._options.destination
        if wanted is None or not blogs:
            usual = next((each for each in blogs if each.get("microblog-default")), blogs[0] if blogs else {})
            return {"uid": wanted} if wanted else usual
        found = next((each for each in blogs if str(each["uid"]).rstrip("/") == wanted.rstrip("/")), None)
        if found is None:
            there = ", ".join(str(each["uid"]) for each in blogs)
            raise AuthError(f"micropub: this login has no blog {wanted}", hint=f"set destination to one of: {there}")
        return found

    def listing(self, at: Mapping[str, str]) -> Json:
        """One page of the site's entries. Raises Unsupported where the server does not list them."""
        reply = self.send("GET", params={"q": "source", "limit": str(LISTING)} | self.chosen | dict(at))
        fault = _micropub_answers.what(reply, "own posts")
        if type(fault) in (Rejected, Unsupported):
            raise Unsupported("micropub: this server does not list its posts", status=reply.status) from fault
        if fault is not None:
            raise fault
        return whole(reply)

    def is_gone(self, url: str) -> bool:
        """Whether neither the server nor its readers have an entry: a refusal alone may mean that it deletes none."""
        source = self.send("GET", params={"q": "source", "url": url} | self.chosen)
        return source.status in ABSENT and self._http.call("GET", url).status in (404, 410)

    def media_endpoint(self) -> str | None:
        """Where pictures are uploaded; None where the server takes none, or the token would go there in the clear."""
        if self._options.media_endpoint is not None:
            return elsewhere(self._options.media_endpoint, self._options.api_url)
        found = self.configuration({"media-endpoint": f"{self.endpoint}/media"}).get("media-endpoint")
        if not isinstance(found, str) or not found:
            return None
        here = elsewhere(self.endpoint, self._options.api_url)
        there = urljoin(here, found)
        return None if in_the_clear(there, here) else there

    def upload(self, media: Media, endpoint: str | None) -> str:
        """Where the picture is then. Raises PictureRefused where the server takes none.

        An address made by the setting `media` would not do: it ends after a day, and a site keeps its pictures.
        """
        if endpoint is None:
            hint = "set media_endpoint, if the site has one that it does not tell of"
            raise PictureRefused("micropub: this server takes no pictures", hint=hint, smaller=False)
        with of_a_picture():
            reply = self.send(
                "POST",
                url=endpoint,
                data=self.chosen or None,
                files={"file": (media.file, media.data, media.mime)},
                sample={"url": "<picture url>"},
            )
            check(reply, "picture")
        return location(reply, "picture")


def check(reply: Reply, step: str, *, commit: bool = False) -> None:
    """Raise the error that an answer means, if it is one."""
    fault = _micropub_answers.what(reply, step, commit=commit)
    if fault is not None:
        raise fault


def location(reply: Reply, step: str) -> str:
    """Where it was made: the header `Location`, else `url` in JSON. Raises Uncertain without either."""
    found = reply.headers.get("location") or problem(reply).get("url")
    if not isinstance(found, str) or not found:
        raise Uncertain(f"micropub: {step}: HTTP {reply.status} without saying where it is", status=reply.status)
    return found if found.startswith("<") else urljoin(reply.url, found)
