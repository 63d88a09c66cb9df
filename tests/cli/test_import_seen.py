"""`syndicate import-seen`, as typed: what another tool announced is known, and never announced again."""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import timedelta

import pytest

from tests import processes
from tests.waiting import PATIENCE, wait_for


def listed(desk, stories, name="urls.txt", form="{}"):
    path = desk.folder / name
    path.write_text("".join(form.format(desk.site.link(story)) + "\n" for story in stories), encoding="utf-8")
    return str(path)


def test_what_was_announced_elsewhere_is_not_backfilled_and_the_rest_is(desk):
    stories = desk.site.publish(30, ago=timedelta(hours=2))
    elsewhere = stories[::3] + stories[1::3]
    variants = ["{}?utm_source=ifttt&utm_medium=x", "  {}/  ", "{}#top", "{}"]
    path = desk.folder / "urls.txt"
    addresses = [variants[number % 4].format(desk.site.link(one)) for number, one in enumerate(elsewhere)]
    path.write_text("\n".join(["# from the old tool", *addresses]), encoding="utf-8")
    run = desk("import-seen", str(path))
    assert run.code == 0
    assert run.out == f"{path}: 20 new, 0 known already, 0 not understood\n"
    assert run.err == ""
    assert desk("post", "--backfill", "30").code == 0
    rest = [story for story in stories if story not in elsewhere]
    assert len(desk.texts()) == 10
    assert all(any(story.title in text for text in desk.texts()) for story in rest)
    desk("post", "--backfill", "30")
    assert len(desk.texts()) == 10


def test_a_story_that_appears_after_it_was_imported_is_not_posted(desk):
    desk.site.publish(1)
    desk("post")
    desk.site.publish(2)
    listed(desk, desk.site.stories[:1])
    desk("import-seen", str(desk.folder / "urls.txt"))
    desk("post")
    (text,) = desk.texts()
    assert desk.site.stories[1].title in text


def test_an_import_into_a_second_source_of_the_same_site_is_not_taken_for_news_of_the_first(desk):
    story = desk.site.publish(1)[0]
    desk("post")
    (late,) = desk.site.publish(1)
    config = desk.path.read_text(encoding="utf-8")
    feed = f'  news: {{type: feed, url: "{desk.site.url}/rss.xml"'
    desk.path.write_text(config.replace(feed, f"{feed.replace('news', 'more')}}}\n{feed}"), encoding="utf-8")
    desk("import-seen", listed(desk, [story, late]))
    desk("post")
    desk("post")
    assert desk.texts() == []


def test_the_newest_few_count_those_that_were_announced_elsewhere(desk):
    stories = desk.site.publish(5, ago=timedelta(hours=2))
    desk("import-seen", listed(desk, stories[:2]))
    desk("post", "--backfill", "3")
    (text,) = desk.texts()
    assert stories[2].title in text


def test_what_the_first_run_recorded_and_what_waits_is_not_sent_either(desk):
    desk.config("masto", account=", approve: true")
    old = desk.site.publish(2, ago=timedelta(hours=2))
    desk("post")
    (waiting,) = desk.site.publish(1)
    (row,) = desk("post", "--json").rows
    assert row["state"] == "planned"
    run = desk("import-seen", listed(desk, [*old, waiting]), "--json")
    assert run.rows == [{"new": 0, "known": 3, "not_understood": 0, "lines": []}]
    (row,) = desk("deliveries", "list", "--json").rows
    assert (row["state"], row["reason"]) == ("skipped", "person")
    desk("post", "--backfill", "9")
    assert len(desk("deliveries", "list", "--json").rows) == 1


def test_what_is_out_already_stays_as_it_is(desk):
    desk.site.publish(1)
    desk("post")
    stories = desk.site.publish(1)
    desk("post")
    before = desk("deliveries", "list").out
    assert "posted" in before
    assert desk("import-seen", listed(desk, stories)).code == 0
    assert desk("deliveries", "list").out == before


def test_a_person_who_names_a_story_sends_it_with_its_own_words(desk):
    stories = desk.site.publish(2, ago=timedelta(days=9))
    desk("import-seen", listed(desk, stories))
    desk("post", "--article", desk.site.link(stories[0]))
    desk("post")
    desk("post", "--article", desk.site.link(stories[1]))
    assert len(desk.texts()) == 2
    assert all(story.title in text for story, text in zip(stories, desk.texts(), strict=True))


def test_a_person_who_names_a_story_that_waited_when_it_was_imported_sends_it(desk):
    desk.config("masto", account=", approve: true")
    desk("post")
    (waiting,) = desk.site.publish(1)
    desk("post")
    desk("import-seen", listed(desk, [waiting]))
    desk.config("masto")
    desk("post", "--article", desk.site.link(waiting))
    assert len(desk.texts()) == 1


def test_explain_says_who_announced_it(desk):
    (story,) = desk.site.publish(1)
    desk("import-seen", listed(desk, [story]))
    url = f"{desk.site.link(story)}?utm_source=elsewhere"
    run = desk("explain", url)
    assert run.code == 0
    assert "no source has listed it; imported 20" in run.out
    assert "✗ seen      seen before syndicate came (import-seen)" in run.out
    desk("post")
    run = desk("explain", url)
    assert story.title in run.out
    assert "source news" in run.out
    assert "seen before syndicate came (import-seen)" in run.out
    assert "none was planned: it was announced elsewhere" in run.out
    assert "filter" not in run.out
    (row,) = desk("explain", url, "--json").rows
    assert row["steps"][0]["value"] == "seen before syndicate came (import-seen)"


# Guids


def test_the_ids_of_feed2toot_are_guids_of_the_source_that_is_named(desk):
    stories = desk.site.publish(30, ago=timedelta(hours=2))
    cache = desk.folder / "feed2toot.db"
    cache.write_text("".join(f"{story.slug}\n" for story in stories[1:]), encoding="utf-8")
    run = desk("import-seen", str(cache))
    assert run.code == 1
    assert run.out.endswith("0 new, 0 known already, 29 not understood\n")
    assert "not understood: line 1, 2, 3, 4, 5, …" in run.err
    assert "if they are guids, name their source: --source news" in run.err
    run = desk("import-seen", str(cache), "--source", "news")
    assert (run.code, run.err) == (0, "")
    assert "known by its guid" in desk("explain", stories[1].slug).out
    assert "new addresses" not in desk("post", "--backfill", "30").err
    (text,) = desk.texts()
    assert stories[0].title in text


def test_an_address_that_is_only_a_guid_is_found_without_naming_a_source(desk):
    (story,) = desk.site.publish(1, slug="p-17", ago=timedelta(hours=2))
    guid = f"{desk.site.url}/?p=17"
    body = desk.site.feed().replace(f">{story.slug}</guid>", f">{guid}</guid>")
    desk.site.raw = body.encode()
    (desk.folder / "feed2toot.db").write_text(f"{guid}\n", encoding="utf-8")
    assert desk("import-seen", str(desk.folder / "feed2toot.db")).code == 0
    desk("post", "--backfill", "3")
    assert desk.texts() == []


def test_a_source_that_is_not_there_is_wrong_usage(desk):
    desk.site.publish(1)
    run = desk("import-seen", listed(desk, desk.site.stories), "--source", "newz")
    assert run.code == 2
    assert "did you mean 'news'?" in run.err


# What is typed


def test_a_dry_run_shows_each_line_and_writes_nothing(desk):
    stories = desk.site.publish(2)
    path = listed(desk, stories[:1])
    ledger = desk.folder / "syndicate.db"
    run = desk("import-seen", path, "--dry-run")
    assert run.out == f"new             {desk.site.link(stories[0])}\n"
    assert run.err == f"{path}: 1 would be new, 0 known already, 0 not understood\n"
    assert not ledger.exists()
    desk("import-seen", path)
    path = listed(desk, stories, form="{}?utm_source=x")
    rows = desk("import-seen", path, "--dry-run", "--json").rows
    assert [(row["line"], row["outcome"]) for row in rows] == [(1, "known"), (2, "new")]


def test_twice_is_as_once(desk):
    stories = desk.site.publish(3)
    path = listed(desk, [*stories, *stories])
    assert "3 new, 3 known already" in desk("import-seen", path).out
    assert "0 new, 6 known already" in desk("import-seen", path).out


def test_a_table_from_standard_input(desk, monkeypatch):
    (story,) = desk.site.publish(1)
    body = f'When,Text,Link\n2020-01-01,"Well, well",{desk.site.link(story)}\n'.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(body))))
    run = desk("import-seen", "-")
    assert run.out == "standard input: 1 new, 0 known already, 0 not understood\n"


def test_what_was_understood_is_kept_and_the_rest_is_told(desk):
    stories = desk.site.publish(2, ago=timedelta(hours=2))
    path = desk.folder / "mixed.txt"
    lines = [desk.site.link(stories[0]), *["no address"] * 7, f"{desk.site.link(stories[1])} and more"]
    path.write_text("\n".join(lines), encoding="utf-8")
    run = desk("import-seen", str(path))
    assert run.code == 1
    assert "1 new, 0 known already, 8 not understood" in run.out
    assert "line 2, 3, 4, 5, 6, …" in run.err
    assert "1 known already" not in run.out
    assert "1 known already" in desk("import-seen", listed(desk, stories[:1])).out


def test_addresses_of_other_sites_are_imported_and_told_of(desk):
    path = desk.folder / "short.txt"
    path.write_text("https://buff.example/a\nhttps://dlvr.example/b\n", encoding="utf-8")
    run = desk("import-seen", str(path))
    assert run.code == 0
    assert "2 addresses are on buff.example, dlvr.example, not on your site" in run.err


@pytest.mark.parametrize(
    ("content", "arguments", "code", "said"),
    [
        (None, (), 1, "no such file"),
        (b"", (), 1, ": is empty"),
        (b"\x89PNG\0\0", (), 1, "is not a text file"),
        (b"A,B\nhttps://a.example/1,https://a.example/2\n", (), 2, "more than one of its columns holds addresses"),
        (b"A,B\nx,https://a.example/2\n", ("--column", "C"), 2, "has no column 'C'"),
        (b"https://a.example/2\n", ("--column", "1", "--list"), 2, "not both"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(desk, content, arguments, code, said):
    path = desk.folder / "bad.txt"
    if content is not None:
        path.write_bytes(content)
    run = desk("import-seen", str(path), *arguments)
    assert run.code == code
    assert said in run.complaint


def test_a_folder_and_a_file_of_somebody_else_are_told(desk):
    run = desk("import-seen", str(desk.folder))
    assert (run.code, run.err) == (1, f"{desk.folder}: is a directory\n")
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = desk.folder / "secret.txt"
    path.write_text("https://a.example/\n", encoding="utf-8")
    path.chmod(0)
    run = desk("import-seen", str(path))
    assert (run.code, run.err) == (1, f"{path}: permission denied\n")


# Beside others


def test_an_import_while_a_daemon_runs_disturbs_neither(desk):
    desk.config("hook", source=", every: 1s, preflight: off")
    stories = desk.site.publish(3)
    daemon = desk.start("daemon")
    try:
        ledger = desk.folder / "syndicate.db"
        assert wait_for(lambda: ledger.exists() and "source news" in desk("explain", desk.site.link(stories[0])).out)
        path = desk.folder / "many.txt"
        path.write_text("".join(f"{desk.site.url}/news/story-{number}.html\n" for number in range(4, 9000)))
        importing = desk.start("import-seen", str(path))
        desk.site.publish(1)
        assert wait_for(lambda: len(desk.sandbox.posts()) == 1)
        assert importing.wait(PATIENCE) == 0
        desk.site.publish(5)
        desk.site.publish(1, slug="after", title="What came after")
        assert wait_for(lambda: len(desk.sandbox.posts()) == 2)
        assert "What came after" in desk.texts()[1]
        assert daemon.poll() is None
    finally:
        daemon.terminate()
        _, err = daemon.communicate(timeout=PATIENCE)
    assert "failed" not in err


def test_ten_thousand_lines_take_no_more_memory_than_a_hundred(desk):
    peaks = []
    for count in (100, 10_000):
        path = desk.folder / "many.txt"
        path.write_text("".join(f"https://gazette.example/{count}/{number}\n" for number in range(count)))
        script = (
            "import resource, sys\nfrom syndicate.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n"
            "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        arguments = [sys.executable, "-c", script, "-c", str(desk.path), "import-seen", str(path), "--json"]
        done = processes.run(arguments, cwd=desk.folder)
        said, peak = done.stdout.splitlines()
        assert json.loads(said)["new"] == count
        peaks.append(int(peak))
    assert peaks[1] < peaks[0] + 45_000  # KB: the pages kept at hand, and a batch
