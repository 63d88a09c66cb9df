import io

import pytest
from PIL import Image as Pillow

from syndicate.rendering.preview.rendition import LARGEST, rendition
from tests.worlds.pictures import saved


@pytest.mark.parametrize("size", [(1200, 630), (1080, 1350), (1000, 3000), (4000, 200), (30, 20)])
def test_a_copy_is_light_and_keeps_its_shape(size):
    data, small = rendition(saved(Pillow.effect_noise(size, 120).convert("RGB"), quality=90))
    assert len(data) <= LARGEST
    assert Pillow.open(io.BytesIO(data)).size == small
    assert small[0] / small[1] == pytest.approx(size[0] / size[1], rel=0.1)


def test_bytes_that_are_no_picture_have_no_copy():
    assert rendition(b"nothing of the kind") is None
