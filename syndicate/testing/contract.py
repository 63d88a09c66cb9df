"""The contract tests of adapters: everything that the delivery loop relies on."""

# ruff: noqa: D102 - a test's name is its sentence
from __future__ import annotations

import json as jsons
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

import pytest

from syndicate.errors import (
    AuthError,
    NotReady,
    PictureRefused,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Json, LinkCard, Post, Receipt
from syndicate.net.dry_run import DryHttp
from syndicate.net.http import RequestsHttp
from syndicate.ports import Credentials, Deletable, Editable, Http, Listing, Platform, Priced, Refreshable
from syndicate.testing.doors import Held, now, refusing_url
from syndicate.testing.stories import COM_LINK, LINK, illustrated, linked, picture, post

KEY = "00112233445566778899aabbccddeeff"
OTHER_KEY = "ffeeddccbbaa99887766554433221100"
THIRD_KEY = "0123456789abcdef0123456789abcdef"


class TestedStandIn(Protocol):
    """A stand-in for a network: its address, its posts, and its faults on purpose.

    A post in `posts` has at least "text" as it was sent and "media", whose items have "alt". A rule has "fault"
    (401, 429, 500, 503, drop_before, drop_after, 500_after, firewall, too_large), "platform", "step" (upload,
    commit, read, edit, delete) and may have "retry_after"; it happens once.
    """

    url: str

    def posts(self) -> list[Json]:
        """The published posts, oldest first."""

    def add_faults(self, rules: Iterable[Any]) -> None:
        """Make these faults happen, in this order."""


class PlatformContract:
    """Contract tests for an adapter; subclass it and give `make` and `network`."""

    enforces_length: ClassVar[bool] = True
    """Whether the network refuses a text that is too long."""
    has_faults: ClassVar[bool] = True
    """Whether the stand-in can be made to fail."""
    answers_changes: ClassVar[bool] = True
    """Whether an edit or a deletion is answered with a body (not HTTP 204), so that there is something to cut."""
    uploads: ClassVar[bool] = True
    """Whether pictures are sent before the post. A blind network has none to send."""
    secrets: ClassVar[tuple[str, ...]] = ()
    """Words of the options that no draft may hold."""
    dead: ClassVar[str] = "dead"
    """What stands in credentials that are good no more, of the kind that the network gives."""

    def make(self, http: Http, url: str, credentials: Credentials) -> Platform:
        """The adapter for one account, its API at `url`."""
        raise NotImplementedError

    @pytest.fixture
    def network(self) -> Iterator[TestedStandIn]:
        """The stand-in, still without posts."""
        raise NotImplementedError

    @pytest.fixture
    def http(self) -> Iterator[Http]:
        """The `Http` of a real run."""
        door = RequestsHttp(clock=now)
        yield door
        door.close()

    @pytest.fixture
    def credentials(self) -> Held:
        """Empty until the adapter has refreshed them."""
        return Held()

    @pytest.fixture
    def platform(self, http: Http, network: TestedStandIn, credentials: Held) -> Platform:
        """The adapter with a session, if it has sessions."""
        platform = self.make(http, network.url, credentials)
        credentials.value = self.session(platform, network)
        return platform

    def session(self, platform: Platform, network: TestedStandIn) -> Json:  # noqa: ARG002 - a network to sign in at
        """The first credentials. A network at which a person has to sign in gives its own."""
        return platform.refresh({}) if isinstance(platform, Refreshable) else {}

    @pytest.fixture
    def since(self) -> datetime:
        """The `since` that the delivery loop gives: a minute before the commit, for clocks that differ."""
        return now() - timedelta(minutes=1)

    def test_nothing_has_no_length(self, platform: Platform) -> None:
        assert platform.measure("") == 0
        assert platform.measure("a") == 1

    def test_it_says_who_it_is(self, platform: Platform) -> None:
        identity = platform.verify()
        assert identity.id
        assert identity.name

    def test_a_dry_run_reads_who_it_is_as_a_real_run_does(
        self, http: Http, platform: Platform, network: TestedStandIn, credentials: Held
    ) -> None:
        assert self.make(DryHttp(http, now), network.url, credentials).verify() == platform.verify()

    def test_preparing_shows_nothing_and_may_be_done_twice(self, platform: Platform, network: TestedStandIn) -> None:
        story = illustrated()
        platform.prepare(story, KEY)
        draft = _stored(platform.prepare(story, KEY))
        assert network.posts() == []
        self._commit(platform, story, draft)
        assert len(network.posts()) == 1

    def test_a_draft_holds_no_secret(self, platform: Platform) -> None:
        stored = jsons.dumps(platform.prepare(illustrated(), KEY))
        assert not [secret for secret in self.secrets if secret in stored]

    def test_a_commit_publishes_once_and_says_where(self, platform: Platform, network: TestedStandIn) -> None:
        receipt = self._publish(platform, linked(platform))
        assert receipt.id
        assert receipt.permalink is None or "://" in receipt.permalink
        assert len(network.posts()) == 1
        assert "A bridge opens" in network.posts()[0]["text"]

    def test_the_same_key_again_makes_no_second_post(
        self, platform: Platform, network: TestedStandIn, since: datetime
    ) -> None:
        if platform.certainty not in ("exact", "keyed"):
            pytest.skip("this network knows no key")
        draft = _stored(platform.prepare(linked(platform), KEY))
        receipt = platform.commit(draft, KEY)
        try:
            again: Receipt | None = platform.commit(draft, KEY)
        except Uncertain:
            again = platform.find(draft, KEY, since)
        assert again == receipt
        assert len(network.posts()) == 1

    def test_two_workers_at_once_make_one_post(self, platform: Platform, network: TestedStandIn) -> None:
        if platform.certainty not in ("exact", "keyed"):
            pytest.skip("this network knows no key")
        draft = _stored(platform.prepare(linked(platform), KEY))

        def commit(_: int) -> Receipt | None:
            try:
                return platform.commit(draft, KEY)
            except Uncertain:
                return None

        with ThreadPoolExecutor(4) as pool:
            receipts = {receipt.id for receipt in pool.map(commit, range(4)) if receipt}
        assert len(receipts) == 1
        assert len(network.posts()) == 1

    def test_another_key_is_another_post(self, platform: Platform, network: TestedStandIn) -> None:
        self._publish(platform, linked(platform))
        self._publish(platform, linked(platform, "A tunnel opens", LINK + "2"), OTHER_KEY)
        assert len(network.posts()) == 2

    def test_what_was_never_sent_is_not_found(self, platform: Platform, since: datetime) -> None:
        draft = _stored(platform.prepare(linked(platform), KEY))
        if platform.certainty == "blind":
            with pytest.raises(Unsupported):
                platform.find(draft, KEY, since)
        else:
            assert platform.find(draft, KEY, since) is None

    @pytest.mark.parametrize("with_picture", [False, True], ids=["link", "picture"])
    def test_what_was_sent_is_found_with_the_same_receipt(
        self, platform: Platform, since: datetime, *, with_picture: bool
    ) -> None:
        self._skip_blind(platform)
        story = illustrated() if with_picture else linked(platform)
        draft, receipt = self._commit(platform, story, _stored(platform.prepare(story, KEY)))
        assert platform.find(draft, KEY, since) == receipt

    def test_a_post_without_a_link_is_found_by_its_text(self, platform: Platform, since: datetime) -> None:
        self._skip_blind(platform)
        draft = _stored(platform.prepare(post("Tom & Jerry <3\n\n“Fog”, says #TheGazette"), KEY))
        receipt = platform.commit(draft, KEY)
        assert platform.find(draft, KEY, since) == receipt

    @pytest.mark.parametrize("words", ["A tunnel opens", "A bridge opens"], ids=["other words", "the same words"])
    def test_another_post_is_not_taken_for_it(self, platform: Platform, since: datetime, words: str) -> None:
        self._skip_blind(platform)
        self._publish(platform, linked(platform, words, LINK + "2"), OTHER_KEY)
        draft = _stored(platform.prepare(linked(platform), KEY))
        assert platform.find(draft, KEY, since) is None

    @pytest.mark.parametrize("lost", [None, "drop_after", "500_after"], ids=["answered", "dropped", "failed"])
    def test_a_link_that_the_network_rewrites_is_found_and_told_from_other_posts_with_it(
        self, platform: Platform, network: TestedStandIn, since: datetime, lost: str | None
    ) -> None:
        """As the delivery loop works: prepare, store, commit, lose the answer, find the post among others of ours."""
        self._skip_blind(platform)
        earlier = self._publish(platform, linked(platform, "The bridge is closed", COM_LINK), OTHER_KEY)
        draft = _stored(platform.prepare(linked(platform, "A bridge opens", COM_LINK), KEY))
        draft["others"] = [earlier.id]
        assert platform.find(draft, KEY, since) is None
        if lost:
            self._fail(network, platform, lost)
            with pytest.raises(Uncertain):
                platform.commit(draft, KEY)
        else:
            platform.commit(draft, KEY)
        later = self._publish(platform, linked(platform, "The bridge is full", COM_LINK), THIRD_KEY)
        draft["others"] += [later.id]
        found = platform.find(draft, KEY, since)
        assert found is not None
        assert found.id not in draft["others"]
        assert len(network.posts()) == 3

    @pytest.mark.parametrize("link", [LINK, COM_LINK], ids=["example", "com"])
    def test_a_post_whose_words_were_changed_there_is_found_by_its_link(
        self, platform: Platform, since: datetime, link: str
    ) -> None:
        if not isinstance(platform, Editable):
            pytest.skip("this network keeps what it has")
        self._skip_blind(platform)
        draft = _stored(platform.prepare(linked(platform, "A bridge opens", link), KEY))
        receipt = platform.commit(draft, KEY)
        platform.edit(receipt, linked(platform, "Quite other words", link))
        found = platform.find(draft, KEY, since)
        assert found is not None
        assert found.id == receipt.id

    def test_it_is_found_among_many(self, platform: Platform, since: datetime) -> None:
        self._skip_blind(platform)
        draft = _stored(platform.prepare(linked(platform), KEY))
        receipt = platform.commit(draft, KEY)
        for number in range(45):
            self._publish(platform, linked(platform, f"Story {number}", f"{LINK}-{number}"), f"{number:032x}")
        assert platform.find(draft, KEY, since) == receipt

    @pytest.mark.parametrize("link", [LINK, COM_LINK], ids=["example", "com"])
    def test_its_recent_posts_are_listed_with_their_links_and_receipts(
        self, platform: Platform, since: datetime, link: str
    ) -> None:
        if not isinstance(platform, Listing):
            pytest.skip("this network does not list what it has")
        assert platform.recent(since) == []
        with_link = self._publish(platform, linked(platform, link=link))
        pictured = self._publish(platform, illustrated(link=f"{link}-2"), OTHER_KEY)
        plain = self._publish(platform, post("Good morning"), THIRD_KEY)
        found = {each.receipt.id: each for each in platform.recent(since)}
        assert {number: each.receipt for number, each in found.items()} == {
            receipt.id: receipt for receipt in (with_link, pictured, plain)
        }
        assert link in found[with_link.id].links
        assert f"{link}-2" in found[pictured.id].links
        assert found[plain.id].text.split() == ["Good", "morning"]
        assert all(since <= each.at <= now() + timedelta(minutes=1) for each in found.values())
        assert platform.recent(now() + timedelta(hours=1)) == []

    def test_more_recent_posts_than_a_page_has_are_listed_too(self, platform: Platform, since: datetime) -> None:
        if not isinstance(platform, Listing):
            pytest.skip("this network does not list what it has")
        for number in range(45):
            self._publish(platform, linked(platform, f"Story {number}", f"{LINK}-{number}"), f"{number:032x}")
        links = {link for each in platform.recent(since) for link in each.links}
        assert links >= {f"{LINK}-{number}" for number in range(45)}

    @pytest.mark.parametrize("fault", ["401", "429", "500", "503", "drop_before", "drop_after"])
    def test_a_listing_that_fails_is_not_an_empty_one(
        self, platform: Platform, network: TestedStandIn, since: datetime, fault: str
    ) -> None:
        if not isinstance(platform, Listing):
            pytest.skip("this network does not list what it has")
        for _ in range(2):  # the door may read once more over a connection that was cut
            self._fail(network, platform, fault, step="read")
        with pytest.raises((AuthError, RateLimited, Unavailable, Uncertain)):
            platform.recent(since)

    def test_alt_texts_arrive_with_their_pictures(self, platform: Platform, network: TestedStandIn) -> None:
        alts = ["Nebel über der Brücke, “alt”", "橋 & <fog>"]
        self._publish(platform, post(media=tuple(picture(8 + number, alt=alt) for number, alt in enumerate(alts))))
        taken = alts if platform.limits.alt else [""] * len(alts)
        assert [media["alt"] for media in network.posts()[0]["media"]] == taken

    def test_as_many_pictures_with_as_long_alt_texts_as_the_limits_say_are_taken(
        self, platform: Platform, network: TestedStandIn
    ) -> None:
        stated = platform.verify().limits
        most, longest = stated.get("images", platform.limits.images), stated.get("alt", platform.limits.alt)
        pictures = tuple(picture(8 + number, alt=f"{number}".ljust(longest, "x")[:longest]) for number in range(most))
        self._publish(platform, post(media=pictures))
        assert [media["alt"] for media in network.posts()[0]["media"]] == [each.alt for each in pictures]

    def test_a_picture_of_as_many_bytes_as_the_limits_say_is_taken(
        self, platform: Platform, network: TestedStandIn
    ) -> None:
        largest = platform.verify().limits.get("image_bytes", platform.limits.image_bytes)
        self._publish(platform, post(media=(picture(size=largest),)))
        assert len(network.posts()[0]["media"]) == 1

    def test_a_card_with_a_picture_of_as_many_bytes_as_the_limits_say_is_taken(
        self, platform: Platform, network: TestedStandIn
    ) -> None:
        if platform.limits.card != "client":
            pytest.skip("the network draws its own")
        thumb = picture(size=platform.limits.thumb_bytes)
        self._publish(platform, post(link=LINK, card=LinkCard(LINK, "A bridge", "It opens today", thumb)))
        assert len(network.posts()) == 1

    def test_a_text_of_as_many_bytes_as_the_limits_say_is_taken_and_one_more_refused(
        self, platform: Platform, network: TestedStandIn
    ) -> None:
        most = platform.limits.text_bytes
        if not self.enforces_length or most is None:
            pytest.skip("there is no such limit")
        family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"
        count, rest = divmod(most, len(family.encode()))
        text = family * count + "a" * rest
        assert platform.measure(text) < platform.limits.text
        self._publish(platform, post(text))
        with pytest.raises(Rejected):
            self._publish(platform, post(text + "a"), OTHER_KEY)
        assert len(network.posts()) == 1

    def test_a_text_arrives_to_the_letter(self, platform: Platform, network: TestedStandIn) -> None:
        text = "It’s “fog” & <more>\n\nגשר 橋 e\u0301 🌉 100 %"
        self._publish(platform, post(text))
        assert network.posts()[0]["text"] == text

    def test_a_text_of_just_the_limit_is_taken_and_one_more_refused(
        self, platform: Platform, network: TestedStandIn
    ) -> None:
        if not self.enforces_length:
            pytest.skip("the limit is ours")
        limit = platform.verify().limits.get("text", platform.limits.text)
        assert platform.measure("a" * limit) == limit
        self._publish(platform, post("a" * limit))
        with pytest.raises(Rejected):
            self._publish(platform, post("a" * (limit + 1)), OTHER_KEY)
        assert len(network.posts()) == 1

    def test_a_dry_run_publishes_nothing_and_shows_its_requests(
        self, http: Http, network: TestedStandIn, credentials: Held
    ) -> None:
        dry = DryHttp(http, now)
        platform = self.make(dry, network.url, credentials)
        credentials.value = self.session(platform, network)
        self._publish(platform, illustrated())
        self._publish(platform, linked(platform), OTHER_KEY)
        assert dry.calls
        assert network.posts() == []

    def test_a_refused_token_is_an_auth_error(self, platform: Platform, network: TestedStandIn) -> None:
        self._fail(network, platform, "401")
        with pytest.raises(AuthError):
            self._publish(platform, post())
        assert network.posts() == []

    def test_a_refused_token_is_noticed_when_it_is_verified(self, platform: Platform, network: TestedStandIn) -> None:
        self._skip_blind(platform)
        self._fail(network, platform, "401", step="read")
        with pytest.raises(AuthError):
            platform.verify()

    @pytest.mark.parametrize("fault", ["429", "500", "503", "drop_before", "drop_after"])
    def test_a_look_up_that_fails_is_not_an_absence(
        self, platform: Platform, network: TestedStandIn, since: datetime, fault: str
    ) -> None:
        self._skip_blind(platform)
        draft = _stored(platform.prepare(linked(platform), KEY))
        for _ in range(2):  # the door may read once more over a connection that was cut
            self._fail(network, platform, fault, step="read")
        with pytest.raises((RateLimited, Unavailable, Uncertain)):
            platform.find(draft, KEY, since)

    def test_no_session_is_an_auth_error_and_a_dead_one_is_renewed(
        self, platform: Platform, network: TestedStandIn, credentials: Held
    ) -> None:
        if not isinstance(platform, Refreshable):
            pytest.skip("nothing here expires")
        alive = credentials.value
        for dead in ({}, dict.fromkeys(alive, self.dead)):
            credentials.value = dead
            with pytest.raises(AuthError):
                self._publish(platform, illustrated())
        for known in (dict.fromkeys(alive, self.dead), alive):
            credentials.value = platform.refresh(known)
        self._publish(platform, illustrated())
        assert len(network.posts()) == 1

    def test_too_many_requests_say_when_to_come_back(self, platform: Platform, network: TestedStandIn) -> None:
        self._fail(network, platform, "429", retry_after=60)
        with pytest.raises(RateLimited) as caught:
            self._publish(platform, post())
        assert caught.value.retry_after is not None
        assert 30 <= caught.value.retry_after <= 90
        assert network.posts() == []

    @pytest.mark.parametrize("fault", ["500", "503", "drop_before"])
    def test_no_good_answer_to_a_commit_is_uncertain(
        self, platform: Platform, network: TestedStandIn, since: datetime, fault: str
    ) -> None:
        draft = _stored(platform.prepare(linked(platform), KEY))
        self._fail(network, platform, fault)
        with pytest.raises(Uncertain):
            platform.commit(draft, KEY)
        if platform.certainty != "blind":
            assert platform.find(draft, KEY, since) is None
        platform.commit(draft, KEY)
        assert len(network.posts()) == 1

    @pytest.mark.parametrize("fault", ["drop_after", "500_after", "502_after"])
    def test_a_post_whose_answer_was_lost_is_found(
        self, platform: Platform, network: TestedStandIn, since: datetime, fault: str
    ) -> None:
        draft = _stored(platform.prepare(linked(platform), KEY))
        self._fail(network, platform, fault)
        with pytest.raises(Uncertain):
            platform.commit(draft, KEY)
        assert len(network.posts()) == 1
        if platform.certainty == "blind":
            with pytest.raises(Unsupported):
                platform.find(draft, KEY, since)
        else:
            assert platform.find(draft, KEY, since) is not None

    @pytest.mark.parametrize("fault", ["500", "503", "drop_before", "drop_after"])
    def test_an_upload_that_fails_can_be_done_again(
        self, platform: Platform, network: TestedStandIn, fault: str
    ) -> None:
        if platform.certainty == "blind" or not self.uploads:
            pytest.skip("nothing is uploaded")
        self._fail(network, platform, fault, step="upload")
        with pytest.raises((Unavailable, Uncertain)):
            platform.prepare(illustrated(), KEY)
        self._publish(platform, illustrated())
        assert len(network.posts()) == 1

    @pytest.mark.parametrize("story", ["picture", "thumb"])
    def test_a_picture_that_is_refused_is_told_as_such_and_the_post_goes_without_it(
        self, platform: Platform, network: TestedStandIn, story: str
    ) -> None:
        if platform.certainty == "blind" or not self.uploads:
            pytest.skip("nothing is uploaded")
        if story == "thumb" and platform.limits.card != "client":
            pytest.skip("the network draws its own")
        card = LinkCard(LINK, "A bridge", "It opens today", picture())
        pictured = illustrated() if story == "picture" else post(link=LINK, card=card)
        self._fail(network, platform, "too_large", step="upload")
        with pytest.raises(PictureRefused):
            platform.prepare(pictured, KEY)
        self._publish(platform, linked(platform))
        assert len(network.posts()) == 1

    def test_a_page_of_a_firewall_is_no_answer_of_the_network(self, platform: Platform, network: TestedStandIn) -> None:
        draft = _stored(platform.prepare(linked(platform), KEY))
        self._fail(network, platform, "firewall")
        with pytest.raises(Unavailable) as caught:
            platform.commit(draft, KEY)
        assert "<" not in str(caught.value)
        assert network.posts() == []
        platform.commit(draft, KEY)
        assert len(network.posts()) == 1

    def test_nobody_there_is_unavailable(self, http: Http, platform: Platform, credentials: Held) -> None:
        self._need_faults()
        draft = _stored(platform.prepare(post(), KEY))
        nowhere = self.make(http, refusing_url(), credentials)
        with pytest.raises(Unavailable):
            nowhere.commit(draft, KEY)

    def test_a_post_can_be_withdrawn_twice(self, platform: Platform, network: TestedStandIn, since: datetime) -> None:
        if not isinstance(platform, Deletable):
            pytest.skip("this network keeps what it has")
        draft = _stored(platform.prepare(linked(platform), KEY))
        receipt = platform.commit(draft, KEY)
        platform.delete(receipt)
        platform.delete(receipt)
        assert network.posts() == []
        if platform.certainty != "blind":
            assert platform.find(draft, KEY, since) is None

    @pytest.mark.parametrize("with_picture", [False, True], ids=["link", "picture"])
    def test_a_post_can_be_edited_twice_and_keeps_its_pictures(
        self, platform: Platform, network: TestedStandIn, *, with_picture: bool
    ) -> None:
        if not isinstance(platform, Editable):
            pytest.skip("this network keeps what it has")
        receipt = self._publish(platform, illustrated() if with_picture else linked(platform))
        before = network.posts()[0]
        story = linked(platform, "The bridge opens at last")
        again = [platform.edit(receipt, story) for _ in range(2)]
        after = network.posts()
        assert [changed.id for changed in again] == [receipt.id, receipt.id]
        assert len(after) == 1
        assert after[0]["text"] == story.text
        assert [media["alt"] for media in after[0]["media"]] == [media["alt"] for media in before["media"]]

    def test_what_is_gone_cannot_be_edited(self, platform: Platform) -> None:
        if not isinstance(platform, Editable) or not isinstance(platform, Deletable):
            pytest.skip("this network keeps what it has")
        receipt = self._publish(platform, linked(platform))
        platform.delete(receipt)
        with pytest.raises(Rejected):
            platform.edit(receipt, linked(platform, "Too late"))

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            ("401", AuthError),
            ("429", RateLimited),
            ("500", (Unavailable, Uncertain)),
            ("503", (Unavailable, Uncertain)),
            ("drop_before", Uncertain),
        ],
    )
    @pytest.mark.parametrize("change", ["edit", "delete"])
    def test_a_change_that_was_not_made_is_made_by_the_next_try(
        self, platform: Platform, network: TestedStandIn, change: str, fault: str, kind: Any
    ) -> None:
        receipt, before = self._published_for(change, platform, network)
        self._fail(network, platform, fault, step=change)
        with pytest.raises(kind):
            self._change(change, platform, receipt)
        assert network.posts() == before
        self._change(change, platform, receipt)
        self._assert_changed(change, platform, network)

    @pytest.mark.parametrize("fault", ["drop_after", "500_after", "502_after", "truncate"])
    @pytest.mark.parametrize("change", ["edit", "delete"])
    def test_a_change_whose_answer_was_lost_may_be_made_again(
        self, platform: Platform, network: TestedStandIn, change: str, fault: str
    ) -> None:
        if fault == "truncate" and not self.answers_changes:
            pytest.skip("there is no body to cut")
        receipt, _ = self._published_for(change, platform, network)
        self._fail(network, platform, fault, step=change)
        with pytest.raises((Unavailable, Uncertain)):
            self._change(change, platform, receipt)
        self._assert_changed(change, platform, network)
        self._change(change, platform, receipt)
        self._assert_changed(change, platform, network)

    @pytest.mark.parametrize("change", ["edit", "delete"])
    def test_a_dry_run_changes_nothing_and_shows_its_requests(
        self, http: Http, platform: Platform, network: TestedStandIn, credentials: Held, change: str
    ) -> None:
        receipt, before = self._published_for(change, platform, network)
        dry = DryHttp(http, now)
        self._change(change, self.make(dry, network.url, credentials), receipt)
        assert dry.calls
        assert network.posts() == before

    def test_a_price_is_of_the_post_and_asks_nobody(
        self, http: Http, network: TestedStandIn, credentials: Held
    ) -> None:
        dry = DryHttp(http, now)
        platform = self.make(dry, network.url, credentials)
        if not isinstance(platform, Priced):
            pytest.skip("posts cost nothing")
        plain, pictured = platform.price(post()), platform.price(illustrated())
        assert 0 <= plain <= platform.price(linked(platform))
        assert plain <= pictured
        assert platform.price(post()) == plain
        assert dry.calls == []

    def test_a_post_of_which_only_the_address_is_known_is_withdrawn_or_that_is_refused(
        self, platform: Platform, network: TestedStandIn
    ) -> None:
        receipt = self._publish(platform, linked(platform))
        address = receipt.permalink or ""
        if not isinstance(platform, Deletable) or not address.startswith("http"):
            pytest.skip("nobody could name it")
        try:
            platform.delete(Receipt(address, address))
        except Rejected:
            assert len(network.posts()) == 1
        else:
            assert network.posts() == []

    @pytest.mark.parametrize("path", ["", "/news/1", "/@gazette/1", "/i/status/1", "/profile/somebody.example/post/1"])
    def test_an_address_that_is_no_post_of_ours_changes_nothing_and_is_refused(
        self, platform: Platform, network: TestedStandIn, path: str
    ) -> None:
        receipt = Receipt(f"https://elsewhere.example{path}", None)
        self._publish(platform, linked(platform))
        if not isinstance(platform, Deletable):
            pytest.skip("this network keeps what it has")
        with pytest.raises(Rejected):
            platform.delete(receipt)
        if isinstance(platform, Editable):
            with pytest.raises(Rejected):
                platform.edit(receipt, linked(platform, "Too far"))
        assert len(network.posts()) == 1

    def _publish(self, platform: Platform, story: Post, key: str = KEY) -> Receipt:
        return self._commit(platform, story, _stored(platform.prepare(story, key)), key)[1]

    def _commit(self, platform: Platform, story: Post, draft: Json, key: str = KEY) -> tuple[Json, Receipt]:
        """The draft that went out, and its receipt. As in the delivery loop: what is not ready is prepared again."""
        try:
            return draft, platform.commit(draft, key)
        except NotReady as fault:
            again = _stored(platform.prepare(story, key, fault.prepared))
            return again, platform.commit(again, key)

    def _published_for(self, change: str, platform: Platform, network: TestedStandIn) -> tuple[Receipt, list[Json]]:
        """A published post's receipt, and the posts then shown; skips the test if the network cannot `change` one."""
        if not isinstance(platform, Editable if change == "edit" else Deletable):
            pytest.skip("this network keeps what it has")
        receipt = self._publish(platform, linked(platform))
        return receipt, network.posts()

    def _change(self, change: str, platform: Platform, receipt: Receipt) -> None:
        if change == "edit":
            assert isinstance(platform, Editable)
            platform.edit(receipt, linked(platform, "The bridge opens at last"))
        else:
            assert isinstance(platform, Deletable)
            platform.delete(receipt)

    def _assert_changed(self, change: str, platform: Platform, network: TestedStandIn) -> None:
        texts = [post["text"] for post in network.posts()]
        assert texts == ([linked(platform, "The bridge opens at last").text] if change == "edit" else [])

    def _fail(self, network: TestedStandIn, platform: Platform, fault: str, **more: Any) -> None:
        self._need_faults()
        network.add_faults([{"platform": platform.name, "step": "commit", "fault": fault} | more])

    def _need_faults(self) -> None:
        if not self.has_faults:
            pytest.skip("this stand-in does not fail")

    def _skip_blind(self, platform: Platform) -> None:
        if platform.certainty == "blind":
            pytest.skip("this network cannot be asked")


def _stored(draft: Json) -> Json:
    """A draft as the ledger returns it."""
    stored: Json = jsons.loads(jsons.dumps(draft))
    return stored
