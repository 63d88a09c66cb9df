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
from syndicate.sandbox.server import Sandbox

PORT = 8700


@contextlib.contextmanager
def in_sandbox(shared: Shared) -> Iterator[App]:
    """An app whose accounts use the sandbox on port 8700, or else one that lasts as long as this run."""
    config = loaded(shared, fill=True)
    with contextlib.ExitStack() as stack:
        if _runs(PORT):
            url = f"http://127.0.0.1:{PORT}"
        else:
            url = stack.enter_context(Sandbox(port=0)).url
            click.echo(
                "no sandbox runs on port 8700, so this run has its own; to see the posts, run syndicate sandbox first",
                err=True,
            )
        yield stack.enter_context(App(SandboxRun(config, os.environ, url)))


def _runs(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_sandbox/posts")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
