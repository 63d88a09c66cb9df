"""The article the project began with, served as its site would serve it, through its feed and its page."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SEED = Path(__file__).parents[3] / "shared" / "seed"
HEADLINE = "Putin and Biden Discuss Geneva Agreements on Ukraine’s Conflict"
ALT = "Meeting between Russia's President and his U.S counterpart. (Photo: Twitter/@lopezdoriga)"
PAGE = "/news/Putin-and-Biden-Discuss-Geneva-Agreements-20211203-0009.html"

pytestmark = pytest.mark.skipif(not SEED.exists(), reason="the seed article is not here")


@pytest.fixture
def seed():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = {"/rss/news.xml": "rss.xml", "/photo.jpg": "photo.jpg", PAGE: "article.html"}.get(self.path)
            body = (SEED / name).read_bytes() if name else b""
            if name != "photo.jpg":
                body = body.replace(b"127.0.0.1:8000", self.headers["Host"].encode())
            self.send_response(200 if name else 404)
            self.send_header("Content-Type", "image/jpeg" if name == "photo.jpg" else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("way", ["feed", "page"])
def test_the_seed_article_becomes_a_right_post_on_each_network(desk, seed, way):
    desk.config("x-main", "fb", "masto", "bsky")
    desk.path.write_text(desk.path.read_text().replace(f"{desk.site.url}/rss.xml", f"{seed}/rss/news.xml"))
    words = ["--backfill", "1"] if way == "feed" else ["--article", seed + PAGE]
    run = desk("post", *words)
    assert run.code == 0, run.err
    posts = {post["platform"]: post for post in desk.sandbox.posts()}
    assert set(posts) == {"x", "facebook", "mastodon", "bluesky"}
    for name, post in posts.items():
        assert post["text"].startswith(HEADLINE if name == "x" else HEADLINE[:40])
        assert "Ukraine’s" in post["text"]
        assert post["link"] == seed + PAGE
        shown = seed.removeprefix("http://") + PAGE[:13] + "…" if name == "bluesky" else seed + PAGE
        assert shown in post["text"]
        assert "#News #Russia" in post["text"]
        assert [media["alt"] for media in post["media"]] == [ALT]
        assert post["media"][0]["bytes"] > 10_000
