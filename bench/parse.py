"""A well-formed feed of 500 entries, read by us and by feedparser in turn: the ratio of processor time.

`python bench/parse.py`; what was promised is at most a twentieth. Every entry has what WordPress writes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import feedparser
from figures import note_pairs

from syndicate.sources.formats.feed import read_feed

BOUND = 0.05
ITEM = """<item>
<title>Story {n}: the harbour opens again &#8211; at last</title>
<link>https://gazette.example/2025/09/story-{n}/</link>
<dc:creator><![CDATA[Ana Lima]]></dc:creator>
<pubDate>Mon, 01 Sep 2025 10:00:00 +0000</pubDate>
<category><![CDATA[World]]></category><category><![CDATA[Ports]]></category>
<guid isPermaLink="false">https://gazette.example/?p={n}</guid>
<description><![CDATA[<p>What happened in story {n}, in one line.</p>]]></description>
<content:encoded><![CDATA[{body}]]></content:encoded>
<media:content url="https://gazette.example/{n}.jpg" medium="image" width="1200" height="630"/>
</item>
"""
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Gazette</title><link>https://gazette.example/</link>
"""


def seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def main() -> int:
    text = "<p>A paragraph of the story, with <a href='/x'>a link</a> and &amp; so on.</p>" * 20
    body = (HEAD + "".join(ITEM.format(n=n, body=text) for n in range(500)) + "</channel></rss>").encode()

    def ours() -> object:
        return read_feed(body, source="news", url="https://gazette.example/feed")

    def theirs() -> object:
        return feedparser.parse(body)

    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(9)]
    note_pairs("parse", pairs)
    value = statistics.median(mine / other for mine, other in pairs)
    mine, other = (statistics.median(column) * 1e3 for column in zip(*pairs, strict=True))
    print(
        f"{'ok  ' if value <= BOUND else 'OVER'} {value:.3f} ≤ {BOUND} read_feed / feedparser, 500 entries,"
        f" {len(body):,} bytes"
        f"   ({mine:.0f} ms / {other:.0f} ms)"
    )
    return value > BOUND


if __name__ == "__main__":
    raise SystemExit(main())
