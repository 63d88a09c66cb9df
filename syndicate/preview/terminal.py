"""The dry run as terminal text: each post in a box, as its network counts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NEARLY_FULL = 0.9


def show(records: Sequence[Mapping[str, Any]], platforms: Mapping[str, str]) -> None:
    """Print deliveries in `--json` shape, grouped by article."""
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.text import Text

    console = Console(highlight=False)
    if not records:
        console.print("Nothing would be posted now.")
        return
    article = None
    for record in records:
        if record["article"] != article:
            article = record["article"]
            console.print(Text(f"\n{article}", style="bold"))
        title = f"{record['account']} · {platforms.get(record['account'], record['platform'])}"
        parts = [Text(record["text"] or "(not rendered)"), *_facts(record)]
        panel = Panel(
            Group(*parts),
            title=Text(title, style="bold cyan"),
            title_align="left",
            subtitle=_count(record),
            subtitle_align="right",
            width=min(console.width, 90),
            padding=(1, 2),
        )
        console.print(panel)


def _facts(record: Mapping[str, Any]) -> list[Any]:
    """What stands beside the text: link card, pictures, and why it would not go out now."""
    from rich.text import Text

    facts: list[Any] = []
    if record["link"] and record["link"] not in (record["text"] or ""):
        facts.append(Text(f"\n↗ {record['link']}", style="blue"))
    for media in record["media"]:
        size = f"{media['width']}×{media['height']} {media['mime'].removeprefix('image/')}"
        facts.append(Text(f"\n▣ {size}", style="magenta"))
        facts.append(Text(f"  alt: {media['alt'] or '(none)'}", style="dim" if media["alt"] else "yellow"))
    if record["reason"] == "baseline":
        facts.append(Text("\nonly a look: a real first run posts nothing", style="yellow"))
    elif record["state"] != "due":
        facts.append(Text(f"\n{record['state']}: {record['reason'] or ''}", style="yellow"))
    return facts


def _count(record: Mapping[str, Any]) -> Any:
    from rich.text import Text

    length, limit = record["length"], record["limit"]
    if length is None or not limit:
        return None
    return Text(f"{length} of {limit}", style="yellow" if length > NEARLY_FULL * limit else "dim")
