"""Subscribes to WebSub hubs (https://www.w3.org/TR/websub/), which tell us when a feed has news.

What a hub sends is only a hint, as every hook is: its signature is checked, its content dropped, and the feed is
read as usual. So articles come in one way only, and a hub that lies or fails costs nothing but speed.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta
from urllib.parse import urljoin

from syndicate.errors import PlatformError
from syndicate.ingestion.poll import Polled
from syndicate.ledger import Ledger
from syndicate.ledger.subscriptions import Mode, Subscription
from syndicate.model import Hub
from syndicate.ports import EventLog, Http, Reply, on_behalf_of

PATH = "/hooks/websub/"
LEASE = timedelta(days=10)
"""The lease that is requested; a hub may grant another (§5.3)."""
SOONEST = timedelta(seconds=60)
"""The shortest time before a renewal, however short the lease."""
PATIENCE = timedelta(hours=1)
"""How long a request may stay unconfirmed before it is made again; twice as long each time, up to a day."""
GOODBYES = 3
REDIRECTS = 3


class Subscriber:
    """Keeps subscriptions at the hubs that feeds name, with callback addresses below `public`, an address of ours.

    `feeds` are the sources that may name a hub; `http` is the guarded Http, since a hub's address comes from
    a feed.
    """

    def __init__(self, public: str, feeds: Collection[str], ledger: Ledger, http: Http, say: EventLog) -> None:
        self._public = public.rstrip("/") + PATH
        self._feeds = feeds
        self._ledger = ledger
        self._http = http
        self._say = say

    def begin(self) -> None:
        """Bring the subscriptions in line with the config. A feed not yet checked for a hub is read whole once.

        Renews subscriptions, since a hub may have dropped them while we did not run.
        """
        subscriptions = self._ledger.subscriptions
        known = subscriptions.all()  # without those that were sealed with another key
        with self._ledger.transaction():
            for one in known:
                if one.source not in self._feeds or one.public != self._public:
                    self._leave(one)
            now = self._ledger.now()
            subscriptions.refresh(now, now - PATIENCE)
            kept = {one.source for one in known if one.public == self._public}
            for source in self._feeds:
                if source not in kept:
                    self._ledger.sources.forget(source)

    def update_subscription(self, polled: Polled) -> None:
        """Subscribe, move or end a subscription by what a poll says of its feed's hub."""
        if not polled.hub_known or polled.source not in self._feeds:
            return
        with self._ledger.transaction():
            found = self._ledger.subscriptions.of(polled.source)
            if found is not None and found.names == polled.hub:
                return
            if found is not None:
                self._leave(found)
            self._join(polled.source, polled.hub)

    def has_work(self) -> bool:
        """Whether a request to some hub is due."""
        return self._ledger.subscriptions.has_due(self._ledger.now())

    def work(self) -> None:
        """Make the requests to hubs that are due."""
        for subscription in self._ledger.subscriptions.due(self._ledger.now()):
            if subscription.state == "ended" and subscription.fails >= GOODBYES:
                self._ledger.subscriptions.remove(subscription.callback)
            else:
                self._ask(subscription)

    def subscription(self, callback: str) -> Subscription | None:
        """The subscription with this callback; None for one that never was, or no longer is."""
        return self._ledger.subscriptions.find(callback)

    def confirmed(self, found: Subscription, lease: timedelta) -> None:
        """A hub confirmed a request, for `lease`. A subscription that was to end is removed."""
        if found.asked == "unsubscribe":
            self._ledger.subscriptions.remove(found.callback)
            self._say("websub.unsubscribed", source=found.source)
            return
        now = self._ledger.now()
        renew_at = now + max(SOONEST, lease / 2)
        self._ledger.subscriptions.confirmed(found.callback, lease_until=now + lease, act_at=renew_at)
        self._say("websub.subscribed", source=found.source, seconds=lease // timedelta(seconds=1))

    def denied(self, found: Subscription, reason: str) -> None:
        """The hub refused the subscription, which it may also do later (§5.2); it is asked again."""
        if found.state == "ended":
            self._ledger.subscriptions.remove(found.callback)
        else:
            self._ledger.subscriptions.denied(found.callback, reason, self._ledger.now() + timedelta(days=1))
            self._say("websub.denied", source=found.source, reason=reason)

    def news(self, found: Subscription) -> None:
        """A hub sent a correctly signed notification: poll the feed at once."""
        self._ledger.sources.hint([found.source], self._ledger.now())
        self._say("hook.received", hook="websub", sources=found.source)

    def ignored(self, found: Subscription, signed_with: str) -> None:
        """Log a notification whose signature was wrong or missing; it is ignored."""
        self._say("websub.ignored", source=found.source, signed_with=signed_with)

    # Asking

    def _join(self, source: str, hub: Hub | None) -> None:
        made = Subscription(
            callback=secrets.token_urlsafe(32),
            source=source,
            hub=hub.url if hub else "",
            topic=hub.topic if hub else "",
            secret=secrets.token_urlsafe(32),
            public=self._public,
            state="pending" if hub else "none",
        )
        self._ledger.subscriptions.add(made, self._ledger.now() if hub else None)

    def _leave(self, subscription: Subscription) -> None:
        if subscription.state in ("pending", "active"):
            self._ledger.subscriptions.end(subscription.callback, self._ledger.now())
        else:
            self._ledger.subscriptions.remove(subscription.callback)

    def _ask(self, subscription: Subscription) -> None:
        """Make one request (§5.1), and set when to ask again if no confirmation comes."""
        mode: Mode = "unsubscribe" if subscription.state == "ended" else "subscribe"
        wait = min(timedelta(days=1), PATIENCE * 2 ** min(subscription.fails, 10))
        now = self._ledger.now()
        if not self._ledger.subscriptions.take(subscription.callback, mode, now, now + wait):
            return
        form = {
            "hub.mode": mode,
            "hub.topic": subscription.topic,
            "hub.callback": subscription.public + subscription.callback,
        }
        if mode == "subscribe":
            form |= {"hub.secret": subscription.secret, "hub.lease_seconds": str(LEASE // timedelta(seconds=1))}
        try:
            self._post(subscription, form)
        except PlatformError as fault:
            self._ledger.subscriptions.failed(subscription.callback, str(fault))
            self._say("websub.failed", source=subscription.source, mode=mode, error=str(fault))

    def _post(self, subscription: Subscription, form: Mapping[str, str]) -> None:
        """Send a request to a hub, or to the one it redirects to (§5.1.2). Raises PlatformError: not accepted."""
        hub, http = subscription.hub, on_behalf_of(self._http, subscription.source)
        for _ in range(REDIRECTS + 1):
            reply = http.call("POST", hub, data=form)
            if reply.status not in (307, 308) or "location" not in reply.headers:
                break
            hub = urljoin(hub, reply.headers["location"])
        if not 200 <= reply.status < 300:
            raise PlatformError(f"the hub answers {reply.status}{_words(reply)}")


def _words(reply: Reply) -> str:
    """The hub's own words (§5.1.2), as one line; "" if there are none."""
    said = " ".join(reply.body[:300].decode("utf-8", "replace").split())
    return f": {said[:200]}" if said and "<" not in said else ""
