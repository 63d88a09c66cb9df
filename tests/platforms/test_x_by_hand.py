"""What X says of the deletion of a post whose address a person gave."""

from __future__ import annotations

import pytest

from syndicate.errors import Rejected
from syndicate.model import Receipt
from tests.worlds.adapters import x

ADDRESS = "https://x.com/gazette/status/1801"


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (404, {"title": "Not Found"}, "x: removing a post: HTTP 404: Not Found"),
        (200, {"data": {"deleted": False}}, f"x: {ADDRESS} is not a post of this account"),
        (200, {}, f"x: {ADDRESS} is not a post of this account"),
    ],
)
def test_what_was_not_deleted_is_told_in_its_words(status, body, told):
    platform, _ = x((status, body))
    with pytest.raises(Rejected) as fault:
        platform.delete(Receipt(ADDRESS, None))
    assert (str(fault.value), fault.value.status) == (told, status)


@pytest.mark.parametrize(("status", "body"), [(404, {"title": "Not Found"}), (200, {"data": {"deleted": False}})])
def test_our_own_post_that_is_gone_already_is_deleted(status, body):
    platform, _ = x((status, body))
    platform.delete(Receipt("1801", None))
