"""Nothing a document can contain gives anything but articles or one SourceError."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate import sources
from syndicate.errors import SourceError
from syndicate.model import Validators
from syndicate.serialization import load_article, store_article

FEEDS = Path(__file__).parents[2] / "feeds" / "formats"
JSON_SAMPLES = ["jsonfeed11.json", "wordpress.json", "ghost.json", "ninjs1.json", "ninjs2.json", "ninjs3.json"]
SAMPLES = {name: json.loads((FEEDS / name).read_bytes()) for name in JSON_SAMPLES}
SAMPLES["stories"] = [json.loads(line) for line in (FEEDS / "stories.jsonl").read_bytes().splitlines()[:1]]
XML = (FEEDS / "newsml_message.xml").read_bytes()

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["\ud800", "\0", "http://[", "https://a.example/\ud83d", "9" * 50, "0000-00-00T00:00:00", "<p", "a\x1b[31m"]
    )
)
names = st.text(max_size=6) | st.sampled_from(["_x", "\ud800", "_\udfff", "url", "title", "renditions", "name", "\x1b"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)


def read(body):
    """How many articles a document gives, which the ledger can keep and the terminal can print."""
    articles = ()
    with suppress(SourceError):
        articles = sources.parse(body, source="news", url="https://gazette.example/", now=NOW).articles
        for article in articles:
            assert load_article(store_article(article)) == article
            store_article(article).encode("utf-8")
            assert not CONTROL.search("".join([article.guid or "", article.url, article.title, *article.raw]))
            assert article.url or article.title or article.withdrawn
    return len(articles)


def read_of(examples, bodies, least):
    """Read so many of these documents; at least so many of them have to give something, or nothing was tried."""
    good = 0

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(bodies)
    def attempt(body):
        nonlocal good
        good += bool(read(body))

    attempt()
    assert good >= least, f"{good} of {examples} were read"


def places(value, path=()):
    """Where everything in a JSON value stands."""
    yield path
    if isinstance(value, dict):
        for name, child in value.items():
            yield from places(child, (*path, name))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from places(child, (*path, number))


def changed(value, path, new):
    """A JSON value with something else in one place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


@st.composite
def with_anything_anywhere(draw):
    sample = SAMPLES[draw(st.sampled_from(sorted(SAMPLES)))]
    path = draw(st.sampled_from(list(places(sample))))
    return json.dumps(changed(sample, path, draw(values))).encode()


@st.composite
def with_bytes_missing_or_wrong(draw):
    name = draw(st.sampled_from([*JSON_SAMPLES, "stories.jsonl", "newsml_item.xml", "newsml_message.xml"]))
    body = bytearray((FEEDS / name).read_bytes())
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body) - 1))
        body[start : start + draw(st.integers(0, 40))] = draw(st.binary(max_size=6))
    return bytes(body)


LINES = st.lists(values | st.just({"url": "https://gazette.example/1", "title": "A bridge opens"}), max_size=5)
BYTES = st.binary(max_size=300)
TITLES = [
    (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "', b'"}]}'),
    (b'{"url": "https://gazette.example/1", "title": "', b'"}'),
    (b'{"uri": "urn:1", "type": "text", "headline": "', b'"}'),
]


def test_a_sample_with_anything_anywhere():
    read_of(400, with_anything_anywhere(), 100)


def test_a_sample_with_bytes_missing_or_wrong():
    read_of(200, with_bytes_missing_or_wrong(), 10)


def test_lines_of_anything():
    read_of(200, LINES.map(lambda records: "\n".join(map(json.dumps, records)).encode()), 20)


@settings(max_examples=100, deadline=None)
@given(BYTES)
def test_bytes_of_anything(body):
    for start in (b"", b"{", b'[{"title": {"rendered": "', b"<newsItem ", b'{"posts": ['):
        read(start + body)


def test_bytes_of_anything_in_a_title():
    around, inside = (
        st.sampled_from(TITLES),
        BYTES | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    )
    read_of(200, st.tuples(around, inside).map(lambda found: found[0][0] + found[1] + found[0][1]), 20)


def test_control_characters_of_a_guid_go():
    read(XML.replace(b'guid="', b'guid="\x7f'))
    read((FEEDS / "newsml_item.xml").read_bytes().replace(b'guid="', b'guid="\x7f\xc2\x9b'))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [b"ninat:text", b"stat:withheld", b"2025-09-01T10:00:00Z", b"image/jpeg", b"2400", b"drol:caption"]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30),
)
def test_an_xml_sample_with_anything_in_its_place(part, text):
    assert part in XML
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()
    read(XML.replace(part, escaped))


PICTURE = {"type": "picture", "renditions": {"a": {"href": "https://a.b/c"}}}
HOSTILE = {
    "deep lists": b"[" * 5_000_000,
    "deep objects": b'{"a":' * 1_000_000,
    "a deep item": b'{"uri": "urn:1", "headline": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "many objects": b"[" + b"{}," * 3_000_000 + b"{}]",
    "many posts": b"[" + b'{"title":{"rendered":"x"}},' * 240_000 + b"{}]",
    "many items": b'{"version":"https://jsonfeed.org/version/1","items":[' + b'{"id":1,"title":""},' * 400_000 + b"1]}",
    "many numbers": b"[" + b"0," * 4_900_000 + b"0]",
    "a number without end": b'{"title": ' + b"9" * 9_000_000 + b"}",
    "many lines": b'{"title":"x"}\n' * 700_000,
    "many bad lines": b"x\n" * 4_900_000,
    "one long text": b'{"posts":[{"title":"x","excerpt":"' + b"<" * 9_000_000 + b'"}]}',
    "many tags of a picture": b'{"posts":[{"title":"x","html":"' + b"<img src=x " * 800_000 + b'"}]}',
    "many names of a concept": b"<newsItem><contentMeta><headline>x</headline>"
    + b"<subject/>" * 400_000
    + b"</contentMeta></newsItem>",
    "an XML bomb": b'<!DOCTYPE newsItem [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaa">]><newsItem>&a;</newsItem>',
    "an entity from outside": b'<!DOCTYPE newsItem [<!ENTITY a SYSTEM "file:///etc/passwd">]><newsItem>&a;</newsItem>',
    "many attributes": b"<newsItem " + b" ".join(b'a%d="1"' % number for number in range(100_000)) + b"/>",
    "very many attributes": b"<newsItem " + b" ".join(b'a%d=""' % number for number in range(700_000)) + b"/>",
    "many authors": json.dumps(item := {"uri": "urn:1", "headline": "x", "by": "A and " * 1_000_000}).encode(),
    "many categories": json.dumps(item | {"by": "", "subject": [{"name": str(n)} for n in range(200_000)]}).encode(),
    "many pictures": json.dumps(item | {"by": "", "associations": {str(n): PICTURE for n in range(90_000)}}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_document_holds_a_worker_for_long(name):
    assert len(HOSTILE[name]) <= 10_000_000
    began = time.process_time()
    read(HOSTILE[name])
    assert time.process_time() - began < 5


@pytest.mark.parametrize("kind", sources.DOCUMENTS)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_document_of_a_named_type_does_either(kind, name, tmp_path, http):
    path = tmp_path / "document"
    path.write_bytes(HOSTILE[name])
    began = time.process_time()
    with suppress(SourceError):
        sources.build(kind, "news", str(path), http, clock=lambda: NOW).fetch(Validators())
    assert time.process_time() - began < 5
