"""Who hears what became of deliveries, as the config says it."""

from __future__ import annotations

import pytest

from syndicate.config.schema import AfterConfig, FrontMatterConfig, WebhookConfig, WordPressConfig
from tests.worlds.config_file import SITE

SOURCES = 'sources: {blog: {type: folder, url: .}, wp: {type: wordpress, url: "https://wp.example"}}\n'


def test_all_of_it_is_read(read, tmp_path):
    config = read(
        f"{SITE}{SOURCES}"
        "after:\n"
        "  file: data/syndication.json\n"
        "  front_matter: {source: blog}\n"
        "  command: [./tell-cms, --quiet]\n"
        '  webhook: {url: "https://cms.example/social", secret: sesame-open}\n'
        "  wordpress: {source: wp, user: bot, app_password: pass-word}\n"
    )
    assert config.after == {
        "": AfterConfig(
            tmp_path / "data" / "syndication.json",
            FrontMatterConfig("blog", "syndication"),
            ("./tell-cms", "--quiet"),
            WebhookConfig("https://cms.example/social", "sesame-open"),
            WordPressConfig("wp", "bot", "pass-word", "syndication_links"),
        )
    }
    assert {"sesame-open", "pass-word"} <= set(config.secrets)


@pytest.mark.parametrize("written", ["", "after:\n", "after: {}\n"])
def test_without_it_nobody_hears(read, written):
    assert read(SITE + written).after == {}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{fiel: a}", "after: unknown key 'fiel' (did you mean 'file'?)"),
        ("[a]", "after: should be settings"),
        ("{front_matter: {source: wp}}", "after.front_matter.source: 'wp' is no source of type folder; those are blog"),
        ("{wordpress: {source: x, user: u, app_password: p1234}}", "'x' is no source of type wordpress; those are wp"),
        ("{front_matter: {source: blog, key: title}}", "'title' says something about the article itself"),
        ("{front_matter: {source: blog, key: 'a b'}}", "'a b' is no name for front matter"),
        ("{front_matter: {}}", "after.front_matter: needs 'source'"),
        ("{wordpress: {source: wp}}", "after.wordpress: needs 'user' and 'app_password'"),
        ("{webhook: {url: cms}}", "after.webhook.url"),
        ("{webhook: {url: 'https://cms.example', secret: whsec_%}}", "after whsec_ the secret has to be base64"),
        ("{command: ./tell cms}", "should be a list of words: [./tell, cms]"),
    ],
)
def test_a_mistake_is_named_with_its_place(mistakes, written, words):
    told = mistakes(f"{SITE}{SOURCES}after: {written}\n")
    assert words in told
    assert "config.yaml:" in told


def test_many_sites_have_one_each_and_one_for_all(read, tmp_path):
    (tmp_path / "bote.yaml").write_text(
        f"{SITE}sources: {{blog: {{type: folder, url: .}}}}\nafter: {{file: b.json, front_matter: {{source: blog}}}}\n"
    )
    (tmp_path / "gazette.yaml").write_text(SITE)
    config = read("sites: {bote: bote.yaml, gazette: gazette.yaml}\nafter: {file: all.json}\n")
    assert config.after == {
        "": AfterConfig(tmp_path / "all.json"),
        "bote": AfterConfig(tmp_path / "b.json", FrontMatterConfig("bote/blog")),
    }


def test_what_belongs_to_a_source_is_told_in_its_site(mistakes, tmp_path):
    (tmp_path / "bote.yaml").write_text(SITE)
    told = mistakes("sites: {bote: bote.yaml}\nafter: {front_matter: {source: blog}}\n")
    assert "after.front_matter: belongs to the site whose source it names, below sites.<name>" in told
