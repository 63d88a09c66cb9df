"""What an entry of a feed says of how it is announced: JSON Feed's extension, and POSSE Party's element."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

WHEN = "2001-02-03T04:05:06+00:00"
DAY = "Sat, 03 Feb 2001 04:05:06 +0000"
"""Stand for the moment at which a document is published."""
START = """site: {{name: The Test Gazette, url: "{site}/", language: en}}
sources:
  blog: {{type: feed, url: "{site}/rss.xml", preflight: off{setting}}}
defaults: {{image: none}}
accounts:
  masto: {{platform: mastodon, url: 'https://social.example', token: masto-token, api_url: '{sandbox}'}}
  bsky: {{platform: bluesky, handle: gazette.example, app_password: bsky-password, api_url: '{sandbox}'}}
"""


def atom(*said, space='xmlns:posse="https://posseparty.com/2024/Feed"', prefix="posse"):
    entries = "".join(
        f"<entry><title>Story {number}</title><id>tag:{number}</id><link href='/{number}'/>"
        f"<summary>In short.</summary><updated>{WHEN}</updated><published>{WHEN}</published>"
        f'<{prefix}:post format="json"><![CDATA[\n {each}\n]]></{prefix}:post></entry>'
        for number, each in enumerate(said)
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" {space}><title>T</title>{entries}</feed>'


def rss(*said):
    items = "".join(
        f"<item><title>Story {number}</title><link>/{number}</link><pubDate>{DAY}</pubDate>"
        f"<posse:post>{each}</posse:post></item>"
        for number, each in enumerate(said)
    )
    space = 'xmlns:posse="https://posseparty.com/2024/Feed"'
    return f'<?xml version="1.0"?><rss version="2.0" {space}><channel><title>T</title>{items}</channel></rss>'


def json_feed(*said):
    items = [
        {"id": str(number), "url": f"/{number}", "title": f"Story {number}", "date_published": WHEN} | {"_social": each}
        for number, each in enumerate(said)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items})


@pytest.fixture
def feed(desk):
    """Publishes a document after a first run of an empty feed; the run's end."""

    def publish(body, setting=", overrides: social"):
        sandbox, site = desk.sandbox.url, desk.site.url
        desk.path.write_text(START.format(site=site, setting=setting, sandbox=sandbox), "utf-8")
        desk.site.raw = json_feed().encode() if body.startswith("{") else rss().encode()
        assert desk("post").code == 0
        now = datetime.now(UTC) + timedelta(seconds=1)
        desk.site.raw = body.replace(WHEN, now.isoformat()).replace(DAY, format_datetime(now)).encode()
        return desk("post")

    return publish


def arrived(desk):
    return {(post["platform"], post["text"].replace(desk.site.url, "")) for post in desk.sandbox.posts()}


@pytest.mark.parametrize("form", [atom, rss, json_feed])
def test_an_entry_says_where_and_in_which_words_it_is_announced(desk, feed, form):
    said = [{"post": ["masto"], "text": "The cat is back: {link}"}, {"post": False}, False]
    done = feed(form(*(said if form is json_feed else map(json.dumps, said))))
    assert done.code == 0, done.err
    assert arrived(desk) == {("mastodon", "The cat is back: /0")}


@pytest.mark.parametrize("form", [atom, rss])
def test_settings_of_posse_party_count_as_ours(desk, feed, form):
    said = {"syndicate": True, "format_string": "New: {{title}}", "append_url": True, "append_url_spacer": " → "}
    said |= {"platform_overrides": {"bsky": {"syndicate": False}}}
    done = feed(form(json.dumps(said), '{"syndicate": false}'))
    assert done.code == 0, done.err
    assert arrived(desk) == {("mastodon", "New: Story 0 → /0")}
    assert "no equal here" not in done.err


def test_a_network_may_have_another_form_than_the_rest(desk, feed):
    said = {"format_string": "{{ title }}", "append_url": True}
    said |= {"platform_overrides": {"bsky": {"format_string": "{{summary}} {{url}}"}, "youtube": {"truncate": True}}}
    done = feed(atom(json.dumps(said)))
    assert done.code == 0, done.err
    assert ("mastodon", "Story 0 /0") in arrived(desk)
    [blue] = [text for platform, text in arrived(desk) if platform == "bluesky"]
    assert blue == "In short."  # its link is in the card


def test_what_has_no_equal_is_named_once_for_each_post_and_in_explain(desk, feed):
    said = {"format_string": "{{title}} {{subtitle}}", "truncate": True, "channel": "feed", "og_title": "T"}
    said |= {"platform_overrides": {"x": {"attach_link": True}, "youtube": {"format_string": "{{title}}"}}}
    done = feed(atom(json.dumps(said)))
    assert done.code == 0, done.err
    line = "blog, tag:0, posse:post: no equal here for format_string: {{subtitle}}, og_title, truncate, x.attach_link,"
    told = [each for each in done.err.splitlines() if "no equal here" in each]
    assert len(told) == 2  # of two accounts
    assert all(f"{line} platform_overrides.youtube" in each for each in told)
    assert "no equal here for format_string: {{subtitle}}" in desk("explain", f"{desk.site.url}/0").out


def test_another_prefix_means_the_same_and_another_namespace_nothing(desk, feed):
    mine = atom('{"post": false}', space='xmlns:wtf="https://posseparty.com/2024/Feed"', prefix="wtf")
    assert feed(mine).code == 0
    assert arrived(desk) == set()


def test_an_element_of_another_namespace_says_nothing(desk, feed):
    other = atom('{"post": false}', space='xmlns:posse="https://elsewhere.example/Feed"')
    assert feed(other).code == 0
    assert len(arrived(desk)) == 2


def test_a_feed_that_is_not_well_formed_says_it_too(desk, feed):
    broken = atom('{"syndicate": false}', '{"post": ["masto"]}').replace("<title>T</title>", "<title>A & B</title>")
    assert feed(broken).code == 0
    assert {platform for platform, _ in arrived(desk)} == {"mastodon"}


def test_a_source_without_the_setting_is_not_asked(desk, feed):
    assert feed(atom('{"post": false, "text": "Never"}'), setting="").code == 0
    assert {text.split("\n")[0] for _, text in arrived(desk)} == {"Story 0"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{'syndicate': false,}", "it is no JSON that can be read"),
        ('{"post": "mastodno"}', "no account is called 'mastodno'"),
        ('{"format_string": 7}', "text should be text"),
        ('{"syndicate": "perhaps"}', "perhaps"),
    ],
)
def test_what_cannot_be_followed_waits_and_says_where(desk, feed, said, told):
    feed(atom(said))
    assert arrived(desk) == set()
    steps = [step for row in desk("explain", f"{desk.site.url}/0", "--json").rows for step in row["steps"]]
    [first, *_] = [step["value"] for step in steps if step["name"] == "override"]
    assert first.startswith("blog, tag:0, posse:post: ")
    assert told in first
