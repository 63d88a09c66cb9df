"""No words of an article mention anybody: judged by the networks' own rules, written here once more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.model import Article, Image
from syndicate.platforms import find
from syndicate.rendering.mentions import JOINER, as_written, unmentioned
from syndicate.rendering.view import view
from syndicate.sandbox import counting
from syndicate.text import addresses

# twitter-text, js/src/regexp: validMentionPrecedingChars, atSigns, validMentionOrList, endMentionMatch
ON_X = re.compile(
    r"(?:[^a-zA-Z0-9_!#$%&*@＠]|^|(?:^|[^a-zA-Z0-9_+~.-])(?:rt|RT|rT|Rt):?)[@＠]([a-zA-Z0-9_]{1,20})(?![@＠]|://)"
)
# mastodon/mastodon, app/models/account.rb: USERNAME_RE, MENTION_RE
ON_MASTODON = re.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)(?:@\w+(?:[.-]+\w+)*)?", re.IGNORECASE)
# bluesky-social/atproto, packages/api/src/rich-text/util.ts: MENTION_REGEX
ON_BLUESKY = re.compile(r"(?:^|\s|\()@([a-zA-Z0-9.-]+)\b")
# Misskey and its kin: a mention stands behind anything but a Latin letter or digit (mfm-js, mention rule)
ON_MISSKEY = re.compile(r"(?<![a-z0-9])@[a-z0-9_.-]+", re.IGNORECASE)
# Meta's Graph API: @[page-id] in `message`
ON_FACEBOOK = re.compile(r"@\[(\d+)")
NETWORKS = (ON_FACEBOOK, ON_X, ON_MASTODON, ON_BLUESKY, ON_MISSKEY)


def without_addresses(text):
    for start, end in reversed(addresses(text)):
        text = f"{text[:start]} {text[end:]}"
    return text


def mentioned(text):
    return [name for network in NETWORKS for name in network.findall(without_addresses(text))]


@pytest.mark.parametrize(
    "words",
    [
        "@council says no to the ferry",
        "What @mayor@social.example said",
        "“@mayor” (@mayor) [@mayor] —@mayor …@mayor .@mayor",
        "Ask @alice.bsky.social, @bob_1 and @c-d",
        "＠council と @council、@市長",
        "RT @mayor: no. rt@mayor",
        "Write to josé@paper.example or news-@paper.example or 新聞@paper.example",
        "@@twice and @a@b@c",
        "See gazette.example/@mayor",
        "A list: @paper/staff",
        "Line one\n@mayor",
        "Ⓡ@mayor ©@mayor 👍@mayor",
        "Thanks to the city@[1234] and @[1234:the city]",
        "@victim @admin@social.example",
        "Read gazette.example.com/a @mayor and https://medium.com/@writer, @mayor",
    ],
)
def test_nobody_is_mentioned_and_the_words_look_the_same(words):
    assert mentioned(words), "or the case shows nothing"
    quiet = unmentioned(words)
    assert not mentioned(quiet)
    assert quiet.replace(JOINER, "") == words
    assert as_written(quiet) == words
    assert unmentioned(quiet) == quiet


@pytest.mark.parametrize(
    "words",
    [
        "Mail desk@paper.example before noon",
        "Mail jane.doe+tips@paper.example",
        "12 @ 3 euros",
        "The @ sign, alone: @",
        "Read https://medium.com/@writer/story today",
        "Read medium.com/@writer/story today",
        "Read youtube.com/@channel",
        "Read (medium.com/@writer/@story, or youtube.com:443/@channel) and mail desk@paper.example",
        "https://mastodon.social/@writer/1 https://gazette.example/a?by=desk@paper.example",
        "No sign at all",
        "",
    ],
)
def test_what_mentions_nobody_stays_as_it_is_since_people_copy_it(words):
    assert unmentioned(words) == words


def test_a_post_that_begins_with_a_handle_is_no_reply():
    assert unmentioned("@council says no")[0] == JOINER
    assert unmentioned("＠council says no")[0] == JOINER
    assert not unmentioned("So @council says no").startswith(JOINER)


@pytest.mark.parametrize(
    ("platform", "counted", "judge"),
    [
        ("mastodon", 29, counting.mastodon_length),
        ("bluesky", 29, counting.graphemes),
        ("x", 30, counting.weighted_length),
    ],
)
def test_the_joiner_is_counted_by_the_networks_own_rule(platform, counted, judge):
    """On Mastodon the whole handle counts, since it is no mention; X counts the joiner as two."""
    network, quiet = object.__new__(find(platform)), unmentioned("Ask @mayor@social.example so")
    assert network.measure(quiet) == judge(quiet) == counted


@given(st.text(st.sampled_from("a0_Ré日@＠ .,/:(“rt-=[\n"), max_size=20))
def test_no_text_mentions_anybody(words):
    assert not mentioned(unmentioned(words))
    assert as_written(unmentioned(words)) == words


def test_nothing_that_a_story_says_mentions_anybody():
    """What a template did not mark as a mention is none, whatever it prints of the story."""
    said = "@victim @admin@social.example"
    image = Image("https://gazette.example/@photos/1.jpg", alt=said, caption=said, credit=said)
    told = {"title": said, "summary": said, "section": said, "categories": (said,), "authors": (said,)}
    found = view(Article("news", "https://gazette.example/@a/1", images=(image,), raw={"a:b": said}, **told), 3)
    texts = [found.title, found.summary, found.section, *found.categories, *found.authors, *found.raw.values()]
    texts += [found.image.alt, found.image.caption, found.image.credit]
    assert len(texts) == 9
    assert not [text for text in texts if mentioned(text)]
    assert all(as_written(text) == said for text in texts)
    assert (found.url, found.image.url) == ("https://gazette.example/@a/1", image.url)
