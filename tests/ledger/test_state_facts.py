"""State files of two branches: whatever each has is in both joined, in any order, and what was posted stays posted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syndicate.ledger.state_facts import identity, joined, line, outranks, read, written

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
branches = st.lists(st.one_of(articles, posts, baselines), max_size=12)


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


@given(branches, branches)
def test_the_lines_of_both_sides_as_git_puts_them_say_the_same(ours, theirs):
    mine, other = written(joined(ours)).splitlines(), written(joined(theirs)).splitlines()
    by_git = [mine[0], *mine[1:-1], *other[1:-1], mine[-1], ""]
    both = joined([*ours, *theirs])
    assert read("\n".join(by_git)) == joined(read(written(both)).values())
    assert [line(each) for each in read(written(both)).values()] == written(both).splitlines()[1:-1]
