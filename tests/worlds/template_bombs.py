"""What a template is given, and templates that would take all time or memory if they could."""

from datetime import UTC, datetime

from syndicate.model import Account, Article, Image, Limits, Site
from syndicate.rendering.fit import Link
from syndicate.rendering.view import view

LINK = "https://gazette.example.com/1"
ARTICLE = Article(
    "news",
    LINK,
    "Title\ufdd0 of\nthe story",
    "Summary",
    section="News > Russia",
    categories=("human rights", "Ferries"),
    images=(Image("https://gazette.example.com/1.jpg", alt=" alt\x00 text "),),
    published=datetime(2026, 11, 23, tzinfo=UTC),
    raw={"media:rating": "quiet\ufdd1"},
)
NAMES = {
    "article": view(ARTICLE, 3),
    "site": Site("The Gazette", "https://gazette.example.com/"),
    "account": Account("masto", "mastodon"),
    "limits": Limits(text=500),
    "link": Link(LINK),
}

SPINNING = "a\n{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}"
UNSTOPPABLE = (
    "{% set text = ('a' * 100000) | list | join('a' * 49) %}"
    "{% set words = 'ab' ~ ('a' * 99999) | list | join('a' * 20) %}\n\n{{ text.rfind(words) }}"
)
SLOW = {
    "loops": SPINNING,
    "macros": "a\n{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}",
    "calls": "a\n{% macro m(n) %}{% if n %}{{ caller() }}{% call m(n - 1) %}{% for a in 'x' * 99999 %}{% endfor %}"
    "{% endcall %}{% call m(n - 1) %}{% endcall %}{% endif %}{% endmacro %}{% call m(40) %}{% endcall %}",
    "words": "a\n{{ lipsum(n=100000) }}",
    "chains": "a\n{% for a in 'x' * 99999 %}{{ (['b'] * 9999) | map('upper') | select | list | length }}{% endfor %}",
    "sorting": "a\n{% for a in 'x' * 99999 %}{% set b = (article.title * 99) | sort %}{% endfor %}",
    "compiled": "a\n{{ '" + "a.a " * 25000 + "' | urlize | urlize | urlize | urlize }}",
    "compiled condition": "a\n{% if '" + "a.a " * 25000 + "' | urlize | urlize | urlize | urlize %}{% endif %}",
    "patterns": "a\n{% for a in 'x' * 99999 %}{% set b = ('a.' * 9999) | urlize %}{% endfor %}",
}
LARGE = {
    "zfill": "a\n{{ 'x'.zfill(2000000000) | length }}",
    "rjust": "a\n{{ 'x'.rjust(2000000000) | length }}",
    "expandtabs": "a\n{{ '\t'.expandtabs(2000000000) | length }}",
    "center": "a\n{{ 'x' | center(2000000000) }}",
    "indent": "a\n{{ 'x\\ny' | indent(2000000000, true) }}",
    "format": "a\n{{ '{:>2000000000}'.format(1) }}",
    "format_map": "a\n{{ '{a:>2000000000}'.format_map({'a': 1}) }}",
    "percent": "a\n{{ '%2000000000d' % 1 }}",
    "percent, filter": "a\n{{ '%2000000000d' | format(1) }}",
    "digits": "a\n{{ '%.2000000000f' % 1.0 }}",
    "joined": "a\n{% set n = namespace(x='xx') %}{% for i in range(28) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "added": "a\n{% set n = namespace(x='xx') %}{% for i in range(28) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "lists": "a\n{{ [['x' * 100000] * 100000] * 1000 }}",
    "replace": "a\n{{ ('a' * 100000).replace('a', 'b' * 100000) | length }}",
    "join": "a\n{{ ('a' * 100000) | list | join('a' * 100000) | length }}",
    "batch": "a\n{{ [1] | batch(1000000000, 'x') | list | length }}",
    "wordwrap": "a\n{{ ('x' * 100000) | wordwrap(1, wrapstring='x' * 100000) | length }}",
    "set block": "a\n{% set a %}{% for a in 'x' * 99999 %}{{ 'x' * 9999 }}{% endfor %}{% endset %}",
}
REFUSED = {
    "power": "a\n{{ 9 ** 9 ** 9 }}",
    "product": "a\n{% set n = namespace(x=9) %}{% for i in range(40) %}{% set n.x = n.x * n.x %}{% endfor %}",
    "times": "a\n{{ 'a' * 1000000000 }}",
    "output": "a\n{% for a in 'x' * 99999 %}{{ article.title }}{% endfor %}",
}
