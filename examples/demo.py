"""A newsroom's morning on this machine: `make demo` (with ARGS=--stay it keeps running).

A sample site and stand-ins for the networks are served on loopback; the real command line then takes
the baseline, rehearses one story, posts what the site publishes, and posts again. Nothing leaves this
machine. Ends with 1 if any story is missing on an account, or there twice. Every line fits 80 columns.
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
WIDTH = 80
FEW = 7  # lines of what a command prints, where it prints one for each delivery
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
        """What is typed; where it is too long for a line, on two."""
        typed = f"$ {' '.join(words)}"
        if len(typed) > WIDTH - 2:
            typed = typed.replace(" --article ", " \\\n      --article ")
        print(f"  {self.painted(typed, '1')}", flush=True)

    def lines(self, text: str, most: int = 1000) -> None:
        """What a command printed, cut to the width of the screen; of more than `most` lines the first."""
        lines = text.splitlines()
        for line in lines[:most]:
            shown = line if len(line) <= WIDTH - 4 else f"{line[: WIDTH - 5]}…"
            print(f"  {self.painted('│', '2')} {shown}", flush=True)
        if len(lines) > most:
            print(f"  {self.painted('│', '2')} … and {len(lines) - most} lines more like these", flush=True)


class Demo:
    """The site, the stand-ins and a config between them."""

    def __init__(self, site: Site, sandbox: Sandbox, home: Path, talk: Talk) -> None:
        self.site = site
        self.sandbox = sandbox
        self.talk = talk
        self.wrong: list[str] = []
        self._config = home / "config.yaml"
        self._config.write_text(config(site.url, sandbox.url, (OUT / "folder").absolute()), encoding="utf-8")

    def syndicate(self, *words: str, most: int = 1000) -> str:
        """Show a command and what it prints; returns that. An exit status other than 0 is noted as wrong."""
        self.talk.command(["syndicate", *words])
        done = self._run(*words)
        self.talk.lines(done.stdout + done.stderr, most)
        return done.stdout

    def records(self, *words: str) -> list[dict[str, Any]]:
        """What a command that is not shown says with --json: its objects, to count by."""
        return [json.loads(line) for line in self._run(*words, "--json").stdout.splitlines()]

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "syndicate", "--config", str(self._config), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=os.environ | {"DEMO_TOKEN": "not-a-secret", "PYTHONUTF8": "1", "COLUMNS": str(WIDTH - 4)},
            check=False,
        )
        if done.returncode:
            self.wrong.append(f"syndicate {' '.join(words)}: exit {done.returncode}")
        return done

    def baseline(self) -> None:
        """The first run."""
        self.talk.step("1. The first run posts nothing, so nobody is flooded with old stories")
        self.talk.say(f"{self.site.url} lists {len(self.site.published)} older stories.")
        self.syndicate("post")
        self._expect_posts(0, "after the first run")

    def rehearse(self) -> list[Story]:
        """Publish, and look at what would be sent. Returns what was published."""
        self.talk.step("2. The newsroom publishes, and looks at what would go out")
        fresh = self.site.publish()
        languages = len({story.language for story in fresh})
        self.talk.say(f"{len(fresh)} new stories in {languages} languages are on the site. One of them:")
        self.syndicate("preview", "--account", "mastodon", "--article", f"{self.site.url}{fresh[0].path}")
        self.talk.say("All of them, as each network would show them:")
        OUT.mkdir(exist_ok=True)
        self.syndicate("preview", "--html", str(OUT / "preview.html"))
        self._check("the dry run", self.records("post", "--dry-run"), fresh, ACCOUNTS, "due")
        self._expect_posts(0, "after the previews")
        return fresh

    def post(self, fresh: Sequence[Story]) -> list[dict[str, Any]]:
        """Send. Returns the deliveries."""
        self.talk.step("3. The run that posts: every new story, once on every account")
        printed = self.syndicate("post", most=FEW).splitlines()
        sent = [row for row in self.records("deliveries", "list", "--all") if row["reason"] != "baseline"]
        self._check("the run", sent, fresh, ACCOUNTS, "posted")
        if len(printed) != len(sent):
            self.wrong.append(f"the run printed {len(printed)} lines for {len(sent)} deliveries")
        self.talk.say(f"{len(fresh)} stories for {len(ACCOUNTS)} accounts are {len(sent)} lines.")
        self._count(fresh)
        return sent

    def again(self) -> None:
        """The same command once more."""
        self.talk.step("4. The same command again posts nothing")
        before = len(self.sandbox.posts())
        if self.syndicate("post").strip():
            self.wrong.append("the second run printed deliveries")
        self.talk.say("It prints nothing, as cron likes it.")
        self._expect_posts(before, "after the second run")

    def table(self, fresh: Sequence[Story], sent: Sequence[dict[str, Any]]) -> None:
        """How much of each account's limit each story took."""
        self.talk.step("What went where: characters, as each network counts them")
        self.talk.say(self.talk.painted(f"{'':<24}{''.join(f'{name:>9}' for name in ACCOUNTS)}", "2"))
        for story in fresh:
            rows = {row["account"]: row for row in sent if _slug(row["article"]) == story.slug}
            cells = [str(rows[name]["length"] or "sent") if name in rows else "MISSING" for name in ACCOUNTS]
            self.talk.say(f"{story.language:<4}{story.slug:<20.20}{''.join(f'{cell:>9}' for cell in cells)}")
        limits = {row["account"]: row["limit"] for row in sent}
        cells = [f"{limits.get(name) or '':>9}" for name in ACCOUNTS]
        self.talk.say(self.talk.painted(f"{'the most it may have':<24}{''.join(cells)}", "2"))

    def keep_card(self, fresh: Sequence[Story]) -> str | None:
        """Save the picture that went out with the first story; its place."""
        for file in (OUT / "folder").glob("*/post.json"):
            if _slug(json.loads(file.read_text(encoding="utf-8"))["article"]["url"]) == fresh[0].slug:
                for picture in sorted(file.parent.glob("*.jp*g")):
                    shutil.copy(picture, OUT / "card.jpg")
                    return str(OUT / "card.jpg")
        self.wrong.append(f"no picture went out with {fresh[0].slug}")
        return None

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


def _about(post: dict[str, Any], fresh: Sequence[Story]) -> list[str]:
    """Which stories a post links to, by whatever way its network carries a link; `unknown` if none."""
    words = json.dumps([post["text"], post["link"], post["card"]], ensure_ascii=False)
    return [story.slug for story in fresh if f"/{story.slug}.html" in words] or ["unknown"]


def _ended(demo: Demo, card: str | None, stories: int, *, stay: bool) -> int:
    talk = demo.talk
    talk.step("Where to look")
    places = {
        card or "": "the picture that went out with the first story",
        str(OUT / "preview.html"): "every story as each network would show it",
        str(OUT / "sandbox.html"): "all posts, as the stand-ins received them",
        str(OUT / "folder" / "index.html"): "the posts of the folder account",
    }
    for place, about in places.items():
        talk.say(f"{place:<27}  {about}")
    if demo.wrong:
        talk.step(talk.painted("Something is wrong", "1;31"))
        for line in demo.wrong:
            talk.say(line)
        return 1
    count = len(demo.sandbox.posts())
    talk.step(talk.painted("Counted, as the networks have them: each story once on each account", "1;32"))
    talk.say(f"{stories} stories × {len(NETWORKS)} networks = {count} posts, and {stories} in the folder.")
    if not stay:
        talk.say("The stand-ins have stopped now. To keep them, and the links: --stay")
        return 0
    talk.say("Still running, until Ctrl-C:")
    talk.say(f"{demo.sandbox.url}  the posts")
    talk.say(f"{demo.site.url}  the newspaper")
    try:
        demo.site.wait()
    except KeyboardInterrupt:
        print()
    return 0


def main() -> int:
    """Run the demo; 0 when every story is once on every account."""
    parser = argparse.ArgumentParser(description="Post a sample site's stories to stand-ins for the networks.")
    parser.add_argument("--stay", action="store_true", help="keep the site and the stand-ins running at the end")
    return run(stay=parser.parse_args().stay)


def run(*, stay: bool) -> int:
    """Run the demo in this folder; 0 when every story is once on every account."""
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
    print(talk.painted("A newsroom's morning with syndicate, on this machine only", "1"))
    with tempfile.TemporaryDirectory(prefix="syndicate-demo-") as home, Site() as site, Sandbox() as sandbox:
        demo = Demo(site, sandbox, Path(home), talk)
        demo.baseline()
        fresh = demo.rehearse()
        sent = demo.post(fresh)
        demo.again()
        demo.keep_page()
        demo.table(fresh, sent)
        return _ended(demo, demo.keep_card(fresh), len(fresh), stay=stay)


if __name__ == "__main__":
    sys.exit(main())
