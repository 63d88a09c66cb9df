"""A ledger on a PostgreSQL server, by its commands: from nothing, from a file, and what is told of what is wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time
from contextlib import closing

import pytest
from cryptography.fernet import Fernet

from syndicate.app.engines import away
from syndicate.app.engines.daemon import Daemon
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from syndicate.cli.json_records import RECORDS
from syndicate.errors import LedgerAway
from syndicate.ledger.database import VERSION
from syndicate.ledger.recovery import Recovery
from syndicate.ledger.transfer import TABLES
from tests import processes
from tests.waiting import PATIENCE, wait_for
from tests.worlds.postgres import Server, program

KEY = Fernet.generate_key().decode()


@pytest.fixture
def served(postgres, desk, monkeypatch):
    """A desk whose config names a new database on the server; `at` is its address."""
    monkeypatch.setenv("SYNDICATE_KEY", KEY)
    name = postgres.empty()
    desk.at = postgres.address(name)
    desk.on_server = lambda *accounts: desk.config(*accounts, extra=f"database: {desk.at}")
    desk.on_server("masto", "bsky")
    yield desk
    postgres.drop(name)


def hint(ended):
    return next((line for line in ended.err.splitlines() if line.startswith("hint: ")), "")


def test_from_nothing_to_a_post_and_back_into_a_file(served, tmp_path):
    unmade = served("post")
    assert (unmade.code, hint(unmade)) == (1, "hint: run syndicate db upgrade")
    assert unmade.complaint.endswith("holds no ledger yet")
    assert served("db", "upgrade").out == f"schema 0 → {VERSION}\n"
    assert served("db", "upgrade").out == f"schema {VERSION}\n"
    assert served("post").code == 0
    served.site.publish(2)
    sent = served("post")
    assert (sent.code, len(served.sandbox.posts())) == (0, 4)
    assert served("post").code == 0
    assert len(served.sandbox.posts()) == 4
    assert served("status").code == 0
    key = served("deliveries", "list", "--json").rows[0]["key"]
    assert served("deliveries", "show", key).code == 0
    assert "posted" in served("explain", served.site.link(served.site.stories[0])).out
    assert served("db", "prune").code == 0
    checked = served("db", "check")
    assert (checked.code, "4 posts" in checked.out, "opens all 1 sessions" in checked.out) == (0, True, True)
    # Back into a file: nothing is posted again from there.
    written = served("--json", "db", "export", str(tmp_path / "back.db"))
    record = json.loads(written.out)
    assert ([*record], record["delivery"]) == ([*RECORDS["moved"].fields], 4)
    served.config("masto", "bsky", extra=f"database: sqlite:///{tmp_path / 'back.db'}\nrecover: 'off'")
    assert served("db", "check").code == 0
    assert served("post").code == 0
    assert len(served.sandbox.posts()) == 4


def test_a_file_is_moved_to_the_server_and_nothing_is_posted_again(served, tmp_path):
    file = served.folder / "syndicate.db"
    served.config("masto", "bsky")
    assert served("post").code == 0
    served.site.publish(3)
    assert served("post").code == 0
    keys = {row["key"] for row in served("deliveries", "list", "--json").rows}
    assert len(keys) == 6
    served.on_server("masto", "bsky")
    moved = served("--json", "db", "import", str(file))
    record = json.loads(moved.out)
    assert (moved.code, [*record], record["delivery"]) == (0, [*RECORDS["moved"].fields], 6)
    assert {row["key"] for row in served("deliveries", "list", "--json").rows} == keys
    served.site.publish(1)
    assert served("post").code == 0
    assert len(served.sandbox.posts()) == 8
    again = served("db", "import", str(file))
    assert (again.code, again.complaint.endswith("has a ledger already")) == (1, True)
    assert len(served("deliveries", "list", "--json").rows) == 8


def test_a_rehearsal_only_reads_the_server(served, postgres):
    served("db", "upgrade")
    served("post")
    served.site.publish(1)
    assert served("post").code == 0
    served.site.publish(1)
    name = served.at.partition("?")[0].rpartition("/")[2]

    def stored():
        rows = {table: postgres.run(f"SELECT xmin, * FROM {table}", name) for table in TABLES}
        return rows, postgres.run("SELECT oid FROM pg_class ORDER BY oid", name)

    before = stored()
    dry = served("post", "--dry-run")
    assert (dry.code, "story-" in dry.out) == (0, True), dry.out + dry.err
    assert served("preview", "--html", str(served.folder / "page.html")).code == 0
    assert served("post", "--sandbox").code == 0
    assert before == stored()
    assert served("post").code == 0
    assert len(served.sandbox.posts()) == 4


@pytest.mark.parametrize("told", [False, True], ids=["noticed", "recover"])
def test_a_server_that_was_put_back_from_a_dump_posts_nothing_again(served, postgres, tmp_path, told):
    """It is noticed by the count beside the config; a machine without it, such as a new container, is told."""
    name, file = served.at.partition("?")[0].rpartition("/")[2], tmp_path / "night.dump"
    served("db", "upgrade")
    served("post")
    processes.run([program("pg_dump"), "--format=custom", f"--file={file}", served.at])
    served.site.publish(2)
    assert served("post").code == 0
    assert len(served.sandbox.posts()) == 4
    postgres.drop(name)
    postgres.run(f"CREATE DATABASE {name}")
    processes.run([program("pg_restore"), f"--dbname={served.at}", str(file)])
    if told:
        (served.folder / "postgresql.runs").unlink()
        assert "masto" in served("recover").out
    else:  # stand-ins have nothing to be asked for
        assert "was put back from a copy" not in served("post", "--sandbox").err
    again = served("post")
    assert ("was put back from a copy" in again.err) is not told
    assert len(served.sandbox.posts()) == 4
    assert {row["state"] for row in served("deliveries", "list", "--json").rows} == {"posted"}


@pytest.mark.parametrize("command", [("db", "backup", "b.db"), ("db", "restore", "b.db"), ("db", "new")])
def test_what_only_a_file_needs_names_the_servers_programs(served, command):
    refused = served(*command)
    assert refused.code == 1
    assert "is on a server" in refused.complaint
    assert "pg_dump" in hint(refused)


def test_a_file_has_nothing_to_import_or_export(desk):
    for command in ("import", "export"):
        refused = desk("db", command, "x.db")
        assert (refused.code, refused.complaint.endswith("is a file")) == (1, True)


def test_it_needs_a_key_that_all_machines_share(served, monkeypatch):
    served("db", "upgrade")
    monkeypatch.delenv("SYNDICATE_KEY")
    refused = served("post")
    assert (refused.code, refused.complaint) == (1, "a ledger on PostgreSQL needs a key for stored credentials")
    assert "key_file" in hint(refused)


def test_a_schema_of_another_version_is_told(served, postgres):
    served("db", "upgrade")
    name = served.at.partition("?")[0].rpartition("/")[2]
    for version, told in ((VERSION + 1, "was written by a newer syndicate"), (VERSION - 1, "is of an earlier version")):
        postgres.run(f"UPDATE meta SET value = '{version}' WHERE name LIKE 'schema\\_%'", name)
        refused = served("post")
        assert (refused.code, told in refused.complaint) == (1, True)


FAULTS = {
    "wrong password": (
        "guarded:S3cret-word@127.0.0.1:PORT/postgres",
        "refuses the role guarded: its password is wrong",
    ),
    "no password": ("guarded@127.0.0.1:PORT/postgres", "refuses the role guarded: its password is wrong"),
    "no such role": (
        "nobody:S3cret-word@127.0.0.1:PORT/postgres",
        'refuses the role nobody: role "nobody" does not exist',
    ),
    "no such database": (
        "postgres:S3cret-word@127.0.0.1:PORT/nothing",
        'has no such database: database "nothing" does',
    ),
    "unreachable": ("postgres:S3cret-word@127.0.0.1:1/postgres", "cannot be reached: Connection refused"),
    "without rights": (
        "poor:S3cret-word@127.0.0.1:PORT/postgres",
        "does not let the role poor do that: permission denied",
    ),
}


@pytest.mark.parametrize(("at", "said"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_is_one_line_with_its_place_and_a_cure_and_no_password(postgres, desk, monkeypatch, at, said):
    monkeypatch.setenv("SYNDICATE_KEY", KEY)
    monkeypatch.delenv("PGPASSWORD", raising=False)
    for role in ("guarded LOGIN PASSWORD 'right'", "poor LOGIN"):
        if not postgres.run(f"SELECT 1 FROM pg_roles WHERE rolname = '{role.split()[0]}'"):  # other tests make one too
            postgres.run(f"CREATE ROLE {role}")
    desk.config("masto", extra=f"database: postgresql://{at.replace('PORT', str(postgres.port))}")
    for command in (("db", "upgrade"), ("post",), ("status",)):
        ended = desk(*command)
        assert ended.code == 1
        if "rights" not in ended.complaint:
            assert re.match(r"(error: )?postgresql://\w+@127\.0\.0\.1:\d+/\w+ ", ended.complaint), ended.complaint
        assert said in ended.complaint or (command != ("db", "upgrade") and "holds no ledger yet" in ended.complaint)
        assert hint(ended)
        assert "S3cret-word" not in ended.err + ended.out
    checked = desk("--json", "db", "check")
    assert (checked.code, "S3cret-word" in checked.out + checked.err) == (1, False)


def test_the_driver_is_imported_only_where_a_server_is_named(desk):

    code = (
        "import sys\nfrom syndicate.cli import main\n"
        "try:\n    main(['-c', sys.argv[1], 'status'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.startswith('psycopg')])"
    )
    desk("post")
    assert processes.run([sys.executable, "-c", code, str(desk.path)]).stdout.splitlines()[-1] == "[]"


def test_a_daemon_waits_for_its_server_at_the_start_and_post_says_so_in_a_line(desk, monkeypatch):
    monkeypatch.setenv("SYNDICATE_KEY", KEY)
    with closing(Server()) as own:
        desk.config("masto", source=", every: 1s", extra=f"database: {own.address(own.empty(), port=own.port)}")
        assert (desk("db", "upgrade").code, desk("post").code) == (0, 0)
        desk.site.publish(1)
        own.stop()
        post = desk("post")
        assert (post.code, "cannot be reached" in post.complaint) == (1, True)
        with (desk.folder / "log").open("w") as log:
            command = [sys.executable, "-m", "syndicate", "-c", str(desk.path), "daemon"]
            daemon = processes.start(command, stderr=log)

        def told() -> list[str]:
            return [line.split()[1] for line in (desk.folder / "log").read_text().splitlines()]

        assert wait_for(told)
        time.sleep(1.5 * away.AGAIN)  # it has tried again, and says nothing more
        assert (told(), daemon.poll()) == (["ledger.failed"], None)
        own.start()
        assert wait_for(desk.sandbox.posts), told()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(PATIENCE) == 0


def test_a_daemon_that_loses_its_server_while_it_begins_begins_again(served, monkeypatch):
    served.config("masto", "bsky", source=", every: 1s", extra=f"database: {served.at}")
    served("db", "upgrade")
    served("post")
    served.site.publish(1)
    stop, lost, told = threading.Event(), [3], []
    monkeypatch.setattr(away, "AGAIN", 0.01)
    real = Recovery.begin

    def begin(*given, **options):
        if lost[0]:
            lost[0] -= 1
            raise LedgerAway("the server is away")
        return real(*given, **options)

    monkeypatch.setattr(Recovery, "begin", begin)
    with App(RealRun(load(served.path, os.environ), os.environ)) as app:
        daemon = Daemon(app, lambda event, **_: told.append(event), stop)
        running = threading.Thread(target=daemon.run, daemon=True)
        running.start()
        try:
            assert wait_for(lambda: len(served.sandbox.posts()) == 2)
            assert (daemon.health(), lost, told[0]) == (None, [0], "ledger.failed")
        finally:
            stop.set()
            running.join()


def test_a_config_that_is_read_again_while_the_server_is_away_is_followed_once_it_is_there(served, monkeypatch):
    """What waits for an account whose name has changed is not given up as that of one that left."""
    served("db", "upgrade")
    served("post")
    served("accounts", "pause", "masto")
    served.site.publish(1)
    served("post")
    text = served.path.read_text()
    stop, reload, told = threading.Event(), threading.Event(), []
    monkeypatch.setattr(away, "AGAIN", 0.01)
    real, lost = App.follow_names, [5]

    def follow(app):
        if lost[0]:
            lost[0] -= 1
            raise LedgerAway("the server is away")
        return real(app)

    with App(RealRun(load(served.path, os.environ), os.environ)) as app:
        renew = lambda before: (App(before.kind.with_config(load(served.path, os.environ))), None)  # noqa: E731
        daemon = Daemon(app, lambda event, **_: told.append(event), stop, renew=renew, reload=reload)
        running = threading.Thread(target=daemon.run, daemon=True)
        running.start()
        try:
            served.path.write_text(text.replace("  masto:", "  social:"))
            monkeypatch.setattr(App, "follow_names", follow)
            reload.set()
            assert wait_for(lambda: "config.reloaded" in told), told
        finally:
            stop.set()
            running.join()
    assert lost == [0]
    rows = served("deliveries", "list", "--account", "social", "--json").rows
    assert [(row["state"], row["reason"]) for row in rows] == [("due", "paused")], rows


FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
 RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON alias FOR EACH ROW EXECUTE FUNCTION full_disk()
"""


def test_a_full_disk_at_the_server_is_one_line_and_the_next_run_goes_on_once_there_is_room(served, postgres):
    served("db", "upgrade")
    served("post")
    served.site.publish(1)
    name = served.at.partition("?")[0].rpartition("/")[2]
    postgres.run(FULL, name)
    run = served.start("post")
    said = run.communicate(timeout=PATIENCE)[1].splitlines()
    assert (run.returncode, [line.partition(":")[0] for line in said]) == (1, ["news", "hint"]), said
    assert "cannot be written: the disk of the server is full" in said[0]
    assert served.sandbox.posts() == []
    postgres.run("DROP TRIGGER full_disk ON alias", name)
    assert served("post").code == 0
    assert len(served.sandbox.posts()) == 2
