"""An account's turn: delivers what is due for it, in order, for as long as it may go on."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from syndicate.app.engines.running import Running
from syndicate.app.monitoring.events import delivery_fact
from syndicate.delivery.ahead import Ahead
from syndicate.delivery.next import Taken, deliver_next
from syndicate.errors import SyndicateError
from syndicate.model import Delivery

TURN = 2.0  # seconds of an account with much to send, while others wait


def take_turn(running: Running, name: str, going: Callable[[], bool]) -> bool:
    """Deliver what is due for one account until nothing is, the account has to wait, or it is not `going` any more.

    Returns whether there may be more.
    """
    try:
        _look_first(running, name)
        sent = more = not running.stop.is_set() and _step(running, name, going)
        while more and going():
            more = _step(running, name, going)
        if sent:  # a copy of the file alone knows of it from now on
            running.app.ledger.database.checkpoint()
        running.troubles.over(f"account {name}")
        return more and not running.stop.is_set()
    except SyndicateError as fault:
        running.met(f"account {name}", fault)
        running.say("account.failed", account=name, error=str(fault))
    except Exception as bug:  # noqa: BLE001 - a bug with one account stops no other, and is told whole
        running.troubles.found(f"account {name}", f"a bug with the account {name}: {bug!r}")
        running.say("bug", account=name, trace=traceback.format_exc())
    return False


def _look_first(running: Running, name: str) -> None:
    """After a restore or a stop: ask the network what it has, also where everything waits for an approval."""
    app = running.app
    if name not in app.ledger.recovery.pending():
        return
    looked = app.look_first(name)
    for note in looked.notes:
        running.say("account.looked", account=name, note=note)
    for key in (*looked.settled.posted, *looked.settled.held):
        found = app.ledger.deliveries.find(key)
        if found is not None:
            event, fields = delivery_fact(found)
            running.say(event, **fields)


def _step(running: Running, name: str, going: Callable[[], bool]) -> bool:
    """Deliver the account's next one, and what is ready after it while it is `going`.

    False if it has none, has to wait, or another process sends for it.
    """
    app = running.app
    if name not in app.config.accounts:
        return False  # it left the config meanwhile
    account = app.config.accounts[name].account
    ahead: list[Ahead] = []

    def deliver(delivery: Delivery) -> tuple[Delivery, tuple[str, ...]]:
        ahead.extend(app.ahead(name, app.ledger.deliveries.queue, going))
        return app.deliver(delivery, *ahead)

    came = deliver_next(account, app.ledger, app.gate, deliver, app.ledger.deliveries.next_due)
    if not isinstance(came, Taken):
        return False  # the engine looks again
    for taken in (came, *(each for made in ahead for each in made.taken())):
        _tell(running, name, taken)
    return True


def _tell(running: Running, name: str, came: Taken) -> None:
    """Log what became of a delivery."""
    after = came.after
    for warning in came.warnings:
        running.say("delivery.warning", account=name, key=after.key, article=after.article, warning=warning)
    event, fields = delivery_fact(after)
    if after.state != "skipped" or not running.app.ledger.dropped.has(after.key):  # else the next sweep says it
        running.say(event, **fields)
