"""Sources of every type, from the config to what arrives."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.config.reader import load
from tests.waiting import PATIENCE
from tests.worlds.desk import ACCOUNTS
from tests.worlds.servers import Api, as_json

FEEDS = Path(__file__).parent.parent / "feeds" / "formats"
KEY = "22444f78447824223cefc48062"
SAMPLES = {
    "jsonfeed11.json": 3,
    "wordpress.json": 2,
    "ghost.json": 2,
    "ninjs1.json": 1,
    "ninjs2.json": 2,
    "newsml_item.xml": 1,
    "newsml_message.xml": 1,
    "stories.jsonl": 3,
    "../rss20.xml": 2,
    "../atom10.xml": 3,
}


def at(minutes=0.0):
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")


@pytest.fixture
def api():
    running = Api(lambda path, params: (404, {}, b""))
    yield running
    running.close()


def configure(desk, source, **more):
    """One source, one account; pages of stories are not looked at, since these have none."""
    account = ACCOUNTS["masto"].replace("URL", desk.sandbox.url)
    settings = "".join(f", {name}: {value}" for name, value in {"preflight": "off", **more}.items())
    desk.path.write_text(
        f"site: {{name: Gazette, url: '{desk.site.url}/'}}\nsources: {{news: {{{source}{settings}}}}}\n"
        f"accounts: {{masto: {account}}}\ndefaults: {{image: none}}\n",
        encoding="utf-8",
    )


@pytest.mark.parametrize(("name", "count"), SAMPLES.items())
def test_any_document_is_known_by_its_content(desk, name, count):
    run = desk("articles", "--from", str(FEEDS / name), "--base", "https://gazette.example/", "--json")
    assert (run.code, len(run.rows)) == (0, count), run.err
    assert "Traceback" not in run.err


def test_any_address_is_known_by_its_content_and_asked_once(desk, api):
    for name, count in SAMPLES.items():
        api.asked.clear()
        api.routes = lambda path, params, name=name: (200, {}, (FEEDS / name).read_bytes())
        assert len(desk("articles", "--from", f"{api.url}/x", "--json").rows) == count, name
        assert len(api.asked) == 1
    api.routes = lambda path, params: (200, {"Content-Type": "text/html"}, b"<!doctype html><title>A page</title>")
    assert [row["title"] for row in desk("articles", "--from", f"{api.url}/x", "--json").rows] == ["A page"]


def test_what_articles_prints_it_reads_from_standard_input(desk):
    first = desk("articles", "--from", str(FEEDS / "ghost.json"), "--json")
    process = desk.start("articles", "--from", "-", "--json", stdin=-1)
    out, err = process.communicate(first.out, timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")
    second = [json.loads(line) for line in out.splitlines()]
    assert [row | {"source": ""} for row in second] == [row | {"source": ""} for row in first.rows]


def test_bad_lines_are_told_of_on_standard_error(desk):
    run = desk("articles", "--from", str(FEEDS / "stories.jsonl"), "--json")
    assert (run.code, len(run.rows)) == (0, 2), "without a base, a relative address is none"
    assert "stories.jsonl: withdrawn: https://gazette.example/gone" in run.err
    assert "stories.jsonl: line 7: is not JSON (Expecting value at column 1)" in run.err
    assert "stories.jsonl: line 4: url is not a web address: '/bridge'" in run.err


@pytest.mark.parametrize("body", ["", "nothing", "{", "[]", "[1]", '{"error": 1}', "[" * 99_999, "<newsItem", "<a/>"])
def test_what_is_none_of_them_is_one_line(desk, body):
    path = desk.folder / "document"
    path.write_text(body, encoding="utf-8")
    run = desk("articles", "--from", str(path))
    assert (run.code, run.out) == (1, "")
    assert "document" in run.complaint


def test_lines_of_a_cms_are_announced_once_each_and_never_when_taken_back(desk):
    path = desk.folder / "stories.jsonl"
    configure(desk, "type: jsonl, url: stories.jsonl")

    def write(number, **said):
        line = {"url": f"{desk.site.url}/{number}", "title": f"Story {number}", "published": at()} | said
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    write(1)
    assert "recorded as seen" in desk("post").err
    write(2)
    write(3, withdrawn=True)
    write(4, draft=True)
    for _ in range(3):
        run = desk("post")
        assert run.code == 0, run.err
    assert [text.splitlines()[0] for text in desk.texts()] == ["Story 2"]


def test_lines_with_equal_times_are_announced_in_their_order(desk):
    path = desk.folder / "stories.jsonl"
    configure(desk, "type: jsonl, url: stories.jsonl")
    path.write_text("", encoding="utf-8")
    assert desk("post").code == 0
    names, moment = ["One", "Two", "Three", "Four"], at()
    lines = [
        {"url": f"{desk.site.url}/{name}", "title": f"Story {name} of the row", "published": moment} for name in names
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    run = desk("post", "--json")
    assert [row["article"].rpartition("/")[2] for row in run.rows] == names
    assert [text.split()[1] for text in desk.texts()] == names


def test_lines_are_piped_into_a_run(desk):
    configure(desk, 'type: jsonl, url: "-"')
    for number in (1, 2):
        line = json.dumps({"url": f"{desk.site.url}/{number}", "title": f"Story {number}", "published": at()})
        process = desk.start("post", stdin=-1)
        out, err = process.communicate(line, timeout=PATIENCE)
        assert process.returncode == 0, out + err
    assert [text.splitlines()[0] for text in desk.texts()] == ["Story 2"]


def test_an_item_of_an_agency_waits_for_its_embargo_and_is_never_sent_once_it_is_canceled(desk):
    wire = desk.folder / "wire"
    wire.mkdir()
    configure(desk, "type: ninjs, url: ./wire")
    desk("post")

    def put(name, **said):
        item = {"uri": f"{desk.site.url}/{name}", "type": "text", "versioncreated": at(), "headline": name} | said
        (wire / f"{name}-{said.get('version', '1')}.json").write_text(json.dumps(item), encoding="utf-8")

    put("now")
    put("later", embargoed=at(60))
    put("held", pubstatus="withheld")
    run = desk("post")
    assert run.code == 0, run.err
    assert [text.splitlines()[0] for text in desk.texts()] == ["now"]
    rows = {row["article"].rpartition("/")[2]: row for row in desk("deliveries", "list", "--json").rows}
    assert (rows["later"]["state"], rows["later"]["reason"]) == ("planned", "embargo")
    assert "held" not in rows
    put("later", version="2", pubstatus="canceled", versioncreated=at(1))
    assert desk("post").code == 0
    rows = {row["article"].rpartition("/")[2]: row for row in desk("deliveries", "list", "--json").rows}
    assert (rows["later"]["state"], rows["later"]["reason"]) == ("skipped", "withdrawn")


def test_a_notice_without_words_takes_a_story_back_and_leaves_its_name(desk):
    wire = desk.folder / "wire"
    wire.mkdir()
    configure(desk, "type: ninjs, url: ./wire")
    desk("post")
    item = {"uri": "urn:gazette:1", "type": "text", "versioncreated": at(), "embargoed": at(60), "headline": "Later"}
    item |= {"altids": {"url": f"{desk.site.url}/later"}}
    (wire / "1.json").write_text(json.dumps(item), encoding="utf-8")
    desk("post")
    notice = {"uri": "urn:gazette:1", "type": "text", "versioncreated": at(1), "pubstatus": "canceled"}
    (wire / "2.json").write_text(json.dumps(notice), encoding="utf-8")
    desk("post")
    (row,) = desk("deliveries", "list", "--json").rows
    assert (row["article"], row["state"], row["reason"]) == (f"{desk.site.url}/later", "skipped", "withdrawn")


def posts(*numbers, url="https://gazette.example"):
    return [
        {
            "id": number,
            "date_gmt": at()[:19],
            "link": f"{url}/{number}/",
            "status": "publish",
            "title": {"rendered": f"Story {number}"},
        }
        for number in numbers
    ]


def test_a_challenge_page_of_a_wordpress_site_changes_nothing(desk, api):
    configure(desk, f"type: wordpress, url: '{api.url}/'")
    api.routes = lambda path, params: as_json(posts(1))
    assert "recorded as seen" in desk("post").err
    api.routes = lambda path, params: (200, {"Content-Type": "text/html"}, b"<!doctype html><title>One moment</title>")
    run = desk("post")
    assert (run.code, desk.texts()) == (1, [])
    assert "is not WordPress's list of posts: it is an HTML page" in run.err
    assert "Traceback" not in run.err
    api.routes = lambda path, params: as_json(posts(2, 1))
    assert desk("post").code == 0
    assert [text.splitlines()[0] for text in desk.texts()] == ["Story 2"]


def test_a_key_of_ghost_is_never_printed_nor_stored(desk, api):
    configure(desk, f"type: ghost, url: '{api.url}/?key={KEY}'")
    api.routes = lambda path, params: as_json({"errors": [{"message": "Unknown Content API Key"}]}, 401)
    run = desk("post")
    assert run.code == 1
    assert "Content API key" in run.err
    assert KEY not in run.err + run.out
    assert api.asked[0][1]["key"] == KEY
    assert not [path for path in desk.folder.glob("syndicate.db*") if KEY.encode() in path.read_bytes()]


LISTS = {"wordpress": "/wp-json/wp/v2/posts", "ghost": "/ghost/api/content/posts/"}


class Blog:
    """A site that lists its stories as WordPress or Ghost does, the newest first. `ages` are in minutes, by number."""

    def __init__(self, kind, url):
        self.kind, self.ages = kind, {}
        self.source = f"type: {kind}, url: '{url}/{f'?key={KEY}' if kind == 'ghost' else ''}'"

    def __call__(self, path, params):
        if path != LISTS[self.kind]:
            return 404, {}, b""
        wordpress = self.kind == "wordpress"
        size, page = int(params["per_page" if wordpress else "limit"]), int(params.get("page", "1"))
        since = params.get("after") or params.get("filter", "").partition("'")[2].replace(" ", "T")
        dated = {number: at(-age) for number, age in self.ages.items()}
        listed = [self.story(number, date) for number, date in dated.items() if date > since]
        part = listed[(page - 1) * size : page * size]
        return as_json(part if wordpress else {"posts": part}, ETag=f'"{self.kind}"')

    def story(self, number, date):
        url, title = f"https://gazette.example/{number}/", f"Story {number}"
        if self.kind == "ghost":
            return {"id": str(number), "url": url, "title": title, "published_at": date}
        return {"id": number, "link": url, "title": {"rendered": title}, "date_gmt": date[:19]}


@pytest.mark.parametrize("kind", LISTS)
def test_a_site_with_more_news_than_one_visit_reads_says_so_and_looks_for_no_sitemap(desk, api, kind):
    blog = api.routes = Blog(kind, api.url)
    configure(desk, blog.source)
    blog.ages = {0: 9 * 24 * 60}
    assert "recorded as seen" in desk("post").err
    desk.path.write_text(desk.path.read_text().replace("image: none", "image: none, never: {title: Story}"))
    blog.ages = {number: number for number in range(1, 601)} | blog.ages
    api.asked.clear()
    run = desk("post")
    assert "may be missing: there are more than one poll reads" in run.err
    assert {path for path, _ in api.asked} == {LISTS[kind]}


@pytest.mark.parametrize("kind", LISTS)
def test_a_backfill_asks_a_site_without_further_pages_whether_anything_has_changed(desk, api, kind):
    blog = api.routes = Blog(kind, api.url)
    configure(desk, blog.source)
    blog.ages = {number: number * 60 for number in (1, 2, 3)}
    assert "recorded as seen" in desk("post").err
    api.routes = lambda path, params: (304, {"ETag": f'"{kind}"'}, b"")
    api.headers.clear()
    assert desk("post", "--backfill", "5").code == 0
    assert [headers.get("if-none-match") for headers in api.headers] == [f'"{kind}"']
    assert [text.splitlines()[0] for text in desk.texts()] == ["Story 3", "Story 2", "Story 1"]


def test_a_backfill_reads_a_feed_anew_since_it_may_lead_to_further_pages(desk):
    desk.config("masto")
    desk.site.publish(3)
    assert "recorded as seen" in desk("post").err
    desk.site.requests.clear()
    assert desk("post", "--backfill", "5").code == 0
    assert "if-none-match" not in dict(desk.site.requests)["/rss.xml"]


def test_init_says_what_it_found_and_writes_what_loads(desk, api):
    desk.path.unlink()
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
    root = f'<link rel="https://api.w.org/" href="/wp-json/">{feed}'

    def routes(path, params):
        if path.startswith("/wp-json"):
            return as_json(posts(1))
        return 200, {"Content-Type": "text/html"}, f"<title>Gazette</title>{root}".encode()

    api.routes = routes
    run = desk("init", "--site", f"{api.url}/")
    assert (run.code, f"found the REST API of WordPress {api.url}/" in run.err) == (0, True)
    (source,) = load(desk.path, {}).sources.values()
    assert (source.type, source.url) == ("wordpress", f"{api.url}/")
    assert [row["title"] for row in desk("articles", "--json").rows] == ["Story 1"]


def test_init_writes_the_language_and_the_time_zone_that_the_site_states(desk, api):
    desk.path.unlink()
    head = '<html lang="pt-PT"><title>Gazette</title><link rel="https://api.w.org/" href="/wp-json/">'

    def routes(path, params):
        if path.rstrip("/") == "/wp-json":
            return as_json({"namespaces": ["wp/v2"], "timezone_string": "Europe/Lisbon"})
        if path.startswith("/wp-json"):
            return as_json(posts(1))
        return 200, {"Content-Type": "text/html"}, head.encode()

    api.routes = routes
    assert desk("init", "--site", f"{api.url}/").code == 0
    site = load(desk.path, {}).site
    assert (site.language, site.timezone) == ("pt-PT", "Europe/Lisbon")


def test_init_knows_the_generator_of_the_folder_it_runs_in(desk):
    desk.path.unlink()
    said = 'baseURL = "https://gazette.example/"\nlanguageCode = "pt"\ntimeZone = "Europe/Lisbon"\n'
    (desk.folder / "hugo.toml").write_text(said, encoding="utf-8")
    (desk.folder / "content" / "posts").mkdir(parents=True)
    run = desk("init")
    assert "found a site of hugo, with its articles in ./content/posts" in run.err
    config = load(desk.path, {})
    (source,) = config.sources.values()
    assert (source.type, source.url) == ("folder", str(desk.folder / "content" / "posts"))
    assert (config.site.url, config.site.language, config.site.timezone) == (
        "https://gazette.example/",
        "pt",
        "Europe/Lisbon",
    )


def test_init_says_that_ghost_has_more_to_tell(desk, api):
    desk.path.unlink()
    head = '<meta name="generator" content="Ghost 5.82"><link rel="alternate" type="application/rss+xml" href="/rss/">'
    api.routes = lambda path, params: (200, {"Content-Type": "text/html"}, f"<title>M</title>{head}".encode())
    run = desk("init", "--site", f"{api.url}/")
    assert f"found the feed of Ghost {api.url}/rss/" in run.err
    assert "type ghost, with a Content API key" in run.err


def test_what_a_source_leaves_out_is_counted_named_explained_and_only_alerted_if_nobody_meant_it(desk):
    alerts = desk.folder / "told"
    posts = [
        {"id": 1, "link": "https://gazette.example/1", "title": {"rendered": "One"}, "status": "publish"},
        {"id": 2, "link": "https://gazette.example/2", "title": {"rendered": "Two"}, "status": "draft"},
        {"id": 3, "link": "undefined", "guid": {"rendered": "tag:3"}, "title": {"rendered": ""}, "status": "publish"},
    ]
    api = Api(lambda path, params: (200, {}, json.dumps(posts).encode()))
    configure(desk, f"type: wordpress, url: '{api.url}/wp-json'", every="1s")
    with desk.path.open("a", encoding="utf-8") as config:
        config.write(f"alerts: {{command: [sh, -c, 'cat >> {alerts}']}}\n")
    first = desk("post", "-v")
    soon, lost = "it is not published yet", "it has no title, and its link leads nowhere: 'undefined'"
    assert first.err.count(f"news: entries left out: 2 ({soon}: 1; {lost}: 1); -v names them") == 1, first.err
    assert f"news: left out: https://gazette.example/2: {soon}" in first.err
    assert f"news: left out: tag:3: {lost}" in first.err
    assert f"and is left out: {soon}" in desk("explain", "https://gazette.example/2").err
    assert f"and is left out: {lost}" in desk("explain", "tag:3").err
    posts.append(posts[1] | {"link": "https://gazette.example/4"})
    assert f"({soon}: 2; {lost}: 1)" in desk("post").err
    told = [json.loads(line)["message"] for line in alerts.read_text(encoding="utf-8").splitlines()]
    what = f"news: entries that cannot be announced: 1, such as tag:3: {lost}"
    assert told == [f"{what}; syndicate explain ADDRESS tells why of each"], "and only once"
    api.close()


def test_a_story_whose_link_leads_nowhere_does_not_go_out_as_a_headline_alone(desk):
    posts = [{"id": 1, "link": "https://gazette.example/1", "title": {"rendered": "One"}, "date_gmt": at(-60)[:19]}]
    api = Api(lambda path, params: (200, {}, json.dumps(posts).encode()))
    configure(desk, f"type: wordpress, url: '{api.url}/wp-json'", every="1s")
    desk("post")
    posts.insert(
        0, {"id": 2, "link": "https://https://a.example/2", "title": {"rendered": "Two"}, "date_gmt": at()[:19]}
    )
    run = desk("post", "--json")
    assert [(row["state"], row["reason"]) for row in run.rows] == [("skipped", "preflight")], run.err
    assert "https://https://a.example/2" in desk("deliveries", "show", run.rows[0]["key"]).out
    assert desk.texts() == []
    api.close()
