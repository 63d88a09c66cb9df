"""Threads and replies from a feed to every network that answers itself: each post under the one before."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.worlds.desk import ACCOUNTS, OTHERS
from tests.worlds.long_stories import BODY, PARAGRAPHS, chains, feed

IN_POSTS = ("mastodon", "bluesky", "x", "threads", "telegram", "discord", "slack", "misskey")
IN_COMMENTS = ("facebook", "linkedin")


PARTED = """\
{{ article.title | fit }}
{{ part() }}
{{ article.summary | fit }} {{ article.hashtags }}
{{ part() }}
Read it all{% if link %}: {{ link }}{% endif %}
"""


def parting(desk):
    """A template that parts its text itself; the line of the config that has it used."""
    own = desk.folder / "templates" / "default" / "post.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text(PARTED, encoding="utf-8")
    return "templates: ./templates"


@pytest.fixture
def published(desk):
    """Publishes one long story to these accounts, with these defaults."""

    def publish(defaults, *accounts, body=BODY, others=(), command=("post", "--json"), top=""):
        desk.config(
            *accounts, extra=f"{top}\ndefaults: {{image: none, hashtags: 0, {defaults}}}", source=", preflight: off"
        )
        text = desk.path.read_text(encoding="utf-8")
        config = "".join(
            f"  {name}: {{platform: {name}, {OTHERS[name]}, api_url: '{desk.sandbox.url}'}}\n" for name in others
        )
        text = text.replace("accounts:\n", f"accounts:\n{config}", 1)
        desk.path.write_text(text, encoding="utf-8")
        desk.site.raw = feed(desk.site)
        begun = desk("post")
        assert begun.code == 0, begun.err
        desk.site.raw = feed(desk.site, body)
        return desk(*command)

    return publish


@pytest.mark.parametrize("form", ["teaser", "whole"])
def test_a_long_story_is_a_thread_on_every_network_that_has_them(desk, published, form):
    run = published(
        f"threads: {{posts: 4, form: {form}}}",
        *ACCOUNTS,
        others=("threads", "telegram", "discord", "slack", "misskey", "linkedin"),
    )
    assert run.code == 0, run.err
    arrived = chains(desk.sandbox.posts())
    long = (
        {*IN_POSTS} if form == "teaser" else {*IN_POSTS} - {"telegram", "slack", "misskey"}
    )  # they take it as one post
    assert {platform for platform, texts in arrived.items() if len(texts) > 1} == long
    assert {*IN_POSTS} <= arrived.keys()
    assert {len(arrived[platform]) for platform in IN_COMMENTS} == {1}
    for platform in IN_POSTS:
        said = "".join(re.sub(r"https?://\S+", "", " ".join(arrived[platform])).split())
        assert "".join(PARAGRAPHS[0].split()) in said, platform
    assert {post["platform"] for post in desk.sandbox.posts() if "story-0" in str(post["link"])} == arrived.keys()
    parts = {(row["platform"], row["part"]) for row in run.rows}
    assert parts == {(name, part) for name, texts in arrived.items() for part in range(len(texts))}
    assert {row["state"] for row in run.rows} == {"posted"}


def test_the_link_goes_into_a_reply_or_a_comment(desk, published):
    run = published("link: reply", *ACCOUNTS, others=("threads", "telegram", "discord", "slack", "misskey", "linkedin"))
    assert run.code == 0, run.err
    arrived = chains(desk.sandbox.posts())
    for platform in (*IN_POSTS, *IN_COMMENTS):
        first, reply = arrived[platform]
        assert "story-0" not in first
        assert "story-0" in reply
        assert first.startswith("Story 0 of the harbour")


def test_a_dry_run_and_the_preview_show_each_post(desk, published, tmp_path):
    dry = published(
        "threads: {posts: 3, form: whole}, link: reply", "masto", "bsky", command=("post", "--dry-run", "--json")
    )
    assert dry.code == 0, dry.err
    rows = sorted((row["account"], row["part"], row["text"]) for row in dry.rows)
    assert [(account, part) for account, part, _ in rows] == [
        (name, part) for name in ("bsky", "masto") for part in range(4)
    ]
    page = tmp_path / "page.html"
    assert desk("preview", "--html", str(page)).code == 0
    made = page.read_text(encoding="utf-8")
    assert (made.count('<article class="post'), made.count('<div class="mock')) == (2, 8)
    assert "cannot be shown" not in made
    shown = desk("preview")
    assert "Paragraph 2 says" in shown.out
    assert "not rendered" not in shown.out
    assert desk.sandbox.posts() == []
    run = desk("post", "--json")
    assert sorted((row["account"], row["part"], row["text"]) for row in run.rows) == rows


@pytest.mark.parametrize("own", [False, True], ids=["split", "parted"])
def test_what_waits_for_approval_shows_and_approves_its_whole_thread(desk, published, tmp_path, own):
    threads, top = ("threads: {posts: 3}", parting(desk)) if own else ("threads: {posts: 3, form: whole}", "")
    dry = published(f"{threads}, approve: true", "masto", command=("post", "--dry-run", "--json"), top=top)
    assert [(row["state"], row["reason"], row["part"]) for row in dry.rows] == [
        ("planned", "approval", part) for part in range(3)
    ]
    page = tmp_path / "page.html"
    assert desk("preview", "--html", str(page)).code == 0
    made, shown = page.read_text(encoding="utf-8"), desk("preview").out
    assert made.count('<article class="post') == 1
    assert desk("post", "--dry-run").out.count("waits for your approval") == 3
    for row in dry.rows:
        assert row["length"] <= row["limit"]
        assert f"{row['length']} of {row['limit']}" in shown
        assert f"{row['length']} of {row['limit']}" in made
        assert row["text"].partition("http")[0].strip() in unescape(made)
    assert shown.count("waits for your approval") == 1
    assert "post 3 of 3" in shown
    desk("post")
    [row] = desk("deliveries", "list", "--json").rows
    shown = desk("deliveries", "approve", row["key"])
    assert shown.code == 0, shown.err
    run = desk("post", "--json")
    assert [(row["state"], row["part"]) for row in run.rows] == [("posted", part) for part in range(3)]
    assert [(row["key"], row["text"]) for row in run.rows] == [(row["key"], row["text"]) for row in dry.rows]


def test_a_short_story_is_one_post_and_on_bluesky_no_thread_has_two(desk, published):
    run = published("threads: {posts: 4, form: teaser}", "masto", "bsky", body="<p>A few words more</p>")
    assert run.code == 0, run.err
    arrived = chains(desk.sandbox.posts())
    assert (len(arrived["mastodon"]), len(arrived["bluesky"])) == (2, 1)
    desk.sandbox.clear()
    desk.site.raw = feed(desk.site, "<p>What happened, in one line.</p>", "<p>What happened, in one line.</p>")
    desk("post")
    assert {len(texts) for texts in chains(desk.sandbox.posts()).values()} == {1}


def test_deleting_a_story_deletes_all_of_its_thread(desk, published):
    run = published("threads: {posts: 3, form: whole}", "masto", "bsky")
    assert run.code == 0, run.err
    for row in run.rows:
        if not row["part"]:
            gone = desk("deliveries", "delete", row["key"])
            assert gone.code == 0, gone.err
    assert desk.sandbox.posts() == []


def test_a_site_s_pages_are_told_of_the_first_post_alone(desk, published):
    run = published("threads: {posts: 3, form: whole}", "masto")
    assert len(run.rows) == 3
    told = desk("deliveries", "export")
    assert told.out.count('"url"') == 1
    assert run.rows[0]["permalink"] in told.out


def test_a_template_parts_its_text_itself_and_whatever_shows_posts_shows_each(desk, published, tmp_path):
    top = parting(desk)
    dry = published(
        "threads: {posts: 3}",
        *ACCOUNTS,
        others=("threads", "telegram", "discord", "slack", "misskey", "linkedin"),
        command=("post", "--dry-run", "--json"),
        top=top,
    )
    assert dry.code == 0, dry.err
    shown = desk("preview").out
    page = tmp_path / "page.html"
    desk("preview", "--html", str(page))
    made = page.read_text(encoding="utf-8")
    assert "post 3 of 3" in shown
    assert "Post 3 of 3, in reply" in made
    run = desk("post", "--json")
    assert run.code == 0, run.err
    order = {(row["account"], row["part"]): (row["key"], row["text"], row["length"]) for row in run.rows}
    assert order == {(row["account"], row["part"]): (row["key"], row["text"], row["length"]) for row in dry.rows}
    arrived = chains(desk.sandbox.posts())
    for platform in IN_POSTS:
        first, second, third = arrived[platform]
        assert first == "Story 0 of the harbour"
        assert second.startswith("What happened, in one line.")
        assert third.startswith("Read it all")
    for platform in IN_COMMENTS:
        [text] = arrived[platform]
        assert "What happened, in one line." in text
        assert "Read it all" in text
    links = [(post["platform"], post["link"]) for post in desk.sandbox.posts() if "story-0" in str(post["link"])]
    assert {platform for platform, _ in links} == arrived.keys()
    assert len(links) == len(arrived)


@pytest.mark.parametrize(
    ("account", "complaint"),
    [
        (
            "platform: discord, webhook_url: 'https://discord.com/api/webhooks/100000000000000001/abc', link: reply",
            "accounts.one.link: on discord this account cannot answer its own posts",
        ),
        (
            "platform: ntfy, url: 'https://ntfy.sh/gazette', link: reply",
            "accounts.one.link: on ntfy this account cannot answer its own posts",
        ),
        (
            "platform: facebook, page_id: '1', page_token: t, threads: {posts: 3}",
            "accounts.one.threads: on facebook answers are comments (leave `threads` out)",
        ),
        (
            "platform: mastodon, url: 'https://social.example', token: t, threads: {posts: 1}",
            "accounts.one.threads.posts: a thread has 2 to 25 posts, not 1",
        ),
        (
            "platform: mastodon, url: 'https://social.example', token: t, threads: {posts: 3, form: all}",
            "accounts.one.threads.form: 'all' is none of teaser, whole",
        ),
    ],
)
def test_a_config_that_asks_for_what_a_network_cannot_do_is_refused(desk, account, complaint):
    desk.path.write_text(
        f"site: {{name: G, url: 'https://gazette.example/'}}\naccounts:\n  one: {{{account}}}\n", encoding="utf-8"
    )
    run = desk("config", "check")
    assert run.code == 2
    assert complaint in run.complaint


@pytest.mark.parametrize("form", ["teaser", "whole"])
def test_a_story_that_is_posted_again_is_one_post(desk, published, form):
    done = published(f"threads: {{posts: 3, form: {form}}}", "masto")
    assert len(done.rows) == 3, done.err
    again = desk("post", "--article", f"{desk.site.url}/news/story-0.html", "--again")
    assert again.code == 0, again.err
    texts = [post["text"] for post in desk.sandbox.posts()]
    assert len(texts) == 4, texts
    assert " · Story 0 of the harbour" in texts[-1]
