"""The commands that a page of the documentation shows, and what it says that they print."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONSOLE = re.compile(r"^(?P<indent> *)```console\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
VARYING = {
    r"\d{4}-\d\d-\d\d(T[\d:.]+Z| \d\d:\d\d UTC)": "<instant>",
    r"\d{8}T\d{6}Z(\.\d+)?": "<instant>",
    r"/\S*/(?=(syndicate|restored)\.db)": "<folder>/",
    r"postgresql://\S+(?=:)": "<server>",
    r"\d[\d.]*(?= (MB|articles|deliveries|rows|posts|stories|attempts|stored secrets|sessions)\b)": "<count>",
    r"(?<=posts listed: )\d+": "<count>",
    r"(?<=schema )\d+( → \d+)?": "<schema>",
    r"https://gazette\.example/2026/": "http://<host>/",
    r"https://social\.example(?=/@)": "http://<host>/",
    r"127\.0\.0\.1:\d+(/2026/|/news/)?": "<host>/",
    r"/\S*/sandbox-\w{8}/": "<kept>/",
    r"\b[0-9a-f]{32}\b": "<key>",
    r"\b[0-9a-f]{8}\b": "<short key>",
    r"/@\w+/\d+": "/<post>",
    r"/post/[2-7a-z]{13}": "/<post>",
    r"\d+×\d+ (\w+), [\d,]+ bytes, (<short key>|[0-9a-f]{8})…": r"<size> \1",
    r"\d+×\d+": "<size>",
    r"\d+ of \d+": "<length>",
    r"[│╭╮╰╯─]": " ",
}


def blocks(page: str) -> list[str]:
    """The console blocks of a page, as they stand there; in a list, without its indentation."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [textwrap.dedent(found["text"]) for found in CONSOLE.finditer(text)]


def steps(page: str) -> list[tuple[str, list[str]]]:
    """Each command of a page, without its prompt, and the lines it prints there."""
    found: list[tuple[str, list[str]]] = []
    for line in "".join(blocks(page)).splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif line.strip():
            found[-1][1].append(line)
    return found


def plain(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, name in VARYING.items():
        line = re.sub(pattern, name, line)
    return " ".join(line.split())


def agree(shown: Sequence[str], printed: Sequence[str]) -> None:
    """Every line that a page shows was printed, whatever differs from run to run."""
    real = set(map(plain, printed))
    for line in shown:
        assert plain(line) in real, "\n".join([f"not printed: {line}", *printed])
