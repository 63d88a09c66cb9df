"""Many sites in one installation: their names, their own templates and stories, and a mistake that stops only one."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from os import environ

import pytest

from syndicate.app.engines import daemon as engine
from syndicate.app.engines import run_state
from syndicate.app.engines.config_file import ConfigFile
from syndicate.app.runs import RealRun
from syndicate.app.turns import in_turn
from syndicate.app.wiring import App, load
from syndicate.delivery import next as next_one
from tests.waiting import wait_for
from tests.worlds.desk import ACCOUNTS
from tests.worlds.site import Site

STORY = "The ferry sails"


@pytest.fixture
def bote_site():
    running = Site()
    yield running
    running.close()


@pytest.fixture
def town(desk, bote_site):
    """A desk with the configs of two sites in a folder: the Gazette with `masto`, the Bote with `masto` and `hook`."""
    desk.bote = bote_site
    desk.sites = desk.folder / "sites"
    desk.sites.mkdir()
    desk.path.write_text("sites: ./sites\n")
    (desk.sites / "gazette.yaml").write_text(config(desk, "Gazette", desk.site, "masto"))
    (desk.sites / "bote.yaml").write_text(config(desk, "Bote", desk.bote, "masto", "hook", token="bote-token"))
    return desk


def config(desk, name: str, site: Site, *accounts: str, token: str = "masto-token", extra: str = "") -> str:
    lines = [f"  {each}: {ACCOUNTS[each].replace('URL', desk.sandbox.url)}" for each in accounts]
    written = "\n".join(lines).replace("masto-token", token)
    return f"""site: {{name: {name}, url: "{site.url}/", language: en}}
sources:
  news: {{url: "{site.url}/rss.xml"}}
templates: ./{name.lower()}
defaults: {{image: none}}
accounts:
{written}
{extra}
"""


def template(desk, site: str, text: str) -> None:
    folder = desk.sites / site / "default"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "post.txt.j2").write_text(text)


def posted(desk) -> list[tuple[str, str]]:
    return sorted((row["account"], row["state"]) for row in desk("deliveries", "list", "--json").rows)


def test_each_site_posts_its_own_stories_with_its_own_template_under_qualified_names(town):
    template(town, "gazette", "GAZETTE {{ article.title | fit }} {{ link }}")
    template(town, "bote", "BOTE {{ article.title | fit }} {{ link }}")
    first = town("post")
    assert (first.code, town.texts()) == (0, [])
    town.site.publish(1, title=STORY)
    town.bote.publish(1, title="The mill burns")
    assert town("post", "--site", "gazette").code == 0
    assert posted(town) == [("gazette/masto", "posted")]
    run = town("post", "--source", "bote/news", "--account", "bote/hook")
    assert "also planned for bote/masto" in run.err
    assert town("post").code == 0
    assert posted(town) == [("bote/hook", "posted"), ("bote/masto", "posted"), ("gazette/masto", "posted")]
    assert sorted(text.split()[0] for text in town.texts()) == ["BOTE", "BOTE", "GAZETTE"]
    assert {row["account"] for row in town("deliveries", "list", "--site", "bote", "--json").rows} == {
        "bote/hook",
        "bote/masto",
    }
    assert "did you mean 'bote/hook'?" in town("post", "--account", "hook").err
    assert town("config", "check").out.startswith(f"{town.path}: good (2 sites, 2 sources, 3 accounts)")


def test_two_sites_that_list_one_agency_story_have_two_stories(town):
    (town.sites / "bote.yaml").write_text(config(town, "Bote", town.site, "masto", token="bote-token"))
    town("post")
    town.site.publish(1)
    assert town("post").code == 0
    assert posted(town) == [("bote/masto", "posted"), ("gazette/masto", "posted")]
    [story] = {row["article"] for row in town("deliveries", "list", "--json").rows}
    assert {row["account"] for row in town("explain", story, "--json").rows} == {"bote/masto", "gazette/masto"}
    assert "say which with --site or --account" in town("deliveries", "list", "--article", story).err
    [row] = town("deliveries", "list", "--article", story, "--site", "bote", "--json").rows
    assert row["account"] == "bote/masto"
    assert "hint: say --site bote" in town("post", "--article", story).err
    assert town("post", "--article", story, "--site", "gazette").code == 0
    assert len(town.sandbox.posts()) == 2


def test_a_config_moves_into_sites_and_out_again_and_nothing_is_posted_again_or_lost(desk):
    desk.config("masto", "hook", extra="defaults: {image: none}")
    desk("post")
    desk.site.publish(2)
    assert desk("post").code == 0
    desk("accounts", "pause", "hook")
    desk.site.publish(1)
    desk("post")  # it waits for the hook
    alone, before = desk.path.read_text(), desk.texts()
    (desk.folder / "gazette.yaml").write_text(alone)
    desk.path.write_text("sites: {gazette: gazette.yaml}\n")
    desk.site.stories = [replace(each, summary="Otherwise") for each in desk.site.stories]
    run = desk("post")
    assert "gazette/news: the source that was named news; it goes on where that one stood" in run.err
    assert (run.code, desk.texts()) == (0, before)
    desk("accounts", "resume", "gazette/hook")
    assert desk("post").code == 0
    assert len(desk.texts()) == len(before) + 1
    assert posted(desk) == [("gazette/hook", "posted")] * 3 + [("gazette/masto", "posted")] * 3
    desk.site.publish(1)
    desk("post")
    assert len(desk.texts()) == len(before) + 3
    desk.path.write_text("sites: {bote: gazette.yaml}\n")  # under another name
    assert desk("post").code == 0
    desk.path.write_text(alone)
    desk.site.publish(1)
    assert desk("post").code == 0
    assert len(desk.texts()) == len(before) + 5
    assert posted(desk) == [("hook", "posted")] * 5 + [("masto", "posted")] * 5


def test_one_config_becomes_two_sites_and_neither_posts_what_was_posted(desk, bote_site):
    desk.config("masto", "hook", extra="defaults: {image: none}")
    text = desk.path.read_text()
    desk.path.write_text(text.replace("sources:", f"sources:\n  bote: {{url: '{bote_site.url}/rss.xml'}}"))
    desk("post")
    desk.site.publish(2)
    bote_site.publish(1)
    bote_site.stories.append(replace(desk.site.stories[0]))
    desk("post")
    before = desk.texts()
    (desk.folder / "gazette.yaml").write_text(config(desk, "Gazette", desk.site, "masto"))
    (desk.folder / "bote.yaml").write_text(config(desk, "Bote", bote_site, "hook"))
    desk.path.write_text("sites: {gazette: gazette.yaml, bote: bote.yaml}\n")
    assert desk("post").code == 0
    assert desk.texts() == before
    desk.site.publish(1)
    bote_site.publish(1)
    desk("post")
    assert len(desk.texts()) == len(before) + 2


BROKEN = [
    ("sources:", "sources: [", "not valid YAML"),
    ("templates:", "tempaltes:", "unknown key 'tempaltes' (did you mean 'templates'?)"),
    (
        "sources:",
        "database: sqlite:///own.db\nsources:",
        "database: is a setting of the installation; it stands at the",
    ),
    ("bote-token", "'${TOKEN}'", "accounts.masto.token needs the environment variable BOTE_TOKEN (it is not set)"),
]


@pytest.mark.parametrize(("said", "instead", "told"), BROKEN)
def test_a_mistake_in_one_site_stops_that_one_and_is_told_until_it_comes_back(town, said, instead, told):
    town("post")
    town("accounts", "pause", "bote/masto")
    town.bote.publish(1)
    town("post")
    good, sent = (town.sites / "bote.yaml").read_text(), len(town.texts())
    (town.sites / "bote.yaml").write_text(good.replace(said, instead))
    town.site.publish(1)
    run = town("post")
    assert (run.code, len(town.texts())) == (1, sent + 1)
    [line] = [line for line in run.err.splitlines() if "is left out, the others go on: " in line]
    assert line.startswith("the site bote is left out")
    assert told in line
    [need] = [need for need in town("status", "--json").rows[0]["needs"] if need["kind"] == "config"]
    assert (need["subject"], told in need["message"], town("status").code) == ("bote", True, 1)
    checked = town("config", "check")
    assert (checked.code, told in checked.err) == (1, True)
    assert "account_left" not in {row["reason"] for row in town("deliveries", "list", "--json").rows}
    assert "the site 'bote' is left out" in town("post", "--site", "bote").err
    (town.sites / "bote.yaml").write_text(good)
    town("accounts", "resume", "bote/masto")
    assert town("post").code == 0
    assert len(town.texts()) == sent + 2
    assert {row["state"] for row in town("deliveries", "list", "--json").rows} == {"posted"}


def test_a_backlog_a_throttled_account_and_a_broken_template_delay_no_other_site(town, monkeypatch):
    backlog = 100
    gazette = config(town, "Gazette", town.site, "masto").replace('rss.xml"', 'rss.xml", burst: off, preflight: off')
    (town.sites / "gazette.yaml").write_text(gazette)
    (town.sites / "bote.yaml").write_text(config(town, "Bote", town.bote, "fb"))
    (town.sites / "dorf.yaml").write_text(config(town, "Dorf", town.bote, "masto", token="dorf-token"))
    (town.sites / "ende.yaml").write_text(config(town, "Ende", town.bote, "masto", token="ende-token"))
    template(town, "dorf", "{{ article.titel }}")
    template(town, "gazette", "GAZETTE {{ link }}")
    template(town, "ende", "ENDE {{ link }}")
    town("post")
    town("accounts", "pause", "gazette/masto", "bote/fb", "dorf/masto", "ende/masto")
    town.site.publish(backlog)
    town.bote.publish(1)
    town("post")
    town("accounts", "resume", "gazette/masto", "bote/fb", "dorf/masto")
    town.sandbox.add_faults([{"platform": "facebook", "fault": "429", "count": 1000}])
    monkeypatch.setattr(engine, "LANES", 1)
    monkeypatch.setattr(engine, "TURN", 0.0)

    def begun(word: str) -> int:
        return sum(text.startswith(word) for text in town.texts())

    stop = threading.Event()
    with App(RealRun(load(town.path, environ), environ)) as app:
        first: list[str] = []

        def say(_: str, *, account: str = "", **__: object) -> None:
            if account == "gazette/masto" and not first:
                first.append(account)
                app.ledger.resume(app.configured["ende/masto"])
                daemon._start_lanes()  # not with the next tick: this machine may have sent them all by then

        daemon = engine.Daemon(app, say, stop)
        running = threading.Thread(target=daemon.run, daemon=True)
        running.start()
        try:
            assert wait_for(lambda: begun("ENDE"))
            meanwhile = begun("GAZETTE")
            assert wait_for(lambda: begun("GAZETTE") == backlog)
        finally:
            stop.set()
            running.join()
    assert meanwhile < backlog
    states = {row["account"]: (row["state"], row["reason"]) for row in town("deliveries", "list", "--json").rows}
    assert states["gazette/masto"] == states["ende/masto"] == ("posted", None)
    assert (states["dorf/masto"], states["bote/fb"][0]) == (("due", "template"), "due")


def test_of_many_accounts_only_some_are_at_work_at_a_time(town, monkeypatch):
    names = [f"hook-{number}" for number in range(12)]
    hook = ACCOUNTS["hook"].replace("URL", town.sandbox.url)
    lines = "".join(f"  {name}: {hook.replace('/in', f'/{name}')}\n" for name in names)
    (town.sites / "bote.yaml").write_text(config(town, "Bote", town.bote).rstrip() + "\n" + lines)
    inside, most, guard = 0, 0, threading.Lock()
    real = next_one.deliver_next

    def watched(*given):
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        if most < 2:
            wait_for(lambda: most > 1)  # the other one that may come in comes, on a busy machine later
        time.sleep(0.02)  # so that a third one would have come
        try:
            return real(*given)
        finally:
            with guard:
                inside -= 1

    town("post")
    monkeypatch.setattr(next_one, "deliver_next", watched)
    monkeypatch.setattr(run_state, "AT_ONCE", 2)
    town.bote.publish(1)
    assert town("post").code == 0
    assert len(town.sandbox.posts()) == len(names)
    assert most == 2


def test_an_account_calls_for_its_own_site(town):
    with App(RealRun(load(town.path, environ), environ)) as app:
        called = {name: app.doors.network(name).site for name in ("gazette/masto", "bote/masto")}
    assert called == {"gazette/masto": f"{town.site.url}/", "bote/masto": f"{town.bote.url}/"}


def test_a_site_without_sources_posts_an_article_by_its_address_and_never_reads_those_of_others(town):
    only = config(town, "Bote", town.bote, "masto").replace("sources:\n  news: ", "# ")
    (town.sites / "bote.yaml").write_text(only)
    town("post")
    assert town("post", "--site", "bote").complaint.endswith("bote: no source; give an article with --article")


def test_accounts_get_a_thread_one_of_each_site_after_the_other():
    assert in_turn(["a/1", "a/2", "a/3", "b/1", "c/1", "c/2"]) == ["a/1", "b/1", "c/1", "a/2", "c/2", "a/3"]


def test_a_config_that_is_read_again_keeps_a_broken_site_as_it_was_and_takes_a_new_one(town):
    running = load(town.path, environ)
    file = ConfigFile(town.path, environ, running.files)
    assert not file.changed()
    (town.sites / "bote.yaml").write_text("site: [")
    assert file.changed()
    (town.sites / "dorf.yaml").write_text(config(town, "Dorf", town.bote, "masto", token="dorf-token"))
    found = file.read(running)
    assert not file.changed()
    assert set(found.sites) == {"gazette", "bote", "dorf"}
    assert {*found.accounts} == {"gazette/masto", "bote/masto", "bote/hook", "dorf/masto"}
    assert [*found.broken] == ["bote"]
    assert set(load(town.path, environ).sites) == {"gazette", "dorf"}


def test_a_folder_of_configs_is_an_installation_by_itself(town, capsys):
    (town.sites / "config.yaml").write_text("database: sqlite:///shared.db\n")
    town.path.unlink()
    town.path = town.sites
    town("post")
    town.site.publish(1)
    assert town("post").code == 0
    assert posted(town) == [("gazette/masto", "posted")]
    assert (town.sites / "shared.db").exists()


WRONG = [
    ("sites: {}\n", "sites: has none"),
    ("sites: ./nowhere\n", "sites/nowhere is no folder"),
    ("site: {name: G, url: 'https://g.example'}\nsites: ./sites\n", "site: is a setting of one site; it stands below"),
    ("sites: {gazette: {}}\n", "config.yaml:1:9: 'site' is missing"),
    ("sites: {'a b': {}, gazette: nowhere.yaml}\n", "'a b': a site's name has only letters (a-z), digits, - and _"),
]


@pytest.mark.parametrize(("written", "told"), WRONG)
def test_what_is_wrong_with_all_sites_is_told_at_once(town, written, told):
    town.path.write_text(written)
    run = town("post")
    assert (run.code, told.replace("sites/nowhere", "nowhere") in run.err) == (2, True), run.err


def test_a_variable_that_two_sites_would_read_is_a_mistake_of_the_second(town, monkeypatch):
    monkeypatch.setenv("A_B_TOKEN", "secret-of-one")
    (town.sites / "a.yaml").write_text(config(town, "A", town.site, "masto", token="'${B_TOKEN}'"))
    (town.sites / "a-b.yaml").write_text(config(town, "AB", town.site, "masto", token="'${TOKEN}'"))
    found = load(town.path, environ)
    assert [*found.broken] == ["a-b"] or [*found.broken] == ["a"]
    [fault] = found.broken.values()
    assert "the environment variable A_B_TOKEN would be read by the sites" in str(fault)


# A reload of many sites


@pytest.fixture
def running(town):
    """A daemon over the sites, in a thread of this process; `reload` has it read the configs again. `told` are events,
    `alarms` what it alerts.
    """
    town("post")
    stop, reload = threading.Event(), threading.Event()
    town.told, town.alarms = [], []
    with App(RealRun(load(town.path, environ), environ)) as app:
        file = ConfigFile(town.path, environ, app.config.files)

        def renew(before: App) -> tuple[App, None]:
            return App(before.kind.with_config(file.read(before.config))), None

        def say(event: str, **fields: object) -> None:
            town.told.append((event, fields))

        daemon = engine.Daemon(app, say, stop, renew=renew, reload=reload)
        daemon.running.telling.alarm = lambda _app, kind, words: town.alarms.append((kind, words))

        def again() -> None:
            number = sum(event == "config.reloaded" for event, _ in town.told)
            reload.set()
            assert wait_for(lambda: sum(event == "config.reloaded" for event, _ in town.told) > number), town.told

        town.reload = again
        thread = threading.Thread(target=daemon.run, daemon=True)
        thread.start()
        try:
            yield town
        finally:
            stop.set()
            thread.join()


def every_second(town) -> None:
    for file in town.sites.glob("*.yaml"):
        file.write_text(file.read_text().replace('rss.xml"}', 'rss.xml", every: 1s}'))


def of(town, site: str) -> int:
    return sum(row["account"].startswith(f"{site}/") for row in town("deliveries", "list", "--json").rows)


def test_a_daemon_follows_a_title_that_is_added_renamed_and_removed(running):
    dorf = config(running, "Dorf", running.site, "masto", token="dorf-token")
    (running.sites / "dorf.yaml").write_text(dorf)
    every_second(running)
    running.reload()
    assert wait_for(lambda: any(fields.get("source") == "dorf/news" for _, fields in running.told)), running.told
    running.site.publish(1)
    assert wait_for(lambda: (of(running, "dorf"), of(running, "gazette")) == (1, 1)), running.told
    (running.sites / "dorf.yaml").rename(running.sites / "stadt.yaml")
    running.reload()
    notes = [fields["note"] for event, fields in running.told if event == "config.note"]
    assert any("stadt/news: the source that was named dorf/news" in note for note in notes), notes
    running.site.publish(1)
    assert wait_for(lambda: of(running, "stadt") == 2), running.told  # one under its former name
    (running.sites / "stadt.yaml").unlink()
    running.reload()
    running.site.publish(1)
    assert wait_for(lambda: len(running.texts()) == 5), running.told  # three of the Gazette
    assert of(running, "stadt") == 2
    assert running.alarms == []


def test_a_daemon_alerts_of_a_title_that_breaks_lets_it_go_on_as_it_was_and_takes_it_when_mended(running):
    every_second(running)
    running.reload()
    good = (running.sites / "bote.yaml").read_text()
    (running.sites / "bote.yaml").write_text("site: [")
    running.reload()
    [(kind, words)] = running.alarms
    assert (kind, words.startswith("the config of the site bote was not read again, and the old one stays: ")) == (
        "daemon",
        True,
    )
    assert [fields["error"].startswith("bote: ") for event, fields in running.told if event == "config.refused"] == [
        True
    ]
    running.bote.publish(1)
    assert wait_for(lambda: of(running, "bote") == 2), running.told  # as it was
    running.reload()
    assert len(running.alarms) == 2  # told each time that it is read again
    (running.sites / "bote.yaml").write_text(good.replace("hook:", "web:"))
    running.reload()
    running.bote.publish(1)
    assert wait_for(lambda: of(running, "bote") == 4), running.told
    names = {row["account"] for row in running("deliveries", "list", "--site", "bote", "--json").rows}
    assert (names, len(running.alarms)) == ({"bote/masto", "bote/web"}, 2)


def test_a_title_that_is_broken_at_the_start_is_alerted_left_out_and_begins_once_it_is_mended(town, request):
    good = (town.sites / "bote.yaml").read_text()
    (town.sites / "bote.yaml").write_text("site: [")
    running = request.getfixturevalue("running")
    assert wait_for(lambda: running.alarms)
    assert "the site bote is left out, the others go on" in running.alarms[0][1]
    (running.sites / "bote.yaml").write_text(good)
    every_second(running)
    running.reload()
    assert wait_for(lambda: any(event == "source.baseline" for event, _ in running.told)), running.told
    running.bote.publish(1)
    assert wait_for(lambda: of(running, "bote") == 2), running.told
    assert len(running.alarms) == 1


# One of many


def test_what_is_listed_can_be_of_one_site_alone(town):
    (town.sites / "bote.yaml").write_text(config(town, "Bote", town.site, "masto", token="bote-token"))
    town("post")
    town.site.publish(1)
    town("post")
    status = town("status", "--site", "bote", "--json").rows[0]
    assert ([row["account"] for row in status["accounts"]], [row["source"] for row in status["sources"]]) == (
        ["bote/masto"],
        ["bote/news"],
    )
    assert "Bote ·" in town("status", "--site", "bote").out
    assert [row["account"] for row in town("accounts", "list", "--site", "bote", "--json").rows] == ["bote/masto"]
    assert {row["source"] for row in town("articles", "--site", "bote", "--json").rows} == {"bote/news"}
    [story] = {row["article"] for row in town("deliveries", "list", "--json").rows}
    assert [row["account"] for row in town("explain", story, "--site", "bote", "--json").rows] == ["bote/masto"]
    for command in (("status",), ("accounts", "list"), ("articles",), ("explain", story)):
        refused = town(*command, "--site", "bothe")
        assert (refused.code, "did you mean 'bote'?" in refused.err) == (2, True)
    (town.sites / "bote.yaml").write_text("site: [")
    broken = town("status", "--site", "bote", "--json")
    assert (broken.code, [need["kind"] for need in broken.rows[0]["needs"]]) == (1, ["config"])
    assert town("status", "--site", "gazette").code == 0


def test_a_config_that_becomes_two_sites_shares_the_stories_of_before(desk, bote_site):
    """As docs/guides/many-sites.md says."""
    desk.config("masto", "hook", extra="defaults: {image: none}")
    text = desk.path.read_text()
    desk.path.write_text(text.replace("sources:", f"sources:\n  bote: {{url: '{bote_site.url}/rss.xml'}}"))
    desk("post")
    desk.site.publish(3)
    bote_site.raw = desk.site.feed().encode()
    desk("post")
    assert len(desk.texts()) == 6
    (desk.folder / "gazette.yaml").write_text(config(desk, "Gazette", desk.site, "masto"))
    (desk.folder / "bote.yaml").write_text(config(desk, "Bote", bote_site, "hook"))
    desk.path.write_text("sites: {gazette: gazette.yaml, bote: bote.yaml}\n")
    bote_site.raw += b"<!-- so that it is read again -->"
    run = desk("post")
    assert len(desk.texts()) == 6, run.err
    assert desk("deliveries", "list", "--state", "planned", "--json").rows == []
