from __future__ import annotations

import pytest

from syndicate.errors import SourceError
from syndicate.sources.formats.feed import read_feed
from syndicate.sources.formats.page import parse_page
from syndicate.sources.parsing.bot_challenges import challenger
from tests.worlds.challenges import CLOUDFLARE, DATADOME, IMPERVA

URL = "https://gazette.example/x"
ORDINARY = b"""<html><title>Just a moment: the song of the year</title><script>window.__CF$cv$params={r:'1'};
a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js';</script><script src="/_Incapsula_Resource?y"></script>
<script src="https://js.datadome.co/tags.js"></script><p>Text"""


@pytest.mark.parametrize(("body", "who"), [(CLOUDFLARE, "Cloudflare"), (DATADOME, "DataDome"), (IMPERVA, "Imperva")])
def test_a_challenge_is_neither_a_feed_nor_a_page(body, who):
    with pytest.raises(SourceError, match=f"is a bot check of {who}, not a feed") as caught:
        read_feed(body, source="news", url=URL)
    assert "User-Agent" in caught.value.hint
    with pytest.raises(SourceError, match=f"is a bot check of {who}, not the page"):
        parse_page(body, source="page", url=URL, content_type="text/html")


def test_an_ordinary_page_behind_a_doorkeeper_is_one():
    assert challenger(ORDINARY) is None
    assert parse_page(ORDINARY, source="page", url=URL, content_type=None).title.startswith("Just a moment")


def test_a_long_page_may_write_about_challenges():
    assert challenger(CLOUDFLARE + b"<p>text" * 50_000) is None
