"""The pages of the site, made of the files of this repository: which there are, in which order, where links lead.

Every page of docs/ is on it, under its own name. What they link to outside docs/ comes along: other pages as
pages, files and folders as pages that show them, so that no link needs the place where the code is hosted.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FRONT, INDEX = DOCS / "site" / "front.md", DOCS / "index.md"
FOR = {ROOT / "README.md": FRONT}  # what the code host shows first, and what the site does
OWN = {FRONT: "index.md", INDEX: "contents.md"}
PICTURES = {".jpg", ".png", ".svg"}
LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".sh": "bash", ".json": "json", ".j2": "jinja"}
LINK = re.compile(
    r"^ *(?P<fence>```+).*?^ *(?P=fence)$|`[^`\n]+`|\]\((?P<target>[^)\s]+)(?=\))", re.MULTILINE | re.DOTALL
)
LISTED = re.compile(r"^(?P<level>##+) (?P<heading>.+)$|\]\((?P<target>[^)#\s]+\.md)[)#]", re.MULTILINE)

ITEM = re.compile(r"(?:[-*]|\d+\.) +(?=\S)")
STEP = 4  # spaces for each level of a list: what the builder counts in, where the code host takes what fits the item
SHOWN = 600  # lines of a file

Nav = list["str | dict[str, str | Nav]"]


def pages() -> list[Path]:
    """Every page of docs/, and the front page."""
    return sorted({FRONT, *(page for page in DOCS.rglob("*.md") if "site" not in page.relative_to(DOCS).parts)})


def place(path: Path) -> str:
    """Where a file or folder of the repository is on the site."""
    path = FOR.get(path, path)
    if path in OWN:
        return OWN[path]
    if path.is_relative_to(DOCS) and path.suffix in {".md", *PICTURES}:
        return path.relative_to(DOCS).as_posix()
    name = path.relative_to(ROOT).as_posix()
    if path.suffix == ".md":  # in small letters: a README.md would be its folder's index
        return f"{'project' if path.parent == ROOT else 'source'}/{name.lower()}"
    ending = "" if path.suffix in PICTURES else "/index.md" if path.is_dir() else ".md"
    return f"source/{name}{ending}"


def links(page: Path, text: str) -> Iterator[tuple[re.Match[str], Path | None]]:
    """Each link and picture of a page outside code, with the file it leads to; None for other sites and anchors."""
    for match in LINK.finditer(text):
        target = match["target"]
        if target:
            path = target.partition("#")[0]
            elsewhere = not path or re.match(r"[a-z]+:", path)
            yield match, None if elsewhere else Path(os.path.normpath(page.parent / path))


def rewritten(page: Path, text: str) -> str:
    """A page whose links lead to where files are on the site."""
    here = posixpath.dirname(place(page))
    made, end = [], 0
    for match, path in links(page, text):
        if path is not None:
            anchor = match["target"].partition("#")[1:]
            made += [text[end : match.start("target")], posixpath.relpath(place(path), here or "."), *anchor]
            end = match.end("target")
    return "".join([*made, text[end:]])


def indented(text: str) -> str:
    """A page whose lists are nested by four spaces a level, and whose blocks of code in lists stand by themselves."""
    made: list[str] = []
    columns: list[int] = []  # where the words of each open item begin
    fence = ""
    for line in text.split("\n"):
        words = line.lstrip(" ")
        column = len(line) - len(words)
        while words and columns and column < columns[-1] and not fence:
            columns.pop()
        opens = re.match(r"```+", words)
        if opens and columns and not fence and made and made[-1]:
            made.append("")
        inner = max(0, column - columns[-1]) if columns else column
        made.append(" " * (STEP * len(columns) + inner) + words if words else "")
        if opens:
            fence = "" if fence == words else fence or opens[0]
        elif not fence and (item := ITEM.match(words)):
            columns.append(column + item.end())
    return "\n".join(made)


def content(path: Path) -> str:
    """A page's text as the site builder reads it; files and folders as pages that show them."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    head = f"---\nsearch: {{exclude: true}}\nhide: [toc]\n---\n\n# `{path.relative_to(ROOT).as_posix()}`\n\n"
    if path.is_dir():
        return head + "".join(f"- [{each.name}]({path.name}/{each.name})\n" for each in listed(path))
    lines = path.read_text(encoding="utf-8").rstrip().split("\n")
    if len(lines) > SHOWN:
        head += f"The first {SHOWN} of {len(lines):,} lines:\n\n"
    text = "\n".join(lines[:SHOWN])
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", text)), default=0))
    return f"{head}{fence}{LANGUAGES.get(path.suffix, 'text')}\n{text}\n{fence}\n"


def listed(folder: Path) -> list[Path]:
    """What a folder has, without what git ignores there."""
    return sorted(path for path in folder.iterdir() if path.name not in {"__pycache__", "secrets"})


def staged() -> dict[str, Path]:
    """Every file of the site by its place: all pages, and whatever they lead to."""
    found: dict[str, Path] = {}
    waiting = pages()
    while waiting:
        asked = waiting.pop()
        path = FOR.get(asked, asked)
        if place(path) in found or not path.exists():  # of what is not there, the builder names the link
            continue
        found[place(path)] = path
        if path.suffix not in PICTURES:
            waiting += [target for _, target in links(path, content(path)) if target]
    return found


def write(folder: Path) -> None:
    """All files of the site, for the builder to read."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, path in staged().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in PICTURES:
            shutil.copyfile(path, target)
        else:
            target.write_text(indented(rewritten(path, content(path))), encoding="utf-8")


def navigation(index: str) -> Nav:
    """The sections of docs/index.md with their pages, each where it is linked first; what is above them is left out."""
    nav: Nav = [{"Home": "index.md"}]
    open_sections: list[Nav] = []
    seen: set[str] = set()
    for match in LISTED.finditer(index):
        if match["heading"]:
            depth = len(match["level"]) - 2
            section: Nav = []
            del open_sections[depth:]
            (open_sections[-1] if open_sections else nav).append({match["heading"]: section})
            open_sections.append(section)
        elif open_sections:
            name = place(Path(os.path.normpath(DOCS / match["target"])))
            if name not in seen:
                seen.add(name)
                open_sections[-1].append(name)
    nav.append({"All pages": OWN[INDEX]})
    return nav


def config(pages_folder: Path, site: Path) -> str:
    """The builder's config: docs/site/mkdocs.yml with the places and the navigation."""
    here = DOCS / "site"
    made = {
        "INHERIT": str(here / "mkdocs.yml"),
        "docs_dir": str(pages_folder),
        "site_dir": str(site),
        "theme": {"custom_dir": str(here / "theme")},
        "nav": navigation(INDEX.read_text(encoding="utf-8")),
    }
    return json.dumps(made, indent=2)


def digest() -> str:
    """Of all that the site is made of: a site that was built from something else is not today's."""
    sources = {*staged().values(), *(path for path in FRONT.parent.rglob("*") if "__pycache__" not in path.parts)}
    made = hashlib.sha256()
    for path in sorted(sources):
        made.update(f"{path.relative_to(ROOT)}\n".encode())
        made.update(path.read_bytes() if path.is_file() else b"")
    return made.hexdigest()
