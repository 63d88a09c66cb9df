"""`syndicate completion`: lets the shell complete commands and options."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from syndicate.cli.options import shared_options
from syndicate.errors import SyndicateError
from syndicate.model.dataclass import dataclass

_VARIABLE = "_SYNDICATE_COMPLETE"


@dataclass(frozen=True, slots=True)
class Shell:
    """Where a shell looks for a person's completions: `file` below the folder in `variable`, else below `home`."""

    variable: str
    home: str
    file: str
    hint: str


SHELLS: Mapping[str, Shell] = {
    "bash": Shell(
        "XDG_DATA_HOME",
        ".local/share",
        "bash-completion/completions/syndicate",
        "open a new terminal; bash needs the package bash-completion for this",
    ),
    "zsh": Shell(
        "ZDOTDIR",
        "",
        ".zfunc/_syndicate",
        "in .zshrc, write: fpath+=({folder}); autoload -Uz compinit; compinit; then open a new terminal",
    ),
    "fish": Shell("XDG_CONFIG_HOME", ".config", "fish/completions/syndicate.fish", "open a new terminal"),
}


@click.command()
@click.argument("shell", type=click.Choice([*SHELLS]), required=False)
@click.option("--install", is_flag=True, help="Write it to where your shell looks for it, and say where that is.")
@shared_options
def command(shell: str | None, *, install: bool) -> None:
    """Print a script with which SHELL (default: yours) completes commands and options by the tab key."""
    shell = shell or Path(os.environ.get("SHELL", "")).name
    if shell not in SHELLS:
        raise click.UsageError(f"name your shell: {', '.join(SHELLS)}")
    script = _script(shell)
    if not install:
        click.echo(script)
        return
    path = _place(SHELLS[shell])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{script}\n", encoding="utf-8")
    except OSError as fault:
        cure = f"print it with syndicate completion {shell}, and put it where you may write"
        raise SyndicateError(f"{path} cannot be written: {fault.strerror}", hint=cure) from fault
    click.echo(str(path))
    click.echo(f"hint: {SHELLS[shell].hint.format(folder=path.parent)}", err=True)


def _script(shell: str) -> str:
    from click.shell_completion import get_completion_class

    from syndicate.cli import cli

    kind = get_completion_class(shell)
    assert kind is not None
    made = kind(cli, {}, "syndicate", _VARIABLE)
    return (made.source_template % made.source_vars()).strip()


def _place(shell: Shell) -> Path:
    given = os.environ.get(shell.variable, "")
    return (Path(given) if given else Path.home() / shell.home) / shell.file
