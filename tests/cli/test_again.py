"""Posting a story again: by hand, in other words, and by an account's rule for evergreens."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from tests.worlds.years import pass_by

DAYS = timedelta(days=91)
RULE = ", again: {only: {tags: [evergreen]}, after: 90d, times: 2, per_day: 1}"
OTHER = "Updated: the mayor stays"


@pytest.fixture
def posted(desk):
    """One story on these accounts; the desk, and the story's address."""

    def make(*accounts, account="", **story):
        desk.config(*(accounts or ("masto",)), account=account)
        desk("post")
        [made] = desk.site.publish(1, title="Mayor resigns", **story)
        assert desk("post").code == 0
        desk.posted = len(desk.sandbox.posts())
        return desk.site.link(made)

    return make


def again(desk, url, *more):
    return desk("post", "--article", url, "--again", *more)


def asked(desk, question):
    with closing(sqlite3.connect(desk.folder / "syndicate.db")) as ledger:
        return ledger.execute(question).fetchall()


def new(desk):
    return desk.texts()[desk.posted :]


def explained(desk, url, account="masto"):
    [row] = [row for row in desk("explain", url, "--json").rows if row["account"] == account]
    return {step["name"]: (step["verdict"], step["value"]) for step in row["steps"]}


# By hand


def test_a_story_is_posted_once_more_in_other_words(desk, posted):
    url = posted()
    done = again(desk, url, "--text", OTHER, "--json")
    assert done.code == 0, done.err
    assert [(row["state"], row["revision"]) for row in done.rows if row["action"] == "post"][-1] == ("posted", 1)
    assert new(desk) == [f"{OTHER}\n\n{url}"]
    assert desk("post", "--json").rows == []
    verdict, told = explained(desk, url)["again 1"]
    assert verdict == "yes"
    assert "for a person: posted" in told
    assert len(desk.sandbox.posts()) == 2


def test_the_same_words_are_refused_also_those_of_an_earlier_repetition(desk, posted):
    url = posted()
    again(desk, url, "--text", OTHER)
    first = desk.texts()[0]
    for words in (OTHER, first.replace(url, "{link}"), f"  {OTHER} "):
        refused = again(desk, url, "--text", words)
        assert refused.code == 1
        assert "it would say again what was said before (same_text)" in refused.complaint
    assert new(desk) == [f"{OTHER}\n\n{url}"]
    assert again(desk, url, "--text", "Updated: the mayor goes").code == 0
    assert len(new(desk)) == 2
    assert {"again 1", "again 2"} <= explained(desk, url).keys()


def test_the_same_words_are_refused_also_once_they_were_pruned(desk, posted):
    url = posted()
    again(desk, url, "--text", OTHER)
    first = desk.texts()[0]
    pruned = desk("db", "prune", "--older", "0s", "--json")
    assert pruned.rows[0]["deliveries"] >= 2, pruned.rows
    assert asked(desk, "SELECT COUNT(*) FROM delivery WHERE post IS NOT NULL") == [(0,)]
    for words in (OTHER, first.replace(url, "{link}"), f"  {OTHER} "):
        refused = again(desk, url, "--text", words)
        assert refused.code == 1
        assert "it would say again what was said before (same_text)" in refused.complaint
    assert again(desk, url, "--text", "Updated: the mayor goes").code == 0
    assert len(new(desk)) == 2


def test_without_a_text_the_template_for_it_writes_the_post(desk, posted):
    url = posted()
    assert again(desk, url).code == 0
    [text] = new(desk)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d · Mayor resigns\n\n" + re.escape(url) + r"\n\n#News", text)


def test_a_template_that_says_the_same_is_refused(desk, posted):
    url = posted()
    own = desk.folder / "templates" / "default"
    own.mkdir(parents=True)
    (own / "again.txt.j2").write_text("{{ article.title }}\n\n{{ article.summary }}\n\n{{ link }}\n\n#News", "utf-8")
    desk.path.write_text(f"templates: templates\n{desk.path.read_text('utf-8')}", "utf-8")
    refused = again(desk, url)
    assert refused.code == 1
    assert "(same_text)" in refused.complaint
    assert new(desk) == []


def test_it_needs_a_first_post_that_is_out(desk, posted):
    url = posted("masto", account=", approve: true")
    refused = again(desk, url, "--text", OTHER)
    assert refused.code == 1
    assert f"masto: the first post of {url} is planned (approval), so it cannot be posted again yet: " in refused.err
    nowhere = again(desk, "https://elsewhere.example/1", "--text", OTHER)
    assert nowhere.code == 1
    assert "https://elsewhere.example/1 was not posted from here yet" in nowhere.err
    assert desk.sandbox.posts() == []


def test_one_that_is_under_way_is_not_doubled(desk, posted):
    url = posted()
    desk.config("masto", account=", approve: true")
    waiting = again(desk, url, "--text", OTHER, "--json")
    assert [(row["state"], row["reason"]) for row in waiting.rows] == [("planned", "approval")]
    refused = again(desk, url, "--text", "Quite other words")
    assert refused.code == 1
    assert f"masto: another post that repeats {url} is planned already: " in refused.err
    key = waiting.rows[0]["key"]
    assert desk("deliveries", "approve", key).code == 0
    assert desk("post").code == 0
    assert new(desk) == [f"{OTHER}\n\n{url}"]


def test_only_the_accounts_that_are_named_repeat_it_and_each_says_why_it_does_not(desk, posted):
    url = posted("masto", "bsky", "fb")
    assert again(desk, url, "--text", OTHER, "--account", "bsky").code == 0
    assert [post["platform"] for post in desk.sandbox.posts()[desk.posted :]] == ["bluesky"]
    others = again(desk, url, "--text", OTHER)
    assert others.code == 1
    assert others.complaint.startswith("bsky: it would say again")
    assert sorted(post["platform"] for post in desk.sandbox.posts()[desk.posted :]) == [
        "bluesky",
        "facebook",
        "mastodon",
    ]


def test_a_deleted_story_and_a_repetition_are_each_sent_again_in_their_own_way(desk, posted):
    url = posted()
    again(desk, url, "--text", OTHER)
    first, repeated = [row["key"] for row in desk("deliveries", "list", "--json").rows]
    assert desk("deliveries", "delete", repeated).code == 0
    refused = desk("deliveries", "repost", repeated)
    assert refused.code == 1
    assert "repeats a story in other words" in refused.complaint
    assert desk("deliveries", "delete", first).code == 0
    gone = again(desk, url, "--text", "Other words still")
    assert f"repost {first[:8]} first" in gone.err
    assert desk("deliveries", "repost", first, "--json").rows[0]["revision"] == 2
    assert desk.texts()[-1].startswith("Mayor resigns")


def test_a_skipped_repetition_does_not_bring_the_first_post_back(desk, posted):
    url = posted()
    desk.config("masto", account=", approve: true")
    key = again(desk, url, "--text", OTHER, "--json").rows[0]["key"]
    desk("deliveries", "skip", key)
    assert desk("deliveries", "repost", desk("deliveries", "list", "--json").rows[0]["key"]).code == 1
    desk.config("masto")
    assert desk("post", "--json").rows == []
    assert new(desk) == []


def test_an_edit_of_the_story_changes_its_first_post_and_not_the_repetition(desk, posted):
    url = posted("masto", account=", on_edit: edit")
    again(desk, url, "--text", OTHER)
    desk.site.stories[0].title = "Mayor resigns after all"
    assert desk("post").code == 0
    shown = [post["text"].splitlines()[0] for post in desk.sandbox.posts()]
    assert shown == ["Mayor resigns after all", OTHER]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--again"], "--again goes with --article"),
        (["--article", "https://a.example/1", "--text", "x"], "--text goes with --again"),
        (["--article", "https://a.example/1", "--again", "--text", " "], "--text is empty"),
    ],
)
def test_options_that_do_not_go_together_are_refused(desk, words, said):
    desk.config("masto")
    refused = desk("post", *words)
    assert refused.code == 2
    assert said in refused.err


def test_a_dry_run_shows_it_and_sends_nothing(desk, posted):
    url = posted()
    shown = again(desk, url, "--text", OTHER, "--dry-run", "--json")
    assert shown.code == 0, shown.err
    assert shown.rows[-1]["text"] == f"{OTHER}\n\n{url}"
    assert new(desk) == []
    assert again(desk, url, "--text", OTHER).code == 0
    assert len(new(desk)) == 1


# By rule


@pytest.fixture
def old(desk, posted):
    """A story that was posted 91 days ago, on an account with a rule; the next run may repeat it."""

    def make(*accounts, account=RULE, **story):
        url = posted(*accounts, account=account, **{"categories": ("evergreen",)} | story)
        assert desk("post").code == 0
        assert new(desk) == []
        pass_by(desk.folder / "syndicate.db", DAYS)
        return url

    return make


def test_a_rule_repeats_an_old_story_as_often_as_it_says(desk, old):
    url = old()
    for times in (1, 2):
        assert desk("post").code == 0
        assert len(new(desk)) == times
        assert desk("post").code == 0
        assert len(new(desk)) == times
        pass_by(desk.folder / "syndicate.db", DAYS)
    assert desk("post").code == 0
    assert len(new(desk)) == 2
    assert "Mayor resigns" in new(desk)[0]
    told = explained(desk, url)
    assert told["again 1"][1].split(", ")[1].startswith("by the rule")
    assert told["again"] == ("no", "the rule has repeated it 2 of 2 times")


def test_news_and_what_the_rule_does_not_name_are_not_repeated(desk, old):
    old(categories=("News",))
    assert desk("post").code == 0
    assert new(desk) == []


def test_a_story_that_is_not_old_enough_waits(desk, posted):
    url = posted(account=RULE, categories=("evergreen",))
    pass_by(desk.folder / "syndicate.db", timedelta(days=89))
    assert desk("post").code == 0
    assert new(desk) == []
    verdict, told = explained(desk, url)["again"]
    assert verdict == "note"
    assert told.startswith("0 of 2 times; the rule may repeat it from ")


def test_one_a_day_the_one_of_longest_ago_first(desk, old):
    old()
    desk.site.publish(1, title="Bread in an hour", categories=("evergreen",))
    desk("post")
    desk.posted = len(desk.sandbox.posts())
    pass_by(desk.folder / "syndicate.db", DAYS)
    assert desk("post").code == 0
    assert desk("post").code == 0
    [text] = new(desk)
    assert "Mayor resigns" in text  # posted first
    pass_by(desk.folder / "syndicate.db", timedelta(days=1, minutes=1))
    assert desk("post").code == 0
    assert "Bread in an hour" in new(desk)[1]
    assert len(new(desk)) == 2


def test_a_page_that_is_gone_or_asks_not_to_be_listed_is_not_repeated(desk, old):
    old()
    desk.site.stories.clear()
    desk("post")
    assert new(desk) == []


def test_its_page_is_looked_at_also_where_a_person_approves(desk, old):
    url = old()
    desk.config("masto", account=f"{RULE}, approve: true")
    assert desk("post").code == 0
    [waiting] = desk("deliveries", "list", "--state", "planned", "--json").rows
    assert (waiting["reason"], new(desk)) == ("approval", [])
    desk.site.stories.clear()
    desk("deliveries", "approve", waiting["key"])
    desk("post")
    assert new(desk) == []
    assert desk("deliveries", "list", "--account", "masto", "--json").rows[-1]["reason"] == "preflight"
    assert "again 1" in explained(desk, url)


def test_the_same_text_is_skipped_and_says_so(desk, old):
    url = old()
    own = desk.folder / "templates" / "default"
    own.mkdir(parents=True)
    (own / "again.txt.j2").write_text(
        "{{ article.title }}\n\n{{ article.summary }}\n\n{{ link }}\n\n{{ article.hashtags }}", "utf-8"
    )
    desk.path.write_text(f"templates: templates\n{desk.path.read_text('utf-8')}", "utf-8")
    done = desk("post", "--json")
    assert [(row["state"], row["reason"]) for row in done.rows] == [("skipped", "same_text")]
    assert new(desk) == []
    assert explained(desk, url)["again 1"][0] == "no"
    assert desk("post", "--json").rows == []


def test_news_goes_first_and_keeps_its_spacing_from_a_repetition(desk, old):
    old(account=f"{RULE}, schedule: {{spacing: 1h}}")
    desk.site.publish(1, title="Storm tonight")
    assert desk("post").code == 0
    assert [text.splitlines()[0] for text in new(desk)] == ["Storm tonight"]
    pass_by(desk.folder / "syndicate.db", timedelta(minutes=61))
    assert desk("post").code == 0
    assert "Mayor resigns" in new(desk)[1]


def test_a_repetition_keeps_its_distance_from_news_that_is_about_to_come(desk, old):
    old()
    desk.config("masto", account=f"{RULE}, delay: 30m, schedule: {{spacing: 1h}}")
    desk.site.publish(1, title="Storm tonight")
    assert desk("post").code == 0
    assert new(desk) == []
    [row] = desk("deliveries", "list", "--state", "due", "--json").rows
    assert row["reason"] == "behind"


def test_nothing_is_repeated_while_the_account_is_paused_or_has_left(desk, old):
    old()
    desk("accounts", "pause", "masto")
    desk("post")
    assert new(desk) == []
    desk("accounts", "resume", "masto")
    assert desk("post").code == 0
    assert len(new(desk)) == 1


def test_off_by_default_and_named_stories_send_nothing_else(desk, old):
    url = old(account="")
    assert desk("post").code == 0
    assert new(desk) == []
    desk.config("masto", account=RULE)
    assert desk("post", "--article", url).code == 0
    assert new(desk) == []
    assert desk("post").code == 0
    assert len(new(desk)) == 1
