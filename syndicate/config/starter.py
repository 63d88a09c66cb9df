"""The configs that we write for publishers: the short one of `syndicate init`, and the complete example."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

__all__ = ["SCHEMA", "example", "starter"]

SCHEMA = "syndicate.schema.json"
"""The file beside the config from which editors know its settings."""

_TEXT = """\
# yaml-language-server: $schema=./{schema}

# What syndicate posts, and where. `syndicate config check` finds the mistakes in this file;
# config.example.yaml of the project shows every setting.
#
# Lines such as `#language: en` are settings that are switched off: remove the # to use them.

site:
  name: {name}
  url: {url}
  {language:<25} # of articles that do not state their own
  {zone:<25} # of dates that do not state their own

{sources}
accounts:
  # Writes each post into a folder, so that you see what would be posted. Open posts/index.html.
  drafts:
    platform: folder
    path: ./posts

  # To post for real, remove the # of one of these. Secrets stay in the environment, not in this file.

  #masto:
  #  platform: mastodon
  #  url: https://social.example       # your server
  #  token: ${{MASTODON_TOKEN}}          # Preferences → Development → New application

  #bsky:
  #  platform: bluesky
  #  handle: you.bsky.social
  #  app_password: ${{BLUESKY_APP_PASSWORD}}   # Settings → Privacy and security → App passwords

# Settings for all accounts; an account may have its own.
defaults:
  hashtags: 3
  max_age: 24h                # older articles are not announced
  #utm: {{medium: social}}      # campaign parameters for the links
"""

_NO_FEED = """\
# Where articles come from. The first run posts nothing: it records what is already there.
sources:
  #news:
  #  url: https://gazette.example/rss.xml
"""

_PLAIN = re.compile(r"[^\W\d_][\w' .-]*[\w.]|https?://[\w./?=&%+~-]*[\w/]")


def starter(
    site_name: str, site_url: str, sources: Sequence[tuple[str, str]], *, language: str = "", zone: str = ""
) -> str:
    """A short, commented config, which loads as it is and posts into a folder. `sources` are types and addresses.

    Without `language` and `zone` of the site there are examples, commented out.
    """
    return _TEXT.format(
        schema=SCHEMA,
        name=_scalar(site_name),
        url=_scalar(site_url),
        sources=_sources(sources),
        language=f"language: {_scalar(language)}" if language else "#language: en",
        zone=f"timezone: {_scalar(zone)}" if zone else "#timezone: Europe/Lisbon",
    )


def example() -> str:
    """The text of config.example.yaml: next to the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parents[1]
    places = (package / "config.example.yaml", package.parent / "config.example.yaml")
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


def _sources(sources: Sequence[tuple[str, str]]) -> str:
    if not sources:
        return _NO_FEED
    names = ["news", *(f"news-{number}" for number in range(2, len(sources) + 1))]
    listed = "".join(
        f"  {name}:\n{_typed(kind)}    url: {_scalar(url)}\n" for name, (kind, url) in zip(names, sources, strict=True)
    )
    about = "# Where articles come from. The first run posts nothing: it records what is already there."
    return f"{about}\nsources:\n{listed}"


def _typed(kind: str) -> str:
    return "" if kind == "feed" else f"    type: {kind}\n"


def _scalar(text: str) -> str:
    """A text as YAML: plain if it surely reads as itself, else quoted. `${` is escaped: it is no reference here."""
    text = text.replace("${", "$${")
    if _PLAIN.fullmatch(text) and text.lower() not in ("null", "true", "false"):
        return text
    return json.dumps(text, ensure_ascii=False)
