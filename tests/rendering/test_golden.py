"""What the built-in templates make of a set of our own stories, network by network.

The files in tests/golden are meant to be read by a publisher. After a change on purpose:

    SYNDICATE_UPDATE_GOLDENS=1 python -m pytest tests/rendering/test_golden.py

and read the difference as text before it is committed.
"""

import json
import os
from pathlib import Path

import pytest

from syndicate.model import Account, Article, Image, Site
from syndicate.platforms import find
from syndicate.rendering import pixels
from syndicate.rendering.environment import Templates, builtin_templates
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer

GOLDEN = Path(__file__).parents[1] / "golden"
STORIES = json.loads((GOLDEN / "articles.json").read_text(encoding="utf-8"))
OWN = {path.parent.name for path in builtin_templates().glob("*/post.txt.j2")} - {"default"}
PLATFORMS = sorted(OWN | {path.parent.name for path in GOLDEN.glob("*/*.txt")})
"""Those with a template of their own, and those whose goldens show what the default makes of them."""

SITE = Site("The Example Gazette", "https://gazette.example.com/", language="en")


def article(name):
    fields = dict(STORIES[name])
    images = tuple(Image(**image) for image in fields.pop("images"))
    return Article(**fields | {"images": images, "categories": tuple(fields["categories"])})


def described(rendered):
    """A post as a page for people: the text, then what goes with it."""
    post = rendered.post
    marked = {span.kind: [s.value for s in post.spans if s.kind == span.kind] for span in post.spans}
    place = "on a card" if post.card else "in the text" if post.link in marked.get("link", ()) else "beside the text"
    lines = [post.text, "", "-" * 40, f"length: {rendered.length} of {rendered.limit}", f"link: {place}: {post.link}"]
    lines += [f"card: {post.card.title} / {post.card.description}"] if post.card else []
    lines += [f"picture: {media.width} x {media.height}, {media.alt}" for media in post.media]
    lines += [f"hashtags: {', '.join(marked['tag'])}"] if "tag" in marked else []
    lines += [f"language: {post.language}", *(f"warning: {warning}" for warning in rendered.warnings)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_story_reads_as_it_did(platform, name, shelf, now):
    adapter = find(platform)
    network = object.__new__(adapter)
    account = Account("account", platform, image="photo", utm={"medium": "social"})
    renderer = Renderer(Templates(), Pictures(shelf, lambda: pixels), None, SITE)
    rendered = renderer.render(article(name), account, network, adapter.limits, at=now, planned_at=now)
    assert rendered.length <= rendered.limit
    assert rendered.length == network.measure(rendered.post.text)
    path = GOLDEN / platform / f"{name}.txt"
    if os.environ.get("SYNDICATE_UPDATE_GOLDENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(described(rendered), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == described(rendered)


def test_every_golden_belongs_to_a_story_and_a_platform():
    files = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.glob("*/*.txt")}
    assert files == {f"{platform}/{name}.txt" for platform in PLATFORMS for name in STORIES}
