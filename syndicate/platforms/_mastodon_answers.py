"""The error answers of Mastodon and of servers with its API, and what they mean.

Messages: mastodon/mastodon config/locales/en.yml (media_attachments.validations, statuses.errors) and
app/controllers/api/base_controller.rb; those of other servers were measured on Takahe 0.11 and mastodon_mock 0.6.1
(2026-11-23). Reports: mastodon/mastodon#21864, inovector/mixpost#146, mvdicarlo/postybirb-plus#335,
liberapay/liberapay.com#2233, robertoszek/pleroma-bot#75.
"""

from __future__ import annotations

from syndicate.errors import PlatformError
from syndicate.net.status import blocked, failure, gateway, one_line
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import problem
from syndicate.ports import Reply

UNPROCESSED = ("not finished processing", "still being processed", "not been processed")
"""Words of a 422 on a status whose picture the server still works on."""

REFUSED = (
    Row("login", words=("bearer token", "requires an authenticated user", "access token")),
    # only another status of this account can have taken the upload: perhaps this one, whose answer was lost
    Row("there", words=("already attached to another",)),
    # Pixelfed: an earlier request had this key, and may or may not have made a post (ApiV1Controller::statusCreate)
    Row("there", words=("duplicate idempotency key",)),
    Row("post", words=("empty statuses are not allowed",)),
    Row(
        "picture",
        words=(
            "cannot attach",
            "media_ids",
            "media attachment",
            "media file",
            "media description",
            "invalid media",
            "content type",
            "file size",
            "file is in",
        ),
    ),
    Row(
        "text",
        words=(
            "character limit",
            "too long",
            "characters provided but limit",
            "exceed max chars",
            "must not be greater than",
        ),
    ),
    Row("login", ("403",), hint="the token lacks a scope, or the server's staff limited the account"),
)
"""What a refusal with the server's own words means (HTTP 400, 403, 404, 406, 422)."""


def what(reply: Reply, step: str, *, commit: bool = False, media: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one. `media`: the status names uploads."""
    if (reply.status not in (400, 403, 404, 406, 422) and not _is_invalid(reply)) or blocked(reply):
        return failure(reply, f"mastodon: {step}", commit=commit)
    words = _words(reply)
    if reply.status == 403 and not words:  # Mastodon always says why
        return gateway(reply, f"mastodon: {step}")
    row = find(REFUSED, (str(reply.status),), words)
    own = reply.status == 404 and bool(problem(reply).get("error"))  # not of something before the server
    if row is None and own and commit and media:  # nothing else in a status can be missing
        row = Row("picture")
    if row is None and _is_invalid(reply):
        row = Row("post")
    if row is None:
        return failure(reply, f"mastodon: {step}", commit=commit)
    refused = "the server refuses the token" if row.means == "login" else f"{step}: HTTP {reply.status}"
    return fault(row, f"mastodon: {refused}: {words}", reply, commit=commit)


def is_unprocessed(reply: Reply) -> bool:
    """Whether a status is refused because the server still works on its picture."""
    return reply.status == 422 and any(words in _words(reply).lower() for words in UNPROCESSED)


def _is_invalid(reply: Reply) -> bool:
    """Whether Pixelfed refuses a field, before it does anything; it does so with HTTP 500.

    pixelfed/pixelfed @ 8aae92d7, app/Exceptions/Handler.php, and issue 4789.
    """
    said = problem(reply)
    return reply.status == 500 and isinstance(said.get("errors"), dict) and isinstance(said.get("message"), str)


def _words(reply: Reply) -> str:
    """The server's own words on one line: an `error`, or a `message` beside `errors`, in JSON; or plain text.

    Nothing of a page or of a proxy's JSON.
    """
    said = problem(reply)
    found = said.get("error_description") or said.get("error")
    found = said.get("message") if found is None and isinstance(said.get("errors"), dict) else found
    if not said and reply.status != 403 and not reply.headers.get("content-type", "").startswith("text/html"):
        found = reply.body[:500].decode(errors="replace")
    return one_line(found) if isinstance(found, str) else ""
