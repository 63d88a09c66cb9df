from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from syndicate import sources
from syndicate.config.reader import load
from syndicate.errors import ConfigError, SourceError
from tests import processes

FEED = b"<rss><channel><item><title>One</title><link>/1</link></item><item/></channel></rss>"
PAGE = b"<!doctype html><title>Bridge opens</title>"


@pytest.mark.parametrize("kind", sources.TYPES)
def test_every_type_is_built(kind, http):
    built = sources.build(kind, "news", "https://gazette.example/x", http, timezone="Europe/Lisbon")
    assert built.name == "news"


def test_every_type_is_in_a_guide_with_a_config_that_loads(tmp_path):
    guides = (Path(__file__).parents[2] / "docs/guides").glob("sources*.md")
    blocks = [block for guide in guides for block in re.findall(r"```yaml\n(.*?)```", guide.read_text(), re.DOTALL)]
    shown = set()
    for block in blocks:
        site = "" if block.startswith("site:") else "site: {name: Gazette, url: 'https://gazette.example/'}\n"
        path = tmp_path / "config.yaml"
        path.write_text(site + block, encoding="utf-8")
        shown |= {source.type for source in load(path, {}, fill=True).sources.values()}
    assert shown >= set(sources.TYPES)


def test_an_unknown_type_is_a_config_error(http):
    with pytest.raises(ConfigError, match=r"sources\.news: unknown type 'gopher'"):
        sources.build("gopher", "news", "https://gazette.example/x", http)


def test_a_file_is_read_as_what_it_is():
    fetched = sources.parse(FEED, source="rss.xml", url="https://gazette.example/")
    assert ([article.url for article in fetched.articles], fetched.entries) == (["https://gazette.example/1"], 2)
    fetched = sources.parse(PAGE, source="a.html", url="")
    assert [(article.title, article.url) for article in fetched.articles] == [("Bridge opens", "")]
    with pytest.raises(SourceError, match=r"a.html is an HTML page, not a feed"):
        sources.parse(PAGE, source="a.html", url="", pages=False)


def test_only_what_is_used_is_loaded():
    code = (
        "import sys; from syndicate.sources.parsing import read_feed;"
        "heavy = {'selectolax', 'feedparser', 'requests', 'html.parser', 'regex', 'xml.etree.ElementTree'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules);"
        "read_feed(b'<rss><channel><item><title>t</title></item></channel></rss>', source='s', url='');"
        "left = heavy - {'xml.etree.ElementTree'};"
        "assert not left & set(sys.modules), left & set(sys.modules)"
    )
    done = processes.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 0, done.stderr
