"""Every code and every word in the error tables of the networks that came later, alone, by the row that takes it."""

from __future__ import annotations

import pytest

from syndicate.platforms import (
    _discord_answers,
    _instagram_answers,
    _linkedin_answers,
    _mastodon_answers,
    _micropub_answers,
    _misskey_calls,
    _slack_answers,
    _telegram_answers,
    _threads_answers,
    googlechat,
    mattermost,
    ntfy,
    rocketchat,
    teams,
)
from syndicate.platforms._answers import find

META_WAITS = (4, 9, 17, 18, 32, 341, 613, *range(80001, 80007), 80008, 80009, 80014)
META_LOGINS = (3, 10, 101, 102, 104, 190, 450, 452, *range(200, 300))
MATTERMOST = ("invalid", "disabled", "permissions", "channel", "channel_locked", "user")
ADMINISTRATORS = (
    *("restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
    *("access_denied", "ekm_access_denied", "team_access_not_granted", "action_prohibited", "user_is_restricted"),
    *("posting_to_general_channel_denied", "org_login_required", "messages_tab_disabled"),
)

TABLES = {
    _discord_answers: [
        ("login", "take the present token", ("status 401", 50014, 50027, 10015, 40001), ()),
        ("login", "(Copy Channel ID)", (10003,), ()),
        ("login", "a forum takes threads", (40058, 220001, 50024, 50008), ()),
        ("login", "verify the account", (40002,), ()),
        ("login", "View Channel, Send Messages", (50001, 50013, 160002), ()),
        ("wait", None, ("status 429", 20016, 20022, 20028, 20029, 30046, 40062), ()),
        ("later", None, (40004,), ()),
        ("picture", None, ("status 413", 40005, 50045, 50046), ()),
        ("picture", None, (50035,), ("attachments", "files", "embeds[0].image", "embeds[0].thumbnail")),
        ("text", None, (50035,), ("content[BASE_TYPE_MAX_LENGTH]", "content[BASE_TYPE_BAD_LENGTH]")),
        ("post", "AutoMod", (200000, 200001, 240000), ()),
    ],
    _slack_answers: [
        ("login", "xoxb", ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"), ()),
        ("login", "xoxb", ("not_allowed_token_type", "no_service", "no_active_hooks", "invalid_token", "no_team"), ()),
        ("login", "add the scopes", ("missing_scope", "no_permission"), ()),
        ("login", "begins with C", ("channel_not_found",), ()),
        ("login", "/invite", ("not_in_channel",), ()),
        ("login", "archived", ("is_archived", "channel_is_archived"), ()),
        ("login", "administrators", ADMINISTRATORS, ()),
        ("wait", None, ("ratelimited", "rate_limited", "status 429"), ()),
        ("cap", "its plan's limit", ("message_limit_exceeded", "storage_limit_reached"), ()),
        ("maybe", None, ("fatal_error", "internal_error", "service_unavailable", "request_timeout"), ()),
        ("maybe", None, ("rollup_error",), ()),
        ("later", None, ("team_added_to_org", "accesslimited"), ()),
        ("text", None, ("msg_too_long", "msg_blocks_too_long"), ()),
        ("picture", None, ("invalid_blocks",), ("slack_file", "image", "alt_text", "invalid slack file")),
        ("picture", None, ("file_not_found", "file_upload_size_restricted", "blocked_file_type"), ()),
        ("picture", None, ("invalid_upload", "file_deleted"), ()),
    ],
    _telegram_answers: [
        ("login", "@BotFather", (401, 404), ()),
        ("wait", None, (429,), ()),
        ("picture", None, (413,), ()),
        ("text", None, (), ("message is too long", "caption is too long", "MESSAGE_TOO_LONG", "CAPTION_TOO_LONG")),
        ("picture", None, (), ("PHOTO_", "IMAGE_PROCESS", "file is too big", "wrong file", "wrong type of")),
        ("picture", None, (), ("too large", "MEDIA_EMPTY")),
        ("login", "begins with -100", (), ("chat not found", "chat_id is empty", "PEER_ID_INVALID")),
        ("login", "administrator of the channel", (), ("rights", "_FORBIDDEN", "ADMIN_REQUIRED")),
        ("login", "administrator of the channel", (), ("kicked", "not a member", "group chat was deleted")),
        ("login", "administrator of the channel", (), ("CHANNEL_PRIVATE",)),
        ("login", "administrator of the channel", (403,), ()),
    ],
    _misskey_calls: [
        ("login", "sign in", ("AUTHENTICATION_FAILED", "CREDENTIAL_REQUIRED"), ()),
        ("login", "lacks a permission", ("PERMISSION_DENIED",), ()),
        ("login", "look at it", ("YOUR_ACCOUNT_SUSPENDED", "YOUR_ACCOUNT_MOVED", "ACCOUNT_LOCKED"), ()),
        ("login", "staff", ("ROLE_PERMISSION_DENIED", "ACCESS_DENIED"), ()),
        ("wait", None, ("RATE_LIMIT_EXCEEDED",), ()),
        ("text", None, ("MAX_LENGTH",), ()),
        ("text", None, ("INVALID_PARAM",), ("text",)),
        ("picture", None, ("NO_SUCH_FILE", "INAPPROPRIATE", "MAX_FILE_SIZE_EXCEEDED", "UNALLOWED_FILE_TYPE"), ()),
        ("picture", "the account's drive", ("NO_FREE_SPACE",), ()),
        ("picture", None, ("INVALID_PARAM",), ("fileIds",)),
    ],
    _micropub_answers: [
        ("login", "needs the scopes", ("insufficient_scope",), ()),
        ("login", "needs the scopes", (), ("insufficient_scope", "scope insufficient", "insufficient to")),
        ("login", "sign in again", ("unauthorized", "invalid_token", "forbidden", "401"), ()),
        ("login", "needs the scopes", ("403",), ()),
    ],
    _instagram_answers: [
        ("text", "30 hashtags", ("subcode 2207010",), ()),
        ("post", "20 mentions", ("subcode 2207040",), ()),
        ("post", "30 hashtags", (100,), ("caption",)),
        ("later", None, ("subcode 2207003", "subcode 2207032", "subcode 2207053"), ()),
        ("picture", "set media", ("subcode 2207052", 9004), ()),
        ("picture", "between 4:5 and 1.91:1", ("subcode 2207009", 36003), ()),
        ("picture", None, ("subcode 2207004", "subcode 2207005", 324, 352, 36000, 36001, 36002, 36004), ()),
        ("cap", "24 hours", ("subcode 2207042",), ()),
        ("cap", "spam", (368, "subcode 2207051"), ()),
        ("login", "restricted", ("subcode 2207050", 25), ()),
        ("wait", None, META_WAITS, ()),
        ("login", None, META_LOGINS, ()),
        ("maybe", None, (-1, -2, 1, 2), ()),
    ],
    _threads_answers: [
        ("text", "500 bytes", (100,), ("must be at most 500",)),
        ("post", "five different links", (), ("LINK_LIMIT_EXCEEDED",)),
        ("later", None, ("subcode 2207003",), ()),
        ("picture", "set media", ("subcode 2207052", 9004), ()),
        ("picture", None, ("subcode 2207004", "subcode 2207005", "subcode 2207009", 324, 352), ()),
        ("picture", None, (36000, 36001, 36002, 36003, 36004), ()),
        ("picture", None, (100,), ("image_url", "image URL", "alt_text")),
        ("cap", "250 posts in 24 hours", ("subcode 2207042",), ()),
        ("cap", "spam", (368, "subcode 2207051"), ()),
        ("login", "restricted", ("subcode 2207050",), ()),
        ("wait", None, META_WAITS, ()),
        ("login", None, META_LOGINS, ()),
        ("maybe", None, (-1, -2, 1, 2), ()),
    ],
    _linkedin_answers: [
        ("there", None, ("DUPLICATE_POST",), ()),
        ("there", None, (), ("Duplicate post", "Content is a duplicate")),
        ("cap", "midnight UTC", (), ("DAY limit", "daily limit")),
        ("wait", None, (101, "TOO_MANY_REQUESTS"), ()),
        ("wait", None, (), ("throttle limit",)),
        (
            "login",
            "linkedin.com",
            (),
            ("Member is restricted", "account is restricted", "been restricted", "suspended"),
        ),
        ("login", "sign in", (65600, 65601, 65602, "REVOKED_ACCESS_TOKEN", "EXPIRED_ACCESS_TOKEN"), ()),
        ("login", "Community Management API", (100, "ACCESS_DENIED"), ()),
        ("login", "Community Management API", (), ("Not enough permissions", "/author", "not authorized to")),
        ("text", None, ("FIELD_LENGTH_TOO_LONG",), ("commentary",)),
        ("text", None, (), ("commentary is too long", "exceeds the maximum length", "characters is the maximum")),
        ("picture", None, (), ("urn:li:image", "content/media", "multiImage", "thumbnail", "an image")),
    ],
    _mastodon_answers: [
        ("login", None, (), ("Bearer token", "requires an authenticated user", "access token")),
        ("there", None, (), ("already attached to another", "duplicate idempotency key")),
        ("post", None, (), ("Empty statuses are not allowed",)),
        ("picture", None, (), ("Cannot attach", "media_ids", "media attachment", "media file", "media description")),
        ("picture", None, (), ("invalid media", "content type", "file size", "File is in")),
        ("text", None, (), ("character limit", "too long", "characters provided but limit", "exceed max chars")),
        ("text", None, (), ("must not be greater than",)),
        ("login", "limited the account", ("403",), ()),
    ],
    googlechat: [
        ("login", "another webhook", ("PERMISSION_DENIED", "UNAUTHENTICATED", "NOT_FOUND", "401", "403"), ()),
        ("text", None, ("INVALID_ARGUMENT",), ("too long", "too large", "maximum", "exceeds")),
        ("post", None, ("INVALID_ARGUMENT",), ()),
    ],
    mattermost: [
        ("login", "incoming webhook", tuple(f"web.incoming_webhook.{each}.app_error" for each in MATTERMOST), ()),
        ("login", "incoming webhook", ("store.sql_webhooks.get_incoming.app_error", "403"), ()),
    ],
    ntfy: [
        ("picture", None, ("40014", "41301", "42905"), ()),
        ("cap", None, ("42908",), ()),
        ("login", "set token", ("40101", "40301", "401", "403"), ()),
        ("login", "a topic's name", ("40009", "40010"), ()),
    ],
    rocketchat: [
        ("login", "make another", (), ("Invalid integration", "invalid-channel", "invalid-room", "not-allowed")),
        ("login", "switched off", ("503",), ("Service Unavailable",)),
        ("text", None, (), ("message-size-exceeded",)),
        ("login", "make another incoming integration", ("401", "403"), ()),
    ],
    teams: [
        ("text", None, ("413", "RequestEntityTooLarge"), ()),
        ("text", None, (), ("Entity Too Large", "message size")),
        ("login", "switched on", ("WorkflowTriggerIsNotEnabled", "WorkflowNotFound"), ()),
        ("login", "switched on", ("DirectApiAuthorizationRequired", "401", "403"), ()),
    ],
}
ROWS = [(module, *row) for module, rows in TABLES.items() for row in rows]


@pytest.mark.parametrize(("module", "meaning", "hint", "codes", "words"), ROWS)
def test_each_code_and_each_word_has_its_meaning_and_its_cure(module, meaning, hint, codes, words):
    for code in codes or [None]:
        for word in words or [""]:
            row = find(module.REFUSED, [0, *filter(None, [code])], f"HTTP 4: {word}, or so")
            assert row.means == meaning, (code, word)
            assert (hint in row.hint) if hint else row.hint is None
        if code is not None and words:  # where a row asks for both, the code alone says something else, or nothing
            assert find(module.REFUSED, [code], "") is not row


@pytest.mark.parametrize("module", TABLES)
def test_no_table_takes_what_is_not_listed_here(module):
    listed = {code for _, _, codes, _ in TABLES[module] for code in codes}
    words = {word.lower() for *_, words in TABLES[module] for word in words}
    assert {code for row in module.REFUSED for code in row.codes} == listed
    assert all(any(word in each for each in words) for row in module.REFUSED for word in row.words)
    assert find(module.REFUSED, [0, ""], "") is None
