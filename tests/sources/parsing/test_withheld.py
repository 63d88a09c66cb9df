"""Entries that a feed or an API lists, and that are not meant to be announced."""

from __future__ import annotations

import json
from html import escape

import pytest

from syndicate.model import LeftOut
from syndicate.sources import ghost, wordpress
from syndicate.sources.formats.feed import read_feed
from syndicate.sources.parsing.fields import Namespaces, ParseContext

URL = "https://gazette.example/feed"
FORM = (
    '<form action="https://gazette.example/wp-login.php?action=postpass" class="post-password-form" method="post">'
    '<p>Dieser Inhalt ist geschützt.</p><p><label>Passwort: <input name="post_password" type="password"></label></p>'
)
DRAFT = '<x:control xmlns:x="{}"><x:draft>{}</x:draft></x:control>'
APP, OLD_APP = "http://www.w3.org/2007/app", "http://purl.org/atom/app#"


def rss(extra):
    return f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
    <item><title>Closed</title><link>{URL}/1</link>{extra}</item>
    <item><title>Open</title><link>{URL}/2</link></item></channel></rss>"""


def atom(extra):
    return f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title>
    <entry><title>Closed</title><id>1</id><link href="{URL}/1"/>{extra}</entry>
    <entry><title>Open</title><id>2</id><link href="{URL}/2"/></entry></feed>"""


def json_feed(**extra):
    items = [{"id": "1", "url": f"{URL}/1", "title": "Closed"} | extra, {"id": "2", "url": f"{URL}/2", "title": "Open"}]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})


def told(body):
    reading = read_feed(body.encode(), source="news", url=URL)
    assert reading.notes == ()
    return [article.title for article in reading.articles], reading.left_out, reading.listed


def encoded(name, markup):
    return f"<{name}>{escape(markup)}</{name}>"


@pytest.mark.parametrize(
    "body",
    [
        atom(DRAFT.format(APP, "yes")),
        atom(DRAFT.format(OLD_APP, " Yes ")),
        rss(DRAFT.format(APP, "yes")),
    ],
)
def test_a_draft_in_a_feed_is_left_out_and_told(body):
    assert told(body) == (["Open"], (LeftOut(f"{URL}/1", "it is not published yet"),), 2)


@pytest.mark.parametrize(
    "body",
    [
        rss(encoded("content:encoded", FORM)),
        rss(encoded("description", f"<div><p>{FORM}")),
        rss(encoded("description", "There is no excerpt because this is a protected post.")),
        rss(encoded("description", "<p>Es gibt keine Kurzfassung, da dies ein geschützter Beitrag ist.</p>\n")),
        rss(encoded("description", "Il n&rsquo;y pas d&rsquo;extrait, car cet article est protégé.")),
        rss("<description><![CDATA[この投稿はパスワードで保護されているため抜粋文はありません。]]></description>"),
        atom(f'<summary type="html">{escape("Цитаты нет, потому что запись защищена.")}</summary>'),
        atom(f'<content type="html">{escape(FORM)}</content>'),
        json_feed(content_html=FORM),
        json_feed(summary="No hay extracto porque es una entrada protegida."),
    ],
)
def test_a_post_behind_a_password_is_left_out_and_told(body):
    assert told(body) == (["Open"], (LeftOut(f"{URL}/1", "it is behind a password"),), 2)


@pytest.mark.parametrize(
    "body",
    [
        atom(DRAFT.format(APP, "no")),
        atom(DRAFT.format("https://other.example/ns", "yes")),
        rss("<title>Protected: seals of the coast</title>"),
        rss(encoded("description", "There is no excerpt because this is a protected post. So said the page, and why.")),
        rss(encoded("content:encoded", f"<p>How WordPress asks:</p>{FORM}")),
        rss(encoded("content:encoded", escape(FORM))),
        rss(encoded("content:encoded", '<form action="/search"><input name="q"></form>')),
        json_feed(content_html="<p>Password forms</p>"),
    ],
)
def test_what_only_speaks_of_it_is_announced(body):
    titles, left_out, _ = told(body)
    assert (len(titles), left_out) == (2, ())


@pytest.mark.parametrize(
    ("broken", "why"), [(DRAFT.format(APP, "yes"), "it is not published yet"), ("", "it is behind a password")]
)
def test_a_feed_that_is_not_well_formed_says_it_too(broken, why):
    body = rss((broken or encoded("description", FORM)).replace("x:", "app:").replace(":x", ":app") + "<b>&nbsp;<b>")
    reading = read_feed(body.encode(), source="news", url=URL)
    assert [article.title for article in reading.articles] == ["Open"]
    assert reading.left_out == (LeftOut(f"{URL}/1", why),), "which the child process hands on"
    assert len(reading.notes) == 1, "that it is not well-formed"


def context():
    return ParseContext("news", URL, "UTC", None, Namespaces("", ""))


def post(number, content="<p>Words.</p>", *, locked=False):
    part = {"rendered": content, "protected": locked}
    title = {"rendered": f"Post {number}"}
    return {"id": number, "link": f"{URL}/{number}", "title": title, "content": part, "status": "publish"}


def test_wordpress_says_what_is_behind_a_password():
    listed = [post(1, "", locked=True), post(2), post(3, FORM), post(4) | {"status": "future"}]
    listed.append(post(5) | {"content": {}, "excerpt": {"rendered": "", "protected": True}})
    reading = wordpress.read(listed, context(), url=URL)
    assert [article.title for article in reading.articles] == ["Post 2"]
    assert [(each.place.removeprefix(URL), each.why) for each in reading.left_out] == [
        ("/1", "it is behind a password"),
        ("/3", "it is behind a password"),
        ("/4", "it is not published yet"),
        ("/5", "it is behind a password"),
    ]


def test_ghost_says_what_is_sent_by_mail_only():
    one = {"title": "One", "url": f"{URL}/1"}
    listed = [one | {"email_only": True}, one | {"status": "sent"}, one | {"status": "draft"}, one | {"title": "Two"}]
    reading = ghost.read({"posts": [*listed, one | {"email_only": False}]}, context(), url=URL)
    assert [article.title for article in reading.articles] == ["Two", "One"]
    mailed, draft = "it goes out by mail only", "it is not published yet"
    assert [(each.why, each.meant) for each in reading.left_out] == [(mailed, True), (mailed, True), (draft, True)]
