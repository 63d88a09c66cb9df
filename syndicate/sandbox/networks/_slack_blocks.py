"""What Slack takes in the blocks of a message, and what a reader sees of them.

docs.slack.dev, reference/block-kit/blocks: rich-text-block, image-block (as stored 2026).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from syndicate.sandbox.counting import addresses

MOST_BLOCKS, ALT = 50, 2000
_PING = re.compile(r"<(?:!(?:channel|here|everyone|subteam)|@[UW])")
_PARTS = ("text", "link", "emoji", "user", "usergroup", "broadcast", "channel", "color", "date")


class SlackRefusal(Exception):
    """An error: its name, and what else the answer says."""

    def __init__(self, name: str, *, status: int = 200, **more: Any) -> None:
        super().__init__(name)
        self.status, self.more = status, more


def check(given: dict[str, Any], files: Mapping[str, dict[str, Any]]) -> None:
    """Refuse a message that is empty, or whose blocks are wrong. `files` are the uploads, by their IDs."""
    blocks = given.get("blocks") or []
    if not blocks and not str(given.get("text") or "").strip():
        raise SlackRefusal("no_text")
    if len(blocks) > MOST_BLOCKS:
        raise _invalid(f"no more than {MOST_BLOCKS} items allowed", "/blocks")
    for at, block in enumerate(blocks):
        if block.get("type") == "image":
            _check_image(block, f"/blocks/{at}", files)
        elif block.get("type") == "rich_text":
            _check_words(block, f"/blocks/{at}")
        else:
            raise _invalid("unsupported type", f"/blocks/{at}/type")


def text_of(given: dict[str, Any]) -> str:
    """The words of the first block; else the text, which Slack reads as its markup."""
    first = next((each for each in given.get("blocks") or [] if each["type"] == "rich_text"), None)
    if first is None or _is_box(first):
        return "" if given.get("blocks") else html.unescape(str(given.get("text") or ""))
    return "".join(str(part.get("text") or part.get("url") or "") for part in _parts(first))


def box_of(given: dict[str, Any]) -> dict[str, Any] | None:
    """The box of a link that a message brings: a quote that begins with a link."""
    box = next((each for each in given.get("blocks") or [] if each["type"] == "rich_text" and _is_box(each)), None)
    if box is None:
        return None
    title, *rest = _parts(box)
    words = "".join(str(part.get("text") or "") for part in rest).strip()
    return {"url": title.get("url"), "title": title.get("text"), "description": words, "image": None}


def link_of(given: dict[str, Any]) -> str | None:
    """The address that a message leads to: of its box, else the first among its words."""
    box = box_of(given)
    linked = [str(part["url"]) for block in _rich(given) for part in _parts(block) if part["type"] == "link"]
    bare = [] if given.get("blocks") else addresses(html.unescape(str(given.get("text") or "")))
    return next(iter([*([str(box["url"])] if box else []), *linked, *bare]), None)


def pings(given: dict[str, Any]) -> bool:
    """Whether somebody is notified by name."""
    kinds = {part["type"] for block in _rich(given) for part in _parts(block)}
    return bool(kinds & {"user", "usergroup", "broadcast"}) or _PING.search(str(given.get("text") or "")) is not None


def images(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """File and alt text of each picture."""
    for block in given.get("blocks") or []:
        if block["type"] == "image":
            yield block["slack_file"]["id"], block["alt_text"]


def _rich(given: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in given.get("blocks") or [] if each["type"] == "rich_text"]


def _parts(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for section in block["elements"] for part in section["elements"]]


def _is_box(block: dict[str, Any]) -> bool:
    return bool(block["elements"][0]["type"] == "rich_text_quote")


def _check_image(block: dict[str, Any], place: str, files: Mapping[str, dict[str, Any]]) -> None:
    alt = block.get("alt_text")
    if not isinstance(alt, str) or not 1 <= len(alt) <= ALT:
        raise _invalid(f"must be between 1 and {ALT} characters", f"{place}/alt_text")
    file = files.get(str((block.get("slack_file") or {}).get("id")))
    if file is None or not file["complete"] or file["looks"] > 0:
        raise _invalid("invalid slack file", f"{place}/slack_file")


def _check_words(block: dict[str, Any], place: str) -> None:
    for at, section in enumerate(block["elements"]):
        if section["type"] not in ("rich_text_section", "rich_text_quote") or not section["elements"]:
            raise _invalid("unsupported element", f"{place}/elements/{at}")
        for part in section["elements"]:
            if part["type"] not in _PARTS or (part["type"] == "text" and not part.get("text")):
                raise _invalid("unsupported element", f"{place}/elements/{at}/elements")
            if part["type"] == "link" and not addresses(str(part.get("url"))):
                raise _invalid("invalid url", f"{place}/elements/{at}/elements")


def _invalid(words: str, place: str) -> SlackRefusal:
    told = f"{words} [json-pointer:{place}]"
    return SlackRefusal("invalid_blocks", errors=[told], response_metadata={"messages": [f"[ERROR] {told}"]})
