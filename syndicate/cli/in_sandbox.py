"""`--sandbox`: runs the real config against fake networks on this machine."""

from __future__ import annotations

import contextlib
import http.client
import os
from collections.abc import Iterator

import click

from syndicate.app.runs import SandboxRun
from syndicate.app.wiring import App
from syndicate.cli.options import Shared, loaded
from syndicate.errors import ConfigError
from syndicate.sandbox.server import Sandbox

PORT = 8700
VARIABLE = "SYNDICATE_SANDBOX_PORT"
"""Where the sandbox runs, if not on port 8700."""


@contextlib.contextmanager
def in_sandbox(shared: Shared) -> Iterator[App]:
    """An app whose accounts use the sandbox that runs, or else one that lasts as long as this run."""
    config, port = loaded(shared, fill=True), _port()
    with contextlib.ExitStack() as stack:
        if _runs(port):
            url = f"http://127.0.0.1:{port}"
        else:
            url = stack.enter_context(Sandbox(port=0)).url
            told = f"no sandbox runs on port {port}, so this run has its own"
            click.echo(f"{told}; to see the posts, run syndicate sandbox first", err=True)
        yield stack.enter_context(App(SandboxRun(config, os.environ, url)))


def _port() -> int:
    """The port on which a sandbox is looked for. Raises ConfigError."""
    given = os.environ.get(VARIABLE) or str(PORT)
    if given.isdecimal() and 0 < int(given) < 65_536:
        return int(given)
    raise ConfigError(f"{VARIABLE}: '{given}' is not a port", hint="a number from 1 to 65535, or leave it out")


def _runs(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_sandbox/posts")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
