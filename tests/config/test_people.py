"""What the config says of people: which networks know them by which handles."""

from __future__ import annotations

import pytest

from syndicate.config.reader import load
from syndicate.errors import ConfigError
from tests.worlds.config_file import SITE


@pytest.fixture
def people(tmp_path):
    def people(written):
        path = tmp_path / "config.yaml"
        path.write_text(f"{SITE}people:\n  {written}\n", encoding="utf-8")
        return load(path, {})

    return people


def test_handles_are_kept_as_their_networks_write_them(people):
    written = (
        "Ana Lima: {mastodon: '@ana@social.example', misskey: ana@misskey.example, bluesky: ana.gazette.example,"
        " x: analima, threads: '@ana.lima', instagram: ana_lima, telegram: analima}"
    )
    config = people(f"{written}\n  Bo:")
    assert config.people == {
        "Ana Lima": {
            "mastodon": "@ana@social.example",
            "misskey": "@ana@misskey.example",
            "bluesky": "@ana.gazette.example",
            "x": "@analima",
            "threads": "@ana.lima",
            "instagram": "@ana_lima",
            "telegram": "@analima",
        },
        "Bo": {},
    }
    assert config.of("masto").people == config.people


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Ana: {mastodon: ana}", "people.Ana.mastodon: 'ana' is no handle there, such as @user@social.example"),
        ("Ana: {mastodon: 'https://social.example/@ana'}", "is no handle there"),
        ("Ana: {bluesky: ana}", "people.Ana.bluesky: 'ana' is no handle there, such as ana.bsky.social"),
        ("Ana: {x: 'ana lima'}", "'ana lima' is no handle there, such as @name"),
        ("Ana: {telegram: 1ana}", "'1ana' is no handle there"),
        ("Ana: {instagram: a-b}", "'a-b' is no handle there"),
        ("Ana: {mastodn: '@ana@social.example'}", "people.Ana.mastodn: "),
        ("Ana: {slack: ana}", "people.Ana.slack: slack mentions nobody by a handle (leave it out)"),
        ("Ana: '@ana'", "people.Ana: should be settings"),
        ("Ana Lima: {x: a}\n  ana  lima: {x: b}", "is there twice, in other letters"),
    ],
)
def test_a_mistake_is_named_with_its_place(people, written, words):
    with pytest.raises(ConfigError) as told:
        people(written)
    assert words in str(told.value)
    assert "config.yaml:" in str(told.value)
