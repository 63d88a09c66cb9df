"""The shell completes commands and options; the manual page says what --help says."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from syndicate.cli import COMMANDS
from tests import processes
from tests.worlds.pages import DOCS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell_is_printed(desk, shell):
    run = desk("completion", shell)
    assert (run.code, run.err) == (0, "")
    assert f"_SYNDICATE_COMPLETE={shell}_complete" in run.out


@pytest.mark.parametrize(
    ("shell", "variable", "file"),
    [
        ("bash", "XDG_DATA_HOME", "bash-completion/completions/syndicate"),
        ("zsh", "ZDOTDIR", ".zfunc/_syndicate"),
        ("fish", "XDG_CONFIG_HOME", "fish/completions/syndicate.fish"),
    ],
)
def test_it_is_written_to_where_the_shell_looks(desk, monkeypatch, shell, variable, file):
    monkeypatch.setenv(variable, str(desk.folder))
    run = desk("completion", shell, "--install")
    assert (run.code, run.out) == (0, f"{desk.folder / file}\n")
    assert "open a new terminal" in run.err
    assert (desk.folder / file).read_text() == desk("completion", shell).out
    assert desk("completion", shell, "--install").code == 0  # again, as after an upgrade


def test_without_a_name_it_is_for_the_shell_that_one_has(desk, monkeypatch):
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert desk("completion").out == desk("completion", "fish").out
    monkeypatch.setenv("SHELL", "/bin/ksh")
    run = desk("completion")
    assert (run.code, run.complaint) == (2, "Error: name your shell: bash, zsh, fish")


def test_a_place_where_nothing_can_be_written_is_one_line(desk, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(desk.path))  # a file
    run = desk("completion", "bash", "--install")
    assert (run.code, run.out) == (1, "")
    assert "cannot be written: Not a directory" in run.complaint
    assert "hint: print it with syndicate completion bash" in run.err


def completed(tmp_path: Path, typed: str) -> list[str]:
    """What bash offers at the end of a line, by our script."""
    (tmp_path / "syndicate").write_text(f'#!/bin/sh\nexec {sys.executable} -m syndicate "$@"\n')
    (tmp_path / "syndicate").chmod(0o755)
    words = typed.split(" ")
    asked = f"""
        eval "$(syndicate completion bash)"
        COMP_WORDS=({" ".join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}
        compopt() {{ :; }}
        _syndicate_completion syndicate; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    environ = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    return processes.run(["bash", "-c", asked], env=environ).stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_and_options(tmp_path):
    assert completed(tmp_path, "syndicate ") == list(COMMANDS)
    assert completed(tmp_path, "syndicate deliveries ap") == ["approve"]
    assert completed(tmp_path, "syndicate post --dry") == ["--dry-run"]


MANUAL = DOCS / "reference" / "syndicate.1"


def test_the_manual_page_has_every_command_and_exit_status():
    page = MANUAL.read_text(encoding="utf-8").replace("\\-", "-")
    for name in COMMANDS:
        assert f".SS syndicate {name} " in page, name
    assert ".SS syndicate deliveries resolve " in page
    assert re.findall(r"^\.B (\d+)$", page, re.MULTILINE) == ["0", "1", "2", "130", "141"]


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_the_manual_page_is_read_without_a_warning():
    run = processes.run(["groff", "-man", "-ww", "-Tutf8", str(MANUAL)])
    assert run.stderr == ""
    assert "syndicate" in run.stdout
