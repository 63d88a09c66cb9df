"""Authors in templates: by the handle that their network knows, never cut, else by their names."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import pytest

from syndicate.model import Account, Article, Limits, Site, Span
from syndicate.rendering.environment import Templates
from syndicate.rendering.people import Author, signed
from syndicate.rendering.post import Renderer

PEOPLE = {"Ana Lima": {"mastodon": "@ana@social.example", "x": "@analima"}, "Bo Berg": {"x": "@bo"}}
STORY = Article("news", "https://gazette.example/1", "Ferries return", authors=("ana  lima", "Bo Berg", "Cy @stranger"))


@pytest.fixture
def text(tmp_path, now):
    def text(template, network="mastodon", limit=500, people=PEOPLE):
        (tmp_path / "default").mkdir(exist_ok=True)
        (tmp_path / "default" / "post.txt.j2").write_text(template)
        renderer = Renderer(Templates([tmp_path]), None, None, Site("G", "https://gazette.example/"), people)
        platform, account = SimpleNamespace(name=network, measure=len), Account("a", network, image="none", link="none")
        made = renderer.render(STORY, account, platform, Limits(text=limit, images=0), at=now, planned_at=now)
        return made.post

    return text


@pytest.mark.parametrize(
    ("template", "network", "printed"),
    [
        ("By {{ article.authors | people }}", "mastodon", "By @ana@social.example, Bo Berg, Cy @\u2060stranger"),
        ("By {{ article.authors | people }}", "x", "By @analima, @bo, Cy @\u2060stranger"),
        ("By {{ article.authors | people }}", "bluesky", "By ana lima, Bo Berg, Cy @\u2060stranger"),
        ("{{ article.authors | first | people }}", "mastodon", "@ana@social.example"),
        ("{{ article.authors[1] | people }}", "mastodon", "Bo Berg"),
        ("{{ article.authors | people | join(' and ') }}", "x", "@analima and @bo and Cy @\u2060stranger"),
        ("{% for each in article.authors %}{{ each | people }};{% endfor %}", "x", "@analima;@bo;Cy @\u2060stranger;"),
        ("{{ article.authors | join(', ') }}", "x", "ana lima, Bo Berg, Cy @\u2060stranger"),
        ("{{ 'words' | people }}", "x", "words"),
    ],
)
def test_a_template_prints_handles_where_the_network_has_them(text, template, network, printed):
    assert text(template, network).text == printed


def test_a_handle_is_a_mention_and_is_never_cut(text):
    post = text("{{ article.title | fit }} {{ article.authors[0] | people }}", limit=28)
    assert post.text.endswith("… @ana@social.example")
    assert post.spans == (Span(len(post.text) - 19, len(post.text), "mention", "ana@social.example"),)


def test_what_the_process_for_templates_gets_still_has_the_handles():
    sent = signed(("Ana Lima",), PEOPLE, "x")
    [back] = pickle.loads(pickle.dumps(sent, pickle.HIGHEST_PROTOCOL))
    assert (back, back.handle) == (Author("Ana Lima"), "@analima")
