"""Sitemaps and folders of Markdown, from the config to a post that arrived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.worlds.servers import Documents

HEAD = '<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'


@pytest.fixture
def pages():
    running = Documents()
    yield running
    running.close()


def sitemap(pages, *titles):
    now = datetime.now(UTC)
    news = "".join(
        f"<url><loc>{pages.url}/{number}</loc><news:news><news:title>{title}</news:title>"
        f"<news:publication_date>{(now + timedelta(seconds=number)).isoformat()}</news:publication_date>"
        "</news:news></url>"
        for number, title in enumerate(titles)
    )
    pages.pages |= {f"/{number}": b"<title>t</title>" for number in range(len(titles))}
    pages.pages["/news-sitemap.xml"] = f"{HEAD}{news}</urlset>".encode()


def configured(desk, source):
    desk.config("masto")
    text = desk.path.read_text(encoding="utf-8")
    start, end = text.index("  news:"), text.index("\n", text.index("  news:"))
    desk.path.write_text(f"{text[:start]}  news: {source}{text[end:]}", encoding="utf-8")


def texts(desk):
    return [post["text"] for post in desk.sandbox.posts()]


def test_a_story_of_a_news_sitemap_is_posted_once(desk, pages):
    sitemap(pages, "Old")
    configured(desk, f"{{type: sitemap, url: '{pages.url}/news-sitemap.xml'}}")
    assert "recorded as seen" in desk("post").err
    sitemap(pages, "Old", "Bridge opens")
    for _ in range(2):
        run = desk("post")
        assert run.code == 0, run.err
    assert [text.splitlines()[0] for text in texts(desk)] == ["Bridge opens"]


def test_a_story_of_a_folder_is_posted_once_and_a_draft_never(desk, pages):
    content = desk.folder / "content"
    content.mkdir()
    (content / "old.md").write_text("---\ntitle: Old\ndate: 2020-01-01\n---\n", encoding="utf-8")
    configured(desk, f"{{type: folder, url: ./content, link: '{pages.url}/{{slug}}'}}")
    run = desk("post")
    assert "recorded as seen" in run.err, run.err
    now = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    (content / "bridge.md").write_text(f"---\ntitle: Bridge opens\ndate: {now}\n---\n", encoding="utf-8")
    (content / "draft.md").write_text(f"---\ntitle: Draft\ndraft: true\ndate: {now}\n---\n", encoding="utf-8")
    pages.pages["/bridge"] = b"<title>t</title>"
    for _ in range(2):
        run = desk("post")
        assert run.code == 0, run.err
    (text,) = texts(desk)
    assert "Bridge opens" in text
    assert f"{pages.url}/bridge" in text


def test_articles_recognises_them(desk, pages):
    sitemap(pages, "Bridge opens")
    rows = desk("articles", "--from", f"{pages.url}/news-sitemap.xml", "--json").rows
    assert [row["title"] for row in rows] == ["Bridge opens"]
    file = desk.folder / "sitemap.xml"
    file.write_bytes(pages.pages["/news-sitemap.xml"])
    assert [row["title"] for row in desk("articles", "--from", str(file), "--json").rows] == ["Bridge opens"]
    content = desk.folder / "content"
    content.mkdir()
    (content / "bridge.md").write_text("---\ntitle: Bridge opens\n---\n", encoding="utf-8")
    for origin in (content, content / "bridge.md"):
        run = desk("articles", "--from", str(origin), "--base", "https://gazette.example/blog", "--json")
        assert [row["url"] for row in run.rows] == ["https://gazette.example/blog/bridge/"], run.err


def test_init_finds_the_news_sitemap_of_a_site_without_feeds(desk, pages):
    sitemap(pages, "Bridge opens")
    pages.pages |= {
        "/": b"<title>Gazette</title>",
        "/robots.txt": f"Sitemap: {pages.url}/news-sitemap.xml".encode(),
    }
    desk.path.unlink()
    run = desk("init", "--site", f"{pages.url}/")
    assert f"found the news sitemap {pages.url}/news-sitemap.xml" in run.err
    assert "type: sitemap" in desk.path.read_text(encoding="utf-8")
    assert desk("config", "check").code == 0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is an empty document, not a sitemap"),
        (b"<!DOCTYPE html><title>Just a moment...</title>", "is an HTML page, not a sitemap"),
        (f"{HEAD}</urlset>".encode(), "lists no entries, but had 1 before"),
    ],
)
def test_what_is_no_sitemap_changes_nothing(desk, pages, body, words):
    sitemap(pages, "Old")
    configured(desk, f"{{type: sitemap, url: '{pages.url}/news-sitemap.xml'}}")
    desk("post")
    good = pages.pages["/news-sitemap.xml"]
    pages.pages["/news-sitemap.xml"] = body
    run = desk("post")
    assert run.code == 1
    assert words in run.err
    assert "Traceback" not in run.err
    pages.pages["/news-sitemap.xml"] = good
    sitemap(pages, "Old", "Bridge opens")
    assert desk("post").code == 0
    assert len(texts(desk)) == 1
