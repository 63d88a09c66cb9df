"""Handles of people that nobody has: told as a post leaves, and by `accounts check`."""

from __future__ import annotations

import pytest

PEOPLE = """people:
  Ana Lima: {bluesky: gazette.example, mastodon: "@ana@social.example"}
  Bo Berg: {bluesky: nobody.bsky.social}
defaults: {image: none}
templates: templates
"""


@pytest.fixture
def signed(desk):
    """Two accounts whose posts name the authors, after the first run."""
    folder = desk.folder / "templates" / "default"
    folder.mkdir(parents=True)
    words = '{{ article.title | fit }} by {{ "@gazette.example" | mention }} and {{ "@nobody.bsky.social" | mention }}'
    (folder / "post.txt.j2").write_text(words + "\n\n{{ link }}", "utf-8")
    desk.config("bsky", extra=PEOPLE)
    assert desk("post").code == 0
    return desk


def test_a_handle_that_nobody_has_is_only_words_and_told_once(signed):
    signed.site.publish(1)
    done = signed("post")
    assert done.code == 0, done.err
    [told] = [line for line in done.err.splitlines() if "nobody has" in line]
    assert told.startswith("note: bsky: nobody has the handle @nobody.bsky.social on Bluesky, so it mentions nobody (")
    assert "@nobody.bsky.social" in signed.texts()[0].replace("\u2060", "")
    assert "nobody has" not in signed("post").err


def test_the_check_asks_for_every_handle_of_people_where_the_network_can_be_asked(signed):
    found = signed("accounts", "check")
    assert found.code == 1
    assert found.complaint == "bsky: people.Bo Berg: nobody has the handle @nobody.bsky.social on bluesky"
    signed.path.write_text(signed.path.read_text("utf-8").replace("nobody.bsky.social", "gazette.example"), "utf-8")
    assert signed("accounts", "check").code == 0


def asked(desk):
    """How often somebody was asked whose a handle is."""
    return sum("resolveHandle" in each["path"] for each in desk.sandbox.requests())


def test_whose_a_handle_is_is_asked_once_a_day_for_all_posts(signed):
    signed.site.publish(1)
    rehearsed = signed("post", "--dry-run")
    assert rehearsed.code == 0, rehearsed.err
    assert asked(signed) == 0
    counts = []
    for _ in range(3):
        done = signed("post")
        assert done.code == 0, done.err
        counts.append(asked(signed))
        signed.site.publish(1)
    assert len(signed.texts()) == 3
    assert counts == [2, 3, 4]  # what nobody has is asked for again
    signed("accounts", "check")
    assert asked(signed) == 6
    signed("post")
    assert len(signed.texts()) == 4
    assert asked(signed) == 8


def test_the_check_asks_the_servers_of_the_fediverse_too(desk):
    handles = 'Ana Lima: {mastodon: "@ana@social.example"}\n  Bo Berg: {mastodon: "@nobody@social.example"}'
    desk.config("masto", extra=f"people:\n  {handles}\ndefaults: {{image: none}}")
    found = desk("accounts", "check")
    assert found.code == 1
    assert found.complaint == "masto: people.Bo Berg: nobody has the handle @nobody@social.example on mastodon"
    asked_for = [each for each in desk.sandbox.requests() if each["path"] == "/.well-known/webfinger"]
    assert len(asked_for) == 2
    desk.path.write_text(desk.path.read_text("utf-8").replace("@nobody@", "@bo@"), "utf-8")
    assert desk("accounts", "check").code == 0
