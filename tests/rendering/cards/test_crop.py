import pytest
from PIL import Image as Pillow
from PIL import ImageDraw

from syndicate.rendering.cards.crop import Photo

WHOLE = (0.0, 1.0)


def with_subject(x, y, size=(2000, 1500)):
    """A quiet photo with one thing in it: a bright red disc."""
    picture = Pillow.new("RGB", size, (110, 120, 130))
    ImageDraw.Draw(picture).ellipse((x - 110, y - 110, x + 110, y + 110), fill=(230, 40, 30))
    return Photo(picture)


def middle_of_red(picture):
    """Where the disc is in the crop, in fractions; None if it is not there."""
    red = picture.convert("RGB").split()[0].point(lambda value: 255 if value > 190 else 0)
    box = red.getbbox()
    return box and ((box[0] + box[2]) / 2 / picture.width, (box[1] + box[3]) / 2 / picture.height)


@pytest.mark.parametrize("size", [(1200, 630), (1600, 900), (1080, 1350), (1000, 1500), (1080, 1080)])
@pytest.mark.parametrize("at", [(300, 400), (1700, 500), (1000, 1200)])
def test_the_subject_stays_in_sight_and_clear_of_the_text(size, at):
    clear = (0.1, 0.6)
    guessed = with_subject(*at).cropped(size, clear, None)
    told = with_subject(*at).cropped(size, clear, (at[0] / 2000, at[1] / 1500))
    for picture in (guessed, told):
        assert picture.size == size
        found = middle_of_red(picture)
        assert found is not None
    x, y = middle_of_red(told)
    assert 0 < x < 1
    # As high as the photo lets it go: never below the text's edge while there is photo left to move.
    slack = 1500 * max(size[0] / 2000, size[1] / 1500) - size[1]
    if slack > 200 and at[1] < 1000:
        assert y < clear[1]


def test_a_focus_goes_to_the_middle_of_what_is_clear():
    picture = with_subject(1000, 750, (2000, 3000)).cropped((1200, 630), (0.0, 0.5), (0.5, 0.25))
    x, y = middle_of_red(picture)
    assert x == pytest.approx(0.5, abs=0.02)
    assert y == pytest.approx(0.25, abs=0.03)


def with_places():
    """A photo whose red says how far from the left a pixel is, and whose green how far from the top."""
    down = Pillow.linear_gradient("L").resize((640, 480))
    across = Pillow.linear_gradient("L").rotate(90).resize((640, 480))
    return Photo(Pillow.merge("RGB", (across, down, Pillow.new("L", (640, 480)))))


@pytest.mark.parametrize("focus", [(0, 0), (1, 1), (0, 1), (1, 0), (0.5, 0.5)])
@pytest.mark.parametrize("size", [(1200, 630), (630, 1200), (320, 240), (64, 4000), (4000, 64)])
def test_a_crop_never_leaves_the_photo_and_never_stretches_it(size, focus):
    picture = with_places().cropped(size, WHOLE, focus)
    assert picture.size == size
    scale = max(size[0] / 640, size[1] / 480)
    first, last = picture.getpixel((0, 0)), picture.getpixel((size[0] - 1, size[1] - 1))
    for axis, whole in ((0, 640), (1, 480)):
        share = size[axis] / scale / whole  # of the photo's width or height
        assert last[axis] - first[axis] == pytest.approx(255 * share, abs=6)
        middle = (first[axis] + last[axis]) / 2 / 255
        assert middle == pytest.approx(min(max(focus[axis], share / 2), 1 - share / 2), abs=0.03)


def test_the_same_photo_is_cropped_the_same_whatever_was_asked_before():
    fresh = with_subject(400, 300).cropped((1200, 630), (0.1, 0.55), None)
    used = with_subject(400, 300)
    for clear in (WHOLE, (0.0, 0.3), (0.12, 0.58)):
        used.cropped((1080, 1350), clear, None)
        used.cropped((1200, 630), clear, None)
    assert used.cropped((1200, 630), (0.1, 0.55), None).tobytes() == fresh.tobytes()
