"""A render that ends the process is tried twice with its picture, and then without."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from syndicate.delivery.lost_renders import told, watched
from syndicate.errors import RenderError
from syndicate.model import Image, Limits, StoryWarning
from tests.worlds.accounts import MASTO

LEASE = timedelta(minutes=10)
PICTURE = Image("https://a.example/1.jpg")


@dataclass(frozen=True)
class Made:
    image: str
    warnings: tuple[str, ...] = ("cut",)


@dataclass
class Renders:
    """Counts as the ledger does; says that so many were lost."""

    lost: int = 0
    said: list = field(default_factory=list)

    def begin(self, key, *, now, lease):
        self.said.append(("begin", key, now, lease))
        return self.lost

    def came_back(self, key, *, forget, now):
        self.said.append(("came back", key, forget))


@pytest.fixture
def attempt(ledger, clock, put, article):
    """Renders one delivery; with what the account wants, and so many lost renders."""

    def one(lost=0, *, image="photo", images=(PICTURE,), fault=None):
        renders = ledger.renders = Renders(lost)
        story = replace(article(1), images=images)
        delivery = put(1)

        def render(article, account, platform, limits, *, at, planned_at):
            renders.said.append(("render", account.image))
            if fault:
                raise fault
            return Made(account.image)

        asked = watched(render, delivery, ledger, LEASE)
        now = clock()
        one.said = renders.said
        made = asked(story, replace(MASTO, image=image), None, Limits(text=1), at=now, planned_at=now)
        assert [each[1] for each in renders.said if each[0] != "render"] in ([], [delivery.key] * 2)
        return made

    return one


@pytest.mark.parametrize("lost", [0, 1])
def test_up_to_two_lost_renders_it_is_tried_with_the_picture(attempt, lost, clock):
    made = attempt(lost)
    assert (made.image, made.warnings) == ("photo", ("cut",))
    assert [each[0] for each in attempt.said] == ["begin", "render", "came back"]
    assert attempt.said[0][2:] == (clock(), LEASE)
    assert attempt.said[-1][2] is True


@pytest.mark.parametrize("lost", [2, 3])
def test_then_it_goes_without_the_picture_and_says_so_once(attempt, lost):
    made = attempt(lost)
    assert (made.image, made.warnings) == ("none", ("cut", told(lost)))
    assert isinstance(made.warnings[-1], StoryWarning)
    assert attempt.said[-1][2] is False, "nor is the picture tried at the next attempt"


def test_a_render_that_fails_came_back(attempt):
    for fault in (RenderError("a template"), KeyboardInterrupt()):
        with pytest.raises(type(fault)):
            attempt(fault=fault)
        assert attempt.said[-1][0] == "came back"


@pytest.mark.parametrize(
    ("image", "images", "counted"),
    [("none", (PICTURE,), False), ("photo", (), False), ("card", (), True), ("photo", (PICTURE,), True)],
)
def test_only_what_may_have_a_picture_is_counted(attempt, image, images, counted):
    assert attempt(2, image=image, images=images).image == ("none" if counted else image)
    assert ("begin" in {each[0] for each in attempt.said}) is counted
