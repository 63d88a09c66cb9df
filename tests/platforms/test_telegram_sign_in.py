"""Whether a bot may post in a chat, by what Telegram says of it there."""

from __future__ import annotations

import pytest

from syndicate.errors import AuthError
from syndicate.platforms._telegram_sign_in import chat_id, check_rights

CHANNEL = {"id": -100, "type": "channel", "title": "Gazette"}
GROUP = {"id": -7, "type": "supergroup"}


def checked(chat, **member):
    def call(method, **query):
        assert (method, query) == ("getChatMember", {"chat_id": str(chat["id"]), "user_id": "9"})
        return member

    check_rights(call, chat, {"id": 9, "username": "gazette_bot"})


@pytest.mark.parametrize(
    ("chat", "member"),
    [
        (CHANNEL, {"status": "administrator", "can_post_messages": True}),
        (CHANNEL, {"status": "creator"}),
        (GROUP, {"status": "member"}),
        (GROUP, {"status": "administrator"}),
        (GROUP, {"status": "creator"}),
        (GROUP, {"status": "restricted", "can_send_messages": True}),
    ],
)
def test_a_bot_that_may_post_there_is_let_through(chat, member):
    checked(chat, **member)


@pytest.mark.parametrize(
    ("chat", "member", "words", "cure"),
    [
        (CHANNEL, {"status": "administrator"}, "in Gazette (it is administrator there)", "with the right to post"),
        (CHANNEL, {"status": "administrator", "can_post_messages": False}, "in Gazette", "make it an administrator"),
        (CHANNEL, {"status": "member"}, "in Gazette (it is member there)", "make it an administrator"),
        (GROUP, {"status": "restricted"}, "in -7 (it is restricted there)", "add it to the group"),
        (GROUP, {"status": "left"}, "in -7 (it is left there)", "add it to the group"),
        (GROUP, {"status": "kicked"}, "in -7", "add it to the group"),
    ],
)
def test_a_bot_that_may_not_is_told_where_and_what_helps(chat, member, words, cure):
    with pytest.raises(AuthError, match="telegram: @gazette_bot may not post") as caught:
        checked(chat, **member)
    assert words in str(caught.value)
    assert cure in caught.value.hint


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("gazette", "@gazette"),
        (" @gazette ", "@gazette"),
        ("https://t.me/gazette", "@gazette"),
        ("-1001", "-1001"),
        ("17", "17"),
    ],
)
def test_a_chat_may_be_typed_as_people_know_it(typed, asked):
    assert chat_id(typed) == asked
