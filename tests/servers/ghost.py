"""A real Ghost on this machine, with SQLite, on 127.0.0.1.

npm cannot install it (its dependencies contradict each other), but its own package has a lock file for pnpm. The one
module that it cannot do without is compiled; re2, which takes longest, it goes without.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from subprocess import DEVNULL
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests import processes
from tests.servers.installing import Missing, done, folder, node, once, run
from tests.waiting import PATIENCE

VERSION, PNPM = "6.65.0", "12.4.2"
PASSWORD = "of-Nobody-99-long!"
STARTS = 240
"""Seconds that a first start may take: it makes all its tables."""


def install() -> tuple[Path, dict[str, str]]:
    """Ghost's own folder, and the environment to run it in."""
    env, place = node(), folder("ghost")
    package = place / "package"
    if once(place, f"ghost-{VERSION}"):
        (place / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        run(["npm", "install", "--no-audit", "--no-fund", f"pnpm@{PNPM}"], place, env)
        run(["npm", "pack", f"ghost@{VERSION}"], place, env)
        run(["tar", "xzf", f"ghost-{VERSION}.tgz"], place)
        pnpm, wishes = place / "node_modules" / ".bin" / "pnpm", ["--prod", "--frozen-lockfile", "--ignore-scripts"]
        run([pnpm, "install", *wishes, "--config.node-linker=hoisted"], package, env)
        run([pnpm, "rebuild", "better-sqlite3"], package, env)
        done(place, f"ghost-{VERSION}")
    return package, env


class Server:
    """A site with an editor and a key for its Content API."""

    version = VERSION

    def __init__(self, place: Path) -> None:
        package, env = install()
        port = processes.free_port()
        self.url = f"http://127.0.0.1:{port}"
        content = place / "content"
        for name in ("data", "logs", "images", "settings", "public", "themes"):
            (content / name).mkdir(parents=True)
        for theme in (package / "content" / "themes").iterdir():
            (content / "themes" / theme.name).symlink_to(theme)
        config = {
            "url": self.url,
            "server": {"host": "127.0.0.1", "port": port},
            "mail": {"transport": "stub", "from": "desk@gazette.example"},
            "database": {
                "client": "better-sqlite3",
                "connection": {"filename": str(content / "data" / "ghost.db")},
                "useNullAsDefault": True,
            },
            "paths": {"contentPath": f"{content}/"},
            "logging": {"transports": ["file"], "path": str(content / "logs"), "level": "error"},
            "privacy": {"useUpdateCheck": False, "useGravatar": False, "useRpcPing": False},
            "security": {"staffDeviceVerification": False},
        }
        (package / "config.development.json").write_text(json.dumps(config), encoding="utf-8")
        self._log = place / "ghost.log"
        with self._log.open("w", encoding="utf-8") as log:
            command = [_node(env), "index.js"]
            wishes = {"cwd": package, "env": env | {"NODE_ENV": "development"}, "stdin": DEVNULL}
            self._process = processes.start(command, stdout=log, stderr=log, **wishes)
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._set_up()

    def admin(self, method: str, path: str, body: object = None) -> dict:
        """One call of the admin API, as the editor who is signed in."""
        headers = {"Content-Type": "application/json", "Origin": self.url, "Accept-Version": "v6.0"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/ghost/api/admin/{path}", data, headers, method=method)
        with self._opener.open(request, timeout=PATIENCE) as reply:
            said = reply.read()
        return json.loads(said) if said[:1] == b"{" else {}

    def publish(self, title: str, **fields: object) -> dict:
        post = {"title": title, "html": "<p>Words.</p>", "status": "published"} | fields
        return self.admin("POST", "posts/?source=html", {"posts": [post]})["posts"][0]

    def clear(self) -> None:
        """Delete every post."""
        for post in self.admin("GET", "posts/?limit=100&fields=id")["posts"]:
            self.admin("DELETE", f"posts/{post['id']}/")

    def close(self) -> None:
        processes.end(self._process)

    def _set_up(self) -> None:
        person = {"name": "An Editor", "email": "editor@gazette.example", "password": PASSWORD, "blogTitle": "Harbour"}
        until = time.monotonic() + STARTS
        while True:
            with suppress(HTTPError, OSError):
                self.admin("GET", "authentication/setup/")
                break
            if self._process.poll() is not None or time.monotonic() > until:
                raise Missing(f"it does not start: {self._log.read_text(encoding='utf-8')[-200:]!r}")
            time.sleep(0.5)
        self.admin("POST", "authentication/setup/", {"setup": [person]})
        self.admin("POST", "session/", {"username": person["email"], "password": PASSWORD})
        made = self.admin("POST", "integrations/?include=api_keys", {"integrations": [{"name": "syndicate"}]})
        keys = {key["type"]: key["secret"] for key in made["integrations"][0]["api_keys"]}
        self.key = keys["content"]


def _node(env: dict[str, str]) -> str:
    return str(next(place for place in (Path(each) / "node" for each in env["PATH"].split(":")) if place.exists()))
