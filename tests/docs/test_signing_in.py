"""The transcripts of the guides on signing in, against the sandbox."""

from __future__ import annotations

import re

from syndicate.platforms import find, names
from syndicate.ports import SignIn
from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.worlds.logins import House, allowed, ends
from tests.worlds.sign_ins import PAGE as EACH
from tests.worlds.sign_ins import SIGN_INS, page
from tests.worlds.transcripts import steps

GUIDE = "docs/guides/signing-in.md"


def plain(text, house):
    """Its lines, with the guide's addresses in place of the sandbox's, and without what differs each time."""
    text = text.replace(house.sandbox.url, "https://social.example").replace(f":{house.port}/", ":8712/")
    text = re.sub(r"@account_\w+", "@gazette", text)
    text = re.sub(r"client_id=\S+", "client_id=…", text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_what_the_guide_shows_is_what_is_printed(tmp_path):
    (on_page, page_shown), (password, password_shown) = steps(GUIDE)
    with Sandbox() as sandbox, processes.ended():
        house = House(tmp_path, sandbox)
        assert on_page == "syndicate accounts login masto"
        process, address = house.login()
        _, out, err = ends(process, allowed(address) + "\n")
        printed = plain("".join(house.said) + err + out, house)
        assert [line.strip() for line in page_shown] == printed
        assert password == "syndicate accounts login bsky"
        code, out, err = house.run("accounts", "login", "bsky", typed="an-app-password\n")
        assert (code, [line.strip() for line in password_shown]) == (0, plain(err + out, house))


def test_what_is_shown_of_each_network_is_what_is_asked_and_printed():
    assert {name for name in names() if issubclass(find(name), SignIn)} == {*SIGN_INS, "mastodon", "bluesky"}
    assert EACH.read_text(encoding="utf-8") == page(), "write it again: python -m tests.worlds.sign_ins"
