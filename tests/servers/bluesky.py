"""A real Bluesky PDS on this machine, and what it answers to the questions that the stand-in is compared by.

`python -m tests.servers.bluesky` asks them, and writes the answers to tests/worlds/bluesky_answers.json.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from subprocess import PIPE, STDOUT
from threading import Thread

import pytest

from tests import processes
from tests.servers.installing import Missing, npm
from tests.worlds import bluesky_asking
from tests.worlds.bluesky_asking import HANDLE, PASSWORD, ask_all
from tests.worlds.client import Client

VERSION, DIRECTORY = "0.5.35", "0.0.1"
POSTS = "app.bsky.feed.post"


class Server:
    """A PDS with one account. A `PlatformContract` sees it as a network."""

    version = VERSION

    def __init__(self, folder: Path) -> None:
        packages = [f"@atproto/pds@{VERSION}", f"@did-plc/server@{DIRECTORY}"]
        place, env = npm("pds", packages, build=["better-sqlite3"], mark=f"pds-{VERSION}")
        port, directory = processes.free_port(), processes.free_port()
        self.url, self.directory = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{directory}"
        script = Path(__file__).with_name("pds.cjs")
        command = ["node", str(script), str(port), str(directory), str(folder)]
        env |= {"LOG_ENABLED": "0"}
        command[0] = next(p for p in (Path(d) / "node" for d in env["PATH"].split(os.pathsep)) if p.exists()).as_posix()
        self._process = processes.start(command, cwd=place, env=env, stdout=PIPE, stderr=STDOUT, text=True)
        lines = []
        for line in self._process.stdout:
            lines.append(line)
            if line.strip() == "started":
                break
        else:
            raise Missing(f"it does not start: {''.join(lines).strip()[:200]}")
        self._talk = Thread(target=self._process.stdout.read, daemon=True)
        self._talk.start()
        account = {"email": "desk@gazette.example", "handle": HANDLE, "password": PASSWORD}
        self.session = self.call("POST", "com.atproto.server.createAccount", account)
        self.did = self.session["did"]

    def call(self, method: str, name: str, body: object = None, **query: str) -> dict:
        headers = {"Authorization": f"Bearer {self.session['accessJwt']}"} if hasattr(self, "session") else {}
        with closing(Client(self.url)) as client:
            got = client(method, f"/xrpc/{name}", json=body, headers=headers, query=query)
        assert got.status == 200, got.body
        return got.json

    def posts(self) -> list[dict]:
        query = {"repo": self.did, "collection": POSTS, "limit": "100", "reverse": "true"}
        found = self.call("GET", "com.atproto.repo.listRecords", **query)["records"]
        return [_shown(each["value"]) for each in found]

    def add_faults(self, _rules: object) -> None:
        pytest.skip("a real server fails only when it wants")

    def reset(self) -> None:
        """Delete every post."""
        query = {"repo": self.did, "collection": POSTS, "limit": "100"}
        for each in self.call("GET", "com.atproto.repo.listRecords", **query)["records"]:
            place = {"repo": self.did, "collection": POSTS, "rkey": each["uri"].rpartition("/")[2]}
            self.call("POST", "com.atproto.repo.deleteRecord", place)

    def close(self) -> None:
        processes.end(self._process)


def _shown(record: dict) -> dict:
    embed = record.get("embed") or {}
    media = [{"alt": image["alt"]} for image in embed.get("images", [])]
    return {"text": record["text"], "media": media, "external": embed.get("external"), "record": record}


def main() -> None:
    """Ask every question of a fresh server, and write the answers down."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            answers = ask_all(server.url)
        finally:
            server.close()
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in answers)
    page = Path(bluesky_asking.__file__).with_name("bluesky_answers.json")
    page.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    sys.stdout.write(f"{len(answers)} answers of @atproto/pds {VERSION} are in {page}\n")


if __name__ == "__main__":
    main()
