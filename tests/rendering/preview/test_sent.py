"""The page in a browser beside what arrives: read from the one, counted in the other."""

import hashlib

import pytest

from tests.worlds.browser import fits, grave, weight
from tests.worlds.desk import ACCOUNTS

WORDS = """post => {
    const text = post.querySelector('.text');
    const whole = node => node.nodeName === 'A' ? node.getAttribute('href') : node.textContent;
    const fact = name => [...post.querySelectorAll('.facts dt')].filter(dt => dt.textContent === name)
        .map(dt => dt.nextElementSibling.innerText);
    return {
        account: post.querySelector('.acc').textContent,
        text: [...text.childNodes].map(whole).join(''),
        link: fact('Link')[0],
        alts: fact('Alt text'),
        drawn: [...post.querySelectorAll('.shot img, .linkcard img')].map(image => image.alt),
        shas: [...post.querySelectorAll('.sha code')].map(code => code.textContent),
    };
}"""
SPITE = "Harbour </style><script>alert(1)</script> \"'`& --> {{ 7*7 }}"


@pytest.fixture
def shown(desk, opened, tmp_path):
    """Two stories, one of them spiteful, for an account on each network: the page, all of it unfolded."""
    desk.config(*ACCOUNTS, extra="defaults: {image: card, utm: {medium: social}}")
    out = f"accounts:\n  out: {{platform: folder, path: '{tmp_path / 'out'}'}}\n"
    desk.path.write_text(desk.path.read_text("utf-8").replace("accounts:\n", out), encoding="utf-8")
    desk.site.publish(1)
    desk("post")
    desk.site.publish(1, photo=True, title=SPITE, summary="<img src=x onerror=alert(2)>", categories=("<i>", "Sea"))
    desk.site.publish(1, photo=True, title="風が強い夜、灯台守の娘は歌う", summary="W" * 400)
    path = tmp_path / "page.html"
    assert desk("preview", "--html", str(path)).code == 0

    def show(width=1280, scheme="light"):
        page = opened(path.read_text(encoding="utf-8"), width, scheme)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        return page

    return show


def test_what_stands_on_the_page_is_what_arrives(desk, shown, tmp_path):
    page = shown()
    seen = [post.evaluate(WORDS) for post in page.locator("article.post").all()]
    sent = desk("post", "--json").rows
    assert len(seen) == len(sent) == 12
    told = {(row["account"], row["text"], row["link"]) for row in sent}
    assert {(post["account"], post["text"], post["link"]) for post in seen} == told
    for post in seen:
        assert post["alts"] == post["drawn"]
        assert len(post["shas"]) == 1
    boxed = [post for post in seen if post["account"].startswith("bsky")]
    boxes = {post["card"]["image"]["sha256"] for post in desk.sandbox.posts() if post["card"]}
    arrived = [(media["sha256"], media["alt"]) for post in desk.sandbox.posts() for media in post["media"]]
    attached = [post for post in seen if post["account"] != "out" and post not in boxed]
    assert sorted(arrived) == sorted((post["shas"][0], post["alts"][0]) for post in attached)
    assert boxes == {post["shas"][0] for post in boxed}
    texts = [post["text"] for post in seen if post["account"] != "out"]
    assert sorted(post["text"] for post in desk.sandbox.posts()) == sorted(texts)
    files = {hashlib.sha256(file.read_bytes()).hexdigest() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert {post["shas"][0] for post in seen if post["account"] == "out"} <= files


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_unfolded_requests_fit_and_say_nothing_wrong(shown, width, scheme):
    page = shown(width, scheme)
    assert page.locator("details.calls").count() == 12
    assert fits(page)
    assert page.said == []
    assert all(url.startswith(("data:", page.own)) for url in page.asked)
    assert grave(page) == []


def test_a_page_of_fifty_posts_is_light(desk, tmp_path):
    desk.config(*ACCOUNTS, extra="defaults: {image: card, utm: {medium: social}}")
    title = "Every boat home before the fog: how the ferry crew and a brass band guided {0} fishing boats"
    for number in range(10):
        desk.site.publish(1, photo=True, title=title.format(number), summary="The band played the low notes. " * 5)
    path = tmp_path / "page.html"
    assert desk("preview", "--backfill", "10", "--html", str(path)).code == 0
    html = path.read_text(encoding="utf-8")
    assert html.count('<details class="calls">') == html.count('<article class="post') == 50
    assert weight(html) <= 200_000
