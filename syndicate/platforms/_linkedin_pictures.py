"""Uploads pictures to LinkedIn, and waits until they can be used.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api (li-lms-2024-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from syndicate.errors import NotReady, PictureRefused, PlatformError, Unavailable
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._linkedin_calls import LinkedInAccount, LinkedInDoors, good
from syndicate.platforms._replies import field, problem
from syndicate.platforms._uploads import blame

if TYPE_CHECKING:
    from syndicate.model import Json, Media

_LOOKS = 10
"""How often pictures are looked at before LinkedIn is taken to be unable to process one."""
_FAILED = ("PROCESSING_FAILED",)
_WAITING = ("PROCESSING", "WAITING_UPLOAD")


def uploaded(account: LinkedInAccount, pictures: Sequence[Media], prepared: Json | None) -> list[str]:
    """The URNs of these pictures. Raises NotReady while LinkedIn works on one, and PictureRefused."""
    known: Json = dict((prepared or {}).get("images", {}))
    looks = int((prepared or {}).get("looks", 0)) + 1
    urns: dict[str, str] = {}
    waiting: list[str] = []

    def begin(each: Media) -> None:
        urns[each.file] = known.get(each.file) or _upload(account, each)

    def look(each: Media) -> None:
        waiting.extend([] if _is_ready(account, urns[each.file]) else [urns[each.file]])

    for step in (begin, look):  # while one is processed, the next is on its way
        for each in pictures:
            try:
                with of_a_picture():
                    step(each)
            except PlatformError as fault:
                blame(fault, each, {"images": known | urns, "looks": looks - 1})
                raise
    if waiting and looks >= _LOOKS:
        raise PictureRefused(f"linkedin: a picture is not ready after {looks} looks", smaller=False)
    if waiting:
        left = {"images": urns, "looks": looks}
        raise NotReady("linkedin: a picture is still processed", prepared=left, retry_after=min(2.0**looks, 60.0))
    return [urns[each.file] for each in pictures]


def _upload(account: LinkedInAccount, media: Media) -> str:
    """Upload one picture: LinkedIn names an address for the bytes, and the URN that they will have."""
    begun = account.call(
        "POST",
        "/rest/images",
        "picture",
        params={"action": "initializeUpload"},
        json={"initializeUploadRequest": {"owner": account.author}},
        sample={"value": {"uploadUrl": "<upload url>", "image": "urn:li:image:<id>"}},
    )
    address, urn = str(field(begun, "value", "uploadUrl")), str(field(begun, "value", "image"))
    headers = {"Content-Type": media.mime} | (
        {"Authorization": f"Bearer {account.token}"} if _trusted(account.doors, address) else {}
    )
    good(account.doors.http.call("PUT", address, data=media.data, headers=headers, sample={}), "picture")
    return urn


def _trusted(doors: LinkedInDoors, address: str) -> bool:
    """Whether an address is LinkedIn's own, so that it may see the token."""
    host = urlsplit(address).hostname or ""
    return host == "linkedin.com" or host.endswith(".linkedin.com") or host == urlsplit(doors.api).hostname


def _is_ready(account: LinkedInAccount, urn: str) -> bool:
    """Whether a picture can be used; yes where LinkedIn does not tell, as to an app for persons (403)."""
    reply = account.send("GET", f"/rest/images/{quote(urn, safe='')}", sample={"status": "AVAILABLE"})
    if reply.status in (429, 503):
        raise Unavailable(f"linkedin: picture: HTTP {reply.status}", status=reply.status)
    state = problem(reply).get("status") if reply.status == 200 else None
    if state in _FAILED:
        raise PictureRefused("linkedin: LinkedIn could not process a picture")
    return state not in _WAITING
