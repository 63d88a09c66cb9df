"""What an article says itself of how it is announced, from the file to the sandbox."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

START = """site: {{name: The Test Gazette, url: "{site}/", language: en}}
sources:
  blog: {{type: {type}, url: "{place}", preflight: off{setting}}}
defaults: {{image: none}}
accounts:
  masto: {{platform: mastodon, url: 'https://social.example', token: masto-token, api_url: '{sandbox}'}}
  bsky: {{platform: bluesky, handle: gazette.example, app_password: bsky-password, api_url: '{sandbox}'}}
"""


@pytest.fixture
def writer(desk):
    """Writes articles into a folder whose first run is over; `write` returns the article's address."""

    def begin(setting=", overrides: social", kind="folder"):
        place = desk.folder / ("stories.jsonl" if kind == "jsonl" else "content")
        if kind != "jsonl":
            place.mkdir()
        else:
            place.write_text("")
        (desk.folder / "config.yaml").write_text(
            START.format(type=kind, site=desk.site.url, place=place, setting=setting, sandbox=desk.sandbox.url)
        )
        assert desk("post").code == 0
        return place

    return begin


def write(folder, head, name="cat"):
    date = datetime.now(UTC).isoformat(timespec="seconds")
    (folder / f"{name}.md").write_text(f"---\ntitle: The night train returns\ndate: {date}\n{head}\n---\nWords.\n")


def steps(desk, url):
    return {
        row["account"]: {step["name"]: step for step in row["steps"]} for row in desk("explain", url, "--json").rows
    }


def arrived(desk):
    return {post["platform"]: post["text"] for post in desk.sandbox.posts()}


def test_a_file_says_in_which_words_and_by_whom_it_is_announced(desk, writer):
    folder, url = writer(), f"{desk.site.url}/cat/"
    write(folder, 'social:\n  post: [masto]\n  text: "The cat {{ 7 * 7 }} is back.\\n\\nSee {link} {x}"')
    done = desk("post", "--json")
    assert done.code == 0, done.err
    assert arrived(desk) == {"mastodon": f"The cat {{{{ 7 * 7 }}}} is back.\n\nSee {url} {{x}}"}
    [posted] = [row for row in done.rows if row["state"] == "posted"]
    assert posted["link"] == url
    told = steps(desk, url)
    assert told["masto"]["override"]["verdict"] == "yes"
    assert "cat.md:4" in told["masto"]["override"]["value"]
    assert "its text" in told["masto"]["override"]["value"]
    assert told["bsky"]["override"]["verdict"] == "no"
    assert told["bsky"]["skipped"]["value"].startswith("filtered")


@pytest.mark.parametrize("setting", [", overrides: social", ""])
def test_syndicate_false_holds_whatever_the_setting_says(desk, writer, setting):
    write(writer(setting), "syndicate: false")
    assert desk("post").code == 0
    assert arrived(desk) == {}
    assert steps(desk, f"{desk.site.url}/cat/")["masto"]["override"]["verdict"] == "no"
    assert desk("post", "--backfill", "1").code == 0
    assert arrived(desk) == {}


def test_a_source_without_the_setting_is_not_asked(desk, writer):
    write(writer(""), "social: {post: false, text: Never}")
    assert desk("post").code == 0
    assert arrived(desk)["mastodon"] == f"The night train returns\n\n{desk.site.url}/cat/"


def test_json_lines_say_it_too_with_a_text_for_each_network(desk, writer):
    place = writer(kind="jsonl")
    date = datetime.now(UTC).isoformat(timespec="seconds")
    line = {"url": f"{desk.site.url}/a", "title": "A story", "published": date}
    lines = [
        line | {"social": {"text": "For all.", "BSKY": {"text": "For one."}, "linkedin": False}},
        line | {"url": f"{desk.site.url}/b", "social": False},
        line | {"url": f"{desk.site.url}/c", "title": "Another one", "social": {"accounts": ["bsky"], "mastodon": {}}},
    ]
    place.write_text("".join(json.dumps(each) + "\n" for each in lines))
    done = desk("post")
    assert done.code == 0, done.err
    texts = sorted(desk.texts())
    assert [text.split("\n")[0] for text in texts] == ["Another one", "For all.", "For one."]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{post: [mastodno]}", "cat.md:4: no account is called 'mastodno'"),
        ("{post: [linkedin]}", "no account is called 'linkedin'"),
        ("{text: [a]}", "cat.md:4: text should be text, not such a list"),
        ("{masto: {txt: x}}", "masto.txt is no field: there are post, text"),
        ("{at: soon}", "cat.md:4: at is no date: 'soon' (write 2026-11-23T12:00:00Z)"),
        ("5", "it should be false, a list of accounts, or fields such as text, not '5'"),
        ("{image: 'ftp://x/'}", "cat.md:4: image should be the address of a picture"),
    ],
)
def test_what_cannot_be_followed_waits_with_file_and_line_until_it_is_corrected(desk, writer, said, told):
    folder, url = writer(), f"{desk.site.url}/cat/"
    write(folder, f"social: {said}")
    desk("post")
    assert arrived(desk) == {}
    waits = steps(desk, url)["masto"]
    assert told in waits["override"]["value"], waits
    [row] = [row for row in desk("deliveries", "list", "--json").rows if row["account"] == "masto"]
    assert (row["state"], row["reason"]) == ("planned", "override")
    write(folder, "social: {masto: {text: Back}}")
    assert desk("post").code == 0
    assert arrived(desk)["mastodon"] == f"Back\n\n{url}"
    assert len(desk.texts()) == 2


def test_a_text_that_does_not_fit_is_failed_and_never_cut(desk, writer):
    write(writer(), f"social: {{text: '{'long ' * 120}', bsky: {{text: Short}}}}")
    done = desk("post", "--json")
    [failed] = [row for row in done.rows if row["account"] == "masto"]
    assert (failed["state"], failed["reason"]) == ("failed", "too_long")
    assert "cat.md:4: the text is" in steps(desk, f"{desk.site.url}/cat/")["masto"]["failed"]["value"]
    assert [text.split("\n")[0] for text in desk.texts()] == ["Short"]


def test_an_override_after_the_post_changes_nothing_and_explain_says_so(desk, writer):
    folder, url = writer(), f"{desk.site.url}/cat/"
    write(folder, "")
    assert desk("post").code == 0
    before = arrived(desk)
    write(folder, "social: {text: Other words, bsky: false}")
    assert desk("post").code == 0
    assert arrived(desk) == before
    told = steps(desk, url)
    assert told["masto"]["override"]["value"].endswith("its post went out without this text, and stays as it is")
    assert told["bsky"]["override"]["value"].endswith("its post went out before, and stays")
    assert {told[name]["override"]["verdict"] for name in told} == {"note"}


def test_a_time_is_waited_for_and_may_be_changed(desk, writer):
    folder, url = writer(), f"{desk.site.url}/cat/"
    late = datetime.now(UTC) + timedelta(days=3)
    write(folder, f"social: {{at: {late.isoformat()}}}")
    desk("post")
    [row, _] = desk("deliveries", "list", "--json").rows
    assert (row["state"], row["reason"]) == ("planned", "embargo")
    assert row["due_at"][:19] == late.isoformat()[:19]
    assert "not before" in steps(desk, url)["masto"]["override"]["value"]
    write(folder, "social: {at: '2025-01-01T00:00:00Z', masto: false}")
    desk("post")
    assert [*arrived(desk)] == ["bluesky"]


def test_warning_hashtags_picture_and_description_are_the_articles_own(desk, writer):
    folder = writer()
    place = f"{desk.site.url}/photo.jpg"
    said = f"{{warning: Cats, hashtags: [night train, '#Cats'], image: '{place}', alt: A cat on a train}}"
    write(folder, f"image: {desk.site.url}/missing.jpg\ntags: [News]\nsocial: {said}")
    config = desk.path.read_text().replace("image: none", "image: photo")
    desk.path.write_text(config)
    done = desk("preview", "--json")
    assert done.code == 0, done.err
    assert desk("post").code == 0
    [masto] = [post for post in desk.sandbox.posts() if post["platform"] == "mastodon"]
    assert masto["text"].endswith("#NightTrain #Cats")
    assert [media["alt"] for media in masto["media"]] == ["A cat on a train"]
    assert masto.get("warning") == "Cats", masto


def test_a_text_has_its_link_where_it_says_and_no_hashtags_unless_it_asks(desk, writer):
    folder = writer()
    write(folder, f"tags: [News]\nsocial: {{text: 'At {desk.site.url}/cat/ now, with @keeper'}}")
    assert desk("post").code == 0
    mastodon = arrived(desk)["mastodon"].replace("\u2060", "")
    assert mastodon == f"At {desk.site.url}/cat/ now, with @keeper"


def test_ninjs_says_it_as_json_lines_do(desk, writer):
    place = writer(kind="ninjs")
    date = datetime.now(UTC).isoformat(timespec="seconds")
    item = {"uri": f"{desk.site.url}/a", "headline": "A story", "versioncreated": date, "social": {"text": "Its own."}}
    (place / "a.json").write_text(json.dumps(item))
    (place / "b.json").write_text(json.dumps(item | {"uri": f"{desk.site.url}/b", "social": {"post": ["nobody"]}}))
    desk("post")
    assert {text.split("\n")[0] for text in desk.texts()} == {"Its own."}
    assert steps(desk, f"{desk.site.url}/b")["masto"]["override"]["value"].endswith("no account is called 'nobody'")
