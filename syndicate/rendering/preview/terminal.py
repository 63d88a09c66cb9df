"""Prints a preview as terminal text: each post in a box, with its length as the network counts it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from syndicate.rendering.preview.facts import NEARLY_FULL, Shown


def show(entries: Sequence[Shown]) -> None:
    """Print what would be posted, grouped by article."""
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.text import Text

    console = Console(highlight=False)
    if not entries:
        console.print("Nothing would be posted now.")
        return
    article = None
    for entry in entries:
        record = entry.record
        if record["article"] != article:
            article = record["article"]
            console.print(Text(f"\n{article}", style="bold"))
        panel = Panel(
            Group(Text(record["text"] or "(not rendered)"), *_facts(entry)),
            title=Text(f"{record['account']} · {record['platform']}", style="bold cyan"),
            title_align="left",
            subtitle=_count(entry),
            subtitle_align="right",
            width=min(console.width, 90),
            padding=(1, 2),
        )
        console.print(panel)


def _facts(entry: Shown) -> list[Any]:
    """The lines next to the text: link card, pictures, when it would be sent, and warnings."""
    from rich.text import Text

    record, post = entry.record, entry.post
    facts: list[Any] = []
    if post and post.card:
        facts.append(Text(f"\n▤ {post.card.title}", style="blue"))
        facts += [Text(f"  {post.card.description}", style="dim")] if post.card.description else []
        facts.append(Text(f"  {post.card.url}", style="dim"))
    elif record["link"] and record["link"] not in (record["text"] or ""):
        facts.append(Text(f"\n↗ {record['link']}", style="blue"))
    pictures = post.media if post else ()
    if post and post.card and post.card.thumb:
        pictures = (*pictures, post.card.thumb)
    for media in pictures:
        size = f"{media.width}×{media.height} {media.mime.removeprefix('image/')}"
        facts.append(Text(f"\n▣ {size}, {len(media.data):,} bytes, {media.file[:8]}…", style="magenta"))
        facts.append(Text(f"  alt: {media.alt or '(none)'}", style="dim" if media.alt else "yellow"))
    when = entry.when + (f", {entry.due_at}" if entry.due_at else "")
    facts.append(Text(f"\n{when}", style="dim" if record["state"] == "due" else "yellow"))
    facts += [Text(f"! {warning}", style="yellow") for warning in entry.warnings]
    return facts


def _count(entry: Shown) -> Any:
    from rich.text import Text

    length, limit = entry.record["length"], entry.record["limit"]
    if length is None or not limit:
        return None
    return Text(f"{length} of {limit}", style="yellow" if length > NEARLY_FULL * limit else "dim")
