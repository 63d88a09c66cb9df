"""Slack's errors, and what they mean. The Web API answers most of them with HTTP 200 and `ok: false`.

docs.slack.dev, reference/methods/chat.postMessage, conversations.history and files.completeUploadExternal (as stored
2026); tools' copies of these pages: slack_kit 1.0.0-alpha.0 (hex.pm). A webhook answers with a status and a word.
"""

from __future__ import annotations

from syndicate.errors import PlatformError
from syndicate.model import Json
from syndicate.net.status import blocked, failure, is_page, one_line
from syndicate.platforms._answers import Row, fault, find
from syndicate.platforms._replies import items, problem
from syndicate.ports import Reply

_TAKE = "take the present Bot User OAuth Token (xoxb-…) or webhook address from api.slack.com/apps"
_SCOPES = "add the scopes in the app's OAuth & Permissions, and install it to the workspace again"
_CHANNEL = "channel: the channel's ID, which begins with C (channel details, at the bottom)"
_INVITE = "invite the app: write /invite and its name in the channel"
_ADMIN = "ask the workspace's administrators: they keep this app or channel from being written to"
UNREADY = "invalid slack file"
"""Slack answers so while it still works on an upload (slackapi/python-slack-sdk#1797, #1658)."""

REFUSED = (
    Row("login", ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"), hint=_TAKE),
    Row("login", ("not_allowed_token_type", "no_service", "no_active_hooks", "invalid_token", "no_team"), hint=_TAKE),
    Row("login", ("missing_scope", "no_permission"), hint=_SCOPES),
    Row("login", ("channel_not_found",), hint=_CHANNEL),
    Row("login", ("not_in_channel",), hint=_INVITE),
    Row("login", ("is_archived", "channel_is_archived"), hint="the channel is archived: choose another one"),
    Row(
        "login",
        (
            *("restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
            *("access_denied", "ekm_access_denied", "team_access_not_granted", "action_prohibited"),
            *("user_is_restricted", "posting_to_general_channel_denied", "org_login_required", "messages_tab_disabled"),
        ),
        hint=_ADMIN,
    ),
    Row("wait", ("ratelimited", "rate_limited", "status 429")),
    Row("cap", ("message_limit_exceeded", "storage_limit_reached"), hint="the workspace has reached its plan's limit"),
    Row("maybe", ("fatal_error", "internal_error", "service_unavailable", "request_timeout", "rollup_error")),
    Row("later", ("team_added_to_org", "accesslimited")),
    Row("text", ("msg_too_long", "msg_blocks_too_long")),
    Row("picture", ("invalid_blocks",), ("slack_file", "image", "alt_text", UNREADY)),
    Row(
        "picture",
        ("file_not_found", "file_upload_size_restricted", "blocked_file_type", "invalid_upload", "file_deleted"),
    ),
)
"""What an error's name means."""

GONE = ("message_not_found", "thread_not_found")
"""What a deleted message is called."""


def what(reply: Reply, step: str, *, commit: bool = False) -> PlatformError | None:
    """The error that an answer means; None for a good one. `step` says which request it was."""
    said = problem(reply)
    if said.get("ok") is True:
        return None
    name = _name(reply, said)
    if not name:
        return failure(reply, f"slack: {step}", commit=commit)
    told = "; ".join([name, *_told(said)])
    row = find(REFUSED, [name, f"status {reply.status}"], told)
    if row is None:
        row = Row("maybe" if reply.status >= 500 else "post")
    return fault(row, f"slack: {step}: {one_line(told)}", reply, commit=commit)


def is_called(reply: Reply, *names: str) -> bool:
    """Whether an answer is an error of one of these names."""
    said = problem(reply)
    return said.get("ok") is False and said.get("error") in names


def unready(reply: Reply) -> bool:
    """Whether a message was refused because Slack still works on its picture."""
    return is_called(reply, "invalid_blocks") and any(UNREADY in each for each in _told(problem(reply)))


def _name(reply: Reply, said: Json) -> str:
    """The error's name: of the Web API in JSON, of a webhook as plain text."""
    if said.get("ok") is False:
        return str(said.get("error") or "no reason given")
    words = reply.body[:200].decode("utf-8", "replace").strip()
    plain = reply.status >= 400 and not said and not is_page(words) and not blocked(reply)
    return words if plain and words.replace("_", "").isalpha() else ""


def _told(said: Json) -> list[str]:
    """What Slack says besides the name: which scope is missing, which part of a message is wrong."""
    found = [f"needed: {said['needed']}"] if said.get("needed") else []
    more = said.get("errors") or (said.get("response_metadata") or {}).get("messages") or []
    return found + [str(each) for each in more if isinstance(each, str)] + [str(each) for each in items(more)]
