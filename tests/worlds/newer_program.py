"""A program of a version to come: a copy of this one whose ledger has one script more, run in processes of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import syndicate
from syndicate.ledger.database import ADDS, VERSION

ROOT = Path(syndicate.__file__).parent
ADDED = f"""{ADDS}what the version before does not have to know.
CREATE TABLE hunch (account TEXT PRIMARY KEY, at BIGINT NOT NULL);
CREATE INDEX hunch_by_time ON hunch (at);
ALTER TABLE article ADD COLUMN mood TEXT;
ALTER TABLE delivery ADD COLUMN mood TEXT;
ALTER TABLE attempt ADD COLUMN mood BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN mood TEXT;
ALTER TABLE source ADD COLUMN mood BIGINT NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN mood TEXT;
ALTER TABLE notice ADD COLUMN mood TEXT;
"""
"""A script with which this version may go on."""
CHANGED = "UPDATE delivery SET reason = reason;\n"
"""One that is not marked: nobody says that this version may go on."""


def newer_program(folder: Path, *scripts: str) -> dict[str, str]:
    """Makes the program whose ledger has these scripts more. What a process has to have in its environment to be it."""
    shutil.copytree(ROOT, folder / "syndicate")
    (folder / "templates").symlink_to(ROOT.parent / "templates")
    place = folder / "syndicate" / "ledger"
    for number, script in enumerate(scripts, VERSION + 1):
        (place / "migrations" / f"{number:03}.sql").write_text(script, encoding="utf-8")
    text = (place / "database.py").read_text(encoding="utf-8")
    changed, times = re.subn(r"^VERSION = \d+$", f"VERSION = {VERSION + len(scripts)}", text, flags=re.MULTILINE)
    assert times == 1
    (place / "database.py").write_text(changed, encoding="utf-8")
    return {"PYTHONPATH": str(folder)}
