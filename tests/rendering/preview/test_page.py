import re
from dataclasses import replace

import pytest

from syndicate.model import Article, Look
from syndicate.rendering.preview.facts import shown
from syndicate.rendering.preview.page import Page, isolated
from syndicate.rendering.preview.rendition import rendition
from tests.worlds.browser import grave
from tests.worlds.preview import NOW, SITE

STORY = Article(
    "news",
    "https://gazette.example/train",
    "The night train to the coast returns in spring",
    "Six carriages, one dining car and a ticket for thirty euros.",
    published=NOW,
    section="News > Travel",
    categories=("Railways",),
)
HOSTILE = [
    Article("news", "javascript:alert(1)", "<script>alert(1)</script><img src=x onerror=alert(2)>", "</style><b>"),
    Article(
        "news", 'https://gazette.example/b?"><script>alert(3)</script>', "\u202egnirts esrever \u2066\u202b", "--> ]]>"
    ),
    Article("news", "https://gazette.example/c", "W" * 10_000, "x" * 5_000),
    Article("news", "https://gazette.example/d", "e" + "\u0301" * 400 + " \u200b\u200b\u200b", "{{ 7*7 }} {% raw %}"),
    Article("news", "https://gazette.example/e", "Quote \"'` & <!--", "&lt;script&gt;", categories=("<i>x</i>",)),
]


ARABIC = Article(
    "news",
    "https://gazette.example/books",
    "سوق الكتب المستعملة يعود إلى الميناء",
    "لا نقود في السوق هذا العام: من يأخذ كتاباً يترك حكاية.",
    published=NOW,
    language="ar",
)


def row(account, platform, text):
    return {
        "key": account,
        "account": account,
        "platform": platform,
        "text": text,
        "article": "https://a.example/1",
        "state": "due",
        "reason": None,
        "due_at": None,
        "length": 5,
        "limit": 4,
        "media": [{"alt": ""}],
        "link": None,
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_page_fits_every_screen_and_asks_for_nothing(page_of, opened, width, scheme):
    page = opened(page_of([STORY]), width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.asked == [page.own] or all(url.startswith(("data:", page.own)) for url in page.asked)
    assert page.said == []
    assert page.locator("article.post").count() == 6
    for image in page.locator(".shot img").all():
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth > 100)")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 200) is (scheme == "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page_of, opened, scheme):
    html = page_of([STORY, ARABIC, *HOSTILE[3:]], dead={STORY.url: "the article's page answers 404"})
    page = opened(html, scheme=scheme)
    assert page.locator(".index").count() == 1
    assert grave(page) == []


def test_hostile_stories_run_nothing_and_break_nothing(page_of, opened):
    page = opened(page_of(HOSTILE), 390)
    assert page.said == []
    assert all(url.startswith(("data:", page.own)) for url in page.asked)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("article.post").count() == 30
    assert page.locator("script").count() == 0
    assert page.locator("main b, main i").count() == 0
    for link in page.locator("a:not([href^='#'])").all():
        assert (link.get_attribute("href") or "").startswith(("http://", "https://"))
    # Whatever a headline turns round stays within it.
    after = page.locator("h2").nth(1).evaluate("node => getComputedStyle(node.nextElementSibling).direction")
    assert after == "ltr"
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.content())


def test_a_wrong_stylesheet_would_not_be_obeyed(page_of, opened):
    page = opened(page_of([STORY]).replace("</main>", "<style>body{display:none}</style></main>"))
    assert page.evaluate("getComputedStyle(document.body).display") == "block"


def test_the_same_fact_of_neighbouring_posts_stands_on_one_line(page_of, opened):
    page = opened(page_of([STORY], platforms=("mastodon", "bluesky", "webhook")))
    bottoms = page.evaluate("[...document.querySelectorAll('.mock')].map(mock => mock.getBoundingClientRect().bottom)")
    assert len(set(bottoms)) > 1, "posts of one height would prove nothing"
    lines = """name => [...document.querySelectorAll('.facts dt')].filter(dt => dt.textContent === name)
        .map(dt => dt.getBoundingClientRect().top)"""
    for name in ("When", "Length", "Link", "Alt text", "Picture"):
        tops = page.evaluate(lines, name)
        assert len(tops) == 3, name
        assert len(set(tops)) == 1, name


def test_what_is_written_from_right_to_left_begins_at_the_right(page_of, opened):
    page = opened(page_of([ARABIC, STORY], platforms=("mastodon",)))
    ends = """node => { const range = document.createRange(); range.selectNodeContents(node);
        const text = range.getBoundingClientRect(), box = node.getBoundingClientRect();
        return [text.left - box.left, box.right - text.right]; }"""
    for place in ("h2", ".facts .r5 dd"):
        arabic, english = (page.locator(place).nth(number).evaluate(ends) for number in (0, 1))
        assert arabic[1] < 2 < arabic[0], place
        assert english[0] < 2 < english[1], place


def test_a_long_page_begins_with_a_list_of_its_articles(page_of, opened):
    stories = [replace(STORY, url=f"https://gazette.example/{n}", title=f"Story {n}") for n in range(4)]
    page = opened(page_of(stories, platforms=("mastodon",), dead={stories[2].url: "its page answers 404"}), 390)
    entries = page.locator(".index li")
    assert entries.all_inner_texts() == ["Story 0", "Story 1", "! Story 2", "Story 3"]
    entries.nth(3).locator("a").click()
    assert page.locator("#story-4").inner_text() == "Story 3"
    assert abs(page.locator("#story-4").bounding_box()["y"]) < 40
    page.get_by_label("only with warnings").check()
    assert [entry.is_visible() for entry in entries.all()] == [False, False, True, False]
    assert opened(page_of(stories[:3], platforms=("mastodon",))).locator(".index").count() == 0


def test_an_account_is_named_once(opened):
    rows = [row("mastodon", "mastodon", "a"), row("town", "x", "b"), row("desk", "bluesky", "c")]
    names = {"mastodon": "@gazette@social.example", "town": "", "desk": SITE.name.upper()}
    looks = {"mastodon": Look("Mastodon", "m"), "x": Look("X", "X"), "bluesky": Look("Bluesky", "B")}
    page = opened(Page(SITE, NOW, shown(rows, {}, {}, {}), names, looks, rendition).html())
    heads = [post.locator(".head").inner_text().split()[1:] for post in page.locator("article").all()]
    assert heads == [["Mastodon"], ["X", "town"], ["Bluesky", "desk"]]
    assert page.locator(".handle").all_inner_texts() == ["@gazette@social.example"]


def test_links_tags_and_counts_are_shown_as_the_network_has_them(page_of, opened):
    page = opened(page_of([STORY]))
    masto = page.locator("article", has_text="mastodon-1")
    assert masto.locator(".text a").inner_text() == "gazette.example/train?utm_sour…"
    assert (
        masto.locator(".text a").get_attribute("href").startswith("https://gazette.example/train?utm_source=mastodon")
    )
    assert masto.locator(".tag").all_inner_texts() == ["#News", "#Travel", "#Railways"]
    assert masto.locator("meter").get_attribute("max") == "500"
    assert "goes out now" in masto.inner_text()
    bluesky = page.locator("article", has_text="bluesky-1")
    assert bluesky.locator(".text a").inner_text() == "gazette.example/train?utm_so…"
    assert bluesky.locator(".text a").get_attribute("href").endswith("utm_source=bluesky&utm_medium=social")
    assert bluesky.locator(".linkcard").count() == 0, "the link stands in the text"


def test_a_network_looks_as_its_adapter_says_whatever_it_is_called(opened):
    look = Look("Example", "Ex", colour="#123456", corners=(3, 1), traits=("dashed",), actions=("Nod",))
    entries = shown([row("own", 'mock"><b>', "a"), row("none", "post x", "b")], {}, {}, {})
    page = opened(Page(SITE, NOW, entries, {}, {'mock"><b>': look}, rendition).html())
    own, none = page.locator("article").all()
    assert (own.locator(".net").inner_text(), own.locator(".mark").inner_text()) == ("Example", "Ex")
    assert (none.locator(".net").inner_text(), none.locator(".mark").inner_text()) == ("Post x", "P")
    assert [own.locator(".actions").inner_text(), none.locator(".actions").count()] == ["Nod", 0]
    style = "node => [getComputedStyle(node).borderStyle, getComputedStyle(node).borderRadius]"
    assert own.locator(".mock").evaluate(style) == ["dashed", "3px"]
    assert none.locator(".mock").evaluate(style) == ["solid", "12px"]
    colours = [one.locator(".mark").evaluate("node => getComputedStyle(node).backgroundColor") for one in (own, none)]
    assert colours == ["rgb(18, 52, 86)", "rgb(106, 90, 52)"]
    assert page.locator("main b").count() == 0


def test_a_link_card_is_drawn_where_the_post_has_one(page_of, opened):
    page = opened(page_of([STORY], platforms=("bluesky", "facebook"), photo=False))
    card = page.locator("article", has_text="bluesky-1").locator(".linkcard")
    assert card.locator(".cardtitle").inner_text() == STORY.title
    assert card.locator(".domain").inner_text() == "gazette.example"
    assert "draws this box from the page itself" in page.locator("article", has_text="facebook-1").inner_text()


def test_accounts_can_be_hidden_and_warnings_sought_out_by_keyboard(page_of, opened):
    page = opened(page_of([STORY], dead={STORY.url: "the article's page answers 404"}))
    box = page.get_by_role("checkbox", name="bluesky-1")
    box.focus()
    page.keyboard.press("Space")
    assert not page.locator("article", has_text="bluesky-1").is_visible()
    assert page.locator("article", has_text="mastodon-1").is_visible()
    page.get_by_label("only with warnings").check()
    assert page.locator("article", has_text="mastodon-1").is_visible()
    assert page.locator(".warnings").first.inner_text() == "the article's page answers 404"


def test_a_page_without_posts_is_kind(opened):
    page = opened(Page(SITE, NOW, [], {}, {}, rendition).html())
    assert page.locator("h2").inner_text() == "Nothing would be posted now"


def test_a_printed_page_leaves_out_what_needs_a_screen(page_of, opened):
    page = opened(page_of([STORY]))
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    assert page.locator("article.post").first.is_visible()
    assert page.pdf()[:5] == b"%PDF-"


def test_direction_marks_are_taken_out():
    assert isolated("a\u202eb\u2066c\u200fd") == "abcd"


def test_the_same_text_on_two_accounts_of_a_network_is_warned_of():
    rows = [row("a", "mastodon", "same"), row("b", "mastodon", "same"), row("c", "x", "same"), row("c", "x", "same")]
    entries = shown(rows, {}, {"c": "template: line 3"}, {})
    said = ["; ".join(entry.warnings) for entry in entries]
    assert "the same text goes to more than one mastodon account" in said[0]
    assert "the same text goes to more than one mastodon account" in said[1]
    assert "the same text" not in said[2] + said[3]  # two stories of one account
    assert "cannot be rendered: template: line 3" in said[2]
    assert all("the text is 5 of 4" in each and "a picture has no alt text" in each for each in said)


@pytest.mark.parametrize(
    ("state", "reason", "told"),
    [
        ("due", None, "goes out now"),
        ("planned", "embargo", "waits for its publication time"),
        ("planned", "approval", "waits for your approval"),
        ("skipped", "baseline", "example only: the first real run posts nothing"),
        ("skipped", "filtered", "left out by the account's filters, or by the article itself"),
    ],
)
def test_when_it_goes_out_is_said_in_words(state, reason, told):
    row = dict.fromkeys(("key", "account", "platform", "text", "article", "length", "limit", "link"), "x")
    row |= {"state": state, "reason": reason, "due_at": "2026-11-27T08:00:00Z", "media": [], "length": 0, "limit": 0}
    (entry,) = shown([row], {}, {}, {})
    assert entry.when == told
    assert entry.due_at == ("2026-11-27T08:00:00Z" if state == "planned" else None)
