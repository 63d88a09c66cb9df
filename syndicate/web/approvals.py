"""The page for approvals, `/decide/<token>`: shows what waits, and takes the answer of a person.

Whoever has the address may decide. Only a POST of the page's own form does: what fetches an address by itself, to scan
or to preview it, changes nothing. What is approved is exactly what was shown, and the ledger tells what is decided.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs

from syndicate.app.approval_addresses import PATH, VALID, Asking, read
from syndicate.app.approvals import NAME, Approvals, Awaiting, moment
from syndicate.control_characters import on_one_line
from syndicate.delivery.decisions import PostChanged
from syndicate.errors import LedgerError, SyndicateError
from syndicate.model import REASONS, Look
from syndicate.model.dataclass import dataclass
from syndicate.ports import EventLog, Recognisable
from syndicate.rendering.preview.approval import ApprovalPage, Decided, Undecided
from syndicate.rendering.preview.facts import Shown, shown
from syndicate.rendering.preview.recording import Recording
from syndicate.serialization import delivery_record, freeze
from syndicate.web.request import HttpError, Request, Response

LARGEST = 16_384
"""Bytes that an answer may have."""
AT_ONCE = 3
"""Pages that are made at once; each may draw a dozen cards."""
PATIENCE = 20.0  # seconds that a further one waits for its turn
ANYBODY = "somebody"

_ALL = "all"


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a person sent: the posts they approve or skip, the digests that they saw, and who they say they are."""

    approve: bool
    chosen: str
    digests: Mapping[str, str]
    name: str

    def means(self, key: str) -> bool:
        """Whether it is about this delivery."""
        return self.chosen == key or (self.chosen == _ALL and (not self.approve or key in self.digests))


class ApprovalDoor:
    """Answers `/decide/…`. `say` gets each decision."""

    def __init__(self, approvals: Approvals, say: EventLog) -> None:
        self._approvals = approvals
        self._ledger = approvals.app.ledger
        self._say = say
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def answer(self, asked: Request) -> Response:
        """Answer a request. Raises HttpError for what no person sends."""
        asked.only("GET", "HEAD", "POST")
        try:
            asking = read(asked.path.removeprefix(PATH), self._ledger)
        except LedgerError:
            asking = None  # without a key nothing is ours
        if asking is None:
            return _page(404, _NOTHING)
        if asking.until <= self._ledger.now():
            return _page(410, _OVER)
        found = self._approvals.found(asking.keys)
        if asked.method == "HEAD":
            return _page(200 if any(each.waits for each in found) else 410, _NOTHING)
        if asked.method == "POST":
            return self._decide(asked, asking, found)
        if not any(each.waits for each in found):
            return self._settled(410, found)
        return self._shown(200, asking, found)

    def _decide(self, asked: Request, asking: Asking, found: Sequence[Awaiting]) -> Response:
        reply = _reply(asked, asking)
        meant = [each for each in found if reply.means(each.delivery.key)]
        late = [each for each in meant if not each.waits]
        done, changed = set(), set()
        for each in meant:
            key = each.delivery.key
            try:
                if each.waits and self._carry_out(each, reply):
                    done.add(key)
            except PostChanged:
                changed.add(key)
            except SyndicateError:
                late.append(each)  # decided meanwhile, or it cannot be rendered any more: the page tells
        now = self._approvals.found(asking.keys)
        status = 200 if done and not changed and not late else 409
        if any(each.waits for each in now):
            return self._shown(status, asking, now, done, changed)
        return self._settled(status, now, done)

    def _carry_out(self, each: Awaiting, reply: _Reply) -> bool:
        """Approve or skip it. Raises PostChanged, SyndicateError. False where the page had nothing to approve."""
        key, by = each.delivery.key, f"{reply.name or ANYBODY}, with the address of an alert"
        if not reply.approve:
            after = self._approvals.refuse(each.delivery, by)
        elif key in reply.digests:
            after = self._approvals.approve(each.delivery, reply.digests[key], by)
        else:
            return False
        if reply.approve:
            self._say("approval.approved", account=after.account, key=key, article=after.article, by=by)
        else:
            self._say("approval.skipped", account=after.account, key=key, article=after.article, by=by)
        return True

    def _shown(
        self,
        status: int,
        asking: Asking,
        found: Sequence[Awaiting],
        done: frozenset[str] | set[str] = frozenset(),
        changed: frozenset[str] | set[str] = frozenset(),
    ) -> Response:
        """The page with what waits."""
        with self._turn():
            waiting = [self._approvals.rendered(each) for each in found if each.waits]
            page = self._page(waiting, asking, changed)
            if done:
                page = replace(page, kind="Thank you; the rest still waits")
            elif status != 200:
                page = replace(page, kind="Not all of it was done: look again", alarm=True)
            return _page(status, replace(page, decided=self._decided(found), looks=self._looks(found)))

    def _page(self, waiting: Sequence[Awaiting], asking: Asking, changed: frozenset[str] | set[str]) -> ApprovalPage:
        app, first = self._approvals.app, waiting[0].delivery
        entries = self._entries(waiting)
        one = len(waiting) == 1
        ends = min([asking.until, *(each.delivery.expires_at for each in waiting if each.delivery.expires_at)])
        reasons = dict.fromkeys(
            REASONS[reason]
            for each in waiting
            if (reason := each.delivery.reason) and not (reason == "approval" and not one)
        )
        states = [app.ledger.accounts.find(each.delivery.account) for each in waiting]
        again = dict.fromkeys(each.delivery.error for each in waiting if each.delivery.error)
        return ApprovalPage(
            heading=entries[0].title if one else f"{len(waiting)} posts wait for you",
            kind=f"{app.config.of(first.account).site.name}: nothing has been sent",
            lines=[*map(_sentence, reasons), *map(_sentence, again), _until(moment(ends, self._approvals.zone(first)))],
            waiting=[
                Undecided(entry, app.config.of(each.delivery.account).site, each.digest, each.delivery.key in changed)
                for entry, each in zip(entries, waiting, strict=True)
            ],
            names={each.name: each.identity.name for each in states if each and each.identity and each.identity.name},
            small=app.renderer.studio().small,
        )

    def _entries(self, waiting: Sequence[Awaiting]) -> list[Shown]:
        records = [
            delivery_record(replace(each.delivery, post=freeze(each.rendered)[0]) if each.rendered else each.delivery)
            for each in waiting
        ]
        exhibits = {each.delivery.key: Recording(each.rendered, ()) for each in waiting if each.rendered}
        lanes = self._approvals.app.lanes
        undescribed = {
            each.delivery.platform
            for each in waiting
            if each.rendered and not lanes.of(each.delivery.account).platform.limits.alt
        }
        entries = shown(records, exhibits, {each.delivery.key: each.fault for each in waiting}, {}, undescribed)
        whens = (self._approvals.when(each.delivery) for each in waiting)
        return [replace(entry, when=when, due_at=None) for entry, when in zip(entries, whens, strict=True)]

    def _settled(
        self, status: int, found: Sequence[Awaiting], done: set[str] | frozenset[str] = frozenset()
    ) -> Response:
        """The page where nothing waits any more."""
        made = {each.delivery.state == "skipped" for each in found if each.delivery.key in done}
        heading = {frozenset({True}): "Skipped", frozenset({False}): "Approved"}.get(frozenset(made), "Done")
        if not done:
            heading = "This was decided already" if found else "There is nothing left to decide"
        titles = list(dict.fromkeys(each.title or each.delivery.article for each in found))
        lines = [*(titles if len(titles) == 1 else ()), "You can close this page." if done else "Nothing was done now."]
        return _page(status, ApprovalPage(heading, lines=lines, decided=self._decided(found), looks=self._looks(found)))

    def _decided(self, found: Sequence[Awaiting]) -> list[Decided]:
        """The lines about what waits no more; with titles where there are several articles."""
        several = len({each.delivery.anchor for each in found}) > 1
        return [
            Decided(
                each.delivery.platform,
                each.delivery.account,
                (each.title or each.delivery.article) if several else "",
                self._approvals.outcome(each.delivery),
                each.delivery.permalink if each.delivery.state == "posted" else None,
            )
            for each in found
            if not each.waits
        ]

    def _looks(self, found: Sequence[Awaiting]) -> dict[str, Look]:
        """How the networks look, as far as the config still has the accounts."""
        looks = {}
        for each in found:
            with contextlib.suppress(SyndicateError):
                platform = self._approvals.app.lanes.of(each.delivery.account).platform
                if isinstance(platform, Recognisable):
                    looks[platform.name] = platform.look
        return looks

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until not too many other pages are being made. Raises HttpError if that takes too long."""
        if not self._turns.acquire(timeout=PATIENCE):
            raise HttpError(503, "too many of these pages are being made: try again", **{"Retry-After": "30"})
        try:
            yield
        finally:
            self._turns.release()


_NOTHING = ApprovalPage(
    "There is nothing at this address",
    words=["It may have been cut off on its way: open it from the message itself."],
    alarm=True,
)
_OVER = ApprovalPage(
    "This address has run out",
    words=[
        f"It worked for {VALID.days} days, and nothing was done now.",
        "What still waits is approved or skipped with the command that the message names.",
    ],
    alarm=True,
)
_CONTENT = (
    "default-src 'none'; img-src data:; style-src '{}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def _page(status: int, page: ApprovalPage) -> Response:
    html, digest = page.html()
    headers = {
        "Content-Security-Policy": _CONTENT.format(f"sha256-{digest}"),
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return Response(status, html.encode(), "text/html; charset=utf-8", headers)


def _reply(asked: Request, asking: Asking) -> _Reply:
    """The answer in a form. Raises HttpError where it is none of the page's."""
    body = asked.body.read(LARGEST)
    if not asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise HttpError(415, "send the form of the page")
    try:
        said = parse_qs(body.decode(), max_num_fields=50, errors="strict")
    except ValueError:
        raise HttpError(400, "send the form of the page") from None
    given = [(word, said[word]) for word in ("yes", "no") if word in said]
    if len(given) != 1 or len(given[0][1]) != 1 or given[0][1][0] not in (_ALL, *asking.keys):
        raise HttpError(400, "send the form of the page")
    digests = {key: said[name][0] for key in asking.keys if len(said.get(name := f"digest-{key}", [""])[0]) == 64}
    name = on_one_line(" ".join(said.get("name", [""])[0].split()))[:NAME]
    return _Reply(given[0][0] == "yes", given[0][1][0], digests, name)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _until(when: str) -> str:
    return f"Answer by {when}."
