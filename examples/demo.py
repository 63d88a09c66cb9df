"""A newsroom's morning on this machine: `make demo` (with ARGS=--stay it keeps running).

A sample site and stand-ins for the networks are served on loopback; the real command line then takes
the baseline, rehearses one story, posts what the site publishes, and posts again. Nothing leaves this
machine. Ends with 1 if any story is missing on an account, or there twice.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from gazette import Story
from serve import Site

from syndicate.sandbox.server import Sandbox

OUT = Path("demo-out")
NETWORKS = ("mastodon", "bluesky", "x", "facebook", "webhook")
ACCOUNTS = (*NETWORKS, "folder")
COLOURED = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def config(site: str, sandbox: str, folder: Path) -> str:
    """The config of the demo: six accounts, and a sandbox in place of each network."""
    return f"""\
site: {{name: The Example Gazette, url: "{site}/", language: en, timezone: Europe/Lisbon}}
database: sqlite:///syndicate.db

sources:
  news: {{type: feed, url: "{site}/rss.xml", every: 5m}}

defaults: {{image: card, hashtags: 3, utm: {{medium: social}}}}

accounts:
  mastodon:
    platform: mastodon
    url: https://social.example
    token: "${{DEMO_TOKEN}}"
    api_url: "{sandbox}"          # in real life: leave it out
  bluesky:
    platform: bluesky
    handle: gazette.bsky.example
    app_password: "${{DEMO_TOKEN}}"
    api_url: "{sandbox}"
  x:
    platform: x
    api_key: "${{DEMO_TOKEN}}"
    api_secret: "${{DEMO_TOKEN}}"
    access_token: "${{DEMO_TOKEN}}"
    access_secret: "${{DEMO_TOKEN}}"
    api_url: "{sandbox}"
  facebook:
    platform: facebook
    page_id: "100200300"
    page_token: "${{DEMO_TOKEN}}"
    api_url: "{sandbox}"
  webhook:
    platform: webhook
    url: https://cms.example/webhook/gazette
    api_url: "{sandbox}"
  folder:
    platform: folder
    path: {json.dumps(str(folder), ensure_ascii=False)}
"""


class Talk:
    """What the demo says; in colour only where somebody watches and does not mind."""

    @staticmethod
    def painted(text: str, code: str) -> str:
        """In colour, if at all."""
        return f"\x1b[{code}m{text}\x1b[0m" if COLOURED else text

    def step(self, title: str) -> None:
        """What comes next."""
        print(f"\n{self.painted(title, '1;36')}", flush=True)

    def say(self, text: str) -> None:
        """One line."""
        print(f"  {text}", flush=True)

    def command(self, words: Sequence[str]) -> None:
        """What is typed."""
        print(f"  {self.painted('$ ' + ' '.join(words), '1')}", flush=True)

    def lines(self, text: str) -> None:
        """What a command said."""
        for line in text.splitlines():
            print(f"  {self.painted('│', '2')} {line}", flush=True)


class Demo:
    """The site, the stand-ins and a config between them."""

    def __init__(self, site: Site, sandbox: Sandbox, home: Path, talk: Talk) -> None:
        self.site = site
        self.sandbox = sandbox
        self.talk = talk
        self.wrong: list[str] = []
        self._config = home / "config.yaml"
        self._config.write_text(config(site.url, sandbox.url, (OUT / "folder").absolute()), encoding="utf-8")

    def syndicate(self, *words: str) -> str:
        """Run the real command; what it printed. An exit status other than 0 is noted as wrong."""
        self.talk.command(["syndicate", *words])
        done = subprocess.run(
            [sys.executable, "-m", "syndicate", "--config", str(self._config), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=os.environ | {"DEMO_TOKEN": "not-a-secret", "PYTHONUTF8": "1"},
            check=False,
        )
        self.talk.lines(done.stderr)
        if done.returncode:
            self.wrong.append(f"syndicate {' '.join(words)}: exit {done.returncode}")
        return done.stdout

    def records(self, *words: str) -> list[dict[str, Any]]:
        """Run a command with --json; its objects."""
        return [json.loads(line) for line in self.syndicate(*words, "--json").splitlines()]

    def baseline(self) -> None:
        """The first run."""
        self.talk.step("1. The first run takes the baseline: nobody is flooded with old stories")
        self.talk.say(f"{self.site.url} lists {len(self.site.published)} older stories.")
        self.talk.lines(self.syndicate("post"))
        self._expect_posts(0, "after the first run")

    def rehearse(self) -> list[Story]:
        """Publish, and look at what would be sent. Returns what was published."""
        self.talk.step("2. The newsroom publishes, and has a look at what would go out")
        fresh = self.site.publish()
        self.talk.say(
            f"{len(fresh)} new stories in {len({story.language for story in fresh})} languages are on the site."
        )
        shown = self.records("post", "--dry-run", "--account", "mastodon")
        self._check("the dry run", shown, fresh, ("mastodon",), "due")
        if shown:
            text, counted = shown[-1]["text"] or "", f"{shown[-1]['length']} of {shown[-1]['limit']}"
            self.talk.lines(
                f"{text}\n\n({counted} characters on mastodon; the newest of {len(shown)} stories is shown)"
            )
        OUT.mkdir(exist_ok=True)
        self.syndicate("preview", "--html", str(OUT / "preview.html"))
        self._expect_posts(0, "after the dry run and the preview")
        return fresh

    def post(self, fresh: Sequence[Story]) -> list[dict[str, Any]]:
        """Send. Returns the deliveries."""
        self.talk.step("3. The run that posts: every new story, once on every account")
        sent = self.records("post")
        self._check("the run", sent, fresh, ACCOUNTS, "posted")
        self.talk.say(f"{len(sent)} deliveries, {Counter(row['state'] for row in sent)['posted']} posted.")
        self._count(fresh)
        return sent

    def again(self) -> None:
        """The same command once more."""
        self.talk.step("4. The same command again sends nothing")
        before = len(self.sandbox.posts())
        printed = self.syndicate("post")
        self.talk.lines(printed)
        if printed.strip():
            self.wrong.append("the second run printed deliveries")
        self._expect_posts(before, "after the second run")
        self.talk.say(f"The networks still hold {len(self.sandbox.posts())} posts.")

    def table(self, fresh: Sequence[Story], sent: Sequence[dict[str, Any]]) -> None:
        """What went where."""
        self.talk.step("What went where")
        wide = max(len(account) for account in ACCOUNTS)
        for story in fresh:
            about = self.talk.painted(f"{story.language:<8}{story.slug}", "1")
            self.talk.say(about)
            rows = {row["account"]: row for row in sent if _slug(row["article"]) == story.slug}
            for account in ACCOUNTS:
                row = rows.get(
                    account, {"permalink": None, "state": "missing", "text": "", "length": None, "limit": None}
                )
                length = f"{row['length']}/{row['limit']}" if row["limit"] else ""
                where = _near(row["permalink"]) or ("received" if row["state"] == "posted" else row["state"])
                self.talk.say(f"        {account:<{wide}}  {length:>12}  {where}")

    def keep_page(self) -> None:
        """Save what the stand-ins received."""
        OUT.mkdir(exist_ok=True)
        (OUT / "sandbox.html").write_text(self.sandbox.page(), encoding="utf-8")

    def _check(
        self, what: str, rows: Sequence[dict[str, Any]], fresh: Sequence[Story], accounts: Sequence[str], state: str
    ) -> None:
        """Each story once for each account, and in that state."""
        wanted = Counter((account, story.slug) for account in accounts for story in fresh)
        printed = Counter((row["account"], _slug(row["article"])) for row in rows)
        self._differ(f"{what} printed", wanted, printed)
        self.wrong += [
            f"{row['account']}: {_slug(row['article'])} is {row['state']} ({row['reason']})"
            for row in rows
            if row["state"] != state
        ]

    def _count(self, fresh: Sequence[Story]) -> None:
        """What the networks and the folder themselves hold."""
        wanted = Counter((account, story.slug) for account in ACCOUNTS for story in fresh)
        held = Counter((post["platform"], found) for post in self.sandbox.posts() for found in _about(post, fresh))
        for file in (OUT / "folder").glob("*/post.json"):
            held["folder", _slug(json.loads(file.read_text(encoding="utf-8"))["article"]["url"])] += 1
        self._differ("the networks hold", wanted, held)

    def _differ(self, what: str, wanted: Counter[tuple[str, str]], found: Counter[tuple[str, str]]) -> None:
        for account, slug in sorted({*wanted, *found}):
            times = found[account, slug]
            if times != wanted[account, slug]:
                self.wrong.append(f"{what} {slug} {times} times for {account}, not {wanted[account, slug]}")

    def _expect_posts(self, count: int, when: str) -> None:
        found = len(self.sandbox.posts())
        if found != count:
            self.wrong.append(f"{when} the networks hold {found} posts, not {count}")


def _slug(url: str) -> str:
    return unquote(url).rpartition("/")[2].removesuffix(".html")


def _near(permalink: str | None) -> str | None:
    """A path of this folder rather than a long file: address."""
    if permalink and permalink.startswith("file://"):
        return os.path.relpath(unquote(permalink.removeprefix("file://")))
    return permalink


def _about(post: dict[str, Any], fresh: Sequence[Story]) -> list[str]:
    """Which stories a post links to, by whatever way its network carries a link; `unknown` if none."""
    words = json.dumps([post["text"], post["link"], post["card"]], ensure_ascii=False)
    return [story.slug for story in fresh if f"/{story.slug}.html" in words] or ["unknown"]


def _ended(demo: Demo, *, stay: bool) -> int:
    talk = demo.talk
    talk.step("Where to look")
    talk.say(f"{OUT / 'preview.html'}        each story as each network would show it, before it was sent")
    talk.say(f"{OUT / 'sandbox.html'}        all posts, as the stand-ins received them")
    talk.say(f"{OUT / 'folder' / 'index.html'}   the posts of the folder account")
    if demo.wrong:
        talk.step(talk.painted("Something is wrong", "1;31"))
        for line in demo.wrong:
            talk.say(line)
        return 1
    count = len(demo.sandbox.posts())
    told = f"Counted: {count} posts on {len(NETWORKS)} networks and {count // len(NETWORKS)} in the folder"
    talk.step(talk.painted(f"{told}, each story once on each account", "1;32"))
    if stay:
        talk.say(f"Still running, until Ctrl-C: {demo.sandbox.url} and {demo.site.url}")
        try:
            demo.site.wait()
        except KeyboardInterrupt:
            print()
    else:
        talk.say("The stand-ins have stopped, and their links with them; make demo ARGS=--stay keeps them running.")
    return 0


def main() -> int:
    """Run the demo; 0 when every story is once on every account."""
    parser = argparse.ArgumentParser(description="Post a sample site's stories to stand-ins for the networks.")
    parser.add_argument("--stay", action="store_true", help="keep the site and the stand-ins running at the end")
    stay = parser.parse_args().stay
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    shutil.rmtree(OUT / "folder", ignore_errors=True)
    try:
        return play(Talk(), stay=stay)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has gone; that is its right
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def play(talk: Talk, *, stay: bool) -> int:
    """The whole morning; 1 if anything is missing or doubled."""
    print(talk.painted("syndicate: one story, all the way, on this machine only", "1"))
    with tempfile.TemporaryDirectory(prefix="syndicate-demo-") as home, Site() as site, Sandbox() as sandbox:
        demo = Demo(site, sandbox, Path(home), talk)
        demo.baseline()
        fresh = demo.rehearse()
        sent = demo.post(fresh)
        demo.again()
        demo.keep_page()
        demo.table(fresh, sent)
        return _ended(demo, stay=stay)


if __name__ == "__main__":
    sys.exit(main())
