from __future__ import annotations

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate import sources
from syndicate.errors import SourceError
from syndicate.model import Validators
from syndicate.net.unpacking import BODY_BYTES
from syndicate.serialization import article_record
from syndicate.sources.documents import DocumentSource, Kind
from syndicate.sources.formats import jsonl, ninjs
from syndicate.sources.parsing.document import NAMES, Document
from syndicate.sources.parsing.fields import ENTRIES, ParseContext

FEEDS = Path(__file__).parent.parent / "feeds" / "formats"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINE = b'{"url": "https://gazette.example/1", "title": "One"}\n'


def titles(fetched):
    return [article.title for article in fetched.articles]


def item(**said):
    return {"uri": "urn:1", "type": "text", "versioncreated": "2025-09-01T10:00:00Z", "headline": "One"} | said


def lines(body, **options):
    return jsonl.parse(Document(body, "stories.jsonl", **options), ParseContext("news", "", "UTC", None, NAMES))


@pytest.mark.parametrize(("kind", "sample"), [("ninjs", "ninjs2.json"), ("newsml", "newsml_message.xml")])
def test_a_document_at_an_address_is_fetched_politely(server, http, kind, sample):
    source = sources.build(kind, "news", f"{server.url}/x", http, clock=lambda: NOW)
    server.answer = (200, {"ETag": '"1"', "Cache-Control": "max-age=600"}, (FEEDS / sample).read_bytes())
    first = source.fetch(Validators())
    assert first.articles
    assert (first.validators.etag, first.interval.total_seconds()) == ('"1"', 600)
    assert source.fetch(first.validators).modified is False
    assert server.asked[1]["if-none-match"] == '"1"'


@pytest.mark.parametrize("kind", sources.DOCUMENTS)
@pytest.mark.parametrize("body", [b"", b"<!doctype html><title>x</title>", b'{"error": 1}', b"[" * 100_000, b"<a/>"])
def test_what_is_something_else_is_an_error_that_names_it(server, http, kind, body):
    server.answer = (200, {}, body)
    source = sources.build(kind, "news", f"{server.url}/x", http, clock=lambda: NOW)
    if kind == "jsonl" and not body:
        assert source.fetch(Validators()).entries == 0
        return
    with pytest.raises(SourceError) as caught:
        source.fetch(Validators())
    assert f"{server.url}/x" in str(caught.value)


def test_a_file_is_read_again_only_when_it_says_something_else(tmp_path, http):
    path = tmp_path / "stories.jsonl"
    path.write_bytes(LINE)
    source = sources.build("jsonl", "news", str(path), http, clock=lambda: NOW)
    first = source.fetch(Validators())
    assert titles(first) == ["One"]
    os.utime(path, ns=(1, 1))
    assert source.fetch(first.validators).modified is False
    path.write_bytes(LINE + LINE.replace(b"1", b"2").replace(b"One", b"Two"))
    assert titles(source.fetch(first.validators)) == ["One", "Two"]


def test_a_file_that_is_not_there_is_an_error(tmp_path, http):
    with pytest.raises(SourceError, match=r"none\.jsonl cannot be read: no such file"):
        sources.build("jsonl", "news", str(tmp_path / "none.jsonl"), http, clock=lambda: NOW).fetch(Validators())
    with pytest.raises(SourceError, match="is a folder"):
        sources.build("jsonl", "news", str(tmp_path), http, clock=lambda: NOW).fetch(Validators())


def test_a_folder_is_one_list_of_the_newest_versions(tmp_path, http):
    source = sources.build("ninjs", "wire", str(tmp_path), http, clock=lambda: NOW)
    (tmp_path / "a-1.json").write_text(json.dumps(item(version="1")), encoding="utf-8")
    first = source.fetch(Validators())
    assert (titles(first), first.entries) == (["One"], 1)
    later = item(version="2", headline="Two", versioncreated="2025-09-01T11:00:00Z")
    (tmp_path / "a-2.json").write_text(json.dumps(later), encoding="utf-8")
    (tmp_path / "half.json").write_text('{"uri": "urn:2", ', encoding="utf-8")
    (tmp_path / ".hidden.json").write_text("{}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no news", encoding="utf-8")
    second = source.fetch(first.validators)
    assert titles(second) == ["Two"]
    assert [note for note in second.notes if "half.json" in note]
    assert source.fetch(second.validators).modified is False
    killed = item(version="3", pubstatus="canceled", versioncreated="2025-09-01T12:00:00Z")
    (tmp_path / "a-3.json").write_text(json.dumps(killed), encoding="utf-8")
    (article,) = source.fetch(second.validators).articles
    assert article.withdrawn
    held = item(version="4", pubstatus="withheld", versioncreated="2025-09-01T13:00:00Z")
    (tmp_path / "a-0.json").write_text(json.dumps(held), encoding="utf-8")
    assert source.fetch(second.validators).articles == ()


def test_a_folder_of_nothing_readable_is_an_error(tmp_path, http):
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.json is not ninjs: it is not JSON"):
        sources.build("ninjs", "wire", str(tmp_path), http, clock=lambda: NOW).fetch(Validators())


def test_what_is_no_file_of_the_folder_is_told_and_not_read(tmp_path, http):
    folder = tmp_path / "wire"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(item()), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(item(uri="urn:b")), encoding="utf-8")
    os.mkfifo(folder / "pipe.json")
    (folder / "zero.json").symlink_to("/dev/zero")
    (folder / "b.json").symlink_to("../b.json")
    fetched = sources.build("ninjs", "wire", str(folder), http, clock=lambda: NOW).fetch(Validators())
    assert len(fetched.articles) == 1
    assert sorted(fetched.notes) == [
        f"{folder}/b.json is a link that leads out of its folder",
        f"{folder}/pipe.json is no regular file",
        f"{folder}/zero.json is a link that leads out of its folder",
    ]


def test_a_document_that_is_a_pipe_or_device_is_not_waited_for(tmp_path, http):
    os.mkfifo(tmp_path / "pipe")
    for kind in ("jsonl", "ninjs"):
        for path in (tmp_path / "pipe", "/dev/zero"):
            with pytest.raises(SourceError, match=f"^{path} is no regular file$"):
                sources.build(kind, "news", str(path), http, clock=lambda: NOW).fetch(Validators())


def test_an_empty_folder_is_no_error(tmp_path, http):
    fetched = sources.build("newsml", "wire", str(tmp_path), http, clock=lambda: NOW).fetch(Validators())
    assert (fetched.articles, fetched.entries) == ((), 0)


class Terminal(io.BytesIO):
    def isatty(self):
        return True


def piped(stream, http):
    kind = Kind(jsonl.parse, "", grows=True)
    return DocumentSource("news", "-", http, kind, standard_input=lambda: stream).fetch(Validators())


def test_standard_input_is_read_once(http):
    stream = io.BytesIO(LINE)
    assert titles(piped(stream, http)) == ["One"]
    assert piped(stream, http).modified is False
    with pytest.raises(SourceError, match="standard input is a terminal"):
        piped(Terminal(LINE), http)


def test_what_articles_prints_is_read_back_exactly():
    for name in ("../rss20.xml", "wordpress.json", "ghost.json", "newsml_message.xml"):
        before = sources.parse(
            (FEEDS / name).read_bytes(), source="news", url="https://gazette.example/f", now=NOW
        ).articles
        before = [article for article in before if not article.withdrawn]
        printed = "\n".join(json.dumps(article_record(article), ensure_ascii=False) for article in before)
        after = sources.parse(printed.encode(), source="news", url="", now=NOW).articles
        assert [article_record(article) for article in after] == [article_record(article) for article in before]
        assert [article.raw for article in after] == [{}] * len(after), "nothing is left over"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('"text"', "should be an object, not a text"),
        ("3", "should be an object, not a number"),
        ("{}", "needs a url or a title"),
        ('{"url": "ftp://x.example/a"}', "url is not a web address: 'ftp://x.example/a'"),
        ('{"title": ["a"]}', "title should be text, not a list"),
        ('{"title": "a", "authors": [{"name": "A"}]}', "authors should be a list of texts"),
        ('{"title": "a", "published": "01/09/2025"}', "published is not a date: '01/09/2025'"),
        ('{"title": "a", "language": "English, please"}', "language is not a language tag"),
        ('{"title": "a", "kind": "novel"}', "kind is not one of article, live, audio, video: 'novel'"),
        ('{"title": "a", "image": 3}', "image should be an object or an address, not a number"),
        ('{"title": "a", "image": {"alt": "x"}}', "image needs a url"),
        ('{"title": "a", "images": "x"}', "images should be a list, not a text"),
        ('{"title": "a", "image": {"url": "https://x.example/a.jpg", "focus": [2, 0]}}', "image.focus should be two"),
        ('{"title": "a", "withdrawn": "yes"}', "withdrawn should be true or false, not a text"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"title": ' + "9" * 5000 + "}", "is not JSON"),
    ],
)
def test_a_line_that_cannot_be_read_costs_the_others_nothing(line, words):
    reading = lines(LINE + line.encode() + b"\n" + LINE)
    assert titles(reading) == ["One", "One"]
    (note,) = reading.notes
    assert note.startswith(f"line 2: {words}")
    with pytest.raises(SourceError) as caught:
        lines(b"\n" + line.encode())
    assert str(caught.value).startswith("stories.jsonl")
    assert words in str(caught.value)


def test_many_bad_lines_are_told_of_in_few():
    reading = lines(LINE + b"x\n" * 100)
    assert len(reading.notes) == 21
    assert reading.notes[-1] == "further lines that cannot be read: 80"


def test_a_list_and_an_object_over_many_lines_are_read_too():
    assert titles(lines(b'[{"title": "A"},\n {"title": "B"}]')) == ["A", "B"]
    assert titles(lines(b'{\n  "title": "A"\n}\n')) == ["A"]
    with pytest.raises(SourceError, match="item 1: needs a url or a title"):
        lines(b"[{}]")


def test_of_more_lines_than_are_read_the_last_count():
    reading = lines(b"".join(b'{"title": "%d"}\n' % number for number in range(ENTRIES + 5)))
    assert (titles(reading)[0], titles(reading)[-1]) == ("5", str(ENTRIES + 4))
    assert reading.notes == (f"{ENTRIES + 5} lines; the last {ENTRIES} are read",)


def test_of_a_file_that_has_grown_large_the_end_is_read(tmp_path, http):
    path = tmp_path / "stories.jsonl"
    filler = b'{"title": "old", "desk": "%s"}\n' % (b"x" * 100_000)
    with path.open("wb") as file:
        for _ in range(BODY_BYTES // len(filler) * 2 + 9):
            file.write(filler)
        file.write(b"broken\n" + LINE)
    total = path.read_bytes().count(b"\n")
    fetched = sources.build("jsonl", "news", str(path), http, clock=lambda: NOW).fetch(Validators())
    assert titles(fetched)[-1] == "One"
    assert fetched.notes == (f"line {total - 1}: is not JSON (Expecting value at column 1)",)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, "usable"),
        ({"pubstatus": "usable"}, "usable"),
        ({"pubstatus": "cancelled"}, "canceled"),
        ({"pubStatus": "withheld"}, "withheld"),
        ({"pubstatus": "in doubt"}, "withheld"),
        ({"embargoed": "soon"}, "withheld"),
        ({"type": "picture"}, "other"),
        ({"type": None, "eventDetails": {"dates": {}}}, "other"),
    ],
)
def test_the_status_of_an_item_decides_what_becomes_of_it(said, status):
    reader = ParseContext("news", "", "UTC", None, NAMES)
    (read,) = ninjs.read(item(**said), reader, url="x")
    assert read.status == status
    assert (read.article is not None) == (status in ("usable", "canceled"))


@pytest.mark.parametrize("poi", [{"x": -1, "y": 2}, {"x": 5000, "y": 2}, {"x": "a", "y": 2}, {"x": 1}, [1, 2], None])
def test_a_point_of_interest_outside_its_picture_is_none(poi):
    picture = {"type": "picture", "uri": "urn:p", "renditions": {"main": {"href": "https://g.example/a.jpg"}}}
    picture["renditions"]["main"] |= {"width": 100, "height": 100, "poi": poi}
    reader = ParseContext("news", "", "UTC", None, NAMES)
    (read,) = ninjs.read(item(associations={"main": picture}), reader, url="x")
    assert read.article.image.focus is None


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"title": "Not Found", "status": 404, "type": "about:blank"}, None),
        ({"title": "One", "published": "2025-09-01T10:00:00Z"}, "jsonl"),
        ({"url": "https://gazette.example/1"}, "jsonl"),
        ({"uri": "urn:1", "title": "A match", "eventDetails": {}}, "ninjs"),
        ({"namespaces": ["oembed/1.0", "wp/v2"], "url": "https://gazette.example"}, "wordpress"),
        ({"namespaces": 3}, None),
        ([], None),
        (3, None),
    ],
)
def test_a_json_document_is_told_by_what_stands_in_it(document, kind):
    from syndicate.sources.detect import json_type

    assert json_type(document) == kind


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ana Lima", ("Ana Lima",)),
        ("Por Ana Lima e Rui Sousa", ("Ana Lima", "Rui Sousa")),
        ("Por José Ortega y Gasset", ("José Ortega y Gasset",)),
        ("Frances E Smith & Jo Meier", ("Frances E Smith", "Jo Meier")),
        ("Von Jo Meier, Ana Lima und Rui Sousa", ("Jo Meier", "Ana Lima", "Rui Sousa")),
        ("Christian Hollmann, dpa", ("Christian Hollmann, dpa",)),
        ("ana@gazette.example (Ana Lima)", ("Ana Lima",)),
        ("", ()),
    ],
)
def test_a_byline_names_people(byline, names):
    from syndicate.sources.formats.iptc import authors

    assert authors(byline, []) == names
    assert authors(byline, ["Somebody Else"]) == ("Somebody Else",)


@pytest.mark.parametrize(
    ("versions", "status"),
    [
        ([{"version": "1"}, {"version": "2", "pubstatus": "canceled"}], "canceled"),
        ([{"version": "2", "pubstatus": "canceled", "versioncreated": None}, {"version": "1"}], "canceled"),
        ([{"pubstatus": "canceled", "versioncreated": None}, {"version": "2"}], "canceled"),
        ([{"pubstatus": "canceled"}, {"versioncreated": "2025-09-01T12:00:00Z"}], "usable"),
        ([{"pubstatus": "canceled"}, {"versioncreated": "2025-08-01T12:00:00Z", "version": "9"}], "canceled"),
    ],
)
def test_a_cancellation_only_yields_to_a_newer_version(versions, status):
    document = Document(json.dumps([item(**said) for said in versions]).encode(), "x")
    (article,) = ninjs.parse(document, ParseContext("news", "", "UTC", None, NAMES)).articles
    assert article.withdrawn == (status == "canceled")


def test_a_headline_comes_before_a_title_which_is_a_short_name():
    said = item(headline=None, title="HARBOUR-DEAL", headlines=[{"role": "main", "value": "Harbour deal"}])
    reader = ParseContext("news", "", "UTC", None, NAMES)
    (read,) = ninjs.read(said, reader, url="x")
    assert read.article.title == "Harbour deal"


def test_newsml_is_known_by_its_root_alone():
    from syndicate.sources.detect import is_newsml

    assert is_newsml(b'<?xml version="1.0"?><!-- made by hand --><n:newsItem xmlns:n="x"/>')
    assert not is_newsml(b"<rss><channel><title><![CDATA[<newsItem>]]></title></channel></rss>")
