"""The WordPress source, and its feed, against a real WordPress."""

from __future__ import annotations

import base64

import pytest

from syndicate.model import Validators
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources.feed import FeedSource
from syndicate.sources.wordpress import WordPressSource
from syndicate.testing.contract import now
from tests.servers.wordpress import Server
from tests.worlds.site import photo

NAME = "WordPress"
pytestmark = pytest.mark.servers
start = Server


@pytest.fixture
def http(server):
    door = RequestsHttp(clock=now, guard=Guard(origins=[server.url]))
    yield door
    door.close()


@pytest.fixture
def site(server):
    """The site without a post."""
    server.php("foreach (get_posts(['numberposts' => -1, 'post_status' => 'any']) as $p) wp_delete_post($p->ID, true);")
    return server


@pytest.fixture
def source(site, http):
    return WordPressSource("news", site.url, http)


def titles(reading):
    return [article.title for article in reading.articles]


def test_a_post_is_read_with_all_that_belongs_to_it(site, source):
    picture = base64.b64encode(photo()).decode()
    site.php(f"""
        $up = wp_upload_bits('ferry.jpg', null, base64_decode('{picture}'));
        $pic = wp_insert_attachment(['post_mime_type' => 'image/jpeg', 'post_title' => 'p', 'post_status' => 'inherit'],
                                    $up['file']);
        wp_update_attachment_metadata($pic, wp_generate_attachment_metadata($pic, $up['file']));
        update_post_meta($pic, '_wp_attachment_image_alt', 'A ferry & a bridge');
        $section = wp_create_category('Harbour');
        $id = wp_insert_post(['post_title' => 'Fähre “kommt” <em>wieder</em>', 'post_content' => '<p>Words.</p>',
            'post_excerpt' => 'In short & plainly.', 'post_status' => 'publish', 'post_author' => 1,
            'post_category' => [$section], 'tags_input' => ['ferry', 'sea & wind']]);
        set_post_thumbnail($id, $pic);
    """)
    [article] = source.fetch(Validators()).articles
    assert article.title == "Fähre “kommt” wieder"
    assert article.summary == "In short & plainly."
    assert {"ferry", "sea & wind"} <= set(article.categories)
    assert article.section == "Harbour"
    assert article.authors == ("editor",)
    assert article.image.alt == "A ferry & a bridge"
    assert article.image.url.endswith("ferry.jpg")
    assert article.url.startswith(site.url)
    assert abs((now() - article.published).total_seconds()) < 600


def test_a_draft_a_private_post_and_a_future_one_are_not_read(site, source):
    site.publish("Public")
    site.publish("Private", more="'post_status' => 'private'")
    site.publish("Draft", more="'post_status' => 'draft'")
    site.publish("Later", more="'post_date' => '2099-01-01 10:00:00', 'post_date_gmt' => '2099-01-01 10:00:00'")
    assert titles(source.fetch(Validators())) == ["Public"]


def test_what_is_new_since_the_last_visit_is_read_page_by_page(site, source):
    site.publish("The first")
    first = source.fetch(Validators())
    site.php("for ($i = 1; $i <= 45; $i++) wp_insert_post(['post_title' => \"Story $i\", 'post_status' => 'publish']);")
    second = source.fetch(first.validators)
    assert {f"Story {number}" for number in range(1, 46)} <= set(titles(second))


def test_its_feed_says_the_same_as_its_api(site, source, http):
    site.publish("Café & Fähre", content="<p>Words.</p>")
    [by_api] = source.fetch(Validators()).articles
    [by_feed] = FeedSource("feed", f"{site.url}/?feed=rss2", http).fetch(Validators()).articles
    assert (by_feed.title, by_feed.url) == (by_api.title, by_api.url)
    assert by_feed.published == by_api.published


def test_a_password_keeps_its_words(site, source):
    site.publish("Secret", content="<p>Hidden words.</p>", more="'post_password' => 'x'")
    articles = source.fetch(Validators()).articles
    assert all("Hidden" not in article.summary for article in articles)
