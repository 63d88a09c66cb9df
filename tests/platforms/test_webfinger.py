"""Whether somebody has a handle of the fediverse: the server that the handle names is asked, without our token."""

from __future__ import annotations

import pytest

from syndicate.errors import Unavailable
from syndicate.model import Secret
from syndicate.platforms import find
from syndicate.testing import Held, Recorded

ANSWER = {"subject": "acct:ana@other.example", "links": []}


def adapter(network, *answers, **options):
    kind, door = find(network), Recorded(*answers)
    settings = {"url": "https://social.example", "token": Secret("s3cret-token-of-ours")} | options
    return kind(kind.options_type(**settings), door, Held()), door


@pytest.mark.parametrize("network", ["mastodon", "misskey"])
@pytest.mark.parametrize(("answer", "has"), [((200, ANSWER), True), ((404, ""), False), ((410, {}), False)])
def test_the_server_of_the_handle_says_whether_somebody_has_it(network, answer, has):
    platform, door = adapter(network, answer)
    assert platform.has_handle("@ana@Other.example") is has
    [call] = door.calls
    assert (call.method, call.url) == ("GET", "https://other.example/.well-known/webfinger")
    assert call.params == {"resource": "acct:ana@Other.example"}
    assert "s3cret-token-of-ours" not in str(call)


@pytest.mark.parametrize("answer", [(200, "<!doctype html>"), (200, {}), (401, {}), (503, "")])
def test_a_server_that_does_not_say_it_is_no_nobody(answer):
    platform, _ = adapter("mastodon", answer)
    with pytest.raises(Unavailable, match=r"other\.example does not say whether somebody has @ana@other\.example"):
        platform.has_handle("@ana@other.example")


def test_where_one_address_stands_for_the_whole_network_that_is_asked():
    platform, door = adapter("mastodon", (200, ANSWER), api_url="http://127.0.0.1:8700")
    assert platform.has_handle("@ana@other.example")
    assert door.calls[0].url == "http://127.0.0.1:8700/.well-known/webfinger"
