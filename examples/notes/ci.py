"""What a CI workflow does for this site, twice, on this machine: posts to stand-ins, and no account is needed.

`python examples/notes/ci.py [FOLDER]` copies the site to FOLDER, else to one of its own, and leaves there what a
repository would have afterwards, with `public/` and `preview.html`. Between the two runs the ledger is thrown away, as
a CI machine is: the state file is all that stays.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from syndicate.sandbox.server import Sandbox

HERE = Path(__file__).parent
KEPT = ("syndicate-state.jsonl", "data/syndication.json")
"""What the workflow commits."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Workflow:
    """The steps of one workflow, in a checkout of the site."""

    def __init__(self, folder: Path, site: str, sandbox: str) -> None:
        self.folder, self.site = folder, site
        given = {"SITE_URL": site, "SANDBOX_URL": sandbox, "MASTODON_TOKEN": "none", "BLUESKY_PASSWORD": "none"}
        self.environ = os.environ | given | {"CI": "true"}

    def syndicate(self, *words: str) -> None:
        """One step."""
        print("$ syndicate", *words, flush=True)
        command = [sys.executable, "-m", "syndicate", *words]
        subprocess.run(command, check=True, cwd=self.folder, env=self.environ)

    def build(self) -> None:
        """Build the site, with what it knows of its posts."""
        print("$ python build.py", self.site, flush=True)
        subprocess.run([sys.executable, str(HERE / "build.py"), self.site], check=True, cwd=self.folder)

    def forget(self) -> None:
        """The machine is gone, and the ledger with it."""
        for path in self.folder.glob("syndicate.db*"):
            path.unlink()


def run(folder: Path) -> None:
    """Both runs of the workflow."""
    shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__", "README.md"))
    (folder / "public").mkdir(exist_ok=True)
    handler = functools.partial(Quiet, directory=str(folder / "public"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, Sandbox(port=0) as sandbox:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        workflow = Workflow(folder, f"http://127.0.0.1:{server.server_port}", sandbox.url)
        print("# the very first run, which a person starts: the newest four are posted")
        workflow.build()
        workflow.syndicate("preview", "--html", "preview.html")
        workflow.syndicate("db", "new")
        workflow.syndicate("post", "--backfill", "4")
        workflow.forget()
        print("# an hour later, on another machine: nothing is new")
        workflow.syndicate("db", "state")
        workflow.syndicate("post")
        workflow.build()
        workflow.forget()
        print(f"posted: {len(sandbox.posts())}; kept in the repository: {', '.join(KEPT)}")
        server.shutdown()
    print(f"the site is in {folder / 'public'}")


if __name__ == "__main__":
    run(Path(sys.argv[1]) if sys.argv[1:] else Path(tempfile.mkdtemp(prefix="syndicate-notes-")))
