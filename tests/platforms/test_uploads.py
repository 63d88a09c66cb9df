"""Several pictures: an upload that fails costs neither those before it nor, if it is refused, the others."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.worlds.desk import OTHERS
from tests.worlds.notebook import feed, images, served

UPLOADING = ("masto", "bsky", "x-main", "fb", "slack", "linkedin")
UPLOADS = {
    "mastodon": "/api/v2/media",
    "bluesky": "com.atproto.repo.uploadBlob",
    "x": "/2/media/upload",
    "facebook": "/photos",
    "slack": "files.completeUploadExternal",
    "linkedin": "/rest/images",
}


@pytest.fixture
def gallery(desk):
    """Sends a note with four pictures to one account; an upload after each of so many gets this fault."""
    served(desk.site)

    def publish(account, fault, *after):
        others = OTHERS.get(account)
        desk.config(*(() if others else (account,)))
        if others:
            line = f"accounts:\n  {account}: {{platform: {account}, {others}, api_url: '{desk.sandbox.url}'}}\n"
            desk.path.write_text(desk.path.read_text(encoding="utf-8") + line, encoding="utf-8")
        desk.site.raw = feed(desk.site)
        desk("post")
        desk.site.raw = feed(desk.site, "<p>Four.</p>" + images(desk.site, 1, 2, 3, 4))
        desk.sandbox.add_faults([{"step": "upload", "fault": fault, "after": count, "count": 1} for count in after])
        return desk("post", "--json", "--wait", "3m")

    return publish


@pytest.mark.parametrize("account", UPLOADING)
def test_a_retry_uploads_only_what_is_missing(desk, gallery, account):
    run = gallery(account, "503", 2)
    assert run.code == 0, run.err
    [post] = desk.sandbox.posts()
    assert [media["alt"] for media in post["media"]] == [f"Picture {number}" for number in range(1, 5)]
    path = UPLOADS[post["platform"]]
    calls = [call for call in desk.sandbox.requests() if path in call["path"] and call["method"] == "POST"]
    assert len(calls) == 5, Counter(call["path"] for call in calls)  # four, and the one that failed


def test_a_picture_that_is_refused_costs_neither_the_others_nor_the_post(desk, gallery):
    run = gallery("masto", "unprocessed", 2, 5)  # the third, and the third again when it is made smaller
    assert run.code == 0, run.err
    [post] = desk.sandbox.posts()
    assert post["text"] == "Four."
    assert [media["alt"] for media in post["media"]] == [f"Picture {number}" for number in (1, 2, 4)]
