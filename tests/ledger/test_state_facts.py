"""State files of two branches: whatever each has is in both joined, in any order, and what was posted stays posted."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from syndicate.ledger.state_facts import LAST, appended, identity, joined, line, outranks, read, shortened, written

NAMES = [f"{number:032x}" for number in range(6)]
TIMES = [f"2026-11-{day:02d}T12:00:00Z" for day in range(1, 6)]

articles = st.builds(
    lambda anchor, names, seen: {
        "article": anchor,
        "source": "news",
        "names": dict.fromkeys(sorted(names), "url"),
        "seen": seen,
    },
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(NAMES), min_size=1),
    st.sampled_from(TIMES),
)
posts = st.builds(
    lambda key, state, updated: {
        "post": key,
        "article": NAMES[0],
        "account": "masto",
        "platform": "mastodon",
        "state": state,
        "planned": TIMES[0],
        "updated": updated,
    },
    st.sampled_from(NAMES),
    st.sampled_from(["planned", "due", "unknown", "held", "posted", "skipped", "failed"]),
    st.sampled_from(TIMES),
)
baselines = st.builds(
    lambda since: {"account": "masto", "platform": "mastodon", "since": since}, st.sampled_from(TIMES)
)
doubts = st.builds(
    lambda since, until: {"doubt": "hook", "since": since, "until": until},
    st.sampled_from(TIMES),
    st.sampled_from(TIMES),
)
runs = st.builds(
    lambda run, since: {"run": run, "since": since}, st.sampled_from(["under way", "told"]), st.sampled_from(TIMES)
)
branches = st.lists(st.one_of(articles, posts, baselines, doubts, runs), max_size=12)
tails = st.lists(st.lists(st.one_of(articles, posts, runs), min_size=1, max_size=3), max_size=3)
"""What runs append that are cut."""


@given(branches, branches)
def test_two_branches_merge_to_the_union_of_both(ours, theirs):
    mine, other = joined(ours), joined(theirs)
    both = joined([*mine.values(), *other.values()])
    assert written(both) == written(joined([*theirs, *ours])), "whichever is first"
    assert written(joined([*both.values(), *mine.values()])) == written(both), "and again"
    assert set(both) == set(mine) | set(other)
    for fact in [*ours, *theirs]:
        kept = both[identity(fact)]
        if "names" in fact:
            assert set(fact["names"]) <= set(kept["names"])
        if "post" in fact:
            assert outranks(kept) >= outranks(fact)
            assert kept["state"] == "posted" or fact["state"] != "posted"
        if "account" in fact and "post" not in fact:
            assert kept["since"] <= fact["since"]
        if "doubt" in fact:
            assert kept["until"] >= fact["until"]
            assert kept["since"] >= fact["since"]


@given(branches, branches)
def test_the_lines_of_both_sides_as_git_puts_them_say_the_same(ours, theirs):
    mine, other = written(joined(ours)).splitlines(), written(joined(theirs)).splitlines()
    by_git = [mine[0], *mine[1:-1], *other[1:-1], mine[-1], ""]
    both = joined([*ours, *theirs])
    assert read("\n".join(by_git)) == joined(read(written(both)).values())
    assert [line(each) for each in read(written(both)).values()] == written(both).splitlines()[1:-1]


@given(branches, branches, branches, tails, tails)
def test_git_merges_two_branches_of_one_state_line_by_line_to_all_that_either_says(base, ours, theirs, mine, yours):
    """As `merge=union` does: what is in both stays, what either added is kept, with what its cut runs appended."""
    sides = []
    for added, tail in ((ours, mine), (theirs, yours)):
        text = written(joined([*base, *added])) + "".join(map(appended, tail))
        sides.append(text.splitlines())
    merged = [*sides[0], *(each for each in sides[1] if each not in sides[0])]
    said = [*base, *ours, *theirs, *(fact for tail in (mine, yours) for facts in tail for fact in facts)]
    both = read("\n".join([*merged, ""]))
    assert set(both) == {identity(fact) for fact in said}
    for fact in said:
        if "post" in fact:
            assert both[identity(fact)]["state"] == "posted" or fact["state"] != "posted"
        if "names" in fact:
            assert set(fact["names"]) <= set(both[identity(fact)]["names"])
    assert written(both) == written(read(written(both)))


@given(branches, st.lists(posts, min_size=1, max_size=3), st.data())
def test_what_was_being_appended_as_its_writer_was_killed_is_there_or_not(before, added, data):
    text, more = written(joined(before)), appended(added)
    cut = data.draw(st.integers(0, len(more)))
    whole = written(read(text + more))
    assert written(read(text + more[:cut])) == (whole if cut >= len(more) - 1 else written(read(text)))


@given(branches, st.sampled_from(TIMES))
def test_a_shorter_file_knows_the_same_articles_and_posts(facts, before):
    told = joined([fact | ({"day": 7, "error": "no", "id": "1"} if "post" in fact else {}) for fact in facts])
    short = shortened(told, datetime.fromisoformat(before).astimezone(UTC))
    assert set(short) == set(told)
    for about, fact in told.items():
        kept = short[about]
        assert kept.get("names") == fact.get("names")
        assert kept.get("state") == fact.get("state")
        assert kept.get("id") == fact.get("id")
        finished = fact.get("state") in ("posted", "skipped", "failed") and fact["updated"] < before
        assert ("error" in kept) == ("error" in fact and not finished)
    assert read(written(short)).keys() == short.keys()
    assert LAST in written(short)
