"""What a network refuses of a post costs that part, not the story; and no other attempt ends otherwise for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate import errors
from syndicate.delivery.concessions import conceded, render_conceded, told
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.retry_policy import ATTEMPTS
from syndicate.errors import PictureRefused, Rejected, TextRefused
from syndicate.model import NOTHING, Account, Concession, Limits, LinkCard, Media, Post, Receipt, Rendered
from syndicate.planning.apply import announce
from syndicate.planning.changes import plan_edit
from syndicate.serialization import freeze, post_record

TERMS = Timeouts(timedelta(seconds=60), timedelta(seconds=30), lambda: 0.5)
LINK = "https://gazette.example/a-rather-long-address"
PICTURED = {"text": "A bridge", "link": LINK, "media": [{"alt": "A bridge"}], "card": None}
PLAIN = PICTURED | {"media": []}
ACCOUNT = Account("acct", "fake")


class Killed(BaseException):
    """The process ends here."""


def short(text):
    """Counts an address as 23."""
    return len(text.replace(LINK, "x" * 23))


class Network:
    """Refuses pictures by `refuses`, texts by its own count, and remembers posts by their keys.

    `script` holds what goes wrong with commits, one after the other.
    """

    name, certainty, key_window, settle = "fake", "keyed", 3300.0, 10.0
    limits = Limits(text=60, image_bytes=1000)

    def __init__(self, refuses=lambda media: None, script=(), counts=short):
        self.refuses, self.script, self.counts = refuses, list(script), counts
        self.posts, self.uploads = {}, []

    def measure(self, text):
        return short(text)

    def prepare(self, post, key, prepared=None):
        pictures = [*post.media, *([post.card.thumb] if post.card and post.card.thumb else [])]
        for media in pictures:
            self.uploads.append(media)
            if fault := self.refuses(media):
                raise fault
        return {"text": post.text, "link": post.link, "alts": [media.alt for media in pictures]}

    def commit(self, draft, key):
        fault = self.script.pop(0) if self.script else None
        if fault == "killed before":
            raise Killed
        if isinstance(fault, Exception):
            raise fault
        if self.counts(draft["text"]) > self.limits.text:
            raise TextRefused("fake: character limit of 60 exceeded")
        self.posts.setdefault(key, draft)
        if fault == "lost":
            raise errors.Uncertain("no answer")
        if fault == "killed after":
            raise Killed
        return Receipt(key, f"https://social.example/{key[:6]}")

    def find(self, draft, key, since):
        return Receipt(key, f"https://social.example/{key[:6]}") if key in self.posts else None


def render(article, account, platform, limits, *, at, planned_at):
    """A post with a picture of as many bytes as may be, and a text that fills the limit."""
    picture = Media(b"p" * limits.image_bytes, limits.image_types[0], 3, 2, "A bridge")
    media = () if account.image == "none" else (picture,)
    room = limits.text - platform.measure(f" {LINK}")
    words = f"{'Pictured' if media else 'Plain'} {'word ' * 30}"
    text = f"{words[: room - 1].strip()} {LINK}"
    post = Post(text, LINK, (), media, None, None, at, planned_at, {})
    return Rendered(post, platform.measure(text), limits.text)


class Desk:
    """One account on one such network."""

    def __init__(self, ledger, clock, network, **account):
        self.ledger, self.clock, self.network = ledger, clock, network
        self.account = Account("acct", "fake", **account)
        self.lane = Lane(self.account, network, lambda: network.limits, timedelta(seconds=10))
        self.warnings = []

    def announce(self, article):
        anchor = announce(article, [self.account], self.ledger)
        return self.ledger.deliveries.search(anchor=anchor)[0].key

    def step(self, key):
        after, warnings = deliver(key, self.lane, self.ledger, render, TERMS, Gate(self.ledger))
        self.warnings += warnings
        return after

    def run(self, key, minutes=90):
        for _ in range(minutes):
            self.ledger.claims.sweep(self.clock(), lambda _: self.lane.settle)
            for _ in range(9):
                if not self.ledger.deliveries.next_due("acct", self.clock()):
                    break
                try:
                    self.step(key)
                except Killed:
                    self.clock.move(seconds=61)
            self.clock.move(minutes=1)
        return self.ledger.deliveries.find(key)


@pytest.fixture
def desk(ledger, clock):
    return lambda *network, **account: Desk(ledger, clock, Network(*network), **account)


def always(media):
    return PictureRefused("fake: picture: HTTP 413", status=413)


def larger_than(size):
    return lambda media: always(media) if len(media.data) > size else None


def described(media):
    return PictureRefused("fake: alt text: HTTP 403", smaller=False, description=True) if media.alt else None


@pytest.mark.parametrize(
    ("refuses", "options", "uploads", "alts", "word"),
    [
        (larger_than(600), {}, [1000, 500], ["A bridge"], "made smaller"),
        (always, {}, [1000, 500], [], "left out"),
        (lambda _: PictureRefused("fake: HTTP 403", smaller=False), {}, [1000], [], "left out"),
        (described, {}, [1000], [], "left out"),
        (described, {"alt_text": "optional"}, [1000, 1000], [""], "without its description"),
    ],
    ids=["smaller helps", "never taken", "size does not matter", "description required", "description optional"],
)
def test_a_refused_picture_costs_the_picture_and_not_the_story(desk, article, refuses, options, uploads, alts, word):
    at = desk(refuses, **options)
    after = at.run(at.announce(article()))
    assert (after.state, after.attempts) == ("posted", 1)
    assert [len(media.data) for media in at.network.uploads] == uploads
    assert [draft["alts"] for draft in at.network.posts.values()] == [alts]
    assert word in at.warnings[-1]
    assert "fake: " in at.warnings[-1]
    assert word in told(after.conceded), "the ledger keeps what was given up, and why"


@pytest.mark.parametrize(
    "fault",
    [
        errors.Unavailable("fake: HTTP 500", status=500),  # a server that breaks over this picture
        errors.Uncertain("fake: HTTP 200 with an unreadable body", status=200),
    ],
)
def test_an_upload_that_fails_as_often_as_it_may_costs_the_picture_at_last(desk, article, fault):
    at = desk(lambda _: fault)
    after = at.run(at.announce(article()))
    assert (after.state, after.conceded.picture) == ("posted", "none")
    assert len(at.network.uploads) == ATTEMPTS


def test_a_network_that_cannot_be_reached_says_nothing_of_the_picture(desk, article):
    at = desk(lambda _: errors.Unavailable("fake: no answer"))
    assert at.run(at.announce(article())).conceded == NOTHING


def test_a_picture_that_is_refused_with_the_post_itself_is_given_up_too(desk, article):
    at = desk(lambda _: None, [PictureRefused("fake: the media ids are invalid")] * 2)
    after = at.run(at.announce(article()))
    assert (after.state, after.conceded.picture, len(at.network.posts)) == ("posted", "none", 1)


@pytest.mark.parametrize("fault", ["lost", "killed after", "killed before"])
def test_an_answer_lost_after_a_picture_was_given_up_is_looked_up_and_nothing_is_doubled(desk, article, fault):
    at = desk(always, [fault])
    after = at.run(at.announce(article()))
    assert (after.state, len(at.network.posts)) == ("posted", 1)
    assert after.conceded.picture == "none"


def test_a_process_killed_between_refusal_and_next_try_has_lost_nothing(desk, article):
    at = desk(larger_than(600))
    key = at.announce(article())
    between = at.step(key)
    assert (between.state, between.reason, between.draft) == ("due", None, None)
    assert (between.conceded.picture, between.attempts) == ("smaller", 0)
    assert at.step(key).state == "posted"  # as another process would find it


def test_an_approval_is_asked_for_again_for_what_the_network_would_take(desk, article):
    at = desk(always, approve=True)
    key, approvals = at.announce(article()), 0
    while (row := at.run(key, minutes=1)).state == "planned":
        assert row.reason == "approval"
        at.ledger.decisions.approve(row, digest(at, row), at=None, now=at.clock(), ages=True)
        approvals += 1
    assert (row.state, approvals) == ("posted", 3)  # as rendered, smaller, without the picture


def test_an_edit_shows_no_difference_for_a_picture_that_was_given_up(desk, article):
    at = desk(always)
    at.network.edit = at.network.delete = lambda *_: pytest.fail("nothing that people see has changed")
    key = at.announce(article())
    before = at.run(key)
    after = at.step(plan_edit(before.anchor, at.account, at.ledger, at.clock()))
    assert (after.state, after.reason, after.error) == ("skipped", "unchanged", None)


def digest(at, row):
    """The digest of a delivery's post as a person sees it now."""
    article, now = at.ledger.articles.find(row.anchor).article, at.clock()
    made = render_conceded(row.conceded, article, at.lane, at.network.limits, render, at=now, planned_at=row.planned_at)
    return freeze(made)[1]


def test_a_retry_by_a_person_begins_with_the_picture_again(desk, article):
    at = desk(always, [Rejected("fake: no")])
    key = at.announce(article())
    failed = at.run(key)
    assert (failed.state, failed.conceded.picture) == ("failed", "none")
    at.ledger.decisions.retry(failed, at.clock())
    assert at.ledger.deliveries.find(key).conceded == NOTHING


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        (short, "posted"),
        (len, "posted"),  # one rendering in which the address counts in full
        (lambda text: len(text) + 1000, "failed"),  # a network that takes nothing gets no third
    ],
)
def test_a_text_too_long_for_a_server_that_counts_links_in_full_goes_once_more(desk, article, counts, state):
    at = desk(lambda _: None, (), counts)
    after = at.run(at.announce(article()))
    assert after.state == state
    if state == "posted":
        [sent] = at.network.posts.values()
        assert sent["text"].endswith(f" {LINK}")
        assert counts(sent["text"]) <= 60
    else:
        assert (after.reason, len(at.network.posts)) == ("rejected", 0)


REFUSED = PictureRefused("fake: HTTP 413")
NO_SIZE = PictureRefused("fake: HTTP 403", smaller=False)
ALT = PictureRefused("fake: alt text", smaller=False, description=True)


@pytest.mark.parametrize(
    ("fault", "before", "record", "picture"),
    [
        (REFUSED, NOTHING, PICTURED, "smaller"),
        (REFUSED, NOTHING, PLAIN | {"card": {"thumb": {"alt": ""}}}, "smaller"),
        (REFUSED, Concession("undescribed"), PICTURED, "smaller"),
        (REFUSED, Concession("smaller", 500), PICTURED, "none"),
        (NO_SIZE, NOTHING, PICTURED, "none"),
        (ALT, NOTHING, PICTURED, "none"),
        (ALT, Concession("smaller", 500), PICTURED, "none"),
        (REFUSED, Concession("none"), PICTURED, None),
        (REFUSED, NOTHING, PLAIN, None),  # there is no picture that could be meant
        (REFUSED, NOTHING, PLAIN | {"card": {"thumb": None}}, None),
        (NO_SIZE, NOTHING, PICTURED | {"text": "", "link": None}, None),  # the picture is all there is
        (Rejected("fake: no"), NOTHING, PICTURED, None),
        (errors.Unavailable("down"), NOTHING, PICTURED, None),
        (errors.AuthError("no"), NOTHING, PICTURED, None),
    ],
)
def test_each_refusal_leads_one_step_further_and_then_ends(fault, before, record, picture):
    after = conceded(fault, before, record, None, ACCOUNT, len)
    assert (after.picture if after else None) == picture
    assert after is None or after.why[-1] == str(fault)


def test_a_description_is_given_up_only_where_none_is_required():
    optional = replace(ACCOUNT, alt_text="optional")
    assert conceded(ALT, NOTHING, PICTURED, None, optional, len).picture == "undescribed"
    assert conceded(ALT, Concession("undescribed"), PICTURED, None, optional, len).picture == "none"


def test_a_smaller_picture_has_half_the_bytes_that_were_refused(clock):
    thumb = Media(b"t" * 800, "image/jpeg", 3, 2, "")
    post = Post("A", LINK, (), (), LinkCard(LINK, "A", "", thumb), None, clock(), clock(), {})
    assert conceded(REFUSED, NOTHING, post_record(post), post, ACCOUNT, len).most_bytes == 400


def test_a_text_is_not_rendered_again_where_its_links_have_nothing_to_give():
    assert conceded(TextRefused("too long"), NOTHING, PLAIN, None, ACCOUNT, len) is None
    assert conceded(TextRefused("too long"), Concession(shorter=9), PLAIN, None, ACCOUNT, short) is None
