"""Two versions of the program on one ledger: the older one goes on, or stops with a line, and nothing is sent twice."""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest
from cryptography.fernet import Fernet

from syndicate.ledger.database import VERSION
from tests.waiting import PATIENCE, wait_for
from tests.worlds.newer_program import ADDED, CHANGED, newer_program

KEY = Fernet.generate_key().decode()
EVERY = ", every: 1s, burst: off"
QUICK = "lease: 6s\nnetwork: {timeout: 4s}\ndefaults: {image: none, settle: 1s}\n"


@pytest.fixture(params=["postgresql", "sqlite"] if os.environ.get("SYNDICATE_LEDGERS") == "all" else ["postgresql"])
def served(request, postgres, desk, monkeypatch):
    """A desk whose ledger is on a server, or a file; `run` starts a command of a version, and waits for its end."""
    monkeypatch.setenv("SYNDICATE_KEY", KEY)
    name = postgres.empty() if request.param == "postgresql" else None
    place = f"database: {postgres.address(name)}\n" if name else ""
    desk.config("masto", "bsky", source=EVERY, extra=f"{place}{QUICK}")

    def run(*words, environ=None):
        process = desk.start(*words, environ=environ)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, (words, out, err)
        return out

    desk.run = run
    if name:
        run("db", "upgrade")
    run("post")
    yield desk
    if name:
        postgres.drop(name)


def begun(desk, *, environ=None):
    """A daemon that runs."""
    daemon = desk.start("daemon", environ=environ)
    for line in daemon.stderr:
        if " daemon.started " in line:
            return daemon
    raise AssertionError("the daemon did not begin")


def stopped(daemon):
    daemon.send_signal(signal.SIGTERM)
    told = daemon.communicate(timeout=PATIENCE)[1]
    assert (daemon.returncode, "Traceback" in told) == (0, False), told


def each_once(desk, stories):
    counted = Counter((post["platform"], post["link"]) for post in desk.sandbox.posts())
    return len(counted) == 2 * stories and set(counted.values()) == {1}


@pytest.mark.slow
def test_the_version_before_goes_on_where_the_newer_one_only_added_to_the_ledger(served, tmp_path):
    newer = newer_program(tmp_path / "newer", ADDED)
    before = begun(served)
    served.site.publish(1)
    assert wait_for(lambda: each_once(served, 1))
    assert served.run("db", "upgrade", environ=newer) == f"schema {VERSION} → {VERSION + 1}\n"
    served.site.publish(1)
    assert wait_for(lambda: each_once(served, 2))
    after = begun(served, environ=newer)  # both, as while workers are replaced one after the other
    served.site.publish(2)
    assert wait_for(lambda: each_once(served, 4))
    stopped(after)
    served.site.publish(1)
    assert wait_for(lambda: each_once(served, 5))
    assert before.poll() is None
    # What is begun now of the version before goes on as well, and takes nothing back.
    if "postgresql" in served.path.read_text(encoding="utf-8"):
        assert served.run("db", "upgrade") == f"schema {VERSION + 1}\n"
    served.run("post", "--dry-run")
    stopped(before)
    assert each_once(served, 5)


@pytest.mark.slow
def test_the_version_before_stops_in_the_middle_of_a_post_which_the_newer_one_looks_up(served, tmp_path):
    newer = newer_program(tmp_path / "newer", CHANGED)
    served.sandbox.add_faults([{"platform": "mastodon", "step": "commit", "fault": "slow", "seconds": 3, "count": 1}])
    before = begun(served)
    served.site.publish(1)
    assert wait_for(lambda: len(served.sandbox.posts()) == 2)  # the answer to one of them has not come yet
    served.run("db", "upgrade", environ=newer)
    told = before.communicate(timeout=PATIENCE)[1]
    assert before.returncode == 1
    last, cure = told.splitlines()[-2:]
    assert f"was written by a newer syndicate (schema {VERSION + 1}, this one knows {VERSION})" in last
    assert cure == "hint: install the newer version again"
    assert ("Traceback" in told, " bug " in told) == (False, False), told
    after = begun(served, environ=newer)
    listed = "deliveries", "list", "--json", "--state", "posted"
    assert wait_for(lambda: served.run(*listed, environ=newer).count("\n") == 2)
    stopped(after)
    assert each_once(served, 1)
