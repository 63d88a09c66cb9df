"""What each page of the documentation begins with, and what happens before which of its commands."""

from __future__ import annotations

from collections.abc import Callable

from tests.worlds import stage as begun
from tests.worlds import stage_ledgers as ledgers
from tests.worlds.stage import Stage
from tests.worlds.transcripts import ROOT

PREPARED: dict[str, Callable[[Stage], None]] = {
    "any": begun.first_run,
    "docs/guides/again.md": begun.one_story,
    "docs/guides/moving-in.md": begun.moving_in,
    "docs/guides/push.md": begun.hooked,
    "docs/guides/sources.md": begun.articles,
    "docs/guides/sources-files.md": begun.sitemap,
    "docs/guides/templates.md": begun.measured,
    "docs/guides/threads.md": begun.thread,
    "docs/guides/when-something-is-held.md": begun.held,
    "docs/guides/when-posts-go-out.md": begun.to_be_approved,
    "docs/guides/word-back.md": begun.exported,
    "docs/guides/preview.md": begun.config_alone,
    "docs/operations/after-a-restore.md": ledgers.restored,
    "docs/operations/backup-and-restore.md": ledgers.backups,
    "docs/operations/fleet.md": ledgers.on_server,
    "docs/operations/postgresql.md": ledgers.on_server,
    "docs/reference/config.md": begun.changed,
    "docs/sandbox.md": begun.faults,
} | {
    page.relative_to(ROOT).as_posix(): begun.moving_in for page in (ROOT / "docs/moving-in").glob("*.md")
} | {
    page.relative_to(ROOT).as_posix(): begun.config_of_page(page.relative_to(ROOT).as_posix())
    for page in (ROOT / "docs/platforms").glob("*.md")
}  # fmt: skip
"""What the commands of a page begin with; `any` is for those without."""

HELD = "docs/guides/when-something-is-held.md"
HOOKED: dict[str, dict[str, Callable[[Stage], None]]] = {
    HELD: {
        "syndicate post": begun.held_story,
        "syndicate deliveries show": begun.key_of_held,
        "syndicate deliveries resolve 52f0482a --not-sent": begun.goes_wrong("drop_after", 1),
        "syndicate deliveries retry": begun.goes_wrong("too_long", 1),
        "syndicate deliveries skip": begun.goes_wrong("too_long", 1),
    },
    "docs/guides/moving-in.md": {
        "syndicate post --article": lambda stage: stage.reader.site.write("ferry-cat"),
    },
    "docs/moving-in/echofeed.md": {
        "syndicate post --article": lambda stage: stage.reader.site.write("ferry-cat"),
    },
    "docs/operations/after-a-restore.md": {"syndicate recover": ledgers.restored_once_more},
    "docs/operations/backup-and-restore.md": {
        "syndicate db check restored.db": ledgers.litestreamed,
        "syndicate db restore backups": ledgers.posted_since,
        "syndicate db new": ledgers.gone,
        "syndicate key rotate": ledgers.signed_in,
        "syndicate db prune --older 90d --dry-run": ledgers.aged,
    },
    "docs/operations/postgresql.md": {"syndicate db import": ledgers.to_be_moved},
}
"""What happens before a command, by the words with which it begins."""

SPOILED = {(HELD, "syndicate post"): 1, ("docs/guides/threads.md", "syndicate post"): 1}
"""Commands that end with another exit status than 0, as their page says."""
