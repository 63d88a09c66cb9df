"""Stories that were finished long ago are one row each, and whoever asks for one sees no difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bench.large_rows import YEARS, names_of, stories, written
from syndicate.aliases import aliases
from syndicate.delivery.same_text import same_text
from syndicate.errors import LedgerError
from syndicate.ledger import rows, shelf_pruning
from syndicate.ledger.catalogue import Selection
from syndicate.ledger.copies import contents
from syndicate.ledger.database import from_micros, micros
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.ledger.pruning import Pruning
from syndicate.ledger.shelf import PAGE, Shelf
from syndicate.ledger.shelf_format import unpack
from syndicate.ledger.shelf_pruning import Pruned, ShelfPruning
from syndicate.ledger.shelving import QUIET, Shelving
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Account, Again
from syndicate.serialization import delivery_record

KEPT = 4
COUNT = 80
DAY = timedelta(days=1)
EVERYTHING = Selection()
OF_FB = "WHERE anchor = :anchor AND account = 'fb'"
LEFT = "UPDATE delivery SET state = 'skipped', reason = 'account_left', left_login = ''"


@pytest.fixture
def old(ledger, clock):
    """Eighty stories of three years, each for five accounts."""
    for name, platform in names_of(5).items():
        ledger.accounts.ensure(Account(name, platform), clock())
    made = [*stories(COUNT, 5, clock())]
    with ledger.transaction():
        for story in made:
            for table, rows in (
                ("article", [story.article]),
                ("alias", story.aliases),
                ("delivery", [*map(written, story.deliveries)]),
                ("attempt", story.attempts),
            ):
                for row in rows:
                    names = ", ".join(row)
                    values = ", ".join(f":{name}" for name in row)
                    ledger.database.change(f"INSERT INTO {table} ({names}) VALUES ({values})", **row)
    return made


def put_away(ledger, clock, kept=KEPT):
    shelving, steps = Shelving(ledger.database, kept=kept), 0
    while shelving.step(clock()):
        steps += 1
    return steps


def number(ledger, table):
    return ledger.database.row(f"SELECT COUNT(*) AS number FROM {table}")["number"]


def told(ledger, selection=EVERYTHING):
    """What every command tells of these deliveries."""
    catalogue = ledger.catalogue
    newest = [delivery_record(row) for row in catalogue.newest_first(selection)]
    assert newest == [delivery_record(row) for row in catalogue.oldest_first(selection)][::-1]
    return newest


def test_most_of_an_old_ledger_goes_to_the_shelf(ledger, clock, old):
    assert put_away(ledger, clock) > 5
    old_enough = sum(from_micros(story.article["first_seen_at"]) < clock() - QUIET for story in old)
    on_shelf = number(ledger, "shelf")
    assert old_enough - 10 <= on_shelf <= old_enough
    assert number(ledger, "delivery") == 5 * (COUNT - on_shelf)
    assert number(ledger, "article") == COUNT
    for table in ("alias", "attempt"):
        assert 0 < number(ledger, table) < COUNT


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"states": ("posted",)},
        {"states": ("skipped",)},
        {"states": ("failed",)},
        {"accounts": ("bsky", "x-main")},
        {"since": timedelta(days=500.3)},
        {"until": timedelta(days=400.7)},
        {"since": timedelta(days=700.2), "until": timedelta(days=100.9)},
        {"since": timedelta(days=300.5), "until": timedelta(days=300.4)},
    ],
)
def test_lists_and_counts_are_the_same_with_and_without_a_shelf(ledger, clock, old, choice):
    selection = Selection(**{name: clock() - at if isinstance(at, timedelta) else at for name, at in choice.items()})
    asked = ("posted",), ("deleted", "skipped"), ("deleted",), ()
    ledger.database.change("UPDATE delivery SET reason = 'deleted' WHERE key = :key", key=old[7].deliveries[1]["key"])
    before = told(ledger, selection), [ledger.catalogue.count(selection, states) for states in asked]
    overview = ledger.overview(clock())
    put_away(ledger, clock)
    assert (told(ledger, selection), [ledger.catalogue.count(selection, states) for states in asked]) == before
    after = ledger.overview(clock())
    assert sorted(after.deliveries) == sorted(overview.deliveries)
    assert sorted(after.attempts) == sorted(overview.attempts)
    if ledger.database.path:
        posted = sum(number for _, state, number in after.deliveries if state in ("posted", "deleted"))
        assert contents(ledger.database.path).posted == posted


def test_the_newest_are_listed_without_a_look_at_the_shelf(ledger, clock, old, monkeypatch):
    put_away(ledger, clock)
    monkeypatch.setattr(Shelf, "stories", None)
    newest = ledger.catalogue.newest_first(Selection())
    assert {next(newest).key for _ in range(5)} == {row["key"] for row in old[-1].deliveries}
    assert next(ledger.catalogue.oldest_first(Selection(states=("failed",))), None) is None


def test_an_account_that_comes_to_the_shelf_during_a_listing_is_listed(ledger, clock, old, monkeypatch):
    monkeypatch.setattr("syndicate.ledger.shelf.PAGE", 2)
    monkeypatch.setattr("syndicate.ledger.catalogue.CHUNK", 2)
    one, newest = old[9].article["anchor"], old[-1].article["anchor"]
    gone = "DELETE FROM delivery WHERE account = 'fb' AND anchor NOT IN (:one, :newest)"
    ledger.database.change(gone, one=one, newest=newest)
    steps = Shelving(ledger.database, kept=0)
    while number(ledger, "shelf") < 6:
        steps.step(clock(), 1)
    listed = ledger.catalogue.oldest_first(Selection())
    first = next(listed)
    put_away(ledger, clock, kept=0)
    assert "fb" in {row.account for row in listed} - {first.account}


def test_a_story_that_is_listed_again_has_its_rows_back_and_is_not_planned_again(ledger, clock, old):
    anchor, names = old[3].article["anchor"], [row["hash"] for row in old[3].aliases]
    before = [delivery_record(row) for row in ledger.deliveries.search(anchor=anchor)]
    put_away(ledger, clock)
    assert not ledger.database.rows("SELECT 1 FROM delivery WHERE anchor = :anchor", anchor=anchor)
    assert ledger.articles.anchors(names[1:2]) == {names[1]: anchor}
    assert [delivery_record(row) for row in ledger.deliveries.search(anchor=anchor)] == before
    assert {row["hash"] for row in ledger.database.rows("SELECT hash FROM alias")} >= set(names)


def test_nothing_is_planned_twice_for_a_story_on_the_shelf(ledger, clock, old):
    put_away(ledger, clock)
    row = old[3].deliveries[0]
    planned = PlannedDelivery(row["anchor"], row["account"], row["platform"], "due", due_at=clock())
    assert ledger.deliveries.plan(planned, clock()) is None
    assert ledger.deliveries.was_posted(row["anchor"], row["account"])


@pytest.mark.parametrize("reader", ["find", "starting_with", "latest", "of", "standings", "given_up", "edits"])
def test_each_reader_finds_what_is_on_the_shelf(ledger, clock, old, reader):
    put_away(ledger, clock)
    row, read = old[5].deliveries[0], ledger.deliveries
    match reader:
        case "find":
            assert read.find(row["key"]).permalink == row["permalink"]
        case "starting_with":
            assert [each.key for each in read.starting_with(row["key"][:6])] == [row["key"]]
        case "latest" | "of":
            assert getattr(read, reader)(row["anchor"], row["account"]).key == row["key"]
        case "standings":
            assert ledger.articles.standings([row["anchor"]])[row["anchor"]].planned
        case "given_up":
            assert not read.given_up(row["anchor"])
        case "edits":
            assert read.edits(row["anchor"], row["account"], clock() - YEARS)[0] == 0
    assert len(read.attempts(row["key"])) == row["attempts"]


def test_an_edit_compares_with_the_words_that_were_posted(ledger, clock, old):
    before = ledger.deliveries.find(old[5].deliveries[1]["key"])
    put_away(ledger, clock)
    after = ledger.deliveries.find(before.key)
    for name in ("text", "link", "card", "media", "length", "limit"):
        assert after.post[name] == before.post[name]
    assert ledger.deliveries.receipt(before.key) is not None


def test_a_receipt_comes_back_as_it_was(ledger, clock, old):
    receipts = {row["key"]: ledger.deliveries.receipt(row["key"]) for story in old for row in story.deliveries}
    put_away(ledger, clock)
    for key, receipt in receipts.items():
        ledger.deliveries.find(key)
        assert ledger.deliveries.receipt(key) == receipt


@pytest.mark.parametrize("state", ["planned", "due", "sending", "unknown", "held", "failed"])
def test_what_is_not_finished_stays(ledger, clock, old, state):
    key = old[3].deliveries[2]["key"]
    ledger.database.change(f"UPDATE delivery SET state = '{state}' WHERE key = :key", key=key)
    put_away(ledger, clock)
    assert ledger.database.row("SELECT state FROM delivery WHERE key = :key", key=key) == {"state": state}


@pytest.mark.parametrize(
    "said",
    [
        "UPDATE article SET check_at = 1 WHERE anchor = :anchor",
        "UPDATE article SET published_at = :now WHERE anchor = :anchor",
        "UPDATE delivery SET updated_at = :now WHERE anchor = :anchor AND account = 'fb'",
        "UPDATE delivery SET planned_at = planned_at + 172800000000 WHERE anchor = :anchor AND account = 'fb'",
        "UPDATE attempt SET ended_at = NULL WHERE key IN (SELECT key FROM delivery WHERE anchor = :anchor)",
        "UPDATE delivery SET state = 'skipped', committed_at = NULL WHERE anchor = :anchor",
        f"{LEFT}, expires_at = NULL {OF_FB}",
        f"INSERT INTO alert (key, state, fence, tries) SELECT key, 'withdrawn', 1, 0 FROM delivery {OF_FB}",
    ],
)
def test_what_somebody_may_ask_about_stays(ledger, clock, old, said):
    anchor = old[3].article["anchor"]
    values = {"now": micros(clock())} if ":now" in said else {}
    ledger.database.change(said, anchor=anchor, **values)
    put_away(ledger, clock)
    assert len(ledger.database.rows("SELECT 1 FROM delivery WHERE anchor = :anchor", anchor=anchor)) == 5


@pytest.mark.parametrize(
    "said",
    [
        f"{LEFT}, expires_at = planned_at {OF_FB}",
        f"INSERT INTO alert (key, state, fence, tries, done_at) SELECT key, 'withdrawn', 1, 1, 1 FROM delivery {OF_FB}",
        f"INSERT INTO alert (key, state, fence, tries) SELECT key, 'withdrawn', 1, 3 FROM delivery {OF_FB}",
    ],
)
def test_what_is_over_goes_to_the_shelf(ledger, clock, old, said):
    anchor = old[3].article["anchor"]
    ledger.database.change(said, anchor=anchor)
    put_away(ledger, clock)
    assert not ledger.database.rows("SELECT 1 FROM delivery WHERE anchor = :anchor", anchor=anchor)


@pytest.mark.parametrize("column", ["published_at", "first_seen_at"])
def test_a_story_dated_far_ahead_stays_and_holds_up_no_other(ledger, clock, old, column):
    anchor, after = old[3].article["anchor"], old[5].article["anchor"]
    values = {"at": micros(clock() + 20 * YEARS), "anchor": anchor}
    ledger.database.change(f"UPDATE article SET {column} = :at WHERE anchor = :anchor", **values)
    put_away(ledger, clock)
    found = ledger.database.rows("SELECT DISTINCT anchor FROM delivery")
    assert {"anchor": anchor} in found
    assert {"anchor": after} not in found


def test_the_newest_posts_of_each_account_stay_however_old(ledger, clock, old):
    put_away(ledger, clock, kept=COUNT)
    assert number(ledger, "shelf") == 0
    assert ledger.shelving.step(clock()) == 0  # all were looked at


def test_a_step_that_is_killed_has_done_nothing(ledger, clock, old, monkeypatch):
    before = told(ledger)

    def dies(*_):
        raise RuntimeError

    for place in ("Shelf._count", "_stored"):
        with monkeypatch.context() as patch:
            patch.setattr(f"syndicate.ledger.shelf.{place}", dies)
            with pytest.raises(RuntimeError):
                Shelving(ledger.database, kept=KEPT).step(clock())
        assert (number(ledger, "shelf"), number(ledger, "shelf_name"), told(ledger)) == (0, 0, before)
    assert put_away(ledger, clock) > 5
    assert told(ledger) == before


def test_an_account_has_its_new_name_on_the_shelf_too(ledger, clock, old):
    put_away(ledger, clock)
    ledger.account_names.take_over("bsky", "sky", clock())
    assert "bsky" not in ledger.deliveries.accounts()
    row = old[3].deliveries[1]
    assert ledger.deliveries.find(row["key"]).account == "sky"
    assert not told(ledger, Selection(accounts=("bsky",)))


def test_two_accounts_that_become_one_have_one_delivery_of_each_story(ledger, clock, old):
    put_away(ledger, clock)
    ledger.account_names.take_over("bsky", "masto", clock())
    found = ledger.deliveries.search(anchor=old[3].article["anchor"])
    assert sorted(row.account for row in found) == ["archive", "fb", "masto", "x-main"]


def test_what_one_of_two_accounts_that_become_one_posted_counts_as_posted(ledger, clock, old):
    anchor = old[3].article["anchor"]
    ledger.database.change(
        "UPDATE delivery SET state = 'skipped', reason = 'elsewhere', committed_at = NULL"
        " WHERE anchor = :anchor AND account = 'archive'",
        anchor=anchor,
    )
    put_away(ledger, clock)
    ledger.account_names.take_over("masto", "archive", clock())
    assert ledger.deliveries.was_posted(anchor, "archive")


def test_a_story_is_got_back_by_its_name_among_hundreds_and_an_empty_shelf_is_asked_once(ledger, clock, old):
    story, asked = old[3], []
    hundreds = [f"{number:032x}" for number in range(PAGE)]
    named = [*hundreds, *(row["hash"] for row in story.aliases)]
    ledger.database._connection().set_trace_callback(asked.append)
    assert not Shelf(ledger.database).fetch_named(named)
    assert len(asked) == 1
    ledger.database._connection().set_trace_callback(None)
    put_away(ledger, clock)
    assert Shelf(ledger.database).fetch_named(named)
    assert ledger.articles.anchors(named).keys() == {row["hash"] for row in story.aliases}


@pytest.mark.parametrize("asked", ["fetch_named", "fetch_keyed"])
def test_a_story_that_another_process_gets_back_just_now_is_found(ledger, clock, old, monkeypatch, asked):
    put_away(ledger, clock)
    story, other, fetch = old[3], SqliteDatabase(ledger.database.path), getattr(Shelf, asked)
    anchor, key = story.article["anchor"], story.deliveries[0]["key"]

    def too_late(self, wanted):
        Shelf(other).fetch([anchor])
        return fetch(self, wanted)

    monkeypatch.setattr(Shelf, asked, too_late)
    if asked == "fetch_named":
        named = [row["hash"] for row in story.aliases]
        assert ledger.articles.anchors(named) == dict.fromkeys(named, anchor)
    else:
        assert ledger.deliveries.find(key).anchor == anchor
    other.close()


def test_pruning_forgets_posts_and_attempts_on_the_shelf(ledger, clock, old):
    put_away(ledger, clock)
    before, total = told(ledger), number(ledger, "shelf")
    pruning = Pruning(ledger.database)
    pretended = pruning.forget(clock() - 400 * DAY, pretend=True)
    assert told(ledger) == before
    assert pruning.forget(clock() - 400 * DAY) == pretended
    assert pretended.deliveries > 200
    assert pruning.forget(clock() - 400 * DAY).deliveries == 0
    assert number(ledger, "shelf") == total
    found = told(ledger)
    assert [row["permalink"] for row in found] == [row["permalink"] for row in before]
    aged = micros(clock() - 400 * DAY)
    for row, was in zip(found, before, strict=True):
        old_one = ledger.deliveries.find(row["key"]).planned_at < from_micros(aged)
        assert row["text"] == (None if old_one else was["text"])
    assert ledger.deliveries.attempts(old[3].deliveries[0]["key"]) == []


@pytest.mark.parametrize("forget", ["on the shelf", "before it", "on both"])
def test_what_was_said_is_known_again_when_its_words_are_forgotten(ledger, clock, old, forget):
    pruning = Pruning(ledger.database)
    found = [row for row in told(ledger) if row["state"] == "posted" and row["action"] == "post"]
    if forget != "on the shelf":
        pruning.forget(clock() - 400 * DAY * (forget == "on both"))
    put_away(ledger, clock, kept=0)
    assert number(ledger, "shelf") > COUNT / 2
    pruning.forget(clock())
    assert not any(row["text"] for row in told(ledger))
    for row in found[::9]:
        post = ledger.deliveries.find(row["key"])
        asked = replace(post, key="", again=Again("person"), revision=1)
        assert same_text(asked, f"  {row['text']}\n", ledger)
        assert not same_text(asked, f"{row['text']}!", ledger)


def test_a_shelf_needs_a_sixth_of_the_room(ledger, clock, old):
    def size():
        asked = "SELECT SUM(LENGTH(COALESCE(post, '')) + LENGTH(COALESCE(receipt, '')) + 300) AS size FROM delivery"
        return ledger.database.row(asked)["size"] or 0

    before = size()
    put_away(ledger, clock)
    left = ledger.database.row("SELECT SUM(LENGTH(data)) AS size FROM shelf")["size"]
    assert left < (before - size()) / 5


def test_an_alias_of_a_story_on_the_shelf_stays_its_own(ledger, clock, old):
    put_away(ledger, clock)
    article = old[3].article
    other = old[-1].article["anchor"]
    found = ledger.articles.find(article["anchor"]).article
    ledger.articles.name(other, aliases(found))
    assert set(ledger.articles.anchors([row["hash"] for row in old[3].aliases]).values()) == {article["anchor"]}


@pytest.mark.parametrize("said", ["INSERT INTO article (anchor, day) VALUES (1, 0)", "SELECT article.day FROM article"])
def test_a_process_of_an_older_version_plans_nothing_any_more(ledger, said):
    """It finds no story that is on the shelf, and adds articles and plans deliveries with this column."""
    with pytest.raises(LedgerError, match="day"):
        ledger.database.change(said)


def test_a_ledger_of_an_older_version_gets_a_shelf(tmp_path, ledger, clock):
    path = ledger.database.path
    ledger.close()
    assert SqliteDatabase(path).rows("SELECT 1 FROM shelf") == []


def test_a_list_takes_its_records_from_rows_and_they_are_those_of_the_deliveries(ledger, clock, old):
    put_away(ledger, clock)
    records = [rows.record(row) for row in ledger.catalogue.rows(EVERYTHING)]
    assert records == [delivery_record(each) for each in ledger.catalogue.oldest_first(EVERYTHING)]
    assert {record["state"] for record in records} == {"posted", "skipped"}


def held(ledger):
    """What can be forgotten of each story on the shelf."""
    stories = [unpack(row["data"]) for row in ledger.database.rows("SELECT data FROM shelf")]
    tried = {each["key"] for story in stories for each in story.attempts}
    posts = [row.get("post") or "" for story in stories for row in story.deliveries]
    deliveries = sum(bool(row.get("post")) or row["key"] in tried for story in stories for row in story.deliveries)
    return Pruned(deliveries, sum(len(story.attempts) for story in stories), sum(map(len, posts)))


def test_what_is_forgotten_on_the_shelf_is_counted_and_the_rest_stays(ledger, clock, old):
    put_away(ledger, clock)
    wanted, before = held(ledger), told(ledger)
    assert wanted.characters > 300 * wanted.deliveries > 0
    for pretend, forgotten in ((True, wanted), (False, wanted), (False, Pruned())):
        found = [each for _, each in ShelfPruning(ledger.database).batches(micros(clock()), pretend=pretend)]
        counts = (sum(getattr(each, name) for each in found) for name in ("deliveries", "attempts", "characters"))
        assert Pruned(*counts) == forgotten
    assert held(ledger) == Pruned()
    assert not [count for count in ledger.overview(clock()).attempts if count[-1] < 0]
    kept = [{name: row[name] for name in ("key", "state", "permalink", "posted_at")} for row in before]
    assert [{name: row[name] for name in kept[0]} for row in told(ledger)] == kept


def test_pruning_that_was_killed_goes_on_where_it_was(ledger, clock, old, monkeypatch):
    monkeypatch.setattr(shelf_pruning, "BATCH", 7)
    put_away(ledger, clock)
    wanted, looked = held(ledger), 0
    batches = ShelfPruning(ledger.database).batches(micros(clock()), pretend=False)
    first = [next(batches)[1] for _ in range(3)]  # the third is the last that it did
    assert wanted.deliveries - held(ledger).deliveries == sum(each.deliveries for each in first)
    later = micros(clock() + DAY)
    for count, found in ShelfPruning(ledger.database).batches(later, pretend=False):
        looked += count
        first.append(found)
    assert sum(each.attempts for each in first) == wanted.attempts
    assert looked == number(ledger, "shelf") - 21
    assert held(ledger) == Pruned()
    assert [*ShelfPruning(ledger.database).batches(later, pretend=False)] == []
