"""Yes from a phone: the address in an alert, its page, and what a press of its buttons does. Over real HTTP."""

from __future__ import annotations

import json
import os
import signal
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from syndicate.app.approval_addresses import TOGETHER, VALID, Asking, approval_addresses, read, token
from syndicate.app.approvals import Approvals
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from syndicate.ledger.credentials import key_beside
from syndicate.model import Secret
from syndicate.web.approvals import ApprovalDoor
from syndicate.web.server import Listener
from tests.processes import free_port
from tests.waiting import PATIENCE, wait_for
from tests.worlds.browser import fits, grave
from tests.worlds.decide_page import FORM, Answered
from tests.worlds.waiting import accepts

BASE = "https://push.gazette.example"
SETTINGS = (
    "templates: ./templates\n"
    "listen: {address: '127.0.0.1:0', token: listen-token-0001}\n"
    f"approvals: {{base: '{BASE}/'}}\n"
    "alerts: {command: [sh, -c, 'cat >> told']}\n"
)


class Newsdesk:
    """A listener over the ledger of a desk at which stories wait for approval."""

    def __init__(self, desk) -> None:
        self.desk, self.facts = desk, []
        self.app = App(RealRun(load(desk.path, os.environ), {}))
        self.ledger = self.app.ledger
        self.listener = Listener(("127.0.0.1", 0), Secret("listen-token-0001"), lambda: None, lambda: b"")
        self.listener.approvals = ApprovalDoor(
            Approvals(self.app), lambda event, **fields: self.facts.append((event, fields))
        )

    def close(self) -> None:
        self.listener.close()
        self.app.close()

    @property
    def told(self) -> list[dict]:
        return [json.loads(line) for line in Path("told").read_text(encoding="utf-8").splitlines()]

    @property
    def paths(self) -> list[str]:
        return [page.removeprefix(BASE) for line in self.told for page in line.get("decide", ())]

    def ask(self, method="GET", path=None, form=None, **headers) -> Answered:
        connection = HTTPConnection("127.0.0.1", self.listener.port, timeout=PATIENCE)
        try:
            body = urlencode(form) if form is not None else None
            connection.request(method, path or self.paths[0], body, (FORM if form is not None else {}) | headers)
            return Answered(connection.getresponse())
        finally:
            connection.close()

    def press(self, button: str, page: Answered, chosen="all", name="") -> Answered:
        """Send the form of a page as a browser does."""
        return self.ask("POST", form={**page.digests, "name": name, button: chosen})

    def rows(self):
        return self.ledger.deliveries.search()

    def states(self) -> list[tuple[str, str | None]]:
        return [(row.state, row.reason) for row in self.rows() if row.state != "skipped" or row.reason != "baseline"]


@pytest.fixture
def newsdesk(desk, monkeypatch):
    made = []

    def open_desk(
        *accounts: str, stories: int = 1, template: str = "{{ article.title }} {{ link }}", more: str = ""
    ) -> Newsdesk:
        monkeypatch.chdir(desk.folder)
        (desk.folder / "templates" / "mastodon").mkdir(parents=True)
        (desk.folder / "templates" / "mastodon" / "post.txt.j2").write_text(template, encoding="utf-8")
        monkeypatch.delenv("CI", raising=False)
        desk.config(*(accounts or ("masto",)), extra=SETTINGS, account=f", approve: true{more}")
        desk("post")
        desk.site.publish(stories)
        desk("post")
        made.append(Newsdesk(desk))
        return made[-1]

    yield open_desk
    for each in made:
        each.close()


def test_the_address_in_the_alert_shows_the_post_and_a_press_approves_exactly_that(newsdesk):
    at = newsdesk()
    [line] = at.told
    [page] = line["decide"]
    assert page.startswith(f"{BASE}/decide/")
    assert page in line["message"]
    shown = at.ask()
    assert (shown.status, len(shown.digests)) == (200, 1)
    assert shown.heading in line["message"]
    text = at.desk("deliveries", "show", at.rows()[-1].key, "--json").rows[0]
    assert list(shown.digests.values()) == [text["digest"]]
    assert 'name="yes"' in shown.text
    assert "<script" not in shown.text
    answered = at.press("yes", shown, name="  Ana\n Sousa ")
    assert (answered.status, answered.heading) == (200, "Approved")
    assert at.states() == [("due", None)]
    assert at.facts[0][0] == "approval.approved"
    assert at.facts[0][1]["by"] == "Ana Sousa, with the address of an alert"
    assert (
        "due by a person (Ana Sousa, with the address of an alert)"
        in at.desk("deliveries", "show", at.rows()[-1].key).out
    )
    at.desk("post")
    assert len(at.desk.texts()) == 1
    assert "is posted" in at.ask().text


def test_what_only_fetches_the_address_changes_nothing(newsdesk):
    at = newsdesk()
    for method, status in (("GET", 200), ("HEAD", 200), ("PUT", 501)):
        assert at.ask(method).status == status
    assert at.ask("HEAD").text == ""
    assert at.ask("POST", form={}).status == 400
    assert at.ask("POST", form={"yes": "all"}).status == 409  # nobody has seen what it would approve
    assert at.ask("POST", form={"yes": "all", "no": "all"}).status == 400
    assert at.ask("POST", form={"no": "0" * 32}).status == 400
    assert at.ask("POST", form={"no": "x" * 20_000}).status == 413
    assert at.ask("POST", path=at.paths[0] + "?no=all").status == 415
    assert at.states() == [("planned", "approval")]
    assert at.facts == []


def test_no_browser_keeps_it_tells_where_it_was_or_runs_anything_in_it(newsdesk):
    shown = newsdesk().ask()
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    rules = dict(rule.split(" ", 1) for rule in shown.headers["Content-Security-Policy"].split("; "))
    assert (rules["default-src"], rules["form-action"], rules["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert "script-src" not in rules
    assert "unsafe" not in rules["style-src"]


@pytest.mark.parametrize("button", ["yes", "no"])
def test_pressed_twice_is_done_once(newsdesk, button):
    at = newsdesk()
    shown = at.ask()
    assert at.press(button, shown).status == 200
    before = at.rows()
    again = at.press(button, shown)
    assert (again.status, again.heading) == (409, "This was decided already")
    assert at.press("no" if button == "yes" else "yes", shown).status == 409
    assert at.rows() == before
    assert len(at.facts) == 1
    assert (at.ask().status, at.ask("HEAD").status) == (410, 410)


def test_what_was_approved_at_the_desk_meanwhile_is_not_skipped_from_the_phone(newsdesk):
    at = newsdesk()
    shown = at.ask()
    at.desk("deliveries", "approve", at.rows()[-1].key)
    assert at.press("no", shown).status == 409
    assert at.states() == [("due", None)]


def test_a_decision_between_the_look_and_the_write_wins(newsdesk):
    at = newsdesk()
    [row] = [row for row in at.rows() if row.reason == "approval"]
    approvals = Approvals(at.app)
    [seen] = [approvals.rendered(each) for each in approvals.found([row.key])]
    at.desk("deliveries", "skip", row.key)
    with pytest.raises(Exception, match="is skipped; approve needs"):
        approvals.approve(row, seen.digest, "Ana")
    assert at.states() == [("skipped", "person")]


def test_another_text_than_the_one_on_the_phone_is_shown_and_not_approved(newsdesk):
    at = newsdesk()
    shown = at.ask()
    at.ledger.database.change('UPDATE article SET data = REPLACE(data, \'"title":"\', \'"title":"Another: \')')
    changed = at.press("yes", shown)
    assert changed.status == 409
    assert "It changed since you looked" in changed.text
    assert "Another: " in changed.text
    assert at.states() == [("planned", "approval")]
    assert at.press("yes", changed).status == 200


def test_a_batch_is_one_page_and_each_post_has_its_own_buttons(newsdesk):
    at = newsdesk("masto", "bsky", stories=2)
    assert len(at.paths) == 1
    shown = at.ask()
    assert (shown.heading, len(shown.digests)) == ("4 posts wait for you", 4)
    keys = [name.removeprefix("digest-") for name in shown.digests]
    rest = at.press("no", shown, chosen=keys[1])
    assert (rest.status, rest.heading) == (200, "3 posts wait for you")
    assert "was skipped" in rest.text
    assert at.press("yes", rest).status == 200
    assert sorted(at.states()) == [("due", None)] * 3 + [("skipped", "person")]


def test_a_post_that_cannot_be_rendered_can_only_be_skipped(newsdesk):
    at = newsdesk(template="{{ article.nothing_of_that_name }}")
    shown = at.ask()
    assert (shown.status, shown.digests) == (200, {})
    assert "cannot be rendered" in shown.text
    assert 'name="yes"' not in shown.text
    assert at.press("no", shown).status == 200


def test_an_address_that_was_made_up_cut_off_or_altered_is_none(newsdesk):
    at = newsdesk()
    path = at.paths[0]
    for wrong in ("/decide/", path[:-1], "/decide/" + "A" * 50):
        assert at.ask(path=wrong).status == 404
        assert at.ask("POST", path=wrong, form={"no": "all"}).status == 404
    made = path.removeprefix("/decide/")
    for place in range(len(made) - 1):  # the last letter has bits that mean nothing
        assert read(made[:place] + ("B" if made[place] == "A" else "A") + made[place + 1 :], at.ledger) is None
    assert at.states() == [("planned", "approval")]


def test_an_address_runs_out_and_so_does_a_story(newsdesk):
    at = newsdesk()
    [row] = [row for row in at.rows() if row.reason == "approval"]
    now = at.ledger.now()
    over = "/decide/" + token(Asking((row.key,), now - timedelta(minutes=1)), at.ledger)
    assert at.ask(path=over).status == 410
    assert at.ask("POST", path=over, form={"no": "all"}).status == 410
    assert at.states() == [("planned", "approval")]
    at.ledger.database.change("UPDATE delivery SET expires_at = 1 WHERE key = :key", key=row.key)
    late = at.ask()
    assert late.status == 410
    assert "too old" in late.text
    assert at.ask("POST", form={"no": "all"}).status == 409


def test_a_token_stands_for_its_deliveries_until_its_end_by_the_keys_of_the_installation(ledger, clock, tmp_path):
    keys = tuple(f"{number:032x}" for number in range(TOGETHER))
    asking = Asking(keys, clock() + VALID)
    made = token(asking, ledger)
    assert read(made, ledger) == asking
    old = key_beside(tmp_path / "ledger.db")
    (tmp_path / "another.db.key").write_bytes(key_beside(tmp_path / "another.db") + b"\n" + old)
    ledger.credentials._key = (tmp_path / "another.db.key").read_bytes  # while the key is changed
    assert read(made, ledger) == asking
    ledger.credentials._key = lambda: key_beside(tmp_path / "third.db")
    assert read(made, ledger) is None


def test_more_than_one_page_holds_are_several_addresses(newsdesk):
    at = newsdesk()
    pages = approval_addresses(at.app)([f"{number:032x}" for number in range(200)])
    found = [read(page.rpartition("/")[2], at.ledger).keys for page in pages]
    assert [len(each) for each in found] == [TOGETHER] * 5
    assert len({key for each in found for key in each}) == 5 * TOGETHER


def test_without_the_setting_nothing_is_there(desk, monkeypatch):
    monkeypatch.chdir(desk.folder)
    desk.config(
        "masto",
        extra=SETTINGS.replace("approvals", "# approvals").replace("templates", "# templates"),
        account=", approve: true",
    )
    desk("post")
    desk.site.publish(1)
    desk("post")
    [line] = [json.loads(line) for line in Path("told").read_text(encoding="utf-8").splitlines()]
    assert "decide" not in line
    assert "decide" not in line["message"]


@pytest.mark.slow
def test_what_a_run_asked_by_its_alert_is_approved_at_the_daemon_and_sent(desk, monkeypatch):
    monkeypatch.chdir(desk.folder)
    monkeypatch.delenv("CI", raising=False)
    port = free_port()
    extra = SETTINGS.replace("127.0.0.1:0", f"127.0.0.1:{port}").replace("templates", "# templates")
    desk.config("masto", extra=extra, account=", approve: true")
    desk("post")
    desk.site.publish(1)
    desk("post")
    page = json.loads(Path("told").read_text(encoding="utf-8"))["decide"][0].removeprefix(BASE)
    daemon = desk.start("daemon", "--json")
    try:
        assert wait_for(lambda: accepts(port))
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", page)
        shown = Answered(connection.getresponse())
        connection.close()
        connection.request("POST", page, urlencode({**shown.digests, "yes": "all"}), FORM)
        assert connection.getresponse().status == 200
        connection.close()
        assert wait_for(lambda: len(desk.sandbox.posts()) == 1)
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, err = daemon.communicate(timeout=PATIENCE)
    assert '"approval.approved"' in err
    assert page not in err
    assert "Traceback" not in err


def test_the_page_shows_every_post_of_a_thread_with_its_length_and_the_yes_is_for_all(newsdesk):
    at = newsdesk(more=", link: reply")
    shown = at.ask()
    dry = at.desk("post", "--dry-run", "--json").rows
    assert [row["part"] for row in dry] == [0, 1]
    for row in dry:
        assert f"Post {row['part'] + 1} of 2" in shown.text
        assert f">{row['length']} of {row['limit']}<" in shown.text
    link = dry[1]["text"]
    assert (link.startswith("http"), link in dry[0]["text"]) == (True, False)
    assert f'href="{link}"' in shown.text
    assert at.press("yes", shown).heading == "Approved"
    run = at.desk("post", "--json")
    assert [(row["state"], row["text"]) for row in run.rows] == [("posted", row["text"]) for row in dry]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_of_its_pages(newsdesk, opened, scheme):
    at = newsdesk("masto", "bsky", stories=2)
    batch = at.ask()
    one = at.press("no", batch, chosen=next(iter(batch.digests)).removeprefix("digest-"))
    rest = at.press("yes", one)
    for answered in (batch, one, rest, at.ask(), at.ask(path="/decide/nothing")):
        page = opened(answered.raw, 390, scheme)
        assert fits(page)
        assert grave(page) == [], answered.heading
