from __future__ import annotations

import pytest

from syndicate.model import Secret
from tests.worlds.config_file import SITE

KEY = "22444f78447824223cefc48062"
GHOST = "sources:\n  m:\n    type: ghost\n    url: https://m.example/"


def test_documents_may_lie_beside_the_config(read, tmp_path):
    config = read(
        SITE
        + """sources:
  a: {type: ninjs, url: ./wire}
  b: {type: newsml, url: /srv/items.xml}
  c: {type: jsonl, url: stories.jsonl}
  d: {type: jsonl, url: "-"}
  e: {type: jsonl, url: "https://cms.example/stories.jsonl"}
"""
    )
    urls = [source.url for source in config.sources.values()]
    assert urls == [
        f"{tmp_path}/wire",
        "/srv/items.xml",
        f"{tmp_path}/stories.jsonl",
        "-",
        "https://cms.example/stories.jsonl",
    ]


def test_a_key_of_ghost_is_a_secret(read):
    config = read(f"{SITE}{GHOST}\n    key: ${{GHOST_KEY}}\n", GHOST_KEY=KEY)
    source = config.sources["m"]
    assert (source.key, source.url) == (Secret(KEY), "https://m.example/")
    assert "22444f" not in repr(config)
    assert KEY in config.secrets


@pytest.mark.parametrize("url", [f"?key={KEY}", f"ghost/api/content/posts/?a=1&key={KEY}"])
def test_a_key_in_the_address_is_taken_out_of_it(read, url):
    source = read(f"{SITE}sources: {{m: {{type: ghost, url: 'https://m.example/{url}'}}}}\n").sources["m"]
    assert source.key == KEY
    assert "22444f" not in source.url


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GHOST, "5:5: sources.m: ghost needs 'key', the Content API key (Ghost Admin → Settings → Integrations)"),
        (f"{GHOST}\n    key: ''", "6:10: sources.m.key: is empty"),
        ("sources: {n: {url: 'https://a.example', key: x123}}", "2:41: sources.n.key: only sources of type ghost"),
        ("sources: {n: {type: feed, url: ./rss.xml}}", "2:32: sources.n.url: './rss.xml' is no web address"),
        ("sources: {n: {type: wordpress, url: gazette}}", "2:37: sources.n.url: 'gazette' is no web address"),
        ("sources: {n: {type: ninjs, url: '-'}}", "2:33: sources.n.url: only type jsonl reads standard input"),
        ("sources: {n: {type: jsonl, url: 'ftp://a.example'}}", "2:33: sources.n.url: 'ftp://a.example' is no web"),
        ("sources: {n: {type: jsonl}}", "2:11: sources.n: needs 'url'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place(mistakes, text, words):
    assert f"config.yaml:{words}" in mistakes(f"{SITE}{text}\n")


def test_a_key_in_the_address_is_not_shown_with_another_mistake(mistakes):
    said = mistakes(f"{SITE}sources: {{m: {{type: ghost, url: 'https://m.example/?key=22444f78447824', evry: 5m}}}}\n")
    assert "evry" in said
    assert "22444f" not in said


def test_without_its_secret_a_rehearsal_fills_one_in(read):
    assert read(f"{SITE}{GHOST}\n    key: ${{GHOST_KEY}}\n", fill=True).sources["m"].key == "sandbox-m-key"
