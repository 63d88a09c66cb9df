"""Uploads pictures to Slack for nobody to see, and waits until they can be shown."""

from __future__ import annotations

from syndicate.errors import NotReady, PictureRefused, PlatformError
from syndicate.model import Draft, Json, Media, Post
from syndicate.net.status import failure
from syndicate.platforms import _slack_answers
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._replies import field, whole
from syndicate.platforms._slack_calls import SlackCalls
from syndicate.platforms._uploads import blame, named

_LOOKS = 8
"""How often an upload is looked at before the post goes without it: some ten minutes."""


def uploaded(calls: SlackCalls, post: Post, prepared: Json | None) -> tuple[list[Json], Json]:
    """A post's pictures, each with ID and alt text, and what a draft keeps of them. Raises NotReady, PictureRefused."""
    known: Json = dict((prepared or {}).get("files", {}))
    looks = int((prepared or {}).get("looks", 0)) + 1
    pictures = [post.card.thumb] if post.card is not None and post.card.thumb else list(post.media)
    sent: list[tuple[Json, Media]] = []
    for each in pictures:
        try:
            sent.append((_looked_at(calls, each, known.get(named(each))), each))
        except PlatformError as fault:
            blame(fault, each, {"files": known | {named(media): upload for upload, media in sent}, "looks": looks - 1})
            raise
    uploads = {named(each): upload for upload, each in sent}
    if not all(upload["ready"] for upload, _ in sent):
        raise _working(uploads, looks)
    return [{"id": upload["id"], "alt": each.alt} for upload, each in sent], {"uploads": uploads, "looks": looks}


def unready(draft: Draft) -> NotReady | PictureRefused:
    """What to do where Slack, after all, still works on a picture of a draft."""
    return _working({name: each | {"ready": False} for name, each in draft["uploads"].items()}, draft.get("looks", 1))


def _looked_at(calls: SlackCalls, media: Media, known: Json | None) -> Json:
    """The file of a picture, uploaded for nobody to see, or looked at again: its ID, and whether it is ready."""
    with of_a_picture():
        file = known["id"] if known else _upload(calls, media)
        said = calls.send("files.info", read=True, params={"file": file}, sample=_ready(file))
        if _slack_answers.is_called(said, "missing_scope"):
            return {"id": file, "ready": True}  # it cannot be asked: the message itself will tell
        fault = _slack_answers.what(said, "picture")
        if fault is not None:
            raise fault
        return {"id": file, "ready": bool((whole(said).get("file") or {}).get("mimetype"))}


def _upload(calls: SlackCalls, media: Media) -> str:
    """Ask for an address, send the bytes there, and say that they are there (files.getUploadURLExternal)."""
    asked = {"filename": media.file, "length": str(len(media.data)), "alt_txt": media.alt[:1000]}
    sample = {"ok": True, "upload_url": "https://files.slack.com/upload/v1/<upload>", "file_id": "<file id>"}
    form = {name: value for name, value in asked.items() if value}
    place = calls.call("files.getUploadURLExternal", "picture", data=form, sample=sample)
    file, url = str(field(place, "file_id")), str(field(place, "upload_url"))
    sent = calls.http.call("POST", url, data=media.data, headers={"Content-Type": media.mime}, sample="OK")
    fault = failure(sent, "slack: picture")
    if fault is not None:
        raise fault
    done = {"files": [{"id": file, "title": media.alt or media.file}]}
    calls.call("files.completeUploadExternal", "picture", json=done, sample={"ok": True})
    return file


def _working(uploads: Json, looks: int) -> NotReady | PictureRefused:
    """What to do about pictures that Slack still works on: look again, less and less often, and in the end not."""
    if looks >= _LOOKS:
        return PictureRefused("slack: a picture is not processed, look after look", smaller=True)
    left = {"files": uploads, "looks": looks}
    return NotReady("slack: a picture is still being processed", prepared=left, retry_after=min(2.0 * 2**looks, 120.0))


def _ready(file: str) -> Json:
    return {"ok": True, "file": {"id": file, "mimetype": "image/png"}}
