"""Makes the ledger smaller: forgets old posts and attempts, then gives the room back, step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from syndicate.ledger import Ledger
from syndicate.ledger.pruning import Pruning
from syndicate.ledger.shelf_pruning import Pruned
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model.dataclass import dataclass

SMALL = 64_000_000  # bytes of a file that is written anew without being asked: less than a second
CACHE_KB = 200_000


@dataclass(frozen=True, slots=True)
class Done:
    """What was forgotten, how many bytes the file gave back and has free. `fixed`: it cannot give any back."""

    what: Pruned
    freed: int = 0
    free: int = 0
    fixed: bool = False


def prune(
    ledger: Ledger,
    older: timedelta,
    *,
    pretend: bool,
    vacuum: bool,
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> Done:
    """Forget what was finished longer ago. Others may use the ledger meanwhile, but wait while a file is rewritten.

    `tell` is called all the time with what is done, how much of it, and of how much.
    """
    pruning, database = Pruning(ledger.database, tell), ledger.database
    database.widen(CACHE_KB)
    if not pretend:
        pruning.put_away(ledger.now())
    what = pruning.forget(ledger.now() - older, pretend=pretend)
    if pretend or not isinstance(database, SqliteDatabase):  # a server gives room back by itself
        return Done(what)
    fixed = database.row("PRAGMA auto_vacuum") == {"auto_vacuum": 0}
    before = database.path.stat().st_size
    if vacuum or (fixed and before <= SMALL and pruning.free_pages()):
        database.rewrite()
        return Done(what, max(0, before - database.path.stat().st_size), pruning.free())
    return Done(what, pruning.give_back(), pruning.free(), fixed=fixed and pruning.free_pages() > 0)
