"""A small stand-in for Hugo: makes `public/` of `content/`, with what `data/syndication.json` says of each entry.

`python build.py URL`: the address of the site. Of Markdown it knows paragraphs, links, emphasis and pictures.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from ruamel.yaml import YAML

PHOTOS = Path(__file__).parent.parent / "site" / "photos"


def html(text: str) -> Markup:
    """The paragraphs of a Markdown text."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        made = escape(paragraph, quote=False)
        made = re.sub(r"!\[(.*?)\]\((.*?)\)", lambda m: f'<img src="{m[2]}" alt="{escape(m[1])}">', made)
        made = re.sub(r"\[(.*?)\]\((.*?)\)", r'<a href="\2">\1</a>', made)
        made = re.sub(r"\*(.+?)\*", r"<em>\1</em>", made)
        found.append(made if made.startswith("<img") else f"<p>{made}</p>")
    return Markup("\n".join(found))


def entry(file: Path, content: Path, site: str, told: dict[str, Any]) -> dict[str, Any]:
    """What the page shows of a file."""
    _, front, text = file.read_text(encoding="utf-8").split("---\n", 2)
    known = YAML(typ="safe").load(front)
    at = known["date"] if isinstance(known["date"], datetime) else datetime.fromisoformat(known["date"])
    path = f"/{file.relative_to(content).with_suffix('').as_posix()}/"
    picture = re.search(r"!\[.*?\]\((.*?)\)", text)
    return {
        "path": path,
        "title": known.get("title"),
        "date": at.isoformat(),
        "day": f"{at:%-d %B %Y, %H:%M}",
        "html": html(text),
        "picture": f"{site}{picture[1]}" if picture else None,
        "posts": told.get(f"{site}{path}", []),
    }


def build(folder: Path, site: str) -> None:
    """Make `public/` in a folder with `content/`."""
    content, public, data = folder / "content", folder / "public", folder / "data" / "syndication.json"
    told = json.loads(data.read_text(encoding="utf-8")) if data.exists() else {}
    entries = [entry(file, content, site, told) for file in content.rglob("*.md")]
    entries.sort(key=lambda each: each["date"], reverse=True)
    page = Environment(loader=FileSystemLoader(folder), autoescape=True).get_template("page.html.j2")
    shutil.copytree(PHOTOS, public / "photos", dirs_exist_ok=True)
    (public / "index.html").write_text(page.render(title="Low Water", url=f"{site}/", entries=entries), "utf-8")
    for each in entries:
        file = public / each["path"].strip("/") / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        title = each["title"] or "A note"
        file.write_text(
            page.render(title=title, url=f"{site}{each['path']}", picture=each["picture"], entries=[each]), "utf-8"
        )


if __name__ == "__main__":
    build(Path.cwd(), sys.argv[1].rstrip("/"))
