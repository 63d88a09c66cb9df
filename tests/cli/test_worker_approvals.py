"""Yes from a phone where a fleet posts: real workers on a real PostgreSQL server, two of which answer the page."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from cryptography.fernet import Fernet

from tests import processes
from tests.waiting import PATIENCE, wait_for
from tests.worlds.decide_page import FORM, Answered
from tests.worlds.fleet import Fleet, ends
from tests.worlds.waiting import accepts

BASE = "https://push.gazette.example"


class Desk:
    """A fleet whose accounts wait for approval, and two workers at which the page is answered."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet, self.ports = fleet, [processes.free_port(), processes.free_port()]
        fleet.config("masto", "bsky", extra=self.settings(0), account=", approve: true")
        first = fleet.desk.path.read_text(encoding="utf-8")
        self.other = fleet.desk.folder / "other.yaml"
        self.other.write_text(first.replace(f":{self.ports[0]}'", f":{self.ports[1]}'"), encoding="utf-8")
        self.workers = [fleet.start(1, "--listen"), self.start_other()]
        assert all(wait_for(lambda port=port: accepts(port)) for port in self.ports)

    def settings(self, number: int) -> str:
        listen = f"listen: {{address: '127.0.0.1:{self.ports[number]}', token: listen-token-0001}}"
        told = "alerts: {command: [sh, -c, 'cat >> told']}"
        return f"{listen}\napprovals: {{base: '{BASE}'}}\n{told}\n"

    def start_other(self):
        with self.fleet.log(2).open("w") as log:
            ours = {name: value for name, value in os.environ.items() if name != "SYNDICATE_CONFIG"}
            command = [sys.executable, "-m", "syndicate", "-c", str(self.other), "worker", "--listen"]
            return processes.start(command, stderr=log, env=ours, cwd=self.fleet.desk.folder)

    def said(self) -> str:
        return f"{self.fleet.said(1)}\n{self.fleet.said(2)}"

    def paths(self) -> list[str]:
        file = self.fleet.desk.folder / "told"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [page.removeprefix(BASE) for line in lines for page in json.loads(line).get("decide", ())]

    def ask(self, number: int, method: str, path: str, form=None) -> Answered:
        connection = HTTPConnection("127.0.0.1", self.ports[number], timeout=PATIENCE)
        try:
            connection.request(method, path, urlencode(form) if form else None, FORM if form else {})
            return Answered(connection.getresponse())
        finally:
            connection.close()

    def rows(self) -> list[dict]:
        return [row for row in self.fleet.desk("deliveries", "list", "--json").rows if row["reason"] != "baseline"]


@pytest.fixture
def desk_of_fleet(postgres, desk, monkeypatch):
    monkeypatch.setenv("SYNDICATE_KEY", Fernet.generate_key().decode())
    fleet = Fleet(desk, postgres)
    with processes.ended():
        yield Desk(fleet)
    postgres.drop(fleet.name)


@pytest.mark.slow
def test_two_people_press_at_two_workers_at_once_and_each_post_is_decided_once(desk_of_fleet):
    at, sandbox = desk_of_fleet, desk_of_fleet.fleet.sandbox
    at.fleet.site.publish(2)
    assert wait_for(lambda: len(at.rows()) == 4 and at.paths()), at.said()
    for path in at.paths():
        for number in (0, 1):  # a scanner at either, before anybody looks
            assert at.ask(number, "HEAD", path).text == ""
            assert at.ask(number, "GET", path).status == 200, at.said()
            assert at.ask(number, "POST", path, {"yes": "all"}).status == 409
    assert {row["state"] for row in at.rows()} == {"planned"}
    assert sandbox.posts() == []

    path = at.paths()[-1]
    shown = at.ask(0, "GET", path)
    assert shown.digests == at.ask(1, "GET", path).digests
    with ThreadPoolExecutor(2) as people:
        yes = people.submit(at.ask, 0, "POST", path, {**shown.digests, "yes": "all", "name": "Ana"})
        no = people.submit(at.ask, 1, "POST", path, {"no": "all", "name": "Rui"})
        answered = [yes.result(), no.result()]
    assert {each.status for each in answered} <= {200, 409}, at.said()

    decided = {name.removeprefix("digest-") for name in shown.digests}

    def done() -> bool:
        return all(row["state"] in ("posted", "skipped") for row in at.rows() if row["key"] in decided)

    assert wait_for(done), at.said()
    rows = [row for row in at.rows() if row["key"] in decided]
    sent = Counter((post["platform"], post["link"]) for post in sandbox.posts())
    assert set(sent.values()) <= {1}
    assert len(sent) == sum(row["state"] == "posted" for row in rows), at.said()
    said = at.said()
    assert said.count(" approval.approved ") + said.count(" approval.skipped ") == len(rows)

    for number in (0, 1):  # the address was forwarded: it is used up at both
        assert (at.ask(number, "GET", path).status, at.ask(number, "HEAD", path).status) == (410, 410)
        assert at.ask(number, "POST", path, {**shown.digests, "yes": "all"}).status == 409
    assert [row for row in at.rows() if row["key"] in decided] == rows
    who = [at.fleet.desk("deliveries", "show", row["key"]).out for row in rows]
    for row, told in zip(rows, who, strict=True):
        assert ("Ana" if row["state"] == "posted" else "Rui") in told
    assert ends(*at.workers), at.said()
    assert "Traceback" not in at.said()
