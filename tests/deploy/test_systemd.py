"""The systemd units: systemd finds no fault with them, and they keep the program off the rest of the machine."""

from __future__ import annotations

import re
import shutil
import sys

import pytest

from syndicate.cli import COMMANDS
from tests.worlds.deploy import DEPLOY, judged

UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
EXPOSED = 3.0


def ids(path):
    return path.name


def settings(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "=" in line and not line.startswith("#")]
    return [tuple(line.split("=", 1)) for line in lines]


def test_they_are_the_daemon_the_workers_and_a_timer():
    assert [path.name for path in UNITS] == [
        "syndicate-daemon.service",
        "syndicate-post.service",
        "syndicate-post.timer",
        "syndicate-worker@.service",
    ]


@pytest.mark.parametrize("path", SERVICES, ids=ids)
def test_each_starts_a_command_of_ours_as_a_user_of_its_own(path):
    said = dict(settings(path))
    assert re.fullmatch(r"/opt/syndicate/bin/syndicate (\w+)( .*)?", said["ExecStart"])
    assert said["ExecStart"].split()[1] in (*COMMANDS, "worker")
    assert (said["User"], said["StateDirectory"], said["UMask"]) == ("syndicate", "syndicate", "0077")
    assert ("ReadWritePaths" in said, said["ProtectSystem"]) == (False, "strict")  # its StateDirectory, and no other
    assert int(said["TimeoutStopSec"]) > 8  # the program waits so long for a request in flight


def test_they_differ_in_nothing_but_what_they_run():
    shut_in = [settings(path) for path in SERVICES]
    begins = [each.index(("UMask", "0077")) for each in shut_in]
    narrow = [
        {each for each in found[start:] if each[0] != "WantedBy"} for found, start in zip(shut_in, begins, strict=True)
    ]
    assert narrow[0] == narrow[1] == narrow[2]
    assert len(narrow[0]) > 20


def test_the_daemon_tells_systemd_that_it_lives():
    said = dict(settings(DEPLOY / "systemd" / "syndicate-daemon.service"))
    assert (said["Type"], said["WatchdogSec"], said["Restart"]) == ("notify", "60", "always")
    assert said["RestartPreventExitStatus"] == "2"


@pytest.mark.parametrize("path", UNITS, ids=ids)
def test_systemd_finds_no_fault(path, tmp_path):
    """With a program and folders that are here, in the place of those of the machine that it is for."""
    for each in UNITS:
        text = re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", each.read_text(encoding="utf-8"))
        here = text.replace("WorkingDirectory=/etc/syndicate", f"WorkingDirectory={tmp_path}")
        (tmp_path / each.name).write_text(re.sub("(?:User|Group)=.*\n", "", here), encoding="utf-8")
    name = path.name.replace("@.", "@one.")
    if name != path.name:
        shutil.copy(tmp_path / path.name, tmp_path / name)
    assert judged("systemd-analyze", "verify", "--man=no", str(tmp_path / name)) == ""


@pytest.mark.parametrize("path", SERVICES, ids=ids)
def test_it_is_exposed_to_little(path):
    said = judged("systemd-analyze", "security", "--offline=true", "--no-pager", str(path))
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert float(exposure[1]) <= EXPOSED
