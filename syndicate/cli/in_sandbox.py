"""`--sandbox`: runs the real config against fake networks on this machine."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import click

from syndicate.app.kept_files import kept_folder
from syndicate.app.runs import SandboxRun
from syndicate.app.wiring import App
from syndicate.cli.options import Shared, loaded
from syndicate.cli.sandboxes import address, asked, own, runs
from syndicate.sandbox.server import Sandbox


@contextlib.contextmanager
def in_sandbox(shared: Shared) -> Iterator[App]:
    """An app whose accounts use the sandbox that was asked for or a running one of this person, else one for this run.

    Only one's own is used unasked: what is posted is not public yet, and its page shows it to whoever runs it.
    """
    config, port = loaded(shared, fill=True), asked()
    with contextlib.ExitStack() as stack:
        url = own() if port is None else address(port) if runs(port) else None
        if port is not None and url is None:
            click.echo(f"no sandbox runs on port {port}, so this run has its own", err=True)
        sandbox = stack.enter_context(Sandbox(port=0)) if url is None else None
        stage = SandboxStage(url or (sandbox.url if sandbox else ""), sandbox)
        stack.callback(stage.close)
        yield stack.enter_context(App(SandboxRun(config, os.environ, stage.url, stage)))


class SandboxStage:
    """Where a sandbox run posts: `url` are the stand-ins, `folder` takes what accounts write to disk, and stays.

    A `sandbox` that ends with the run leaves its page in that folder.
    """

    def __init__(self, url: str, sandbox: Sandbox | None) -> None:
        self.url = url
        self.folder = kept_folder("sandbox")
        self._sandbox = sandbox
        self._page = self.folder / "index.html"
        self._closed = False

    def shown_at(self, permalink: str) -> str:
        """Where a post of this permalink can be seen, whichever host it names."""
        number = self._sandbox.number_of(permalink) if self._sandbox else None
        if number is not None:
            return f"{self._page.as_uri()}#post-{number}"
        return f"{self.url}/_sandbox/at{urlsplit(permalink).path}"

    def close(self) -> None:
        """Keep the page and say where it is; calling it again does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._sandbox and self._sandbox.shown():
            self._page.write_text(self._sandbox.page(ended=True), encoding="utf-8")
            click.echo(f"what was posted is shown in {self._page}", err=True)
        elif any(self.folder.iterdir()):
            click.echo(f"what went to folders is in {self.folder}", err=True)
        else:
            self.folder.rmdir()
