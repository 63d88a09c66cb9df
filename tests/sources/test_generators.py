"""Folders whose site generator is known: the addresses that the generators build.

Hugo 0.111, Jekyll 4.3, Eleventy 3.1 and current Pelican, Nikola, Hexo and MkDocs built sites with these files; from
their documentation alone are Astro, Hugo's languages and `:sections`, `ARTICLE_URL` of Pelican and the second folder
of Nikola.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.model import Validators
from syndicate.sources.folder import FolderSource
from syndicate.sources.generators import SiteOnDisk, find

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
SITE = "https://gazette.example"
HUGO = "hugo.toml", f'baseURL = "{SITE}/"\n[permalinks]\nnews = "/:year/:month/:slug/"\n'
SECTIONS = "hugo.toml", '[permalinks]\nposts = "/:sections/:day/:slugorfilename"\n'
TONGUES = "hugo.toml", 'defaultContentLanguage = "en"\n[languages.en]\n[languages.fr]\n'
JEKYLL = "_config.yml", f"url: {SITE}\n"
PRETTY = "_config.yml", "permalink: pretty\n"
OWN = "_config.yml", "permalink: /b/:categories/:i_month-:y_day/:slug:output_ext\n"
ELEVENTY = "eleventy.config.js", "export default () => ({});"
PELICAN = "pelicanconf.py", f"SITEURL = '{SITE}'\nTIMEZONE = 'UTC'\n"
DATED = "pelicanconf.py", "ARTICLE_URL = 'posts/{date:%Y}/{date:%m}/{slug}/'\n"
NIKOLA = (
    "conf.py",
    'POSTS = (("posts/*.rst", "posts", "p.tmpl"), ("posts/*.md", "blog", "p.tmpl"))\nPRETTY_URLS = True\n',
)
HEXO = "_config.yml", "permalink: :year/:month/:day/:title/\n"
ASTRO = "astro.config.mjs", f'export default defineConfig({{ site: "{SITE}" }});'
MKDOCS = "mkdocs.yml", f"site_name: M\nsite_url: {SITE}/d/\n"
TITLE = "title: The Bridge, Opened\ndate: 2025-08-28"


def write(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def read(root, link=f"{SITE}/"):
    return FolderSource("blog", str(root), link=link, clock=lambda: NOW).fetch(Validators())


def fenced(lines):
    return f"---\n{lines}\n---\nText.\n"


@pytest.mark.parametrize(
    ("config", "folder", "name", "lines", "address"),
    [
        (HUGO, "content", "posts/plain.md", TITLE, "/posts/plain/"),
        (HUGO, "content/posts", "plain.md", TITLE, "/posts/plain/"),
        (HUGO, "content", "posts/Upper Case_File.md", TITLE, "/posts/upper-case_file/"),
        (HUGO, "content", "posts/sl.md", f"{TITLE}\nslug: My Slug", "/posts/my-slug/"),
        (HUGO, "content", "posts/u.md", f"{TITLE}\nurl: /a/b.html", "/a/b.html"),
        (HUGO, "content", "posts/u2.md", f"{TITLE}\nurl: rel/x/", "/rel/x/"),
        (HUGO, "content", "posts/city/deep.md", TITLE, "/posts/city/deep/"),
        (HUGO, "content", "posts/leaf/index.md", TITLE, "/posts/leaf/"),
        (HUGO, "content", "posts/2025-08-28-dated.md", TITLE, "/posts/2025-08-28-dated/"),
        (HUGO, "content", "posts/a.fr.md", TITLE, "/posts/a.fr/"),
        (HUGO, "content", "posts/ünï.md", TITLE, "/posts/%C3%BCn%C3%AF/"),
        (HUGO, "content", "news/x.md", TITLE, "/2025/08/the-bridge-opened/"),
        (HUGO, "content", "news/sub/s.md", TITLE, "/2025/08/the-bridge-opened/"),
        (HUGO, "content/news", "y z.md", f"{TITLE}\nslug: Why Not", "/2025/08/why-not/"),
        (HUGO, "content", "about.md", TITLE, "/about/"),
        (SECTIONS, "content", "posts/city/a.md", TITLE, "/posts/city/28/a/"),
        (TONGUES, "content", "posts/a.fr.md", TITLE, "/fr/posts/a/"),
        (TONGUES, "content", "posts/a.en.md", TITLE, "/posts/a/"),
        (JEKYLL, "_posts", "2025-08-28-welcome.md", "title: W\ncategories: jekyll update",
         "/jekyll/update/2025/08/28/welcome.html"),
        (JEKYLL, "_posts", "2025-08-28-no-title.md", "layout: post", "/2025/08/28/no-title.html"),
        (JEKYLL, "_posts", "2025-08-28-Up_C.md", "title: U\ncategory: Big News", "/big%20news/2025/08/28/Up_C.html"),
        (JEKYLL, "_posts", "2025-08-28-d.md", "title: D\ndate: 2025-08-30 23:30:00 +0000", "/2025/08/30/d.html"),
        (JEKYLL, "_posts", "2025-08-28-s.md", "title: D\nslug: my-Slug here", "/2025/08/28/my-Slug-here.html"),
        (JEKYLL, "_posts", "2025-08-28-pl.md", "title: D\npermalink: /x/:year/:title/", "/x/2025/pl/"),
        (JEKYLL, "_posts", "2025-08-28-pp.md", "title: D\npermalink: pretty", "/pretty.html"),
        (JEKYLL, "_posts", "sub/2025-08-28-su.md", "title: D", "/2025/08/28/su.html"),
        (JEKYLL, ".", "sport/_posts/2025-08-28-sp.md", "title: D\ncategories: [Goal, two words]",
         "/sport/goal/two%20words/2025/08/28/sp.html"),
        (PRETTY, "_posts", "2025-08-28-welcome.md", "title: W", "/2025/08/28/welcome/"),
        (OWN, "_posts", "2025-08-28-Up_Case.md", "title: U\ncategory: Big News", "/b/big%20news/8-240/up-case.html"),
        (ELEVENTY, ".", "posts/2025-08-28-bridge.md", TITLE, "/posts/2025-08-28-bridge/"),
        (ELEVENTY, "posts", "Up_Case.md", TITLE, "/posts/Up_Case/"),
        (ELEVENTY, ".", "posts/p.md", f"{TITLE}\npermalink: /z/y.html", "/z/y.html"),
        (ELEVENTY, ".", "posts/pt.md", f'{TITLE}\npermalink: "/t/{{{{ page.fileSlug }}}}/"', "/t/pt/"),
        (ELEVENTY, ".", "posts/pr.md", f"{TITLE}\npermalink: rel/y/", "/rel/y/"),
        (ELEVENTY, ".", "posts/d/d.md", TITLE, "/posts/d/"),
        (ELEVENTY, ".", "posts/posts.md", TITLE, "/posts/"),
        (ELEVENTY, ".", "posts/2025-08-28-dir/index.md", TITLE, "/posts/2025-08-28-dir/"),
        (ELEVENTY, ".", "posts/sp ace.md", TITLE, "/posts/sp%20ace/"),
        (PELICAN, "content", "a.md", "title: 'The Bridge: Opened & Über'\ndate: 2025-08-28",
         "/the-bridge-opened-uber.html"),
        (PELICAN, "content", "News/c.md", "title: In news\ndate: 2025-08-28", "/in-news.html"),
        (PELICAN, "content", "b.md", "title: Sl\ndate: 2025-08-28\nslug: my-Slug x", "/my-Slug%20x.html"),
        (PELICAN, "content", "f.md", "title: S\ndate: 2025-08-28\nurl: q/w.html", "/q/w.html"),
        (DATED, "content", "a.md", TITLE, "/posts/2025/08/the-bridge-opened/"),
        (NIKOLA, "posts", "bridge_File.md", f"{TITLE}\nslug: my-bridge", "/blog/my-bridge/"),
        (NIKOLA, "posts", "city/Three_X.md", TITLE, "/blog/city/three_x/"),
        (HEXO, "source/_posts", "closes.md", TITLE, "/2025/08/28/closes/"),
        (HEXO, "source/_posts", "Up Case.md", TITLE, "/2025/08/28/Up%20Case/"),
        (HEXO, "source/_posts", "city/deep.md", f"{TITLE}\nslug: zz", "/2025/08/28/city/deep/"),
        (HEXO, "source/_posts", "pm.md", f"{TITLE}\npermalink: q/w", "/q/w"),
        (ASTRO, "src/content/blog", "My Post.md", TITLE, "/blog/my-post/"),
        (ASTRO, "src/pages/blog", "Post.md", TITLE, "/blog/Post/"),
        (MKDOCS, "docs", "news/Some File.md", TITLE, "/d/news/Some%20File/"),
    ],
)  # fmt: skip
def test_a_file_has_the_address_that_its_generator_builds(tmp_path, config, folder, name, lines, address):
    write(tmp_path, *config)
    write(tmp_path / folder, name, fenced(lines))
    reading = read(tmp_path / folder)
    assert [article.url for article in reading.articles] == [SITE + address], (reading.notes, reading.left_out)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (f"{SITE}/posts", "/posts/plain/"),
        (f"{SITE}/sub/posts/", "/sub/posts/plain/"),
        (f"{SITE}/blog", "/blog/plain/"),
        (f"{SITE}/{{slug}}.html", "/plain.html"),
    ],
)
def test_a_link_of_ones_own_counts_as_before(tmp_path, link, address):
    write(tmp_path, *HUGO)
    write(tmp_path, "content/posts/plain.md", fenced(TITLE))
    assert [article.url for article in read(tmp_path / "content" / "posts", link).articles] == [SITE + address]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("permalink: false", "its page is not built (permalink: false, or build.render)"),
        ("build: {render: never, list: never}", "its page is not built (permalink: false, or build.render)"),
        ("build: {render: link}", "its page is not built (permalink: false, or build.render)"),
        ("_build: {render: false}", "its page is not built (permalink: false, or build.render)"),
        ("headless: true", "its page is not built (headless)"),
        ("draft: true", "it is a draft"),
        ("status: Draft", "it is a draft"),
        ("status: hidden", "it is a draft"),
        ("published: false", "it is not published"),
        ("expiryDate: 2025-08-30", "it has expired"),
    ],
)
def test_what_is_not_built_or_not_published_is_left_out_and_counted(tmp_path, lines, why):
    write(tmp_path, "a.md", fenced(f"title: t\n{lines}"))
    write(tmp_path, "b.md", fenced("title: u\nbuild: {render: always, list: never}\nstatus: published"))
    reading = read(tmp_path)
    assert [article.title for article in reading.articles] == ["u"]
    assert [(left.place, left.why, left.meant) for left in reading.left_out] == [(str(tmp_path / "a.md"), why, True)]


@pytest.mark.parametrize(
    "text",
    [
        "title: The bridge\ndate: 2025/08/28 12:00:00\ntags:\n- a\n- b\n---\nText.\n",
        "<!--\n.. title: The bridge\n.. slug: bridge\n.. date: 2025-08-28 12:00:00 UTC\n.. tags: a, b\n-->\n\nText.\n",
        ".. title: The bridge\n.. date: 2025-08-28 12:00:00 UTC\n.. tags: a, b\n\nText.\n",
        "Title: The bridge\nDate: 2025-08-28 12:00\nTags: a, b\n\nText.\n",
        "Title:   The bridge\r\nDate: 2025-08-28 12:00\r\nTags: a,\r\n    b\r\n\r\nText.\r\n",
    ],
    ids=["hexo", "nikola", "nikola bare", "pelican", "multimarkdown"],
)
def test_metadata_without_an_opening_line_is_read(tmp_path, text):
    (tmp_path / "bridge.md").write_bytes(text.encode())
    (article,) = read(tmp_path).articles
    assert (article.title, article.published, article.categories) == (
        "The bridge",
        datetime(2025, 8, 28, 12, tzinfo=UTC),
        ("a", "b"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Text.\n",
        "",
        "# A heading\n\nText.",
        "Note: this is prose.\n\nMore.",
        "A: b\nC: d\n---\nText.",
        "<!-- a -->\nText",
    ],
)
def test_a_file_without_metadata_is_named(tmp_path, text):
    write(tmp_path, "city/a.md", text)
    write(tmp_path, "b.md", fenced("title: t"))
    reading = read(tmp_path)
    assert reading.notes[0].startswith("city/a.md: it has no metadata that can be read")
    assert [left.meant for left in reading.left_out] == [False]


@pytest.mark.parametrize(
    ("name", "lines", "labels"),
    [
        ("a.md", "tags: bridge river city", ("bridge", "river", "city")),
        ("a.md", "tags: bridge, river city", ("bridge", "river city")),
        ("a.md", "tags: New York", ("New York",)),
        ("a.md", "categories: New York", ("New York",)),
        ("2025-08-28-a.md", "categories: jekyll update", ("jekyll", "update")),
        ("2025-08-28-a.md", "category: Big News", ("Big News",)),
    ],
)
def test_labels_are_parted_as_jekyll_parts_them_and_no_others(tmp_path, name, lines, labels):
    write(tmp_path, name, fenced(f"title: t\n{lines}"))
    assert read(tmp_path).articles[0].categories == labels


def test_an_address_that_cannot_be_computed_is_said(tmp_path):
    write(tmp_path, *JEKYLL)
    write(tmp_path, "_posts/undated.md", fenced("title: t"))
    write(tmp_path, "_posts/2025-08-28-t.md", fenced("title: t\npermalink: /{{ x }}/"))
    assert read(tmp_path / "_posts").notes[0] == "undated.md: it has no date, which its address needs"
    write(tmp_path / "e", *ELEVENTY)
    write(tmp_path / "e", "a.md", fenced('title: t\npermalink: "/{{ title | slugify }}/"'))
    assert read(tmp_path / "e").notes == ("a.md: its permalink is computed by its template",)


@pytest.mark.parametrize(
    ("config", "posts", "found"),
    [
        (("hugo.toml", f'baseURL = "{SITE}/"\nlanguageCode = "pt-PT"\ntimeZone = "Europe/Lisbon"'), "content/posts",
         SiteOnDisk("hugo", "content/posts", f"{SITE}/", "pt-PT", "Europe/Lisbon")),
        (("_config.yml", f"url: {SITE}\nlang: pt\ntimezone: Europe/Lisbon"), "_posts",
         SiteOnDisk("jekyll", "_posts", SITE, "pt", "Europe/Lisbon")),
        (("_config.yml", f"url: {SITE}"), "source/_posts", SiteOnDisk("hexo", "source/_posts", SITE)),
        (("package.json", '{"devDependencies": {"@11ty/eleventy": "^3"}}'), "blog", SiteOnDisk("eleventy", "./blog")),
        (PELICAN, "content", SiteOnDisk("pelican", "content", SITE, "", "UTC")),
        (NIKOLA, "posts", SiteOnDisk("nikola", "posts")),
        (ASTRO, "src/content/blog", SiteOnDisk("astro", "src/content/blog", SITE)),
        (MKDOCS, "docs", SiteOnDisk("mkdocs", "docs", f"{SITE}/d/")),
        (("conf.py", "project = 'Sphinx'"), "posts", None),
        (("notes.md", "x"), "posts", None),
    ],
)  # fmt: skip
def test_a_site_is_known_by_its_config_file(tmp_path, config, posts, found):
    write(tmp_path, *config)
    write(tmp_path, f"{posts}/a.md", "x")
    assert find(tmp_path) == found


def test_a_config_file_that_cannot_be_read_is_no_error(tmp_path):
    for name in ("hugo.toml", "pelicanconf.py", "mkdocs.yml"):
        write(tmp_path / name, name, "= [ : {")
        assert find(tmp_path / name) is not None
