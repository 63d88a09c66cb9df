"""`syndicate explain`, as typed, of stories that ended in different ways."""


def test_each_account_says_what_it_compared_and_how_it_ended(desk):
    desk.config("masto", "bsky", account=", only: {sections: [Sport]}")
    desk.site.publish(1)
    desk("post")
    (story,) = desk.site.publish(1)
    desk("post")
    url = f"{desk.site.url}/news/{story.slug}.html"
    run = desk("explain", f"{url}?utm_source=elsewhere")
    assert run.code == 0
    assert f"{url}  (known by its url)" in run.out
    assert "✗ filter" in run.out
    assert "only sections Sport" in run.out
    assert "skipped" in run.out
    rows = desk("explain", url, "--json").rows
    assert [row["account"] for row in rows] == ["masto", "bsky"]
    assert {row["reason"] for row in rows} == {"filtered"}
    assert rows[0]["steps"][0]["name"] == "filter"


def test_a_story_that_was_posted_shows_its_attempt_and_its_permalink(desk):
    desk.site.publish(1)
    desk("post")
    (story,) = desk.site.publish(1)
    (sent,) = desk("post", "--json").rows
    run = desk("explain", sent["article"])
    assert "✓ attempt 1" in run.out
    assert sent["permalink"] in run.out
    assert sent["key"][:8] in run.out
    assert story.title in run.out


def test_a_story_of_the_first_run_was_recorded_and_not_sent(desk):
    (story,) = desk.site.publish(1)
    desk("post")
    run = desk("explain", f"{desk.site.url}/news/{story.slug}.html")
    assert run.code == 0
    assert "none was planned: what a first run finds is recorded, not posted" in run.out


def test_a_story_nobody_listed_is_one_line_with_a_cure(desk):
    desk.site.publish(1)
    desk("post")
    run = desk("explain", "https://gazette.example/never-seen")
    assert run.code == 1
    assert run.out == ""
    assert "no source has listed https://gazette.example/never-seen so far" in run.complaint
    assert "hint: " in run.err


def test_a_paused_account_is_explained(desk):
    desk.site.publish(1)
    desk("post")
    desk("accounts", "pause", "masto")
    (story,) = desk.site.publish(1)
    desk("post")
    url = f"{desk.site.url}/news/{story.slug}.html"
    told = "paused by a person: syndicate accounts resume masto"
    run = desk("explain", url)
    assert "… account" in run.out
    assert told in run.out
    [row] = desk("explain", url, "--json").rows
    assert {"name": "account", "verdict": "waits", "value": told} in row["steps"]


def test_a_story_that_waits_for_a_yes_is_explained_with_the_command_that_gives_it(desk):
    desk.config("masto", account=", approve: true")
    desk.site.publish(1)
    desk("post")
    (story,) = desk.site.publish(1)
    desk("post")
    url = f"{desk.site.url}/news/{story.slug}.html"
    [row] = desk("explain", url, "--json").rows
    told = f"approval, syndicate deliveries approve {row['key'][:8]}"
    assert {"name": "planned", "verdict": "waits", "value": told} in row["steps"]
    assert told in desk("explain", url).out
