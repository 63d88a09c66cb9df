"""What each command prints with `--json`: which records, for whom. A command that is not named here refuses it.

docs/reference/json.md is made of this module and of `json_records`; a test runs each command against both.
"""

from __future__ import annotations

from collections.abc import Mapping

from syndicate.model.dataclass import dataclass

VERSION = 1
"""Of the contract: `json_version` in `syndicate status --json`. It rises when a field goes or changes its meaning."""


@dataclass(frozen=True, slots=True)
class Prints:
    """A command that knows `--json`: the records that it prints, by their names in `json_records`.

    `note` says how many there are, or on which stream.
    """

    records: tuple[str, ...]
    note: str = ""


REFUSES = Prints(())
"""What it makes is no data: a file, a page, a server."""

_EACH = "one line for each delivery"
_DECIDED = "one line for each delivery, as it is after the decision"

COMMANDS: Mapping[str, Prints] = {
    "init": REFUSES,
    "cards preview": REFUSES,
    "completion": REFUSES,
    "demo": REFUSES,
    "sandbox": REFUSES,
    "db state": REFUSES,
    "post": Prints(("deliveries",), f"{_EACH} of the run; the first run of a source prints none"),
    "preview": Prints(("deliveries",), f"{_EACH}, as a real run would record it before its claim"),
    "daemon": Prints(("event",), "on standard error, one line for each event"),
    "worker": Prints(("event",), "on standard error, one line for each event"),
    "articles": Prints(("articles",), "one line for each article, in the order of the document"),
    "status": Prints(("status",), "one line"),
    "deliveries list": Prints(("deliveries",), f"{_EACH}, in planned order; every one, unless limited"),
    "deliveries show": Prints(("shown",), "one line"),
    "deliveries approve": Prints(("deliveries",), _DECIDED),
    "deliveries retry": Prints(("deliveries",), _DECIDED),
    "deliveries skip": Prints(("deliveries",), _DECIDED),
    "deliveries resolve": Prints(("deliveries",), _DECIDED),
    "deliveries delete": Prints(
        ("deliveries",), "one line for each post: its deletion, or itself where it was skipped"
    ),
    "deliveries repost": Prints(("deliveries",), f"{_EACH} of the run"),
    "deliveries export": Prints(("exported",), "one line for each article; without it, one document"),
    "accounts list": Prints(("account",), "one line for each account of the config"),
    "accounts login": Prints(("identity",), "one line, when it is stored"),
    "accounts check": Prints(("identity",), "one line for each account whose login works"),
    "accounts pause": Prints(("pause",), "one line for each account and word"),
    "accounts resume": Prints(("resumed",), "one line for each account and word"),
    "import-seen": Prints(("import", "imported"), "one line; with `--dry-run`, one for each line of the file"),
    "explain": Prints(("explained",), "one line for each account"),
    "measure": Prints((), "one number for each line of standard input, which has a JSON string on each line"),
    "platforms": Prints(("platform",), "one line for each network"),
    "config check": Prints(("config",), "one line; mistakes in the config itself are on standard error"),
    "config diff": Prints(("setting",), "one line for each setting that differs from its default"),
    "config schema": Prints((), "the JSON Schema of the config, in one line"),
    "recover": Prints(("recovered",), "one line for each account"),
    "db backup": Prints(("backup",), "one line"),
    "db check": Prints(("finding",), "one line for each check"),
    "db restore": Prints(("restored",), "one line"),
    "db prune": Prints(("pruned",), "one line"),
    "db upgrade": Prints(("upgraded",), "one line"),
    "db import": Prints(("moved",), "one line"),
    "db export": Prints(("moved",), "one line"),
    "db new": Prints(("begun",), "one line"),
    "key rotate": Prints(("rotated",), "one line"),
}
"""By the command's name. Those that this version does not have stand on no page."""


def knows_json(command: str) -> bool:
    """Whether a command, named without `syndicate`, has JSON to print."""
    known = COMMANDS.get(command, REFUSES)
    return bool(known.records or known.note)
