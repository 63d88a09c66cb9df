"""What the pages for operators take for given: ledgers that were put back, moved, lost or grew old."""

from __future__ import annotations

import shutil
from datetime import timedelta

from tests.worlds.reader import ACCOUNTS
from tests.worlds.stage import Stage
from tests.worlds.years import pass_by


def restored(stage: Stage) -> None:
    """A copy of the ledger, some posts since then, and one story more."""
    stage.reader.config("masto")
    stage.run("syndicate post")
    (stage.reader.folder / "backup").mkdir()
    shutil.copy(stage.reader.folder / "syndicate.db", stage.reader.folder / "backup")
    for slug in ("fog-horn", "pilot-boat"):
        stage.reader.site.publish(1, slug=slug, title=f"The {slug} of the harbour")
    stage.run("syndicate post")
    stage.reader.site.write("ferry-cat")


def restored_once_more(stage: Stage) -> None:
    """Three accounts, and a ledger in which two stories wait for one of them that has them by now."""
    gone(stage)
    accounts = {"masto": ACCOUNTS["masto"], "bsky": ACCOUNTS["bsky"], "hook": ACCOUNTS["newsletter"]}
    stage.reader.write_config({"accounts": accounts})
    stage.run("syndicate post")
    stage.reader.site.publish(2)
    stage.run("syndicate accounts pause masto")
    stage.run("syndicate post")
    shutil.copy(stage.reader.folder / "syndicate.db", stage.reader.folder / "backup")
    stage.run("syndicate accounts resume masto")
    stage.run("syndicate post")
    shutil.copy(stage.reader.folder / "backup" / "syndicate.db", stage.reader.folder)


def on_server(stage: Stage) -> None:
    """A ledger on a PostgreSQL server, without tables yet, and the file that was used before."""
    server = stage.request.getfixturevalue("postgres")
    stage.reader.config("masto", "bsky")
    stage.run("syndicate post")
    stage.reader.config("masto", "bsky", database=server.address(server.empty()), key_file="syndicate.db.key")


def to_be_moved(stage: Stage) -> None:
    """Another database of the server, since this one has tables now."""
    on_server(stage)


def backups(stage: Stage) -> None:
    """A ledger with two sessions and some posts, of which some wait, and the backup of last night."""
    second = {"second": ACCOUNTS["bsky"] | {"handle": "second.example"}}
    stage.reader.write_config({"accounts": {name: ACCOUNTS[name] for name in ("masto", "bsky")} | second})
    stage.run("syndicate post")
    stage.reader.site.publish(2)
    stage.run("syndicate accounts pause masto")
    stage.run("syndicate post")
    (stage.reader.folder / "backups").mkdir()
    stage.run("syndicate db backup backups/night.db")


def litestreamed(stage: Stage) -> None:
    shutil.copy(stage.reader.folder / "syndicate.db", stage.reader.folder / "restored.db")


def posted_since(stage: Stage) -> None:
    """What waited at the time of the backup went out since then."""
    stage.run("syndicate accounts resume masto")
    stage.run("syndicate post")


def gone(stage: Stage) -> None:
    for file in stage.reader.folder.glob("syndicate.db*"):
        file.unlink()


def signed_in(stage: Stage) -> None:
    stage.run("syndicate post")
    stage.reader.site.publish(2)
    stage.run("syndicate post")


def aged(stage: Stage) -> None:
    """All of it happened a hundred days ago."""
    pass_by(stage.reader.folder / "syndicate.db", timedelta(days=100))
