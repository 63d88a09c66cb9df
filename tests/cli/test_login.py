"""Signing in, by real processes: what is stored, and what is not."""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.logins import House, allowed, ends


@pytest.fixture
def house(tmp_path):
    with Sandbox() as sandbox, processes.ended():
        yield House(tmp_path, sandbox)


def signed_in(house, member="gazette"):
    process, address = house.login("--no-browser")
    code, out, err = ends(process, allowed(address, member) + "\n")
    assert code == 0, err
    return out


def test_the_page_leads_back_to_this_machine(house):
    process, address = house.login()
    with urlopen(allowed(address), timeout=PATIENCE) as reply:
        assert b"close this page" in reply.read()
    code, out, _ = ends(process)
    assert (code, house.stored()) == (0, ["masto"])
    assert out.splitlines()[1:] == ["  it may: read:accounts read:statuses write:statuses write:media"]
    assert house.list()["masto"]["login"] == "signed_in"


def test_the_address_is_pasted_and_no_port_is_opened(house):
    process, address = house.login("--no-browser", "--json")
    code, out, _ = ends(process, allowed(address) + "\n")
    told = json.loads(out)
    assert (code, told["account"], told["expires_at"]) == (0, "masto", None)
    assert told["scopes"] == ["read:accounts", "read:statuses", "write:statuses", "write:media"]


def test_the_code_alone_is_pasted_while_the_port_is_open(house):
    process, address = house.login()
    code = parse_qs(urlsplit(allowed(address)).query)["code"][0]
    assert ends(process, f"{code}\n")[0] == 0
    assert house.stored() == ["masto"]


def test_no_token_is_printed_nor_lies_open_in_the_ledger(house):
    out = signed_in(house)
    tokens = house.sandbox.stand_ins["mastodon"]._apps._tokens
    assert len(tokens) == 1
    everything = b"".join(each.read_bytes() for each in house.folder.glob("syndicate.db*"))
    for token in tokens:
        assert token not in out
        assert token.encode() not in everything


def test_an_app_password_is_asked_for_and_tried(house):
    code, _, err = house.run("accounts", "login", "bsky", typed="wrong\n")
    assert (code, house.stored()) == (1, [])
    assert "AuthenticationRequired" in err
    code, out, err = house.run("accounts", "login", "bsky", typed="app-password-7\n")
    assert (code, out) == (0, "bsky: @gazette.example https://bsky.app/profile/gazette.example\n")
    assert "app-password-7" not in out + err
    code, out, _ = house.run("accounts", "check", "bsky")
    assert (code, out.split()[1]) == (0, "@gazette.example")


@pytest.mark.parametrize("browser", [True, False])
def test_stopped_by_ctrl_c_it_stores_nothing(house, browser):
    process, _ = house.login(*([] if browser else ["--no-browser"]))
    process.send_signal(signal.SIGINT)
    code, out, err = ends(process)
    assert (code, out, house.stored()) == (1, "", [])
    assert err.strip().splitlines()[-1] == "masto: stopped; nothing was stored"


def another_state(address):
    return allowed(address).replace("state=", "state=another")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (another_state, "masto: this answer belongs to another attempt to sign in"),
        (lambda address: allowed(address, answer="no"), "it was not allowed: The resource owner denied the request."),
        (lambda _: "made-up-code", "mastodon: the token: The provided authorization grant is invalid"),
    ],
    ids=["another attempt", "denied", "a wrong code"],
)
def test_a_wrong_answer_stores_nothing(house, answer, words):
    process, address = house.login("--no-browser")
    code, out, err = ends(process, f"{answer(address)}\n")
    assert (code, out, house.stored()) == (1, "", [])
    assert words in err


def test_an_answer_of_another_attempt_on_the_port_stores_nothing(house):
    process, address = house.login()
    urlopen(another_state(address), timeout=PATIENCE).close()
    code, _, err = ends(process)
    assert (code, house.stored()) == (1, [])
    assert "belongs to another attempt" in err


def test_input_that_ends_is_no_answer(house):
    process, _ = house.login("--no-browser")
    code, _, err = ends(process, "")
    assert (code, house.stored()) == (1, [])
    assert "the input ended before there was an answer" in err


def test_the_first_answer_counts_and_the_second_is_told_so(house):
    process, address = house.login()
    house.sandbox.add_faults([{"platform": "mastodon", "step": "login", "fault": "slow", "seconds": 1.0}])
    back = allowed(address)  # the fault was for this one; now the token request is slow
    house.sandbox.add_faults([{"platform": "mastodon", "step": "login", "fault": "slow", "seconds": 3.0}])
    urlopen(back, timeout=PATIENCE).close()
    with pytest.raises(HTTPError) as again:
        urlopen(back, timeout=PATIENCE)
    with again.value:
        assert (again.value.code, b"answered already" in again.value.read()) == (410, True)
    assert (ends(process)[0], house.stored()) == (0, ["masto"])


def test_another_account_than_before_is_refused_where_nobody_can_be_asked(house):
    signed_in(house)
    before = house.list()["masto"]["identity"]
    process, address = house.login("--no-browser")
    code, _, err = ends(process, allowed(address, "somebody-else") + "\n")
    assert code == 1
    assert f"it was {before} before" in err
    code, out, _ = house.run("accounts", "check", "masto")
    assert (code, out.split()[1]) == (0, before)


def test_signing_in_again_ends_the_token_before(house):
    signed_in(house)
    signed_in(house)
    apps = house.sandbox.stand_ins["mastodon"]._apps
    first, second = apps._tokens
    assert (apps.member(first), apps.member(second)) == (None, "gazette")
    assert house.run("accounts", "check", "masto")[0] == 0


def test_an_account_that_nobody_signed_in_to_waits_and_the_others_go_on(house):
    code, _, err = house.run("post")
    assert code == 1
    assert "masto: paused: somebody has to sign in to it\nhint: run syndicate accounts login masto\n" in err
    assert "hook" not in err
    code, _, err = house.run("config", "check")
    assert (code, "note: masto: sign in: syndicate accounts login masto" in err) == (0, True)
    assert house.list()["hook"]["login"] == "config"
    assert house.run("post", "--dry-run")[0] in (0, 1)
    signed_in(house)
    house.run("accounts", "login", "bsky", typed="app-password-7\n")
    code, _, err = house.run("post")
    assert (code, "paused" in err) == (0, False)


def test_a_lost_key_asks_for_a_login_and_one_put_back_does_not(house):
    signed_in(house)
    key = house.folder / "syndicate.db.key"
    kept = key.read_bytes()
    key.unlink()
    code, _, err = house.run("post", "--account", "masto")
    assert (code, "hint: run syndicate accounts login masto" in err) == (1, True)
    needs = json.loads(house.run("status", "--json")[1])["needs"]
    [need] = [each for each in needs if each["subject"] == "masto"]
    assert (need["kind"], need["command"]) == ("sign_in", "syndicate accounts login masto")
    assert "cannot be opened with this key" in need["message"]
    key.write_bytes(kept)
    assert "masto: paused" not in house.run("post", "--account", "masto")[2]


def test_a_network_without_a_sign_in_says_where_its_secrets_stand(house):
    code, _, err = house.run("accounts", "login", "hook")
    assert (code, "hook: nobody can sign in to webhook: its secrets stand in the config" in err) == (1, True)


def test_two_that_sign_in_at_once_do_not_overwrite_each_other(house):
    process, address = house.login("--no-browser")
    signed_in(house)
    code, _, err = ends(process, allowed(address) + "\n")
    assert (code, "somebody else signed in meanwhile; nothing was stored" in err) == (1, True)


def test_killed_before_its_answer_nothing_is_stored_and_the_next_one_works(house):
    process, _ = house.login()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    assert house.stored() == []
    signed_in(house)
    assert house.stored() == ["masto"]


def test_a_port_that_is_in_use_leaves_the_paste(house):
    import socket

    with socket.create_server(("127.0.0.1", house.port)):
        process, address = house.login()
        code, _, _ = ends(process, allowed(address) + "\n")
    assert (code, house.stored()) == (0, ["masto"])


def test_a_login_whose_time_has_come_is_renewed_by_a_run_and_by_the_daemon(house):
    house.run("accounts", "login", "bsky", typed="app-password-7\n")
    signed_in(house)
    due(house, "bsky")
    assert house.run("post")[0] == 0
    assert renewals(house) == [2]
    due(house, "bsky")
    process = house.start("daemon")
    told = next(line for line in process.stderr if "account.renewed" in line)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert ("account=bsky" in told, renewals(house)) == (True, [3])


def test_a_renewal_that_is_refused_is_one_alert_with_the_command(house):
    writes = "import sys; open('alerts', 'a').write(sys.stdin.read())"
    with (house.folder / "config.yaml").open("a", encoding="utf-8") as config:
        config.write(f"alerts: {{command: {json.dumps([sys.executable, '-c', writes])}}}\n")
    signed_in(house)
    house.run("accounts", "login", "bsky", typed="app-password-7\n")
    due(house, "bsky")
    house.sandbox.add_faults([{"platform": "bluesky", "step": "login", "fault": "401", "count": 2}])
    for _ in range(3):
        code, _, err = house.run("post")
        assert (code, "hint: run syndicate accounts login bsky" in err) == (1, True)
    [alert] = map(json.loads, (house.folder / "alerts").read_text(encoding="utf-8").splitlines())
    assert (alert["alert"], alert["command"]) == ("sign_in", "syndicate accounts login bsky")
    assert house.run("accounts", "login", "bsky", typed="app-password-8\n")[0] == 0
    code, _, err = house.run("post")
    assert (code, "paused" in err) == (0, False)


def due(house, account):
    """Its login is to be renewed now."""
    with sqlite3.connect(house.folder / "syndicate.db") as database:
        database.execute("UPDATE credential SET renew_at = 1 WHERE account = ?", (account,))
    database.close()


def renewals(house):
    with sqlite3.connect(house.folder / "syndicate.db") as database:
        found = database.execute("SELECT version FROM credential WHERE account = 'bsky'").fetchall()
    database.close()
    return [version for (version,) in found]
