"""The commands of the pages, typed in their order, against a site and a sandbox; what they print is on the page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.cli import main
from syndicate.sandbox.server import Sandbox
from tests.worlds.site import Site
from tests.worlds.transcripts import steps

STORIES = {
    "harbour-clock": ("The harbour clock runs again after eleven years", "News > City"),
    "night-train": ("The night train to the coast returns in spring", "News > Travel"),
    "school-kitchen": ("A school kitchen cooks for the whole street", "News > Schools"),
    "ferry-cat": ("The ferry’s cat has crossed the river ten thousand times", "News > City"),
}
SUMMARIES = {
    "night-train": "Six carriages, one dining car and a ticket for thirty euros: the railway brings back a line"
    " that closed in 2009.",
    "ferry-cat": "Her name is Maré, she boards at seven and she has never paid.",
}
ACCOUNTS = """\
accounts:
  masto: {{platform: mastodon, url: "https://social.example", token: "${{MASTODON_TOKEN}}", api_url: "{url}"}}
  bsky: {{platform: bluesky, handle: gazette.example, app_password: "${{BLUESKY_APP_PASSWORD}}", api_url: "{url}"}}
"""
VARYING = {
    r"\d{4}-\d\d-\d\dT[\d:.]+Z": "<instant>",
    r"127\.0\.0\.1:\d+(/2026/|/news/)?": "<host>/",
    r"\b[0-9a-f]{32}\b": "<key>",
    r"\b[0-9a-f]{8}\b": "<short key>",
    r"/@account_\w+/\d+": "/<post>",
    r"/post/[2-7a-z]{13}": "/<post>",
    r"\d+×\d+ (\w+), [\d,]+ bytes, (<short key>|[0-9a-f]{8})…": r"<size> \1",
    r"\d+×\d+": "<size>",
    r"\d+ of \d+": "<length>",
    r"[│╭╮╰╯─]": " ",
}


class Gazette(Site):
    """The site whose stories the pages show."""

    def write(self, slug: str, *, ago: timedelta = timedelta(0)) -> None:
        title, section = STORIES[slug]
        summary = SUMMARIES.get(slug, "What happened, in one line.")
        when = datetime.now(UTC) - ago
        self.publish(slug=slug, title=title, summary=summary, categories=(section,), published=when, photo=True)

    def item(self, story):
        whole = super().item(story)
        whole = whole.replace("The harbour at dawn", "The harbour at dawn, with the clock tower on the left")
        return whole.replace("A. Sample", "Inês Prado")


@pytest.fixture
def site() -> Iterator[Gazette]:
    running = Gazette()
    for hours, slug in zip((3, 2, 1), STORIES, strict=False):
        running.write(slug, ago=timedelta(hours=hours))
    yield running
    running.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(port=0) as running:
        yield running


@pytest.fixture
def sandbox_of_the_reader() -> Iterator[Sandbox]:
    """The one that the page says to start in another terminal."""
    with Sandbox(port=0) as running:
        yield running


@pytest.fixture
def desk(tmp_path, monkeypatch, sandbox_of_the_reader):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SYNDICATE_SANDBOX_PORT", sandbox_of_the_reader.url.rpartition(":")[2])
    monkeypatch.setenv("MASTODON_TOKEN", "masto-token")
    monkeypatch.setenv("BLUESKY_APP_PASSWORD", "bsky-password")
    return tmp_path


def typed(command: str, capsys) -> tuple[int, list[str]]:
    """Its exit status, and every line it printed."""
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(command)[1:])
    said = capsys.readouterr()
    return ended.value.code, (said.out + said.err).splitlines()


def plain(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, name in VARYING.items():
        line = re.sub(pattern, name, line)
    return " ".join(line.split())


def agree(shown: list[str], printed: list[str]) -> None:
    real = set(map(plain, printed))
    for line in shown:
        assert plain(line) in real, "\n".join([f"not printed: {line}", *printed])


def joined_accounts(path: Path, sandbox: Sandbox) -> None:
    """The reader has added accounts; ours lead to the sandbox, so that nothing leaves this machine."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.partition("accounts:")[0] + ACCOUNTS.format(url=sandbox.url), encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_a_newcomer_types_what_stands_there_and_sees_what_stands_there(page, site, sandbox, desk, capsys) -> None:
    leaves_out = ("syndicate sandbox", "syndicate daemon")  # they run until they are told to stop
    commands = [step for step in steps(page) if step[0].startswith("syndicate ") and step[0] not in leaves_out]
    assert len(commands) >= 4
    for command, shown in commands:
        if "--sandbox" in command:
            joined_accounts(desk / "config.yaml", sandbox)
        if "--article" in command:
            site.write("ferry-cat")
        ours = command.replace("https://gazette.example", site.url).replace("/2026/", "/news/")
        code, printed = typed(ours, capsys)
        assert code == 0, "\n".join([command, *printed])
        agree(shown, printed)
    received = sorted(post["platform"] for post in sandbox.posts())
    assert received == ([] if page == "README.md" else ["bluesky", "mastodon"])


def test_a_held_delivery_is_shown_and_resolved_as_the_guide_says(site, sandbox, desk, capsys) -> None:
    hook = f"{{platform: webhook, url: '{sandbox.url}/webhook/newsletter'}}"
    (desk / "config.yaml").write_text(
        f"site: {{name: Gazette, url: '{site.url}/'}}\n"
        f"sources: {{news: {{url: '{site.url}/rss.xml'}}}}\n"
        f"accounts: {{newsletter: {hook}}}\n",
        encoding="utf-8",
    )
    assert typed("syndicate post", capsys)[0] == 0
    sandbox.add_faults([{"platform": "webhook", "step": "commit", "fault": "drop_after"}])
    site.write("ferry-cat")
    post, show, resolve = steps("docs/guides/when-something-is-held.md")[:3]
    code, printed = typed(post[0], capsys)
    agree(post[1], printed)
    assert code == 1
    (key,) = {word for line in printed for word in re.findall(r"\b[0-9a-f]{8}\b", line)}
    code, printed = typed(show[0].replace("52f0482a", key), capsys)
    agree(show[1], printed)
    assert code == 0
    assert typed(resolve[0].replace("52f0482a", key), capsys)[0] == 0
    assert typed(post[0], capsys)[0] == 0
    assert len(sandbox.posts()) == 1
