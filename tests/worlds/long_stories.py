"""Stories with a long text, and what became of their threads."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from itertools import pairwise

PARAGRAPHS = [
    f"Paragraph {number} says what the harbour saw that day. " + "The ships came in. " * 12 for number in range(8)
]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def feed(site, *bodies):
    items = "".join(
        f"<item><title>Story {number} of the harbour</title><link>{site.url}/news/story-{number}.html</link>"
        f"<guid>{site.url}/{number}</guid><pubDate>{format_datetime(datetime.now(UTC))}</pubDate>"
        f"<description>What happened, in one line.</description><category>News</category>"
        f"<content:encoded>{escape(body)}</content:encoded></item>"
        for number, body in enumerate(bodies)
    )
    head = f"<title>Gazette</title><link>{site.url}/</link>"
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<rss version="2.0" {spaces}><channel>{head}{items}</channel></rss>'.encode()


def one_below_the_other(posts):
    """Posts in the order in which they arrived, all but the first in reply to that."""
    assert {post["reply_to"] for post in posts[1:]} <= {posts[0]["id"]}
    return {before and before["id"]: post for before, post in pairwise([None, *posts])}


def chains(posts):
    """By platform, the texts of its posts, each under the one before."""
    found = {}
    for platform in {post["platform"] for post in posts}:
        mine = {post["reply_to"]: post for post in posts if post["platform"] == platform}
        if platform == "slack":  # there, a thread is one level deep
            mine = one_below_the_other([post for post in posts if post["platform"] == platform])
        assert len(mine) == sum(post["platform"] == platform for post in posts)
        chain, place = [], None
        while place in mine:
            chain.append(mine[place]["text"])
            place = mine[place]["id"]
        assert len(chain) == len(mine), mine
        found[platform] = chain
    return found
