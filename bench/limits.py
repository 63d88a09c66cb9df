"""What the worst documents of 10 MB cost: seconds and peak memory of a process that reads each.

`python bench/limits.py [NAME…]`. Each document is read in a process of its own, with its children
counted: what was promised is 5 s and 300 MB for any of them.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import sys
import time
from collections.abc import Callable

MB10 = 10_000_000
SECONDS, MEGABYTES = 5.0, 300.0
GIVEN_UP = 12
"""Seconds of processor time after which a process that reads is killed; on a busy machine they take longer."""


def filled(start: bytes, repeated: bytes, end: bytes, size: int = MB10) -> bytes:
    """`start`, as many of `repeated` as fit, `end`."""
    return start + repeated * ((size - len(start) - len(end)) // len(repeated)) + end


def rss(inside: bytes, size: int = MB10, *, item: bytes = b"") -> bytes:
    return filled(b"<rss><channel><item><title>t</title>" + item, inside, b"</item></channel></rss>", size)


def counted(start: bytes, one: Callable[[int], bytes], end: bytes, size: int = MB10) -> bytes:
    """As `filled`, each one different."""
    parts, left, number = [start], size - len(start) - len(end), 0
    while (left := left - len(part := one(number))) >= 0:
        parts.append(part)
        number += 1
    return b"".join([*parts, end])


DEEP = 5_000_000
BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaaaaaaaa">%s]><rss><channel><item><title>%s</title></item></channel></rss>'
LAUGHS = b'<!DOCTYPE r [<!ENTITY l0 "lol">' + b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
)

FEEDS: dict[str, Callable[[], bytes]] = {
    "one title of 9 MB": lambda: (
        b"<rss><channel><item><title>" + b"word " * 1_800_000 + b"</title></item></channel></rss>"
    ),
    "a title of angles": lambda: (
        rss(b"&lt;b ", item=b"</item><item><title>")[:-22] + b"</title></item></channel></rss>"
    ),
    "a description of tags": lambda: (
        b"<rss><channel><item><title>t</title><description>"
        + b"&lt;p&gt;a&lt;/p&gt;" * 430_000
        + b"</description></item></channel></rss>"
    ),
    "a description of <": lambda: (
        b"<rss><channel><item><title>t</title><description>"
        + b"&lt;" * 2_400_000
        + b"</description></item></channel></rss>"
    ),
    "a description of &amp;": lambda: (
        b"<rss><channel><item><title>t</title><description>"
        + b"&amp;amp;" * 1_050_000
        + b"</description></item></channel></rss>"
    ),
    "a description of <img": lambda: (
        b"<rss><channel><item><title>t</title><description><![CDATA["
        + b"<img src=x " * 900_000
        + b"]]></description></item></channel></rss>"
    ),
    "a description of quotes": lambda: (
        b"<rss><channel><item><title>t</title><description><![CDATA["
        + b"<p a=\"'" * 1_300_000
        + b"]]></description></item></channel></rss>"
    ),
    "a description of comments": lambda: (
        b"<rss><channel><item><title>t</title><description><![CDATA["
        + b"<!----><script></script>" * 400_000
        + b"]]></description></item></channel></rss>"
    ),
    "100,000 attributes": lambda: b"<rss " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b"><channel/></rss>",
    "700,000 attributes": lambda: counted(b"<rss ", lambda n: b'a%d="" ' % n, b"><channel/></rss>"),
    "attributes, not well-formed": lambda: counted(b"<rss><x:y ", lambda n: b'a%d="" ' % n, b"><channel/></x:y></rss>"),
    "attributes twice": lambda: rss(b'<a b="" b=""/>'),
    "namespaces": lambda: counted(b"<rss ", lambda n: b'xmlns:a%d="u:%d" ' % (n, n), b"><channel/></rss>"),
    "entries": lambda: filled(b"<rss><channel>", b"<item><title>a</title></item>", b"</channel></rss>"),
    "empty entries": lambda: filled(b"<rss><channel>", b"<item/>", b"</channel></rss>"),
    "entries in Atom": lambda: filled(
        b'<feed xmlns="http://www.w3.org/2005/Atom">', b"<entry><title>a</title></entry>", b"</feed>"
    ),
    "entries, not well-formed": lambda: filled(
        b"<rss><channel>", b"<item><title>a<b></title></item>", b"</channel></rss>"
    ),
    "categories": lambda: rss(b"<category>a</category>"),
    "categories, all different": lambda: counted(
        b"<rss><channel><item><title>t</title>", lambda n: b"<category>%d</category>" % n, b"</item></channel></rss>"
    ),
    "categories, 2000 entries": lambda: counted(
        b"<rss><channel>",
        lambda n: b"<item><title>t</title>" + b"<category>x%d</category>" % n * 200 + b"</item>",
        b"</channel></rss>",
    ),
    "links": lambda: rss(b"<link>javascript:a</link>"),
    "dates": lambda: rss(b"<pubDate>yesterday morning</pubDate>"),
    "pictures": lambda: counted(
        b'<rss xmlns:m="http://search.yahoo.com/mrss/"><channel><item><title>t</title>',
        lambda n: b'<m:content url="http://a/%d.jpg" medium="image"/>' % n,
        b"</item></channel></rss>",
    ),
    "a group of pictures": lambda: counted(
        b'<rss xmlns:m="http://search.yahoo.com/mrss/"><channel><item><title>t</title><m:group>',
        lambda n: b'<m:content url="http://a/%d.jpg" medium="image"/>' % n,
        b"</m:group></item></channel></rss>",
    ),
    "extensions": lambda: counted(
        b'<rss xmlns:m="u:m"><channel><item><title>t</title>',
        lambda n: b"<m:a%d>b</m:a%d>" % (n, n),
        b"</item></channel></rss>",
    ),
    "depth": lambda: b"<rss><channel>" + b"<i>" * 450_000 + b"</i>" * 450_000 + b"</channel></rss>",
    "depth in a title": lambda: (
        b"<rss><channel><item><title>" + b"<i>" * 450_000 + b"</i>" * 450_000 + b"</title></item></channel></rss>"
    ),
    "depth in a description": lambda: (
        b"<rss><channel><item><title>t</title><description>"
        + b"<i>" * 450_000
        + b"</i>" * 450_000
        + b"</description></item></channel></rss>"
    ),
    "depth in XHTML": lambda: (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>t</title><summary type="xhtml">'
        + b"<i>" * 450_000
        + b"</i>" * 450_000
        + b"</summary></entry></feed>"
    ),
    "depth of groups": lambda: (
        b'<rss xmlns:m="http://search.yahoo.com/mrss/"><channel><item><title>t</title>'
        + b"<m:group>" * 400_000
        + b"</m:group>" * 400_000
        + b"</item></channel></rss>"
    ),
    "depth, not well-formed": lambda: b"<rss><channel>" + b"<i>" * 900_000 + b"</channel></rss>",
    "depth in a description, not well-formed": lambda: (
        b"<rss><channel><item><title>t</title><description>"
        + b"<i>" * 900_000
        + b"</description></item></channel></rss>"
    ),
    "CDATA openings": lambda: rss(b"<![CDATA["),
    "CDATA sections": lambda: rss(b"<![CDATA[]]>", 9_000_000),
    "comments": lambda: rss(b"<!--", 4_000_000),
    "bare ampersands": lambda: rss(b"&"),
    "entities": lambda: rss(b"&nbsp;"),
    "numbered entities": lambda: rss(b"&#0;"),
    "own entities": lambda: BOMB % (b"", b"&a;" * 3_000_000),
    "billion laughs": lambda: LAUGHS + b"]><rss><channel><item><title>&l9;</title></item></channel></rss>",
    "quadratic entity": lambda: (
        b'<!DOCTYPE r [<!ENTITY a "'
        + b"a" * 100_000
        + b'">]><rss><channel><item><title>'
        + b"&a;" * 100_000
        + b"</title></item></channel></rss>"
    ),
    "declarations": lambda: counted(
        b"<!DOCTYPE r [",
        lambda n: b'<!ENTITY a%d "b">' % n,
        b"]><rss><channel><item><title>t</title></item></channel></rss>",
    ),
    "attribute declarations": lambda: counted(
        b"<!DOCTYPE rss [", lambda n: b'<!ATTLIST item a%d CDATA "b">' % n, b"]><rss><channel/></rss>"
    ),
    "default attributes": lambda: counted(
        b"<!DOCTYPE rss [" + b"".join(b'<!ATTLIST i a%d CDATA "b">' % n for n in range(1000)) + b"]><rss><channel>",
        lambda _: b"<i/>",
        b"</channel></rss>",
        4_000_000,
    ),
    "a DOCTYPE without end": lambda: filled(b"<!DOCTYPE r [", b"<!-- -->", b"<rss>"),
    "cut off": lambda: filled(b"<rss><channel>", b"<item><title>a</title></item>", b"<item>"),
    "roots": lambda: filled(b"", b"<rss ", b""),
    "processing instructions": lambda: filled(b"<?xml version='1.0'?>", b"<?x ", b"<rss>"),
    "comments that open": lambda: filled(b"", b"<!--", b""),
    "spaces": lambda: filled(b"", b" ", b"<rss/>"),
    "bytes of Latin-1": lambda: rss(b"\xe9"),
    "mixed bytes": lambda: rss(b"\xe9\xc3\xa9"),
    "UTF-16": lambda: (
        "<rss><channel>".encode("utf-16")
        + "<item><title>é</title></item>".encode("utf-16-le") * 160_000
        + "</channel></rss>".encode("utf-16-le")
    ),
    "UTF-7 and friends": lambda: filled(b'<?xml version="1.0" encoding="iso-2022-jp"?><rss>', b"\x1b$B", b"</rss>"),
    "a name of 9 MB": lambda: filled(b"<rss><", b"a", b"/></rss>"),
    "an attribute of 9 MB": lambda: filled(b'<rss a="', b"a", b'"><channel/></rss>'),
    "a guid of 9 MB": lambda: filled(
        b"<rss><channel><item><title>t</title><guid>", b"a", b"</guid></item></channel></rss>"
    ),
    "a link of 9 MB": lambda: filled(
        b"<rss><channel><item><title>t</title><link>http://a/", b"b", b"</link></item></channel></rss>"
    ),
    "a JSON document": lambda: filled(b'{"a": [', b"[", b""),
    "xml:base": lambda: filled(
        b'<feed xmlns="http://www.w3.org/2005/Atom">',
        b'<entry xml:base="/a"><link href="b"/></entry>',
        b"</feed>",
    ),
}
SITEMAPS: dict[str, Callable[[], bytes]] = {
    "sitemap: pages": lambda: filled(
        b"<urlset>", b"<url><loc>http://a/b</loc><lastmod>2025</lastmod></url>", b"</urlset>"
    ),
    "sitemap: news": lambda: filled(
        b'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">',
        b"<url><loc>/a</loc><news:news><news:title>t</news:title><news:keywords>a,b</news:keywords></news:news></url>",
        b"</urlset>",
    ),
    "sitemap: keywords": lambda: filled(
        b'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>/a</loc><news:news>'
        b"<news:title>t</news:title><news:keywords>",
        b"a,",
        b"</news:keywords></news:news></url></urlset>",
    ),
    "sitemap: attributes": lambda: counted(b"<urlset ", lambda n: b'a%d="" ' % n, b"/>"),
    "sitemap: depth": lambda: b"<urlset>" + b"<i>" * 450_000 + b"</i>" * 450_000 + b"</urlset>",
    "sitemap: ampersands": lambda: filled(b"<urlset><url><loc>", b"&", b"</loc></url></urlset>"),
    "sitemap: packed": lambda: gzip.compress(bytes(1_000_000_000), 1),
}
PAGES: dict[str, Callable[[], bytes]] = {
    "page: divs": lambda: filled(b"<html><title>t</title>", b"<div>", b""),
    "page: closed divs": lambda: filled(b"<html><title>t</title>", b"<div></div>", b""),
    "page: paragraphs": lambda: filled(b"<html><title>t</title>", b"<p>a", b""),
    "page: formatting": lambda: filled(b"<html><title>t</title>", b"<b><i>", b""),
    "page: misnested": lambda: filled(b"<html><title>t</title>", b"<a><b></a>", b""),
    "page: tables": lambda: filled(b"<html><title>t</title>", b"<table><tr>", b""),
    "page: attributes": lambda: counted(b"<html><title>t</title><p ", lambda n: b"a%d=b " % n, b">"),
    "page: one attribute": lambda: filled(b'<html><title>t</title><meta property="og:title" content="', b"a ", b'">'),
    "page: metas": lambda: counted(
        b"<html><title>t</title>", lambda n: b'<meta property="og:image" content="/%d">' % n, b""
    ),
    "page: tags": lambda: counted(
        b"<html><title>t</title>", lambda n: b'<meta property="article:tag" content="%d">' % n, b""
    ),
    "page: entities": lambda: filled(b"<html><title>", b"&amp;", b"</title>"),
    "page: text": lambda: filled(b"<html><title>t</title><p>", b"a", b""),
    "page: title of 9 MB": lambda: filled(b"<html><title>", b"a b", b"</title>"),
    "page: deep JSON-LD": lambda: filled(
        b'<html><title>t</title><script type="application/ld+json">', b"[", b"</script>"
    ),
    "page: wide JSON-LD": lambda: filled(
        b'<html><title>t</title><script type="application/ld+json">[1', b',{"@type":"Article"}', b"]</script>"
    ),
    "page: empty JSON-LD": lambda: filled(
        b'<html><title>t</title><script type="application/ld+json">[1', b",{}", b"]</script>"
    ),
    "page: many JSON-LD": lambda: filled(
        b"<html><title>t</title>", b'<script type="application/ld+json">{}</script>', b""
    ),
    "page: authors in JSON-LD": lambda: filled(
        b'<html><title>t</title><script type="application/ld+json">{"@type":"Article","author":["a"',
        b',{"name":"b"}',
        b"]}</script>",
    ),
    "page: closings of JSON-LD": lambda: filled(
        b'<html><title>t</title><script type="application/ld+json">{}', b";//-->", b"</script>"
    ),
    "page: article of pictures": lambda: filled(b"<html><title>t</title><article>", b"<img src=a ", b""),
    "page: links": lambda: filled(b"<html><title>t</title>", b'<link rel="alternate" type="x" href="/a">', b""),
    "page: svg": lambda: filled(b"<html><title>t</title>", b"<svg><title>", b""),
    "page: templates": lambda: filled(b"<html><title>t</title>", b"<template>", b""),
    "page: comments": lambda: filled(b"<html><title>t</title>", b"<!--", b""),
    "page: selects": lambda: filled(b"<html><title>t</title>", b"<select><option>", b""),
    "page: NULs": lambda: filled(b"<html><title>t</title>", b"\0", b""),
}


def outcome(name: str) -> dict[str, object]:
    """What reading one of them came to, in this process."""
    from syndicate import sources
    from syndicate.app.clock import now
    from syndicate.errors import SourceError

    body = (FEEDS | SITEMAPS | PAGES)[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    try:
        said = f"{len(sources.parse(body, source='x', url='https://gazette.example/', now=now()).articles)} articles"
    except SourceError as fault:
        said = str(fault)[:90]
    seconds = time.perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": seconds, "MB": own, "child": child, "made": before / 1024, "said": said, "bytes": len(body)}


def main(wanted: list[str]) -> int:
    over = 0
    for name in wanted or [*FEEDS, *SITEMAPS, *PAGES]:
        read, write = os.pipe()
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_CPU, (GIVEN_UP, GIVEN_UP))
            os.write(write, json.dumps(outcome(name)).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as pipe:
            found = json.loads(pipe.read() or "{}")
        _, status = os.waitpid(child, 0)
        good = bool(found) and found["seconds"] <= SECONDS and max(found["MB"], found["child"]) <= MEGABYTES
        over += not good
        if not found:
            print(f"DIED {name}: status {status}")
            continue
        print(
            f"{'ok  ' if good else 'OVER'} {found['seconds']:5.2f} s {found['MB']:5.0f} MB"
            f" (child {found['child']:.0f}, before {found['made']:.0f})"
            f" {found['bytes'] / 1e6:4.1f} MB  {name}: {found['said']}",
            flush=True,
        )
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
