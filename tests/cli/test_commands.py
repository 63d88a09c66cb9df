"""The other commands, each as it is typed."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest

FIELDS = [
    "source", "url", "canonical_url", "guid", "title", "summary", "published", "updated", "authors", "section",
    "categories", "language", "kind", "image",
]  # fmt: skip
DELIVERY = [
    "key", "article", "account", "platform", "action", "state", "reason", "due_at", "text", "length", "limit",
    "media", "link", "remote_id", "permalink", "attempts", "revision", "part", "planned_at", "posted_at",
]  # fmt: skip


def test_articles_prints_what_the_source_says_in_its_order_and_writes_nothing(desk):
    desk.site.publish(3, photo=True)
    run = desk("articles", "--json")
    assert run.code == 0
    assert [row["title"] for row in run.rows] == [story.title for story in desk.site.stories]
    assert [list(row) for row in run.rows] == [FIELDS] * 3
    assert run.rows[0]["image"] == {
        "url": f"{desk.site.url}/photo.jpg",
        "alt": "The harbour at dawn",
        "credit": "A. Sample",
    }
    assert [path.name for path in desk.folder.iterdir()] == ["config.yaml"]


def test_articles_reads_any_address_and_any_file_without_a_config(desk):
    [story] = desk.site.publish(1)
    desk.path.unlink()
    from_url = desk("articles", "--from", f"{desk.site.url}/rss.xml", "--json").rows
    from_page = desk("articles", "--from", desk.site.link(story), "--json").rows
    feed = desk.folder / "feed.xml"
    feed.write_text(desk.site.feed().replace(desk.site.url, ""), encoding="utf-8")
    from_file = desk("articles", "--from", str(feed), "--base", "https://gazette.example/rss.xml", "--json").rows
    page = desk.folder / "page.html"
    page.write_text(desk.site.page(story), encoding="utf-8")
    saved = desk("articles", "--from", str(page), "--json").rows
    assert [rows[0]["title"] for rows in (from_url, from_page, from_file, saved)] == [story.title] * 4
    assert from_file[0]["url"] == f"https://gazette.example/news/{story.slug}.html"


def test_global_options_may_stand_before_or_after_the_command(desk):
    desk.site.publish(1)
    before = desk("--json", "articles").out
    after = desk("articles", "--json").out
    assert before == after
    assert json.loads(before)["title"]


@pytest.mark.parametrize(
    ("platform", "lengths"),
    [
        ("x", [23, 5, 2]),
        ("twitter", [23, 5, 2]),
        ("mastodon", [23, 5, 1]),
        ("bluesky", [30, 5, 1]),
        ("facebook", [30, 5, 5]),
    ],
)
def test_measure_counts_as_the_network_counts(desk, monkeypatch, platform, lengths):
    texts = ["https://gazette.example.com/ab", "Hello", "👨‍👩‍👧"]
    typed = "\n".join(json.dumps(text) for text in texts).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
    run = desk("measure", platform, "--json")
    assert [int(line) for line in run.out.splitlines()] == lengths


def test_deliveries_are_listed_shown_skipped_and_retried(desk):
    desk.config("masto")
    desk("post")
    desk.sandbox.add_faults([{"step": "commit", "fault": "503"}])
    desk.site.publish(2)
    rows = desk("post", "--json").rows
    assert [list(row) for row in rows] == [DELIVERY] * 2
    listed = desk("deliveries", "list", "--json").rows
    assert listed == rows
    key = rows[0]["key"]
    shown = desk("deliveries", "show", key[:10])
    assert key in shown.out
    assert "attempt 1" in shown.out
    assert desk("deliveries", "retry", key).code == 1
    posted = next(row["key"] for row in rows if row["state"] == "posted")
    refused = desk("deliveries", "skip", posted)
    assert (refused.code, "is posted" in refused.err) == (1, True)
    assert desk("deliveries", "show", "ffff").code == 1
    assert desk("deliveries", "list", "--state", "posted", "--json").rows[0]["key"] == posted


def test_a_refused_post_can_be_skipped_or_tried_again(desk):
    desk.config("masto")
    desk("post")
    desk.site.publish(1)
    template = desk.folder / "templates" / "mastodon" / "post.txt.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{{ 'x' * 600 }}", encoding="utf-8")
    desk.config("masto", extra="templates: ./templates")
    [row] = desk("post", "--json").rows
    assert (row["state"], row["reason"]) == ("failed", "too_long")
    template.write_text("{{ article.title }} {{ link }}", encoding="utf-8")
    assert desk("deliveries", "retry", row["key"]).code == 0
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]


def test_skip_is_a_persons_word(desk):
    desk.config("masto", "fb")
    desk("post")
    desk.site.publish(1)
    desk("post", "--account", "fb")
    [row] = desk("deliveries", "list", "--state", "due", "--json").rows
    assert desk("deliveries", "skip", row["key"]).code == 0
    assert desk("post", "--json").rows == []
    [skipped] = desk("deliveries", "list", "--state", "skipped", "--json").rows
    assert (skipped["reason"], skipped["due_at"]) == ("person", None)


def test_accounts_are_listed_checked_paused_and_resumed(desk):
    desk.config("masto", "bsky", "fb", "x-main")
    checked = desk("accounts", "check")
    assert checked.code == 0, checked.err
    assert [line.split(":")[0] for line in checked.out.splitlines()] == ["masto", "bsky", "fb", "x-main"]
    assert desk.sandbox.posts() == []
    assert desk("accounts", "pause", "masto").code == 0
    rows = {row["account"]: row for row in desk("accounts", "list", "--json").rows}
    assert (rows["masto"]["state"], rows["fb"]["state"]) == ("paused", "posts")
    desk("post")
    desk.site.publish(1)
    states = {row["account"]: row["state"] for row in desk("post", "--json").rows}
    assert states == {"masto": "due", "bsky": "posted", "fb": "posted", "x-main": "posted"}
    desk("accounts", "resume", "masto")
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]


def test_a_check_that_fails_says_why_and_one_that_works_again_resumes(desk):
    desk.config("masto")
    desk("post")
    desk.sandbox.add_faults([{"platform": "mastodon", "fault": "401", "count": 4}])
    desk.site.publish(1)
    assert desk("post").code == 1
    failed = desk("accounts", "check")
    assert (failed.code, "masto:" in failed.err) == (1, True)
    for _ in range(4):
        if desk("accounts", "check").code == 0:
            break
    assert desk("post").code == 0
    assert len(desk.sandbox.posts()) == 1


def test_platforms_names_what_is_supported(desk):
    rows = {row["platform"]: row for row in desk("platforms", "--json").rows}
    assert {"mastodon", "bluesky", "x", "facebook", "webhook", "folder"} <= set(rows)
    assert rows["x"]["aliases"] == ["twitter"]
    assert rows["bluesky"]["certainty"] == "exact"
    assert "googleplus" not in rows
    said = desk("platforms").out
    assert re.search(r"^not built yet: .*\bmatrix\b", said, re.MULTILINE)
    assert re.search(r"^impossible: googleplus, medium, tiktok, whatsapp, youtube \(", said, re.MULTILINE)


def test_init_finds_the_feeds_of_a_site_and_never_overwrites(desk):
    desk.path.unlink()
    run = desk("init", "--site", f"{desk.site.url}/")
    assert run.code == 0, run.err
    assert f"{desk.site.url}/rss.xml" in desk.path.read_text()
    assert desk("config", "check").code == 0
    desk.site.publish(2)
    assert "recorded as seen" in desk("post").err
    again = desk("init")
    assert (again.code, "already exists" in again.err) == (2, True)


def test_init_writes_a_schema_for_editors_beside_the_config(desk):
    desk.path.unlink()
    assert desk("init").code == 0
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", desk.path.read_text())
    beside = desk.path.parent / named[1]
    assert json.loads(beside.read_text()) == json.loads(desk("config", "schema").out)
    desk.path.unlink()
    beside.write_text('{"title": "of another program"}')
    again = desk("init")
    assert (again.code, beside.read_text()) == (0, '{"title": "of another program"}')
    assert f"{beside} is no schema of ours and stays" in again.err


def test_init_reads_a_site_without_a_scheme_as_https(desk):
    desk.path.unlink()
    run = desk("init", "--site", desk.site.url.removeprefix("http://"))  # our site has no https
    assert run.code == 1
    assert run.err.startswith(desk.site.url.replace("http:", "https:"))
    assert "hint: if the site has no https, write http:// in front" in run.err
    assert not desk.path.exists()


DIFFERENT = """
defaults: {hashtags: 5, approve: yes, max_age: 1d, image: card, schedule: {per_hour: 6, timezone: UTC}}
sources: {news: {url: "https://a.example/rss", burst: off, every: 10m}}
accounts:
  masto: {platform: mastodon, url: "https://a.example", token: a-secret-token, visibility: unlisted, hashtags: 3}
  copy: {platform: folder, path: ./p, enabled: true, utm: {medium: a-secret-token}, only: {tags: [a, b]}}
lease: 2m
"""


def test_config_diff_says_what_differs_from_the_defaults(desk):
    desk.path.write_text('site: {name: G, url: "https://a.example", timezone: UTC}\n' + DIFFERENT)
    run = desk("config", "diff")
    assert run.code == 0, run.err
    assert run.out.splitlines() == [
        "defaults.hashtags: 5 (default: 3)",
        "defaults.approve: yes (default: false)",
        "defaults.schedule.per_hour: 6 (default: none)",
        "defaults.schedule.timezone: UTC (default: the site's)",
        "sources.news.burst: off (default: 10)",
        "sources.news.every: 10m (default: 5m, or up to 1h if the server asks for that)",
        "accounts.masto.url: https://a.example (default: none)",
        "accounts.masto.visibility: unlisted (default: public)",
        "accounts.masto.hashtags: 3 (default: 3; in defaults: 5)",
        "accounts.copy.utm: {medium: ***} (default: none)",
        "accounts.copy.only.tags: [a, b] (default: none)",
        "lease: 2m (default: 1m)",
    ]
    same = "site.timezone, defaults.max_age, defaults.image, accounts.copy.enabled"
    assert run.err == f"hint: may be left out, since they say the default: {same}\n"
    rows = desk("config", "diff", "--json").rows
    assert [row["setting"] for row in rows] == [line.partition(": ")[0] for line in run.out.splitlines()]
    assert rows[8] == {
        "file": str(desk.path), "setting": "accounts.masto.hashtags", "value": "3", "default": "3", "shared": "5"
    }  # fmt: skip


def test_config_diff_names_the_file_of_each_of_many_sites(desk):
    one = 'site: {name: G, url: "https://a.example"}\ndefaults: {hashtags: 1}\n'
    (desk.folder / "bote.yaml").write_text(one)
    desk.path.write_text(
        "lease: 2m\nsites:\n  bote: bote.yaml\n  gazette:\n    site: {name: B, url: 'https://b.example'}\n"
        "    defaults: {hashtags: 2}\n    accounts: {a: {platform: folder, path: p, hashtags: 4}}\n"
    )
    assert desk("config", "diff").out.splitlines() == [
        f"{desk.path}: lease: 2m (default: 1m)",
        f"{desk.path}: sites.gazette.defaults.hashtags: 2 (default: 3)",
        f"{desk.path}: sites.gazette.accounts.a.hashtags: 4 (default: 3; in defaults: 2)",
        f"{desk.folder / 'bote.yaml'}: defaults.hashtags: 1 (default: 3)",
    ]


def test_a_config_as_init_writes_it_differs_in_nothing(desk):
    desk.path.unlink()
    desk("init")
    run = desk("config", "diff")
    assert (run.code, run.out) == (0, "")
    assert "no setting differs from its default" in run.err


def test_a_misspelt_setting_of_a_card_theme_is_a_mistake_of_the_config(desk):
    theme = desk.folder / "templates" / "cards" / "mine" / "theme.yaml"
    theme.parent.mkdir(parents=True)
    theme.write_text("extends: headline\ncolors: {}\n", encoding="utf-8")
    desk.config("masto", extra="templates: ./templates")
    for words in (["config", "check"], ["post"]):
        run = desk(*words)
        assert (run.code, run.out) == (2, "")
        wrong = "templates: cards/mine/theme.yaml:2:1: colors is not a setting of a theme (did you mean 'colours'?)"
        assert wrong in run.err
    theme.write_text("extends: headlin\n", encoding="utf-8")
    assert "there is no theme 'headlin'" in desk("config", "check").err
    theme.write_text("extends: headline\n", encoding="utf-8")
    assert desk("config", "check").code == 0
    (theme.parent.parent / "brand.yaml").write_text("colours: {accent: red}\n", encoding="utf-8")
    assert desk("config", "check").err.count("cards/brand.yaml:1:1: colours: 'red' is not a colour") == 1


def test_config_check_tries_the_templates(desk):
    assert desk("config", "check").code == 0
    template = desk.folder / "templates" / "mastodon" / "post.txt.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{{ article.titel }}", encoding="utf-8")
    desk.config("masto", extra="templates: ./templates")
    run = desk("config", "check")
    assert (run.code, "titel" in run.err) == (1, True)


def test_an_old_name_in_the_config_is_noted_on_standard_error(desk):
    desk.config(source=", similar: hold")
    run = desk("articles", "--json")
    assert "sources.news.similar: 'hold' is now called 'ask'; the old name still works" in run.err
    assert run.err.startswith(f"note: {desk.path}:3:")


def test_config_schema_is_a_json_schema(desk):
    schema = json.loads(desk("config", "schema").out)
    assert schema["$schema"].startswith("https://json-schema.org/")


def test_preview_shows_the_words_the_picture_and_the_count(desk):
    desk.config("masto", "bsky")
    desk("post")
    desk.site.publish(1, photo=True)
    run = desk("preview")
    assert run.code == 0
    assert "Story 0 of the harbour" in run.out
    assert "The harbour at dawn (Photo: A. Sample)" in run.out.replace("│", "").replace("\n", "")
    assert "of 500" in run.out
    assert "of 300" in run.out
    assert desk.sandbox.posts() == []


def test_no_secret_is_ever_printed_or_stored(desk):
    desk.config("masto", "bsky", "fb", "x-main", "hook")
    desk("post")
    desk.sandbox.add_faults([{"step": "commit", "fault": "401", "count": 3}, {"step": "upload", "fault": "500"}])
    desk.site.publish(2, photo=True)
    said = [desk("post", "-v"), desk("deliveries", "list", "--json"), desk("accounts", "check")]
    text = "".join(run.out + run.err for run in said).encode() + (desk.folder / "syndicate.db").read_bytes()
    for secret in (b"masto-token", b"bsky-password", b"fb-token", b"key2", b"key4", b"hook-secret"):
        assert secret not in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [(b"\xff\xfe", "not UTF-8"), (b'"a"\n\n"b"', "line 2"), (b'"\\ud83d"', "surrogate"), (b"7", "line 1")],
)
def test_what_measure_cannot_count_is_one_line(desk, monkeypatch, typed, words):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
    run = desk("measure", "x", "--json")
    assert run.code == 1
    assert words in run.complaint


def test_a_pause_that_a_person_chose_is_no_failure_and_hides_nothing(desk):
    desk.config("masto")
    desk("post")
    desk("accounts", "pause", "masto")
    desk.site.publish(3)
    for _ in range(2):
        run = desk("post", "--json")
        assert (run.code, [row["state"] for row in run.rows]) == (0, ["due"] * 3)
        assert "masto: paused by a person" in run.err
    dry = desk("post", "--dry-run", "--json")
    assert all(row["text"] for row in dry.rows)
    assert "masto: paused by a person" in dry.err
    assert desk.sandbox.posts() == []


def test_the_ledger_can_be_read_and_an_account_stopped_without_the_secrets(desk):
    desk.path.write_text(desk.path.read_text().replace("masto-token", '"${NOT_SET_HERE}"'))
    assert desk("deliveries", "list").code == 0
    assert desk("accounts", "list").code == 0
    assert desk("accounts", "pause", "masto").code == 0
    assert desk("accounts", "check").code == 2
    assert desk("post").code == 2


def test_a_named_account_says_for_whom_else_the_story_is_planned(desk):
    desk.config("masto", "fb")
    [story] = desk.site.publish(1)
    run = desk("post", "--article", desk.site.link(story), "--account", "masto")
    assert run.code == 0
    assert "also planned for fb" in run.err


def test_an_account_that_is_switched_off_is_not_passed_over_in_silence(desk):
    desk.config("masto", account=", enabled: false")
    run = desk("post", "--account", "masto")
    assert (run.code, "switched off" in run.err) == (2, True)


def test_an_unquoted_secret_in_braces_is_told_its_cure(desk):
    desk.path.write_text(desk.path.read_text().replace("token: masto-token", "token: ${MASTODON_TOKEN}"))
    run = desk("config", "check")
    assert (run.code, 'put quotes around it: "${MASTODON_TOKEN}"' in run.err) == (2, True)


def test_articles_are_read_through_the_proxy_of_the_config(desk):
    desk.site.publish(1)
    desk.config("masto", extra=f"network: {{proxy: '{desk.site.url}'}}")
    desk.path.write_text(desk.path.read_text().replace(f"{desk.site.url}/rss.xml", "http://feeds.gazette.example/rss"))
    assert desk("articles").code == 1
    assert [path for path, _ in desk.site.requests] == ["http://feeds.gazette.example/rss"]
