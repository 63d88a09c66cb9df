"""Cards as they looked when somebody looked at them. After a change on purpose:

    SYNDICATE_UPDATE_GOLDENS=1 python -m pytest tests/rendering/cards/test_golden.py

and look at each picture before it is committed.
"""

import hashlib
import io
import os
from pathlib import Path

import pytest
from PIL import Image as Pillow
from PIL import ImageChops, ImageStat

from syndicate.rendering.cards.order import Order
from syndicate.rendering.preview.samples import SITE, photo, samples

GOLDEN = Path(__file__).parents[2] / "golden" / "cards"
STORIES = {sample.name: sample for sample in samples()}
TOLERANCE = 3.0
"""Of 255, the mean over all pixels and channels: rounding differs between machines, layouts do not."""

CARDS = [
    ("usual", None, "default"),
    ("245 letters", None, "pinterest"),
    ("two words", None, "x"),
    ("no photo", None, "default"),
    ("no photo", None, "instagram"),
    ("live", None, "default"),
    ("live", None, "instagram"),
    ("68 letters", "quote", "default"),
    ("Arabic", None, "default"),
    ("Arabic", "live", "default"),
    ("Hebrew", "quote", "instagram"),
    ("Hindi", None, "default"),
    ("Thai", None, "instagram"),
    ("Japanese", None, "default"),
    ("Cyrillic", None, "instagram"),
    ("Greek", "live", "pinterest"),
    ("usual", "opinion", "x"),
    ("Arabic", "opinion", "instagram"),
    ("68 letters", "opinion-dark", "pinterest"),
    ("no photo", "opinion-dark", "default"),
]


@pytest.mark.parametrize(("story", "theme", "size"), CARDS)
def test_a_card_looks_as_it_did(ours, story, theme, size, tmp_path):
    sample = STORIES[story]
    data = photo(sample.photo) if sample.photo else b""
    digest = hashlib.sha256(data).hexdigest() if data else ""
    if data:
        ours.learn(data)
    drawn = ours.card(Order(sample.article, SITE, None, size, theme, digest, 1_000_000, ("image/jpeg",)))
    assert drawn.warnings == ()
    now = Pillow.open(io.BytesIO(drawn.media.data)).convert("RGB")
    now.thumbnail((600, 900), Pillow.Resampling.BOX)
    path = GOLDEN / f"{story.replace(' ', '-')}.{theme or 'auto'}.{size}.jpg".lower()
    if os.environ.get("SYNDICATE_UPDATE_GOLDENS"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        now.save(path, quality=80)
    with Pillow.open(path) as then:
        assert then.size == now.size
        difference = sum(ImageStat.Stat(ImageChops.difference(then.convert("RGB"), now)).mean) / 3
    if difference > TOLERANCE:
        now.save(tmp_path / path.name)
    assert difference <= TOLERANCE, f"differs by {difference:.1f} of 255: see {tmp_path / path.name}"
