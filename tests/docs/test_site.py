"""The docs as a site: which pages there are, in which order, and where their links lead; what the check finds."""

from __future__ import annotations

import re

import pytest

from tests.worlds.pages import DOCS, ROOT, site_script

pages, check = site_script("pages"), site_script("check")
INDEX = (DOCS / "index.md").read_text(encoding="utf-8")


def listed(nav):
    """All pages of a navigation, in their order."""
    for each in nav:
        if isinstance(each, str):
            yield each
        else:
            for below in each.values():
                yield from [below] if isinstance(below, str) else listed(below)


def test_every_page_is_in_the_navigation_once():
    found = list(listed(pages.navigation(INDEX)))
    missing = {pages.place(page) for page in pages.pages()} - set(found)
    assert not missing, f"link it in a section of docs/index.md: {sorted(missing)}"
    assert len(found) == len(set(found))


def test_the_navigation_is_the_sections_of_the_index():
    nav = pages.navigation(INDEX)
    assert [next(iter(each)) for each in nav[1:-1]] == re.findall(r"^## (.+)$", INDEX, re.MULTILINE)
    assert nav[0] == {"Home": "index.md"}
    assert nav[-1] == {"All pages": "contents.md"}


def test_a_page_is_where_the_index_links_it_first_and_sections_may_have_sections():
    text = (
        "# Docs\n\nBegin with [one](one.md).\n\n## Start\n\n- [Two](two.md)\n- [Compared](comparison.md#x)\n\n"
        "## Guides\n\n### A\n\n- [One](one.md), [a file](../config.example.yaml)\n\n### B\n\n- [Two](two.md)\n"
        "- [Changes](../CHANGELOG.md)\n\n## End\n\n- [Three](three.md)\n"
    )
    assert pages.navigation(text)[1:-1] == [
        {"Start": ["two.md", "comparison.md"]},
        {"Guides": [{"A": ["one.md"]}, {"B": ["project/changelog.md"]}]},
        {"End": ["three.md"]},
    ]


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("templates.md#where", "templates.md#where"),
        ("../images/preview.jpg", "../images/preview.jpg"),
        ("../index.md#guides", "../contents.md#guides"),
        ("../../README.md", "../index.md"),
        ("../../SECURITY.md#what", "../project/security.md#what"),
        ("../../examples/notes/README.md", "../source/examples/notes/readme.md"),
        ("../../syndicate/aliases.py", "../source/syndicate/aliases.py.md"),
        ("../../examples/deploy", "../source/examples/deploy/index.md"),
        ("../benchmarks.json", "../source/docs/benchmarks.json.md"),
        ("#here", "#here"),
        ("https://gazette.example/a#b", "https://gazette.example/a#b"),
    ],
)
def test_a_link_leads_to_where_its_file_is_on_the_site(link, leads):
    page = DOCS / "guides" / "cards.md"
    assert (
        pages.rewritten(page, f"See [`cards`]({link}), ![too]({link}).") == f"See [`cards`]({leads}), ![too]({leads})."
    )


def test_code_is_left_as_it_is():
    text = (
        "Write `[x](../index.md)`.\n\n```text\n[x](../index.md)\n```\n\n"
        "1. So:\n   ```text\n   [x](../index.md)\n   ```\n\n[x](../index.md)\n"
    )
    assert pages.rewritten(DOCS / "guides" / "cards.md", text) == text[: text.rindex("[")] + "[x](../contents.md)\n"


def test_what_belongs_to_an_entry_of_a_list_is_indented_as_the_builder_counts():
    written = (
        "1. One:\n   ```text\n   - no entry\n     of a list\n   ```\n\n"
        "2. Two\n   goes on.\n   - a\n     - b\n       c\n   - d\n"
        "10. Ten\n    - e\n\nEnd\n\n```text\n  - as it is\n- x\n   y\n```\n"
    )
    assert pages.indented(written) == (
        "1. One:\n\n    ```text\n    - no entry\n      of a list\n    ```\n\n"
        "2. Two\n    goes on.\n    - a\n        - b\n            c\n"
        "    - d\n10. Ten\n    - e\n\nEnd\n\n```text\n  - as it is\n- x\n   y\n```\n"
    )


def test_all_that_pages_lead_to_comes_along_and_nothing_of_the_tools():
    found = pages.staged()
    for page in found.values():
        if page.suffix not in pages.PICTURES:
            for _, target in pages.links(page, pages.content(page)):
                assert target is None or pages.place(target) in found, (page, target)
    assert {"index.md", "contents.md", "project/contributing.md", "images/preview.jpg"} <= found.keys()
    assert found["index.md"] == DOCS / "site" / "front.md"
    assert not [name for name in found if name.startswith("site/")]


def test_a_file_is_shown_as_code_and_a_folder_as_links():
    shown = pages.content(ROOT / "syndicate" / "aliases.py")
    assert "\n# `syndicate/aliases.py`\n" in shown
    assert (ROOT / "syndicate" / "aliases.py").read_text(encoding="utf-8").rstrip() in shown
    assert "- [rules.yaml](prometheus/rules.yaml)\n" in pages.content(ROOT / "examples" / "deploy" / "prometheus")
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    long = pages.content(ROOT / "constraints.txt")
    assert f"\n\nThe first 600 of {text.count(chr(10)):,} lines:\n\n```text\n{text[:900]}" in long
    assert len(long.splitlines()) < 620
    assert "\n````text\n" in pages.content(DOCS / "reference" / "json.md.in")  # it has fences of its own


SOUND = (
    '<html><head><link rel="stylesheet" href="house.css"><link rel="canonical" href="https://gazette.example/"></head>'
    '<body><h1 id="top">A</h1><h2>B</h2><a href="#top">up</a> <a href="b/index.html#there">b</a>'
    '<a href="/a.html">a</a>'
    '<a href="https://gazette.example/x?y=1#z">g</a> <a href="http://127.0.0.1:8700">here</a>'
    '<img src="data:image/png;base64,AA"><img src="p.jpg">{more}</body></html>'
)


@pytest.fixture
def built(tmp_path):
    """A small site; its first page has something more."""

    def make(more="", css="a { background: url(p.jpg) }"):
        (tmp_path / "b").mkdir(exist_ok=True)
        (tmp_path / "a.html").write_text(SOUND.replace("{more}", more), encoding="utf-8")
        (tmp_path / "b" / "index.html").write_text(
            '<h1 id="there">B</h1><a href="../a.html#top">a</a>', encoding="utf-8"
        )
        (tmp_path / "house.css").write_text(css, encoding="utf-8")
        (tmp_path / "p.jpg").write_bytes(b"")
        return check.Site(tmp_path)

    return make


def test_a_sound_site_has_no_faults_and_a_weight(built):
    site = built()
    assert site.faults() == []
    plain, sent = site.weight("a.html")
    assert plain == sum((site.folder / name).stat().st_size for name in ("a.html", "house.css"))
    assert 0 < sent < plain


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ('<a href="c.html">c</a>', "a.html: c.html leads nowhere"),
        ('<a href="b/index.html#gone">b</a>', "a.html: b/index.html#gone leads to no part of b/index.html"),
        ('<a href="#gone">b</a>', "a.html: #gone leads to no part of a.html"),
        ('<a href="b/">b</a>', "a.html: b/ leads nowhere"),
        ('<a href="http://gazette.example/">g</a>', "a.html: http://gazette.example/ is not https"),
        ('<a href="https://gazette/">g</a>', "a.html: https://gazette/ is no address"),
        ('<a href="https://[gazette/">g</a>', "a.html: https://[gazette/ is no address"),
        ('<a href="javascript:void(0)">g</a>', "a.html: javascript:void(0) is not https"),
        ('<img src="gone.jpg">', "a.html: gone.jpg is not there"),
        ('<img src="p.jpg" srcset="q.jpg 2x">', "a.html: q.jpg is not there"),
        ('<img src="//cdn.example/p.jpg">', "a.html: //cdn.example/p.jpg is loaded from another server"),
        ('<script src="https://cdn.example/x.js"></script>', "https://cdn.example/x.js is loaded from another server"),
        ('<link rel="preconnect" href="https://fonts.example">', "https://fonts.example is loaded from another server"),
        ('<p style="background: url(https://cdn.example/p)">', "https://cdn.example/p is loaded from another server"),
        ("<style>@import 'https://cdn.example/x'</style>", "https://cdn.example/x is loaded from another server"),
        ("<h1>Two</h1>", "a.html: it has 2 headings of the first rank"),
        ("<h4>Deep</h4>", "a.html: a heading of rank 4 follows one of rank 2"),
    ],
)
def test_the_check_names_a_fault_and_its_page(built, more, fault):
    (found,) = built(more).faults()
    assert found.endswith(fault)


def test_the_check_reads_style_sheets(built):
    css = '@font-face { src: url("https://fonts.example/f.woff2") }'
    assert built(css=css).faults() == ["house.css: https://fonts.example/f.woff2 is loaded from another server"]
