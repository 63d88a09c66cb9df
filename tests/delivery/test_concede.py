"""What a post gives up for its network, as a whole: what is kept of before, how much smaller, and how it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from syndicate.delivery.concessions import conceded, render_conceded, told
from syndicate.errors import PictureRefused, Rejected, TextRefused, Unavailable, Uncertain
from syndicate.model import NOTHING, Account, Concession, Limits, LinkCard, Media, Post, Rendered

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LINK = "https://gazette.example/1"
ACCOUNT = Account("acct", "fake")
OPTIONAL = replace(ACCOUNT, alt_text="optional")
RECORD = {"text": "A bridge", "link": LINK, "media": [{"alt": "x"}], "card": None}
BARE = RECORD | {"media": []}
REFUSED = PictureRefused("413")
NO_SIZE = PictureRefused("403", smaller=False)
ALT = PictureRefused("alt", smaller=False, description=True)
ALT_OR_SIZE = PictureRefused("alt", description=True)


def picture(size, alt="A bridge"):
    return Media(b"x" * size, "image/jpeg", 3, 2, alt)


def post(*sizes, thumb=None):
    card = None if thumb is None else LinkCard(LINK, "A", "", picture(thumb) if thumb else None)
    return Post("A", LINK, (), tuple(picture(size) for size in sizes), card, None, NOON, NOON, {})


@pytest.mark.parametrize(
    ("fault", "before", "account", "after"),
    [
        (REFUSED, NOTHING, ACCOUNT, Concession("smaller", 450_000, 0, ("413",))),
        (REFUSED, Concession("undescribed", 0, 9, ("a",)), ACCOUNT, Concession("smaller", 450_000, 9, ("a", "413"))),
        (REFUSED, Concession("smaller", 7, 9, ("a",)), ACCOUNT, Concession("none", 7, 9, ("a", "413"))),
        (NO_SIZE, Concession(None, 0, 9, ("a",)), ACCOUNT, Concession("none", 0, 9, ("a", "403"))),
        (ALT, NOTHING, ACCOUNT, Concession("none", 0, 0, ("alt",))),
        (ALT, Concession(None, 0, 9, ("a",)), OPTIONAL, Concession("undescribed", 0, 9, ("a", "alt"))),
        (ALT, Concession("undescribed", 0, 0, ("a",)), OPTIONAL, Concession("none", 0, 0, ("a", "alt"))),
        (ALT, Concession("smaller", 7, 0, ("a",)), OPTIONAL, Concession("none", 7, 0, ("a", "alt"))),
        (ALT_OR_SIZE, NOTHING, ACCOUNT, Concession("none", 0, 0, ("alt",))),
        (NO_SIZE, NOTHING, OPTIONAL, Concession("none", 0, 0, ("403",))),
        (REFUSED, Concession("none"), ACCOUNT, None),
        (Rejected("no"), NOTHING, ACCOUNT, None),
    ],
)
def test_a_refused_picture_leads_one_step_on_and_keeps_what_was_given_up(fault, before, account, after):
    assert conceded(fault, before, RECORD, None, account, len) == after


@pytest.mark.parametrize(
    ("record", "gives"),
    [
        (RECORD, True),
        (BARE, False),
        (BARE | {"card": {"title": "A"}}, False),
        (BARE | {"card": {"thumb": None}}, False),
        (BARE | {"card": {"thumb": {"alt": ""}}}, True),
        (RECORD | {"text": ""}, True),
        (RECORD | {"link": None}, True),
        (RECORD | {"text": "", "link": None}, False),
    ],
)
def test_a_picture_is_given_up_where_there_is_one_and_something_is_left_without_it(record, gives):
    after = conceded(NO_SIZE, NOTHING, record, None, ACCOUNT, len)
    assert after == (Concession("none", 0, 0, ("403",)) if gives else None)


@pytest.mark.parametrize(
    ("sent", "most"),
    [
        (None, 450_000),
        (post(), 450_000),
        (post(1001), 500),
        (post(800, 600), 400),
        (post(300, thumb=800), 400),
        (post(300, thumb=0), 150),
        (post(5_000_000), 900_000),
    ],
)
def test_a_smaller_picture_is_half_of_the_largest_and_below_a_megabyte(sent, most):
    assert conceded(REFUSED, NOTHING, RECORD, sent, ACCOUNT, len).most_bytes == most


@pytest.mark.parametrize(
    ("before", "counted", "after"),
    [
        (NOTHING, 5, Concession(None, 0, 3, ("long",))),
        (Concession("smaller", 7, 0, ("a",)), 7, Concession("smaller", 7, 1, ("a", "long"))),
        (NOTHING, 8, None),
        (NOTHING, 9, None),
        (Concession(shorter=1), 5, None),
    ],
)
def test_a_text_is_made_shorter_once_by_what_its_links_were_spared(before, counted, after):
    assert conceded(TextRefused("long"), before, RECORD, None, ACCOUNT, lambda _: counted) == after


@pytest.mark.parametrize(
    ("fault", "last", "gives"),
    [
        (Unavailable("broken", status=500), True, True),
        (Uncertain("broken", status=200), True, True),
        (Unavailable("broken", status=500), False, False),
        (Unavailable("broken"), True, False),
        (Unavailable("broken", status=503), True, False),
        (Unavailable("broken", status=403, gateway=True), True, False),
        (Rejected("broken"), True, False),
    ],
)
def test_a_server_that_breaks_over_the_picture_each_time_gets_none_at_last(fault, last, gives):
    after = conceded(fault, NOTHING, RECORD, None, ACCOUNT, len, last=last)
    assert after == (Concession("none", 0, 0, ("broken",)) if gives else None)
    assert conceded(Unavailable("broken", status=500), NOTHING, RECORD, None, ACCOUNT, len) is None


# Rendering without it

LIMITS = Limits(
    text=60, image_bytes=1000, thumb_bytes=800, image_pixels=9_000_000, image_types=("image/png", "image/jpeg")
)


def rendered(given, limits=LIMITS, account=ACCOUNT):
    """What is asked of the renderer, and what comes of it."""
    asked = {}

    def render(article, account, platform, limits, *, at, planned_at):
        asked.update(article=article, account=account, platform=platform, limits=limits, at=at, planned_at=planned_at)
        return Rendered(post(5, thumb=4), 7, limits.text, ("an earlier one",))

    lane = SimpleNamespace(account=account, platform="network")
    made = render_conceded(given, "story", lane, limits, render, at=NOON, planned_at=NOON.replace(hour=9))
    assert [asked[name] for name in ("article", "platform", "at", "planned_at")] == [
        "story",
        "network",
        NOON,
        NOON.replace(hour=9),
    ]
    return asked["account"], asked["limits"], made


def test_a_post_that_gives_up_nothing_is_rendered_as_it_is():
    account, limits, made = rendered(NOTHING)
    assert (account, limits, made) == (ACCOUNT, LIMITS, Rendered(post(5, thumb=4), 7, 60, ("an earlier one",)))


def test_a_picture_that_was_given_up_is_not_made_and_it_is_told():
    given = Concession("none", 0, 0, ("413",))
    account, limits, made = rendered(given)
    assert (account, limits) == (replace(ACCOUNT, image="none"), LIMITS)
    assert made.warnings == ("an earlier one", told(given))
    assert made.post == post(5, thumb=4)


@pytest.mark.parametrize(
    ("most", "limits", "narrowed"),
    [
        (500, {}, {"image_bytes": 500, "thumb_bytes": 500, "image_pixels": 2_000_000, "image_types": ("image/jpeg",)}),
        (900, {}, {"image_bytes": 900, "image_pixels": 2_000_000, "image_types": ("image/jpeg",)}),
        (5000, {}, {"image_pixels": 2_000_000, "image_types": ("image/jpeg",)}),
        (5000, {"image_pixels": None}, {"image_pixels": 2_000_000, "image_types": ("image/jpeg",)}),
        (5000, {"image_pixels": 5}, {"image_types": ("image/jpeg",)}),
        (5000, {"image_pixels": 5, "image_types": ("image/png",)}, {}),
    ],
)
def test_a_smaller_picture_is_a_jpeg_of_fewer_bytes_and_pixels(most, limits, narrowed):
    before = replace(LIMITS, **limits)
    account, after, made = rendered(Concession("smaller", most, 0, ("413",)), before)
    assert (account, after) == (ACCOUNT, replace(before, **narrowed))
    assert made.post == post(5, thumb=4)


@pytest.mark.parametrize(("shorter", "text"), [(9, 51), (59, 1), (60, 1), (99, 1)])
def test_a_shorter_text_has_so_much_less_room(shorter, text):
    account, limits, _ = rendered(Concession(shorter=shorter, why=("long",)))
    assert (account, limits) == (ACCOUNT, replace(LIMITS, text=text))


def test_a_picture_whose_description_is_refused_goes_without_it():
    _, limits, made = rendered(Concession("undescribed", 0, 0, ("alt",)))
    assert limits == LIMITS
    assert ([media.alt for media in made.post.media], made.post.card.thumb.alt) == ([""], "")
    assert made.post.media[0].data == picture(5).data


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Concession("undescribed", 0, 0, ("a",)), "the picture goes without its description"),
        (Concession("smaller", 5, 0, ("a",)), "the picture is made smaller"),
        (Concession("none", 0, 0, ("a",)), "the picture is left out"),
        (Concession(None, 0, 3, ("a",)), "the text is made shorter"),
        (Concession("none", 0, 3, ("a",)), "the picture is left out, the text is made shorter"),
        (Concession(None, 0, 0, ("a",), ("1.png", "2.png")), "pictures left out: 2"),
        (Concession("none", 0, 0, ("a",), ("1.png",)), "the picture is left out"),
    ],
)
def test_what_was_given_up_is_told_in_one_line(given, said):
    assert told(given) == f"{said}, since the network refused it: a"
    assert told(replace(given, why=("a", "b", "a"))) == f"{said}, since the network refused it: a; b"


def test_a_link_card_without_a_picture_has_no_description_to_lose():
    lane = SimpleNamespace(account=ACCOUNT, platform="network")
    given = Concession("undescribed", 0, 0, ("alt",))
    made = render_conceded(
        given,
        "story",
        lane,
        LIMITS,
        lambda *_, **__: Rendered(post(5, thumb=0), 7, 60),
        at=NOON,
        planned_at=NOON,
    )
    assert (made.post.card, made.post.media[0].alt) == (post(5, thumb=0).card, "")
