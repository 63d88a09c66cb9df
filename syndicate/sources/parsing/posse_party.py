"""Reads the settings of POSSE Party in the entries of a feed as ours, and names those that have no equal here.

https://github.com/searlsco/posse_party/blob/main/docs/feed.md, read on 30 November 2026: `posse:post`, of the
namespace https://posseparty.com/2024/Feed, has a JSON object. It may have our own fields as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syndicate.model import Article
from syndicate.model.pattern import pattern
from syndicate.sources.parsing import html_text
from syndicate.sources.parsing.fields import ParseContext, words
from syndicate.sources.parsing.overrides import Misread, OverrideReader, unpacked

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ELEMENT = "posse:post"
_TAG = "{https://posseparty.com/2024/Feed}post"
_NETWORKS = {"bsky": "bluesky"}
"""Names of networks that are others here."""
_ELSEWHERE = frozenset({"youtube", "pixelfed", "tiktok"})
"""Networks on which nothing of ours is posted: what is said for them is for nobody."""
_OF_ENTRY = frozenset(
    {"id", "published_at", "updated_at", "url", "alternate_url", "related_url", "short_url", "author_name"}
    | {"author_email", "title", "subtitle", "summary", "content"}
)
"""What the entry itself says, here as there; `format_string` may print some of it."""
_READ = frozenset({"syndicate", "format_string", "append_url", "append_url_spacer", "og_image", "media"})
_NO_EQUAL = frozenset(
    {"truncate", "append_url_if_truncated", "append_url_label", "attach_link", "og_title", "og_description", "channel"}
)
_THEIRS = _OF_ENTRY | _READ | _NO_EQUAL | {"platform_overrides"}
_GAP = pattern(r"\{\{\s*(\w+)\s*\}\}")


def said_in(found: Mapping[str, Sequence[Element]]) -> str:
    """What an entry's element says; "" without one. Another namespace may have the same prefix."""
    return next((words(each) for each in found.get(ELEMENT, ()) if each.tag == _TAG), "")


def overridden(article: Article, said: str, reader: ParseContext) -> Article:
    """The article with what its entry's `posse:post` says, where the source lets it speak."""
    if not reader.overrides or not said:
        return article
    place = f"{reader.source}, {article.guid or article.url}, {ELEMENT}"
    try:
        found = unpacked(said)
    except Misread:
        found = said
    left: list[str] = []
    if isinstance(found, dict):
        found = _translated(found, article, left)
    values = OverrideReader(article.url or reader.base, reader.timezone, reader.now)
    override = values.read(found, place)
    if override is None:
        return article
    return replace(article, override=replace(override, left=tuple(dict.fromkeys(left))))


def _translated(said: Mapping[str, Any], article: Article, left: list[str]) -> dict[str, Any]:
    """Our fields of theirs. What has no equal is added to `left`."""
    ours = {name: value for name, value in said.items() if name not in _THEIRS}
    of_networks = said.get("platform_overrides")
    ours |= _fields(said, said, article, left, "")
    for name, own in of_networks.items() if isinstance(of_networks, dict) else ():
        network = _NETWORKS.get(str(name), str(name))
        if network in _ELSEWHERE:
            left.append(f"platform_overrides.{name}")
        elif isinstance(own, dict):
            made = _fields(own, {**said, **own}, article, left, f"{name}.")
            ours[network] = made | {key: value for key, value in own.items() if key not in _THEIRS}
    return ours


def _fields(
    own: Mapping[str, Any], whole: Mapping[str, Any], article: Article, left: list[str], where: str
) -> dict[str, Any]:
    """The fields of one level; `whole` is what counts there together with what is said of all."""
    made: dict[str, Any] = {}
    if "syndicate" in own:
        made["post"] = own["syndicate"]
    if own.keys() & {"format_string", "append_url", "append_url_spacer"} and whole.get("format_string"):
        made["text"] = _text(whole, article, left, where)
    if own.get("append_url") is False:
        left.append(f"{where}append_url")
    pictures = [each for each in own.get("media") or () if isinstance(each, dict)]
    image = own.get("og_image") or next((each.get("url") for each in pictures if each.get("type") == "image"), None)
    if image:
        made["image"] = image
    if any(each.get("type") != "image" for each in pictures) or len(pictures) > 1:
        left.append(f"{where}media (but the first picture)")
    left += [f"{where}{name}" for name in sorted(_NO_EQUAL & own.keys()) if not _is_usual(name, own[name])]
    return made


def _is_usual(name: str, value: Any) -> bool:
    """Whether a setting without an equal asks for what happens here anyway."""
    return value is None or (name == "channel" and value == "feed") or value == ""


def _text(said: Mapping[str, Any], article: Article, left: list[str], where: str) -> Any:
    """The text of a `format_string`, with a place for the link."""
    form = said["format_string"]
    if not isinstance(form, str):
        return form  # which is told as what it is
    known = {
        "title": article.title,
        "summary": article.summary,
        "content": article.body or article.summary,
        "author_name": ", ".join(article.authors),
    }

    def filled(name: str) -> str:
        if name == "url":
            return "{link}"
        own = said.get(name)
        if isinstance(own, str):
            return html_text.text(own)
        if name not in known:
            left.append(f"{where}format_string: {{{{{name}}}}}")
        return known.get(name, "")

    text = _GAP.sub(lambda found: filled(found[1]), form).strip()
    if said.get("append_url") is True and "{link}" not in text:
        spacer = said.get("append_url_spacer")
        text += f"{spacer if isinstance(spacer, str) else ' '}{{link}}"
    return text
