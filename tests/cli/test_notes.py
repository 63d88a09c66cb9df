"""Notes from the feed to the sandbox: whole, in their own words, with their pictures, and their links still links."""

from __future__ import annotations

import pytest

from tests.worlds.desk import ACCOUNTS, OTHERS
from tests.worlds.notebook import feed, images, served

BODY = (
    '<p>Walked out to the lighthouse.<br>The keeper waved.</p><p>There is <a href="https://harbour.example/cafe">'
    "coffee in the harbour</a> again &amp; cake.</p>"
)
WORDS = "Walked out to the lighthouse.\nThe keeper waved.\n\nThere is coffee in the harbour again & cake."
WRITTEN = WORDS.replace("harbour again", "harbour (https://harbour.example/cafe) again")


@pytest.fixture
def notebook(desk):
    """Publishes the bodies of notes to accounts that have had their first run; returns what arrived by platform."""
    served(desk.site)

    def publish(*bodies, accounts=("masto", "bsky"), extra="", titles=(), account="", source="", config=""):
        desk.config(*accounts, extra=extra, account=account, source=source)
        if config:
            text = desk.path.read_text(encoding="utf-8")
            desk.path.write_text(text.replace("accounts:\n", f"accounts:\n{config}\n", 1), encoding="utf-8")
        desk.site.raw = feed(desk.site)
        assert desk("post").code == 0
        desk.site.raw = feed(desk.site, *bodies, titles=titles)
        desk.run = desk("post", "--json")
        return {post["platform"]: post for post in desk.sandbox.posts()}

    return publish


def test_a_note_goes_out_whole_in_its_own_words_with_its_photo_and_without_a_link(desk, notebook):
    arrived = notebook(BODY + images(desk.site, 1))
    assert desk.run.code == 0, desk.run.err
    assert arrived["mastodon"]["text"] == WRITTEN
    assert arrived["bluesky"]["text"] == WORDS
    assert {row["link"] for row in desk.run.rows} == {None}
    for post in arrived.values():
        assert [media["alt"] for media in post["media"]] == ["Picture 1"]


def test_on_bluesky_the_words_carry_the_link_and_a_note_without_pictures_has_its_card(desk, notebook):
    post = notebook(BODY, accounts=("bsky",))["bluesky"]
    assert post["link"] == "https://harbour.example/cafe"
    assert (post["card"]["url"], post["card"]["title"]) == ("https://harbour.example/cafe", "coffee in the harbour")


def test_a_note_that_does_not_fit_is_cut_at_a_word_and_has_its_link(desk, notebook):
    arrived = notebook("<p>" + "The tide came in again. " * 40 + "</p>")
    place = f"{desk.site.url}/notes/1"
    assert arrived["mastodon"]["text"].endswith(f"…\n\n{place}")
    assert desk.run.rows[0]["link"] == place
    assert arrived["bluesky"]["link"] == place
    assert arrived["bluesky"]["card"] is None
    assert all(row["length"] <= row["limit"] for row in desk.run.rows)


@pytest.mark.parametrize(
    ("setting", "texts"),
    [
        ("note_link: always", {"A few words.\n\nPLACE"}),
        ("note_link: never", {"A few words."}),
        ("notes: link", {"A few words.\n\nPLACE"}),
        ("notes: skip", set()),
    ],
)
def test_each_account_says_what_becomes_of_notes(desk, notebook, setting, texts):
    notebook("<p>A few words.</p>", accounts=("masto",), account=f", {setting}")
    place = f"{desk.site.url}/notes/1"
    assert set(desk.texts()) == {text.replace("PLACE", place) for text in texts}
    [told] = desk("explain", place, "--json").rows
    steps = {step["name"]: step for step in told["steps"]}
    assert setting in (steps["filter"]["value"] if "skip" in setting else f"note_{setting}{steps['form']['value']}")


@pytest.mark.parametrize(
    ("setting", "body", "replies"),
    [
        ("", "<p>A few words.</p>", 0),
        (", note_link: always", "<p>A few words.</p>", 1),
        ("", "<p>" + "The tide came in again. " * 40 + "</p>", 1),
        (", note_link: never", "<p>" + "The tide came in again. " * 40 + "</p>", 0),
    ],
)
def test_the_link_follows_in_a_reply_only_where_the_note_would_have_it(desk, notebook, setting, body, replies):
    notebook(body, accounts=("masto",), account=f", link: reply{setting}")
    place = f"{desk.site.url}/notes/1"
    assert place not in desk.texts()[0]
    assert desk.texts()[1:] == [place] * replies


@pytest.mark.parametrize(("posts", "ends_with_it"), [(2, True), (6, False)])
def test_a_note_that_its_thread_cuts_has_its_link_in_the_last_reply(desk, notebook, posts, ends_with_it):
    body = "<p>" + "The tide came in again. " * 60 + "</p>"
    notebook(body, accounts=("masto",), account=f", link: reply, threads: {{posts: {posts}, form: whole}}")
    texts = desk.texts()
    assert len(texts) == 3
    assert (texts[-1] == f"{desk.site.url}/notes/1") is ends_with_it


def test_a_note_that_is_only_an_address_is_skipped_as_empty(desk, notebook):
    notebook('<p><a href="https://elsewhere.example/a">https://elsewhere.example/a</a></p>', accounts=("masto",))
    assert desk.texts() == []
    assert [(row["state"], row["reason"]) for row in desk("deliveries", "list", "--json").rows] == [
        ("skipped", "empty")
    ]


def test_a_photo_without_words_goes_out_alone_and_one_that_cannot_be_had_with_its_description(desk, notebook):
    notebook(images(desk.site, "dead"), images(desk.site, 1), accounts=("masto",), source=", preflight: off")
    shown = {post["text"]: len(post["media"]) for post in desk.sandbox.posts()}
    assert shown == {"": 1, f"Picture dead\n\n{desk.site.url}/notes/2": 0}


def test_titles_that_are_cut_from_the_words_are_none(desk, notebook):
    bodies = ["One day the tide stayed away for good.", "Two boats came home late tonight.", "Three gulls."]
    notebook(*bodies, accounts=("masto",), titles=("One day the tide stay…", "Two boats came home", "Three gulls."))
    assert sorted(desk.texts()) == sorted(bodies)


def test_where_one_entry_has_a_headline_all_have_one(desk, notebook):
    notebook("One day the tide stayed away.", "It rains.", accounts=("masto",), titles=("One day the…", "Weather"))
    assert all(f"{desk.site.url}/notes/" in text for text in desk.texts())


def test_what_the_source_says_of_its_titles_counts(desk, notebook):
    notebook("The tide came.", accounts=("masto",), titles=("Note 17",), source=", headlines: never")
    assert desk.texts() == ["The tide came."]


def test_a_note_and_the_same_words_under_a_new_address_are_alike(desk, notebook):
    notebook("<p>The tide came in at noon.</p>", accounts=("masto",))
    again = feed(desk.site, "<p>The tide came in at noon.</p>", "<p>The tide came in at noon.</p>")
    desk.site.raw = again
    desk("post")
    waiting = [row["reason"] for row in desk("deliveries", "list", "--json").rows if row["state"] == "planned"]
    assert waiting == ["similar"]


def test_approval_is_for_all_the_words(desk, notebook):
    notebook(BODY, accounts=("masto",), account=", approve: true")
    [row] = desk("deliveries", "list", "--json").rows
    assert row["reason"] == "approval"
    assert desk("deliveries", "approve", row["key"]).code == 0
    longer = BODY.replace("cake", "cake, and tea")
    desk.site.raw = feed(desk.site, longer)
    assert desk("post").code == 0
    assert desk.texts() == []
    [row] = desk("deliveries", "list", "--json").rows
    assert (row["state"], row["reason"]) == ("planned", "approval")
    assert "cake, and tea" in desk("preview", "--json").rows[0]["text"]


GALLERIES = dict.fromkeys(
    ("mastodon", "bluesky", "x", "facebook", "discord", "slack", "webhook", "micropub"), 4
) | dict.fromkeys(("threads", "instagram", "linkedin", "telegram", "misskey"), 6)


def test_a_gallery_goes_to_every_network_that_takes_pictures(desk, monkeypatch):
    """Of eight pictures one is dead and one is there in two sizes: six are left, and come in order."""
    served(desk.site)
    monkeypatch.setenv("SYNDICATE_SANDBOX_PORT", desk.sandbox.url.rpartition(":")[2])
    more = "\n".join(f"  {name}: {{platform: {name}, {said}}}" for name, said in OTHERS.items())
    desk.config(
        *ACCOUNTS, extra="defaults: {image: photos}\nmedia: {url: 'https://gazette.example/social', folder: out}"
    )
    text = desk.path.read_text(encoding="utf-8")
    desk.path.write_text(text.replace("accounts:\n", f"accounts:\n{more}\n", 1), encoding="utf-8")
    desk.site.raw = feed(desk.site, "<p>Six boats.</p>" + images(desk.site, 1, 2, "dead", "3-300x200", 3, 4, 5, 6))
    run = desk("post", "--sandbox", "--json")
    assert run.code == 0, run.err
    arrived = {post["platform"]: post for post in desk.sandbox.posts()}
    for platform, count in GALLERIES.items():
        described = [f"Picture {number}" for number in range(1, count + 1)]
        told = [media["alt"] for media in arrived[platform]["media"]]
        assert told == ([""] * count if platform == "telegram" else described), platform
    assert "p/dead.jpg: HTTP 404" in run.err
