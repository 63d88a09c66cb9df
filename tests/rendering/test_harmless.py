"""Only a template whose every step is bounded runs in the daemon's own process."""

import pytest

from syndicate.model import Account, Article, Image, Limits, Site
from syndicate.rendering import jinja
from syndicate.rendering.environment import Templates, builtin_templates
from syndicate.rendering.fit import Link
from syndicate.rendering.harmless import largest_story
from syndicate.rendering.story_sizes import NOTHING, STORIES, Story, weighed
from syndicate.rendering.view import view
from tests.worlds.template_bombs import LARGE, REFUSED, SLOW, UNSTOPPABLE

SANDBOX = jinja.environment([builtin_templates()])
HARMLESS = [
    "{{ article.title | fit }}\n\n{{ article.summary | fit(drop=true, priority=2) }}{{ link }}{{ article.hashtags }}",
    "{% if article.kind == 'live' %}LIVE {% elif 'a' in article.title %}{% else %}{{ site.name }}{% endif %}",
    "{% for tag in article.hashtags[:2] %}{{ loop.index }}{{ tag }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for name, value in article.raw.items() %}{{ name }}: {{ value }}{% endfor %}",
    "{% for name in article.authors if name != 'dpa' %}{{ name | mention }}{% else %}nobody{% endfor %}",
    "{{ article.authors | map('title') | join(', ') }}{{ ', '.join(article.categories) }}",
    "{{ article.published.strftime('%d.%m.%Y') if article.published else '' }}",
    "{{ article.title.split(':')[0] | upper | truncate(40) }}{{ article.title | replace('!', '.') }}",
    "{% set lead = article.summary or article.title %}{{ lead ~ ' ' ~ site.name }}{{ lead | length }}",
    "{{ {'de': 'Foto', 'en': 'Photo'}.get(article.language[:2], 'Photo') }}{{ 2 * 3 + 1 }}",
    "{% for tag in article.categories %}{{ tag | hashtag }} {% endfor %}",
    "{{ article.title | fit }}{{ part() }}{% if link %}{{ part }}{{ link }}{% endif %}",
    "{% for part in article.categories %}{{ part }}{% endfor %}{{ part() }}",
    "{{ article.titel }}",
    "{{ zzz }}",
    "{{ article.title | fitt }}",
]
HARMFUL = [
    *SLOW.values(),
    *LARGE.values(),
    *REFUSED.values(),
    UNSTOPPABLE,
    "{% for a in article.title %}{% endfor %}",
    "{% for a in article.title.split(' ') %}{% endfor %}",
    "{% for a in article.raw %}{% for b in article.raw %}{{ article.summary | hashtag }}{% endfor %}{% endfor %}",
    "{% for a in article.categories | string %}{% endfor %}",
    "{% for a in article.categories | first %}{% endfor %}",
    "{% for a in article.categories | default(article.title) %}{% endfor %}",
    "{% for a in [article.categories] %}{% for b in a %}{% endfor %}{% endfor %}",
    "{% set a = 'xx' %}{% for b in article.categories %}{% set a = a ~ a %}{% endfor %}",
    "{% for b in article.categories %}{% set a = c ~ c %}{% set c = (a or 'x') ~ a %}{% endfor %}",
    "{% set a = article.title %}" + "{% set a = a ~ a %}" * 10,
    "{% set a = article.title %}" + "{% set a = a + a %}" * 10,
    "{% set a = [article.title] %}" + "{% set a = [a, a] %}" * 10,
    "{% set a = article.title %}" + "{% set a = a.replace('', 'xxxxxxxxx') %}" * 5,
    "{% set a = article.title %}" + "{% set a = a | urlencode %}" * 5,
    "{% set a = 9 %}" + "{% set a = a * a %}" * 40,
    "{{ article.title.replace('a', article.title) }}",
    "{{ article.title | replace('a', article.title) }}",
    "{{ article.title | list | join(article.title) }}",
    "{{ article.title.join(article.title) }}",
    "{{ article.title.strip(article.title) }}",
    "{{ article.title.rsplit(article.title) }}",
    "{{ article.title.rfind(article.title) }}",
    "{{ article.title % 1 }}",
    "{% set part = article.title %}{{ part() }}",
    "{{ part(article.title) }}",
    "{{ article.title * 2 }}",
    "{{ article.published.strftime(article.title) }}",
    "{{ article.title | map('center', 1000000) }}",
    "{{ article.categories | map(attribute='x', default=article.title) }}",
    "{{ article.title | trim(article.title) }}",
    "{{ article.title | e }}",
    "{{ dict(a=1) }}",
    "{{ range(3) }}",
    "{{ self }}",
    "{{ article }}",
    "{% block a %}{% endblock %}",
    "{% filter upper %}{% endfilter %}",
    "{% include 'default/alt.txt.j2' %}",
    "{% import 'default/alt.txt.j2' as a %}",
    "{% extends 'default/alt.txt.j2' %}",
    "{% for a in [] recursive %}{{ loop([]) }}{% endfor %}",
    "{{ article.title.upper(*article.categories) }}",
    "{{ article.title | fit(**article.raw) }}",
    "{{ 1000000000000 }}",
    "{{ " + " ~ ".join(["article.title.split()"] * 40) + " }}",
]


def judged(source):
    return largest_story(SANDBOX.parse(source))


@pytest.mark.parametrize("source", HARMLESS)
def test_what_publishers_write_is_harmless_with_an_ordinary_story(source):
    assert Story(5_000, 30) in judged(source)


@pytest.mark.parametrize("source", HARMFUL)
def test_what_may_grow_or_spin_is_not_harmless(source):
    assert judged(source) == NOTHING or Story(20_000, 60) not in judged(source)


@pytest.mark.parametrize("path", sorted(builtin_templates().glob("*/*.txt.j2")), ids=str)
def test_the_built_in_templates_are_harmless_with_every_story(path):
    assert judged(path.read_text("utf-8")) == STORIES[-1]


def variables(story):
    """A story of this size, all of whose texts are as long as they may be together."""
    each = story.characters // 8
    article = Article(
        "news",
        "https://gazette.example/1",
        "ŉ " * (each // 2),
        "ß " * (each // 2),
        section="S" * each,
        categories=("c" * (each // story.entries - 1),) * story.entries,
        authors=("a" * (each // story.entries - 1),) * story.entries,
        images=(Image("https://gazette.example/1.jpg", alt="i" * each),),
        raw={f"r{number}": "v" * (each // story.entries - 4) for number in range(story.entries)},
    )
    return {
        "article": view(article, 3),
        "site": Site("The Gazette", "https://gazette.example/"),
        "account": Account("masto", "mastodon"),
        "limits": Limits(text=500),
        "link": Link("https://gazette.example/1"),
    }


@pytest.mark.parametrize("story", STORIES)
def test_what_is_harmless_prints_no_more_than_was_foretold(story):
    given = variables(story)
    assert weighed(given) in story
    for source in HARMLESS[:-3]:
        if story in judged(source):
            template = jinja.jinja2.Template.from_code(SANDBOX, SANDBOX.compile(source), SANDBOX.globals)
            assert len(template.render(given)) < 20 * story.characters, source


def test_a_story_larger_than_foretold_is_weighed_as_such():
    large, lists = variables(Story(100_000, 200)), variables(Story(5_000, 200))
    assert weighed(large) not in STORIES[1]
    assert weighed(lists) not in STORIES[1]
    assert weighed({"image": Image("u" * 5_001)}) not in STORIES[0]
    assert weighed({"link": "u" * 5_001}) not in STORIES[0]


class Asked:
    """Stands in for the process with limits, and says which templates it was given."""

    def __init__(self):
        self.names = []

    def render(self, _folders, name, _shown, _variables):
        self.names.append(name)
        return "apart"

    def close(self):
        pass


@pytest.mark.parametrize(
    ("source", "story", "apart"),
    [
        (HARMLESS[0], STORIES[2], False),
        (HARMLESS[10], STORIES[0], False),
        (HARMLESS[10], STORIES[2], True),
        ("{{ 'x' | center(9) }}", STORIES[0], True),
        ("{# " + "x" * 20_000 + " #}", STORIES[0], True),
        ("{{ " + "(" * 900 + "1" + ")" * 900 + " }}", STORIES[0], True),
        ("{{ 'x'.ljust(" + "9" * 5000 + ") }}", STORIES[0], True),
    ],
)
def test_what_is_not_harmless_is_rendered_apart_and_all_else_here(tmp_path, source, story, apart):
    path = tmp_path / "mastodon" / "post.txt.j2"
    path.parent.mkdir()
    path.write_text(source, "utf-8")
    asked = Asked()
    text = Templates([tmp_path], asked).render("mastodon", "post.txt.j2", variables(story))
    assert (text == "apart") == bool(asked.names) == apart


def test_a_harmful_template_is_never_compiled_here_since_jinja_computes_while_it_compiles(tmp_path, monkeypatch):
    path = tmp_path / "mastodon" / "post.txt.j2"
    path.parent.mkdir()
    path.write_text("{{ ('x' * 99999) | center(200000) | length }}", "utf-8")
    monkeypatch.setattr(jinja._Sandbox, "compile", lambda *_a, **_k: pytest.fail("it was compiled"))
    assert Templates([tmp_path], Asked()).render("mastodon", "post.txt.j2", variables(STORIES[0])) == "apart"
