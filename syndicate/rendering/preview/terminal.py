"""Prints a preview as terminal text: each post in a box, with its length as the network counts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, TypeAlias
from unicodedata import bidirectional

from syndicate.control_characters import visible
from syndicate.model import Media
from syndicate.rendering.preview.facts import NEARLY_FULL, Shown, manners

Keep: TypeAlias = Callable[[Media], Path | None]


def show(entries: Sequence[Shown], out: IO[str] | None = None, keep: Keep = lambda _: None) -> None:
    """Print what would be posted, grouped by article, to `out` or else standard output.

    `keep` stores a picture where it can be looked at.
    """
    from rich.console import Console, Group
    from rich.panel import Panel

    console = Console(file=out, highlight=False)
    if not entries:
        console.print("Nothing would be posted now.")
        return
    article = None
    for entry in entries:
        record = entry.record
        if record["article"] != article:
            article = record["article"]
            console.print(_text(f"\n{article}", style="bold"))
        panel = Panel(
            Group(*_words(record["text"] or "(not rendered)"), *_facts(entry, keep), *_further(entry)),
            title=_text(" · ".join(dict.fromkeys((record["account"], record["platform"]))), style="bold cyan"),
            title_align="left",
            subtitle=_count(entry),
            subtitle_align="right",
            width=min(console.width, 90),
            padding=(1, 2),
        )
        console.print(panel)


def _further(entry: Shown) -> list[Any]:
    """The further posts of its thread, each with its length."""
    lines: list[Any] = []
    for number, each in enumerate(entry.rest, 2):
        head = _text(f"\n↳ post {number} of {1 + len(entry.rest)} · ", style="bold cyan")
        style = "yellow" if each.length > NEARLY_FULL * each.limit else "dim"
        lines += [head + _text(f"{each.length} of {each.limit}", style=style), *_words(each.post.text)]
        if each.post.link and each.post.link not in each.post.text:
            lines.append(_text(f"↗ {each.post.link}", style="blue"))
    return lines


def _facts(entry: Shown, keep: Keep) -> list[Any]:
    """The lines next to the text: link card, pictures, when it would be sent, and warnings."""
    record, post = entry.record, entry.post
    facts: list[Any] = []
    if post and post.card:
        facts += [_text(""), *_words(f"▤ {post.card.title}", style="blue")]
        facts += _words(f"  {post.card.description}", style="dim") if post.card.description else []
        facts.append(_text(f"  {post.card.url}", style="dim"))
        facts += [_text(f"  {entry.backing}", style="dim")] if entry.backing else []
    elif record["link"] and record["link"] not in (record["text"] or ""):
        facts.append(_text(f"\n↗ {record['link']}", style="blue"))
    pictures = post.media if post else ()
    if post and post.card and post.card.thumb:
        pictures = (*pictures, post.card.thumb)
    for media in pictures:
        size = f"{media.width}×{media.height} {media.mime.removeprefix('image/')}"
        facts.append(_text(f"\n▣ {size}, {len(media.data):,} bytes, {media.file[:8]}…", style="magenta"))
        if (path := keep(media)) is not None:
            facts.append(_text(f"  {path}", style="magenta"))
        if entry.describes:
            facts += _words(f"  alt: {media.alt or '(none)'}", style="dim" if media.alt else "yellow")
    facts += [_text(f"\n{line}" if not place else line, style="yellow") for place, line in enumerate(manners(post))]
    when = entry.when + (f", {entry.due_at}" if entry.due_at else "")
    facts.append(_text(f"\n{when}", style="dim" if record["state"] == "due" else "yellow"))
    facts += [_text(f"! {warning}", style="yellow") for warning in entry.warnings]
    return facts


def _words(words: str, style: str = "") -> list[Any]:
    """A line for each paragraph; what is written from right to left stands at the right."""
    lines = []
    for paragraph in words.split("\n"):
        line = _text(paragraph, style=style)
        line.justify = "right" if _from_the_right(paragraph.removeprefix("  alt: ")) else None
        lines.append(line)
    return lines


def _from_the_right(words: str) -> bool:
    """Whether the first letter that has a direction is written from right to left."""
    return next((way != "L" for way in map(bidirectional, words) if way in ("L", "R", "AL")), False)


def _text(words: str, style: str = "") -> Any:
    """Words that act on no terminal, in a style."""
    from rich.text import Text

    return Text(visible(words), style=style)


def _count(entry: Shown) -> Any:
    length, limit = entry.record["length"], entry.record["limit"]
    if length is None or not limit:
        return None
    return _text(f"{length} of {limit}", style="yellow" if length > NEARLY_FULL * limit else "dim")
